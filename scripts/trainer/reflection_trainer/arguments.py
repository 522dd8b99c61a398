"""From config.json to the arguments that every TRL trainer shares."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch

from .checkpoints import PRIVATE
from .config import TrainConfig
from .errors import ConfigError
from .rollouts import is_online, online_steps

SCHEDULERS = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


def common_arguments(
    config: TrainConfig, run_dir: Path, examples: int, world_size: int
) -> dict[str, Any]:
    """Keyword arguments of transformers' TrainingArguments; the callback decides about saving."""
    micro, accumulation = split_batch(config, world_size)
    total = total_steps(config, examples, world_size)
    use_cpu = not torch.cuda.is_available()
    bfloat16 = {"auto": not use_cpu, "float32": False, "bfloat16": True}[config["precision"]]
    return {
        "output_dir": str(run_dir / PRIVATE),
        "max_steps": total,
        "per_device_train_batch_size": micro,
        "gradient_accumulation_steps": accumulation,
        "learning_rate": config["learningRate"],
        **schedule(config, total),
        "weight_decay": config["weightDecay"],
        "max_grad_norm": config["maxGradNorm"],
        "bf16": bfloat16,
        "use_cpu": use_cpu,
        "activation_checkpointing": config["gradientCheckpointing"],
        "seed": config["seed"],
        "logging_steps": config["logEverySteps"],
        # transformers would replace a NaN loss by the mean of the earlier ones
        "logging_nan_inf_filter": False,
        "save_strategy": "no",
        "report_to": config["reportTo"],
        "disable_tqdm": True,
    }


def schedule(config: TrainConfig, total: int) -> dict[str, Any]:
    """The learning rate's course over `total` optimiser steps."""
    warmup = config["warmupSteps"]
    least = config["minLearningRateRatio"]
    course: dict[str, Any] = {
        "lr_scheduler_type": SCHEDULERS[config["scheduler"]],
        "warmup_steps": math.ceil(total * config["warmupRatio"]) if warmup is None else warmup,
    }
    if config["scheduler"] == "cosine" and least > 0:
        course["lr_scheduler_type"] = "cosine_with_min_lr"
        course["lr_scheduler_kwargs"] = {"min_lr_rate": least}
    return course


def split_batch(config: TrainConfig, world_size: int) -> tuple[int, int]:
    """Records per forward pass and process, and forward passes per optimiser step."""
    batch = config["batchSize"]
    if batch % world_size:
        raise ConfigError(
            f'config.json: field "batchSize": {batch} records cannot be shared by {world_size} '
            f"processes; use a multiple of {world_size}"
        )
    share = batch // world_size
    micro = min(config["microBatchSize"], share)
    if share % micro:
        divisors = [d for d in range(1, micro + 1) if share % d == 0]
        raise ConfigError(
            f'config.json: field "microBatchSize": {micro} does not divide the {share} records '
            f"per process and step (batchSize {batch}); use {divisors[-1]}"
        )
    return micro, share // micro


def total_steps(config: TrainConfig, examples: int, world_size: int) -> int:
    """Optimiser steps of the whole run; the last step of an epoch may be a smaller batch."""
    if config["maxSteps"] is not None:
        return config["maxSteps"]
    if is_online(config):
        return online_steps(config, examples)
    micro, accumulation = split_batch(config, world_size)
    forward_passes = math.ceil(examples / (micro * world_size))
    return math.ceil(config["epochs"] * math.ceil(forward_passes / accumulation))
