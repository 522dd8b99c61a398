"""How long a step takes, and what being observed costs: `bench.py MODEL SCFT.jsonl PROBLEMS`.

Overhead: the same SFTTrainer on the same rows, bare and with everything that a run adds (events,
alarms, heartbeat, clean stop, NaN check), which take turns step by step in one process, so that
both meet the same machine; and the time spent inside the callback itself, which has no noise of
the two trainings in it. CPU time is the measure: it does not count what other processes take.
Split: where the time of a step goes. Prints JSON; `npm run bench -- trainer` prints tables.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import datasets
from transformers import PrinterCallback, Trainer, TrainerCallback
from trl import SFTTrainer

from reflection_trainer.arguments import common_arguments
from reflection_trainer.callback import RunCallback
from reflection_trainer.config import complete_config
from reflection_trainer.events import EventWriter, heartbeat
from reflection_trainer.method import load_method
from reflection_trainer.model import open_model
from reflection_trainer.plan import plan_of
from reflection_trainer.rollouts import block_steps
from reflection_trainer.room import peak_bytes, used_bytes
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest

WARM_UP = 3  # steps
PROMPTS = {"solve": "{problem}", "solutionSlot": "last-attempt"}
ROLLOUTS = {"maxPromptTokens": 256, "maxTokens": 400, "temperature": 1.0}
RUNS: dict[str, dict[str, Any]] = {
    "scft": {"batchSize": 32, "microBatchSize": 32, "learningRate": 5e-4},
    "rlerr": {
        **{"batchSize": 64, "microBatchSize": 32, "learningRate": 1e-4},
        "rollouts": {**ROLLOUTS, "perProblem": 8, "problems": 8},
    },
    "prl": {
        **{"batchSize": 64, "microBatchSize": 32, "learningRate": 1e-4},
        "rollouts": {**ROLLOUTS, "perProblem": 4, "problems": 16},
    },
}


class StopAt(TrainerCallback):
    """Ends before the last step of the schedule, so that nothing is saved."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def on_step_end(self, args: Any, state: Any, control: Any, **_: object) -> Any:  # noqa: ANN401
        control.should_training_stop = state.global_step >= self.steps
        return control


def configured(method: str, model: Path, data: Path) -> Any:  # noqa: ANN401 (any method's config)
    return complete_config(
        {
            "method": method,
            "model": {"path": str(model)},
            "data": {"path": str(data)},
            "maxSteps": 1000,
            "maxLength": 768,
            "precision": "float32",
            "threads": 1,
            "prompts": PROMPTS,
            **RUNS[method],
        }
    )


def make(config: Any, run_dir: Path, steps: int) -> tuple[Trainer, Session, Any]:  # noqa: ANN401
    """A trainer as a run makes it, that stops after `steps`."""
    base = open_model(Path(config["model"]["path"]))
    events = EventWriter(run_dir / "events.jsonl")
    session = Session(config, run_dir, events, StopRequest())
    method: Any = load_method(config["method"])
    prepared = method.prepare(config, base, events)
    args = method.arguments(common_arguments(config, run_dir, len(prepared.rows), 1), config)
    session.plan = plan_of(config, base, prepared, 1, False)
    callback = RunCallback(session, block_steps(config))
    model = base.load()
    model.name_or_path = base.path
    trainer = method.trainer(args, model, base.tokenizer, prepared, callback)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(StopAt(steps))
    return trainer, session, prepared


def bare(config: Any, run_dir: Path, steps: int) -> SFTTrainer:  # noqa: ANN401
    """TRL alone, on the same rows with the same arguments."""
    base = open_model(Path(config["model"]["path"]))
    method: Any = load_method("scft")
    prepared = method.prepare(config, base, EventWriter(run_dir / "none", enabled=False))
    args = method.arguments(common_arguments(config, run_dir, len(prepared.rows), 1), config)
    trainer = SFTTrainer(
        model=base.load(),
        args=args,
        processing_class=base.tokenizer,
        train_dataset=datasets.Dataset.from_list(prepared.rows),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(StopAt(steps))
    return trainer


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall time."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


class TakeTurns:
    """Lets two trainings take turns, a step at a time, and clocks each step by CPU time.

    Neighbouring steps meet the same machine, on the same rows: their ratio holds what the two
    trainings differ in, and little of the minute in which they ran. Who goes first alternates
    (A B B A ...), so that what the first leaves to the second falls to both.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.order, self.queue = list(names), list(names)
        self.seconds: dict[str, list[float]] = {name: [] for name in names}
        self.turn = threading.Condition()

    def wait(self, name: str) -> None:
        with self.turn:
            self.turn.wait_for(lambda: self.queue[0] == name)
            self.began = time.process_time()

    def pass_on(self, name: str) -> None:
        self.seconds[name].append(time.process_time() - self.began)
        with self.turn:
            self.queue.remove(name)
            if not self.queue:
                self.order.reverse()
                self.queue = list(self.order)
            self.turn.notify_all()

    def leave(self, name: str) -> None:
        with self.turn:
            self.order.remove(name)
            self.queue = [other for other in self.queue if other != name] or list(self.order)
            self.turn.notify_all()


class Turn(TrainerCallback):
    """Steps run from begin to begin, so that logging after a step is part of it."""

    def __init__(self, turns: TakeTurns, name: str) -> None:
        self.turns, self.name = turns, name

    def on_train_begin(self, *_: object, **__: object) -> None:
        self.turns.wait(self.name)

    def on_step_begin(self, *_: object, **__: object) -> None:
        self.turns.pass_on(self.name)
        self.turns.wait(self.name)


def overhead(model: Path, data: Path, steps: int) -> dict[str, Any]:
    """What a run adds to a step: the median of the ratios of neighbours, with its 95 % interval."""
    config = configured("scft", model, data)
    turns = TakeTurns(("bare", "observed"))
    parts = {"callback": 0.0}
    with tempfile.TemporaryDirectory() as bare_dir, tempfile.TemporaryDirectory() as run_dir:
        observed, session, _ = make(config, Path(run_dir), steps)
        trainers: dict[str, Trainer] = {
            "bare": bare(config, Path(bare_dir), steps),
            "observed": observed,
        }
        for callback in observed.callback_handler.callbacks:
            if isinstance(callback, RunCallback):
                for event in ("on_train_begin", "on_step_end", "on_log"):
                    clocked(callback, event, parts, "callback", time.process_time)

        def train(name: str) -> None:
            trainers[name].add_callback(Turn(turns, name))
            try:
                trainers[name].train()
            finally:
                turns.leave(name)

        with heartbeat(session.events, 2, lambda: 0), ThreadPoolExecutor() as pool:
            list(pool.map(train, trainers))
    # Before the first step lies the start; the steps after it warm up.
    times = {name: spent[1 + WARM_UP :] for name, spent in turns.seconds.items()}
    ratios = [b / a - 1 for a, b in zip(times["bare"], times["observed"], strict=True)]
    low, high = median_interval(ratios)
    return {
        "bareSeconds": statistics.median(times["bare"]),
        "observedSeconds": statistics.median(times["observed"]),
        "overhead": statistics.median(ratios),
        "interval": [low, high],
        "steps": len(ratios),
        "callbackSeconds": parts["callback"] / steps,
    }


def median_interval(values: list[float]) -> tuple[float, float]:
    """95 % interval of the median from order statistics: no assumption on how values lie."""
    ordered, count = sorted(values), len(values)
    below, rank = 0.5**count, 0
    while rank < count // 2 and below <= 0.025:
        rank += 1
        below += math.comb(count, rank) * 0.5**count
    return ordered[max(rank - 1, 0)], ordered[-max(rank, 1)]


def split(method: str, model: Path, data: Path, steps: int) -> dict[str, Any]:
    """Wall seconds of a step: generating, rewarding, updating."""
    parts = {"generate": 0.0, "reward": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        before, peak = used_bytes(), peak_bytes()
        trainer, session, _ = make(configured(method, model, data), Path(folder), steps)
        clocked(trainer, "_generate_single_turn", parts, "generate")
        clocked(trainer, "_calculate_rewards", parts, "reward")
        _, wall = seconds(trainer.train)
        assert session.plan is not None
        estimated = session.plan.estimate(session.config, steps)["memory"]["total"]
    whole = wall / steps
    found = {name: spent / steps for name, spent in parts.items()}
    rest = whole - sum(found.values())
    # The peak of a process never falls: where an earlier one needed more, this one is not measured.
    used = peak_bytes() - before if peak_bytes() > peak else None
    memory = {"estimatedBytes": estimated, "usedBytes": used}
    return {"method": method, "seconds": whole, **found, "update": rest, **memory}


def clocked(
    target: Any,  # noqa: ANN401 (a trainer or a callback)
    name: str,
    parts: dict[str, float],
    part: str,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    if not hasattr(target, name):
        return
    plain = getattr(target, name)

    def timed(*args: Any, **named: Any) -> object:  # noqa: ANN401
        began = clock()
        try:
            return plain(*args, **named)
        finally:
            parts[part] += clock() - began

    setattr(target, name, timed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("scft", type=Path)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--steps", type=int, default=64, help="of each of the two trainings")
    parser.add_argument("--rollouts", type=int, default=3, help="steps that are split")
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    data = {"scft": asked.scft, "rlerr": asked.problems, "prl": asked.problems}
    # The largest first: the peak of a process never falls, so only the first is a measure.
    splits = [split(n, asked.model, data[n], asked.rollouts) for n in ("scft", "rlerr", "prl")]
    found = overhead(asked.model, asked.scft, asked.steps)
    print(json.dumps({"splits": splits, "overhead": found}))


if __name__ == "__main__":
    main()
