"""Memory of this machine: how much there is, how much was used, what to do when it ends."""

from __future__ import annotations

import resource
import sys

import psutil
import torch

from .config import TrainConfig
from .errors import UserError
from .estimate import Memory, Shape, memory, savings, size


def available_bytes() -> int:
    """Of the GPU that this process trains on, or of the machine."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_properties(torch.cuda.current_device()).total_memory
    return psutil.virtual_memory().available


def used_bytes() -> int:
    """Held by this process now: on the GPU where there is one."""
    if torch.cuda.is_available():
        return torch.cuda.memory_allocated()
    return psutil.Process().memory_info().rss


def peak_bytes() -> int:
    """The most that this process held so far."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def is_out_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or any(
        word in text for word in ("out of memory", "can't allocate memory", "cublas_status_alloc")
    )


def shortage(
    config: TrainConfig, shape: Shape, longest: int, processes: int, is_bfloat16: bool
) -> str | None:
    """A warning when the estimate does not fit, with what to change; None when it does."""
    need = memory(config, shape, longest, processes, is_bfloat16)
    room = available_bytes()
    if need.total <= room:
        return None
    ways = savings(config, shape, longest, processes, is_bfloat16)
    return (
        f"this run needs about {size(need.total)} ({parts(need)}) and there are {size(room)}; "
        f"in config.json {', or '.join(ways)}"
    )


def out_of_memory(
    config: TrainConfig, shape: Shape, longest: int, processes: int, is_bfloat16: bool, step: int
) -> UserError:
    need = memory(config, shape, longest, processes, is_bfloat16)
    ways = savings(config, shape, longest, processes, is_bfloat16)
    return UserError(
        f"out of memory in step {step}: about {size(need.total)} are needed ({parts(need)})",
        code="out-of-memory",
        remedy=f"in config.json {', or '.join(ways)}",
    )


def parts(need: Memory) -> str:
    """The largest three, such as `optimiser 12.3 GB, weights 6.2 GB, activations 4.0 GB`."""
    ranked = sorted(vars(need).items(), key=lambda item: -item[1])[:3]
    return ", ".join(f"{name} {size(count)}" for name, count in ranked if count)
