"""A run that is killed again and again: `python kill_loop.py RUN KILLS SEED`.

Trainers are forked from this process, which has imported everything: a start takes a tenth of a
second instead of ten. Every second one is killed inside a checkpoint save, the others at a random
moment. Then a last one trains to the end. Prints what happened as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reflection_trainer.__main__ import _run  # noqa: E402
from reflection_trainer.checkpoints import complete_checkpoints  # noqa: E402

PATIENCE = 120  # seconds


def fork_trainer(run_dir: Path) -> int:
    """A trainer in a process of its own, its words in `trainer.log`."""
    child = os.fork()
    if child:
        return child
    log = os.open(run_dir / "trainer.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os._exit(_run(run_dir / "config.json"))


def wait_until(child: int, condition: Callable[[], bool]) -> bool:
    """False when the process ended before the condition held."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return False
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            raise TimeoutError("the trainer does nothing")
        time.sleep(0.002)
    return True


def steps_written(run_dir: Path, since: int) -> int:
    events = run_dir / "events.jsonl"
    return events.read_bytes()[since:].count(b'"type": "step"') if events.exists() else 0


def kill_once(run_dir: Path, inside_save: bool, draw: random.Random) -> dict[str, object]:
    events = run_dir / "events.jsonl"
    since = events.stat().st_size if events.exists() else 0
    before = {c.path.name for c in complete_checkpoints(run_dir)}
    child = fork_trainer(run_dir)
    alive = wait_until(child, lambda: steps_written(run_dir, since) >= 1)
    if alive and inside_save:
        private = run_dir / "trainer"
        alive = wait_until(child, lambda: any(private.glob("checkpoint-*")))
        time.sleep(draw.random() * 0.05)
    elif alive:
        time.sleep(draw.random() * 0.4)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    torn = [path.name for path in (run_dir / "trainer").glob("checkpoint-*")]
    whole = {c.path.name for c in complete_checkpoints(run_dir)}
    return {
        "killed": os.WIFSIGNALED(status),
        "torn": torn,
        # An older one goes only when a newer one is complete.
        "lost": bool(before) and not whole,
    }


def main() -> None:
    run_dir, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    import trl  # noqa: F401, PLC0415 (before the first fork)
    from trl import SFTTrainer  # noqa: F401, PLC0415 (lazily imported)

    draw = random.Random(seed)
    told = [kill_once(run_dir, number % 2 == 0, draw) for number in range(kills)]
    child = fork_trainer(run_dir)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps({"kills": told, "status": status}))


if __name__ == "__main__":
    main()
