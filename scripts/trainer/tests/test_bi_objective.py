"""Behaviour initialisation: masked cross-entropy, and the KL to the start."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from objectives import base, gradients, shake, trainer_of
from s2r_texts import write_trajectories

from reflection_trainer.scft import NO_LOSS


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_bi_is_masked_cross_entropy_and_the_kl_to_the_start(tmp_path: Path, weight: float) -> None:
    trainer = trainer_of(
        tmp_path,
        write_trajectories(tmp_path, 6),
        method="bi",
        klWeight=weight,
        batchSize=6,
        microBatchSize=6,
    )
    trainer.model.train()
    shake(trainer.model, 0.02, seed=1)
    batch = next(iter(trainer.get_train_dataloader()))
    labels = batch["labels"][:, 1:]
    kept = labels != NO_LOSS
    count = (batch["labels"] != NO_LOSS).sum()
    ours = gradients(trainer.model, trainer.compute_loss(trainer.model, dict(batch), False, count))
    told = {name: batch[name] for name in ("input_ids", "attention_mask")}
    now = trainer.model(**told).logits[:, :-1][kept].log_softmax(-1)
    with torch.no_grad():
        start = base().load().eval()(**told).logits[:, :-1][kept].log_softmax(-1)
    entropy = -now.gather(1, labels[kept][:, None]).sum()
    kl = (now.exp() * (now - start)).sum()
    reference = gradients(trainer.model, (entropy + weight * kl) / count)
    assert torch.allclose(ours, reference, atol=2e-6) and reference.norm() > 1e-2
    if weight:
        per_token = float(kl / kept.sum())
        assert trainer._metrics["train"]["kl"][0] == pytest.approx(per_token, rel=1e-4)
