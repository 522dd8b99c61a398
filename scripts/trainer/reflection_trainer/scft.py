"""Self-critique fine-tuning (SCFT): spec A3, on TRL's SFTTrainer.

    L = - sum over (q, y, c) in D of  log P_theta(c | q, y)

q is the problem, y the model's own solution, c a critique of y whose final answer is right (D is
built by rejection sampling, spec A2). Nothing else is trained: no q -> y pairs are added, and the
prompt has no loss. TRL divides by the number of target tokens of the batch, over all processes,
which scales the sum above and leaves its direction alone.

One row is the prompt exactly as the model sees it when it is asked for a critique, then the
critique, then end-of-sequence:

    input_ids   <chat template of [system?, user: prompt], assistant opened>   c    EOS
    labels      -100 ... -100                                                  c    EOS

The critique is appended, not rendered by the template as an assistant turn: templates of reasoning
models cut `<think>...</think>` out of such turns, and ChatML's adds a newline after its end token.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from .callback import RunCallback
from .config import TrainConfig
from .dataset import Dataset, Record, Rows, read_meta, read_pairs
from .errors import UserError
from .events import EventWriter
from .lora import peft_config
from .method import Prepared
from .model import BaseModel

NO_LOSS = -100
THINK = "<think>"


def prepare(config: TrainConfig, base: BaseModel, events: EventWriter) -> Prepared:
    """Reads and tokenises the dataset; records too long for the model are counted and dropped."""
    return prepare_pairs(config, base, events, "c")


def prepare_pairs(
    config: TrainConfig, base: BaseModel, events: EventWriter, target: str
) -> Prepared:
    """Rows of prompts and the record's field `target`."""
    dataset = read_pairs(Path(config["data"]["path"]), target)
    rows = [encode(base.tokenizer, record) for record in dataset.records]
    return keep_rows(config, base, events, dataset, rows)


def keep_rows(
    config: TrainConfig,
    base: BaseModel,
    events: EventWriter,
    dataset: Dataset | Rows,
    rows: list[dict[str, Any]],
) -> Prepared:
    """The rows that the model can read whole; what is odd about data and template is told."""
    meta = read_meta(dataset.path) or {}
    if meta.get("sha256", dataset.sha256) != dataset.sha256:
        events.log("warning", f"{dataset.path.name} was changed after its .meta.json was written")
    if not ends_turn_with_eos(base.tokenizer):
        events.log(
            "warning",
            f"{base.path}: the chat template does not end a turn with eos_token "
            f"{base.tokenizer.eos_token!r}; answers are trained to end with that token, so "
            "check that generation stops at it",
        )
    limit, reason = _length_limit(config, base)
    kept = [row for row in rows if len(row["input_ids"]) <= limit]
    dropped = len(rows) - len(kept)
    if dropped:
        longest = max(len(row["input_ids"]) for row in rows)
        message = (
            f"{dropped} of {len(rows)} records are longer than {limit} tokens ({reason}; the "
            f"longest has {longest})"
        )
        if not kept:
            raise UserError(f"{dataset.path}: no record is left: {message}")
        events.log("warning", f"{message} and were left out")
    return Prepared(kept, dropped, dataset.sha256, meta.get("problemHashes", []))


def encode(tokenizer: PreTrainedTokenizerBase, record: Record) -> dict[str, list[int]]:
    """One row: prompt and target are tokenised apart, as they are when the model answers."""
    prompt = asked(tokenizer, record.prompt, record.system)
    answer = record.target.removesuffix(tokenizer.eos_token)
    if prompt.rstrip().endswith(THINK) and answer.startswith(THINK):  # do not open it twice
        answer = answer.removeprefix(THINK).removeprefix("\n")
    head = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    target = tokenizer(answer, add_special_tokens=False)["input_ids"]
    target.append(tokenizer.eos_token_id)
    return {"input_ids": head + target, "labels": [NO_LOSS] * len(head) + target}


def asked(tokenizer: PreTrainedTokenizerBase, prompt: str, system: str | None) -> str:
    """What the model reads before its answer: the turns in its chat template."""
    turns = [{"role": "system", "content": system}] if system is not None else []
    turns.append({"role": "user", "content": prompt})
    return tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)


def ends_turn_with_eos(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether an assistant turn, as the chat template writes it, is followed by eos_token."""
    turn = [{"role": "user", "content": "ask"}, {"role": "assistant", "content": "reply"}]
    text = tokenizer.apply_chat_template(turn, tokenize=False)
    return text.rpartition("reply")[2].lstrip().startswith(tokenizer.eos_token)


def _length_limit(config: TrainConfig, base: BaseModel) -> tuple[int, str]:
    context = base.config.max_position_embeddings
    if context < config["maxLength"]:
        return context, "the model's context"
    return config["maxLength"], "maxLength in config.json"


def arguments(common: dict[str, Any], config: TrainConfig) -> SFTConfig:
    # Rows carry their own labels and are never cut: over-long ones were dropped above.
    return SFTConfig(**common, max_length=None)


def trainer(
    args: SFTConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> SFTTrainer:
    return SFTTrainer(
        model=model,
        args=args,
        processing_class=tokenizer,
        train_dataset=datasets.Dataset.from_list(prepared.rows),
        callbacks=[callback],
        peft_config=peft_config(callback.session.config),
    )
