"""Templates, tokenizers and data that do not belong together are told before the first step."""

from __future__ import annotations

from pathlib import Path

import pytest

from reflection_trainer.errors import UserError
from reflection_trainer.events import EventWriter
from reflection_trainer.method import Prepared
from reflection_trainer.token_checks import check_rows, check_template, unknown_tokens

from tiny_models import CHATML, LLAMA3, STYLES, records, tokenizer
from trainer_runs import logs, read_events, write_rows


@pytest.mark.parametrize("style", STYLES)
def test_a_template_of_its_own_tokenizer_is_fine(style: str) -> None:
    check_template(tokenizer(style), style)


@pytest.mark.parametrize(
    ("style", "template", "message", "code"),
    [
        ("chatml", LLAMA3, r"writes <\|begin_of_text\|>, <\|start_header_id\|>", "special-token"),
        ("llama3", CHATML, r"writes <\|im_start\|>, <\|im_end\|>, which", "special-token"),
        ("chatml", "{{ messages[0].role }}", "leaves out what the user says", "chat-template"),
        ("chatml", "{{ raise_exception('no') }}", "cannot be rendered: no", "chat-template"),
        ("chatml", "{% for m in %}", "cannot be rendered", "chat-template"),
    ],
)
def test_a_wrong_template_is_named(style: str, template: str, message: str, code: str) -> None:
    tokens = tokenizer(style)
    tokens.chat_template = template
    with pytest.raises(UserError, match=f"^here: the chat template .*{message}") as error:
        check_template(tokens, "here")
    assert error.value.code == code and error.value.remedy


def test_control_tokens_are_told_from_text() -> None:
    tokens = tokenizer("chatml")
    assert unknown_tokens(tokens, "a <b> |x| <|im_end|> <think>") == []
    assert unknown_tokens(tokens, "x<|eot_id|><|eot_id|> <|User|>") == ["<|eot_id|>", "<|User|>"]


def rows_of(texts: list[str], style: str = "chatml") -> Prepared:
    tokens = tokenizer(style)
    ids = [tokens(text, add_special_tokens=False)["input_ids"] for text in texts]
    return Prepared([{"input_ids": row, "labels": row} for row in ids], 0, "sha", [])


def test_data_of_another_tokenizer_are_refused(tmp_path: Path) -> None:
    prepared = rows_of(["fine", "The end.<|eot_id|>"])
    events = EventWriter(tmp_path / "events.jsonl")
    with pytest.raises(UserError, match=r"holds <\|eot_id\|>, control tokens of another") as error:
        check_rows(tokenizer("chatml"), prepared, tmp_path / "d.jsonl", events)
    assert error.value.code == "tokenizer-mismatch"


def test_characters_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    tokens = tokenizer("chatml")
    tokens.unk_token = "<|endoftext|>"
    prepared = rows_of(["fine <|endoftext|>"])
    with pytest.raises(UserError, match="characters that the tokenizer cannot write"):
        check_rows(tokens, prepared, tmp_path / "d", EventWriter(tmp_path / "events.jsonl"))


@pytest.mark.parametrize(("factor", "is_told"), [(1.0, False), (1.1, False), (0.5, True)])
def test_counts_of_another_tokenizer_are_told(tmp_path: Path, factor: float, is_told: bool) -> None:
    prepared = rows_of([str(row["c"]) for row in records(10)])
    rows = [{"tokensC": round(len(r["labels"]) * factor)} for r in prepared.rows]
    data = write_rows(tmp_path / "d.jsonl", rows)
    check_rows(tokenizer("chatml"), prepared, data, EventWriter(tmp_path / "events.jsonl"))
    told = logs(read_events(tmp_path))
    assert ("made with another tokenizer" in told) == is_told
