"""The problem family: exact answers, seeds, and what authors and checkers do."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nano import family, reading
from nano.family import CORPUS, LEVELS, Problem

seeds = st.integers(0, 2**32)
levels = st.sampled_from(sorted(LEVELS))
PERFECT = replace(CORPUS, careful_habit=0.0, retry_habit=0.0, slip=0.0, lazy=0.0, check_slip=0.0)
LAZY = replace(CORPUS, lazy=1.0)

WORDS = {"doubled": 2, "twice": 2, "tripled": 3, "three": 3}


def answer_from_words(text: str) -> int:
    """Solves a problem from its text alone, with other rules than the family's code."""
    first, *sentences = re.split(r"(?<=\.) ", text)
    value = int(re.findall(r"\d+", first)[0])
    for sentence in sentences[:-1]:
        numbers = re.findall(r"\d+", sentence)
        if numbers and not re.search(r"multiplied|times", sentence):
            lowers = re.search(r"removed|lost|falls", sentence)
            value += -int(numbers[0]) if lowers else int(numbers[0])
        elif numbers:
            value *= int(numbers[0])
        else:
            value *= next(n for word, n in WORDS.items() if word in sentence)
    return value


@given(seeds, levels)
def test_problems_stay_in_range_and_their_text_gives_the_answer(seed: int, level: int) -> None:
    problem = family.make_problem(Random(seed), level)
    assert answer_from_words(problem.text) == problem.answer
    assert len(problem.operations) == LEVELS[level].operations
    value = problem.start
    for operation in problem.operations:
        value = eval(f"{value}{operation.operator}{operation.operand}")
        assert 0 < value < 999
    assert value == problem.answer


@given(seeds)
def test_a_seed_fixes_everything(seed: int) -> None:
    def texts() -> list[str]:
        rng = Random(seed)
        problem = family.make_problem(rng)
        steps = family.author(rng, problem)
        critique = family.critique(rng, problem, steps)
        return [problem.text, family.trace(rng, problem), critique, family.drill(rng)]

    assert texts() == texts()


@given(seeds)
def test_without_flaws_every_attempt_is_right(seed: int) -> None:
    rng = Random(seed)
    problem = family.make_problem(rng)
    steps = family.attempt(rng, problem, habit=0.0, slip=0.0)
    assert reading.boxed_answer(family.solution_text(steps)) == problem.answer


@given(seeds)
def test_the_habit_strikes_at_traps_only(seed: int) -> None:
    rng = Random(seed)
    problem = family.make_problem(rng)
    for step in family.attempt(rng, problem, habit=1.0, slip=0.0):
        exact = family.apply(step.left, step.operator, step.right)
        assert (step.result != exact) == family.is_trap(step.left, step.operator, step.right)
        assert abs(step.result - exact) in (0, 10)


@given(seeds)
def test_a_careful_checker_calls_a_right_solution_correct(seed: int) -> None:
    rng = Random(seed)
    problem = family.make_problem(rng)
    steps = family.attempt(rng, problem, habit=0.0, slip=0.0)
    text = family.critique(rng, problem, steps, PERFECT)
    assert reading.verdict(text) is True
    assert reading.boxed_answer(text) == problem.answer


@given(seeds)
def test_a_careful_checker_repairs_a_wrong_solution(seed: int) -> None:
    rng = Random(seed)
    problem, steps = wrong_solution(rng)
    text = family.critique(rng, problem, steps, PERFECT)
    assert reading.verdict(text) is False
    assert reading.boxed_answer(text) == problem.answer


@given(seeds)
def test_a_lazy_checker_blesses_everything(seed: int) -> None:
    rng = Random(seed)
    problem, steps = wrong_solution(rng)
    text = family.critique(rng, problem, steps, LAZY)
    assert reading.verdict(text) is True
    assert reading.boxed_answer(text) == steps[-1].result != problem.answer


@given(seeds)
def test_a_trace_reads_back(seed: int) -> None:
    rng = Random(seed)
    problem = family.make_problem(rng)
    text = family.trace(rng, problem)
    reflections = reading.transitions(text)
    assert len(reflections) == text.count("Wait, ") <= 2
    last = reflections[-1][1] if reflections else reading.first_answer(text)
    assert reading.boxed_answer(text) == last
    solution = reading.final_solution(text)
    assert solution is not None and reading.boxed_answer(solution) == last


@given(seeds)
def test_drills_are_right(seed: int) -> None:
    lines = family.drill(Random(seed)).splitlines()
    assert len(lines) == 14
    for line in lines:
        left, right = line.split("=")
        assert eval(left) == int(right)


def test_the_corpus_gives_reflection_something_to_win() -> None:
    """About half of the problems hold a trap, and a third of first attempts is wrong."""
    rng, count = Random(5), 2000
    problems = [family.make_problem(rng) for _ in range(count)]
    trapped = sum(any(map(_is_trap_step, family.attempt(rng, p, 0.0, 0.0))) for p in problems)
    right = sum(family.author(rng, p)[-1].result == p.answer for p in problems)
    assert trapped / count == pytest.approx(0.51, abs=0.04)
    assert right / count == pytest.approx(0.67, abs=0.04)


def wrong_solution(rng: Random) -> tuple[Problem, list[family.Step]]:
    """A problem with a habitual author's wrong solution."""
    while True:
        problem = family.make_problem(rng)
        steps = family.attempt(rng, problem, habit=1.0, slip=0.0)
        if steps[-1].result != problem.answer:
            return problem, steps


def _is_trap_step(step: family.Step) -> bool:
    return family.is_trap(step.left, step.operator, step.right)
