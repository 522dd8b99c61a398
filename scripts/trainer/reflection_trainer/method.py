"""What a training method is, and which module holds it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .config import TrainConfig
from .errors import UserError

if TYPE_CHECKING:  # importing them takes seconds
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer, TrainingArguments

    from .callback import RunCallback
    from .events import EventWriter
    from .model import BaseModel

# `method` in config.json -> module of this package.
MODULES = {
    "scft": "scft",
    "selfDistill": "sft",
    "sft": "sft",
    "rlerr": "rlerr",
    "bi": "bi",
    "orl": "orl",
    "prl": "prl",
    "orlOffline": "offline",
    "prlOffline": "offline",
}


@dataclass(frozen=True)
class Prepared:
    """The data of a run, ready before the weights are loaded."""

    rows: list[dict[str, Any]]
    dropped: int
    data_sha256: str
    problem_hashes: list[str]


class Method(Protocol):
    """The three functions of a method's module (see scft.py)."""

    def prepare(self, config: TrainConfig, base: BaseModel, events: EventWriter) -> Prepared:
        """Reads the data and makes the rows; mistakes in them are named here."""
        ...

    def arguments(self, common: dict[str, Any], config: TrainConfig) -> TrainingArguments:
        """The TRL configuration; `common` are the arguments of arguments.py."""
        ...

    def trainer(
        self,
        args: TrainingArguments,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        prepared: Prepared,
        callback: RunCallback,
    ) -> Trainer:
        """The TRL trainer; the configuration is `callback.session.config`."""
        ...


def load_method(name: str) -> Method:
    module = MODULES[name]
    try:
        found: Any = importlib.import_module(f".{module}", __package__)
    except ModuleNotFoundError as error:
        if error.name != f"{__package__}.{module}":
            raise
        raise UserError(f'config.json: field "method": "{name}" cannot be trained yet') from None
    return found
