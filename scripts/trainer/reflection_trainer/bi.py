"""Behaviour initialisation of S2R (spec B4), on TRL's SFTTrainer.

    L = - E sum_a delta(a) log pi(a | x, y_before_a)  [+ klWeight KL(pi_theta || pi_ref)]

delta is 1 for every verification, for the last solve and for the end; 0 for all earlier, wrong
solves. The CHECK marker is trained with its verification, the RETRY marker with the verification
before it (ours: a retry is the consequence of a verdict). The KL is that of the whole vocabulary
at each trained position, averaged over them like the cross-entropy; pi_ref is the starting model.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import datasets
import torch
from torch import Tensor
from torch.nn import functional
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from transformers.modeling_outputs import CausalLMOutputWithPast
from trl import SFTConfig, SFTTrainer
from trl.models import prepare_deepspeed

from .actions import Action, split_actions, token_actions, token_bytes
from .callback import RunCallback
from .config import BiConfig
from .dataset import fields_of, read_rows
from .errors import UserError
from .events import EventWriter
from .lora import peft_config
from .method import Prepared
from .model import BaseModel
from .scft import NO_LOSS, asked, keep_rows


def prepare(config: BiConfig, base: BaseModel, events: EventWriter) -> Prepared:
    """Reads and tokenises the trajectories; those too long for the model are counted and left."""
    fields = fields_of("s2r-record", ["prompt", "answer"], ["system"])
    dataset = read_rows(Path(config["data"]["path"]), fields)
    rows = []
    for line, record in dataset.rows:
        row = encode(base.tokenizer, record["prompt"], record.get("system"), record["answer"])
        if row is None:
            raise UserError(
                f"{dataset.path.name}:{line}:answer: is no trajectory of solves and verifications; "
                'each of these begins with "Wait, let me recheck my solution." in a new paragraph'
            )
        rows.append(row)
    return keep_rows(config, base, events, dataset, rows)


def encode(
    tokenizer: PreTrainedTokenizerBase, prompt: str, system: str | None, trajectory: str
) -> dict[str, list[int]] | None:
    """One row; None for a text without a solve and a verification."""
    answer = trajectory.removesuffix(tokenizer.eos_token)
    actions = split_actions(answer)
    if len({action.kind for action in actions}) < 2:
        return None
    head = tokenizer(asked(tokenizer, prompt, system), add_special_tokens=False)["input_ids"]
    ids = tokenizer(answer, add_special_tokens=False)["input_ids"]
    delta = trained(actions)
    where = token_actions(token_bytes(tokenizer, ids), answer, actions)
    labels = [token if delta[at] else NO_LOSS for token, at in zip(ids, where, strict=True)]
    end = tokenizer.eos_token_id
    return {"input_ids": [*head, *ids, end], "labels": [NO_LOSS] * len(head) + [*labels, end]}


def trained(actions: list[Action]) -> list[bool]:
    """delta(a) of each action."""
    last = max((i for i, action in enumerate(actions) if action.kind == "solve"), default=-1)
    return [action.kind == "verify" or i == last for i, action in enumerate(actions)]


def arguments(common: dict[str, Any], config: BiConfig) -> SFTConfig:
    return SFTConfig(**common, max_length=None)


def trainer(
    args: SFTConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> BiTrainer:
    config: Any = callback.session.config
    return BiTrainer(
        config["klWeight"],
        model=model,
        args=args,
        processing_class=tokenizer,
        train_dataset=datasets.Dataset.from_list(prepared.rows),
        callbacks=[callback],
        peft_config=peft_config(config),
    )


class BiTrainer(SFTTrainer):
    """SFTTrainer plus the KL to the starting model over the trained tokens."""

    def __init__(self, kl_weight: float, model: PreTrainedModel, **kwargs: Any) -> None:  # noqa: ANN401
        # Also after a resume `model` is the one that the run began from, config.json's: the
        # checkpoint's weights are loaded into the other copy, later.
        self._reference = reference_of(model) if kl_weight else None
        self._kl_weight = kl_weight
        self._inputs: dict[str, Tensor] = {}
        objective = self._objective if kl_weight else None
        super().__init__(model=model, compute_loss_func=objective, **kwargs)
        if self._reference is None:
            return
        if in_pieces(self._reference):
            self._reference = prepare_deepspeed(self._reference, self.accelerator)
        else:
            self._reference.to(self.args.device)

    def compute_loss(
        self,
        model: PreTrainedModel,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor | tuple[Tensor, object]:
        self._inputs = inputs
        return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)

    def _objective(
        self,
        outputs: CausalLMOutputWithPast,
        labels: Tensor,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        """Cross-entropy and KL, each divided by the trained tokens of the whole batch."""
        told = {name: self._inputs[name] for name in ("input_ids", "attention_mask")}
        assert self._reference is not None
        with torch.no_grad():
            reference = self._reference(**told).logits
        count = (labels[:, 1:] != NO_LOSS).sum() if num_items_in_batch is None else None
        divisor = torch.as_tensor(num_items_in_batch if count is None else count).clamp(min=1)
        kl = full_kl(outputs.logits, reference, labels)
        trained_here = (labels[:, 1:] != NO_LOSS).sum().clamp(min=1)
        self._metrics["train"]["kl"].append((kl.detach() / trained_here).item())
        return (cross_entropy(outputs.logits, labels) + self._kl_weight * kl) / divisor


def reference_of(model: PreTrainedModel) -> PreTrainedModel:
    """The model as it is now. What DeepSpeed has cut into pieces has to be loaded again."""
    if in_pieces(model):
        source = model.name_or_path
        made = AutoModelForCausalLM.from_pretrained(
            source, local_files_only=True, dtype=model.dtype
        )
    else:
        made = copy.deepcopy(model)
    return made.eval().requires_grad_(False)


def in_pieces(model: PreTrainedModel) -> bool:
    """ZeRO 3 leaves empty tensors in a model, and its own beside them."""
    return any(hasattr(parameter, "ds_id") for parameter in model.parameters())


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Sum over the trained positions."""
    kept = labels[:, 1:] != NO_LOSS
    target = labels[:, 1:][kept]
    return functional.cross_entropy(logits[:, :-1][kept].float(), target, reduction="sum")


def full_kl(logits: Tensor, reference: Tensor, labels: Tensor) -> Tensor:
    """Sum over the trained positions of KL(pi_theta || pi_ref) over the whole vocabulary."""
    kept = labels[:, 1:] != NO_LOSS
    ours = logits[:, :-1][kept].float().log_softmax(-1)
    theirs = reference[:, :-1][kept].float().log_softmax(-1)
    return (ours.exp() * (ours - theirs)).sum()
