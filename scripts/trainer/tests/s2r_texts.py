"""Trajectories of S2R about small sums, with what is in them by construction."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from transformers import PreTrainedTokenizerFast

from reflection_trainer.actions import CHECK, RETRY

import tiny_models
from trainer_runs import write_rows

ODD = ("", " 😀", " 数学", " é≈", "\n\nWait, no.", " Wait, is it?", " Let me try again. No.")


def solve(answer: int | str, words: str = "Adding up gives the sum.") -> str:
    return f"{words} \\boxed{{{answer}}}"


def check(verdict: str | None, words: str = "Going through it.") -> str:
    return words if verdict is None else f"{words} Therefore, the answer is {verdict}."


def join(parts: Sequence[str]) -> str:
    """s1, v1, s2, v2, ... as the text protocol of spec B2."""
    text = parts[0]
    for i, part in enumerate(parts[1:], start=1):
        text += f"\n\n{CHECK if i % 2 else RETRY}\n\n{part}"
    return text


def trajectory(draw: random.Random, trials: int, gold: int = 4) -> list[str]:
    """Wrong solves and a right one, true verdicts, with odd characters at the seams."""
    parts = []
    for trial in range(trials):
        right = trial == trials - 1
        answer = gold if right else gold + 1 + trial
        parts.append(solve(answer, f"Try {trial}: sum is {answer}.") + draw.choice(ODD))
        parts.append(check("correct" if right else "incorrect", f"So {answer}?"))
    return parts


@cache
def tokenizer(style: str) -> PreTrainedTokenizerFast:
    """Trained on such trajectories, so that its tokens cross seams where they can."""
    draw = random.Random(5)
    texts = [join(trajectory(draw, draw.randint(1, 4))) for _ in range(100)]
    return tiny_models.tokenizer(style, texts, vocabulary=520)


def write_trajectories(folder: Path, count: int) -> Path:
    """A dataset of behaviour initialisation, the same one each time."""
    draw = random.Random(3)
    answers = [join(trajectory(draw, 1 + i % 3)) for i in range(count)]
    rows = [
        {"prompt": f"Sum {i}?", "system": None, "answer": answer}
        for i, answer in enumerate(answers)
    ]
    return write_rows(folder / "s2r.jsonl", rows)
