"""The rule score agrees with the TypeScript side on every shared trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflection_trainer.rule_score import RuleScore, rule_score
from reflection_trainer.trace import Grade

FIXTURES = Path(__file__).parents[3] / "test/fixtures/contract/reflection.jsonl"
TRACES = [json.loads(line) for line in FIXTURES.read_text("utf-8").splitlines()]


def score(trace: dict[str, Any], *, answers_only: bool = False) -> RuleScore:
    def grade(answer: str) -> Grade:
        return trace["grades"].get(answer, "incorrect")

    final_grade = trace.get("finalGrade")
    return rule_score(trace["text"], grade, final_grade=final_grade, answers_only=answers_only)


def test_there_are_enough_traces() -> None:
    assert len(TRACES) >= 200


@pytest.mark.parametrize("trace", TRACES, ids=[trace["id"] for trace in TRACES])
def test_agrees_with_typescript(trace: dict[str, Any]) -> None:
    found = score(trace)
    reflections = [
        {
            "span": list(reflection.span),
            "before": reflection.before,
            "after": reflection.after,
            "verdict": reflection.verdict,
            "class": reflection.name,
            "s": reflection.s,
            "why": reflection.why,
            "isVerdictTrue": reflection.is_verdict_true,
        }
        for reflection in found.reflections
    ]
    expected = trace["expected"]
    assert reflections == expected["reflections"]
    assert (found.s, found.is_capped, found.why) == (
        expected["s"],
        expected["isCapped"],
        expected["why"],
    )
    assert score(trace, answers_only=True).s == expected["answersOnly"]


WORDS = (
    "The answer is 4.",
    "The answer is 5.",
    "Wait,",
    "that is wrong.",
    "2+2=4.",
    "\\boxed{4}",
    "\\boxed{",
    "</think>",
    "<think>",
    "\n",
    "Let me try again.",
    "the answer is correct",
)


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_stays_in_range_on_any_text(words: list[str]) -> None:
    text = " ".join(words)
    found = rule_score(text, lambda answer: "correct" if answer == "4" else "incorrect")
    assert found.s is not None and 0 <= found.s <= 10
    for reflection in found.reflections:
        assert 0 <= reflection.span[0] <= reflection.span[1] <= len(text)
