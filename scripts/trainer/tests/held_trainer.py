"""The trainer, held after a step: `python held_trainer.py STEP [PROGRAM ...] --config config.json`.

Where steps are fast, a run is over before a test has sent its signal. This one goes on from STEP
only when it was asked to stop, or when the test says so (`Child.go_on`). Of several processes the
last one is held, and the others wait for it.
"""

from __future__ import annotations

import os
import runpy
import sys
import time
from typing import Any

LONGEST = 600  # seconds: a test that failed lets nobody wait for ever
GO_ON = "go-on"  # a file in the run directory


def hold_after(step: int) -> None:
    from reflection_trainer.callback import RunCallback

    def held(self: RunCallback, args: Any, state: Any, control: Any, **_: object) -> None:  # noqa: ANN401
        session, began = self.session, time.monotonic()
        while state.global_step >= step and not session.stop.requested:
            if (session.run_dir / GO_ON).exists():
                return
            if time.monotonic() - began > LONGEST:
                raise TimeoutError(f"nobody wanted anything of step {step}")
            time.sleep(0.005)

    RunCallback.on_step_begin = held


if __name__ == "__main__":
    step = int(sys.argv.pop(1))
    if os.environ.get("RANK", "0") == str(int(os.environ.get("WORLD_SIZE", "1")) - 1):
        hold_after(step)
    if sys.argv[1].endswith(".py"):
        sys.argv.pop(0)
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        from reflection_trainer.__main__ import main

        sys.exit(main())
