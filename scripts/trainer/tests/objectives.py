"""A trainer of each method as a run makes it, rollouts that are given, and plain gradients.

For tests of the objectives: what the trainer computes is compared with the formula written out.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import s2r_texts
import torch
from s2r_texts import check, join, solve
from torch import Tensor
from transformers import PreTrainedModel
from trl import RLOOTrainer

from reflection_trainer.actions import Action
from reflection_trainer.arguments import common_arguments
from reflection_trainer.callback import RunCallback
from reflection_trainer.config import complete_config
from reflection_trainer.events import EventWriter
from reflection_trainer.method import load_method
from reflection_trainer.model import BaseModel
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest

import tiny_models
from trainer_runs import write_rows

GROUP, PROBLEMS = 4, 3


@cache
def base() -> BaseModel:
    tokens = s2r_texts.tokenizer("chatml")
    model = tiny_models.model(tokens)
    for module in model.modules():
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0
    model.config.max_position_embeddings = 512
    return BaseModel("tiny", tokens, model.config, lambda: copy.deepcopy(model))


def trainer_of(folder: Path, data: Path, **fields: object) -> Any:  # noqa: ANN401
    """The trainer of a run, by the method's own three functions; its rollouts are given below."""
    config: Any = complete_config(
        {
            "model": {"path": "m"},
            "data": {"path": str(data)},
            "batchSize": GROUP * PROBLEMS,
            "microBatchSize": GROUP * PROBLEMS,
            "maxSteps": 1,
            "learningRate": 1e-2,
            "scheduler": "constant",
            "warmupRatio": 0,
            "maxLength": 500,
            **fields,
        }
    )
    method = load_method(config["method"])
    session = Session(config, folder, EventWriter(folder / "events.jsonl"), StopRequest())
    prepared = method.prepare(config, base(), session.events)
    common = common_arguments(config, folder, len(prepared.rows), 1)
    callback = RunCallback(session)
    trainer = method.trainer(
        method.arguments(common, config), base().load(), base().tokenizer, prepared, callback
    )
    trainer.current_gradient_accumulation_steps = 1  # set when training starts
    return trainer


def problems(folder: Path) -> Path:
    rows = [{"id": str(i), "problem": f"Sum {i}?", "answer": "4"} for i in range(PROBLEMS)]
    return write_rows(folder / "problems.jsonl", rows)


ROLLOUTS = {
    "perProblem": GROUP,
    "problems": PROBLEMS,
    "maxTokens": 256,
    "maxPromptTokens": 200,
    "temperature": 1.0,
}


def give_rollouts(trainer: Any, texts: list[str]) -> list[list[int]]:  # noqa: ANN401
    """Every rollout in turn is one of `texts`, instead of a sample."""
    tokenizer = trainer._tokenizer
    ids = [
        [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        for text in texts
    ]

    def generate(prompts: list[list[int]], *args: object) -> Any:  # noqa: ANN401
        given = [ids[i % len(ids)] for i in range(len(prompts))]
        return given if isinstance(trainer, RLOOTrainer) else (given, None)

    trainer._generate_single_turn = generate
    return ids


def scored(trainer: Any) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:  # noqa: ANN401
    """Rows of one batch, and what the trainer makes of its rollouts."""
    trainer.model.train()
    rows = next(iter(trainer.get_train_dataloader()))
    return rows, trainer._generate_and_score_completions(rows)


def log_probabilities(model: PreTrainedModel, output: dict[str, Tensor]) -> Tensor:
    """(B, T) of the completions, one row at a time and without padding."""
    found = torch.zeros(output["completion_ids"].shape)
    for i in range(len(found)):
        prompt = output["prompt_ids"][i][output["prompt_mask"][i].bool()]
        completion = output["completion_ids"][i][output["completion_mask"][i].bool()]
        logits = model(torch.cat([prompt, completion])[None]).logits[0].log_softmax(-1)
        here = logits[len(prompt) - 1 : -1].gather(1, completion[:, None])[:, 0]
        found[i, : len(completion)] = here
    return found


def gradients(model: PreTrainedModel, loss: Tensor) -> Tensor:
    model.zero_grad()
    loss.backward()
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def shake(model: PreTrainedModel, size: float, seed: int) -> None:
    """Away from the start, where a KL and its gradient are nothing."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += size * torch.randn(parameter.shape, generator=draw)


def descend(model: PreTrainedModel) -> None:
    """A small step against the gradients that are there."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad


# Rollouts of RLERR; their rewards by the rule score are in test_rlerr_objective.py.
REFLECTIONS = [
    "The answer is 5. Wait, 2+2=4, so that is wrong. \\boxed{4}",
    "So \\boxed{4}",
    "So \\boxed{5}",
    "The answer is 4. Wait, 2+2=5, so that is wrong. \\boxed{5}",
]

# Rollouts of S2R: right at once, right after a retry, wrong twice, wrong and sure.
TRAJECTORIES = [
    join([solve(4), check("correct")]),
    join([solve(5), check("incorrect"), solve(4), check("correct")]),
    join([solve(5), check("incorrect"), solve(6), check("correct")]),
    join([solve(5), check("correct")]),
]


def acts(word: str) -> list[Action]:
    """Actions with these rewards: `R-V+`."""
    found, context = [], ""
    for i in range(0, len(word), 2):
        kind = "solve" if word[i] == "R" else "verify"
        reward = 1 if word[i + 1] == "+" else -1
        found.append(Action(kind, (0, 0), "", None, False, reward, context))
        context += word[i : i + 2]
    return found
