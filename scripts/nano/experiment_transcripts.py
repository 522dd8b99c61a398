"""What the models do when they reflect, from their greedy traces, with examples for the report.

The examples are not picked by hand: each pair is the first of the held-out problems for which its
sentence holds, and the report says for how many it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano.evaluate import sample
from nano.experiment_plan import TRANSCRIBED
from nano.experiment_settings import label
from nano.family import Problem
from nano.reading import ANSWER, VERDICT, boxed_answer, first_answer, verdict
from nano.wording import CRITIQUE_REQUEST

STATED = re.compile(f"{ANSWER.pattern}|{VERDICT.pattern}")

Texts = dict[str, str]
Holds = Callable[[int, Texts], bool]
Load = Callable[[str], tuple[Qwen2ForCausalLM, PreTrainedTokenizerFast]]


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


def scft_holds(gold: int, texts: Texts) -> bool:
    """Asked for wrong solutions only."""
    before, after = texts["base"], texts["scft"]
    believed = verdict(before) is True and boxed_answer(before) != gold
    return believed and verdict(after) is False and boxed_answer(after) == gold


def rlerr_holds(gold: int, texts: Texts) -> bool:
    return boxed_answer(texts["base"]) != gold and repaired(texts["rlerr"], gold)


def prl_holds(gold: int, texts: Texts) -> bool:
    return boxed_answer(texts["bi"]) != gold and repaired(texts["prl"], gold)


def outcome_only_holds(gold: int, texts: Texts) -> bool:
    untrue = not all(verdicts_are_true(texts["outcome-only"], gold))
    return untrue and all(boxed_answer(text) == gold for text in texts.values())


# Of traces: (the pair, what is shown, for which it holds).
TRACES: tuple[tuple[tuple[str, str], str, Holds], ...] = (
    (("base", "rlerr"), "{a} is wrong; {b} starts wrong, sees it and repairs it", rlerr_holds),
    (("bi", "prl"), "{a} is wrong; {b} starts wrong, sees it and repairs it", prl_holds),
    (
        ("rlerr", "outcome-only"),
        "both are right, but what {b} says of its own attempt is not true",
        outcome_only_holds,
    ),
)
CRITIQUES = "a wrong solution: {a} believes it; {b} finds the fault and repairs it"


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


def make_transcripts(
    load: Load, problems: Sequence[Problem], solutions: Sequence[tuple[int, str]]
) -> dict[str, Any]:
    """`behaviour` by model, and the `pairs`: one for each sentence."""
    wrong = [(problems[i], s) for i, s in solutions if boxed_answer(s) != problems[i].answer]
    requests = [CRITIQUE_REQUEST.format(problem=p.text, solution=s) for p, s in wrong]
    critiques = {name: _greedy(load, name, requests) for name in ("base", "scft")}
    golds = [problem.answer for problem, _ in wrong]
    found = [picked(("base", "scft"), CRITIQUES, scft_holds, requests, golds, critiques)]
    texts = [problem.text for problem in problems]
    traces = {name: _greedy(load, name, texts) for name in TRANSCRIBED}
    golds = [problem.answer for problem in problems]
    for pair, sentence, holds in TRACES:
        found.append(picked(pair, sentence, holds, texts, golds, traces))
    rows = {name: behaviour(traces[name], golds) for name in TRANSCRIBED}
    return {"behaviour": rows, "pairs": found}


def _greedy(load: Load, name: str, requests: list[str]) -> list[str]:
    return sample(*load(name), requests, 0.0, seed=0)


def picked(
    pair: tuple[str, str],
    sentence: str,
    holds: Holds,
    requests: Sequence[str],
    golds: Sequence[int],
    answers: dict[str, list[str]],
) -> dict[str, Any]:
    """The first case for which the sentence holds, and for how many it does."""
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
