"""Our sharding configurations, executed: two processes, each with half of every weight.

accelerate itself shards on GPUs only (sharded_on_cpu.py says where, and steps over it). What is
tested is what would differ from one process: the loss, the checkpoint, the stop, the resume. FSDP
is part of torch; ZeRO is tested where deepspeed is installed, with a compiler for its operations.
"""

from __future__ import annotations

import os
import re
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from accelerate.utils.launch import prepare_deepspeed_cmd_env, prepare_multi_gpu_env
from ranks import all_end_well, start_ranks
from s2r_texts import write_trajectories
from safetensors.torch import load_file
from test_launch_configs import resolved
from test_rl_run import without_dropout

from reflection_trainer.checkpoints import complete_checkpoints
from reflection_trainer.checks import DISTRIBUTED_TYPES
from reflection_trainer.config import load_config
from reflection_trainer.estimate import checkpoint_bytes, shape_of
from reflection_trainer.gguf_io import read_gguf
from reflection_trainer.model import open_model

from trainer_runs import (
    HELD,
    curve,
    ends,
    logs,
    of_type,
    read_events,
    start,
    starts,
    write_config,
)

HERE = Path(__file__).parent
SHARDED, GIVEN = str(HERE / "sharded_on_cpu.py"), str(HERE / "given_rollouts.py")


needs_deepspeed = pytest.mark.skipif(find_spec("deepspeed") is None, reason="needs deepspeed")
ZERO2, ZERO3 = (pytest.param(kind, marks=needs_deepspeed) for kind in ("zero2", "zero3"))


def environment(kind: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `accelerate launch` sets for our configuration."""
    args, fields = resolved(kind, monkeypatch, precision="no")
    if kind == "fsdp":
        made = prepare_multi_gpu_env(args)
    else:
        args.deepspeed_fields_from_accelerate_config = ",".join(fields)
        _, made = prepare_deepspeed_cmd_env(args)
    found = {name: value for name, value in made.items() if os.environ.get(name) != value}
    return {**found, "DS_ACCELERATOR": "cpu"}


ONLINE = {
    "maxLength": 512,
    "learningRate": 1e-3,
    "klWeight": 0.05,  # its reference is sharded, too
    "rollouts": {"perProblem": 4, "problems": 4, "maxTokens": 200, "maxPromptTokens": 300},
}


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    return without_dropout(tiny_model, tmp_path_factory.mktemp("plain") / "model")


def configured(run_dir: Path, model: Path, data: Path, **fields: object) -> Path:
    """A run of one process, or of two that share the model; an export takes seconds to start."""
    common = {"maxSteps": 4, "saveEverySteps": 4, "seed": 5, "batchSize": 16, "exportGguf": False}
    write_config(run_dir, model, data, **{**common, **fields})
    return run_dir


def sharded(kind: str) -> dict[str, object]:
    return {"sharding": kind, "worldSize": 2}


@pytest.mark.parametrize("method", ["scft", "rlerr", "bi"])
@pytest.mark.parametrize("kind", ["fsdp", ZERO2, ZERO3])
def test_sharded_processes_have_the_loss_of_one(
    tmp_path: Path,
    plain_model: Path,
    dataset: Path,
    problems: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    method: str,
) -> None:
    data = {"scft": dataset, "rlerr": problems, "bi": write_trajectories(tmp_path, 32)}[method]
    settings = {
        "scft": {"exportGguf": True},
        "rlerr": ONLINE,
        "bi": {"klWeight": 0.2, "maxLength": 600},
    }[method]
    fields = {"method": method, **settings}
    one = configured(tmp_path / "one", plain_model, data, **fields)
    two = configured(tmp_path / "two", plain_model, data, **fields, **sharded(kind))
    all_end_well([start(one, GIVEN, "fixed")])
    all_end_well(start_ranks(two, 2, SHARDED, "fixed", **environment(kind, monkeypatch)))
    expected, events = curve(read_events(one)), read_events(two)
    facts = of_type(events, "run_start")[0]
    assert (facts["worldSize"], facts["distributed"]) == (2, DISTRIBUTED_TYPES[kind])
    held, whole = map(int, re.findall(r"holds (\d+) of (\d+) weights", logs(events))[0])
    assert whole == parameters(plain_model)
    assert held == whole if kind == "zero2" else held < 0.51 * whole  # which shards the optimiser
    assert ends(events) == ["ok"]
    found = curve(events)
    assert list(found) == list(expected)
    for step, metrics in expected.items():
        there = found[step]
        assert there["loss"] == pytest.approx(metrics["loss"], abs=2e-5), step
        assert there["grad_norm"] == pytest.approx(metrics["grad_norm"], rel=2e-3), step
        assert metrics["grad_norm"] > 0
    compare_checkpoints(one, two)
    # what the check of the disk counts with, before a step is done
    size = sum(complete_checkpoints(two)[-1].mark["files"].values())
    need = checkpoint_bytes(
        load_config(two / "config.json"), shape_of(open_model(plain_model).config)
    )
    assert need == pytest.approx(size, rel=0.1)


def parameters(model: Path) -> int:
    return sum(tensor.numel() for tensor in load_file(model / "model.safetensors").values())


def compare_checkpoints(one: Path, two: Path) -> None:
    """The whole model, in both forms, as if nothing had been shared."""
    plain, shared = (complete_checkpoints(run_dir)[-1].path for run_dir in (one, two))
    expected, found = (load_file(path / "model.safetensors") for path in (plain, shared))
    assert set(found) == set(expected)
    for name, tensor in expected.items():
        assert torch.allclose(found[name], tensor, atol=1e-4), name
    if not (plain / "model.gguf").exists():
        return
    exported, _ = read_gguf(shared / "model.gguf")
    weights = exported.state_dict()
    for name, tensor in found.items():
        assert torch.allclose(weights[name], tensor, atol=2e-3), name


@pytest.mark.parametrize("kind", ["fsdp", ZERO3])
def test_a_sharded_run_is_stopped_and_resumed_on_its_curve(
    tmp_path: Path, tiny_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    fields = {"maxSteps": 6, "saveEverySteps": 2, **sharded(kind)}
    whole = configured(tmp_path / "whole", tiny_model, dataset, **fields)
    broken = configured(tmp_path / "broken", tiny_model, dataset, **fields)
    program = (HELD, "2", SHARDED, "fixed")
    ranks = start_ranks(broken, 2, *program, **environment(kind, monkeypatch))
    ranks[0].until_step(2)
    ranks[1].signal(signal.SIGTERM)
    all_end_well(ranks)
    all_end_well(start_ranks(broken, 2, SHARDED, "fixed", **environment(kind, monkeypatch)))
    all_end_well(start_ranks(whole, 2, SHARDED, "fixed", **environment(kind, monkeypatch)))
    events = read_events(broken)
    assert ends(events) == ["cancelled", "ok"] and starts(events)[1][0] is not None
    assert curve(events) == curve(read_events(whole))


@pytest.mark.parametrize("kind", ["fsdp", ZERO3])
def test_sharded_processes_make_their_own_rollouts(
    tmp_path: Path, plain_model: Path, problems: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Every process generates in step with the other: weights are gathered layer by layer."""
    rollouts = {**ONLINE["rollouts"], "maxTokens": 12}
    fields = {"method": "rlerr", **ONLINE, "rollouts": rollouts, "maxSteps": 1}
    run_dir = configured(tmp_path / "run", plain_model, problems, **fields, **sharded(kind))
    all_end_well(start_ranks(run_dir, 2, SHARDED, "generated", **environment(kind, monkeypatch)))
    events = read_events(run_dir)
    assert ends(events) == ["ok"]
    assert len({event["completion"] for event in of_type(events, "rollout")}) > 1


@pytest.mark.parametrize("kind", ["fsdp", ZERO3])
def test_adapters_of_a_sharded_model_are_merged_from_their_files(
    tmp_path: Path, plain_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    fields = {"lora": {"rank": 4, "alpha": 8}, "exportGguf": True, "ggufType": "f32"}
    one = configured(tmp_path / "one", plain_model, dataset, **fields)
    two = configured(tmp_path / "two", plain_model, dataset, **fields, **sharded(kind))
    all_end_well([start(one, GIVEN, "fixed")])
    all_end_well(start_ranks(two, 2, SHARDED, "fixed", **environment(kind, monkeypatch)))
    expected, found = (curve(read_events(run_dir)) for run_dir in (one, two))
    for step, metrics in expected.items():
        assert found[step]["loss"] == pytest.approx(metrics["loss"], abs=2e-5), step
    start_weights = load_file(plain_model / "model.safetensors")
    merged, shared = (
        read_gguf(complete_checkpoints(run_dir)[-1].path / "model.gguf")[0].state_dict()
        for run_dir in (one, two)
    )
    name = "model.layers.0.self_attn.q_proj.weight"
    assert not torch.allclose(merged[name], start_weights[name], atol=1e-4), "it learnt"
    for name, tensor in merged.items():
        assert torch.allclose(shared[name], tensor, atol=1e-4), name
