"""What a run shows and keeps: events, checkpoints, the clean stop. The same for every method."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from .alarms import new_alarms
from .checkpoints import PRIVATE, prune, publish
from .errors import UserError
from .events import say
from .export import GGUF, export_of, write_export
from .room import peak_bytes
from .session import Session

FRUITLESS = 10  # logged steps without any variance of the reward, from the start of a run

if TYPE_CHECKING:
    from .evaluation import Evaluation


class RunCallback(TrainerCallback):
    """Decides after each step whether to save or to stop, and publishes what was saved.

    `block` is the number of optimiser steps that one batch of rollouts serves (1 without
    rollouts): they live in memory only, so a stop inside a block would change the curve.
    """

    def __init__(self, session: Session, block: int = 1) -> None:
        self.session, self.block = session, block
        self.stopped = False
        self.saving = False
        self._evaluation: Evaluation | None = None
        self._first_step = 0
        self._tokens_before = 0
        self._began = time.monotonic()

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: PreTrainedModel | None = None,
        processing_class: PreTrainedTokenizerBase | None = None,
        **_: object,
    ) -> None:
        if state.global_step != self.session.step:  # resuming must prove itself
            raise RuntimeError(
                f"training starts at step {state.global_step}, not at {self.session.step}"
            )
        self._first_step = state.global_step
        self._began = time.monotonic()
        # After a resume SFTTrainer counts tokens from 0 again; those with rollouts restore theirs
        counts = [entry["num_tokens"] for entry in state.log_history if "num_tokens" in entry]
        self._tokens_before = counts[-1] if counts and not state.num_input_tokens_seen else 0
        if state.global_step == 0 and model is not None:
            self._evaluate(0, args, model, processing_class)
        self._began = time.monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> TrainerControl:
        self.session.step = step = state.global_step
        last = step >= state.max_steps
        every = math.ceil(self.session.config["saveEverySteps"] / self.block) * self.block
        if step % self.block == 0 and not last and self._stop_agreed(args):
            self.stopped = control.should_training_stop = True
        if last or self.stopped or (every and step % every == 0):
            self.saving = control.should_save = True
            control.should_log = True  # a checkpoint knows its loss and its token count
        return control

    def _stop_agreed(self, args: TrainingArguments) -> bool:
        """Every process must stop at the same step, whichever of them got the signal."""
        if args.world_size == 1:
            return self.session.stop.requested
        flag = torch.tensor(float(self.session.stop.requested), device=args.device)
        torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
        return bool(flag.item())

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: object,
    ) -> None:
        metrics = dict(logs or {})
        if "train_runtime" in metrics:  # the trainer's summary after the last step
            seconds = metrics["train_runtime"]
            steps = state.global_step - self._first_step
            self.session.events.log("info", f"{steps} steps in {duration(seconds)}")
            return
        if "num_tokens" in metrics:
            metrics["num_tokens"] += self._tokens_before
            state.log_history[-1]["num_tokens"] = metrics["num_tokens"]
        epoch = metrics.pop("epoch", None)
        step, total = state.global_step, state.max_steps
        self.session.events.write(
            "step",
            step=step,
            total=total,
            epoch=epoch,
            metrics=metrics,
            # Beside the metrics: the curve of a resumed run is the same, its memory is not.
            memoryBytes=peak_bytes(),
        )
        if state.is_world_process_zero:
            say(self._progress(step, total, metrics))
        refuse_nan(step, metrics, self.session.config["learningRate"])
        steps = [entry for entry in state.log_history if "grad_norm" in entry]
        refuse_no_variance(steps)
        for found in new_alarms(steps):
            self.session.events.write("alarm", step=step, alarm=found.alarm, message=found.message)
            if state.is_world_process_zero:
                say(f"alarm: {found.message}")

    def _progress(self, step: int, total: int, metrics: dict[str, Any]) -> str:
        per_step = (time.monotonic() - self._began) / max(1, step - self._first_step)
        loss = metrics.get("loss")
        return (
            f"step {step}/{total}  loss {f'{loss:.4f}' if loss is not None else '-'}  "
            f"{duration(per_step)}/step  ETA {duration(per_step * (total - step))}"
        )

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: PreTrainedModel | None = None,
        processing_class: PreTrainedTokenizerBase | None = None,
        **_: object,
    ) -> None:
        if args.world_size > 1:
            torch.distributed.barrier()  # the other processes' random states and shards
        if state.is_world_process_zero:
            step = state.global_step
            folder = self.session.run_dir / PRIVATE / f"checkpoint-{step}"
            gguf = self._export(model, processing_class, folder)
            mark = {**self.session.mark, "worldSize": args.world_size}
            # An adapter alone is no model that can be run.
            mark |= {"gguf": gguf if gguf == GGUF else None}
            saved = publish(self.session.run_dir, step, mark)
            path = saved.path.relative_to(self.session.run_dir).as_posix()
            size = sum(saved.mark["files"].values())
            self.session.events.write(
                "checkpoint", step=step, path=path, bytes=size, gguf=gguf == GGUF
            )
            say(f"checkpoint {path}  {size / 1e6:.1f} MB")
            prune(self.session.run_dir, self.session.config["keepCheckpoints"])
        self.saving = False
        if model is not None and not self.stopped:
            self._evaluate(state.global_step, args, model, processing_class)

    def _evaluate(
        self,
        step: int,
        args: TrainingArguments,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase | None,
    ) -> None:
        """By all processes; the main one writes what was found."""
        config, events = self.session.config, self.session.events
        if config["evaluation"]["path"] is None or tokenizer is None:
            return
        if config["sharding"] != "none":
            if step == 0:
                events.log("warning", "a sharded model is not evaluated while it is trained")
            return
        from .evaluation import Evaluation

        if self._evaluation is None:
            self._evaluation = Evaluation(config, tokenizer, args.process_index, args.world_size)
        began = time.monotonic()
        metrics, answers = self._evaluation.run(getattr(model, "module", model))
        events.write("eval", step=step, metrics=metrics, seconds=time.monotonic() - began)
        for answer in answers:
            grade = answer.scored.grade
            events.write(
                "rollout",
                step=step,
                prompt=answer.prompt,
                completion=answer.text,
                rewards={"correct": None if grade == "undetermined" else float(grade == "correct")},
                advantage=None,
                stratum="probe",
                mode=answer.mode,
                problemId=answer.problem.id,
            )
        shown = ("eval/generator/accuracy", "eval/critic/acc_t2")
        parts = [f"{name[5:]} {metrics[name]:.1%}" for name in shown if name in metrics]
        if args.process_index == 0:
            say(f"evaluation at step {step}: {', '.join(parts)}")

    def _export(
        self,
        model: PreTrainedModel | None,
        tokenizer: PreTrainedTokenizerBase | None,
        folder: Path,
    ) -> str | None:
        """Writes the checkpoint for llama.cpp; the name of the file, None where there is none."""
        config = self.session.config
        if not config["exportGguf"] or model is None or tokenizer is None:
            return None
        wanted = export_of(config, folder, self.session.run_dir.name, self._lineage())
        try:
            write_export(wanted, config, model, tokenizer)
        except (ValueError, KeyError, NotImplementedError) as error:
            for started in folder.glob(f"{wanted.name}*"):
                started.unlink()
            self.session.events.log("warning", f"no GGUF in this checkpoint: {error}")
            return None
        return wanted.name

    def _lineage(self) -> dict[str, str]:
        """Where the weights came from: fields of the GGUF, which travels alone."""
        mark, config = self.session.mark, self.session.config
        return {
            "method": config["method"],
            "recipe": config["recipe"],
            "step": str(self.session.step),
            "seed": str(config["seed"]),
            "trainedFrom": str(mark.get("trainedFrom")),
            "dataSha256": str(mark.get("dataSha256")),
        }


def refuse_nan(step: int, metrics: dict[str, Any], learning_rate: float) -> None:
    """Ends the run before the damaged weights are saved: the last checkpoint is still good."""
    for name in ("loss", "grad_norm"):
        value = metrics.get(name)
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(
                f"{name} is {value} at step {step}: the weights are no longer usable",
                code="not-a-number",
                remedy=f'in config.json lower "learningRate" (now {learning_rate:g}) or '
                '"maxGradNorm", or set "precision" to "float32"; the last checkpoint was saved '
                "before",
            )


def refuse_no_variance(steps: list[dict[str, float]]) -> None:
    """Ends a run that has never had a signal: its first steps gave nothing to learn from."""
    if len(steps) != FRUITLESS or any(s.get("frac_reward_zero_std") != 1 for s in steps):
        return
    raise UserError(
        f"in the first {FRUITLESS} logged steps all rollouts of every problem had the same reward "
        f"({steps[-1].get('reward', 0):g}): there is no gradient",
        code="no-reward-variance",
        remedy="choose problems that this model solves sometimes, raise rollouts.perProblem or "
        "rollouts.temperature in config.json, or start from an SCFT or BI checkpoint",
    )


def duration(seconds: float) -> str:
    """`0.8 s`, `12 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < 10:
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
