"""Methods that train on stored texts: stopped, killed and resumed on the curve of a run left alone.

SCFT's stories are in test_run.py, those of methods with rollouts in test_rl_run.py.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from s2r_texts import write_trajectories
from stored_rollouts import stored_data

from reflection_trainer.model import open_model

from tiny_models import records
from trainer_runs import HELD, curve, ends, read_events, start, starts, write_config, write_rows

STEPS = 12


def solutions(folder: Path, model: Path) -> Path:
    rows = [{"prompt": r["prompt"], "system": None, "y": r["c"]} for r in records(20)]
    return write_rows(folder / "solutions.jsonl", rows)


def trajectories(folder: Path, model: Path) -> Path:
    return write_trajectories(folder, 32)


def rollouts(folder: Path, model: Path) -> Path:
    return stored_data(folder, open_model(model))


# Dataset and settings of each method; the KL of `bi` needs its reference after a resume, too.
METHODS: dict[str, tuple[Callable[[Path, Path], Path], dict[str, object]]] = {
    "sft": (solutions, {}),
    "bi": (trajectories, {"klWeight": 0.2}),
    "orlOffline": (rollouts, {"klWeight": 0.1, "minGroup": 1}),
    "prlOffline": (rollouts, {"klWeight": 0.1, "minGroup": 1}),
}


def uninterrupted(run_dir: Path) -> None:
    status, err = start(run_dir).wait()
    assert status == 0, err


def interrupted(run_dir: Path) -> None:
    """Asked to stop, killed, and then to the end."""
    child = start(run_dir, HELD, "3")
    child.until_step(3)
    child.signal(signal.SIGTERM)
    status, err = child.wait()
    assert status == 0, err
    child = start(run_dir, HELD, "8")
    child.until('"type": "step"')
    child.signal(signal.SIGKILL)
    child.wait()
    status, err = start(run_dir).wait()
    assert status == 0, err


@pytest.mark.parametrize("method", METHODS)
def test_an_interrupted_run_has_the_curve_of_one_left_alone(
    tmp_path: Path, tiny_model: Path, method: str
) -> None:
    data, settings = METHODS[method]
    fields = {"method": method, "maxSteps": STEPS, "saveEverySteps": 2, "maxLength": 600}
    fields |= {"batchSize": 4, "microBatchSize": 2, "learningRate": 1e-3, **settings}
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for story in (uninterrupted, interrupted):
            run_dir = tmp_path / story.__name__
            write_config(run_dir, tiny_model, data(tmp_path, tiny_model), **fields)
            waiting.append(pool.submit(story, run_dir))
        for one in waiting:
            one.result()
    whole = read_events(tmp_path / "uninterrupted")
    broken = read_events(tmp_path / "interrupted", torn=1)
    assert ends(whole) == ["ok"] and ends(broken) == ["cancelled", "ok"]
    assert all(name is not None for name, _ in starts(broken)[1:])
    expected = curve(whole)
    assert list(expected) == list(range(1, STEPS + 1))
    assert all(metrics["grad_norm"] > 0 for metrics in expected.values())
    assert curve(broken) == expected
