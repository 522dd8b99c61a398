"""What the methods with rollouts share: the problems they start from, and rollouts as events."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import datasets
import torch
from torch.utils.data import Sampler
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Qwen2ForCausalLM,
    TrainingArguments,
)
from trl.trainer.utils import RepeatSampler

from .callback import RunCallback
from .checkpoints import PRIVATE
from .config import OnlineConfig
from .errors import UserError
from .events import EventWriter
from .lora import peft_config
from .method import Prepared
from .model import BaseModel
from .problems import messages, prompt_length, read_problems
from .rollouts import block_steps
from .sampler import Sampler as CpuSampler
from .session import Session
from .similarity import near_duplicates

T = TypeVar("T")


def _not_about_none(record: logging.LogRecord) -> bool:
    """TRL prints prompt and completion of each rollout without a reward: ours are counted."""
    return "All reward functions returned None" not in record.getMessage()


for _name in ("grpo_trainer", "rloo_trainer"):
    logging.getLogger(f"trl.trainer.{_name}").addFilter(_not_about_none)


@dataclass(frozen=True)
class Rollout:
    """One completion as an event shows it. `advantage` is the mean over its tokens."""

    prompt: str
    completion: str
    rewards: dict[str, float | None]
    advantage: float
    is_truncated: bool

    def total(self) -> float:
        return sum(value for value in self.rewards.values() if value is not None)


def prepare_problems(config: OnlineConfig, base: BaseModel, events: EventWriter) -> Prepared:
    """One row a problem; those whose prompt is too long are counted and left out."""
    found = read_problems(Path(config["data"]["path"]))
    limit, reason = _prompt_limit(config, base)
    rows, lengths = [], []
    for problem in found.problems:
        turns = messages(config["prompts"], problem.text)
        lengths.append(prompt_length(base.tokenizer, turns))
        if lengths[-1] <= limit:
            columns = {"problem": problem.text, "gold": problem.gold, "mode": problem.mode}
            rows.append({"prompt": turns, **columns})
    dropped = len(found.problems) - len(rows)
    if dropped:
        message = (
            f"{dropped} of {len(found.problems)} problems have a prompt of more than {limit} "
            f"tokens ({reason}; the longest has {max(lengths)})"
        )
        events.log("warning", f"{message} and were left out")
    wanted = config["rollouts"]["problems"]
    if len(rows) < wanted:
        raise UserError(
            f"{found.path}: {len(rows)} problems are left, but a batch of rollouts needs {wanted} "
            'different ones; give more problems, or lower "rollouts.problems" in config.json '
            '(and "batchSize" with it)'
        )
    return Prepared(rows, dropped, found.sha256, found.hashes)


def _prompt_limit(config: OnlineConfig, base: BaseModel) -> tuple[int, str]:
    """Tokens that a prompt may have, so that a whole rollout fits behind it."""
    new = config["rollouts"]["maxTokens"]
    context = base.config.max_position_embeddings
    limits = [
        (config["rollouts"]["maxPromptTokens"], "rollouts.maxPromptTokens"),
        (config["maxLength"] - new, "maxLength less rollouts.maxTokens"),
        (context - new, f"the model's context of {context} less rollouts.maxTokens"),
    ]
    limit, reason = min(limits)
    if limit < 1:
        raise UserError(
            f'config.json: field "rollouts.maxTokens": {new} leaves no room for a prompt '
            f"({reason}); lower it"
        )
    return limit, reason


def trainer_inputs(
    args: TrainingArguments,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> dict[str, Any]:
    """What GRPOTrainer and RLOOTrainer are given alike: all but the rewards."""
    session = callback.session
    return {
        "model": name_reference(model, session),
        "args": args,
        "processing_class": tokenizer,
        "train_dataset": datasets.Dataset.from_list(prepared.rows),
        "callbacks": [callback],
        "peft_config": peft_config(session.config),
    }


def name_reference(model: PreTrainedModel, session: Session) -> PreTrainedModel:
    """TRL loads the reference of the KL from the model's path; gives it one where there is none.

    Weights from a GGUF file, or merged with an adapter, are in no directory of their own.
    """
    config: Any = session.config
    source = Path(config["model"]["path"])
    if not config["klWeight"] or config["lora"] or ((source / "config.json").is_file()):
        return model
    folder = session.run_dir / PRIVATE / "reference"
    if session.main_process:
        model.save_pretrained(folder)
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
    model.config._name_or_path = str(folder)
    return model


class EpochSampler(Sampler[int]):
    """TRL's order of problems, drawn from the seed and the number of the pass over them.

    TRL's own sampler goes on drawing from one generator, which starts afresh when a run resumes:
    a run that went on in its second pass would meet the first one's order again.
    """

    def __init__(self, inner: RepeatSampler, passes: Callable[[], int]) -> None:
        self._inner, self._passes = inner, passes

    def __iter__(self) -> Iterator[int]:
        if self._inner.shuffle:
            self._inner.generator.manual_seed(self._inner.seed + self._passes())
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)


class OnlineTrainer:
    """Before a TRL trainer among the bases: exact resumes, and rollouts by our sampler.

    Our sampler is for Qwen2 on a CPU, when nothing is cut from the distribution: there `generate()`
    takes most of a step. It draws from torch's generator, which a checkpoint restores.
    """

    def _get_train_sampler(self, dataset: datasets.Dataset | None = None) -> EpochSampler:
        trainer: Any = self
        parent: Any = super()
        args = trainer.args
        group, batch = trainer.num_generations, args.generation_batch_size
        inner = parent._get_train_sampler(dataset)
        batches = inner.num_samples // (batch // group)
        share = args.per_device_train_batch_size * args.gradient_accumulation_steps
        steps = batches * trainer.num_iterations * batch // (share * args.world_size)
        return EpochSampler(inner, lambda: trainer.state.global_step // steps)

    def _generate_single_turn(self, prompt_ids: list[list[int]], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        trainer: Any = self
        parent: Any = super()
        wanted, model = trainer.args, trainer.accelerator.unwrap_model(trainer.model)
        plain = wanted.top_p == 1 and not wanted.top_k and not wanted.use_vllm
        # the exact class: one with adapters or under FSDP has other weights than its layers' own
        whole = type(model) is Qwen2ForCausalLM and not trainer.is_deepspeed_enabled
        if not whole or model.device.type != "cpu" or not plain:
            return parent._generate_single_turn(prompt_ids, *args, **kwargs)
        end = trainer._tokenizer.eos_token_id
        sampler = CpuSampler(model, end)
        ids = sampler.run(prompt_ids, wanted.temperature, wanted.max_completion_length)
        # GRPOTrainer also asks for log-probabilities of the sampler; None: not known
        return (ids, None) if args[2:] or kwargs else ids


def in_groups(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """Of the rollouts of all processes, `size` of each problem."""
    return [values[first : first + size] for first in range(0, len(values), size)]


def text_metrics(rollouts: Sequence[Rollout]) -> dict[str, float]:
    """How alike the rollouts of different problems are."""
    twins = near_duplicates([r.completion for r in rollouts], [r.prompt for r in rollouts])
    return {} if twins is None else {"completions/near_duplicates": twins}


def write_rollouts(session: Session, step: int, rollouts: Sequence[Rollout], group: int) -> None:
    """`rollout` events of a step, where one of the steps that the batch serves is logged."""
    config: Any = session.config
    every, served = config["logEverySteps"], block_steps(config)
    if not any(at % every == 0 for at in range(step, step + served)):
        return
    for stratum, rollout in choose(rollouts, group, config["rollouts"]["log"]):
        session.events.write(
            "rollout",
            step=step,
            prompt=rollout.prompt,
            completion=rollout.completion,
            rewards=rollout.rewards,
            advantage=rollout.advantage,
            stratum=stratum,
        )


def choose(rollouts: Sequence[Rollout], group: int, count: int) -> list[tuple[str, Rollout]]:
    """Best, worst, truncated and zero-variance ones in turn, none twice."""
    ranked = sorted(range(len(rollouts)), key=lambda i: -rollouts[i].total())
    flat = [
        i * group
        for i, alike in enumerate(in_groups(rollouts, group))
        if all(r.advantage == 0 for r in alike)
    ]
    strata: dict[str, list[int]] = {
        "best": ranked,
        "worst": ranked[::-1],
        "truncated": [i for i, rollout in enumerate(rollouts) if rollout.is_truncated],
        "zero-variance": flat,
    }
    chosen: dict[int, str] = {}
    for name in islice(cycle(strata), len(strata) * max(1, count)):
        left = [i for i in strata[name] if i not in chosen]
        if left and len(chosen) < count:
            chosen[left[0]] = name
    return [(name, rollouts[i]) for i, name in chosen.items()]


def prompt_text(prompt: str | list[dict[str, str]]) -> str:
    """The user's turn."""
    return prompt if isinstance(prompt, str) else prompt[-1]["content"]


def completion_text(completion: str | list[dict[str, str]]) -> str:
    return completion if isinstance(completion, str) else completion[0]["content"]
