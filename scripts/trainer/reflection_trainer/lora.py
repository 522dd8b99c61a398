"""Low-rank adapters: TRL's `peft_config`, and the whole model that an adapter makes with its base.

A checkpoint of such a run holds the adapter alone (what resuming needs), the base model's path in
`adapter_config.json`, and in `model.gguf` the merged model, or in `adapter.gguf` the adapter for
llama.cpp (`lora.export`).
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .config import TrainConfig
from .errors import UserError

if TYPE_CHECKING:  # importing them takes seconds
    from peft import LoraConfig, PeftModel
    from transformers import PreTrainedModel

ADAPTER_CONFIG = "adapter_config.json"


def peft_config(config: TrainConfig) -> LoraConfig | None:
    """What TRL's trainers take as `peft_config`; None for full fine-tuning."""
    wanted = config["lora"]
    if wanted is None:
        return None
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=wanted["rank"],
        lora_alpha=cast(int, wanted["alpha"]),  # a fraction is fine: alpha / rank scales
        lora_dropout=wanted["dropout"],
        target_modules=wanted["targetModules"],
    )


def is_adapter(path: Path) -> bool:
    return (path / ADAPTER_CONFIG).is_file()


def base_of(path: Path) -> Path:
    """The model that the adapter in this directory belongs to."""
    try:
        name = json.loads((path / ADAPTER_CONFIG).read_text("utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{path / ADAPTER_CONFIG}: cannot be read: {error}") from error
    base = Path(str(name))
    if not base.exists():
        raise UserError(
            f"{path}: is an adapter of {base}, which is not here; put the base model there, or "
            f'change "base_model_name_or_path" in {ADAPTER_CONFIG}'
        )
    return base


def add_adapter(base: PreTrainedModel, path: Path) -> PreTrainedModel:
    """The base with the adapter of this directory merged into its weights."""
    from peft import PeftModel

    merged = PeftModel.from_pretrained(base, str(path)).merge_and_unload()
    return cast("PreTrainedModel", merged)


def merged_copy(model: PeftModel) -> PreTrainedModel:
    """A whole model with the adapter merged in; the model in training stays as it is."""
    return cast("PreTrainedModel", copy.deepcopy(model).merge_and_unload())
