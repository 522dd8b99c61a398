"""The trainer with one fault, for tests: `python faulty_trainer.py FAULT --config config.json`.

FAULT is `killed-while-saving` (SIGKILL when half of the optimiser's state is on the disk, at the
second save of the process) or `endless-step` (the fourth step never ends).
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


if __name__ == "__main__":
    from reflection_trainer.__main__ import main

    faults = {"killed-while-saving": killed_while_saving, "endless-step": endless_step}
    faults[sys.argv.pop(1)]()
    sys.exit(main())
