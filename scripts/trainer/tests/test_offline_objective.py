"""Offline ORL and PRL: baselines by bins, stored log-probabilities, loss and sign."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from objectives import TRAJECTORIES, base, descend, gradients, shake, trainer_of
from stored_rollouts import stored_data, stored_row

from reflection_trainer import offline, stored
from reflection_trainer.stored import Stored, outcome_advantages

from trainer_runs import write_rows


def test_offline_baselines_by_position_and_by_context() -> None:
    rollouts = [
        Stored((1, 4), [1, 1], ["", "R+"], 1),
        Stored((1, 4), [-1, 1], ["", "R-"], -1),
        Stored((2, 4), [-1, -1], ["", "R-"], -1),
    ]
    by_position = stored.process_advantages(rollouts, "position", 1, False)
    assert by_position == [[1, 0], [-1, 0], [0, 0]]
    by_context = stored.process_advantages(rollouts, "context", 1, False)
    assert by_context == [[1, 0], [-1, 0], [0, 0]]
    # groups of one or two are too small: the position over all bins, -1/3 and 1/3
    fallen_back = stored.process_advantages(rollouts, "context", 3, False)
    third = pytest.approx
    assert fallen_back == [
        [third(4 / 3), third(2 / 3)],
        [third(-2 / 3), third(2 / 3)],
        [third(-2 / 3), third(-4 / 3)],
    ]
    assert stored.process_advantages(rollouts, "position", 4, False) == [[1, 1], [-1, 1], [-1, -1]]
    doubled = stored.process_advantages(rollouts, "position", 4, True)
    assert doubled == [[1, 2], [-1, 1], [-1, -1]]


def test_offline_outcome_has_the_baseline_of_its_bin() -> None:
    """The released code has none (B7.6)."""
    rollouts = [Stored((1, 4), [], [], r) for r in (1, -1)] + [Stored((3, 4), [], [], 1)]
    assert outcome_advantages(rollouts, 1) == [[1], [-1], [0]]
    assert outcome_advantages(rollouts, 2) == [[1], [-1], [pytest.approx(2 / 3)]]


OFFLINE = {"batchSize": 4, "microBatchSize": 4, "minGroup": 1}


@pytest.mark.parametrize("method", ["prlOffline", "orlOffline"])
def test_stored_log_probabilities_are_those_of_the_padded_batch(
    tmp_path: Path, method: str
) -> None:
    """At the first step the ratio is 1: temperature, padding and the border are right."""
    trainer = trainer_of(
        tmp_path, stored_data(tmp_path, base()), method=method, klWeight=0, **OFFLINE
    )
    trainer.model.eval()
    batch = next(iter(trainer.get_train_dataloader()))
    logps = offline.completion_logps(trainer.model, batch, batch["old"].size(1))
    real = batch["action"] >= 0
    assert torch.allclose(logps[real], batch["old"][real], atol=2e-4)
    assert real.sum() == (batch["old"] != 0).sum()


@pytest.mark.parametrize("method", ["prlOffline", "orlOffline"])
def test_offline_loss_is_that_of_the_formula_and_raises_what_was_good(
    tmp_path: Path, method: str
) -> None:
    trainer = trainer_of(
        tmp_path, stored_data(tmp_path, base()), method=method, klWeight=0.5, **OFFLINE
    )
    model = trainer.model
    shake(model, 0.01, seed=2)
    model.eval()
    batch = next(iter(trainer.get_train_dataloader()))
    loss = trainer.compute_loss(model, dict(batch))
    logps = offline.completion_logps(model, batch, batch["old"].size(1))
    total = 0.0
    for i in range(4):
        parts = []
        for a in range(int(batch["action"][i].max()) + 1):
            tokens = batch["action"][i] == a
            gap = float((logps[i][tokens] - batch["old"][i][tokens]).mean())
            advantage = float(batch["advantage"][i][tokens][0]) - 0.5 * gap
            ratio = math.exp(gap)
            parts.append(min(ratio * advantage, min(max(ratio, 0.8), 1.2) * advantage))
        total -= sum(parts) / len(parts)
    assert loss.item() == pytest.approx(total / 4, abs=1e-5)

    def weighted() -> float:
        with torch.no_grad():
            now = offline.completion_logps(model, batch, batch["old"].size(1))
        return float((now * batch["advantage"]).sum())

    before = weighted()
    trainer._kl_weight = 0.0
    gradients(model, trainer.compute_loss(model, dict(batch)))
    descend(model)
    assert weighted() > before


def test_offline_problems_that_are_too_easy_or_too_hard_are_left_out(tmp_path: Path) -> None:
    model = base().load().eval()
    rows = [stored_row(base(), model, i, TRAJECTORIES[0], "R+V+") for i in range(3)]
    rows[1]["accuracy"], rows[2]["accuracy"] = 0.0, 1.0
    data = write_rows(tmp_path / "offline.jsonl", rows)
    trainer = trainer_of(
        tmp_path,
        data,
        method="prlOffline",
        klWeight=0,
        **{**OFFLINE, "batchSize": 1},
    )
    assert len(trainer.train_dataset) == 1
