"""The plan of the experiments: nothing twice, nothing before its needs, nothing that is done."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nano import experiments
from nano.experiment_plan import (
    SECONDS,
    Pace,
    Part,
    estimate,
    file_of,
    is_done,
    needs,
    plan,
    seconds,
    seconds_left,
    train_state,
)
from nano.experiment_settings import ARMS, NAMES

EVERYTHING = plan((1, 2, 3), NAMES, lambda part: False)


def write_events(run: Path, *events: dict[str, object], torn: str = "") -> None:
    run.mkdir(parents=True)
    (run / "events.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events) + torn)


def step(number: int) -> dict[str, object]:
    return {"type": "step", "step": number, "total": 20}


def test_the_whole_plan_trains_and_measures_every_arm_with_every_seed() -> None:
    assert len(EVERYTHING) == len(set(EVERYTHING))
    pairs = {(arm.name, seed) for arm in ARMS for seed in (1, 2, 3)}
    assert {(p.arm, p.seed) for p in EVERYTHING if p.kind == "train"} == pairs
    assert {(p.arm, p.seed) for p in EVERYTHING if p.kind == "measure"} == pairs | {("base", 0)}
    assert EVERYTHING[-1] == Part("transcripts", 1)
    assert all(seconds(part) > 0 for part in EVERYTHING) and set(SECONDS) > {a.name for a in ARMS}


@given(
    done=st.sets(st.sampled_from(EVERYTHING)),
    seeds=st.lists(st.integers(1, 3), min_size=1),
    names=st.lists(st.sampled_from(NAMES), min_size=1),
)
def test_a_plan_goes_on_where_a_run_stopped(
    done: set[Part], seeds: list[int], names: list[str]
) -> None:
    parts = plan(seeds, names, done.__contains__)
    assert len(parts) == len(set(parts)) and not done & set(parts)
    there = set(done)
    for part in parts:
        assert there.issuperset(needs(part))
        there.add(part)
    assert all(part.seed in (0, *seeds) for part in parts)
    assert plan(seeds, names, there.__contains__) == []


def test_one_arm_needs_its_start_but_not_the_others() -> None:
    parts = plan([2], ["orl"], lambda part: False)
    assert [str(part) for part in parts] == [
        "seed 2: data",
        "seed 2: train S2R-BI",
        "seed 2: train S2R-ORL",
        "seed 2: measure S2R-ORL",
    ]


def test_a_measured_model_is_not_trained_again(tmp_path: Path) -> None:
    result = file_of(tmp_path, Part("measure", 1, "scft"))
    result.parent.mkdir()
    result.write_text("{}")
    assert plan([1], ["scft"], lambda part: is_done(tmp_path, part)) == []


def test_a_stopped_training_costs_only_what_is_left_of_it(tmp_path: Path) -> None:
    part = Part("train", 1, "orl")
    run = file_of(tmp_path, part)
    write_events(run, step(5), {"type": "run_end", "status": "cancelled"}, torn='{"type": "st')
    assert not is_done(tmp_path, part)
    assert seconds_left(tmp_path, part) == pytest.approx(seconds(part) * 0.75)


def test_only_a_run_that_ended_well_is_trained(tmp_path: Path) -> None:
    ended = {"type": "run_end", "status": "ok"}
    for name, events in {"ok": [ended], "on": [ended, step(3)], "none": []}.items():
        write_events(tmp_path / name, step(20), *events)
        assert train_state(tmp_path / name).finished == (name == "ok")
    assert not train_state(tmp_path / "missing").finished


def test_the_estimate_names_every_part_and_sums_them(tmp_path: Path) -> None:
    parts = plan([1], ["rlerr"], lambda part: False)
    text = estimate(tmp_path, parts)
    assert text.startswith(f"{len(parts)} parts to do: ")
    assert f"about {sum(seconds(part) for part in parts) / 60:.0f} min" in text
    assert "once" in text and "seed 1" in text
    assert "data; train scft rlerr; measure rlerr" in text
    assert estimate(tmp_path, []) == f"everything is in {tmp_path}"


def test_the_pace_is_that_of_this_machine_once_it_is_known() -> None:
    pace = Pace()
    assert pace.left(60) == 60
    pace.add(10, 50)  # too little to judge by
    assert pace.left(60) == 60
    pace.add(90, 150)
    assert pace.left(60) == pytest.approx(120)


def test_an_estimate_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    monkeypatch.setattr(
        sys, "argv", ["experiments", "--work", str(work), "--seeds", "2", "--estimate"]
    )
    assert experiments.main() == 0
    assert "seed 2" in capsys.readouterr().out and not work.exists()


@pytest.mark.parametrize("wrong", [["--only", "rler"], ["--seeds", "0"]])
def test_an_unknown_arm_or_seed_is_refused(
    wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["experiments", "--work", "nowhere", *wrong])
    with pytest.raises(SystemExit) as refused:
        experiments.main()
    assert refused.value.code == 2
