"""What goes wrong in training while the curves look plausible: read from the curves themselves.

`new_alarms` is a pure function of the logged steps (TRL's metric names and the reflection group of
rewards.py), so that a resumed run raises what an uninterrupted one would. An alarm is raised where
its condition begins to hold, not again while it goes on holding. The thresholds are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Steps = Sequence[dict[str, float]]

WINDOW = 5  # logged steps that are looked at together
LONG = 10  # of a trend


@dataclass(frozen=True)
class Alarm:
    alarm: str
    message: str


def new_alarms(steps: Steps) -> list[Alarm]:
    """Alarms whose condition holds after the last of `steps` and did not one step before."""
    if not steps:
        return []
    return [
        Alarm(name, message)
        for name, condition in ALARMS.items()
        if (message := condition(steps)) and not condition(steps[:-1])
    ]


def dead_signal(steps: Steps) -> str | None:
    """No gradient at all: every group has equal rewards, or the loss reaches nothing."""
    last = steps[-WINDOW:]
    if len(last) < WINDOW:
        return None
    if all(step.get("frac_reward_zero_std") == 1 for step in last):
        return (
            f"in the last {WINDOW} steps all rollouts of every problem had the same reward and "
            "nothing was learned; choose problems that are neither too easy nor too hard, or raise "
            "rollouts.perProblem or rollouts.temperature"
        )
    if all(step.get("grad_norm", 1) < 1e-8 for step in last):
        return f"the gradient was 0 in the last {WINDOW} steps: nothing is learned"
    return None


def entropy_collapse(steps: Steps) -> str | None:
    """Rollouts became alike: the policy stopped exploring. Fine-tuning lowers entropy by design."""
    first, last = _mean(steps[:WINDOW], "entropy"), _mean(steps[-WINDOW:], "entropy")
    if len(steps) < 2 * WINDOW or "reward" not in steps[-1] or first is None or last is None:
        return None
    if last > 0.1 * first:
        return None
    return (
        f"entropy fell from {first:.3g} to {last:.3g}: rollouts became alike; lower learningRate, "
        "or raise klWeight or rollouts.temperature"
    )


def kl_without_reward(steps: Steps) -> str | None:
    """The policy moves away from where it started and earns nothing by it."""
    before, after = steps[-2 * LONG : -LONG], steps[-LONG:]
    kl = _mean(before, "kl"), _mean(after, "kl")
    reward = _mean(before, "reward"), _mean(after, "reward")
    if len(before) < LONG or None in kl or None in reward:
        return None
    if kl[1] < 2 * kl[0] or kl[1] < 0.01 or reward[1] > reward[0] + 0.01:
        return None
    return (
        f"KL rose from {kl[0]:.3g} to {kl[1]:.3g} while the reward stayed at {reward[1]:.3g} "
        f"(before {reward[0]:.3g}); lower learningRate or raise klWeight"
    )


def reflection_hacking(steps: Steps) -> str | None:
    """Reward up while reflections repair less: of wrong answers reflected on, the share set right.

    The share, and not the count: a model that is right at once has little left to repair.
    """
    first, last = steps[:LONG], steps[-LONG:]
    reward = _mean(first, "reward"), _mean(last, "reward")
    repaired = _repaired(first), _repaired(last)
    if len(steps) < 2 * LONG or None in reward or None in repaired:
        return None
    if reward[1] < reward[0] + 0.05 or repaired[1] > 0.5 * repaired[0]:
        return None
    return (
        f"the reward rose from {reward[0]:.3g} to {reward[1]:.3g} while reflections repaired fewer "
        f"wrong answers ({repaired[0]:.0%}, then {repaired[1]:.0%}): read the rollouts; the reward "
        "may be earned by the form of reflections"
    )


def _repaired(steps: Steps) -> float | None:
    """i->c among reflections on a wrong answer; None where there are hardly any."""
    right = _mean(steps, "reflection/i_to_c_per_100")
    wrong = _mean(steps, "reflection/i_to_i_per_100")
    if right is None or wrong is None or right + wrong < 2:
        return None
    return right / (right + wrong)


def always_correct(steps: Steps) -> str | None:
    return _one_verdict(steps, "correct", lambda share: share >= 0.98)


def always_incorrect(steps: Steps) -> str | None:
    return _one_verdict(steps, "incorrect", lambda share: share <= 0.02)


def _one_verdict(steps: Steps, word: str, is_extreme: Callable[[float], bool]) -> str | None:
    """One verdict for everything, where the truth is mixed."""
    last = steps[-WINDOW:]
    shares = [step.get("reflection/verdict_correct") for step in last]
    true = _mean(last, "reflection/verdict_true")
    if len(last) < WINDOW or true is None or true >= 0.95:
        return None
    if not all(share is not None and is_extreme(share) for share in shares):
        return None
    return (
        f'reflections call every answer "{word}" and are right in {true:.0%} of the cases; '
        "keep reward.verdictRule on, or raise its share of the reward"
    )


def untrue_verdicts(steps: Steps) -> str | None:
    last = steps[-WINDOW:]
    true = _mean(last, "reflection/verdict_true")
    if len(last) < WINDOW or true is None or true >= 0.5:
        return None
    return (
        f"only {true:.0%} of the stated verdicts are true: a score on answers alone teaches that; "
        "set reward.verdictRule to true"
    )


def near_duplicates(steps: Steps) -> str | None:
    last = steps[-WINDOW:]
    share = _mean(last, "completions/near_duplicates")
    if len(last) < WINDOW or share is None or share < 0.5:
        return None
    return f"{share:.0%} of the texts are nearly the same for different problems: a template"


def truncation_up(steps: Steps) -> str | None:
    first = _mean(steps[:WINDOW], "completions/clipped_ratio")
    last = _mean(steps[-WINDOW:], "completions/clipped_ratio")
    if len(steps) < 2 * WINDOW or first is None or last is None:
        return None
    if last < 0.2 or last < 1.5 * first:
        return None
    return (
        f"{last:.0%} of the rollouts are cut off at rollouts.maxTokens (at first {first:.0%}); cut "
        "ones earn nothing: raise it, or look why they do not end"
    )


ALARMS: dict[str, Callable[[Steps], str | None]] = {
    "dead-signal": dead_signal,
    "entropy-collapse": entropy_collapse,
    "kl-without-reward": kl_without_reward,
    "reflection-hacking": reflection_hacking,
    "verdicts-always-correct": always_correct,
    "verdicts-always-incorrect": always_incorrect,
    "verdicts-untrue": untrue_verdicts,
    "near-duplicates": near_duplicates,
    "truncation-up": truncation_up,
}


def _mean(steps: Steps, name: str) -> float | None:
    """Over the steps that measured it: what is undefined in one is left out."""
    known = [step[name] for step in steps if step.get(name) is not None]
    return sum(known) / len(known) if known else None
