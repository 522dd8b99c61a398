"""Outcome-level reinforcement learning of S2R (spec B6.2), on TRL's RLOOTrainer.

    R_o(x, y)   = R_a of the last solve, +1 or -1
    b(x, y^m)   = (1 / (M - 1)) sum_{j != m} R_o(x, y^j)          M = 4 rollouts of one problem
    A(x, y)     = R_o - b - klWeight log[pi(y | x) / pi_ref(y | x)]
    L           = -E min(r A, clip(r, 1 - eps, 1 + eps) A),   r = pi_theta(y | x) / pi_old(y | x)

r is the full product over the tokens. TRL subtracts the KL from the reward, hence also from the
siblings' baseline: with klWeight > 0 that is b of R_o - KL where the paper has b of R_o. A rollout
that is truncated has R_o = -1; one that is malformed or cannot be graded has no gradient (B5.5; the
released code trains on both, defect B6.5.4). All are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
from accelerate.utils import gather_object
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import RLOOConfig, RLOOTrainer

from .actions import outcome
from .callback import RunCallback
from .config import OnlineConfig
from .grading import Grader
from .lora import peft_config
from .method import Prepared
from .online import (
    OnlineTrainer,
    name_reference,
    prepare_problems,
    prompt_text,
    write_rollouts,
)
from .prl import Trajectory, read_trajectory, rollout_of, trajectory_metrics
from .rollouts import rollout_arguments
from .session import Session

prepare = prepare_problems


def arguments(common: dict[str, Any], config: OnlineConfig) -> RLOOConfig:
    return RLOOConfig(**common, **rollout_arguments(config), normalize_advantages=False)


def trainer(
    args: RLOOConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> OrlTrainer:
    session = callback.session
    reward = OutcomeReward(tokenizer, Grader())
    return OrlTrainer(
        session,
        reward,
        model=name_reference(model, session),
        args=args,
        processing_class=tokenizer,
        train_dataset=datasets.Dataset.from_list(prepared.rows),
        reward_funcs=[reward.outcome],
        callbacks=[callback],
        peft_config=peft_config(session.config),
    )


class OutcomeReward:
    """TRL's reward function; keeps the trajectories that it has read."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, grader: Grader) -> None:
        self.tokenizer, self.grader = tokenizer, grader
        self.end_tokens: set[int] = set()
        self.last: list[Trajectory] = []

    def outcome(
        self,
        completion_ids: Sequence[Sequence[int]],
        gold: Sequence[str],
        mode: Sequence[str],
        **_: object,
    ) -> list[float | None]:
        rows = [{"gold": g, "mode": m} for g, m in zip(gold, mode, strict=True)]
        self.last = [
            read_trajectory(
                self.tokenizer, ids, bool(ids) and ids[-1] in self.end_tokens, row, self.grader
            )
            for ids, row in zip(completion_ids, rows, strict=True)
        ]
        return [outcome_reward(one) for one in self.last]


def outcome_reward(one: Trajectory) -> float | None:
    """R_o; None: no gradient, and not in the siblings' baseline."""
    if one.flaw is not None:
        return -1.0 if one.flaw == "truncated" else None
    return float(outcome(one.actions))


class OrlTrainer(OnlineTrainer, RLOOTrainer):
    """RLOO as it is; what the rollouts were worth is measured over all processes and shown."""

    def __init__(self, session: Session, reward: OutcomeReward, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._session, self._reward = session, reward
        reward.end_tokens = {*self.eos_token_ids, self._tokenizer.pad_token_id}

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Tensor]:
        output = super()._generate_and_score_completions(inputs)
        if self.model.training:
            local = self._reward.last
            for name, value in trajectory_metrics(gather_object(local)).items():
                self._metrics["train"][name].append(value)
            rollouts = gather_object(
                [
                    rollout_of(one, prompt_text(row["prompt"]), [advantage])
                    for row, one, advantage in zip(
                        inputs, local, output["advantages"].tolist(), strict=True
                    )
                ]
            )
            step = self.state.global_step + 1
            write_rollouts(self._session, step, rollouts, self.num_generations)
        return output
