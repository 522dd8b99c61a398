"""The sizes of one run: its model, its data, its processes; what they will need (estimate.py)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import room
from .arguments import total_steps
from .config import TrainConfig
from .errors import UserError
from .estimate import Data, Shape, estimate, longest_sequence, shape_of
from .events import EventWriter
from .method import Prepared, load_method
from .model import BaseModel, open_model
from .token_checks import check_rows

# Prompts that are measured where rows hold texts: a mean over that many is enough.
MOST_MEASURED = 2000


@dataclass(frozen=True)
class Plan:
    shape: Shape
    data: Data
    processes: int
    is_bfloat16: bool

    def estimate(self, config: TrainConfig, steps: int) -> dict[str, Any]:
        return estimate(config, self.shape, self.data, steps, self.processes, self.is_bfloat16)

    def shortage(self, config: TrainConfig) -> str | None:
        return room.shortage(config, *self._sizes(config))

    def out_of_memory(self, config: TrainConfig, step: int) -> UserError:
        return room.out_of_memory(config, *self._sizes(config), step)

    def _sizes(self, config: TrainConfig) -> tuple[Shape, int, int, bool]:
        return self.shape, longest_sequence(config, self.data), self.processes, self.is_bfloat16


def plan_of(
    config: TrainConfig, base: BaseModel, prepared: Prepared, processes: int, is_bfloat16: bool
) -> Plan:
    return Plan(shape_of(base.config), measure(base, prepared.rows), processes, is_bfloat16)


def measure(base: BaseModel, rows: Sequence[dict[str, Any]]) -> Data:
    """Tokens of the rows, or of their prompts where rollouts are made from them."""
    if rows and "input_ids" not in rows[0]:
        from .problems import prompt_length

        some = rows[:MOST_MEASURED]
        lengths = [prompt_length(base.tokenizer, row["prompt"]) for row in some]
        return Data(len(rows), round(sum(lengths) * len(rows) / len(some)), max(lengths))
    lengths = [len(row["input_ids"]) for row in rows]
    return Data(len(rows), sum(lengths), max(lengths, default=0))


def estimated(config: TrainConfig, run_dir: Path, processes: int | None) -> dict[str, Any]:
    """For `--estimate`: reads model sizes and data, loads no weights, writes nothing."""
    import torch

    events = Warnings()
    base = open_model(Path(config["model"]["path"]))
    prepared = load_method(config["method"]).prepare(config, base, events)
    check_rows(base.tokenizer, prepared, Path(config["data"]["path"]), events)
    wanted = processes or config["worldSize"] or 1
    has_gpu = torch.cuda.is_available()
    is_bfloat16 = {"auto": has_gpu, "float32": False, "bfloat16": True}[config["precision"]]
    plan = plan_of(config, base, prepared, wanted, is_bfloat16)
    found = plan.estimate(config, total_steps(config, len(prepared.rows), wanted))
    found["dropped"] = prepared.dropped
    found["available"] = {
        "memory": room.available_bytes(),
        "device": torch.cuda.get_device_name() if has_gpu else f"CPU, {os.cpu_count()} cores",
        "disk": shutil.disk_usage(_existing(run_dir)).free,
    }
    found["warnings"] = events.messages
    found["advice"] = [text for text in [plan.shortage(config)] if text]
    return found


class Warnings(EventWriter):
    """Keeps what would be logged; writes nothing."""

    def __init__(self) -> None:
        super().__init__(Path(os.devnull), enabled=False)
        self.messages: list[str] = []

    def log(self, level: str, message: str) -> None:
        self.messages.append(message)


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    while not path.exists():
        path = path.parent
    return path
