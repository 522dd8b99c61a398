"""PRL: the vectors of B6.3, the loss of actions, gradients against plain references."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from objectives import (
    ROLLOUTS,
    TRAJECTORIES,
    acts,
    give_rollouts,
    gradients,
    log_probabilities,
    problems,
    scored,
    trainer_of,
)
from s2r_texts import solve
from torch import Tensor

from reflection_trainer.actions import earns_bonus
from reflection_trainer.prl import action_loss, context_baselines, process_advantages


def test_the_vectors_of_b63() -> None:
    """Contexts: "" {+1, +1, -1, -1} -> 0; "R-" {+1, -1} -> 0; "R+" {+1, +1} -> 1 and A = 0."""
    batch = [acts(word) for word in ("R+V+", "R+V+", "R-V+", "R-V-")]
    baselines = context_baselines(batch, 1)
    assert baselines == {"": 0, "R+": 1, "R-": 0}
    assert [process_advantages(one, baselines, False) for one in batch] == [
        [1, 0],
        [1, 0],
        [-1, 1],
        [-1, -1],
    ]
    assert context_baselines(batch, 3) == {"": 0, "R+": 0, "R-": 0}


@given(st.lists(st.sampled_from(["R+V+", "R-V+R+V+", "R-V-", "R-V+R-V+", "R+V-R-V+"]), min_size=1))
def test_the_advantages_of_a_context_sum_to_nothing(words: list[str]) -> None:
    batch = [acts(word) for word in words]
    baselines = context_baselines(batch, 1)
    sums: dict[str, float] = {}
    for one in batch:
        for action, value in zip(one, process_advantages(one, baselines, False), strict=True):
            sums[action.context] = sums.get(action.context, 0) + value
    assert all(abs(total) < 1e-9 for total in sums.values())


def test_the_bonus_is_the_released_codes() -> None:
    word = acts("R-V+R+V+R+V-")
    rewards = [action.reward for action in word]
    assert [earns_bonus(rewards, i) for i in range(6)] == [False, False, True, True, False, True]
    zero = {action.context: 0.0 for action in word}
    assert process_advantages(word, zero, True) == [-1, 1, 2, 2, 1, -2]


def plain_prl(logps: Tensor, old: Tensor, output: dict[str, Tensor], kl: Tensor | None) -> Tensor:
    """B6.3, action by action."""
    total = torch.tensor(0.0)
    for i in range(len(logps)):
        parts = []
        for action in range(int(output["action"][i].max()) + 1):
            tokens = output["action"][i] == action
            advantage = output["advantages"][i][tokens][0]
            if kl is not None:
                advantage = advantage - kl[i][tokens].sum()
            ratio = torch.exp((logps[i][tokens] - old[i][tokens]).mean())
            parts.append(torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage))
        total = total - (torch.stack(parts).mean() if parts else 0.0)
    return total / len(logps)


@pytest.mark.parametrize("kl", [0.0, 0.5])
def test_prl_gradient_is_that_of_the_formula(tmp_path: Path, kl: float) -> None:
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts={**ROLLOUTS, "iterations": 2},
        klWeight=kl,
    )
    give_rollouts(trainer, [*TRAJECTORIES[:3], solve(4)])
    _, output = scored(trainer)
    assert (output["action"][3] == -1).all() and (output["advantages"][3] == 0).all()
    shift = torch.linspace(-0.5, 0.5, output["completion_ids"].size(1))
    old = output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    penalty = kl * (old - output["ref_per_token_logps"]) if kl else None
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    logps = log_probabilities(trainer.model, output)
    reference = gradients(trainer.model, plain_prl(logps, old, output, penalty))
    assert torch.allclose(ours, reference, atol=2e-6) and reference.norm() > 1e-3


def test_prl_with_one_ratio_a_token_is_trls_loss_with_these_advantages(tmp_path: Path) -> None:
    """Where the methods coincide: one advantage for all tokens is GRPO's own."""
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts=ROLLOUTS,
        klWeight=0,
        ratio="token",
    )
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    same = {**output, "advantages": torch.arange(12.0)}
    spread = {**output, "advantages": same["advantages"][:, None].expand_as(output["advantages"])}
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, spread))
    theirs = gradients(trainer.model, trainer._compute_loss(trainer.model, same))
    assert torch.equal(ours, theirs) and theirs.norm() > 0


def test_prl_with_one_ratio_a_token_takes_the_kl_of_the_action(tmp_path: Path) -> None:
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts={**ROLLOUTS, "iterations": 2},
        klWeight=0.5,
        ratio="token",
    )
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    shift = torch.linspace(-0.3, 0.3, output["completion_ids"].size(1))
    old = output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    found = trainer._with_kl(trainer.model, output)
    gap = old - output["ref_per_token_logps"]
    for i in range(4):
        for action in range(int(output["action"][i].max()) + 1):
            tokens = output["action"][i] == action
            wanted = output["advantages"][i][tokens] - 0.5 * gap[i][tokens].sum()
            assert torch.allclose(found[i][tokens], wanted, atol=1e-5)
    assert trainer._compute_loss(trainer.model, output).isfinite() and trainer.beta == 0.5


def test_every_token_has_the_advantage_of_its_action(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, problems(tmp_path), method="prl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    # contexts: "" {+,-,-,-}, "R+" {+}, "R-" {+,+,-}, "R-V+" {+,-}, "R-V+R+" {+}, "R-V+R-" {-}
    expected = [
        [1.5, 0],
        [-0.5, 2 / 3, 1, 0],
        [-0.5, 2 / 3, -1, 0],
        [-0.5, -4 / 3],
    ]
    for i, per_action in enumerate(expected):
        size = int(output["completion_mask"][i].sum())
        where = output["action"][i][:size]
        wanted = torch.tensor(per_action)[where]
        assert torch.allclose(output["advantages"][i][:size], wanted, atol=1e-6)
        assert where[-1] == len(per_action) - 1, "the end belongs to the last action"
        assert (output["advantages"][i][size:] == 0).all()


def test_equal_outcomes_are_no_missing_signal(tmp_path: Path) -> None:
    """All wrong in the end, and the verifications differ: there is something to learn."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="prl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, TRAJECTORIES[2:])
    scored(trainer)
    assert trainer._metrics["train"]["frac_reward_zero_std"] == [0.0]
    give_rollouts(trainer, [TRAJECTORIES[3]])
    scored(trainer)
    assert trainer._metrics["train"]["frac_reward_zero_std"] == [0.0, 1.0]


@given(
    seed=st.integers(0, 10_000), rows=st.integers(1, 4), width=st.integers(1, 9), mean=st.booleans()
)
@settings(max_examples=60)
def test_the_action_loss_is_its_plain_form(seed: int, rows: int, width: int, mean: bool) -> None:
    draw = torch.Generator().manual_seed(seed)

    def random_rows() -> Tensor:
        return torch.randn(rows, width, generator=draw)

    logps, old, kl = random_rows(), random_rows(), random_rows()
    action = torch.randint(-1, 4, (rows, width), generator=draw)
    values = torch.randn(rows, 5, generator=draw)
    advantages = values.gather(1, action.clamp(min=0))
    got, _ = action_loss(logps, old, advantages, action, 0.2, kl, kl_mean=mean)
    total = 0.0
    for i in range(rows):
        parts = []
        for a in sorted(set(action[i].tolist()) - {-1}):
            tokens = action[i] == a
            penalty = kl[i][tokens].mean() if mean else kl[i][tokens].sum()
            advantage = values[i][a] - penalty
            ratio = math.exp((logps[i][tokens] - old[i][tokens]).mean())
            parts.append(float(min(ratio * advantage, min(max(ratio, 0.8), 1.2) * advantage)))
        total -= sum(parts) / len(parts) if parts else 0.0
    assert got.item() == pytest.approx(total / rows, rel=1e-4, abs=1e-5)
