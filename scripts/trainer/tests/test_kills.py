"""SIGKILL at random moments, half of them inside a save: always resumed from a whole checkpoint.

Ten times here; `npm run soak -- trainer` does it a hundred times (REFLECTION_KILLS).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reflection_trainer.checkpoints import complete_checkpoints

from trainer_runs import PACKAGE, curve, ends, of_type, read_events, starts, write_config

KILLS = int(os.environ.get("REFLECTION_KILLS", "10"))
STEPS_A_KILL = 15  # more than a trainer does before it is killed
SAVED_EVERY = 3
SEED = random.randrange(2**31)


def loop(run_dir: Path, kills: int) -> dict[str, Any]:
    script = Path(__file__).parent / "kill_loop.py"
    ended = subprocess.run(
        [sys.executable, str(script), str(run_dir), str(kills), str(SEED)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120 + 30 * kills,
    )
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, dataset: Path
) -> tuple[Path, Path, dict[str, Any]]:
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
    told = loop(killed, KILLS)
    assert loop(whole, 0)["status"] == 0
    return killed, whole, told


def test_every_kill_leaves_something_to_go_on_from(
    runs: tuple[Path, Path, dict[str, Any]],
) -> None:
    _, _, told = runs
    assert told["status"] == 0, f"seed {SEED}"
    assert all(kill["killed"] for kill in told["kills"]) and len(told["kills"]) == KILLS
    assert not any(kill["lost"] for kill in told["kills"])
    assert any(kill["torn"] for kill in told["kills"]), "no kill hit a save"


def test_no_torn_checkpoint_was_ever_started_from(
    runs: tuple[Path, Path, dict[str, Any]],
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
    runs: tuple[Path, Path, dict[str, Any]],
) -> None:
    killed, whole, _ = runs
    assert curve(read_events(killed, torn=KILLS)) == curve(read_events(whole)), f"seed {SEED}"
