"""Offline ORL and PRL: baselines by bins, stored log-probabilities, loss and sign."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from objectives import TRAJECTORIES, acts, base, descend, gradients, shake, trainer_of
from transformers import PreTrainedModel

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


def stored_row(i: int, text: str, word: str, model: PreTrainedModel) -> dict[str, Any]:
    """A record of the dataset, with log-probabilities of the model itself at temperature 0.7."""
    tokenizer = base().tokenizer
    ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    prompt = tokenizer(
        f"<|im_start|>user\nSum {i}?<|im_end|>\n<|im_start|>assistant\n", add_special_tokens=False
    )["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([prompt + ids])).logits[0] / 0.7
    logps = logits.log_softmax(-1)[len(prompt) - 1 : -1]
    logps = logps.gather(1, torch.tensor(ids)[:, None])[:, 0]
    actions = [
        {
            "type": action.kind,
            "marker": "",
            "text": "",
            "answer": None,
            "correct": action.reward > 0,
            "verdict": None,
            "implicit": False,
            "reward": action.reward,
            "context": action.context,
            "tokenSpan": [0, 0],
        }
        for action in acts(word)
    ]
    return {
        "prompt": f"Sum {i}?",
        "system": None,
        "answer": text,
        "accuracy": 0.5,
        "bin": [4, 8],
        "actions": actions,
        "outcome": [a.reward for a in acts(word) if a.kind == "solve"][-1],
        "tokens": {
            "ids": ids,
            "texts": [""] * len(ids),
            "logprobs": logps.tolist(),
            "of": "policy",
            "hasEnd": True,
        },
        "gen": {
            "run": "r",
            "model": "m",
            "modelSha256": None,
            "solutionId": "s",
            "seed": 1,
            "temperature": 0.7,
            "topP": 1,
        },
    }


WORDS = ["R+V+", "R-V+R+V+", "R-V+R-V-", "R-V-"]


def stored_data(folder: Path) -> Path:
    model = base().load().eval()
    rows = [
        stored_row(i, text, word, model)
        for i, (text, word) in enumerate(zip(TRAJECTORIES, WORDS, strict=True))
    ]
    return write_rows(folder / "offline.jsonl", rows)


OFFLINE = {"batchSize": 4, "microBatchSize": 4, "minGroup": 1}


@pytest.mark.parametrize("method", ["prlOffline", "orlOffline"])
def test_stored_log_probabilities_are_those_of_the_padded_batch(
    tmp_path: Path, method: str
) -> None:
    """At the first step the ratio is 1: temperature, padding and the border are right."""
    trainer = trainer_of(tmp_path, stored_data(tmp_path), method=method, klWeight=0, **OFFLINE)
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
    trainer = trainer_of(tmp_path, stored_data(tmp_path), method=method, klWeight=0.5, **OFFLINE)
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
    rows = [stored_row(i, TRAJECTORIES[0], "R+V+", model) for i in range(3)]
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
