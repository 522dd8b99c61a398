"""Reading the family's texts back: answers, verdicts, reflections."""

from __future__ import annotations

import re

BOX = re.compile(r"\\boxed\{(-?\d+)\}")
ANSWER = re.compile(r"The answer is (\d+)\.")
ATTEMPT = re.compile(r"((?:Step \d+: [^\n]*\n)+The answer is \d+\.)")
REFLECTION_START = re.compile(r"(?=Wait, )")
VERDICT = re.compile(r"Therefore, the answer is (correct|incorrect)\.")


def boxed_answer(text: str) -> int | None:
    """The number in the last box."""
    found = BOX.findall(text)
    return int(found[-1]) if found else None


def first_answer(text: str) -> int | None:
    """The answer of the first attempt, before any reflection."""
    found = ANSWER.search(text)
    return int(found.group(1)) if found else None


def final_solution(text: str) -> str | None:
    """What a critic gets to see: the last attempt of a trace, without marks and rechecks."""
    attempts = ATTEMPT.findall(text)
    if not attempts:
        return None
    return f"{attempts[-1]} \\boxed{{{ANSWER.findall(attempts[-1])[-1]}}}"


def transitions(text: str) -> list[tuple[int | None, int | None]]:
    """(answer before, answer after) of every reflection in the think block."""
    current: int | None = None
    found: list[tuple[int | None, int | None]] = []
    for index, segment in enumerate(REFLECTION_START.split(text.split("</think>")[0])):
        answers = ANSWER.findall(segment)
        after = int(answers[-1]) if answers else current
        if index:
            found.append((current, after))
        current = after
    return found


def verdict(text: str) -> bool | None:
    """What the text says about the solution: True correct, False incorrect, None nothing."""
    found = VERDICT.search(text)
    return found.group(1) == "correct" if found else None
