"""Pools and problem sets: nothing held out is ever trained on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from nano import corpus, pools
from nano.problem_sets import problem_sets

MEDIA = Path(__file__).resolve().parents[3] / "media" / "problems"


def test_development_and_test_pools_are_disjoint() -> None:
    dev, test = pools.dev_problems(), pools.test_problems()
    assert not {p.text for p in dev} & {p.text for p in test}
    assert Counter(p.level for p in test) == dict.fromkeys(range(1, 6), 60)


def test_training_problems_are_different_and_not_held_out() -> None:
    texts = [p.text for p in pools.training_problems(500, seed=1)]
    assert len(set(texts)) == 500
    assert not set(texts) & pools.held_out_texts()


def test_pretraining_rejects_held_out_problems() -> None:
    rng = Random(3)
    state = rng.getstate()
    prompts = [corpus.document(rng, 1.0, frozenset())[0] for _ in range(50)]
    forbidden = next(p for p in prompts if p and "critique" not in p)
    problem = forbidden.split("user\n")[1].split("<|im_end|>")[0]
    rng.setstate(state)
    again = [corpus.document(rng, 1.0, frozenset([problem]))[0] for _ in range(50)]
    assert not any(problem in prompt for prompt in again)


def test_problem_sets_are_disjoint_and_the_demo_is_held_out() -> None:
    sets = problem_sets()
    texts = {name: {row["problem"] for row in rows} for name, rows in sets.items()}
    assert {name: len(found) for name, found in texts.items()} == {
        "demo-5": 5,
        "demo-60": 60,
        "demo-train-300": 300,
    }
    assert not texts["demo-5"] & texts["demo-60"]
    held_out = pools.held_out_texts()
    assert texts["demo-5"] | texts["demo-60"] <= held_out
    assert not texts["demo-train-300"] & held_out
    assert Counter(row["level"] for row in sets["demo-60"]) == dict.fromkeys(range(1, 6), 12)


@pytest.mark.parametrize("name", ["demo-5", "demo-60", "demo-train-300"])
def test_committed_files_are_what_the_script_writes(name: str) -> None:
    lines = (MEDIA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == problem_sets()[name]
