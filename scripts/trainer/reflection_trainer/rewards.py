"""The reward of RLERR (spec A4.2), part by part.

    r(y) = outcomeWeight * r_out(y) + reflectionWeight * r_ref(y)          (A4.2: 1 and lambda)
    r_out(y) = 1[final answer of y equals gold]; 0 without an answer or when truncated
    r_ref(y) = s(y) / 10, s by the rule (rule_score.py) or by a judge (judge.py)

TRL takes two functions and two weights, and logs both parts. An answer that cannot be graded has
no reward at all: both functions return None, which TRL leaves out of the group and gives the
advantage 0. (None from one function alone would count as 0, so a judge never returns it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .config import RewardConfig
from .grading import Grader, Mode, final_answer
from .judge import Judge, Question
from .rule_score import RuleScore, rule_score
from .trace import Grade, count_cues


@dataclass(frozen=True)
class Scored:
    """A rollout with everything that its reward is made of."""

    answer: str | None
    grade: Grade
    is_truncated: bool
    cues: int
    rule: RuleScore
    judge: float | None
    outcome: float | None
    reflection: float | None
    tokens: int = 0


@dataclass(frozen=True)
class Asked:
    """The problem of a rollout."""

    problem: str
    gold: str
    mode: Mode


class Scorer:
    def __init__(self, config: RewardConfig, grader: Grader, judge: Judge | None) -> None:
        self.config, self.grader, self.judge = config, grader, judge

    def score(
        self, asked: Sequence[Asked], texts: Sequence[str], truncated: Sequence[bool]
    ) -> list[Scored]:
        judged: list[float | None] = [None] * len(texts)
        if self.judge is not None:
            questions = [
                Question(problem.problem, problem.gold, text)
                for problem, text in zip(asked, texts, strict=True)
            ]
            judged = list(self.judge.scores(questions))
        rows = zip(asked, texts, truncated, judged, strict=True)
        return [self._score(*row) for row in rows]

    def _score(self, asked: Asked, text: str, truncated: bool, judged: float | None) -> Scored:
        answer = None if truncated else final_answer(text, asked.mode)
        grade = self.grader.grade(answer, asked.gold, asked.mode)
        rule = rule_score(
            text,
            lambda candidate: self.grader.grade(candidate, asked.gold, asked.mode),
            final_grade=grade,
            answers_only=not self.config["verdictRule"],
            no_reflection_correct=10 * self.config["noReflectionCorrect"],
            no_reflection_wrong=10 * self.config["noReflectionWrong"],
        )
        outcome = reflection = None
        s = rule.s if judged is None else judged
        if grade != "undetermined" and s is not None:
            outcome, reflection = float(grade == "correct"), s / 10
        return Scored(answer, grade, truncated, count_cues(text), rule, judged, outcome, reflection)


def reward_metrics(rows: Sequence[Scored]) -> dict[str, float]:
    """The reflection group of a step, pooled over all rollouts; what is undefined is left out.

    R, ERR and rho as in spec A1; transitions per 100 rollouts; shares in 0..1; lengths in tokens.
    """
    metrics = {
        "reward/undetermined": _mean([row.grade == "undetermined" for row in rows]),
        "reflection/R": _mean([row.cues for row in rows]),
        "reflection/rule_score": _mean([row.rule.s for row in rows]),
        "reflection/judge_score": _mean([row.judge for row in rows]),
    }
    right = [row for row in rows if row.grade == "correct"]
    wrong = [row for row in rows if row.grade == "incorrect"]
    metrics["completions/length_right"] = _mean([row.tokens for row in right])
    metrics["completions/length_wrong"] = _mean([row.tokens for row in wrong])
    in_right, in_wrong = sum(row.cues for row in right), sum(row.cues for row in wrong)
    if in_right + in_wrong:
        metrics["reflection/err"] = in_right / (in_right + in_wrong)
    if right and in_wrong:
        metrics["reflection/rho"] = (in_right / len(right)) / (in_wrong / len(wrong))
    found = [reflection for row in rows for reflection in row.rule.reflections]
    for name, classes in TRANSITIONS.items():
        count = sum(reflection.name in classes for reflection in found)
        metrics[f"reflection/{name}_per_100"] = 100 * count / len(rows)
    scorable = [reflection for reflection in found if reflection.s is not None]
    metrics["reflection/superficial"] = _mean([r.name in SUPERFICIAL for r in scorable])
    told = [r.is_verdict_true for r in found if r.is_verdict_true is not None]
    metrics["reflection/verdict_true"] = _mean(told)
    said = [r.verdict == "correct" for r in found if r.verdict is not None]
    metrics["reflection/verdict_correct"] = _mean(said)
    return {name: value for name, value in metrics.items() if value is not None}


TRANSITIONS = {
    "i_to_c": ("effective-correction",),
    "c_to_c": ("truthful-confirmation", "redundant-confirmation"),
    "i_to_i": ("failed-correction", "affirmed-error", "repeated-error"),
    "c_to_i": ("destroyed",),
}
# Changes nothing and tells nothing new.
SUPERFICIAL = ("redundant-confirmation", "repeated-error")


def _mean(values: Sequence[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None
