"""Mistakes that are known before the first step: each with its name, place and remedy."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from reflection_trainer import run as running
from reflection_trainer.checkpoints import Checkpoint
from reflection_trainer.checks import FREE, check_processes, check_same_run
from reflection_trainer.config import TrainConfig, load_config, method_schema
from reflection_trainer.errors import ConfigError, UserError
from reflection_trainer.events import EventWriter
from reflection_trainer.model import open_model
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest

from trainer_runs import PATIENCE, ends, read_events, start_from_nothing, write_config, write_rows


def outcome(run_dir: Path) -> running.Outcome:
    """What `run_end` would say, in this process."""
    config = load_config(run_dir / "config.json")
    return running._outcome(
        Session(config, run_dir, EventWriter(run_dir / "events.jsonl"), StopRequest())
    )


def failure(run_dir: Path) -> str:
    end = outcome(run_dir)
    assert end.status == "failed" and end.error is not None and end.code
    return end.error


def test_a_wrong_config_ends_with_status_2_before_anything_is_loaded(tmp_path: Path) -> None:
    write_config(tmp_path, Path("m"), Path("d"), learningRat=1)
    status, err = start_from_nothing(tmp_path).wait()
    assert status == 2
    assert 'config.json: field "learningRat": unknown field; did you mean "learningRate"?' in err
    assert ends(read_events(tmp_path)) == ["failed"]
    assert not (tmp_path / "trainer").exists()


def test_a_wrong_config_does_not_end_a_run_that_is_trained(tmp_path: Path) -> None:
    """Nor does every one of several processes end it."""
    me, error = psutil.Process(), ConfigError("wrong")
    facts = {"pid": me.pid, "processStart": me.create_time(), "host": platform.node()}
    events = EventWriter(tmp_path / "events.jsonl")
    events.write("run_start", **facts)
    running.tell_refusal(tmp_path, error)
    assert '"run_end"' not in events.path.read_text()
    events.path.unlink()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RANK", "1")
        running.tell_refusal(tmp_path, error)
        assert not events.path.exists()
    running.tell_refusal(tmp_path, error)
    assert ends(read_events(tmp_path)) == ["failed"]


@pytest.mark.parametrize("arguments", [["--config", "nowhere/config.json"], [], ["--confg", "x"]])
def test_wrong_usage_ends_with_status_2(tmp_path: Path, arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "reflection_trainer", *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 2 and ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_model_there(tmp_path: Path, dataset: Path) -> None:
    write_config(tmp_path, tmp_path / "missing", dataset)
    assert failure(tmp_path) == (
        f'config.json: field "model.path": {tmp_path / "missing"} does not exist'
    )


def test_something_that_is_no_model(tmp_path: Path, dataset: Path) -> None:
    write_config(tmp_path, dataset, dataset)
    assert "neither a Hugging Face directory nor a GGUF file" in failure(tmp_path)
    write_config(tmp_path, dataset.parent, dataset)
    assert "is not a model: it has no config.json" in failure(tmp_path)


def test_a_broken_gguf(tmp_path: Path, dataset: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(20))
    write_config(tmp_path, tmp_path / "broken.gguf", dataset)
    assert "broken.gguf: cannot be read as a GGUF model: " in failure(tmp_path)


@pytest.fixture
def model_copy(tmp_path: Path, tiny_model: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def test_weights_that_are_cut(tmp_path: Path, model_copy: Path, dataset: Path) -> None:
    weights = model_copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    write_config(tmp_path / "run", model_copy, dataset)
    assert f"{model_copy}: the weights cannot be loaded: " in failure(tmp_path / "run")


def test_a_directory_without_tokenizer(tmp_path: Path, model_copy: Path, dataset: Path) -> None:
    (model_copy / "tokenizer.json").unlink()
    with pytest.raises(UserError, match="has no tokenizer: copy tokenizer.json into it"):
        open_model(model_copy)


def test_a_tokenizer_without_chat_template(model_copy: Path) -> None:
    (model_copy / "chat_template.jinja").unlink()
    with pytest.raises(UserError, match="tokenizer has no chat template; .*chat_template.jinja"):
        open_model(model_copy)


def test_a_tokenizer_without_end(model_copy: Path) -> None:
    edit(model_copy / "tokenizer_config.json", eos_token=None)
    with pytest.raises(UserError, match="no end-of-sequence token; set eos_token"):
        open_model(model_copy)


def test_a_tokenizer_of_another_model(model_copy: Path) -> None:
    edit(model_copy / "config.json", vocab_size=300)
    with pytest.raises(UserError, match="tokens, the model only 300; use the tokenizer"):
        open_model(model_copy)


def edit(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_no_dataset_there(tmp_path: Path, tiny_model: Path) -> None:
    write_config(tmp_path, tiny_model, tmp_path / "missing.jsonl")
    assert 'field "data.path": ' in failure(tmp_path)
    write_rows(tmp_path / "missing.jsonl", [])
    assert "the dataset is empty" in failure(tmp_path)


def test_a_batch_that_cannot_be_split(tmp_path: Path, tiny_model: Path, dataset: Path) -> None:
    write_config(tmp_path, tiny_model, dataset, batchSize=10, microBatchSize=4)
    assert failure(tmp_path).endswith("per process and step (batchSize 10); use 2")


def test_fewer_processes_than_asked_for(tmp_path: Path, tiny_model: Path, dataset: Path) -> None:
    write_config(tmp_path, tiny_model, dataset, worldSize=2)
    assert failure(tmp_path) == (
        'config.json (field "worldSize") asks for 2 processes, but 1 are running; start the run '
        "with torchrun --nproc_per_node 2"
    )


def test_processes_that_would_never_meet(
    tmp_path: Path, tiny_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What torchrun tells its processes with `--master_port 0`; they would wait for ever."""
    monkeypatch.setenv("MASTER_PORT", "0")
    write_config(tmp_path, tiny_model, dataset)
    end = outcome(tmp_path)
    assert end.code == "no-port" and "--standalone" in str(end.remedy)


@pytest.mark.parametrize("launched", ["FSDP", "DEEPSPEED"])
def test_sharding_that_the_configuration_does_not_say(
    trained: tuple[TrainConfig, Checkpoint], launched: str
) -> None:
    """It would be evaluated and exported as if every process had the whole model."""
    config, _ = trained
    with pytest.raises(UserError, match=f"the launcher shards the model .{launched}."):
        check_processes(2, 2, config, None, launched)


def test_a_disk_too_small_for_one_checkpoint(
    tmp_path: Path, tiny_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    write_config(tmp_path, tiny_model, dataset)
    assert "a checkpoint needs about 2 MB and its disk has 0 MB free" in failure(tmp_path)


def test_a_stop_before_the_first_step(tmp_path: Path, tiny_model: Path, dataset: Path) -> None:
    write_config(tmp_path, tiny_model, dataset)
    config = load_config(tmp_path / "config.json")
    stop = StopRequest()
    stop.requested = True
    session = Session(config, tmp_path, EventWriter(tmp_path / "events.jsonl"), stop)
    assert running._outcome(session) == running.Outcome("cancelled")
    assert not (tmp_path / "checkpoints").exists()


def test_out_of_memory_says_what_to_change(
    tmp_path: Path, tiny_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from transformers import Trainer

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(Trainer, "training_step", full)
    write_config(tmp_path, tiny_model, dataset)
    end = outcome(tmp_path)
    assert end.code == "out-of-memory"
    assert str(end.error).startswith("out of memory in step 1: about ")
    assert re.fullmatch(
        r'in config.json lower "microBatchSize" from 4 to 2 \(batchSize may stay\): about \d+ MB '
        r'less, or set "gradientCheckpointing" to true: about \d+ MB less, or lower "maxLength" to '
        r'\d+: about \d+ MB less, or set "lora" to {}: about \d+ MB less',
        str(end.remedy),
    )


def test_another_error_keeps_its_name(
    tmp_path: Path, tiny_model: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import Trainer

    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Trainer, "training_step", broken)
    write_config(tmp_path, tiny_model, dataset)
    assert failure(tmp_path) == "ZeroDivisionError: by zero"


@pytest.fixture
def trained(tmp_path: Path, tiny_model: Path, dataset: Path) -> tuple[TrainConfig, Checkpoint]:
    config = load_config(write_config(tmp_path, tiny_model, dataset))
    mark: dict[str, Any] = {"dataSha256": "ab", "config": config, "worldSize": 1}
    return config, Checkpoint(4, Path("step-000004"), mark)


@pytest.mark.parametrize("field", sorted(set(method_schema("scft")["properties"]) - FREE))
def test_a_checkpoint_does_not_go_on_under_other_settings(
    trained: tuple[TrainConfig, Checkpoint], field: str
) -> None:
    config, last = trained
    check_same_run(last.mark, last)
    changed: Any = {**config, field: "other"}
    with pytest.raises(UserError, match=f'"{field}": is other, but step-000004 was trained with'):
        check_same_run({**last.mark, "config": changed}, last)


def test_a_checkpoint_does_not_go_on_with_other_data(
    trained: tuple[TrainConfig, Checkpoint],
) -> None:
    _, last = trained
    with pytest.raises(UserError, match="not the one step-000004 was trained on; restore it"):
        check_same_run({**last.mark, "dataSha256": "cd"}, last)


def test_a_run_may_be_made_longer(trained: tuple[TrainConfig, Checkpoint]) -> None:
    config, last = trained
    longer: Any = {**config, "epochs": 99, "maxSteps": 99, "saveEverySteps": 7, "threads": 2}
    check_same_run({**last.mark, "config": longer}, last)


def test_a_checkpoint_of_more_processes(trained: tuple[TrainConfig, Checkpoint]) -> None:
    config, last = trained
    check_processes(1, 1, config, last, "NO")
    two = Checkpoint(4, last.path, {**last.mark, "worldSize": 2})
    with pytest.raises(UserError, match="step-000004 asks for 2 processes, but 1 are running"):
        check_processes(1, 1, config, two, "NO")
    with pytest.raises(UserError, match="the launcher asks for 4 processes"):
        check_processes(1, 4, config, None, "NO")


def test_a_live_trainer_is_told_from_a_dead_one(tmp_path: Path) -> None:
    events = EventWriter(tmp_path / "events.jsonl")
    path = events.path
    me = psutil.Process()
    facts = {"pid": me.pid, "processStart": me.create_time(), "host": platform.node()}
    assert running.live_trainer(tmp_path / "none.jsonl") is None
    events.write("run_start", **facts)
    assert running.live_trainer(path) == me.pid
    events.write("run_start", **{**facts, "processStart": me.create_time() - 100})
    assert running.live_trainer(path) is None, "the pid belongs to another process by now"
    events.write("run_start", **{**facts, "host": "another"})
    assert running.live_trainer(path) is None
    events.write("run_start", **facts)
    events.write("run_end", status="ok", error=None)
    assert running.live_trainer(path) is None
    path.write_bytes(path.read_bytes() + b'{"type": "run_st\n[1]\n')
    assert running.live_trainer(path) is None
