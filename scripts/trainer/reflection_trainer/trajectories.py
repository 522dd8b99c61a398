"""Rollouts of S2R as trajectories: read once, rewarded, and told in numbers and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

from .actions import (
    Action,
    is_well_formed,
    outcome,
    reward_actions,
    split_actions,
    token_actions,
    token_bytes,
)
from .grading import Grader
from .online import Rollout


@dataclass(frozen=True)
class Trajectory:
    """A rollout as actions, and the action of each of its tokens; none where it has no gradient."""

    text: str
    actions: list[Action]
    where: list[int]
    flaw: str | None = None  # "truncated", "malformed" or "undetermined"


def read_trajectory(
    tokenizer: PreTrainedTokenizerBase,
    ids: Sequence[int],
    ended: bool,
    row: dict[str, Any],
    grader: Grader,
) -> Trajectory:
    """A sampled completion; `row` has the problem's `gold` and `mode`."""
    pieces = token_bytes(tokenizer, ids)
    text = b"".join(pieces).decode("utf-8", "surrogateescape")
    actions = split_actions(text)
    if not ended:
        return Trajectory(text, [], [], "truncated")
    if not is_well_formed(actions):
        return Trajectory(text, [], [], "malformed")
    rewarded = reward_actions(
        actions, lambda answer: grader.grade(answer, row["gold"], row["mode"])
    )
    if rewarded is None:
        return Trajectory(text, [], [], "undetermined")
    return Trajectory(text, rewarded, token_actions(pieces, text, rewarded))


class OutcomeReward:
    """TRL's reward function; keeps the trajectories that it has read."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, grader: Grader) -> None:
        self.tokenizer, self.grader = tokenizer, grader
        self.end_tokens: set[int] = set()
        self.last: list[Trajectory] = []

    def outcome(
        self,
        completion_ids: Sequence[Sequence[int]],
        gold: Sequence[str],
        mode: Sequence[str],
        **_: object,
    ) -> list[float | None]:
        rows = [{"gold": g, "mode": m} for g, m in zip(gold, mode, strict=True)]
        self.last = [
            read_trajectory(
                self.tokenizer, ids, bool(ids) and ids[-1] in self.end_tokens, row, self.grader
            )
            for ids, row in zip(completion_ids, rows, strict=True)
        ]
        return [outcome_reward(one) for one in self.last]


def outcome_reward(one: Trajectory) -> float | None:
    """R_o; None: no gradient, and not in the siblings' baseline."""
    if one.flaw is not None:
        return -1.0 if one.flaw == "truncated" else None
    return float(outcome(one.actions))


def rollout_of(one: Trajectory, prompt: str, advantages: Sequence[float]) -> Rollout:
    solves = [action.reward for action in one.actions if action.kind == "solve"]
    checks = [action.reward for action in one.actions if action.kind == "verify"]
    rewards = {"last_solve": float(solves[-1]) if solves else None, "verify": mean(checks)}
    text = one.text.encode("utf-8", "replace").decode("utf-8", "replace")
    return Rollout(prompt, text, rewards, mean(advantages) or 0.0, one.flaw == "truncated")


def trajectory_metrics(everyone: Sequence[Trajectory]) -> dict[str, float]:
    """Outcome, verification accuracy and flaws, pooled over the rollouts of all processes."""
    solves = [[a for a in one.actions if a.kind == "solve"] for one in everyone if one.actions]
    checks = [a for one in everyone for a in one.actions if a.kind == "verify"]
    metrics = {
        "s2r/last_solve_right": mean([found[-1].reward > 0 for found in solves]),
        "s2r/first_solve_right": mean([found[0].reward > 0 for found in solves]),
        "s2r/verify_right": mean([check.reward > 0 for check in checks]),
        "s2r/verdict_correct": mean([check.verdict == "correct" for check in checks]),
        "s2r/trials": mean([len(found) for found in solves]),
    }
    for flaw in ("truncated", "malformed", "undetermined"):
        metrics[f"s2r/{flaw}"] = mean([one.flaw == flaw for one in everyone])
    return {name: value for name, value in metrics.items() if value is not None}


def mean(values: Sequence[float]) -> float | None:
    return sum(float(value) for value in values) / len(values) if values else None
