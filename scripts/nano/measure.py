"""Measure a GGUF of the family on the held-out test problems and write the numbers as JSON.

    PYTHONPATH=scripts:scripts/trainer python -m nano.measure GGUF --out report.json

Every number is a share with a 95 % interval: a percentile bootstrap over problems, because the
samples of one problem are not independent.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from reflection_trainer.gguf_io import read_gguf
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano import pools
from nano.evaluate import sample
from nano.family import Problem
from nano.reading import boxed_answer, final_solution, first_answer, transitions, verdict
from nano.wording import CRITIQUE_REQUEST

SAMPLES = 2
TEMPERATURE = 0.6
RESAMPLES = 2000

Share = dict[str, object]


@dataclass(frozen=True)
class Outcome:
    """One yes-or-no observation on the problem with this index."""

    problem: int
    success: bool


def main() -> None:
    """Parse the command line, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)  # at these sizes a second thread costs more than it brings
    model, tokenizer = read_gguf(options.gguf)
    report = measure(model, tokenizer, pools.test_problems())
    options.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report["passAt1"]), json.dumps(report["greedy"]))


def measure(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, problems: list[Problem]
) -> dict[str, object]:
    """All numbers of the report; seeds are fixed, so they repeat on the same machine."""
    repeated = [(i, p) for i, p in enumerate(problems) for _ in range(SAMPLES)]
    users = [p.text for _, p in repeated]
    traces = sample(model, tokenizer, users, TEMPERATURE, seed=1)
    greedy = sample(model, tokenizer, [p.text for p in problems], 0.0, seed=0)
    right = [
        Outcome(i, boxed_answer(text) == p.answer)
        for (i, p), text in zip(repeated, traces, strict=True)
    ]
    first = [
        Outcome(i, first_answer(text) == p.answer)
        for (i, p), text in zip(repeated, traces, strict=True)
    ]
    right_greedy = [
        Outcome(i, boxed_answer(text) == p.answer)
        for i, (p, text) in enumerate(zip(problems, greedy, strict=True))
    ]
    lengths = [len(ids) for ids in tokenizer(traces)["input_ids"]]
    levels = sorted({p.level for p in problems})
    return {
        "problems": len(problems),
        "samples": SAMPLES,
        "temperature": TEMPERATURE,
        "passAt1": share(right),
        "firstAnswer": share(first),
        "greedy": share(right_greedy),
        "passAt1ByLevel": {str(n): share(_of_level(right, problems, n)) for n in levels},
        "greedyByLevel": {str(n): share(_of_level(right_greedy, problems, n)) for n in levels},
        "reflectionsPerTrace": round(float(np.mean([len(transitions(t)) for t in traces])), 2),
        "tokensPerTrace": round(float(np.mean(lengths))),
        "critique": measure_critiques(model, tokenizer, problems),
    }


def measure_critiques(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, problems: list[Problem]
) -> dict[str, object]:
    """One critique for each of `SAMPLES` solutions a problem, written by the model itself."""
    indices = [i for i in range(len(problems)) for _ in range(SAMPLES)]
    traces = sample(model, tokenizer, [problems[i].text for i in indices], TEMPERATURE, seed=77)
    solutions = [
        (i, solution)
        for i, text in zip(indices, traces, strict=True)
        if (solution := final_solution(text)) is not None
    ]
    requests = [
        CRITIQUE_REQUEST.format(problem=problems[i].text, solution=solution)
        for i, solution in solutions
    ]
    critiques = sample(model, tokenizer, requests, TEMPERATURE, seed=2)
    before, after, told = [], [], []
    for (i, solution), text in zip(solutions, critiques, strict=True):
        was_right = boxed_answer(solution) == problems[i].answer
        before.append(Outcome(i, was_right))
        after.append(Outcome(i, boxed_answer(text) == problems[i].answer))
        told.append(Outcome(i, verdict(text) == was_right))
    pairs = list(zip(before, after, strict=True))
    return {
        "critiques": len(critiques),
        "accT1": share(before),
        "accT2": share(after),
        "fixes": share([b for a, b in pairs if not a.success]),
        "keeps": share([b for a, b in pairs if a.success]),
        "verdictRight": share(told),
    }


def share(outcomes: list[Outcome]) -> Share:
    """`value`, `low`, `high` (95 % bootstrap over problems) and the number of observations."""
    if not outcomes:
        return {"value": None, "low": None, "high": None, "n": 0}
    groups: dict[int, list[bool]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.problem, []).append(outcome.success)
    hits = np.array([sum(g) for g in groups.values()], dtype=float)
    sizes = np.array([len(g) for g in groups.values()], dtype=float)
    chosen = np.random.default_rng(0).integers(0, len(hits), (RESAMPLES, len(hits)))
    means = hits[chosen].sum(1) / sizes[chosen].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return {
        "value": round(float(hits.sum() / sizes.sum()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "n": len(outcomes),
    }


def _of_level(outcomes: list[Outcome], problems: list[Problem], level: int) -> list[Outcome]:
    return [o for o in outcomes if problems[o.problem].level == level]


if __name__ == "__main__":
    main()
