"""Rewards of answers agree with the workbench's grades, and no answer can hold a run up."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_second_opinion import Case, named

from reflection_trainer.bounded_verifier import BoundedVerifier
from reflection_trainer.grading import Grader, final_answer
from reflection_trainer.stop import SIGNALS

CONTRACT = Path(__file__).parents[3] / "test/fixtures/contract"


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CONTRACT / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    made = Grader()
    yield made
    made.close()


@pytest.mark.parametrize("case", lines("modes.jsonl"), ids=lambda case: str(case["text"]))
def test_answer_modes_agree_with_typescript(case: dict[str, str], grader: Grader) -> None:
    mode = case["mode"]
    assert grader.grade(final_answer(case["text"], mode), case["gold"], mode) == case["grade"]


def test_mathematics_agrees_but_for_the_named_policies(grader: Grader) -> None:
    """Every fifth of the shared cases; the whole set is Math-Verify's in test_second_opinion."""
    rows = lines("grading.jsonl")[::5]
    disagreements = 0
    for row in rows:
        boxed = final_answer(row["pred"], "math")
        theirs = grader.grade(boxed or row["pred"], row["gold"], "math")
        ours = row["ours"] == "correct"
        if (theirs == "correct") != ours:
            disagreements += 1
            case = Case(row["family"], row["gold"], row["pred"], bool(row["same"]), ours, not ours)
            assert named(case) is not None, row
    assert disagreements <= 0.15 * len(rows)


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("42", "42", "correct"),
        ("042", "42", "correct"),
        ("42.0", "42", "correct"),
        ("43", "42", "incorrect"),
        ("\\frac{1}{2}", "0.5", "correct"),
        ("", "", "undetermined"),
        (None, "", "undetermined"),
        (None, "42", "incorrect"),
        ("", "42", "incorrect"),
    ],
)
def test_mathematics(grader: Grader, answer: str | None, gold: str, expected: str) -> None:
    assert grader.grade(answer, gold, "math") == expected


def test_what_takes_too_long_is_undetermined_and_the_next_is_answered() -> None:
    verifier = BoundedVerifier(limit_seconds=60)  # what has an answer gets it on a busy machine
    try:
        assert verifier.same("$2$", "$1+1$") is True
        verifier.limit_seconds, began = 1.0, time.monotonic()
        assert verifier.same("$1$", "$10^{10^{8}}!$") is None
        assert time.monotonic() - began < 30  # killed, not waited for
        assert verifier.given_up == 1
        verifier.limit_seconds = 60
        assert verifier.same("$2$", "$1+1$") is True
        assert verifier.same("$2$", "$3$") is False
    finally:
        verifier.close()


def test_a_verifier_that_dies_leaves_the_answer_undetermined() -> None:
    verifier = BoundedVerifier()
    try:
        assert verifier.same("$2$", "$2$") is True
        assert verifier._process is not None
        verifier._process.kill()
        verifier._process.join()
        assert verifier.same("$2$", "$2$") is True  # started again
    finally:
        verifier.close()


@pytest.mark.parametrize("number", sorted(SIGNALS))
def test_a_stop_of_the_process_group_is_not_for_the_verifier(number: int) -> None:
    """The trainer needs answers until its step is done: none may become undetermined."""
    verifier = BoundedVerifier()
    try:
        assert verifier.same("$2$", "$2$") is True
        assert verifier._process is not None and verifier._process.pid is not None
        os.kill(verifier._process.pid, number)
        assert verifier.same("$2$", "$1+1$") is True and verifier.given_up == 0
        assert verifier._process.is_alive()
    finally:
        verifier.close()
