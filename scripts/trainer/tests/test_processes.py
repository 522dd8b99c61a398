"""Two processes: stopped through either, one of them lost, resumed, evaluated. One writes events.

That two have the loss of one is in test_rl_run.py, torchrun itself in test_run.py.
"""

from __future__ import annotations

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ranks import all_end_well, start_ranks

from reflection_trainer.checkpoints import complete_checkpoints

from trainer_runs import (
    HELD,
    curve,
    ends,
    of_type,
    read_events,
    starts,
    write_config,
    write_rows,
)

STEPS, SAVED_EVERY = 12, 3
GIVEN = str(Path(__file__).parent / "given_rollouts.py")
ONLINE = {
    **{"maxSteps": 8, "saveEverySteps": 2, "klWeight": 0.02, "learningRate": 1e-3},
    **{"maxLength": 512, "worldSize": 2},
    "rollouts": {"perProblem": 4, "problems": 4, "maxTokens": 200, "maxPromptTokens": 300},
}


def uninterrupted(run_dir: Path) -> None:
    all_end_well(start_ranks(run_dir, 2))


def interrupted(run_dir: Path) -> None:
    """Stopped by a signal to the second process; then that one is killed; then to the end."""
    ranks = start_ranks(run_dir, 2, HELD, "4")
    ranks[0].until_step(4)
    ranks[1].signal(signal.SIGTERM)
    all_end_well(ranks)
    ranks = start_ranks(run_dir, 2, HELD, "8")
    ranks[0].until('"type": "step"')
    ranks[1].signal(signal.SIGKILL)
    assert ranks[1].wait()[0] == -signal.SIGKILL
    status, err = ranks[0].wait()
    assert status == 1, err
    all_end_well(start_ranks(run_dir, 2))


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, dataset: Path
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    rows = [{"id": str(i), "problem": f"What is {i}+2?", "answer": str(i + 2)} for i in range(5)]
    held_out = write_rows(folder / "problems.jsonl", rows)
    found = (folder / "uninterrupted", folder / "interrupted")
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for run_dir, story in zip(found, (uninterrupted, interrupted), strict=True):
            fields = {"worldSize": 2, "maxSteps": STEPS, "saveEverySteps": SAVED_EVERY}
            evaluation = {"path": str(held_out), "probes": 3, "maxTokens": 16}
            write_config(run_dir, tiny_model, dataset, **fields, evaluation=evaluation)
            waiting.append(pool.submit(story, run_dir))
        for one in waiting:
            one.result()
    return found


def test_the_curve_is_that_of_processes_left_alone(runs: tuple[Path, Path]) -> None:
    """With dropout: each process has random states of its own, and all are restored."""
    whole, broken = (read_events(run_dir, torn=1) for run_dir in runs)
    assert ends(whole) == ["ok"] and ends(broken) == ["cancelled", "failed", "ok"]
    assert all(name is not None for name, _ in starts(broken)[1:])
    expected = curve(whole)
    assert list(expected) == list(range(1, STEPS + 1))
    assert all(metrics["grad_norm"] > 0 for metrics in expected.values())
    assert curve(broken) == expected


def test_a_lost_process_is_named(runs: tuple[Path, Path]) -> None:
    lost = of_type(read_events(runs[1], torn=1), "run_end")[1]
    assert lost["code"] == "process-lost", lost
    assert "start the same command again" in lost["remedy"]


def test_all_measure_and_one_tells(runs: tuple[Path, Path]) -> None:
    events = read_events(runs[0])
    measured = of_type(events, "eval")
    assert [event["step"] for event in measured] == list(range(0, STEPS + 1, SAVED_EVERY))
    assert all(0 <= event["metrics"]["eval/generator/accuracy"] <= 1 for event in measured)
    shown = Counter((e["step"], e["mode"], e["problemId"]) for e in of_type(events, "rollout"))
    assert set(shown.values()) == {1}
    assert {problem for _, _, problem in shown} == {"0", "1", "2"}
    assert len(of_type(events, "run_start")) == 1
    assert complete_checkpoints(runs[0])[-1].mark["worldSize"] == 2


@pytest.mark.parametrize("method", ["rlerr", "prl"])
def test_rollouts_of_two_processes_go_on_as_they_were(
    tmp_path: Path, tiny_model: Path, method: str
) -> None:
    """Each process draws rollouts from its own random state; two steps use one batch of them."""
    rows = [{"id": str(i), "problem": f"What is {i}+{4 - i}?", "answer": "4"} for i in range(10)]
    data = write_rows(tmp_path / "problems.jsonl", rows)
    for name in ("whole", "broken"):
        write_config(tmp_path / name, tiny_model, data, method=method, **ONLINE)
    whole = start_ranks(tmp_path / "whole", 2, GIVEN, "drawn")
    broken = start_ranks(tmp_path / "broken", 2, HELD, "3", GIVEN, "drawn")
    broken[0].until_step(3)
    broken[1].signal(signal.SIGTERM)
    all_end_well(broken)
    all_end_well(start_ranks(tmp_path / "broken", 2, GIVEN, "drawn"))
    all_end_well(whole)
    events = read_events(tmp_path / "broken")
    assert ends(events) == ["cancelled", "ok"]
    (_, first), (name, second) = starts(events)
    assert first == 1 and name is not None and second is not None and second % 2 == 1
    expected, found = curve(read_events(tmp_path / "whole")), curve(events)
    assert set(found) == set(expected) == set(range(1, 9))
    for step, metrics in expected.items():
        drawn = ("reward", "num_tokens") if step % 2 else ()
        for key in ("loss", "grad_norm", "kl", *drawn):
            assert found[step][key] == metrics[key], (step, key)
        assert metrics["grad_norm"] > 0
