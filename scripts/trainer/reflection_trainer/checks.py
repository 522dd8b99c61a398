"""What must hold before the first step: the same run, the asked processes, packages and room.

Launchers and libraries ignore silently what they cannot do, so what runs is compared with what was
asked for.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .checkpoints import Checkpoint
from .config import TrainConfig
from .errors import ConfigError, UserError
from .estimate import Shape, checkpoint_bytes, size
from .rollouts import is_online

# A checkpoint goes on only under the settings it was trained with: optimiser, schedule and data
# order are taken from it, so a changed value would be ignored or bend the curve. These may change.
FREE = {
    *("schemaVersion", "recipe", "model", "data", "prompts", "evaluation", "epochs", "maxSteps"),
    *("threads", "worldSize", "logEverySteps", "saveEverySteps", "keepCheckpoints"),
    *("heartbeatSeconds", "exportGguf", "ggufType", "reportTo"),
}
# What accelerate calls them when they really run.
DISTRIBUTED_TYPES = {"fsdp": "FSDP", "zero2": "DEEPSPEED", "zero3": "DEEPSPEED"}


def check_packages(config: TrainConfig) -> None:
    """Packages that only some configurations need."""
    needs = []
    if config["sharding"] in ("zero2", "zero3"):
        needs.append(("deepspeed", f'"sharding": "{config["sharding"]}"', '"fsdp" or "none"'))
    if is_online(config) and config["rollouts"]["vllm"] is not None:
        needs.append(("vllm", '"rollouts.vllm"', "null"))
    if config["lora"] is not None:
        needs.append(("peft", '"lora"', "null"))
    needs += [(name, f'"reportTo": "{name}"', "[]") for name in _reporters(config)]
    for package, field, other in needs:
        if find_spec(package) is None:
            raise ConfigError(
                f"config.json: field {field} needs the package {package}, which is not installed",
                code="package-missing",
                remedy=f"install it with pip install {package}, or set the field to {other}",
            )


def _reporters(config: TrainConfig) -> list[str]:
    packages = {"tensorboard": "tensorboard", "wandb": "wandb", "trackio": "trackio"}
    return [packages[name] for name in config["reportTo"] if name in packages]


def check_meeting_point() -> None:
    """torchrun hands `--master_port 0` on as it is: the processes would wait for ever."""
    if os.environ.get("MASTER_PORT") == "0":
        raise UserError(
            "the launcher gave port 0 as the one on which the processes meet",
            code="no-port",
            remedy="start torchrun with --standalone, which finds a free port, or name one with "
            "--master_port",
        )


def check_processes(
    real: int, launched: int, config: TrainConfig, last: Checkpoint | None, distributed: str
) -> None:
    """The number of processes and how they share the model, as accelerate reports them."""
    wanted = {
        "the launcher": launched,
        'config.json (field "worldSize")': config["worldSize"],
        last.path.name if last else "": last.mark["worldSize"] if last else None,
    }
    for who, count in wanted.items():
        if count is not None and count != real:
            raise UserError(
                f"{who} asks for {count} processes, but {real} are running",
                code="world-size",
                remedy=f"start the run with torchrun --nproc_per_node {count}",
            )
    check_sharding(config, distributed)


def check_sharding(config: TrainConfig, distributed: str) -> None:
    if config["sharding"] == "none" and distributed in DISTRIBUTED_TYPES.values():
        raise UserError(
            f"the launcher shards the model ({distributed}), which config.json does not say",
            code="sharding",
            remedy='set field "sharding" to what the launcher does, or start with torchrun',
        )
    expected = DISTRIBUTED_TYPES.get(config["sharding"])
    if expected is not None and distributed != expected:
        raise UserError(
            f'config.json: field "sharding": {config["sharding"]} was asked for, but the '
            f"processes run as {distributed}, with the whole model in each",
            code="sharding",
            remedy="start the run with the command that `reflection train --dry-run` shows; "
            "without GPUs there is no sharding",
        )


def check_same_run(mark: dict[str, Any], last: Checkpoint) -> None:
    """Data and settings are those that the checkpoint was trained with."""
    name = last.path.name
    if last.mark["dataSha256"] != mark["dataSha256"]:
        raise UserError(
            f"{mark['config']['data']['path']}: the dataset is not the one {name} was trained on",
            code="other-data",
            remedy="restore it, or train in a new run directory",
        )
    before = last.mark.get("config", {})
    for field, now in mark["config"].items():
        if field not in free_fields(mark["config"]) and field in before and before[field] != now:
            raise UserError(
                f'config.json: field "{field}": is {now}, but {name} was trained with '
                f"{before[field]}",
                code="other-settings",
                remedy="set it back, or train in a new run directory",
            )


def free_fields(config: TrainConfig) -> set[str]:
    """Fields that may change when a run goes on; rollouts depend on the prompts."""
    return FREE - {"prompts"} if is_online(config) else FREE


def check_disk(run_dir: Path, config: TrainConfig, shape: Shape) -> None:
    need, free = checkpoint_bytes(config, shape), shutil.disk_usage(run_dir).free
    if free < need:
        raise UserError(
            f"{run_dir}: a checkpoint needs about {size(need)} and its disk has {size(free)} free",
            code="disk-full",
            remedy="free some space, or put the run on another disk",
        )
