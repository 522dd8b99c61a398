"""Alarms over made-up curves: each fires where its fault begins, once, and on nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflection_trainer.alarms import ALARMS, LONG, new_alarms
from reflection_trainer.similarity import near_duplicates

Steps = list[dict[str, float]]


def healthy(count: int = 40) -> Steps:
    """A run of reinforcement learning as it should be: the reward rises, the rest is calm."""
    return [
        {
            "grad_norm": 0.5 + 0.1 * (i % 3),
            "reward": 0.5 + 0.01 * i,
            "frac_reward_zero_std": 0.3 if i % 4 else 1.0,
            "entropy": 0.8 - 0.005 * i,
            "kl": 0.001 * i,
            "completions/clipped_ratio": 0.05,
            "completions/near_duplicates": 0.1,
            "reflection/i_to_c_per_100": 6.0 - 0.12 * i,
            "reflection/i_to_i_per_100": 6.0 - 0.12 * i,
            "reflection/verdict_true": 0.9,
            "reflection/verdict_correct": 0.6,
        }
        for i in range(count)
    ]


def raised(steps: Steps) -> list[tuple[int, str]]:
    """Everything that the run raises, as it goes on: the step and the alarm."""
    return [(i, alarm.alarm) for i in range(len(steps)) for alarm in new_alarms(steps[: i + 1])]


def with_fault(begin: int, **values: float) -> Steps:
    names = {key.replace("__", "/"): value for key, value in values.items()}
    return [{**step, **names} if i >= begin else step for i, step in enumerate(healthy())]


def test_a_healthy_run_raises_nothing() -> None:
    assert raised(healthy()) == []


def test_a_fine_tuning_raises_nothing_though_its_entropy_falls() -> None:
    steps = [{"loss": 2 / (i + 1), "grad_norm": 1.0, "entropy": 2 / (i + 1)} for i in range(60)]
    assert raised(steps) == []


@pytest.mark.parametrize(
    ("fault", "alarm", "after"),
    [
        ({"frac_reward_zero_std": 1.0}, "dead-signal", (4, 5)),
        ({"grad_norm": 0.0}, "dead-signal", (4, 5)),
        ({"entropy": 0.01}, "entropy-collapse", (4, 5)),
        ({"kl": 0.5, "reward": 0.6}, "kl-without-reward", (2, LONG)),
        (
            {"reflection__i_to_c_per_100": 0.5, "reflection__i_to_i_per_100": 9.0},
            "reflection-hacking",
            (2, LONG),
        ),
        (
            {"reflection__verdict_correct": 1.0, "reflection__verdict_true": 0.7},
            "verdicts-always-correct",
            (4, 5),
        ),
        (
            {"reflection__verdict_correct": 0.0, "reflection__verdict_true": 0.7},
            "verdicts-always-incorrect",
            (4, 5),
        ),
        ({"reflection__verdict_true": 0.02}, "verdicts-untrue", (2, 5)),
        ({"completions__near_duplicates": 0.9}, "near-duplicates", (2, 5)),
        ({"completions__clipped_ratio": 0.6}, "truncation-up", (1, 5)),
    ],
)
def test_a_fault_is_told_once_soon_after_it_begins(
    fault: dict[str, float], alarm: str, after: tuple[int, int]
) -> None:
    found = raised(with_fault(20, **fault))
    assert [name for _, name in found] == [alarm]
    earliest, latest = after
    assert 20 + earliest - 1 <= found[0][0] <= 20 + latest


def test_verdicts_may_all_be_correct_where_the_answers_are() -> None:
    fault = {"reflection__verdict_correct": 1.0, "reflection__verdict_true": 0.99}
    assert raised(with_fault(20, **fault)) == []


def test_fewer_repairs_are_no_hacking_when_less_is_wrong() -> None:
    fault = {"reflection__i_to_c_per_100": 0.6, "reflection__i_to_i_per_100": 0.3}
    assert raised(with_fault(20, **fault)) == []


def test_what_ends_and_comes_back_is_told_again() -> None:
    steps = with_fault(12, grad_norm=0.0)
    steps[25:30] = healthy()[25:30]
    assert [name for _, name in raised(steps)] == ["dead-signal", "dead-signal"]


@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(healthy(1)[0])), st.floats(0, 1)), max_size=30)
)
def test_any_curve_can_be_read_and_every_alarm_says_something(steps: Steps) -> None:
    for alarm in new_alarms(steps):
        assert alarm.alarm in ALARMS and len(alarm.message) > 20


def test_near_duplicates_are_counted_over_different_problems_only() -> None:
    template = "First we look at the sum of the parts and then we check it with care : it is"
    same = [f"{template} {i}" for i in range(4)]
    assert near_duplicates(same, ["a", "b", "c", "d"]) == 1
    assert near_duplicates(same, ["a"] * 4) is None
    assert near_duplicates([*same[:2], "something else altogether", "and this"], list("aabc")) == 0
    other = [" ".join(f"w{i}{j}" for j in range(30)) for i in range(4)]
    assert near_duplicates(other, list("abcd")) == 0
    assert near_duplicates([*other, *same], list("abcdefgh")) == 0.5
    assert near_duplicates(["", ""], ["a", "b"]) == 1
