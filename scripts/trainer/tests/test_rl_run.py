"""Whole runs with rollouts: stopped, killed and resumed on the same curve; and on two processes."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ranks import all_end_well, start_ranks

from trainer_runs import (
    HELD,
    Child,
    curve,
    ends,
    of_type,
    read_events,
    start,
    starts,
    write_config,
)

METHODS = ["rlerr", "orl", "prl"]
STEPS = 12
BLOCK = 2  # steps that one batch of rollouts serves
SCRIPT = str(Path(__file__).parent / "given_rollouts.py")
# 16 rollouts a batch, 8 a step; the KL needs its reference after a resume, too
ONLINE = {
    "batchSize": 8,
    "microBatchSize": 4,
    "learningRate": 1e-3,
    "scheduler": "linear",
    "maxLength": 512,
    "saveEverySteps": 3,
    "klWeight": 0.02,
    "rollouts": {"perProblem": 4, "problems": 4, "maxTokens": 200, "maxPromptTokens": 300},
}


def begin(run_dir: Path, how: str = "drawn") -> Child:
    return start(run_dir, SCRIPT, how)


def uninterrupted(run_dir: Path) -> None:
    status, err = begin(run_dir).wait()
    assert status == 0, err


def interrupted(run_dir: Path) -> None:
    """Asked to stop inside a block, killed, and then to the end."""
    child = start(run_dir, HELD, "3", SCRIPT, "drawn")
    child.until_step(3)
    child.signal(signal.SIGTERM)
    status, err = child.wait()
    assert status == 0, err
    child = start(run_dir, HELD, "9", SCRIPT, "drawn")
    child.until_step(7)
    child.signal(signal.SIGKILL)
    child.wait()
    status, err = begin(run_dir).wait()
    assert status == 0, err


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, problems: Path
) -> dict[str, dict[str, Path]]:
    root = tmp_path_factory.mktemp("rl")
    made: dict[str, dict[str, Path]] = {}
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for method in METHODS:
            made[method] = {}
            for story in (uninterrupted, interrupted):
                run_dir = root / method / story.__name__
                write_config(run_dir, tiny_model, problems, method=method, maxSteps=STEPS, **ONLINE)
                made[method][story.__name__] = run_dir
                waiting.append(pool.submit(story, run_dir))
        for one in waiting:
            one.result()
    return made


@pytest.mark.parametrize("method", METHODS)
def test_an_interrupted_run_has_the_curve_of_an_uninterrupted_one(
    runs: dict[str, dict[str, Path]], method: str
) -> None:
    whole = read_events(runs[method]["uninterrupted"])
    broken = read_events(runs[method]["interrupted"], torn=1)
    assert ends(whole) == ["ok"] and ends(broken) == ["cancelled", "ok"]
    expected, found = curve(whole), curve(broken)
    assert set(expected) == set(found) == set(range(1, STEPS + 1))
    for step in expected:
        for name in ("loss", "grad_norm", "learning_rate", "reward", "num_tokens"):
            if name in expected[step]:
                assert found[step][name] == expected[step][name], (step, name)
    # after the resumes there was still something to learn
    assert all(expected[step]["grad_norm"] > 0 for step in range(7, STEPS + 1))


@pytest.mark.parametrize("method", METHODS)
def test_it_stops_and_saves_between_batches_of_rollouts(
    runs: dict[str, dict[str, Path]], method: str
) -> None:
    """Inside a block the rollouts are in memory only."""
    events = read_events(runs[method]["interrupted"], torn=1)
    saved = [event["step"] for event in of_type(events, "checkpoint")]
    assert saved and all(step % BLOCK == 0 for step in saved)
    assert all(first is not None and (first - 1) % BLOCK == 0 for _, first in starts(events))


@pytest.mark.parametrize("method", METHODS)
def test_rollouts_are_shown_with_their_rewards(
    runs: dict[str, dict[str, Path]], method: str
) -> None:
    events = read_events(runs[method]["uninterrupted"])
    shown = of_type(events, "rollout")
    assert {event["step"] for event in shown} == set(range(1, STEPS + 1, BLOCK))
    assert all(len(event["completion"]) > 0 and event["prompt"] for event in shown)
    names = {"outcome", "reflection"} if method == "rlerr" else {"last_solve", "verify"}
    assert all(set(event["rewards"]) == names for event in shown)
    assert {"best", "worst"} <= {event["stratum"] for event in shown}


@pytest.mark.parametrize("method", ["scft", "rlerr", "prl"])
def test_two_processes_have_the_loss_of_one(
    tmp_path: Path, tiny_model: Path, problems: Path, dataset: Path, method: str
) -> None:
    """The same batch over all processes, baselines over all of them, one writer of events."""
    fields: dict[str, Any] = {"method": method, "maxSteps": 4, "seed": 5}
    fields |= {"batchSize": 16} if method == "scft" else {**ONLINE, "batchSize": 16}
    fields |= {"learningRate": 1e-3, "scheduler": "linear", "worldSize": None}
    data = dataset if method == "scft" else problems
    plain = without_dropout(tiny_model, tmp_path / "model")
    for name, size in (("one", 1), ("two", 2)):
        fields["worldSize"] = size
        write_config(tmp_path / name, plain, data, **fields)
    alone = start(tmp_path / "one", SCRIPT, "fixed")
    all_end_well([alone, *start_ranks(tmp_path / "two", 2, SCRIPT, "fixed")])
    one, two = (read_events(tmp_path / name) for name in ("one", "two"))
    assert len(of_type(two, "run_start")) == len(ends(two)) == 1
    assert of_type(two, "run_start")[0]["worldSize"] == 2
    assert set(curve(one)) == set(curve(two))
    for step, metrics in curve(one).items():
        there = curve(two)[step]
        assert there["loss"] == pytest.approx(metrics["loss"], abs=2e-5), step
        assert there["grad_norm"] == pytest.approx(metrics["grad_norm"], rel=2e-3), step
        assert metrics["grad_norm"] > 0
        for name in ("reflection/err", "s2r/verify_right", "reward"):
            if name in metrics:
                assert there[name] == pytest.approx(metrics[name])


def without_dropout(model: Path, folder: Path) -> Path:
    """The processes have random states of their own."""
    import json
    import shutil

    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "attention_dropout": 0.0}))
    return folder
