"""Process-level reinforcement learning of S2R (spec B6.3), on TRL's GRPOTrainer.

    context(a_t) = (R_a(a_1), ..., R_a(a_{t-1}))
    b(a_t)       = mean of R_a over all actions with that context, over the batch of rollouts
    A(a_t)       = R_a(a_t) - b(a_t) - klWeight log[pi_old(a_t | .) / pi_ref(a_t | .)]
    L            = -E (1 / |y|_a) sum_a min(r_a A_a, clip(r_a, 1 - eps, 1 + eps) A_a)

The batch is that of all processes and all problems. r_a is the ratio of the action's mean
log-probabilities (`ratio: action`, ours: the paper's product explodes for actions of hundreds of
tokens; the released code does the same), or one ratio a token (`ratio: token`, TRL's own loss).
The markers belong to verifications (actions.py) and the end of turn to the last action, so that
the decisions to check, to retry and to stop get a gradient, which the released code denies them.
Rollouts that are truncated, malformed or cannot be graded have no gradient and are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from accelerate.utils import gather_object
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import GRPOConfig, GRPOTrainer

from .actions import Action, earns_bonus
from .callback import RunCallback
from .config import PrlConfig
from .grading import Grader
from .method import Prepared
from .online import (
    OnlineTrainer,
    in_groups,
    prepare_problems,
    prompt_text,
    trainer_inputs,
    write_rollouts,
)
from .rollouts import rollout_arguments
from .session import Session
from .trajectories import OutcomeReward, Trajectory, rollout_of, trajectory_metrics

prepare = prepare_problems
NO_ACTION = -1


def arguments(common: dict[str, Any], config: PrlConfig) -> GRPOConfig:
    # "grpo" averages over the rollouts of a pass, as the expectation does
    return GRPOConfig(**common, **rollout_arguments(config), loss_type="grpo")


def trainer(
    args: GRPOConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prepared: Prepared,
    callback: RunCallback,
) -> PrlTrainer:
    reward = OutcomeReward(tokenizer, Grader())
    inputs = trainer_inputs(args, model, tokenizer, prepared, callback)
    return PrlTrainer(callback.session, reward, reward_funcs=[reward.outcome], **inputs)


def context_baselines(trajectories: Sequence[Sequence[Action]], least: int) -> dict[str, float]:
    """b of each reward context; 0 for contexts with fewer than `least` actions."""
    rewards: dict[str, list[int]] = {}
    for actions in trajectories:
        for action in actions:
            rewards.setdefault(action.context, []).append(action.reward)
    return {
        context: sum(found) / len(found) if len(found) >= least else 0.0
        for context, found in rewards.items()
    }


def process_advantages(
    actions: Sequence[Action], baselines: dict[str, float], bonus: bool
) -> list[float]:
    """R_a - b of each action; `bonus` doubles as the released code does (B6.4)."""
    rewards = [action.reward for action in actions]
    return [
        (action.reward - baselines[action.context])
        * (2 if bonus and earns_bonus(rewards, i) else 1)
        for i, action in enumerate(actions)
    ]


class PrlTrainer(OnlineTrainer, GRPOTrainer):
    """GRPO with an advantage for each token and, with `ratio: action`, a ratio for each action."""

    def __init__(self, session: Session, reward: OutcomeReward, **kwargs: Any) -> None:  # noqa: ANN401
        config: Any = session.config
        self._session, self._reward = session, reward
        self._ratio, self._bonus = config["ratio"], config["bonus"]
        self._least = config["minGroup"]
        super().__init__(**kwargs)
        reward.end_tokens = {*self.eos_token_ids, self._tokenizer.pad_token_id}

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Tensor]:
        output = super()._generate_and_score_completions(inputs)
        ids, local = output["completion_ids"], self._reward.last
        everyone = gather_object(local)  # a collective: baselines are over all processes
        baselines = context_baselines([one.actions for one in everyone], self._least)
        advantages = torch.zeros(ids.shape, dtype=torch.float32, device=ids.device)
        actions = torch.full(ids.shape, NO_ACTION, dtype=torch.long, device=ids.device)
        for i, one in enumerate(local):
            if not one.actions:
                continue
            per_action = process_advantages(one.actions, baselines, self._bonus)
            where = torch.tensor(one.where, device=ids.device)
            actions[i, : len(where)] = where
            values = torch.tensor(per_action, dtype=torch.float32, device=ids.device)
            advantages[i, : len(where)] = values[where]
        output["advantages"], output["action"] = advantages, actions
        if self.model.training:
            self._observe(inputs, local, everyone, baselines)
        return output

    def _compute_loss(self, model: PreTrainedModel, inputs: dict[str, Tensor]) -> Tensor:
        if self._ratio == "token":
            inputs = {**inputs, "advantages": self._with_kl(model, inputs)}
            beta, self.beta = self.beta, 0.0  # the KL is in the advantage, not in the loss
            try:
                return super()._compute_loss(model, inputs)
            finally:
                self.beta = beta
        logps, entropies = self._log_probabilities(model, inputs)
        old = inputs.get("old_per_token_logps")
        old = logps.detach() if old is None else old
        mask = inputs["completion_mask"].float()
        gap = old - inputs["ref_per_token_logps"] if self.beta else torch.zeros_like(old)
        loss, clipped = action_loss(
            logps, old, inputs["advantages"], inputs["action"], self.epsilon_low, self.beta * gap
        )
        sums = torch.stack([(entropies * mask).sum(), (gap * mask).sum(), mask.sum()]).detach()
        spread, distance, count = self.accelerator.reduce(sums, reduction="sum")
        self._metrics["train"]["entropy"].append((spread / count.clamp(min=1)).item())
        if self.beta:
            self._metrics["train"]["kl"].append((distance / count.clamp(min=1)).item())
        self._metrics["train"]["clip_ratio/region_mean"].append(clipped.item())
        return loss / self.current_gradient_accumulation_steps

    def _with_kl(self, model: PreTrainedModel, inputs: dict[str, Tensor]) -> Tensor:
        """Advantages less the KL of each action, summed over its tokens."""
        if not self.beta:
            return inputs["advantages"]
        old = inputs.get("old_per_token_logps")
        if old is None:  # on-policy: the policy of the rollouts is the present one
            with torch.no_grad():
                old, _ = self._log_probabilities(model, inputs)
        membership = one_hot(inputs["action"])
        gap = (old - inputs["ref_per_token_logps"]).unsqueeze(-1) * membership
        kl = (gap.sum(1, keepdim=True) * membership).sum(-1)
        return inputs["advantages"] - self.beta * kl

    def _log_probabilities(
        self, model: PreTrainedModel, inputs: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """(B, T) of the completion's tokens, and the entropies there."""
        ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1)
        seen = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1)
        width = inputs["completion_ids"].size(1)
        logps, entropies, _ = self._get_per_token_logps_and_entropies(
            model, ids, seen, width, compute_entropy=True
        )
        return logps, entropies

    def _observe(
        self,
        inputs: list[dict[str, Any]],
        local: list[Trajectory],
        everyone: list[Trajectory],
        baselines: dict[str, float],
    ) -> None:
        for name, value in trajectory_metrics(everyone).items():
            self._metrics["train"][name].append(value)
        self._metrics["train"]["s2r/contexts"].append(float(len(baselines)))
        advantages = [process_advantages(one.actions, baselines, self._bonus) for one in local]
        # TRL's is of outcomes: where they are equal, verifications may still teach something.
        taught = gather_object([any(values) for values in advantages])
        fruitless = [not any(group) for group in in_groups(taught, self.num_generations)]
        self._metrics["train"]["frac_reward_zero_std"][-1] = sum(fruitless) / len(fruitless)
        own = [
            rollout_of(one, prompt_text(row["prompt"]), values)
            for row, one, values in zip(inputs, local, advantages, strict=True)
        ]
        rollouts = gather_object(own)
        write_rollouts(self._session, self.state.global_step + 1, rollouts, self.num_generations)


def one_hot(action: Tensor) -> Tensor:
    """(B, T) action indices -> (B, T, A) membership; tokens of no action belong nowhere."""
    count = int(action.max()) + 1
    if count <= 0:
        return torch.zeros((*action.shape, 1), device=action.device)
    hot = torch.nn.functional.one_hot(action.clamp(min=0), count).float()
    return hot * (action >= 0).unsqueeze(-1)


def action_loss(
    logps: Tensor,
    old: Tensor,
    advantages: Tensor,
    action: Tensor,
    epsilon: float,
    kl: Tensor | None = None,
    kl_mean: bool = False,
) -> tuple[Tensor, Tensor]:
    """-(1/B) sum_i (1/|y_i|_a) sum_a min(r_a A_a, clip(r_a) A_a), and the share of clipped actions.

    All of shape (B, T). r_a is exp of the mean over the action's tokens of logps - old. `kl`
    (klWeight times the log-ratio of each token, a constant) is taken from the advantage: summed
    over the action's tokens (B6.4), or their mean (B7). Rollouts without an action count in B.
    """
    membership = one_hot(action)
    size = membership.sum(1)  # (B, A) tokens of each action

    def per_action(tokens: Tensor) -> Tensor:
        return (tokens.unsqueeze(-1) * membership).sum(1) / size.clamp(min=1)

    advantage = per_action(advantages)
    if kl is not None:
        advantage = advantage - per_action(kl.detach()) * (1 if kl_mean else size)
    ratio = torch.exp(per_action(logps - old))
    bounded = ratio.clamp(1 - epsilon, 1 + epsilon)
    exists = (size > 0).float()
    gain = torch.min(ratio * advantage, bounded * advantage) * exists
    clipped = ((ratio * advantage > bounded * advantage).float() * exists).sum()
    loss = -(gain.sum(1) / exists.sum(1).clamp(min=1)).mean()
    return loss, clipped / exists.sum().clamp(min=1)
