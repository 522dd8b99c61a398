"""The trainer under FSDP or DeepSpeed without GPUs: `sharded_on_cpu.py HOW --config config.json`.

accelerate shards what runs on accelerators only: `AcceleratorState.__init__` makes FSDP of
`MULTI_GPU` and its like, and leaves the processes of a CPU (`MULTI_CPU`) as they are, each with the
whole model; `PartialState` asks for DeepSpeed only where it is not told to use the CPU. Here it is
told that two processes of this machine are on GPUs; all else, from the environment that `accelerate
launch` makes of our configuration to the checkpoint, is as on GPUs.

HOW is `fixed` (rollouts that are given, see given_rollouts.py) or `generated`.
"""

from __future__ import annotations

import sys
from typing import Any


def shard_on_cpu() -> None:
    import torch
    from accelerate.state import PartialState
    from accelerate.utils import DistributedType

    from reflection_trainer import arguments

    plain = arguments.common_arguments

    def not_on_cpu(*args: Any) -> dict[str, Any]:  # noqa: ANN401
        return {**plain(*args), "use_cpu": False}

    def prepared(*_: object, **__: object) -> tuple[str, DistributedType]:
        return "gloo", DistributedType.MULTI_GPU

    def placed(self: PartialState) -> None:
        self.device = torch.device("cpu")

    arguments.common_arguments = not_on_cpu
    PartialState._prepare_backend = prepared
    PartialState.set_device = placed


def tell_what_is_held() -> None:
    """In the log, when training begins: how much of the model each process really has."""
    import torch

    from reflection_trainer.callback import RunCallback

    begin = RunCallback.on_train_begin

    def telling(self: RunCallback, *args: Any, model: Any, **named: Any) -> None:  # noqa: ANN401
        held = whole = 0
        for parameter in model.parameters():
            part = getattr(parameter, "ds_tensor", None)  # DeepSpeed's
            if part is None:
                part = parameter.to_local() if hasattr(parameter, "to_local") else parameter
            held += part.numel()
            whole += getattr(parameter, "ds_numel", parameter.numel())
        counts = torch.tensor([held])
        torch.distributed.all_reduce(counts, op=torch.distributed.ReduceOp.MAX)
        self.session.events.log("info", f"holds {int(counts)} of {whole} weights")
        begin(self, *args, model=model, **named)

    RunCallback.on_train_begin = telling


if __name__ == "__main__":
    from given_rollouts import give

    from reflection_trainer.__main__ import main

    how = sys.argv.pop(1)
    if how == "fixed":
        give(how)
    shard_on_cpu()
    tell_what_is_held()
    sys.exit(main())
