"""How long a step takes, and what being observed costs: `bench.py MODEL SCFT.jsonl PROBLEMS`.

Overhead: the same SFTTrainer on the same rows, bare and with everything that a run adds (events,
alarms, heartbeat, clean stop, NaN check), in turns in one process, so that both meet the same
machine; and the time spent inside the callback itself, which has no noise of the two trainings in
it. CPU time is the measure: it does not count what other processes take. Split: where the time
of a step goes. Prints JSON; `npm run bench -- trainer` prints tables.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
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


def overhead(model: Path, data: Path, steps: int, turns: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"bare": [], "observed": []}
    inside: list[float] = []
    config = configured("scft", model, data)
    for turn in range(turns + 1):
        order = ("bare", "observed") if turn % 2 else ("observed", "bare")
        for name in order:
            with tempfile.TemporaryDirectory() as folder:
                run_dir = Path(folder)
                if name == "bare":
                    plain = bare(config, run_dir, steps)
                    spent, _ = seconds(plain.train)
                else:
                    trainer, session, _ = make(config, run_dir, steps)
                    parts = {"callback": 0.0}
                    for callback in trainer.callback_handler.callbacks:
                        if isinstance(callback, RunCallback):
                            for event in ("on_train_begin", "on_step_end", "on_log"):
                                clocked(callback, event, parts, "callback", time.process_time)
                    with heartbeat(session.events, 2, lambda: 0):
                        spent, _ = seconds(trainer.train)
                    inside.append(parts["callback"] / steps)
                if turn:  # the first turn warms up
                    times[name].append(spent / steps)
    ratios = [b / a - 1 for a, b in zip(times["bare"], times["observed"], strict=True)]
    return {
        "bareSeconds": statistics.median(times["bare"]),
        "observedSeconds": statistics.median(times["observed"]),
        "overhead": statistics.median(times["observed"]) / statistics.median(times["bare"]) - 1,
        "pairs": ratios,
        "callbackSeconds": statistics.median(inside),
    }


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
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--rollouts", type=int, default=3, help="steps that are split")
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    data = {"scft": asked.scft, "rlerr": asked.problems, "prl": asked.problems}
    # The largest first: the peak of a process never falls, so only the first is a measure.
    splits = [split(n, asked.model, data[n], asked.rollouts) for n in ("scft", "rlerr", "prl")]
    found = overhead(asked.model, asked.scft, asked.steps, asked.turns)
    print(json.dumps({"splits": splits, "overhead": found}))


if __name__ == "__main__":
    main()
