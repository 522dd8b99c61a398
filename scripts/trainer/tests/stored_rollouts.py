"""Datasets of stored rollouts, as `reflection dataset` writes them for offline training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from objectives import TRAJECTORIES, acts
from transformers import PreTrainedModel

from reflection_trainer.model import BaseModel

from trainer_runs import write_rows

# The rewards of TRAJECTORIES.
WORDS = ["R+V+", "R-V+R+V+", "R-V+R-V-", "R-V-"]


def stored_row(
    base: BaseModel, model: PreTrainedModel, i: int, text: str, word: str
) -> dict[str, Any]:
    """A record of the dataset, with log-probabilities of `model` at temperature 0.7."""
    tokenizer = base.tokenizer
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


def stored_data(folder: Path, base: BaseModel) -> Path:
    """One rollout of each kind, sampled from `base` itself."""
    model = base.load().eval()
    rows = [
        stored_row(base, model, i, text, word)
        for i, (text, word) in enumerate(zip(TRAJECTORIES, WORDS, strict=True))
    ]
    return write_rows(folder / "offline.jsonl", rows)
