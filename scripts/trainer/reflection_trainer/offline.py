"""Offline S2R (spec B7): process level and outcome level from stored rollouts.

    b(a_t) = mean R_a over the actions at position t, of problems with the same accuracy   (a)
    b(a_t) = mean R_a over the actions with the same context, the same accuracy            (b)
    A(a_t) = R_a(a_t) - b(a_t) - klWeight mean_token log[pi_theta / pi_old]
    L      = -E (1 / |y|_a) sum_a min(r_a A_a, clip(r_a, 1 - eps, 1 + eps) A_a)

pi_old is the policy that sampled, its log-probabilities were stored with the rollouts; it is also
the fixed pi_ref. The accuracy of a problem is a fraction k/n, one bin each. Groups of less than
`minGroup` actions use the position over all bins, then 0. At the outcome level a rollout is one
action with R_o and the baseline of its bin (the released code has none, contrary to the paper).
r_a is the ratio of mean log-probabilities (ours), or one a token (`ratio: token`).

No TRL here: nothing is generated, and TRL has no trainer of stored rollouts with log-probabilities.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)

from .callback import RunCallback
from .config import OfflineConfig
from .dataset import fields_of, read_rows
from .errors import UserError
from .events import EventWriter
from .lora import peft_config
from .method import Prepared
from .model import BaseModel
from .prl import NO_ACTION, action_loss
from .scft import keep_rows
from .stored import (
    LOGPROBS_OF,
    REQUIRED,
    encode,
    outcome_advantages,
    process_advantages,
    stored_of,
)


def prepare(config: OfflineConfig, base: BaseModel, events: EventWriter) -> Prepared:
    """Rows with an advantage for each token; what is filtered is counted."""
    fields = fields_of("offline-record", REQUIRED, ["system"])
    dataset = read_rows(Path(config["data"]["path"]), fields)
    low, high = config["minAccuracy"], config["maxAccuracy"]
    kept = [(line, row) for line, row in dataset.rows if low <= row["accuracy"] <= high]
    if not kept:
        raise UserError(
            f"{dataset.path}: no rollout is left: the sampled accuracy of every problem is outside "
            f"{low:g} to {high:g} (minAccuracy and maxAccuracy in config.json)"
        )
    if len(kept) < len(dataset.rows):
        events.log(
            "info",
            f"{len(dataset.rows) - len(kept)} of {len(dataset.rows)} rollouts are of problems with "
            f"an accuracy outside {low:g} to {high:g}",
        )
    for name in sorted({row["tokens"]["of"] for _, row in kept} - {"policy"}):
        events.log("warning", LOGPROBS_OF[name])
    rows = [encode(base.tokenizer, dataset, line, row) for line, row in kept]
    stored = [stored_of(row) for _, row in kept]
    advantages = (
        outcome_advantages(stored, config["minGroup"])
        if config["method"] == "orlOffline"
        else process_advantages(
            stored, config["baseline"], config["minGroup"], bool(config.get("bonus"))
        )
    )
    for row, per_action in zip(rows, advantages, strict=True):
        where = row["action"]
        if config["method"] == "orlOffline":
            row["action"] = where = [0] * len(where)
        row["advantage"] = [per_action[at] for at in where]
    prepared = keep_rows(config, base, events, dataset, rows)
    left_out = len(dataset.rows) - len(kept)
    return Prepared(
        prepared.rows,
        prepared.dropped + left_out,
        prepared.data_sha256,
        prepared.problem_hashes,
    )


def arguments(common: dict[str, Any], config: OfflineConfig) -> TrainingArguments:
    return TrainingArguments(**common, remove_unused_columns=False, label_names=[])


def trainer(
    args: TrainingArguments,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> OfflineTrainer:
    config: Any = callback.session.config
    if (adapter := peft_config(config)) is not None:
        from peft import get_peft_model

        model = get_peft_model(model, adapter)
    return OfflineTrainer(
        kl_weight=config["klWeight"],
        clip=config["clip"],
        ratio=config.get("ratio", "action"),
        model=model,
        args=args,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer.pad_token_id or tokenizer.eos_token_id),
        train_dataset=datasets.Dataset.from_list(prepared.rows),
        callbacks=[callback],
    )


class Collator:
    """Prompts padded on the left, completions on the right: one border for the whole batch."""

    def __init__(self, pad: int) -> None:
        self.pad = pad

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        def padded(name: str, value: float, side: str = "right", kind: Any = torch.long) -> Tensor:  # noqa: ANN401
            columns = [torch.tensor(row[name], dtype=kind) for row in rows]
            return pad_sequence(columns, True, value, padding_side=side)

        prompts = padded("prompt_ids", self.pad, "left")
        completions = padded("completion_ids", self.pad)
        sizes = [torch.tensor([len(row[n]) for row in rows]) for n in ("prompt_ids", "old")]
        here = torch.arange(prompts.size(1)) >= prompts.size(1) - sizes[0][:, None]
        there = torch.arange(completions.size(1)) < sizes[1][:, None]
        return {
            "input_ids": torch.cat([prompts, completions], 1),
            "attention_mask": torch.cat([here, there], 1).long(),
            "old": padded("old", 0.0, kind=torch.float32),
            "advantage": padded("advantage", 0.0, kind=torch.float32),
            "action": padded("action", NO_ACTION),
            "temperature": torch.tensor([row["temperature"] for row in rows]),
        }


class OfflineTrainer(Trainer):
    def __init__(self, kl_weight: float, clip: float, ratio: str, **kwargs: Any) -> None:  # noqa: ANN401
        self._kl_weight, self._clip, self._ratio = kl_weight, clip, ratio
        self._measured: dict[str, list[float]] = {}
        super().__init__(**kwargs)
        self.model_accepts_loss_kwargs = False  # we return a mean: Trainer averages over passes

    def compute_loss(
        self,
        model: PreTrainedModel,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        old, action = inputs["old"], inputs["action"]
        logps = completion_logps(model, inputs, old.size(1))
        kl = self._kl_weight * (logps.detach() - old)
        loss_of = token_loss if self._ratio == "token" else action_loss
        loss, clipped = loss_of(
            logps, old, inputs["advantage"], action, self._clip, kl, kl_mean=True
        )
        real = (action >= 0).float()
        gap = ((old - logps.detach()) * real).sum() / real.sum().clamp(min=1)
        for name, value in (("clip_ratio/region_mean", clipped), ("kl", -gap)):
            self._measured.setdefault(name, []).append(value.item())
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        own = {name: sum(values) / len(values) for name, values in self._measured.items()}
        self._measured.clear()
        super().log({**logs, **own}, start_time)


def completion_logps(model: PreTrainedModel, inputs: dict[str, Tensor], width: int) -> Tensor:
    """(B, T) log-probabilities of the completion's tokens under the sampling temperature."""
    ids = inputs["input_ids"]
    told = {"input_ids": ids, "attention_mask": inputs["attention_mask"]}
    logits = model(**told, logits_to_keep=width + 1, use_cache=False).logits[:, :-1].float()
    logits = logits / inputs["temperature"].to(logits)[:, None, None]
    target = ids[:, -width:].unsqueeze(2)
    return logits.gather(2, target).squeeze(2) - logits.logsumexp(2)


def token_loss(
    logps: Tensor,
    old: Tensor,
    advantages: Tensor,
    action: Tensor,
    epsilon: float,
    kl: Tensor,
    kl_mean: bool = True,
) -> tuple[Tensor, Tensor]:
    """One ratio a token, averaged over the tokens of a rollout and then over rollouts."""
    real = (action >= 0).float()
    advantages = advantages - kl
    ratio = torch.exp(logps - old)
    bounded = ratio.clamp(1 - epsilon, 1 + epsilon)
    gain = torch.min(ratio * advantages, bounded * advantages) * real
    clipped = ((ratio * advantages > bounded * advantages).float() * real).sum()
    loss = -(gain.sum(1) / real.sum(1).clamp(min=1)).mean()
    return loss, clipped / real.sum().clamp(min=1)
