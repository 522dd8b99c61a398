"""Batches of rollouts: how they are split into optimiser steps, and the TRL arguments for them.

One batch has `problems` x `perProblem` rollouts and is passed over `iterations` times; each pass is
cut into optimiser steps of `batchSize`. A "block" is the number of optimiser steps that one batch
serves: rollouts live in memory only, so that a checkpoint inside a block could not be resumed
exactly.
"""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from .config import OnlineConfig, TrainConfig
from .errors import ConfigError


def is_online(config: TrainConfig) -> TypeGuard[OnlineConfig]:
    return "rollouts" in config


def rollout_batch(config: OnlineConfig) -> int:
    """Rollouts per batch, over all processes."""
    wanted = config["rollouts"]
    size = wanted["problems"] * wanted["perProblem"]
    if size % config["batchSize"]:
        raise ConfigError(
            f'config.json: field "batchSize": {config["batchSize"]} does not divide the {size} '
            f"rollouts of a batch (rollouts.problems {wanted['problems']} x rollouts.perProblem "
            f"{wanted['perProblem']}); use {size} or a divisor of it"
        )
    return size


def block_steps(config: TrainConfig) -> int:
    """Optimiser steps that one batch of rollouts serves; 1 where there are none."""
    if not is_online(config):
        return 1
    return rollout_batch(config) // config["batchSize"] * config["rollouts"]["iterations"]


def online_steps(config: OnlineConfig, problems: int) -> int:
    """Optimiser steps of `epochs` passes over the problems."""
    batches = math.ceil(config["epochs"] * problems / config["rollouts"]["problems"])
    return batches * block_steps(config)


def rollout_arguments(config: OnlineConfig) -> dict[str, Any]:
    """What GRPOConfig and RLOOConfig have in common."""
    wanted = config["rollouts"]
    return {
        "num_generations": wanted["perProblem"],
        "generation_batch_size": rollout_batch(config),
        "num_iterations": wanted["iterations"],
        "max_completion_length": wanted["maxTokens"],
        "temperature": wanted["temperature"],
        "top_p": wanted["topP"],
        "top_k": wanted["topK"],
        "epsilon": config["clip"],
        "beta": config["klWeight"],
        **_vllm(config),
    }


def _vllm(config: OnlineConfig) -> dict[str, Any]:
    settings = config["rollouts"]["vllm"]
    if settings is None:
        return {"use_vllm": False}
    if settings["mode"] == "server":
        if settings["serverUrl"] is None:
            raise ConfigError(
                'config.json: field "rollouts.vllm.serverUrl": missing; it is the address of '
                '"trl vllm-serve", such as http://node1:8000'
            )
        return {
            "use_vllm": True,
            "vllm_mode": "server",
            "vllm_server_base_url": settings["serverUrl"],
        }
    return {
        "use_vllm": True,
        "vllm_mode": "colocate",
        "vllm_gpu_memory_utilization": settings["memoryShare"],
        "vllm_tensor_parallel_size": settings["tensorParallel"],
        "vllm_max_model_length": config["maxLength"],
    }
