"""SIGKILL at random moments, half of them inside a save: always resumed from a whole checkpoint.

Ten times here; `npm run soak -- trainer` does it a hundred times (REFLECTION_KILLS).
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import TypedDict

import pytest

from reflection_trainer.checkpoints import complete_checkpoints

from trainer_runs import (
    PATIENCE,
    Child,
    curve,
    ends,
    of_type,
    read_events,
    start,
    starts,
    write_config,
)

KILLS = int(os.environ.get("REFLECTION_KILLS", "10"))
STEPS_A_KILL = 30  # more than a trainer does before it is killed
MOST_STEPS = 12  # of them at a moment that is not inside a save
SAVED_EVERY = 3
SEED = random.randrange(2**31)
STEP = '"type": "step"'


class Kill(TypedDict):
    killed: bool
    torn: list[str]
    lost: bool


def kill_once(run_dir: Path, inside_save: bool, draw: random.Random) -> Kill:
    """Inside the first, second or third checkpoint save, or at a random moment after a save."""
    before = complete_checkpoints(run_dir)
    child = start(run_dir)
    child.until(STEP)
    child.until('"type": "checkpoint"', times=draw.randrange(3))
    if inside_save:
        halt_inside_save(child, draw)
    else:
        wait_a_moment(child, draw)
    child.signal(signal.SIGKILL)
    status, _ = child.wait()
    return {
        "killed": status == -signal.SIGKILL,
        "torn": [path.name for path in (run_dir / "trainer").glob("checkpoint-*")],
        # An older one goes only when a newer one is complete.
        "lost": bool(before) and not complete_checkpoints(run_dir),
    }


def wait_a_moment(child: Child, draw: random.Random) -> None:
    """At most so many steps: on a fast machine they would be over before the kills are."""
    until, last = time.monotonic() + draw.random() * 0.4, child.count(STEP) + MOST_STEPS
    while time.monotonic() < until and child.count(STEP) < last:
        time.sleep(0.002)


def halt_inside_save(child: Child, draw: random.Random) -> None:
    """At a random moment of a save. Where it was over by then, the next is met a bit earlier."""
    private, longest = child.run_dir / "trainer", 0.05
    while child.process.poll() is None:
        if any(private.glob("checkpoint-*")):
            time.sleep(draw.random() * longest)
            child.signal(signal.SIGSTOP)
            if any(private.glob("checkpoint-*")):
                return
            child.signal(signal.SIGCONT)
            longest /= 2
        time.sleep(0.001)


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, dataset: Path
) -> tuple[Path, Path, list[Kill]]:
    """One run killed `KILLS` times, and one never."""
    folder = tmp_path_factory.mktemp("kills")
    fields = {
        "maxSteps": STEPS_A_KILL * KILLS,
        "saveEverySteps": SAVED_EVERY,
        "keepCheckpoints": 2,
        "exportGguf": False,
        "batchSize": 4,
    }
    killed, whole = folder / "killed", folder / "whole"
    for run_dir in (killed, whole):
        write_config(run_dir, tiny_model, dataset, **fields)
    draw = random.Random(SEED)
    never_killed = start(whole)
    kills = []
    for number in range(KILLS):
        kills.append(kill_once(killed, number % 2 == 0, draw))
        where = "inside a save" if kills[-1]["torn"] else "between saves"
        kept = [found.path.name for found in complete_checkpoints(killed)]
        # for the soak, which does not capture it
        print(f"kill {number + 1} of {KILLS}, {where}; whole: {', '.join(kept)}", flush=True)
    for child in (start(killed), never_killed):
        # What the kills have left to do, and a soak leaves a lot.
        status, err = child.wait(PATIENCE * max(1, KILLS // 10))
        assert status == 0, f"seed {SEED}: {err}"
    return killed, whole, kills


def test_every_kill_leaves_something_to_go_on_from(
    runs: tuple[Path, Path, list[Kill]],
) -> None:
    _, _, kills = runs
    assert all(kill["killed"] for kill in kills) and len(kills) == KILLS, f"seed {SEED}"
    assert not any(kill["lost"] for kill in kills)
    assert all(kill["torn"] for kill in kills[::2]), "a kill missed its save"


def test_no_torn_checkpoint_was_ever_started_from(
    runs: tuple[Path, Path, list[Kill]],
) -> None:
    killed, _, _ = runs
    events = read_events(killed, torn=KILLS)
    announced = {Path(event["path"]).name for event in of_type(events, "checkpoint")}
    for name, first in starts(events):
        assert first == (1 if name is None else int(name[-6:]) + 1)
        # A kill may fall between the rename and the event.
        assert name is None or name in announced or int(name[-6:]) % SAVED_EVERY == 0
    assert ends(events) == ["ok"]
    left = [path.name for path in (killed / "trainer").iterdir() if path.is_dir()]
    assert not left
    assert len(complete_checkpoints(killed)) == 2


def test_the_curve_is_that_of_a_run_that_was_never_killed(
    runs: tuple[Path, Path, list[Kill]],
) -> None:
    killed, whole, _ = runs
    assert curve(read_events(killed, torn=KILLS)) == curve(read_events(whole)), f"seed {SEED}"
