"""The experiments' data have the form that the trainer reads, and the report its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from nano import experiment_report
from nano.experiment_data import Critiqued, s2r_rows, scft_rows
from nano.experiment_parts import grouped, write_whole
from nano.experiment_transcripts import (
    TRACES,
    Asked,
    behaviour,
    picked,
    repaired,
    verdicts_are_true,
)
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


def measured(chance: float, draw: np.random.Generator) -> str:
    values = [[bool(v)] for v in draw.random(200) < chance]
    return json.dumps({"passAt1": values, "greedy": values, "checks": 1.0, "tokens": 100.0})


def test_the_report_has_means_intervals_and_paired_differences(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    (tmp_path / "base.json").write_text(measured(0.4, draw))
    for seed in (1, 2):
        (tmp_path / f"seed-{seed}").mkdir()
        for name, chance in (("bi", 0.5), ("prl", 0.9)):
            (tmp_path / f"seed-{seed}" / f"{name}.json").write_text(measured(chance, draw))
    (tmp_path / "seed-2" / "orl.json").write_text(measured(0.7, draw))
    experiment_report.write_report(tmp_path, tmp_path)
    report = json.loads((tmp_path / "training-experiments.json").read_text())
    assert report["seeds"] == [1, 2]
    row = report["arms"]["prl"]["passAt1"]
    assert row["low"] < row["value"] < row["high"]
    assert row["value"] == pytest.approx(np.mean(row["seeds"]), abs=1e-3)
    claims = {(c["arm"], c["against"]): c for c in report["differences"]}
    gap = claims[("prl", "bi")]
    assert 0 < gap["low"] < gap["value"] < gap["high"]
    assert np.mean(gap["bySeed"]) == pytest.approx(gap["value"], abs=1e-3)
    assert claims[("orl", "bi")]["seeds"] == [2] and claims[("bi", "base")]["seeds"] == [1, 2]
    text = (tmp_path / "training-experiments.md").read_text()
    assert "| S2R-PRL | 2 |" in text and "S2R-PRL - S2R-BI | pass@1, T 0.6 | **+" in text
    assert "| S2R-ORL | 1 |" in text


def test_a_difference_is_shown_when_every_seed_has_it() -> None:
    clear = {"low": 0.1, "high": 0.3}
    assert experiment_report.is_shown({**clear, "bySeed": [0.2, 0.1]})
    assert not experiment_report.is_shown({**clear, "bySeed": [0.4, 0.0]})
    assert not experiment_report.is_shown({"low": -0.1, "high": 0.3, "bySeed": [0.1]})
    assert experiment_report.is_shown({"low": -0.3, "high": -0.1, "bySeed": [-0.2]})


def test_a_report_leaves_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "training-experiments.md"
    page.write_text("before\n<!-- results -->\nto go\n<!-- /results -->\nafter\n")
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "base.json").write_text(measured(0.4, np.random.default_rng(1)))
    for _ in range(2):
        experiment_report.write_report(tmp_path, tmp_path)
    text = page.read_text()
    assert text.startswith("before\n<!-- results -->\n\n| model |") and "to go" not in text
    assert text.endswith("\n\n<!-- /results -->\nafter\n") and text.count("| base |") == 1
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="has no <!-- results -->"):
        experiment_report.write_report(tmp_path, tmp_path)


def test_the_page_shows_what_the_models_wrote(tmp_path: Path) -> None:
    wrong, right = "The answer is 3.", "The answer is 2."
    denied, confirmed = "Therefore, the answer is incorrect.", "Therefore, the answer is correct."
    at_once, mended = (
        f"{right}\n{confirmed} \\boxed{{2}}",
        f"{wrong}\n{denied}\n{right} \\boxed{{2}}",
    )
    believed = f"{wrong}\n{confirmed} \\boxed{{3}}"
    models = {"base": believed, "scft": mended, "rlerr": at_once, "bi": believed, "prl": mended}
    models |= {"outcome-only": at_once, "orl": at_once}
    asked = {"requests": ["why?"], "golds": [2]}
    critics = {"base": believed, "scft": f"{denied} \\boxed{{2}}"}
    seen = {
        "critiques": {**asked, "answers": {name: [text] for name, text in critics.items()}},
        "traces": {**asked, "answers": {name: [text] for name, text in models.items()}},
    }
    (tmp_path / "transcripts.json").write_text(json.dumps(seen))
    experiment_report.write_report(tmp_path, tmp_path)
    text = (tmp_path / "training-experiments.md").read_text()
    assert "| base | 0.0 | 0.0 | 0.0 | 100.0 | 0.0 |" in text
    assert "| SCFT | 0.0 | 100.0 | 0.0 | 100.0 | 100.0 |" in text
    assert "finds the fault and repairs it** (1 of 1).\n\nAsked (the answer is 2):" in text
    assert f"SCFT:\n\n```text\n{mended}\n```\n\nRLERR:\n\n```text\n{at_once}\n```\n" in text
    assert "**S2R-BI is wrong and believes it; S2R-PRL is right at once** (0 of 1).\n" in text


def test_verdicts_are_held_against_the_answer_before_them() -> None:
    text = (
        "Step 1: 1+1=3.\nThe answer is 3.\nWait, let me recheck my solution.\n"
        "Therefore, the answer is incorrect. Let me try again.\nThe answer is 2.\n"
        "Therefore, the answer is incorrect."
    )
    assert verdicts_are_true(text, 2) == [True, False]
    assert verdicts_are_true(text, 3) == [False, True]
    assert not repaired(text + " \\boxed{2}", 2)
    good = text.removesuffix("Therefore, the answer is incorrect.") + "\\boxed{2}"
    assert repaired(good, 2) and not repaired(good, 3)


def test_behaviour_counts_what_came_of_the_reflections() -> None:
    right, wrong = "The answer is 2.", "The answer is 3."
    denied, confirmed = "Therefore, the answer is incorrect.", "Therefore, the answer is correct."
    traces = [
        f"{wrong}\n{denied}\n{right} \\boxed{{2}}",
        f"{right}\n{denied}\n{wrong} \\boxed{{3}}",
        f"{right}\n{confirmed} \\boxed{{2}}",
        f"{right} \\boxed{{2}}",
    ]
    assert behaviour(traces, [2, 2, 2, 2]) == {
        "firstRight": 0.75,
        "repaired": 0.25,
        "broken": 0.25,
        "verdictsTrue": pytest.approx(2 / 3),
        "verdicts": 0.75,
    }
    assert behaviour([right], [2])["verdictsTrue"] is None


def test_a_transcript_is_the_first_of_those_that_are_so() -> None:
    wrong, right = "The answer is 3. \\boxed{3}", "The answer is 2. \\boxed{2}"
    untrue = f"The answer is 2.\nTherefore, the answer is incorrect. {right}"
    answers = {"rlerr": [right, right, right, wrong], "outcome-only": [right, *[untrue] * 3]}
    asked: Asked = {"requests": ["p", "q", "r", "s"], "golds": [2] * 4, "answers": answers}
    found = picked(*TRACES[-1], asked)
    assert (found["count"], found["of"], found["request"]) == (2, 4, "q")
    assert [one["text"] for one in found["answers"]] == [right, untrue]
    none = picked(*TRACES[-1], {**asked, "golds": [3] * 4})
    assert none["count"] == 0 and "request" not in none


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", "é")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "é"
