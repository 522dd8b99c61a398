"""Which problems are for what: development and test pools are held out of every training."""

from __future__ import annotations

from random import Random

from nano.family import Problem, make_problem

DEV_SEED, DEV_SIZE = 990_001, 100
TEST_SEED, TEST_SIZE = 770_007, 300


def dev_problems() -> list[Problem]:
    """Held out; settings may be chosen on these."""
    return _balanced(DEV_SEED, DEV_SIZE)


def test_problems() -> list[Problem]:
    """Held out; only for reported numbers and the demo sets."""
    return _balanced(TEST_SEED, TEST_SIZE)


def held_out_texts() -> frozenset[str]:
    """Texts that no training may contain."""
    return frozenset(p.text for p in dev_problems() + test_problems())


def training_problems(count: int, seed: int) -> list[Problem]:
    """`count` different problems outside the held-out pools."""
    rng, problems, seen = Random(seed), [], set(held_out_texts())
    while len(problems) < count:
        problem = make_problem(rng)
        if problem.text not in seen:
            seen.add(problem.text)
            problems.append(problem)
    return problems


def _balanced(seed: int, size: int) -> list[Problem]:
    """The five levels in turn. A few easy texts may repeat; that is kept (fixed by the seed)."""
    rng = Random(seed)
    return [make_problem(rng, 1 + index % 5) for index in range(size)]
