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

from typing import Any

from accelerate.utils import gather_object
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import RLOOConfig, RLOOTrainer

from .callback import RunCallback
from .config import OnlineConfig
from .grading import Grader
from .method import Prepared
from .online import (
    OnlineTrainer,
    prepare_problems,
    prompt_text,
    trainer_inputs,
    write_rollouts,
)
from .rollouts import rollout_arguments
from .session import Session
from .trajectories import OutcomeReward, rollout_of, trajectory_metrics

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
    reward = OutcomeReward(tokenizer, Grader())
    inputs = trainer_inputs(args, model, tokenizer, prepared, callback)
    return OrlTrainer(callback.session, reward, reward_funcs=[reward.outcome], **inputs)


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
