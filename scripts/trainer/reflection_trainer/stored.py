"""Stored rollouts of S2R: their tokens, and the advantage of each action (spec B7)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

from .actions import earns_bonus, split_actions, token_actions, token_bytes
from .dataset import Rows
from .errors import UserError
from .scft import asked

Bin = tuple[int, int]


@dataclass(frozen=True)
class Stored:
    """What the baselines need of a rollout."""

    bin: Bin
    rewards: list[int]
    contexts: list[str]
    outcome: int


REQUIRED = ["prompt", "answer", "accuracy", "bin", "actions", "outcome", "tokens", "gen"]
LOGPROBS_OF = {
    "model": "the stored log-probabilities are the model's own, at temperature 1; ratios are taken "
    "between those",
    "unknown": "the server did not say what its log-probabilities are of; they are taken for the "
    "model's own, at temperature 1",
}


def encode(
    tokenizer: PreTrainedTokenizerBase, dataset: Rows, line: int, row: dict[str, Any]
) -> dict[str, Any]:
    """Tokens as they were sampled, with their stored log-probabilities and their actions."""
    where = f"{dataset.path.name}:{line}:"
    tokens = row["tokens"]
    ids = tokens["ids"]
    end = [tokenizer.eos_token_id] if tokens["hasEnd"] else []
    if ids is None:
        ids = tokenizer(row["answer"], add_special_tokens=False)["input_ids"] + end
    pieces = token_bytes(tokenizer, ids)
    text = b"".join(pieces)
    whole = row["answer"].encode("utf-8", "surrogatepass")
    # a token that reaches beyond the cut of a truncated rollout was left out
    if not whole.startswith(text) or len(ids) != len(tokens["logprobs"]):
        raise UserError(
            f"{where}tokens: are not those of this model's tokenizer; train the model that sampled "
            "the rollouts, or one that shares its tokenizer"
        )
    actions = split_actions(row["answer"])
    kinds = [action["type"] for action in row["actions"]]
    if [action.kind for action in actions] != kinds:
        raise UserError(f"{where}actions: do not match the text of answer; make the dataset again")
    sampled_at = row["gen"].get("temperature") or 1.0
    prompt = tokenizer(asked(tokenizer, row["prompt"], row.get("system")), add_special_tokens=False)
    return {
        "prompt_ids": prompt["input_ids"],
        "completion_ids": ids,
        "input_ids": prompt["input_ids"] + ids,  # for the length limit
        "old": tokens["logprobs"],
        "action": token_actions(pieces, row["answer"], actions),
        "temperature": sampled_at if tokens["of"] == "policy" else 1.0,
    }


def stored_of(row: dict[str, Any]) -> Stored:
    actions = row["actions"]
    correct, samples = row["bin"]
    return Stored(
        (correct, samples),
        [action["reward"] for action in actions],
        [action["context"] for action in actions],
        row["outcome"],
    )


def process_advantages(
    stored: Sequence[Stored], baseline: str, least: int, bonus: bool
) -> list[list[float]]:
    """R_a - b of each action of each rollout."""
    places = [
        (i, t, rewards) for i, one in enumerate(stored) for t, rewards in enumerate(one.rewards)
    ]

    def key(i: int, t: int) -> Hashable:
        return (stored[i].bin, t if baseline == "position" else stored[i].contexts[t])

    groups = means((key(i, t), reward) for i, t, reward in places)
    positions = means((t, reward) for _, t, reward in places)
    found: list[list[float]] = [[] for _ in stored]
    for i, t, reward in places:
        value = reward - first_large([groups[key(i, t)], positions[t]], least)
        found[i].append(value * (2 if bonus and earns_bonus(stored[i].rewards, t) else 1))
    return found


def outcome_advantages(stored: Sequence[Stored], least: int) -> list[list[float]]:
    """R_o - b of each rollout, as its only action."""
    groups = means((one.bin, one.outcome) for one in stored)
    everything = means((None, one.outcome) for one in stored)[None]
    return [[one.outcome - first_large([groups[one.bin], everything], least)] for one in stored]


def means(values: Iterable[tuple[Hashable, int]]) -> dict[Hashable, tuple[float, int]]:
    """Mean and size of each group."""
    groups: dict[Hashable, list[int]] = {}
    for key, value in values:
        groups.setdefault(key, []).append(value)
    return {key: (sum(found) / len(found), len(found)) for key, found in groups.items()}


def first_large(groups: Sequence[tuple[float, int]], least: int) -> float:
    """The mean of the first group that is large enough, else 0."""
    return next((mean for mean, size in groups if size >= least), 0.0)
