"""SCFT: the loss is on the critique and its end, and on nothing else; proven on real batches."""

from __future__ import annotations

import json
import math
import random
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

from reflection_trainer import scft
from reflection_trainer.arguments import common_arguments, split_batch, total_steps
from reflection_trainer.callback import RunCallback
from reflection_trainer.checkpoints import complete_checkpoints
from reflection_trainer.config import TrainConfig, complete_config
from reflection_trainer.dataset import Record
from reflection_trainer.errors import ConfigError, UserError
from reflection_trainer.events import EventWriter
from reflection_trainer.model import BaseModel
from reflection_trainer.scft import NO_LOSS, encode, ends_turn_with_eos
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest

import tiny_models
from trainer_runs import logs, of_type, read_events, write_rows

STYLES = sorted(tiny_models.STYLES)
CRITIQUES = [
    "Check: 12-5=7. The solution is correct. \\boxed{12}",
    "<think>\n12−5=8 ≠ 7, so ≈ wrong 🙈\n</think>\n\nIt is incorrect: \\boxed{13}",
    "  kept: blanks and newlines at both ends \n\n",
    "数学：解答不正确。",
]


@cache
def tokens(style: str) -> PreTrainedTokenizerFast:
    return tiny_models.tokenizer(style)


@cache
def base(style: str = "chatml") -> BaseModel:
    model = tiny_models.model(tokens(style))
    return BaseModel(style, tokens(style), model.config, lambda: model)


def records(systems: list[str | None]) -> list[dict[str, str | None]]:
    return [
        {"prompt": f"Please critique number {i}: 7+5={i}.", "system": system, "c": critique}
        for system in systems
        for i, critique in enumerate(CRITIQUES)
    ]


def config(data: Path, **fields: object) -> TrainConfig:
    return complete_config(
        {
            "method": "scft",
            "model": {"path": "m"},
            "data": {"path": str(data)},
            "batchSize": 3,
            "microBatchSize": 3,
            "maxSteps": 2,
            "learningRate": 1e-3,
            **fields,
        }
    )


def session(run_dir: Path, settings: TrainConfig) -> Session:
    return Session(settings, run_dir, EventWriter(run_dir / "events.jsonl"), StopRequest())


def real_trainer(
    run_dir: Path, rows: list[dict[str, Any]], style: str = "chatml", **fields: object
) -> SFTTrainer:
    """Built by the same three functions as a run."""
    here = session(run_dir, config(write_rows(run_dir / "scft.jsonl", rows), **fields))
    prepared = scft.prepare(here.config, base(style), here.events)
    common = common_arguments(here.config, run_dir, len(prepared.rows), 1)
    args = scft.arguments(common, here.config)
    model = base(style).load()
    return scft.trainer(args, model, tokens(style), prepared, RunCallback(here))


def decode(style: str, ids: list[int]) -> str:
    return tokens(style).decode(ids, clean_up_tokenization_spaces=False)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("system", [None, "You are a careful critic."])
def test_the_loss_is_on_the_critique_and_its_end(
    style: str, system: str | None, tmp_path: Path
) -> None:
    rows = records([system])
    trainer = real_trainer(tmp_path, rows, style)
    eos, opened = tokens(style).eos_token, "<think>\n" if style == "reasoner" else ""
    expected = {}
    for row in rows:
        turns = [{"role": "system", "content": system}] if system else []
        turns.append({"role": "user", "content": row["prompt"]})
        asked = tokens(style).apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        expected[asked] = row["c"].removeprefix(opened) + eos
    seen = {}
    for batch in trainer.get_train_dataloader():
        sizes = batch["attention_mask"].sum(1).tolist()
        for ids, labels, size in zip(batch["input_ids"], batch["labels"], sizes, strict=True):
            trained = labels != NO_LOSS
            assert torch.equal(ids[trained], labels[trained])
            first = int(trained.nonzero()[0])
            assert trained[first:size].all() and not trained[size:].any(), "one block, to the end"
            asked = decode(style, ids[:first].tolist())
            seen[asked] = decode(style, ids[trained].tolist())
    assert seen == expected


@pytest.mark.parametrize("style", ["chatml", "llama3"])
def test_rows_agree_with_trl_where_its_chat_format_keeps_the_critique(
    style: str, tmp_path: Path
) -> None:
    """TRL renders the critique as a turn; what follows EOS there is the template's."""
    rows = [row for row in records([None, "Be brief."]) if row["c"] == str(row["c"]).strip()]
    turns = [
        {
            "prompt": [
                *([{"role": "system", "content": row["system"]}] if row["system"] else []),
                {"role": "user", "content": row["prompt"]},
            ],
            "completion": [{"role": "assistant", "content": row["c"]}],
        }
        for row in rows
    ]
    from datasets import Dataset

    args = SFTConfig(str(tmp_path), max_length=None, use_cpu=True, bf16=False, report_to=[])
    theirs = SFTTrainer(
        base(style).load(),
        args,
        train_dataset=Dataset.from_list(turns),
        processing_class=tokens(style),
    ).train_dataset
    for row, their in zip(rows, theirs, strict=True):
        ours = encode(tokens(style), Record(1, row["prompt"], row["system"], row["c"]))
        size = len(ours["input_ids"])
        assert their["input_ids"][:size] == ours["input_ids"]
        assert their["labels"][:size] == ours["labels"]
        assert decode(style, their["input_ids"][size:]).strip() == ""


@pytest.mark.parametrize("style", STYLES)
@given(critique=st.text(min_size=1), prompt=st.text(min_size=1))
@settings(max_examples=60)
def test_any_text_is_trained_as_it_stands(style: str, critique: str, prompt: str) -> None:
    row = encode(tokens(style), Record(1, prompt, None, critique))
    trained = [label for label in row["labels"] if label != NO_LOSS]
    assert decode(style, trained) == critique + tokens(style).eos_token
    assert row["input_ids"][-len(trained) :] == trained
    assert set(row["labels"][: -len(trained)]) <= {NO_LOSS}


def test_what_the_template_opens_or_the_text_ends_is_not_doubled() -> None:
    eos = tokens("reasoner").eos_token
    for critique in ("<think>\nhm\n</think>right", f"<think>\nhm\n</think>right{eos}"):
        row = encode(tokens("reasoner"), Record(1, "p", None, critique))
        text = decode("reasoner", row["input_ids"])
        assert text.count("<think>") == 1 and text.count(eos) == 1
        assert text.endswith(f"<think>\nhm\n</think>right{eos}")


def test_the_loss_is_minus_the_log_probability_of_the_critiques(tmp_path: Path) -> None:
    """A3, divided by the number of target tokens; a plain forward pass is the reference."""
    trainer = real_trainer(tmp_path, records([None]))
    batch = next(iter(trainer.get_train_dataloader()))
    trainer.model.eval()
    plain = tiny_models.model(tokens("chatml")).eval()  # the same weights, untouched by TRL
    with torch.no_grad():
        logits = plain(batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        got = trainer.compute_loss(trainer.model, dict(batch)).item()
    total, count = 0.0, 0
    for row, labels in zip(logits.log_softmax(-1), batch["labels"], strict=True):
        for position in range(1, len(labels)):
            if labels[position] != NO_LOSS:
                total -= row[position - 1, labels[position]].item()
                count += 1
    assert count == int((batch["labels"] != NO_LOSS).sum())
    assert math.isclose(got, total / count, rel_tol=1e-5)


def test_records_that_are_too_long_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = records([None])
    data = write_rows(tmp_path / "scft.jsonl", [*rows, {**rows[0], "c": "long " * 400}])
    here = session(tmp_path, config(data, maxLength=200))
    prepared = scft.prepare(here.config, base(), here.events)
    assert (len(prepared.rows), prepared.dropped) == (len(rows), 1)
    message = of_type(read_events(tmp_path), "log")[0]
    assert message["level"] == "warning"
    assert message["message"].startswith("1 of 5 records are longer than 200 tokens (maxLength in")
    with pytest.raises(UserError, match="no record is left: 5 of 5 records are longer than 8 tok"):
        scft.prepare(config(data, maxLength=8), base(), here.events)


def test_the_models_context_bounds_a_record_too(tmp_path: Path) -> None:
    rows = [*records([None]), {"prompt": "p", "c": "word " * 1024}]
    here = session(tmp_path, config(write_rows(tmp_path / "scft.jsonl", rows)))
    assert scft.prepare(here.config, base(), here.events).dropped == 1
    assert "longer than 1024 tokens (the model's context" in logs(read_events(tmp_path))


def test_lineage_comes_from_the_meta_file(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "scft.jsonl", records([None]))
    here = session(tmp_path, config(data))
    sha256 = scft.prepare(here.config, base(), here.events).data_sha256
    meta = {"sha256": sha256, "problemHashes": ["aa", "bb"]}
    (tmp_path / "scft.meta.json").write_text(json.dumps(meta))
    assert scft.prepare(here.config, base(), here.events).problem_hashes == ["aa", "bb"]
    assert logs(read_events(tmp_path)) == ""
    write_rows(data, records([None])[1:])
    scft.prepare(here.config, base(), here.events)
    assert "scft.jsonl was changed after its .meta.json" in logs(read_events(tmp_path))


def test_a_template_that_ends_turns_otherwise_is_warned_about(tmp_path: Path) -> None:
    assert all(ends_turn_with_eos(tokens(style)) for style in STYLES)
    other = tiny_models.tokenizer("chatml")
    other.eos_token = "<|endoftext|>"
    assert not ends_turn_with_eos(other)
    here = session(tmp_path, config(write_rows(tmp_path / "scft.jsonl", records([None]))))
    odd = BaseModel("odd", other, base().config, base().load)
    scft.prepare(here.config, odd, here.events)
    assert "does not end a turn with eos_token '<|endoftext|>'" in logs(read_events(tmp_path))


@given(
    examples=st.integers(1, 500),
    epochs=st.floats(0.1, 12),
    micro=st.integers(1, 8),
    accumulation=st.integers(1, 8),
    world=st.sampled_from([1, 2, 3, 8]),
)
def test_the_number_of_steps_is_the_trainers(
    examples: int, epochs: float, micro: int, accumulation: int, world: int
) -> None:
    batch = micro * accumulation * world
    fields = config(Path("d"), epochs=epochs, maxSteps=None, batchSize=batch, microBatchSize=micro)
    assert split_batch(fields, world) == (micro, accumulation)
    loader = range(math.ceil(examples / (micro * world)))
    args = SimpleNamespace(
        max_steps=-1, num_train_epochs=epochs, gradient_accumulation_steps=accumulation
    )
    bare = SFTTrainer.__new__(SFTTrainer)
    bare.get_total_train_batch_size = lambda _: batch
    bare.get_sp_size = lambda: 1
    bare.num_examples = lambda _: examples
    *_, expected = SFTTrainer.set_initial_training_values(bare, args, loader)
    assert total_steps(fields, examples, world) == expected


@given(batch=st.integers(1, 300), micro=st.integers(1, 300), world=st.integers(1, 9))
def test_a_batch_is_split_exactly_or_the_error_says_how(batch: int, micro: int, world: int) -> None:
    fields = config(Path("d"), batchSize=batch, microBatchSize=micro)
    try:
        size, times = split_batch(fields, world)
    except ConfigError as error:
        remedy = int(str(error).rpartition(" ")[2])
        fixed = {"batchSize": remedy} if '"batchSize"' in str(error) else {"microBatchSize": remedy}
        again = config(Path("d"), **{"batchSize": batch, "microBatchSize": remedy, **fixed})
        split_batch(again, world)
        return
    assert size * times * world == batch and size <= micro


@pytest.mark.parametrize("style", ["chatml"])
def test_an_architecture_without_gguf_is_a_warning(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = real_trainer(tmp_path, records([None, "Be brief."]), style)
    monkeypatch.setattr(trainer.model.config, "model_type", "mamba", raising=False)
    trainer.train()
    events = read_events(tmp_path)
    assert of_type(events, "checkpoint")[0]["gguf"] is False
    assert complete_checkpoints(tmp_path)[0].mark["gguf"] is None
    assert "no GGUF in this checkpoint" in logs(events) and "mamba" in logs(events)


def test_random_states_are_part_of_a_checkpoint(tmp_path: Path) -> None:
    random.seed(0)
    trainer = real_trainer(tmp_path, records([None]))
    trainer.train()
    names = set(complete_checkpoints(tmp_path)[0].mark["files"])
    assert {"rng_state.pth", "optimizer.pt", "scheduler.pt", "trainer_state.json"} <= names
