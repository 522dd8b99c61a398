"""What the training methods do to the embedded model: every method, several seeds, one table.

    PYTHONPATH=scripts:scripts/trainer python -m nano.experiments --work WORK --out docs

Data come from the base model by rejection sampling as in the papers, training is that of
`reflection_trainer` in processes of its own, and each model is measured on held-out problems that
no training saw. Steps whose result is already in WORK are not done again, so a stopped run goes on;
`--only rlerr --seeds 1` does a part. Settings are those below, smaller than the recipes' so that
everything takes about an hour of one core.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from reflection_trainer.gguf_io import read_gguf
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano import pools
from nano.evaluate import sample
from nano.family import Problem
from nano.reading import boxed_answer, final_solution, verdict
from nano.wording import CRITIQUE_REQUEST, RECHECK, TRY_AGAIN

ROOT = Path(__file__).parents[2]
BASE = ROOT / "media/models/nano.gguf"
SEEDS = (1, 2, 3)
PROBLEMS, SOLUTIONS = 320, 4
SOLUTION_TEMPERATURE, CRITIQUE_TEMPERATURE = 0.8, 1.0
CRITIQUES_OF_WRONG = 4
TRIPLETS = 360
TRAJECTORIES = 320
TEST_PROBLEMS, TEST_SAMPLES, TEST_TEMPERATURE = 200, 2, 0.6
CHECKED = re.compile(r"((?:Check \d+: [^\n]*\n)+Therefore, the answer is (correct|incorrect)\.)")

COMMON = {
    "precision": "float32",
    "threads": 1,
    "microBatchSize": 32,
    "batchSize": 32,
    "maxLength": 768,
    "logEverySteps": 1,
    "prompts": {"system": None, "solve": "{problem}"},
}
SUPERVISED = {**COMMON, "learningRate": 5e-4, "epochs": 2, "scheduler": "cosine"}
ROLLOUTS = {"perProblem": 8, "problems": 4, "maxPromptTokens": 200, "maxTokens": 260}
REINFORCED = {
    **COMMON,
    "learningRate": 1.5e-4,
    "scheduler": "constant",
    "warmupSteps": 3,
    "maxSteps": 36,
    "saveEverySteps": 12,
    "klWeight": 0,
}
S2R_ROLLOUTS = {**ROLLOUTS, "perProblem": 4, "problems": 8, "temperature": 1.0}
S2R_STEPS = 20
S2R = ("bi", "orl", "prl")  # trained on trajectories: what they answer as critics means nothing


@dataclass(frozen=True)
class Arm:
    """One trained model: from which other, by which method, on which data."""

    name: str
    label: str
    start: str
    data: str
    config: dict[str, Any]


ARMS = (
    Arm("scft", "SCFT", "base", "scft", {**SUPERVISED, "method": "scft"}),
    Arm(
        "self-distill",
        "Self-Distill",
        "base",
        "self-distill",
        {**SUPERVISED, "method": "selfDistill"},
    ),
    Arm(
        "rlerr",
        "RLERR",
        "scft",
        "problems",
        {**REINFORCED, "method": "rlerr", "rollouts": ROLLOUTS},
    ),
    Arm(
        "outcome-only",
        "RLERR, λ = 0",
        "scft",
        "problems",
        {
            **REINFORCED,
            "method": "rlerr",
            "rollouts": ROLLOUTS,
            "reward": {"reflectionWeight": 0},
        },
    ),
    Arm("bi", "S2R-BI", "base", "s2r", {**SUPERVISED, "method": "bi", "epochs": 4, "klWeight": 0}),
    Arm(
        "orl",
        "S2R-ORL",
        "bi",
        "problems",
        {**REINFORCED, "method": "orl", "maxSteps": S2R_STEPS, "rollouts": S2R_ROLLOUTS},
    ),
    Arm(
        "prl",
        "S2R-PRL",
        "bi",
        "problems",
        {**REINFORCED, "method": "prl", "maxSteps": S2R_STEPS, "rollouts": S2R_ROLLOUTS},
    ),
)


def main() -> None:
    """Do what is asked and not done yet, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder of the report; none: no report")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--only", nargs="+", default=["base", *[arm.name for arm in ARMS]])
    options = parser.parse_args()
    torch.set_num_threads(1)
    for seed in options.seeds:
        work = options.work / f"seed-{seed}"
        work.mkdir(parents=True, exist_ok=True)
        for name in options.only:
            print(f"seed {seed}: {name}", flush=True)
            produce(work, name, seed)
    if options.out is not None:
        from nano.experiment_report import write_report

        write_report(options.work, options.out, options.seeds, ARMS)


def produce(work: Path, name: str, seed: int) -> None:
    """The measured arm `name`, with everything that it needs."""
    if (work / f"{name}.json").exists():
        return
    model, tokenizer = read_gguf(model_of(work, name, seed))
    outcomes = measure(model, tokenizer)
    if name not in S2R:
        outcomes |= measure_critic(model, tokenizer, base_solutions(work.parent))
    (work / f"{name}.json").write_text(json.dumps(outcomes))


def model_of(work: Path, name: str, seed: int) -> Path:
    """The GGUF of an arm; trains it first if need be."""
    if name == "base":
        return BASE
    arm = next(arm for arm in ARMS if arm.name == name)
    start = model_of(work, arm.start, seed)
    run = work / name
    if not trained(run):
        data = dataset(work, arm.data, seed)
        # full precision where there is a checkpoint
        weights = start if arm.start == "base" else start.parent
        train(run, arm.config, weights, data, seed)
    return next(iter(sorted((run / "checkpoints").glob("step-*/model.gguf"), reverse=True)))


def trained(run: Path) -> bool:
    events = run / "events.jsonl"
    lines = events.read_text().splitlines() if events.exists() else []
    return bool(lines) and '"run_end"' in lines[-1] and '"status": "ok"' in lines[-1]


def train(run: Path, config: dict[str, Any], model: Path, data: Path, seed: int) -> None:
    run.mkdir(parents=True, exist_ok=True)
    paths = {"model": {"path": str(model)}, "data": {"path": str(data)}}
    (run / "config.json").write_text(json.dumps({**config, **paths, "seed": seed}))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts/trainer")}
    with (run / "log").open("a") as log:
        subprocess.run(
            [sys.executable, "-m", "reflection_trainer", "--config", str(run / "config.json")],
            env=environment,
            stderr=log,
            check=True,
        )
    if not trained(run):  # stopped by a signal: the same command goes on
        raise SystemExit(f"{run}: stopped")


def dataset(work: Path, kind: str, seed: int) -> Path:
    """A JSONL of this kind; all are made at once, from the same solutions and critiques."""
    path = work / "data" / f"{kind}.jsonl"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        model, tokenizer = read_gguf(BASE)
        for name, rows in make_datasets(model, tokenizer, seed).items():
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (work / "data" / f"{name}.jsonl").write_text(lines)
    return path


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


def measure(model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    """Yes or no for every sample, problem by problem, as the report needs them."""
    problems = test_problems()
    repeated = [p for p in problems for _ in range(TEST_SAMPLES)]
    traces = sample(model, tokenizer, [p.text for p in repeated], TEST_TEMPERATURE, seed=1)
    greedy = sample(model, tokenizer, [p.text for p in problems], 0.0, seed=0)
    right = [boxed_answer(t) == p.answer for t, p in zip(traces, repeated, strict=True)]
    return {
        "passAt1": grouped(right),
        "greedy": [[boxed_answer(t) == p.answer] for t, p in zip(greedy, problems, strict=True)],
        "checks": sum(t.count(RECHECK) for t in traces) / len(traces),
        "tokens": sum(len(ids) for ids in tokenizer(traces)["input_ids"]) / len(traces),
    }


def measure_critic(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    solutions: Sequence[tuple[int, str]],
) -> dict[str, Any]:
    """One critique of each solution: is its answer right, and what it says of the solution."""
    problems = test_problems()
    asked = [CRITIQUE_REQUEST.format(problem=problems[i].text, solution=s) for i, s in solutions]
    critiques = sample(model, tokenizer, asked, TEST_TEMPERATURE, seed=2)
    judged = [(problems[i].answer, s, c) for (i, s), c in zip(solutions, critiques, strict=True)]
    return {
        "accT2": [[boxed_answer(critique) == gold] for gold, _, critique in judged],
        "verdictRight": [
            [verdict(critique) == (boxed_answer(solution) == gold)]
            for gold, solution, critique in judged
        ],
    }


def test_problems() -> list[Problem]:
    return pools.test_problems()[:TEST_PROBLEMS]


def base_solutions(work: Path) -> list[tuple[int, str]]:
    """One solution a problem by the base model: what every critic is asked about."""
    path = work / "base-solutions.json"
    if not path.exists():
        model, tokenizer = read_gguf(BASE)
        texts = [p.text for p in test_problems()]
        traces = sample(model, tokenizer, texts, TEST_TEMPERATURE, seed=77)
        found = [final_solution(trace) for trace in traces]
        path.write_text(json.dumps([[i, s] for i, s in enumerate(found) if s is not None]))
    return [(i, solution) for i, solution in json.loads(path.read_text())]


def grouped(values: Sequence[bool]) -> list[list[bool]]:
    return [list(values[i : i + TEST_SAMPLES]) for i in range(0, len(values), TEST_SAMPLES)]


if __name__ == "__main__":
    main()
