"""RLERR: reinforcement learning with effective reflection rewards (spec A4), on TRL's GRPOTrainer.

    r(y) = r_out(y) + lambda r_ref(y)                                     see rewards.py
    A_i  = (r_i - mean_g r) / (std_g r + eps)      g: the rollouts of one problem
    L    = -E (1 / sum |y_i|) sum_i sum_t min(w_it A_i, clip(w_it, 1 - 0.2, 1 + 0.2) A_i)
           [+ klWeight KL_k3],   w_it = pi_theta(y_it | .) / pi_old(y_it | .)

Single turn: y is sampled from the problem alone; the critic mode is not used. Where TRL differs
from the formula: eps is 1e-4 (1e-6 in the spec), and the rollouts of a group with std 0, whose
advantage is made 0 here, still count in sum |y_i|. `lossType: dr_grpo` with `scaleRewards: none` is
the form without the division by std, in which noise of the score is not magnified where all answers
of a group are right, or all wrong: there A is made of r_ref alone
(`reward/reflection_only_groups`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from accelerate.utils import gather_object
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import GRPOConfig, GRPOTrainer

from .callback import RunCallback
from .config import RlerrConfig
from .events import EventWriter
from .grading import Grader
from .judge import Judge, require_judge
from .method import Prepared
from .model import BaseModel
from .online import (
    OnlineTrainer,
    Rollout,
    completion_text,
    in_groups,
    prepare_problems,
    prompt_text,
    text_metrics,
    trainer_inputs,
    write_rollouts,
)
from .rewards import Asked, Scored, Scorer, reward_metrics
from .rollouts import rollout_arguments
from .session import Session

JUDGE_CACHE = "judge.jsonl"


def prepare(config: RlerrConfig, base: BaseModel, events: EventWriter) -> Prepared:
    reward = config["reward"]
    if reward["source"] == "judge":
        require_judge(reward["judge"])
    if reward["reflectionWeight"] >= reward["outcomeWeight"] > 0:
        events.log(
            "warning",
            f"reward.reflectionWeight {reward['reflectionWeight']:g} is not below outcomeWeight "
            f"{reward['outcomeWeight']:g}: a wrong answer can earn more than a right one",
        )
    return prepare_problems(config, base, events)


def arguments(common: dict[str, Any], config: RlerrConfig) -> GRPOConfig:
    reward = config["reward"]
    return GRPOConfig(
        **common,
        **rollout_arguments(config),
        loss_type=config["lossType"],
        scale_rewards=config["scaleRewards"],
        reward_weights=[reward["outcomeWeight"], reward["reflectionWeight"]],
    )


def trainer(
    args: GRPOConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> RlerrTrainer:
    session: Any = callback.session
    reward = session.config["reward"]
    judge = None
    if reward["source"] == "judge":
        judge = Judge(require_judge(reward["judge"]), session.run_dir / JUDGE_CACHE)
    parts = RewardParts(Scorer(reward, Grader(), judge))
    rewards = [parts.outcome, parts.reflection]
    inputs = trainer_inputs(args, model, tokenizer, prepared, callback)
    return RlerrTrainer(parts, session, reward_funcs=rewards, **inputs)


class RewardParts:
    """TRL's two reward functions over one scoring: called in order, for the same rollouts."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.end_tokens: set[int] = set()
        self.last: list[Scored] = []

    def outcome(
        self,
        completions: Sequence[str | list[dict[str, str]]],
        completion_ids: Sequence[Sequence[int]],
        problem: Sequence[str],
        gold: Sequence[str],
        mode: Sequence[Any],
        **_: object,
    ) -> list[float | None]:
        asked = [Asked(*row) for row in zip(problem, gold, mode, strict=True)]
        truncated = [not ids or ids[-1] not in self.end_tokens for ids in completion_ids]
        texts = [completion_text(completion) for completion in completions]
        scored = self.scorer.score(asked, texts, truncated)
        self.last = [
            replace(one, tokens=len(ids)) for one, ids in zip(scored, completion_ids, strict=True)
        ]
        return [scored.outcome for scored in self.last]

    def reflection(self, **_: object) -> list[float | None]:
        return [scored.reflection for scored in self.last]


class RlerrTrainer(OnlineTrainer, GRPOTrainer):
    """GRPO as it is; what the rollouts were worth is measured over all processes and shown."""

    def __init__(self, parts: RewardParts, session: Session, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._parts, self._session = parts, session
        parts.end_tokens = {*self.eos_token_ids, self._tokenizer.pad_token_id}

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Tensor]:
        output = super()._generate_and_score_completions(inputs)
        if self.model.training:
            scored = gather_object(self._parts.last)  # a collective: every process calls it
            self._leave_out_equal_groups(scored, output["advantages"])
            self._observe(inputs, output, scored)
        return output

    def _leave_out_equal_groups(self, scored: Sequence[Scored], advantages: Tensor) -> None:
        """No advantage in groups with std 0: TRL's mean may differ from them in the last bit."""
        weights, size = self.args.reward_weights, self.num_generations
        equal = [are_equal(group, weights) for group in in_groups(scored, size)]
        first = self.accelerator.process_index * len(advantages)
        mine = [equal[(first + i) // size] for i in range(len(advantages))]
        advantages.masked_fill_(torch.tensor(mine, device=advantages.device), 0)
        self._metrics["train"]["frac_reward_zero_std"][-1] = sum(equal) / len(equal)

    def _observe(
        self, inputs: list[dict[str, Any]], output: dict[str, Tensor], scored: list[Scored]
    ) -> None:
        texts = self._tokenizer.batch_decode(output["completion_ids"], skip_special_tokens=True)
        local = [
            Rollout(
                prompt_text(row["prompt"]),
                text,
                {"outcome": one.outcome, "reflection": one.reflection},
                advantage,
                one.is_truncated,
            )
            for row, text, one, advantage in zip(
                inputs, texts, self._parts.last, output["advantages"].tolist(), strict=True
            )
        ]
        rollouts = gather_object(local)
        metrics = reward_metrics(scored) | text_metrics(rollouts)
        metrics["reward/reflection_only_groups"] = reflection_only_groups(
            scored, rollouts, self.num_generations
        )
        judge = self._parts.scorer.judge
        if judge is not None:
            metrics |= judge.metrics(gather_object([judge.spent]))
        for name, value in metrics.items():
            self._metrics["train"][name].append(value)
        write_rollouts(self._session, self.state.global_step + 1, rollouts, self.num_generations)


def are_equal(group: Sequence[Scored], weights: Sequence[float]) -> bool:
    """Whether all rewards that are known are the same, but for rounding."""
    known = [
        weights[0] * one.outcome + weights[1] * one.reflection
        for one in group
        if one.outcome is not None and one.reflection is not None
    ]
    return not known or max(known) - min(known) < 1e-6


def reflection_only_groups(
    scored: Sequence[Scored], rollouts: Sequence[Rollout], size: int
) -> float:
    """Share of groups whose advantages come from the reflection reward alone."""
    pairs = zip(in_groups(scored, size), in_groups(rollouts, size), strict=True)
    alone = [
        len({row.outcome for row in rows}) == 1 and any(made.advantage != 0 for made in group)
        for rows, group in pairs
    ]
    return sum(alone) / len(alone)
