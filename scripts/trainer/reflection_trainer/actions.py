"""S2R trajectories: solve and verify actions, their rewards, and the tokens they consist of.

    s1  Wait, let me recheck my solution.  v1  Let me try again.  s2  ...  vK          (spec B1, B2)

The twin of `src/core/reflection/trajectory.ts` (spec B5) with one difference: actions here cover
the whole text, so that every token belongs to one. The CHECK marker belongs to its verification,
the RETRY marker to the verification before it: a retry is the consequence of a verdict (B4, ours).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from transformers import PreTrainedTokenizerBase

from .errors import UserError
from .trace import Grade, Span, Verdict, find_boxes

CHECK = "Wait, let me recheck my solution."
RETRY = "Let me try again."
_MARKER = re.compile(
    r"(?P<check>(?:(?<=\n)|\A)[ \t]*Wait, let me recheck my solution\.)"
    r"|(?P<retry>(?:(?:(?<=\n)|\A)|(?<=[.!?])[ \t])[ \t]*Let me try again\.(?=[ \t]*(?:\n|\Z)))"
)
_SENTENCE = re.compile(r"Therefore, the answer is (.+?)\.")
_DENIED = re.compile(r"is incorrect|cannot (?:be )?verif|not verified")
_AFFIRMED = re.compile(r"is correct|is indeed|verified to be|verified as correct")


@dataclass(frozen=True)
class Action:
    """`span` in code points of the trajectory; `reward` and `context` are set by `reward`."""

    kind: Literal["solve", "verify"]
    span: Span
    text: str
    verdict: Verdict | None = None
    implicit: bool = False
    reward: int = 0
    context: str = ""


def split_actions(text: str) -> list[Action]:
    """The actions in order, covering all of `text`; neighbours of one kind are merged (B5.2)."""
    borders: list[tuple[int, Literal["solve", "verify"]]] = [(0, "solve")]
    for marker in _MARKER.finditer(text):
        if marker["check"]:
            borders.append((marker.start(), "verify"))
        else:  # the retry and the white space after it close the verification
            borders.append((len(text) - len(text[marker.end() :].lstrip()), "solve"))
    ends = [at for at, _ in borders[1:]] + [len(text)]
    pieces: list[tuple[Literal["solve", "verify"], int, int]] = []
    for (start, kind), end in zip(borders, ends, strict=True):
        if pieces and (pieces[-1][0] == kind or not text[start:end].strip()):
            pieces[-1] = (pieces[-1][0], pieces[-1][1], end)
        elif text[start:end].strip():
            pieces.append((kind, 0 if not pieces else start, end))
    actions = [Action(kind, (start, end), text[start:end]) for kind, start, end in pieces]
    return [_with_verdict(action, i == len(actions) - 1) for i, action in enumerate(actions)]


def _with_verdict(action: Action, is_last: bool) -> Action:
    if action.kind == "solve":
        return action
    stated = stated_verdict(action.text)
    follows: Verdict = "correct" if is_last else "incorrect"
    return replace(action, verdict=stated or follows, implicit=stated is None)


def stated_verdict(text: str) -> Verdict | None:
    """The last "Therefore, the answer is ..."; else a denial; else a confirmation (B5.4)."""
    sentences = [said for said in _SENTENCE.findall(text) if said in ("correct", "incorrect")]
    if sentences:
        return sentences[-1]
    if _DENIED.search(text):
        return "incorrect"
    return "correct" if _AFFIRMED.search(text) else None


def is_well_formed(actions: Sequence[Action]) -> bool:
    """Alternating solve, verify, ..., verify (B5.5)."""
    kinds = [action.kind for action in actions]
    return bool(kinds) and kinds == ["solve", "verify"] * (len(kinds) // 2)


def reward_actions(actions: Sequence[Action], grade: Callable[[str], Grade]) -> list[Action] | None:
    """R_a of B6.1 (+1, -1) and the context of B5.6, such as `R-V+`; None if a grade is open."""
    rewarded: list[Action] = []
    truth: Grade = "incorrect"
    context = ""
    for action in actions:
        if action.kind == "solve":
            answer = boxed_answer(action.text)
            truth = "incorrect" if answer is None else grade(answer)
            if truth == "undetermined":
                return None
        is_right = truth == "correct" if action.kind == "solve" else action.verdict == truth
        reward = 1 if is_right else -1
        rewarded.append(replace(action, reward=reward, context=context))
        context += ("R" if action.kind == "solve" else "V") + ("+" if is_right else "-")
    return rewarded


def boxed_answer(text: str) -> str | None:
    """Only a box is an answer (B5.3), and an empty one is none (B6.5.2)."""
    answers = [content.strip() for content, _, _ in find_boxes(text) if content.strip()]
    return answers[-1] if answers else None


def outcome(actions: Sequence[Action]) -> int:
    """R_o = R_a of the last solve (B6.1)."""
    return next(action.reward for action in reversed(actions) if action.kind == "solve")


def earns_bonus(rewards: Sequence[int], at: int) -> bool:
    """A retry whose correctness differs from the solve before; the check of a right solve (B6.4).

    The rewards are those of alternating solves and verifications.
    """
    if at % 2 == 0:
        return at >= 2 and rewards[at] != rewards[at - 2]
    return rewards[at - 1] > 0


def token_actions(pieces: Sequence[bytes], text: str, actions: Sequence[Action]) -> list[int]:
    """The action of every token, by the byte it begins with; end tokens belong to the last one.

    `pieces` are the bytes of the tokens; joined they are `text` in UTF-8, so that a border inside
    a character that two tokens share does not matter.
    """
    borders = []
    for action in actions:
        borders.append(len(text[: action.span[1]].encode("utf-8", "surrogateescape")))
    found, at, current = [], 0, 0
    for piece in pieces:
        while current < len(borders) - 1 and at >= borders[current]:
            current += 1
        found.append(current if actions else -1)
        at += len(piece)
    return found


def token_bytes(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[bytes]:
    """The bytes of each token in byte-level BPE (Qwen, Llama 3, GPT-2); special tokens have none.

    There one character of a token's string is one byte, so offsets are exact even where a token
    ends inside a character of the text. Sampled tokens are never decoded and tokenised again:
    another split of the same text would have other log-probabilities.
    """
    table = _byte_table()
    special = set(tokenizer.all_special_ids)
    added = {token: str(content) for content, token in tokenizer.get_added_vocab().items()}
    found = []
    for token, string in zip(ids, tokenizer.convert_ids_to_tokens(list(ids)), strict=True):
        if token in special:
            found.append(b"")
        elif token in added:
            found.append(added[token].encode())
        else:
            try:
                found.append(bytes(table[char] for char in string))
            except KeyError:
                raise UserError(
                    f"the tokenizer is not byte-level BPE (token {string!r}); the actions of S2R "
                    "need one, as Qwen's and Llama 3's"
                ) from None
    return found


@cache
def _byte_table() -> dict[str, int]:
    """GPT-2's printable stand-ins for bytes."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in kept]
    return {chr(b): b for b in kept} | {chr(256 + n): b for n, b in enumerate(others)}
