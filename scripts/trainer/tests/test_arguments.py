"""From config.json to TRL's arguments: schedules, batches of rollouts, vLLM, reporters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import get_scheduler
from trl import GRPOConfig, RLOOConfig

from reflection_trainer.arguments import common_arguments, schedule, total_steps
from reflection_trainer.config import complete_config
from reflection_trainer.errors import ConfigError
from reflection_trainer.rollouts import block_steps, rollout_arguments


def configured(**fields: object) -> Any:  # noqa: ANN401 (a config of any method)
    return complete_config(
        {"method": "scft", "model": {"path": "m"}, "data": {"path": "d"}, **fields}
    )


def rates(total: int, **fields: object) -> list[float]:
    """The learning rate of every step, by transformers' own schedulers."""
    course = schedule(configured(**fields), total)
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    course_of = get_scheduler(
        course["lr_scheduler_type"],
        optimiser,
        course["warmup_steps"],
        total,
        course.get("lr_scheduler_kwargs"),
    )
    found = []
    for _ in range(total + 1):
        found.append(course_of.get_last_lr()[0])
        optimiser.step()
        course_of.step()
    return found


def test_s2r_warms_up_five_steps_and_ends_at_a_tenth() -> None:
    found = rates(100, method="bi")
    assert found[5] == 1 and found[4] < 1 and found[100] == pytest.approx(0.1)


def test_scft_warms_up_a_tenth_of_the_steps_and_ends_at_nothing() -> None:
    found = rates(100)
    assert found[10] == 1 and found[9] < 1 and found[100] == pytest.approx(0)
    constant = rates(20, scheduler="constant", warmupRatio=0)
    assert set(constant) == {1.0}


def test_reporters_go_to_trl_as_they_are(tmp_path: Path) -> None:
    config = configured(reportTo=["tensorboard", "wandb"], maxGradNorm=0.5)
    common = common_arguments(config, tmp_path, 10, 1)
    assert common["report_to"] == ["tensorboard", "wandb"] and common["max_grad_norm"] == 0.5


@pytest.mark.parametrize(("method", "made"), [("orl", RLOOConfig), ("prl", GRPOConfig)])
def test_s2r_makes_256_rollouts_for_four_steps_of_64(
    method: str,
    made: type[Any],
    tmp_path: Path,
) -> None:
    config = configured(method=method, microBatchSize=4, precision="float32")
    common = common_arguments(config, tmp_path, 10_000, 1)
    args = made(**common, **rollout_arguments(config))
    assert args.generation_batch_size == 256 and args.num_generations == 4
    assert args.gradient_accumulation_steps == 16
    assert args.steps_per_generation == 4 * args.gradient_accumulation_steps
    assert (args.temperature, args.epsilon, args.beta) == (0.7, 0.2, 0.05)
    assert block_steps(config) == 4


def test_rlerr_makes_one_step_of_512_rollouts(tmp_path: Path) -> None:
    config = configured(method="rlerr", precision="float32")
    args = GRPOConfig(**common_arguments(config, tmp_path, 17_000, 1), **rollout_arguments(config))
    assert args.generation_batch_size == 512 == config["batchSize"]
    assert block_steps(config) == 1 and args.max_steps == 200
    by_epochs = configured(method="rlerr", maxSteps=None)
    assert total_steps(by_epochs, 17_000, 1) == 266  # 17,000 / 64, rounded up


def test_iterations_lengthen_a_block() -> None:
    config = configured(method="orl", rollouts={"iterations": 2}, maxSteps=None, epochs=1)
    assert block_steps(config) == 8
    assert total_steps(config, 640, 1) == 80


def test_a_batch_that_does_not_divide_the_rollouts_is_named() -> None:
    with pytest.raises(ConfigError, match='"batchSize": 48 does not divide the 256 rollouts'):
        rollout_arguments(configured(method="orl", batchSize=48))


def test_vllm_runs_in_the_processes_or_on_a_server() -> None:
    def given(**vllm: object) -> dict[str, Any]:
        return rollout_arguments(configured(method="rlerr", rollouts={"vllm": vllm}))

    inside = given(memoryShare=0.4, tensorParallel=2)
    assert inside["vllm_mode"] == "colocate" and inside["vllm_gpu_memory_utilization"] == 0.4
    assert inside["vllm_tensor_parallel_size"] == 2 and inside["vllm_max_model_length"] == 17_408
    server = given(mode="server", serverUrl="http://node1:8000")
    assert server["vllm_server_base_url"] == "http://node1:8000" and server["use_vllm"]
    with pytest.raises(ConfigError, match='"rollouts.vllm.serverUrl": missing'):
        given(mode="server")
