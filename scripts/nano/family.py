"""The problem family of the embedded model: chained arithmetic word problems and texts about them.

A problem starts from a number, applies two to five operations and asks for the result (0..999).
Authors solve it step by step, checkers walk over the steps. Both have flaws on purpose: most
authors keep a bad habit (they forget the ten of a carry or borrow when the second number ends in
7, 8 or 9) and most checkers are lazy (they copy what they read). So the most likely answer repeats
the habit and a real check repairs it, which gives reflection something to win.

Everything is drawn from the `random.Random` that is passed in; no file, clock or network.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from nano import wording

MAX_VALUE = 999


@dataclass(frozen=True)
class Operation:
    """One operation of a chain: `operator` is one of `+ - *`."""

    operator: str
    operand: int


@dataclass(frozen=True)
class Problem:
    """A word problem with its exact answer; `level` is 1 (easy) to 5."""

    text: str
    start: int
    operations: tuple[Operation, ...]
    answer: int
    level: int


class Step(NamedTuple):
    """One line of a solution, `left operator right = result`; the result may be wrong."""

    left: int
    operator: str
    right: int
    result: int


@dataclass(frozen=True)
class Level:
    """Number of operations and the ranges (both ends included) their numbers come from."""

    operations: int
    start: tuple[int, int]
    operand: tuple[int, int]
    factor: tuple[int, int]


@dataclass(frozen=True)
class Quality:
    """Shares of careless authors and lazy checkers, and how often each kind errs."""

    careless: float = 0.62
    careless_habit: float = 0.95
    careful_habit: float = 0.03
    retry_habit: float = 0.3
    slip: float = 0.01
    lazy: float = 0.65
    check_slip: float = 0.01
    recheck: float = 0.65
    second_recheck: float = 0.15


LEVELS = {
    1: Level(2, (5, 30), (2, 20), (2, 3)),
    2: Level(3, (5, 40), (2, 30), (2, 3)),
    3: Level(3, (10, 80), (5, 50), (2, 3)),
    4: Level(4, (10, 100), (5, 70), (2, 4)),
    5: Level(5, (20, 120), (10, 99), (2, 4)),
}
CORPUS = Quality()


def make_problem(rng: Random, level: int | None = None) -> Problem:
    """Draw a problem; without `level` the five levels are equally likely."""
    level = level or rng.randint(1, 5)
    operations: tuple[Operation, ...] | None = None
    while operations is None:
        start = rng.randint(*LEVELS[level].start)
        operations = _draw_chain(rng, LEVELS[level], start)
    opening, things = rng.choice(wording.SUBJECTS)
    sentences = [rng.choice(_phrasings(o)).format(k=o.operand) for o in operations]
    question = rng.choice(wording.QUESTIONS).format(t=things)
    value = start
    for operation in operations:
        value = apply(value, operation.operator, operation.operand)
    text = " ".join([opening.format(n=start), *sentences, question])
    return Problem(text, start, operations, value, level)


def apply(left: int, operator: str, right: int) -> int:
    """The exact result. Only a chain that already went wrong leaves 0..999; it is then clamped."""
    if operator == "+":
        value = left + right
    elif operator == "-":
        value = left - right
    else:
        value = left * right
    return min(max(value, 0), MAX_VALUE)


def _draw_chain(rng: Random, level: Level, start: int) -> tuple[Operation, ...] | None:
    """Operations that stay inside 1..998, change the value, and never multiply twice in a row."""
    value, operations = start, []
    for _ in range(level.operations):
        for _attempt in range(30):
            operator = rng.choice("++--*")
            operand = rng.randint(*(level.factor if operator == "*" else level.operand))
            result = apply(value, operator, operand)
            doubled = operator == "*" and bool(operations) and operations[-1].operator == "*"
            if 0 < result < MAX_VALUE and result != value and not doubled:
                break
        else:
            return None
        operations.append(Operation(operator, operand))
        value = result
    return tuple(operations)


def _phrasings(operation: Operation) -> tuple[str, ...]:
    if operation.operator == "+":
        return wording.ADD
    if operation.operator == "-":
        return wording.SUBTRACT
    # Words ("doubled") are twice as likely as digits where a word exists.
    return wording.MULTIPLY + wording.MULTIPLY_BY_WORD.get(operation.operand, ()) * 2


def is_trap(left: int, operator: str, right: int) -> bool:
    """Where the bad habit strikes: the second number ends in 7..9 and the units carry or borrow."""
    if operator == "*" or right % 10 < 7:
        return False
    return left % 10 + right % 10 > 9 if operator == "+" else left % 10 < right % 10


def attempt(
    rng: Random, problem: Problem, habit: float, slip: float, known: tuple[int, ...] = ()
) -> list[Step]:
    """One walk through the problem, right or wrong.

    On a trap the ten is forgotten with probability `habit`, elsewhere a rare random slip happens;
    later steps follow from the mistake. `known` holds the results of the first steps that a check
    has already established.
    """
    value, steps = problem.start, []
    for index, operation in enumerate(problem.operations):
        operator, operand = operation.operator, operation.operand
        result = apply(value, operator, operand)
        if index < len(known):
            result = known[index]
        elif is_trap(value, operator, operand) and rng.random() < habit:
            result += -10 if operator == "+" else 10
        elif rng.random() < slip:
            result = _slip(rng, result)
        steps.append(Step(value, operator, operand, result))
        value = result
    return steps


def author(rng: Random, problem: Problem, quality: Quality = CORPUS) -> list[Step]:
    """A first attempt by an author drawn from the corpus: careless or careful."""
    careless = rng.random() < quality.careless
    habit = quality.careless_habit if careless else quality.careful_habit
    return attempt(rng, problem, habit, quality.slip)


def check(
    rng: Random, problem: Problem, steps: list[Step], quality: Quality = CORPUS
) -> tuple[str, list[Step]]:
    """Walk over `steps` up to the first mismatch, then try again from there.

    Returns the text and the steps believed afterwards. Both values stand on every line, so that
    a reader learns to compare them. A lazy checker copies and so finds everything right.
    """
    lazy = rng.random() < quality.lazy
    lines, values = "", []
    for number, step in enumerate(steps, 1):
        value = step.result if lazy else apply(step.left, step.operator, step.right)
        if not lazy and rng.random() < quality.check_slip:
            value = _slip(rng, value)
        values.append(value)
        word = "Right" if value == step.result else "Wrong"
        equation = equation_text(step._replace(result=value))
        lines += f"Check {number}: {equation}, the solution has {step.result}. {word}.\n"
        if value != step.result:
            again = attempt(rng, problem, quality.retry_habit, quality.slip, tuple(values))
            return f"{lines}{wording.IS_INCORRECT}{wording.TRY_AGAIN}\n{steps_text(again)}", again
    return lines + wording.IS_CORRECT, steps


def trace(rng: Random, problem: Problem, quality: Quality = CORPUS) -> str:
    """Generation mode: a think block with up to two reflections, then the boxed answer."""
    steps = author(rng, problem, quality)
    text = steps_text(steps)
    for chance in (quality.recheck, quality.second_recheck):
        if rng.random() > chance:
            break
        reflection, steps = check(rng, problem, steps, quality)
        text += f"\n{wording.RECHECK}\n{reflection}"
    return f"<think>\n{text}\n</think>\n{boxed_text(steps)}"


def critique(rng: Random, problem: Problem, steps: list[Step], quality: Quality = CORPUS) -> str:
    """Critique mode: the same walk, the verdict, and the answer believed to be right in a box."""
    text, believed = check(rng, problem, steps, quality)
    return f"{text} {boxed_text(believed)}"


def drill(rng: Random, lines: int = 14) -> str:
    """Plain arithmetic lines, always right, distributed as in the problems."""
    equations: list[str] = []
    while len(equations) < lines:
        equations += [equation_text(s) for s in attempt(rng, make_problem(rng), 0.0, 0.0)]
    rng.shuffle(equations)
    return "\n".join(equations[:lines]) + "\n"


def solution_text(steps: list[Step]) -> str:
    """A solution as it is handed to a critic: steps, answer, box."""
    return f"{steps_text(steps)} {boxed_text(steps)}"


def steps_text(steps: list[Step]) -> str:
    """Numbered step lines and the sentence with the answer."""
    lines = [f"Step {n}: {equation_text(s)}.\n" for n, s in enumerate(steps, 1)]
    return "".join(lines) + f"The answer is {steps[-1].result}."


def equation_text(step: Step) -> str:
    """`12+7=19`."""
    return f"{step.left}{step.operator}{step.right}={step.result}"


def boxed_text(steps: list[Step]) -> str:
    """The final answer in LaTeX's box."""
    return f"\\boxed{{{steps[-1].result}}}"


def _slip(rng: Random, value: int) -> int:
    near = (value + 10, value - 10, value + 1, value - 1)
    return rng.choice([x for x in near if 0 <= x <= MAX_VALUE])
