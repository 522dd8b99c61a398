"""What holds for every method with rollouts: the right sign, both samplers, rollouts shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from objectives import (
    REFLECTIONS,
    ROLLOUTS,
    TRAJECTORIES,
    descend,
    give_rollouts,
    gradients,
    log_probabilities,
    problems,
    scored,
    trainer_of,
)

from reflection_trainer.online import Rollout, choose
from reflection_trainer.sampler import Sampler


@pytest.mark.parametrize("method", ["rlerr", "orl", "prl"])
def test_one_step_makes_a_good_rollout_likelier(tmp_path: Path, method: str) -> None:
    """A finite difference: the sign error of B6.5.1 lowers log pi of what has A > 0."""
    texts = TRAJECTORIES if method != "rlerr" else REFLECTIONS
    trainer = trainer_of(tmp_path, problems(tmp_path), method=method, rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, texts)
    _, output = scored(trainer)
    model = trainer.model
    mask = output["completion_mask"]
    advantages = output["advantages"]
    weights = advantages if advantages.dim() == 2 else advantages[:, None] * mask

    def weighted() -> float:
        model.eval()
        with torch.no_grad():
            return float((log_probabilities(model, output) * weights).sum())

    before = weighted()
    model.train()
    gradients(model, trainer._compute_loss(model, output))
    descend(model)
    assert weighted() > before + 1e-5


@pytest.mark.parametrize("method", ["rlerr", "orl", "prl"])
@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_rollouts_are_sampled_with_and_without_our_sampler(
    tmp_path: Path, method: str, top_p: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something is cut from the distribution, transformers generates."""
    calls = []
    plain = Sampler.run
    monkeypatch.setattr(Sampler, "run", lambda *args: calls.append(1) or plain(*args))
    wanted = {**ROLLOUTS, "maxTokens": 8, "topP": top_p}
    trainer = trainer_of(tmp_path, problems(tmp_path), method=method, rollouts=wanted, klWeight=0)
    rows, output = scored(trainer)
    assert output["completion_ids"].shape == (len(rows), 8)
    assert len({tuple(row) for row in output["completion_ids"].tolist()}) > 1
    assert len(calls) == (1 if top_p == 1 else 0)


def test_the_rollouts_that_are_shown_are_of_every_kind() -> None:
    def made(total: float, advantage: float, truncated: bool = False) -> Rollout:
        return Rollout("p", str(total), {"outcome": total}, advantage, truncated)

    rollouts = [made(1, 0.5), made(0, -0.5), made(0.2, 0.1, True), made(0.5, 0.1)]
    rollouts += [made(0.7, 0.0)] * 2
    found = choose(rollouts, 2, 4)
    assert [(name, r.completion) for name, r in found] == [
        ("best", "1"),
        ("worst", "0"),
        ("truncated", "0.2"),
        ("zero-variance", "0.7"),
    ]
    assert len(choose(rollouts, 2, 100)) == 6 and choose(rollouts, 2, 0) == []
