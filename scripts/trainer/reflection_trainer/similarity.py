"""Texts that are nearly the same though their problems differ."""

from __future__ import annotations

import random
from collections.abc import Sequence

SHINGLE = 5  # words
MOST_TEXTS, MOST_WORDS = 48, 2000  # comparing all pairs of long traces would cost a step
ALIKE = 0.8  # Jaccard similarity of the shingles


def near_duplicates(texts: Sequence[str], problems: Sequence[str]) -> float | None:
    """Share of texts with a near twin for another problem; None with fewer than two problems.

    Of many texts a fixed choice is compared.
    """
    chosen = list(range(len(texts)))
    if len(chosen) > MOST_TEXTS:
        chosen = random.Random(0).sample(chosen, MOST_TEXTS)
    if len({problems[i] for i in chosen}) < 2:
        return None
    shingles = {i: _shingles(texts[i]) for i in chosen}
    twins = [
        any(
            problems[i] != problems[j] and _jaccard(shingles[i], shingles[j]) >= ALIKE
            for j in chosen
        )
        for i in chosen
    ]
    return sum(twins) / len(twins)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()[:MOST_WORDS]
    if len(words) < SHINGLE:
        return {tuple(words)}
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def _jaccard(a: set[tuple[str, ...]], b: set[tuple[str, ...]]) -> float:
    if not 0.8 <= len(a) / len(b) <= 1.25:  # cannot reach ALIKE
        return 0
    return len(a & b) / len(a | b)
