"""What the models do when they reflect, from their greedy texts, with examples for the report.

The examples are not picked by hand: each pair is the first of the held-out problems for which its
sentence holds, and the report says for how many it holds. No torch here: the texts are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from nano.experiment_settings import label
from nano.reading import ANSWER, VERDICT, boxed_answer, first_answer, verdict

STATED = re.compile(f"{ANSWER.pattern}|{VERDICT.pattern}")

Texts = dict[str, str]
Holds = Callable[[int, Texts], bool]


class Asked(TypedDict):
    """The same requests to several models: the right answers, and what each model wrote."""

    requests: list[str]
    golds: list[int]
    answers: dict[str, list[str]]


def verdicts_are_true(text: str, gold: int) -> list[bool]:
    """Of each verdict of a trace: is it so of the answer that stands before it?"""
    found, current = [], None
    for answer, stated in STATED.findall(text):
        if answer:
            current = int(answer)
        else:
            found.append((stated == "correct") == (current == gold))
    return found


def repaired(text: str, gold: int) -> bool:
    """The first attempt is wrong, all verdicts are true, and the box is right."""
    true = verdicts_are_true(text, gold)
    wrong_first = first_answer(text) not in (None, gold)
    return wrong_first and bool(true) and all(true) and boxed_answer(text) == gold


def right_at_once(text: str, gold: int) -> bool:
    """The first attempt is right, and all that is said of it is true."""
    true = verdicts_are_true(text, gold)
    return first_answer(text) == boxed_answer(text) == gold and bool(true) and all(true)


def scft_holds(gold: int, texts: Texts) -> bool:
    """Asked for wrong solutions only."""
    before, after = texts["base"], texts["scft"]
    believed = verdict(before) is True and boxed_answer(before) != gold
    return believed and verdict(after) is False and boxed_answer(after) == gold


def rlerr_holds(gold: int, texts: Texts) -> bool:
    return repaired(texts["scft"], gold) and right_at_once(texts["rlerr"], gold)


def prl_holds(gold: int, texts: Texts) -> bool:
    before = texts["bi"]
    believed = verdict(before) is True and boxed_answer(before) != gold
    return believed and right_at_once(texts["prl"], gold)


def outcome_only_holds(gold: int, texts: Texts) -> bool:
    untrue = not all(verdicts_are_true(texts["outcome-only"], gold))
    return untrue and all(boxed_answer(text) == gold for text in texts.values())


# The pair, what is said of it, and for which it holds: of critiques, then of traces.
CRITIQUES = (
    ("base", "scft"),
    "a wrong solution: {a} believes it; {b} finds the fault and repairs it",
    scft_holds,
)
TRACES: tuple[tuple[tuple[str, str], str, Holds], ...] = (
    (
        ("scft", "rlerr"),
        "{a} starts wrong, sees it and repairs it; {b} is right at once",
        rlerr_holds,
    ),
    (("bi", "prl"), "{a} is wrong and believes it; {b} is right at once", prl_holds),
    (
        ("rlerr", "outcome-only"),
        "both are right, but what {b} says of its own attempt is not true",
        outcome_only_holds,
    ),
)


def pairs(critiques: Asked, traces: Asked) -> list[dict[str, Any]]:
    """One for each sentence."""
    return [picked(*CRITIQUES, critiques), *(picked(*one, traces) for one in TRACES)]


def behaviour(traces: Sequence[str], golds: Sequence[int]) -> dict[str, float | None]:
    """Shares of the traces: first answer right, wrong at first and then right, and the reverse.

    `verdictsTrue` is of all verdicts that they state; None where there is none.
    """
    pairs = list(zip(traces, golds, strict=True))
    first = [first_answer(trace) == gold for trace, gold in pairs]
    last = [boxed_answer(trace) == gold for trace, gold in pairs]
    told = [true for trace, gold in pairs for true in verdicts_are_true(trace, gold)]
    both = list(zip(first, last, strict=True))
    return {
        "firstRight": sum(first) / len(first),
        "repaired": both.count((False, True)) / len(both),
        "broken": both.count((True, False)) / len(both),
        "verdictsTrue": sum(told) / len(told) if told else None,
        "verdicts": len(told) / len(both),
    }


def picked(pair: tuple[str, str], sentence: str, holds: Holds, asked: Asked) -> dict[str, Any]:
    """The first case for which the sentence holds, and for how many it does."""
    requests, golds, answers = asked["requests"], asked["golds"], asked["answers"]
    cases = [{name: answers[name][i] for name in pair} for i in range(len(requests))]
    where = [i for i, texts in enumerate(cases) if holds(golds[i], texts)]
    told = sentence.format(a=label(pair[0]), b=label(pair[1]))
    counted = {"sentence": told, "count": len(where), "of": len(requests)}
    if not where:
        return counted
    first = where[0]
    return {
        **counted,
        "request": requests[first],
        "gold": golds[first],
        "answers": [{"model": label(name), "text": cases[first][name]} for name in pair],
    }
