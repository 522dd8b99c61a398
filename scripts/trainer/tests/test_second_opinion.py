"""Math-Verify's opinion on the grader's generated cases.

``test/fixtures/contract/grading.jsonl`` holds cases whose truth is known by construction, with the
grades of ``src/core/answers``. Math-Verify grades them again. Wherever the two differ, the
difference must be one of the named policies below; a new one fails the test and is printed.

Run ``pytest -rP scripts/trainer/tests/test_second_opinion.py`` to see every disagreement.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import math_verify
import pytest

CASES = Path(__file__).parents[3] / "test" / "fixtures" / "contract" / "grading.jsonl"


@dataclass(frozen=True)
class Policy:
    """A convention on which the two graders differ, and where it shows."""

    name: str
    family: str
    pattern: str
    """Regular expression for the answer."""
    accepted_by: str
    """``ours`` or ``math-verify``."""
    why: str


POLICIES = [
    Policy(
        "interval-as-relation",
        "interval|ray",
        r"[<>]|\\(le|ge)",
        "ours",
        "Math-Verify turns some relations into intervals, depending on their direction",
    ),
    Policy("excluded-as-relation", "excluded", r"\\ne", "ours", "x ≠ a is all reals but a"),
    Policy("vector-as-tuple", "vector", r"\(-?\d+, ", "ours", "a column vector is its tuple"),
    Policy("row-spacing", "vector", r"\[2pt\]", "ours", "\\\\[2pt] ends a row"),
    Policy(
        "real-odd-root",
        "roots",
        r"x",
        "ours",
        "(-8)^{1/3} is -2 in answers; in sympy it is a complex number",
    ),
    Policy("degrees-as-radians", "degrees", r"\\pi|°", "ours", "180° is π, and ° is a degree"),
    Policy(
        "base-is-part",
        "inBase",
        r"_\{\d+\}",
        "math-verify",
        "Math-Verify drops the base: it takes 204_6 for 204_5",
    ),
    Policy("base-and-full-stop", "inBase", r"\.\}$", "ours", "a full stop inside the box"),
    Policy(
        "units-compared",
        "unit",
        r"m\b|feet",
        "math-verify",
        "Math-Verify ignores units: it takes 4 m for 4 cm",
    ),
    Policy("unit-behind-decimal", "unit", r"\.0", "ours", "154.0 miles is 154 miles"),
    Policy("set-is-no-tuple", "tuple", r"\\\{", "math-verify", "a set has no order to meet"),
    Policy("angle-brackets", "tuple", r"\\langle", "ours", "⟨1, 2⟩ is a tuple"),
    Policy("spaced-and", "set", r"and", "ours", "spacing commands inside \\text{ and }"),
    Policy("semicolons", "set", r";", "ours", "semicolons separate as commas do"),
    Policy("ratio-spelling", "ratio", r"\\colon", "ours", "\\colon is a colon"),
    Policy("ratio-length", "ratio", r":.*:", "math-verify", "9:19 is not 9:19:1"),
    Policy("repeating-decimal", "repeating", r"\\overline", "ours", "0.\\overline{6} is 2/3"),
    Policy(
        "exact-fraction",
        "repeating",
        r"^\W*0\.\d+\W*$",
        "math-verify",
        "a decimal answer stands for an exact gold only when it is a double in full",
    ),
    Policy("python-notation", "circle|powers", r"\*", "ours", "10*pi/29 and 2**10"),
    Policy("imaginary-factor", "complexNumber", r"\\cdot i|\(i\)", "ours", "6 · i is 6i"),
    Policy("spaced-thousands", "integer", r"\\,", "ours", "53\\,545 is one number"),
    Policy("base-of-logarithm", "logarithms", r"\\log_2 e", "ours", "log_2 a / log_2 e is ln a"),
    Policy(
        "percent-words",
        "percent",
        r"percent|\d$|\d\$$",
        "ours",
        "a percent sign on one side alone, or the word",
    ),
    Policy("decimal-exponent", "surd", r"\^\{0\.5\}", "ours", "11^{0.5} is √11 exactly"),
    Policy("words-and-spacing", "word", r"\\text", "ours", "spacing commands inside \\text"),
]


@dataclass(frozen=True)
class Case:
    """A generated case and its two grades."""

    family: str
    gold: str
    pred: str
    same: bool
    ours: bool
    theirs: bool


def as_formula(text: str) -> str:
    """The answer as Math-Verify expects it: in dollars, without a full stop inside."""
    bare = text.strip().removesuffix(" .").strip()
    return bare if "$" in bare or "\\boxed" in bare or "\\(" in bare else f"${bare}$"


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [
        Case(
            row["family"],
            row["gold"],
            row["pred"],
            row["same"],
            row["ours"] == "correct",
            math_verify.verify(
                math_verify.parse(as_formula(row["gold"])),
                math_verify.parse(as_formula(row["pred"])),
            ),
        )
        for row in rows
    ]


def named(case: Case) -> Policy | None:
    """The policy that explains why the two graders differ on a case."""
    accepted_by = "ours" if case.ours else "math-verify"
    for policy in POLICIES:
        if policy.accepted_by != accepted_by:
            continue
        if re.fullmatch(policy.family, case.family) and re.search(policy.pattern, case.pred):
            return policy
    return None


def test_every_disagreement_is_a_named_policy(cases: list[Case]) -> None:
    disagreements = [case for case in cases if case.ours != case.theirs]
    counts = Counter()
    unnamed = []
    for case in disagreements:
        policy = named(case)
        if policy is None:
            unnamed.append(f"{case.family}: {case.gold} | {case.pred} (ours: {case.ours})")
            continue
        counts[policy.name] += 1
        print(f"{policy.name:22} {case.gold}  |  {case.pred}")
    print(f"\n{len(disagreements)} of {len(cases)} cases:")
    for policy in POLICIES:
        print(f"{counts[policy.name]:4} {policy.name:22} {policy.why}")
    assert unnamed == []
    # A policy that explains nothing any more is to be deleted.
    assert [policy.name for policy in POLICIES if counts[policy.name] == 0] == []


def test_we_are_right_wherever_math_verify_differs(cases: list[Case]) -> None:
    wrong = [case for case in cases if case.ours != case.theirs and case.ours != case.same]
    assert wrong == []


def test_math_verify_confirms_nine_in_ten(cases: list[Case]) -> None:
    """The second opinion is one: were most cases disputed, it would say nothing."""
    agreed = sum(case.ours == case.theirs for case in cases)
    assert agreed >= 0.9 * len(cases)
