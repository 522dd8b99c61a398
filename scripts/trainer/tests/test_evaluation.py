"""Held-out problems at checkpoints: right numbers, the same problems, and no trace in training."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from reflection_trainer.config import complete_config
from reflection_trainer.evaluation import (
    Evaluation,
    critic_turns,
    generate,
    last_attempt,
    whole,
)
from reflection_trainer.model import BaseModel, open_model

from trainer_runs import curve, logs, of_type, read_events, start, write_config

MEDIA = Path(__file__).parents[3] / "media"
NANO = MEDIA / "models" / "nano.gguf"
PROBLEMS = MEDIA / "problems" / "demo-60.jsonl"
ASKED = {
    "prompts": {"solve": "{problem}", "solutionSlot": "last-attempt"},
    "evaluation": {"path": str(PROBLEMS), "maxProblems": 24, "probes": 2, "maxTokens": 400},
}


def configured(**evaluation: object) -> Any:  # noqa: ANN401 (any method's config)
    fields = {**ASKED, "evaluation": {**ASKED["evaluation"], **evaluation}}
    return complete_config(
        {"method": "scft", "model": {"path": "m"}, "data": {"path": "d"}, **fields}
    )


@pytest.fixture(scope="module")
def nano() -> BaseModel:
    return open_model(NANO)


@pytest.fixture(scope="module")
def measured(nano: BaseModel) -> tuple[dict[str, float], list[Any]]:
    return Evaluation(configured(), nano.tokenizer).run(nano.load())


def test_the_embedded_model_is_measured_in_both_modes(
    measured: tuple[dict[str, float], list[Any]],
) -> None:
    metrics, _ = measured
    assert 0.35 <= metrics["eval/generator/accuracy"] <= 0.95
    assert metrics["eval/critic/acc_t1"] == metrics["eval/generator/accuracy"]
    change = metrics["eval/critic/acc_t2"] - metrics["eval/critic/acc_t1"]
    gained = metrics["eval/critic/delta_i_to_c"] - metrics["eval/critic/delta_c_to_i"]
    assert change == pytest.approx(gained)
    assert metrics["eval/generator/length_wrong"] > 0 and metrics["eval/generator/R"] > 0
    lengths = {n[15:]: v for n, v in metrics.items() if "generator" in n and "length" in n}
    mean = lengths.pop("mean_length")
    assert set(lengths) == {"length_right", "length_wrong"}
    assert 0 < min(lengths.values()) < mean < max(lengths.values())
    assert 0 <= metrics["eval/critic/verdict_true"] <= 1
    assert metrics["eval/generator/near_duplicates"] < 0.5


def test_probes_are_the_first_problems_and_each_is_asked_twice(
    measured: tuple[dict[str, float], list[Any]],
) -> None:
    _, shown = measured
    rows = [json.loads(line) for line in PROBLEMS.read_text().splitlines()[:2]]
    assert [(a.problem.id, a.mode) for a in shown] == [
        *((row["id"], "generator") for row in rows),
        *((row["id"], "critic") for row in rows),
    ]
    assert rows[0]["problem"] in shown[2].prompt and "Please critique" in shown[2].prompt


def test_measuring_leaves_random_state_and_mode_alone_and_repeats_itself(nano: BaseModel) -> None:
    evaluation = Evaluation(configured(maxProblems=3, temperature=0.8), nano.tokenizer)
    model = nano.load().train()
    before = torch.get_rng_state()
    first, _ = evaluation.run(model)
    assert torch.equal(torch.get_rng_state(), before) and model.training
    torch.rand(3)
    assert evaluation.run(model)[0] == first


def test_our_sampler_and_generate_say_the_same(nano: BaseModel) -> None:
    turns = [[{"role": "user", "content": f"What is {a}+{b}?"}] for a, b in [(2, 3), (40, 17)]]
    prompts = [
        nano.tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False)
        for turn in turns
    ]
    model, config = nano.load().eval(), configured(batchSize=1, maxTokens=60)["evaluation"]
    ours, theirs = (
        generate(model, nano.tokenizer, prompts, {**config, "topP": top_p})
        for top_p in (1, 0.5)  # greedy both; only the first is our sampler's
    )
    assert ours == theirs


@pytest.mark.parametrize("top_p", [1, 0.5], ids=["our sampler", "transformers"])
def test_a_prompt_too_long_for_the_model_takes_no_room_from_others(
    tiny_model: Path, top_p: float
) -> None:
    base = open_model(tiny_model)
    model = base.load().eval()
    model.config.max_position_embeddings = 40
    config = {**configured(batchSize=2, maxTokens=12)["evaluation"], "topP": top_p}
    end = base.tokenizer.eos_token_id
    prompts = [[5 + i % 7 for i in range(length)] for length in (45, 3, 39, 5, 40)]
    short, *others = generate(model, base.tokenizer, [prompts[1]], config)
    found = generate(model, base.tokenizer, prompts, config)
    assert found[1] == short and not others
    assert len(short) == 12 or short[-1] == end
    assert found[0] == found[4] == [] and len(found[2]) == 1


def test_the_models_own_generation_settings_are_not_used(tiny_model: Path) -> None:
    """Qwen2.5's have a penalty of repetitions: it would be measured, and not be trained."""
    base = open_model(tiny_model)
    model, config = base.load().eval(), configured(maxTokens=30)["evaluation"]
    prompts = [[5, 6, 7, 8]]
    plain = generate(model, base.tokenizer, prompts, {**config, "topP": 0.5})
    model.generation_config.repetition_penalty = 5.0
    assert generate(model, base.tokenizer, prompts, {**config, "topP": 0.5}) == plain


@pytest.mark.parametrize(
    ("solution", "attempt", "stripped"),
    [
        ("2+2=4 \\boxed{4}", "2+2=4 \\boxed{4}", "2+2=4 \\boxed{4}"),
        ("<think>a\n\nb</think>\n\nSo \\boxed{4}", "a\n\nb \\boxed{4}", "a\n\nb\n\nSo \\boxed{4}"),
        (
            "x \\boxed{5}\n\nWait, let me recheck my solution.\n\nTherefore, the answer is "
            "incorrect.\n\nLet me try again.\n\ny \\boxed{4}",
            "y \\boxed{4}",
            None,
        ),
    ],
)
def test_what_a_critic_is_shown(solution: str, attempt: str, stripped: str | None) -> None:
    assert last_attempt(solution) == attempt
    assert whole(solution) == (stripped or solution)


def test_placeholders_in_a_problem_are_text() -> None:
    prompts = configured()["prompts"]
    turns = critic_turns(prompts, "What is {solution}?", "\\boxed{1}")
    assert turns[0]["content"].endswith("Question: What is {solution}? Solution: \\boxed{1}")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, dataset: Path) -> tuple[Path, Path]:
    """Four steps of the embedded model, with and without evaluations."""
    folder = tmp_path_factory.mktemp("evaluated")
    fields: dict[str, Any] = {"maxSteps": 4, "saveEverySteps": 2, "learningRate": 5e-4}
    ours, plain = folder / "evaluated", folder / "plain"
    evaluation = {**ASKED["evaluation"], "maxProblems": 4, "temperature": 0.7}
    write_config(ours, NANO, dataset, **fields, **{**ASKED, "evaluation": evaluation})
    write_config(plain, NANO, dataset, **fields)
    for run_dir in (ours, plain):
        status, err = start(run_dir).wait()
        assert status == 0, err
    return ours, plain


def test_a_run_is_evaluated_at_the_start_and_at_every_checkpoint(runs: tuple[Path, Path]) -> None:
    events = read_events(runs[0])
    found = of_type(events, "eval")
    assert [event["step"] for event in found] == [0, 2, 4]
    assert all("eval/critic/acc_t2" in event["metrics"] for event in found)
    probes = of_type(events, "rollout")
    by_step = [
        [(event["problemId"], event["mode"], event["prompt"][:20]) for event in group]
        for _, group in itertools.groupby(probes, lambda event: event["step"])
    ]
    assert len(by_step) == 3 and by_step[0] == by_step[1] == by_step[2]
    assert {event["stratum"] for event in probes} == {"probe"}


def test_evaluating_does_not_bend_the_curve(runs: tuple[Path, Path]) -> None:
    evaluated, plain = (curve(read_events(run_dir)) for run_dir in runs)
    assert evaluated == plain


def test_a_problem_set_that_is_not_there_is_named(
    tmp_path: Path, tiny_model: Path, dataset: Path
) -> None:
    write_config(tmp_path, tiny_model, dataset, evaluation={"path": "nowhere.jsonl"})
    status, err = start(tmp_path).wait()
    assert status == 1
    assert 'field "evaluation.path"' in err and not of_type(read_events(tmp_path), "step")
    assert not logs(read_events(tmp_path)).startswith("error")
