"""Training data of the experiments, sampled from the base model as in the papers (spec A2, B3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano import pools
from nano.evaluate import sample
from nano.experiment_settings import (
    CRITIQUE_TEMPERATURE,
    CRITIQUES_OF_WRONG,
    PROBLEMS,
    SOLUTION_TEMPERATURE,
    SOLUTIONS,
    TRAJECTORIES,
    TRIPLETS,
)
from nano.family import Problem
from nano.reading import boxed_answer, final_solution, verdict
from nano.wording import CRITIQUE_REQUEST, RECHECK, TRY_AGAIN

CHECKED = re.compile(r"((?:Check \d+: [^\n]*\n)+Therefore, the answer is (correct|incorrect)\.)")


@dataclass(frozen=True)
class Critiqued:
    """A solution of a training problem, and a critique of it."""

    problem: Problem
    solution: str
    critique: str

    @property
    def was_right(self) -> bool:
        return boxed_answer(self.solution) == self.problem.answer

    @property
    def is_right(self) -> bool:
        return boxed_answer(self.critique) == self.problem.answer


def make_datasets(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, seed: int
) -> dict[str, list[dict[str, Any]]]:
    """Spec A2 and B3: sampled from the base model, kept where the answer is right."""
    rng = Random(seed)
    problems = pools.training_problems(PROBLEMS, 100 + seed)
    repeated = [problem for problem in problems for _ in range(SOLUTIONS)]
    traces = sample(
        model, tokenizer, [p.text for p in repeated], SOLUTION_TEMPERATURE, seed=1000 + seed
    )
    pairs = list(zip(repeated, traces, strict=True))
    solved = [(p, found) for p, trace in pairs if (found := final_solution(trace))]
    wrong = [(p, s) for p, s in solved if boxed_answer(s) != p.answer]
    right = [(p, s) for p, s in solved if boxed_answer(s) == p.answer]
    rng.shuffle(right)
    asked = [pair for pair in wrong for _ in range(CRITIQUES_OF_WRONG)] + right[:TRIPLETS]
    requests = [CRITIQUE_REQUEST.format(problem=p.text, solution=s) for p, s in asked]
    critiques = sample(model, tokenizer, requests, CRITIQUE_TEMPERATURE, seed=2000 + seed)
    found = [Critiqued(p, s, c) for (p, s), c in zip(asked, critiques, strict=True)]
    scft = scft_rows(found, rng)
    correct = [(p, trace) for p, trace in pairs if boxed_answer(trace) == p.answer]
    rng.shuffle(correct)
    return {
        "scft": scft,
        "self-distill": [
            {"prompt": p.text, "system": None, "y": trace} for p, trace in correct[: len(scft)]
        ],
        "s2r": s2r_rows(found, rng),
        "problems": [
            {"id": str(i), "problem": p.text, "answer": str(p.answer)}
            for i, p in enumerate(pools.training_problems(400, 200 + seed))
        ],
    }


def scft_rows(found: Sequence[Critiqued], rng: Random) -> list[dict[str, Any]]:
    """Critiques with a right answer, two of wrong solutions for one of a right one."""
    kept = list(dict.fromkeys(one for one in found if one.is_right))
    repaired = [one for one in kept if not one.was_right]
    confirmed = [one for one in kept if one.was_right]
    rng.shuffle(repaired)
    count = min(len(repaired), TRIPLETS * 2 // 3, 2 * len(confirmed))
    rows = [
        {
            "prompt": CRITIQUE_REQUEST.format(problem=one.problem.text, solution=one.solution),
            "system": None,
            "c": one.critique,
        }
        for one in repaired[:count] + confirmed[: count // 2]
    ]
    rng.shuffle(rows)
    return rows


def s2r_rows(found: Sequence[Critiqued], rng: Random) -> list[dict[str, Any]]:
    """Trajectories of up to two wrong solves and a right one, each with a true verification."""
    checks: dict[str, dict[str, tuple[bool, str]]] = {}
    for one in found:
        told = CHECKED.search(one.critique)
        if told and (told[2] == "correct") == one.was_right == bool(verdict(one.critique)):
            checks.setdefault(one.problem.text, {})[one.solution] = (one.was_right, told[1])
    rows = []
    for text, solutions in checks.items():
        right = [(s, check) for s, (is_right, check) in solutions.items() if is_right]
        wrong = [(s, check) for s, (is_right, check) in solutions.items() if not is_right]
        distinct = {boxed_answer(s): (s, check) for s, check in wrong}
        if right:
            rng.shuffle(right)
            trials = [*list(distinct.values())[:2], right[0]]
            rows.append({"prompt": text, "system": None, "answer": trajectory(trials)})
    rng.shuffle(rows)
    return rows[:TRAJECTORIES]


def trajectory(trials: Sequence[tuple[str, str]]) -> str:
    """The text protocol of spec B2 on lines of their own, but without blank ones.

    The embedded model's tokenizer has tokens for blank lines that its training never met: their
    embeddings are all alike, and it would take thousands of trajectories to tell them apart.
    """
    parts = [f"{solution}\n{RECHECK}\n{check}" for solution, check in trials]
    return f"{TRY_AGAIN}\n".join(parts)
