"""The objectives: the spec's vectors, gradients against plain references, and the right sign."""

from __future__ import annotations

import copy
import math
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import s2r_texts
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from s2r_texts import check, join, solve
from torch import Tensor
from transformers import PreTrainedModel
from trl import RLOOTrainer

from reflection_trainer import offline, stored
from reflection_trainer.actions import Action
from reflection_trainer.arguments import common_arguments
from reflection_trainer.callback import RunCallback
from reflection_trainer.config import complete_config
from reflection_trainer.events import EventWriter
from reflection_trainer.method import load_method
from reflection_trainer.model import BaseModel
from reflection_trainer.online import Rollout, choose
from reflection_trainer.prl import (
    action_loss,
    context_baselines,
    earns_bonus,
    process_advantages,
)
from reflection_trainer.sampler import Sampler
from reflection_trainer.scft import NO_LOSS
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest
from reflection_trainer.stored import Stored, outcome_advantages

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


def shake(model: PreTrainedModel) -> None:
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.02 * torch.randn(parameter.shape, generator=draw)


# --- RLERR


TEXTS = [
    "The answer is 5. Wait, 2+2=4, so that is wrong. \\boxed{4}",
    "So \\boxed{4}",
    "So \\boxed{5}",
    "The answer is 4. Wait, 2+2=5, so that is wrong. \\boxed{5}",
]
REWARDS = [1 + 0.5 * 0.8, 1 + 0.5 * 0.5, 0.5 * 0.2, 0.5 * 0.1]


def test_rlerr_advantages_are_those_of_the_spec(tmp_path: Path) -> None:
    """A4.2, but for eps: TRL's is 1e-4."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS)
    give_rollouts(trainer, TEXTS)
    _, output = scored(trainer)
    group = torch.tensor(REWARDS)
    expected = (group - group.mean()) / (group.std() + 1e-4)
    assert torch.allclose(output["advantages"], expected.repeat(PROBLEMS), atol=1e-5)
    metrics = trainer._metrics["train"]
    assert metrics["rewards/outcome/mean"][0] == pytest.approx(0.5)
    assert metrics["rewards/reflection/mean"][0] == pytest.approx(0.4)
    assert metrics["reflection/err"][0] == 1 / 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reward": {"reflectionWeight": 0}}, [1.0, 1.0, 0.0, 0.0]),
        ({"reward": {"outcomeWeight": 0}}, [0.4, 0.25, 0.1, 0.05]),
    ],
)
def test_the_ablations_leave_one_part_out(
    tmp_path: Path, changes: dict[str, Any], expected: list[float]
) -> None:
    fields = {"method": "rlerr", "rollouts": ROLLOUTS, "scaleRewards": "none", **changes}
    trainer = trainer_of(tmp_path, problems(tmp_path), **fields)
    give_rollouts(trainer, TEXTS)
    _, output = scored(trainer)
    group = torch.tensor(expected)
    wanted = (group - group.mean()).repeat(PROBLEMS)
    assert torch.allclose(output["advantages"], wanted, atol=1e-6)


def test_rlerr_undetermined_rollouts_have_no_gradient_and_no_part_in_the_mean(
    tmp_path: Path,
) -> None:
    """TRL takes None from one reward function for 0; both say None here."""
    trainer = trainer_of(
        tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS, scaleRewards="none"
    )
    give_rollouts(trainer, TEXTS)
    grader = trainer._parts.scorer.grader
    plain = grader.grade
    grader.grade = lambda a, g, m: "undetermined" if a == "5" else plain(a, g, m)
    _, output = scored(trainer)
    kept = torch.tensor(REWARDS[:2])
    wanted = torch.cat([kept - kept.mean(), torch.zeros(2)]).repeat(PROBLEMS)
    # the first trace names 5 on its way, which is then not scorable: right without a reflection
    assert output["advantages"][2::GROUP].abs().max() == 0
    assert output["advantages"][3::GROUP].abs().max() == 0
    assert torch.allclose(output["advantages"].sum(), torch.tensor(0.0), atol=1e-6)
    assert wanted.shape == output["advantages"].shape
    assert trainer._metrics["train"]["reward/undetermined"] == [0.5]


def test_a_group_without_variance_has_no_gradient(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, problems(tmp_path), method="rlerr", rollouts=ROLLOUTS)
    give_rollouts(trainer, [TEXTS[1]])
    _, output = scored(trainer)
    assert output["advantages"].abs().max() < 1e-3
    assert gradients(trainer.model, trainer._compute_loss(trainer.model, output)).norm() < 1e-3
    assert trainer._metrics["train"]["frac_reward_zero_std"] == [1.0]
    assert trainer._metrics["train"]["reward/reflection_only_groups"][0] == 0


@pytest.mark.parametrize("loss_type", ["dapo", "dr_grpo"])
def test_rlerr_gradient_is_that_of_the_formula(tmp_path: Path, loss_type: str) -> None:
    """Off policy and clipped; DAPO divides by all tokens, Dr. GRPO by a constant."""
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="rlerr",
        rollouts={**ROLLOUTS, "iterations": 2},
        lossType=loss_type,
        scaleRewards="none" if loss_type == "dr_grpo" else "group",
    )
    give_rollouts(trainer, TEXTS)
    _, output = scored(trainer)
    shift = torch.linspace(-0.4, 0.4, output["completion_ids"].size(1))
    output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    mask = output["completion_mask"].float()
    ratio = torch.exp(log_probabilities(trainer.model, output) - output["old_per_token_logps"])
    advantage = output["advantages"][:, None]
    gain = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage) * mask
    divisor = len(mask) * 256 if loss_type == "dr_grpo" else mask.sum()
    reference = gradients(trainer.model, -gain.sum() / divisor)
    assert torch.allclose(ours, reference, atol=2e-6) and reference.norm() > 1e-3


# --- S2R, online


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


def test_the_vectors_of_b63() -> None:
    """Contexts: "" {+1, +1, -1, -1} -> 0; "R-" {+1, -1} -> 0; "R+" {+1, +1} -> 1 and A = 0."""
    batch = [acts(word) for word in ("R+V+", "R+V+", "R-V+", "R-V-")]
    baselines = context_baselines(batch, 1)
    assert baselines == {"": 0, "R+": 1, "R-": 0}
    assert [process_advantages(one, baselines, False) for one in batch] == [
        [1, 0],
        [1, 0],
        [-1, 1],
        [-1, -1],
    ]
    assert context_baselines(batch, 3) == {"": 0, "R+": 0, "R-": 0}


@given(st.lists(st.sampled_from(["R+V+", "R-V+R+V+", "R-V-", "R-V+R-V+", "R+V-R-V+"]), min_size=1))
def test_the_advantages_of_a_context_sum_to_nothing(words: list[str]) -> None:
    batch = [acts(word) for word in words]
    baselines = context_baselines(batch, 1)
    sums: dict[str, float] = {}
    for one in batch:
        for action, value in zip(one, process_advantages(one, baselines, False), strict=True):
            sums[action.context] = sums.get(action.context, 0) + value
    assert all(abs(total) < 1e-9 for total in sums.values())


def test_the_bonus_is_the_released_codes() -> None:
    word = acts("R-V+R+V+R+V-")
    assert [earns_bonus(word, i) for i in range(6)] == [False, False, True, True, False, True]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            [TRAJECTORIES[0], TRAJECTORIES[1], TRAJECTORIES[2], TRAJECTORIES[3]],
            [4 / 3] * 2 + [-4 / 3] * 2,
        ),
        ([TRAJECTORIES[0], *[TRAJECTORIES[3]] * 3], [2, -2 / 3, -2 / 3, -2 / 3]),
        ([TRAJECTORIES[0]] * 4, [0, 0, 0, 0]),
        ([TRAJECTORIES[0], TRAJECTORIES[3], solve(4), solve(5)], [2, -2, 0, 0]),
    ],
)
def test_orl_advantages_are_the_vectors_of_b62(
    tmp_path: Path, texts: list[str], expected: list[float]
) -> None:
    """The last: malformed rollouts have no gradient and are nobody's baseline."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="orl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, texts)
    _, output = scored(trainer)
    wanted = torch.tensor(expected, dtype=torch.float32).repeat(PROBLEMS)
    assert torch.allclose(output["advantages"], wanted, atol=1e-6)


def test_orl_gradient_is_that_of_the_product_of_ratios(tmp_path: Path) -> None:
    """B6.2, against a plain reference: sign and clipping (defect B6.5.1 has the sign inverted)."""
    trainer = trainer_of(tmp_path, problems(tmp_path), method="orl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    output["old_logps"] = output["old_logps"] + torch.linspace(-0.3, 0.3, GROUP * PROBLEMS)
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    logps = (log_probabilities(trainer.model, output) * output["completion_mask"]).sum(1)
    ratio, advantage = torch.exp(logps - output["old_logps"]), output["advantages"]
    gain = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
    reference = gradients(trainer.model, -gain.mean())
    assert torch.allclose(ours, reference, atol=1e-4, rtol=1e-3) and reference.norm() > 1e-2


def plain_prl(logps: Tensor, old: Tensor, output: dict[str, Tensor], kl: Tensor | None) -> Tensor:
    """B6.3, action by action."""
    total = torch.tensor(0.0)
    for i in range(len(logps)):
        parts = []
        for action in range(int(output["action"][i].max()) + 1):
            tokens = output["action"][i] == action
            advantage = output["advantages"][i][tokens][0]
            if kl is not None:
                advantage = advantage - kl[i][tokens].sum()
            ratio = torch.exp((logps[i][tokens] - old[i][tokens]).mean())
            parts.append(torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage))
        total = total - (torch.stack(parts).mean() if parts else 0.0)
    return total / len(logps)


@pytest.mark.parametrize("kl", [0.0, 0.5])
def test_prl_gradient_is_that_of_the_formula(tmp_path: Path, kl: float) -> None:
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts={**ROLLOUTS, "iterations": 2},
        klWeight=kl,
    )
    give_rollouts(trainer, [*TRAJECTORIES[:3], solve(4)])
    _, output = scored(trainer)
    assert (output["action"][3] == -1).all() and (output["advantages"][3] == 0).all()
    shift = torch.linspace(-0.5, 0.5, output["completion_ids"].size(1))
    old = output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    penalty = kl * (old - output["ref_per_token_logps"]) if kl else None
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, output))
    logps = log_probabilities(trainer.model, output)
    reference = gradients(trainer.model, plain_prl(logps, old, output, penalty))
    assert torch.allclose(ours, reference, atol=2e-6) and reference.norm() > 1e-3


def test_prl_with_one_ratio_a_token_is_trls_loss_with_these_advantages(tmp_path: Path) -> None:
    """Where the methods coincide: one advantage for all tokens is GRPO's own."""
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts=ROLLOUTS,
        klWeight=0,
        ratio="token",
    )
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    same = {**output, "advantages": torch.arange(12.0)}
    spread = {**output, "advantages": same["advantages"][:, None].expand_as(output["advantages"])}
    ours = gradients(trainer.model, trainer._compute_loss(trainer.model, spread))
    theirs = gradients(trainer.model, trainer._compute_loss(trainer.model, same))
    assert torch.equal(ours, theirs) and theirs.norm() > 0


def test_prl_with_one_ratio_a_token_takes_the_kl_of_the_action(tmp_path: Path) -> None:
    trainer = trainer_of(
        tmp_path,
        problems(tmp_path),
        method="prl",
        rollouts={**ROLLOUTS, "iterations": 2},
        klWeight=0.5,
        ratio="token",
    )
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    shift = torch.linspace(-0.3, 0.3, output["completion_ids"].size(1))
    old = output["old_per_token_logps"] = output["old_per_token_logps"] + shift
    found = trainer._with_kl(trainer.model, output)
    gap = old - output["ref_per_token_logps"]
    for i in range(4):
        for action in range(int(output["action"][i].max()) + 1):
            tokens = output["action"][i] == action
            wanted = output["advantages"][i][tokens] - 0.5 * gap[i][tokens].sum()
            assert torch.allclose(found[i][tokens], wanted, atol=1e-5)
    assert trainer._compute_loss(trainer.model, output).isfinite() and trainer.beta == 0.5


def test_every_token_has_the_advantage_of_its_action(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, problems(tmp_path), method="prl", rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, TRAJECTORIES)
    _, output = scored(trainer)
    # contexts: "" {+,-,-,-}, "R+" {+}, "R-" {+,+,-}, "R-V+" {+,-}, "R-V+R+" {+}, "R-V+R-" {-}
    expected = [
        [1.5, 0],
        [-0.5, 2 / 3, 1, 0],
        [-0.5, 2 / 3, -1, 0],
        [-0.5, -4 / 3],
    ]
    for i, per_action in enumerate(expected):
        size = int(output["completion_mask"][i].sum())
        where = output["action"][i][:size]
        wanted = torch.tensor(per_action)[where]
        assert torch.allclose(output["advantages"][i][:size], wanted, atol=1e-6)
        assert where[-1] == len(per_action) - 1, "the end belongs to the last action"
        assert (output["advantages"][i][size:] == 0).all()


@pytest.mark.parametrize("method", ["rlerr", "orl", "prl"])
def test_one_step_makes_a_good_rollout_likelier(tmp_path: Path, method: str) -> None:
    """A finite difference: the sign error of B6.5.1 lowers log pi of what has A > 0."""
    texts = TRAJECTORIES if method != "rlerr" else TEXTS
    trainer = trainer_of(tmp_path, problems(tmp_path), method=method, rollouts=ROLLOUTS, klWeight=0)
    give_rollouts(trainer, texts)
    _, output = scored(trainer)
    model = trainer.model
    mask = output["completion_mask"]
    advantages = output["advantages"]
    weights = advantages if advantages.dim() == 2 else advantages[:, None] * mask

    def weighted() -> float:
        model.eval()
        with torch.no_grad():
            return float((log_probabilities(model, output) * weights).sum())

    before = weighted()
    model.train()
    gradients(model, trainer._compute_loss(model, output))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad
    assert weighted() > before + 1e-5


@given(
    seed=st.integers(0, 10_000), rows=st.integers(1, 4), width=st.integers(1, 9), mean=st.booleans()
)
@settings(max_examples=60)
def test_the_action_loss_is_its_plain_form(seed: int, rows: int, width: int, mean: bool) -> None:
    draw = torch.Generator().manual_seed(seed)

    def random_rows() -> Tensor:
        return torch.randn(rows, width, generator=draw)

    logps, old, kl = random_rows(), random_rows(), random_rows()
    action = torch.randint(-1, 4, (rows, width), generator=draw)
    values = torch.randn(rows, 5, generator=draw)
    advantages = values.gather(1, action.clamp(min=0))
    got, _ = action_loss(logps, old, advantages, action, 0.2, kl, kl_mean=mean)
    total = 0.0
    for i in range(rows):
        parts = []
        for a in sorted(set(action[i].tolist()) - {-1}):
            tokens = action[i] == a
            penalty = kl[i][tokens].mean() if mean else kl[i][tokens].sum()
            advantage = values[i][a] - penalty
            ratio = math.exp((logps[i][tokens] - old[i][tokens]).mean())
            parts.append(float(min(ratio * advantage, min(max(ratio, 0.8), 1.2) * advantage)))
        total -= sum(parts) / len(parts) if parts else 0.0
    assert got.item() == pytest.approx(total / rows, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("method", ["rlerr", "orl", "prl"])
@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_rollouts_are_sampled_with_and_without_our_sampler(
    tmp_path: Path, method: str, top_p: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something is cut from the distribution, transformers generates."""
    calls = []
    plain = Sampler.run
    monkeypatch.setattr(Sampler, "run", lambda *args: calls.append(1) or plain(*args))
    wanted = {**ROLLOUTS, "maxTokens": 8, "topP": top_p}
    trainer = trainer_of(tmp_path, problems(tmp_path), method=method, rollouts=wanted, klWeight=0)
    rows, output = scored(trainer)
    assert output["completion_ids"].shape == (len(rows), 8)
    assert len({tuple(row) for row in output["completion_ids"].tolist()}) > 1
    assert len(calls) == (1 if top_p == 1 else 0)


# --- BI


def bi_rows(folder: Path) -> Path:
    draw = random.Random(3)
    rows = [
        {
            "prompt": f"Sum {i}?",
            "system": None,
            "answer": join(s2r_texts.trajectory(draw, 1 + i % 3)),
        }
        for i in range(6)
    ]
    return write_rows(folder / "s2r.jsonl", rows)


@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_bi_is_masked_cross_entropy_and_the_kl_to_the_start(tmp_path: Path, weight: float) -> None:
    trainer = trainer_of(
        tmp_path, bi_rows(tmp_path), method="bi", klWeight=weight, batchSize=6, microBatchSize=6
    )
    trainer.model.train()
    with torch.no_grad():  # away from the start, where the KL and its gradient are nothing
        for parameter in trainer.model.parameters():
            parameter += 0.02 * torch.randn(
                parameter.shape, generator=torch.Generator().manual_seed(1)
            )
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


# --- S2R, offline


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
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.01 * torch.randn(
                parameter.shape, generator=torch.Generator().manual_seed(2)
            )
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
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= 0.01 * parameter.grad
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


# --- Rollouts as events


def test_the_rollouts_that_are_shown_are_of_every_kind() -> None:
    def made(total: float, advantage: float, truncated: bool = False) -> Rollout:
        return Rollout("p", str(total), {"outcome": total}, advantage, truncated)

    rollouts = [made(1, 0.5), made(0, -0.5), made(0.2, 0.1, True), made(0.5, 0.1)]
    rollouts += [made(0.7, 0.0)] * 2
    found = choose(rollouts, 2, 4)
    assert [(name, r.completion) for name, r in found] == [
        ("best", "1"),
        ("worst", "0"),
        ("truncated", "0.2"),
        ("zero-variance", "0.7"),
    ]
    assert len(choose(rollouts, 2, 100)) == 6 and choose(rollouts, 2, 0) == []
