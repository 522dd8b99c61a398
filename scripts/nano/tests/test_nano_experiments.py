"""The experiments' data have the form that the trainer reads, and the report its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from nano import experiment_report
from nano.experiments import ARMS, Critiqued, grouped, s2r_rows, scft_rows
from nano.family import make_problem
from reflection_trainer.actions import is_well_formed, split_actions


def critiqued(right: bool, told: bool, repaired: bool) -> Critiqued:
    problem = make_problem(Random(3), 1)
    answer = problem.answer if right else problem.answer + 1
    steps = f"Step 1: {answer - 1}+1={answer}."
    solution = f"{steps}\nThe answer is {answer}. \\boxed{{{answer}}}"
    word = "correct" if told else "incorrect"
    check = f"Check 1: {answer - 1}+1={answer}, the solution has {answer}. Right.\n"
    final = problem.answer if repaired else problem.answer + 7
    critique = f"<think>\n{check}Therefore, the answer is {word}.</think> \\boxed{{{final}}}"
    return Critiqued(problem, solution, critique)


def test_only_true_verifications_become_trajectories() -> None:
    rows = s2r_rows([critiqued(True, True, True), critiqued(False, False, True)], Random(0))
    assert len(rows) == 1
    actions = split_actions(rows[0]["answer"])
    assert is_well_formed(actions) and len(actions) == 4
    assert [a.verdict for a in actions if a.kind == "verify"] == ["incorrect", "correct"]
    assert s2r_rows([critiqued(True, False, True), critiqued(False, True, True)], Random(0)) == []


def test_only_critiques_with_a_right_answer_are_learnt() -> None:
    good, other = critiqued(False, False, True), critiqued(True, True, True)
    rows = scft_rows([good, critiqued(False, False, False), other], Random(0))
    assert [row["c"] for row in rows] == [good.critique]


def test_samples_are_grouped_by_problem() -> None:
    assert grouped([True, False, True, True]) == [[True, False], [True, True]]


def test_the_report_has_means_intervals_and_paired_differences(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    for seed in (1, 2):
        (tmp_path / f"seed-{seed}").mkdir()
        for name, chance in (("base", 0.4), ("bi", 0.5), ("prl", 0.9)):
            values = [[bool(v)] for v in draw.random(200) < chance]
            measured = {"passAt1": values, "greedy": values, "checks": 1.0, "tokens": 100.0}
            (tmp_path / f"seed-{seed}" / f"{name}.json").write_text(json.dumps(measured))
    experiment_report.write_report(tmp_path, tmp_path, [1, 2], ARMS)
    report = json.loads((tmp_path / "training-experiments.json").read_text())
    row = report["arms"]["prl"]["passAt1"]
    assert row["low"] < row["value"] < row["high"]
    assert row["value"] == pytest.approx(np.mean(row["seeds"]), abs=1e-3)
    claims = {(c["arm"], c["against"]): c for c in report["differences"]}
    gap = claims[("prl", "bi")]
    assert 0 < gap["low"] < gap["value"] < gap["high"]
    text = (tmp_path / "training-experiments.md").read_text()
    assert "| S2R-PRL |" in text and "S2R-PRL - S2R-BI | pass@1, T 0.6 | **+" in text
