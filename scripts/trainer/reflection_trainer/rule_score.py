"""The rule score s(y) of spec A4.2: what each reflection of a trace did to its answer.

The twin of `src/core/reflection/ruleScore.ts`; both read `test/fixtures/contract/reflection.jsonl`.

    score = rule_score(text, grade)   # grade(answer): "correct", "incorrect" or "undetermined"
    score.reward                      # r_ref in 0..1, None where nothing can be said
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .trace import Grade, Reflection, Span, Verdict, is_same_answer, read_trace, utf16_span

# Upper bound of a reflection that contradicts the truth, and of a trace that it decided.
TRUTHFULNESS_CAP = 2.0
NO_REFLECTION_CORRECT = 5.0
NO_REFLECTION_WRONG = 2.0


@dataclass(frozen=True)
class ScoredReflection:
    """One reflection with its row of the table; `span` in UTF-16 code units."""

    span: Span
    before: str | None
    after: str | None
    name: str
    s: float | None
    verdict: Verdict | None
    is_verdict_true: bool | None
    why: str


@dataclass(frozen=True)
class RuleScore:
    s: float | None
    is_capped: bool
    reflections: list[ScoredReflection]
    why: str

    @property
    def reward(self) -> float | None:
        return None if self.s is None else self.s / 10


def rule_score(
    text: str,
    grade: Callable[[str], Grade],
    *,
    final_grade: Grade | None = None,
    answers_only: bool = False,
    no_reflection_correct: float = NO_REFLECTION_CORRECT,
    no_reflection_wrong: float = NO_REFLECTION_WRONG,
    is_same: Callable[[str, str], bool] = is_same_answer,
) -> RuleScore:
    """Score a trace. `answers_only` never reads what a reflection claims (the ablation)."""
    trace = read_trace(text, grade, is_same)
    if final_grade is None:
        final_grade = trace.answers[-1].grade if trace.answers else "incorrect"
    scored = []
    confirmations = 0
    for reflection in trace.reflections:
        confirmations += reflection.transition == "c→c"
        scored.append(_score(text, reflection, confirmations, answers_only))
    scores = [reflection.s for reflection in scored if reflection.s is not None]
    if not scores:
        bare = (no_reflection_correct, no_reflection_wrong)
        return _without_reflection(final_grade, scored, bare)
    total = 0.0
    for s in scores:  # in order, as the twin adds: sum() would compensate rounding
        total += s
    mean = total / len(scores)
    violation = None
    if final_grade == "incorrect":
        violation = _fixing_violation(trace.reflections, scored, is_same)
    capped = violation is not None and mean > TRUTHFULNESS_CAP
    why = f"mean of {len(scores)}" + (f", at most 2: {violation}" if capped else "")
    return RuleScore(TRUTHFULNESS_CAP if capped else mean, capped, scored, why)


def _without_reflection(
    final_grade: Grade, scored: list[ScoredReflection], bare: tuple[float, float]
) -> RuleScore:
    right, wrong = bare
    if final_grade == "undetermined":
        return RuleScore(None, False, scored, "the final answer is undetermined")
    if final_grade == "correct":
        return RuleScore(right, False, scored, "right without a reflection")
    return RuleScore(wrong, False, scored, "wrong without a reflection: missed error")


def _score(
    text: str, reflection: Reflection, confirmations: int, answers_only: bool
) -> ScoredReflection:
    """One row of the table, then the verdict rule."""
    before, after = reflection.before, reflection.after
    verdict = None if answers_only else reflection.verdict
    name, s, why = _table_row(reflection, verdict, confirmations)
    is_true = None
    if verdict is not None and reflection.transition is not None and before is not None:
        is_true = verdict == before.grade
    if s is not None and is_true is False and s > TRUTHFULNESS_CAP and before is not None:
        side = "right" if before.grade == "correct" else "wrong"
        s, why = TRUTHFULNESS_CAP, f"{why}; but it calls the {side} answer {verdict} (P1)"
    return ScoredReflection(
        span=utf16_span(text, reflection.span),
        before=before.answer if before else None,
        after=after.answer if after else None,
        name=name,
        s=s,
        verdict=verdict,
        is_verdict_true=is_true,
        why=why,
    )


def _table_row(
    reflection: Reflection, verdict: Verdict | None, confirmations: int
) -> tuple[str, float | None, str]:
    match reflection.transition:
        case "i→c":
            return "effective-correction", 8.0, "i→c: error found and repaired (P1, P2, P3)"
        case "c→c" if confirmations == 1:
            return "truthful-confirmation", 7.0, "c→c: first confirmation of a right answer"
        case "c→c":
            s = max(3.0, 7.0 - 2.0 * (confirmations - 1))
            return "redundant-confirmation", s, f"c→c: confirmation number {confirmations} (P5)"
        case "c→i":
            return "destroyed", 1.0, "c→i: a right answer was given up (P1)"
        case "i→i" if reflection.is_changed:
            return "failed-correction", 4.0, "i→i′: changed, still wrong (P2)"
        case "i→i" if verdict == "correct":
            return "affirmed-error", 2.0, "i→i: a wrong answer was called right (P1)"
        case "i→i":
            return "repeated-error", 3.0, "i→i: the same wrong answer again"
        case _:
            return "not-scorable", None, "no graded answer before or after it"


def _fixing_violation(
    read: list[Reflection], scored: list[ScoredReflection], is_same: Callable[[str, str], bool]
) -> str | None:
    """The violation of truthfulness that the wrong final answer comes from."""
    last = read[-1].after
    if last is None or last.grade != "incorrect":
        return None
    if any(reflection.name == "destroyed" for reflection in scored):
        return "a right answer was given up for good"
    for reflection in scored:
        if reflection.name == "affirmed-error" and is_same(reflection.after or "", last.answer):
            return "the wrong final answer was called right"
    return None
