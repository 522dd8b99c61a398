"""Does one part of the experiments: makes data, trains in a process of its own, measures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from reflection_trainer.gguf_io import read_gguf
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano import pools
from nano.evaluate import sample
from nano.experiment_data import make_datasets
from nano.experiment_plan import CRITICS, TRANSCRIBED, Part, file_of, train_state
from nano.experiment_settings import (
    BASE,
    BY_NAME,
    ROOT,
    S2R,
    TEST_PROBLEMS,
    TEST_SAMPLES,
    TEST_TEMPERATURE,
)
from nano.experiment_transcripts import Asked
from nano.family import Problem
from nano.reading import boxed_answer, final_solution, verdict
from nano.wording import CRITIQUE_REQUEST, RECHECK

POLL_SECONDS = 2
SAME_SIGNAL_SECONDS = 1

Tick = Callable[[], None]
Loaded = tuple[Qwen2ForCausalLM, PreTrainedTokenizerFast]


def do(work: Path, part: Part, tick: Tick) -> None:
    """Everything that the part needs is there; `tick` is called now and then while it trains."""
    torch.set_num_threads(1)
    target = file_of(work, part)
    target.parent.mkdir(parents=True, exist_ok=True)
    if part.kind == "train":
        train(work, part, tick)
    elif part.kind == "data":
        for name, rows in make_datasets(*read_gguf(BASE), part.seed).items():
            write_whole(
                target.parent / f"{name}.jsonl", "".join(json.dumps(r) + "\n" for r in rows)
            )
    elif part.kind == "solutions":
        write_whole(target, json.dumps(base_solutions()))
    elif part.kind == "measure":
        write_whole(target, json.dumps(outcomes_of(work, part)))
    else:
        write_whole(target, json.dumps(transcripts(work, part.seed)))


def write_whole(path: Path, text: str) -> None:
    """A stop leaves the file or none: what exists is never done again."""
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def model_file(work: Path, name: str, seed: int) -> Path:
    if name == "base":
        return BASE
    run = file_of(work, Part("train", seed, name))
    return max((run / "checkpoints").glob("step-*/model.gguf"))


def load(work: Path, name: str, seed: int) -> Loaded:
    return read_gguf(model_file(work, name, seed))


def train(work: Path, part: Part, tick: Tick) -> None:
    """The trainer in a process group of its own: a Ctrl-C reaches it once, through `stop`."""
    arm, run = BY_NAME[part.arm], file_of(work, part)
    run.mkdir(exist_ok=True)
    start = model_file(work, arm.start, part.seed)
    # full precision where there is a checkpoint
    model = start if arm.start == "base" else start.parent
    data = work / f"seed-{part.seed}" / "data" / f"{arm.data}.jsonl"
    paths = {"model": {"path": str(model)}, "data": {"path": str(data)}}
    (run / "config.json").write_text(json.dumps({**arm.config, **paths, "seed": part.seed}))
    command = [sys.executable, "-m", "reflection_trainer", "--config", str(run / "config.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts/trainer")}
    with (run / "log").open("a") as log:
        trainer = subprocess.Popen(command, env=environment, stderr=log, start_new_session=True)
        try:
            while wait(trainer) is None:
                tick()
        except KeyboardInterrupt:
            stop(trainer)
            raise
    if not train_state(run).finished:
        raise SystemExit(f"{part} ended with status {trainer.returncode}; its log: {run / 'log'}")


def wait(trainer: subprocess.Popen[bytes]) -> int | None:
    """Its exit status, or None after a while."""
    try:
        return trainer.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def stop(trainer: subprocess.Popen[bytes]) -> None:
    """With a checkpoint; a second Ctrl-C stops the trainer at once.

    `timeout` and others signal a process and then its group: what comes at once is the same one.
    """
    asked = time.monotonic()
    trainer.terminate()
    while trainer.poll() is None:
        try:
            trainer.wait()
        except KeyboardInterrupt:
            if time.monotonic() - asked > SAME_SIGNAL_SECONDS:
                trainer.terminate()


def outcomes_of(work: Path, part: Part) -> dict[str, Any]:
    model, tokenizer = load(work, part.arm, part.seed)
    outcomes = measure(model, tokenizer)
    if part.arm in S2R:
        return outcomes
    return outcomes | measure_critic(model, tokenizer, solutions_of(work))


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


def transcripts(work: Path, seed: int) -> dict[str, Asked]:
    """Greedy critiques of the wrong solutions, and greedy traces of all problems."""

    def ask(names: Sequence[str], requests: list[str], golds: list[int]) -> Asked:
        answers = {name: sample(*load(work, name, seed), requests, 0.0, seed=0) for name in names}
        return {"requests": requests, "golds": golds, "answers": answers}

    problems = test_problems()
    solved = [(problems[i], solution) for i, solution in solutions_of(work)]
    wrong = [(p, solution) for p, solution in solved if boxed_answer(solution) != p.answer]
    critiques = [CRITIQUE_REQUEST.format(problem=p.text, solution=s) for p, s in wrong]
    return {
        "critiques": ask(CRITICS, critiques, [p.answer for p, _ in wrong]),
        "traces": ask(TRANSCRIBED, [p.text for p in problems], [p.answer for p in problems]),
    }


def test_problems() -> list[Problem]:
    return pools.test_problems()[:TEST_PROBLEMS]


def base_solutions() -> list[tuple[int, str]]:
    """One solution a problem by the base model: what every critic is asked about."""
    texts = [p.text for p in test_problems()]
    traces = sample(*read_gguf(BASE), texts, TEST_TEMPERATURE, seed=77)
    found = [final_solution(trace) for trace in traces]
    return [(i, solution) for i, solution in enumerate(found) if solution is not None]


def solutions_of(work: Path) -> list[tuple[int, str]]:
    """(index of the problem, solution)."""
    found = json.loads(file_of(work, Part("solutions")).read_text())
    return [(i, solution) for i, solution in found]


def grouped(values: Sequence[bool]) -> list[list[bool]]:
    return [list(values[i : i + TEST_SAMPLES]) for i in range(0, len(values), TEST_SAMPLES)]
