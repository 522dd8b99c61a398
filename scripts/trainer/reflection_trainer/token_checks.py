"""Does this tokenizer write what the chat template and the data say? Asked before the first step.

A control token that the tokenizer does not know is silently written in pieces, as ordinary text:
the model then never sees a turn begin or end, and the loss falls all the same.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from .errors import UserError
from .events import EventWriter
from .method import Prepared

CONTROL = re.compile(r"<\|[A-Za-z][\w-]*\|>|</?think>")
ASKED = "What is 12+5?"
MOST_READ = 200  # rows
COUNTS_DIFFER = 0.2  # share


def check_template(tokenizer: PreTrainedTokenizerBase, name: str) -> None:
    """The template can be rendered, shows what the user says, and its control tokens are tokens."""
    turns = [{"role": "user", "content": ASKED}]
    try:
        text = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    except Exception as error:  # whatever a template of its own raises
        raise UserError(
            f"{name}: the chat template cannot be rendered: {error}",
            code="chat-template",
            remedy="use the one that belongs to the model",
        ) from error
    if ASKED not in text:
        raise UserError(
            f"{name}: the chat template leaves out what the user says",
            code="chat-template",
            remedy="use the one that belongs to the model",
        )
    if missing := unknown_tokens(tokenizer, text):
        raise UserError(
            f"{name}: the chat template writes {', '.join(missing)}, which this tokenizer has not "
            "as a token of its own",
            code="special-token",
            remedy="use template and tokenizer of one model, or add the token to both",
        )


def unknown_tokens(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    """Control tokens in the text that would be written in pieces."""
    found = dict.fromkeys(CONTROL.findall(text))
    pieces = {token: tokenizer(token, add_special_tokens=False)["input_ids"] for token in found}
    return [token for token, ids in pieces.items() if len(ids) != 1]


def check_rows(
    tokenizer: PreTrainedTokenizerBase, prepared: Prepared, data: Path, events: EventWriter
) -> None:
    """Rows of ids: nothing that the tokenizer cannot write, nothing from another tokenizer."""
    rows = [row["input_ids"] for row in prepared.rows[:MOST_READ] if "input_ids" in row]
    unknown = tokenizer.unk_token_id
    if unknown is not None and any(unknown in row for row in rows):
        raise UserError(
            f"{data}: holds characters that the tokenizer cannot write (token "
            f"{tokenizer.unk_token})",
            code="tokenizer-mismatch",
            remedy="train the model that the data were made for",
        )
    text = "\n".join(tokenizer.decode(row, skip_special_tokens=True) for row in rows)
    if foreign := unknown_tokens(tokenizer, text):
        if foreign_controls := [token for token in foreign if token.startswith("<|")]:
            raise UserError(
                f"{data}: holds {', '.join(foreign_controls)}, control tokens of another "
                "tokenizer: the data were made with another model",
                code="tokenizer-mismatch",
                remedy="sample again with this model, or take the tokens out of the texts",
            )
        events.log(
            "warning",
            f"{data.name} holds {', '.join(foreign)}, which is no token of this tokenizer and is "
            "written in pieces",
        )
    if warning := _other_counts(prepared, data):
        events.log("warning", warning)


def _other_counts(prepared: Prepared, data: Path) -> str | None:
    """The dataset says how many tokens its critiques had when they were sampled."""
    targets = [sum(label != -100 for label in r["labels"]) for r in prepared.rows if "labels" in r]
    told = [row["tokensC"] for row in _json_rows(data) if isinstance(row.get("tokensC"), int)]
    if prepared.dropped or not targets or len(told) != len(targets) or sum(told) == 0:
        return None
    ratio = sum(targets) / sum(told)
    if abs(ratio - 1) <= COUNTS_DIFFER:
        return None
    return (
        f"{data.name}: its critiques had {sum(told)} tokens when they were sampled and have "
        f"{sum(targets)} here: they were made with another tokenizer"
    )


def _json_rows(data: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in data.read_text("utf-8-sig").splitlines() if line]
    except (OSError, ValueError):
        return []
    return [row for row in rows if isinstance(row, dict)]
