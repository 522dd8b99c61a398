"""RLERR: the advantages of the spec, and the gradient against a plain reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from objectives import (
    GROUP,
    PROBLEMS,
    REFLECTIONS,
    ROLLOUTS,
    give_rollouts,
    gradients,
    log_probabilities,
    problems,
    scored,
    trainer_of,
)

# of REFLECTIONS, by the rule score
REWARDS = [1 + 0.5 * 0.8, 1 + 0.5 * 0.5, 0.5 * 0.2, 0.5 * 0.1]


def test_rlerr_advantages_are_those_of_the_spec(tmp_path: Path) -> None:
    """A4.2, but for eps: TRL's is 1e-4."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS)
    give_rollouts(trainer, REFLECTIONS)
    _, output = scored(trainer)
    group = torch.tensor(REWARDS)
    expected = (group - group.mean()) / (group.std() + 1e-4)
    assert torch.allclose(output["advantages"], expected.repeat(PROBLEMS), atol=1e-5)
    metrics = trainer._metrics["train"]
    assert metrics["rewards/outcome/mean"][0] == pytest.approx(0.5)
    assert metrics["rewards/reflection/mean"][0] == pytest.approx(0.4)
    assert metrics["reflection/err"][0] == 1 / 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reward": {"reflectionWeight": 0}}, [1.0, 1.0, 0.0, 0.0]),
        ({"reward": {"outcomeWeight": 0}}, [0.4, 0.25, 0.1, 0.05]),
    ],
)
def test_the_ablations_leave_one_part_out(
    tmp_path: Path, changes: dict[str, Any], expected: list[float]
) -> None:
    fields = {"method": "rlerr", "rollouts": ROLLOUTS, "scaleRewards": "none", **changes}
    trainer = trainer_of(tmp_path, problems(tmp_path), **fields)
    give_rollouts(trainer, REFLECTIONS)
    _, output = scored(trainer)
    group = torch.tensor(expected)
    wanted = (group - group.mean()).repeat(PROBLEMS)
    assert torch.allclose(output["advantages"], wanted, atol=1e-6)


def test_rlerr_undetermined_rollouts_have_no_gradient_and_no_part_in_the_mean(
    tmp_path: Path,
) -> None:
    """TRL takes None from one reward function for 0; both say None here."""
    trainer = trainer_of(
        tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS, scaleRewards="none"
    )
    give_rollouts(trainer, REFLECTIONS)
    grader = trainer._parts.scorer.grader
    plain = grader.grade
    grader.grade = lambda a, g, m: "undetermined" if a == "5" else plain(a, g, m)
    _, output = scored(trainer)
    kept = torch.tensor(REWARDS[:2])
    wanted = torch.cat([kept - kept.mean(), torch.zeros(2)]).repeat(PROBLEMS)
    # the first trace names 5 on its way, which is then not scorable: right without a reflection
    assert output["advantages"][2::GROUP].abs().max() == 0
    assert output["advantages"][3::GROUP].abs().max() == 0
    assert torch.allclose(output["advantages"].sum(), torch.tensor(0.0), atol=1e-6)
    assert wanted.shape == output["advantages"].shape
    assert trainer._metrics["train"]["reward/undetermined"] == [0.5]


def test_a_group_without_variance_has_no_gradient(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS)
    give_rollouts(trainer, [REFLECTIONS[1]])
    _, output = scored(trainer)
    assert output["advantages"].abs().max() < 1e-3
    assert gradients(trainer.model, trainer._compute_loss(trainer.model, output)).norm() < 1e-3
    assert trainer._metrics["train"]["frac_reward_zero_std"] == [1.0]
    assert trainer._metrics["train"]["reward/reflection_only_groups"][0] == 0


def test_what_the_judge_costs_is_of_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = {"baseUrl": "http://127.0.0.1:9/v1", "model": "gone"}
    judge |= {"dollarsPerMillionIn": 1.0, "dollarsPerMillionOut": 1.0}
    fields = {"method": "rlerr", "reward": {"source": "judge", "judge": judge}}
    trainer = trainer_of(tmp_path, problems(tmp_path), rollouts=ROLLOUTS, **fields)
    give_rollouts(trainer, REFLECTIONS)
    trainer._parts.scorer.judge.before.tokens_in = 500_000
    # another process, with as many rollouts
    monkeypatch.setattr("reflection_trainer.rlerr.gather_object", lambda rows: [*rows, *rows])
    scored(trainer)
    metrics = trainer._metrics["train"]
    assert metrics["judge/failures"] == [2 * GROUP * PROBLEMS]
    assert metrics["judge/dollars"] == [0.5]


@pytest.mark.parametrize("bare", [0.1, 0.5, 0.7])
def test_eight_equal_rewards_have_no_gradient_at_all(tmp_path: Path, bare: float) -> None:
    """Their mean is not each of them in float32, and 1e-7 / 1e-4 is no longer nothing."""
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="rlerr",
        rollouts={**ROLLOUTS, "perProblem": 8},
        batchSize=8 * PROBLEMS,
        microBatchSize=8 * PROBLEMS,
        reward={"noReflectionCorrect": bare},
    )
    give_rollouts(trainer, [REFLECTIONS[1]])
    _, output = scored(trainer)
    assert output["advantages"].eq(0).all()
    assert trainer._metrics["train"]["frac_reward_zero_std"] == [1.0]
    assert trainer._metrics["train"]["reward/reflection_only_groups"] == [0]
    give_rollouts(trainer, [*[REFLECTIONS[1]] * 7, REFLECTIONS[2]])
    _, output = scored(trainer)
    assert output["advantages"].ne(0).all()


@pytest.mark.parametrize("loss_type", ["dapo", "dr_grpo"])
def test_rlerr_gradient_is_that_of_the_formula(tmp_path: Path, loss_type: str) -> None:
    """Off policy and clipped; DAPO divides by all tokens, Dr. GRPO by a constant."""
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="rlerr",
        rollouts={**ROLLOUTS, "iterations": 2},
        lossType=loss_type,
        scaleRewards="none" if loss_type == "dr_grpo" else "group",
    )
    give_rollouts(trainer, REFLECTIONS)
    _, output = scored(trainer)
    shift = torch.linspace(-0.4, 0.4, output["completion_ids"].size(1))
    output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    mask = output["completion_mask"].float()
    ratio = torch.exp(log_probabilities(trainer.model, output) - output["old_per_token_logps"])
    advantage = output["advantages"][:, None]
    gain = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage) * mask
    divisor = len(mask) * 256 if loss_type == "dr_grpo" else mask.sum()
    reference = gradients(trainer.model, -gain.sum() / divisor)
    assert torch.allclose(ours, reference, atol=2e-6) and reference.norm() > 1e-3
