"""The trainer with one fault, for tests: `python faulty_trainer.py FAULT --config config.json`.

FAULT is `killed-while-saving` (SIGKILL when half of the optimiser's state is on the disk, at the
second save of the process), `endless-step` (the fourth step never ends), `endless-step-of-rollouts`
(the same with rollouts that are given) or `no-memory` (the fourth step wants more than there is).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any


def killed_while_saving() -> None:
    import torch

    save, saves = torch.save, []

    def half(value: object, file: object, *args: Any, **named: Any) -> None:  # noqa: ANN401
        if "optimizer" not in str(file):
            return save(value, file, *args, **named)
        saves.append(file)
        if len(saves) < 2:
            return save(value, file, *args, **named)
        with open(str(file), "wb") as out:
            out.write(b"half")
        os.kill(os.getpid(), signal.SIGKILL)

    torch.save = half


def endless_step() -> None:
    from transformers import Trainer

    step = Trainer.training_step

    def slow(self: Trainer, *args: Any, **named: Any) -> object:  # noqa: ANN401
        if self.state.global_step == 3:
            time.sleep(600)
        return step(self, *args, **named)

    Trainer.training_step = slow


def endless_step_of_rollouts() -> None:
    from given_rollouts import give

    give("fixed")
    endless_step()


def no_memory() -> None:
    import torch
    from transformers import Trainer

    step = Trainer.training_step

    def greedy(self: Trainer, *args: Any, **named: Any) -> object:  # noqa: ANN401
        if self.state.global_step == 3:
            torch.empty(1 << 50)
        return step(self, *args, **named)

    Trainer.training_step = greedy


if __name__ == "__main__":
    from reflection_trainer.__main__ import main

    faults = {
        "killed-while-saving": killed_while_saving,
        "endless-step": endless_step,
        "endless-step-of-rollouts": endless_step_of_rollouts,
        "no-memory": no_memory,
    }
    faults[sys.argv.pop(1)]()
    sys.exit(main())
