"""S2R's text protocol: the spec's vectors, and every token with the action that it belongs to."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import pytest
import s2r_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from s2r_texts import check, join, solve
from transformers import PreTrainedTokenizerFast

from reflection_trainer.actions import (
    CHECK,
    RETRY,
    is_well_formed,
    outcome,
    reward_actions,
    split_actions,
    token_actions,
    token_bytes,
)
from reflection_trainer.bi import encode, trained
from reflection_trainer.gguf_io import read_gguf
from reflection_trainer.scft import NO_LOSS, asked

ROOT = Path(__file__).parents[3]
STYLES = ["embedded", "chatml", "llama3"]
PIECES = (
    CHECK,
    RETRY,
    "\n\n",
    "\n",
    " ",
    "\\boxed{4}",
    "Wait, ",
    "Therefore, the answer is correct.",
    "é😀",
    "so",
)


@cache
def tokens(style: str) -> PreTrainedTokenizerFast:
    if style == "embedded":
        return read_gguf(ROOT / "media/models/nano.gguf")[1]
    return s2r_texts.tokenizer(style)


def word(text: str, gold: str = "4") -> str:
    """Rewards of all actions, such as `R-V+`."""
    rewarded = reward_actions(
        split_actions(text), lambda answer: "correct" if answer == gold else "incorrect"
    )
    assert rewarded is not None
    names = {"solve": "R", "verify": "V"}
    return "".join(names[a.kind] + ("+" if a.reward > 0 else "-") for a in rewarded)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([solve(4), check("correct")], "R+V+"),
        ([solve(5), check("incorrect"), solve(4), check("correct")], "R-V+R+V+"),
        ([solve(5), check("correct")], "R-V-"),
        ([solve(5), check(None)], "R-V-"),
        ([solve(5), "Therefore, the answer cannot be verified."], "R-V+"),
    ],
)
def test_the_vectors_of_the_spec(parts: list[str], expected: str) -> None:
    """Spec B5."""
    assert word(join(parts)) == expected


def test_an_empty_box_is_no_answer_and_never_right() -> None:
    """Defect B6.5.2: an empty gold and an empty answer are not equal."""
    rewarded = reward_actions(
        split_actions(join(["\\boxed{}", check("correct")])), lambda a: "correct"
    )
    assert rewarded is not None and outcome(rewarded) == -1


def test_a_verdict_left_out_is_what_the_text_does_next() -> None:
    actions = split_actions(join([solve(5), check(None), solve(4), check(None)]))
    assert [(a.verdict, a.implicit) for a in actions if a.kind == "verify"] == [
        ("incorrect", True),
        ("correct", True),
    ]


def test_an_open_grade_leaves_the_trajectory_without_rewards() -> None:
    actions = split_actions(join([solve(5), check("correct")]))
    assert reward_actions(actions, lambda answer: "undetermined") is None


def test_the_contexts_are_the_rewards_before() -> None:
    parts = [solve(5), check("incorrect"), solve(4), check("correct")]
    rewarded = reward_actions(
        split_actions(join(parts)), lambda a: "correct" if a == "4" else "incorrect"
    )
    assert [a.context for a in rewarded or []] == ["", "R-", "R-V+", "R-V+R+"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (solve(4), ["solve"]),
        (join([solve(4), check("correct")]) + f"\n\n{RETRY}", ["solve", "verify"]),
        (f"{CHECK}\n\n{check('correct')}", ["verify"]),
        (f"{solve(4)}\n\n{CHECK}\n\na\n\n{CHECK}\n\nb", ["solve", "verify"]),
        ("", []),
    ],
)
def test_neighbours_of_a_kind_are_one_action(text: str, kinds: list[str]) -> None:
    actions = split_actions(text)
    assert [action.kind for action in actions] == kinds
    assert is_well_formed(actions) == (kinds == ["solve", "verify"])


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_the_actions_cover_any_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    actions = split_actions(text)
    assert "".join(text[slice(*action.span)] for action in actions) == (text if actions else "")
    assert all(a.kind != b.kind for a, b in zip(actions, actions[1:], strict=False))


@pytest.mark.parametrize("style", STYLES)
@given(parts=st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=40)
def test_the_bytes_of_the_tokens_are_the_text(style: str, parts: list[str]) -> None:
    text = "".join(parts)
    ids = tokens(style)(text, add_special_tokens=False)["input_ids"]
    pieces = token_bytes(tokens(style), [*ids, tokens(style).eos_token_id])
    assert b"".join(pieces).decode() == text and pieces[-1] == b""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("trials", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_the_mask_of_bi_is_exact_to_the_token(style: str, trials: int, seed: int) -> None:
    """B4: every verification, the last solve and the end; RETRY with the verification before."""
    parts = s2r_texts.trajectory(random.Random(seed), trials)
    text = join(parts)
    row = encode(tokens(style), "How much?", "Reason.", text)
    assert row is not None
    tokenizer, labels = tokens(style), row["labels"]
    # the reference: characters, not bytes, and markers found by plain search
    wanted = set(range(len(text)))
    at = 0
    for solved in parts[0:-2:2]:
        at = text.index(solved, at)
        end = at + len(solved)
        stop = text.index(CHECK, end)
        wanted -= set(range(at, stop))
    head = tokenizer(asked(tokenizer, "How much?", "Reason."), add_special_tokens=False)[
        "input_ids"
    ]
    assert row["input_ids"][: len(head)] == head
    pieces = token_bytes(tokenizer, row["input_ids"][len(head) :])
    offsets, at = [], 0
    for piece in pieces:
        offsets.append(at)
        at += len(piece)
    character = [i for i, char in enumerate(text) for _ in char.encode()]
    answer_labels = labels[-len(pieces) :]
    for label, offset, piece in zip(answer_labels, offsets, pieces, strict=True):
        is_wanted = piece == b"" or character[offset] in wanted
        assert (label != NO_LOSS) == is_wanted
    assert labels[-1] == tokenizer.eos_token_id
    assert all(label == NO_LOSS for label in labels[: -len(pieces)]), "the prompt is not trained"
    if trials == 1:
        assert NO_LOSS not in answer_labels


def test_a_text_without_a_check_is_refused() -> None:
    assert encode(tokens("chatml"), "q", None, solve(4)) is None


@pytest.mark.parametrize("style", STYLES)
def test_sampled_tokens_keep_their_own_split(style: str) -> None:
    """A rollout's tokens need not be the tokenizer's: one byte a token gives the same actions."""
    text = join([solve(5) + " 😀", check("incorrect"), solve(4), check("correct")])
    actions = split_actions(text)
    whole = tokens(style)(text, add_special_tokens=False)["input_ids"]
    single = [bytes([b]) for b in text.encode()]
    by_byte = token_actions(single, text, actions)
    pieces = token_bytes(tokens(style), whole)
    by_token, at = [], 0
    for piece in pieces:
        by_token.append(by_byte[at])
        at += len(piece)
    assert token_actions(pieces, text, actions) == by_token
    assert by_byte == sorted(by_byte) and set(by_byte) == {0, 1, 2, 3}


def test_bi_trains_verifications_and_the_last_solve() -> None:
    actions = split_actions(join([solve(5), check("incorrect"), solve(4), check("correct")]))
    assert trained(actions) == [False, True, True, True]


def test_agrees_with_typescript() -> None:
    """Traces that both sides read: the kinds, verdicts and answers of their actions."""
    path = ROOT / "test/fixtures/contract/trajectories.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) >= 30
    for row in rows:
        actions = split_actions(row["text"])
        found = [[a.kind, a.verdict, a.implicit] for a in actions]
        assert found == row["actions"], row["id"]
        assert is_well_formed(actions) == row["isValid"], row["id"]
        assert word(row["text"]) == row["word"], row["id"]
