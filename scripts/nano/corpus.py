"""Pre-training documents and batches: problems with traces, critiques, and arithmetic drills."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import torch
from transformers import PreTrainedTokenizerFast

from nano import family, wording
from nano.tokenizer import END_OF_TEXT, TURN_END, chat_prompt

IGNORED = -100
TRACE_SHARE = 0.55
DOCUMENTS_PER_POOL = 1200

Row = tuple[list[int], list[int]]
Batch = tuple[torch.Tensor, torch.Tensor]


def drill_share(done: float) -> float:
    """Share of drills among the documents: 60 % until 30 % of the run, 10 % from 70 % on."""
    return 0.6 if done < 0.3 else max(0.1, 0.6 - 0.5 * (done - 0.3) / 0.4)


def document(rng: Random, done: float, held_out: frozenset[str]) -> tuple[str, str]:
    """(prompt, continuation) at the share `done` of the run; a drill has an empty prompt."""
    if rng.random() < drill_share(done):
        return "", family.drill(rng) + END_OF_TEXT
    problem = family.make_problem(rng)
    while problem.text in held_out:
        problem = family.make_problem(rng)
    if rng.random() < TRACE_SHARE:
        return chat_prompt(problem.text), family.trace(rng, problem) + TURN_END + "\n"
    steps = family.author(rng, problem)
    request = wording.CRITIQUE_REQUEST.format(
        problem=problem.text, solution=family.solution_text(steps)
    )
    return chat_prompt(request), family.critique(rng, problem, steps) + TURN_END + "\n"


def batches(
    rng: Random,
    tokenizer: PreTrainedTokenizerFast,
    held_out: frozenset[str],
    done: float,
    tokens: int,
) -> Iterator[Batch]:
    """Batches of about `tokens` tokens from a pool of documents, sorted by length, shuffled."""
    pool = [document(rng, done, held_out) for _ in range(DOCUMENTS_PER_POOL)]
    prompts = tokenizer([prompt for prompt, _ in pool])["input_ids"]
    answers = tokenizer([answer for _, answer in pool])["input_ids"]
    rows = sorted(zip(prompts, answers, strict=True), key=_length)
    groups: list[list[Row]] = [[]]
    for row in rows:
        groups[-1].append(row)
        # Rows come in rising length, so the newest one sets the width of the batch.
        if _length(row) * len(groups[-1]) >= tokens:
            groups.append([])
    full = groups[:-1]  # the last group is short (or empty) and is left out
    rng.shuffle(full)
    for group in full:
        yield collate(group, tokenizer)


def collate(rows: list[Row], tokenizer: PreTrainedTokenizerFast) -> Batch:
    """(ids, labels), padded on the right. The loss covers the continuation only."""
    width = max(_length(row) for row in rows)
    ids = torch.full((len(rows), width), tokenizer.pad_token_id)
    labels = torch.full((len(rows), width), IGNORED)
    for index, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[index, :end] = torch.tensor(prompt + answer)
        target = answer if prompt else drill_labels(answer, tokenizer)
        labels[index, len(prompt) : end] = torch.tensor(target)
    return ids, labels


def drill_labels(ids: list[int], tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """Only what follows `=` up to the line's end teaches: the operands are random."""
    equals = tokenizer.convert_tokens_to_ids("=")
    digits = {tokenizer.convert_tokens_to_ids(str(digit)) for digit in range(10)}
    labels, inside = [], False
    for token in ids:
        labels.append(token if inside else IGNORED)
        if token == equals:
            inside = True
        elif token not in digits:
            inside = False
    return labels


def _length(row: Row) -> int:
    return len(row[0]) + len(row[1])
