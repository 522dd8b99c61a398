"""ORL: the vectors of B6.2, and the gradient against a plain reference."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from objectives import (
    GROUP,
    PROBLEMS,
    ROLLOUTS,
    TRAJECTORIES,
    give_rollouts,
    gradients,
    log_probabilities,
    problems,
    scored,
    trainer_of,
)
from s2r_texts import solve


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            [TRAJECTORIES[0], TRAJECTORIES[1], TRAJECTORIES[2], TRAJECTORIES[3]],
            [4 / 3] * 2 + [-4 / 3] * 2,
        ),
        ([TRAJECTORIES[0], *[TRAJECTORIES[3]] * 3], [2, -2 / 3, -2 / 3, -2 / 3]),
        ([TRAJECTORIES[0]] * 4, [0, 0, 0, 0]),
        ([TRAJECTORIES[0], TRAJECTORIES[3], solve(4), solve(5)], [2, -2, 0, 0]),
    ],
)
def test_orl_advantages_are_the_vectors_of_b62(
    tmp_path: Path, texts: list[str], expected: list[float]
) -> None:
    """The last: malformed rollouts have no gradient and are nobody's baseline."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="orl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, texts)
    _, output = scored(trainer)
    wanted = torch.tensor(expected, dtype=torch.float32).repeat(PROBLEMS)
    assert torch.allclose(output["advantages"], wanted, atol=1e-6)


def test_orl_gradient_is_that_of_the_product_of_ratios(tmp_path: Path) -> None:
    """B6.2, against a plain reference: sign and clipping (defect B6.5.1 has the sign inverted)."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="orl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    output["old_logps"] = output["old_logps"] + torch.linspace(-0.3, 0.3, GROUP * PROBLEMS)
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    logps = (log_probabilities(trainer.model, output) * output["completion_mask"]).sum(1)
    ratio, advantage = torch.exp(logps - output["old_logps"]), output["advantages"]
    gain = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
    reference = gradients(trainer.model, -gain.mean())
    assert torch.allclose(ours, reference, atol=1e-4, rtol=1e-3) and reference.norm() > 1e-2
