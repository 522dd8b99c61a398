"""The GGUF of a checkpoint: from the model in training, or from the files that were just saved.

In a sharded run every process holds pieces, and what transformers loads there is cut into pieces,
too. There it is `python -m reflection_trainer.export < REQUEST`, a process of its own, that reads
the whole weights from the checkpoint's folder.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .config import TrainConfig
from .gguf_io import write_adapter_gguf, write_gguf
from .lora import merged_copy
from .stop import signals_blocked

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

GGUF, ADAPTER_GGUF = "model.gguf", "adapter.gguf"
# What launchers set for their processes.
LAUNCHED = re.compile(
    r"(ACCELERATE|FSDP|DEEPSPEED|TORCHELASTIC|TORCH_ELASTIC|MASTER|LOCAL|GROUP|ROLE|PET)_.*"
    r"|RANK|WORLD_SIZE"
)


@dataclass(frozen=True)
class Export:
    """What is written: `type` is one of f32, f16, q8_0; `title` is the model's name."""

    folder: str
    name: str
    type: str
    title: str
    lineage: Mapping[str, str]

    @property
    def path(self) -> Path:
        return Path(self.folder) / self.name


def export_of(config: TrainConfig, folder: Path, title: str, lineage: Mapping[str, str]) -> Export:
    lora = config["lora"]
    name = ADAPTER_GGUF if lora is not None and lora["export"] == "adapter" else GGUF
    return Export(str(folder), name, config["ggufType"], title, lineage)


def write_export(
    wanted: Export, config: TrainConfig, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Raises `ValueError` where llama.cpp has no such model."""
    if config["sharding"] != "none":
        _write_apart(wanted)
    elif wanted.name == ADAPTER_GGUF:
        write_adapter_gguf(cast("PeftModel", model), wanted.path, wanted.lineage)
    else:
        whole = model if config["lora"] is None else merged_copy(cast("PeftModel", model))
        write_gguf(whole, tokenizer, wanted.path, wanted.type, wanted.title, wanted.lineage)


def _write_apart(wanted: Export) -> None:
    env = {name: value for name, value in os.environ.items() if not LAUNCHED.fullmatch(name)}
    package = str(Path(__file__).parents[1])
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [package, env.get("PYTHONPATH")]))
    env["CUDA_VISIBLE_DEVICES"] = ""  # the GPUs are full
    with signals_blocked():  # a stop of the process group comes with a checkpoint, and its GGUF
        process = subprocess.Popen(
            [sys.executable, "-m", "reflection_trainer.export"],
            env=env,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    _, said = process.communicate(json.dumps(asdict(wanted)))
    if process.returncode:
        raise ValueError(said.strip().rpartition("\n")[2] or f"status {process.returncode}")


def _write_from_files(wanted: Export) -> None:
    from .lora import base_of
    from .model import open_model

    folder = Path(wanted.folder)
    if wanted.name == ADAPTER_GGUF:
        from peft import PeftModel

        adapted: Any = PeftModel.from_pretrained(open_model(base_of(folder)).load(), wanted.folder)
        write_adapter_gguf(adapted, wanted.path, wanted.lineage)
        return
    base = open_model(folder)
    tokenizer: Any = base.tokenizer
    write_gguf(base.load(), tokenizer, wanted.path, wanted.type, wanted.title, wanted.lineage)


if __name__ == "__main__":
    _write_from_files(Export(**json.load(sys.stdin)))
