"""Low-rank adapters: trained, resumed, merged, exported, trained on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from reflection_trainer.checkpoints import complete_checkpoints
from reflection_trainer.errors import UserError
from reflection_trainer.gguf_io import read_lineage
from reflection_trainer.model import open_model

from trainer_runs import curve, of_type, read_events, start, write_config

CONSTANT: dict[str, Any] = {"scheduler": "constant", "warmupRatio": 0, "saveEverySteps": 2}


def trained(run_dir: Path, model: Path, dataset: Path, **fields: Any) -> Path:  # noqa: ANN401
    write_config(run_dir, model, dataset, **CONSTANT, **fields)
    status, err = start(run_dir).wait()
    assert status == 0, err
    return complete_checkpoints(run_dir)[-1].path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lora")


@pytest.fixture(scope="module")
def checkpoint(folder: Path, tiny_model: Path, dataset: Path) -> Path:
    return trained(folder / "whole", tiny_model, dataset, lora={"rank": 4}, maxSteps=4)


def test_a_checkpoint_holds_the_adapter_and_the_merged_model_for_llama_cpp(
    checkpoint: Path, tiny_model: Path
) -> None:
    assert not (checkpoint / "model.safetensors").exists()
    base = json.loads((checkpoint / "adapter_config.json").read_text())["base_model_name_or_path"]
    assert base == str(tiny_model)
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        merged = open_model(checkpoint).load().eval()(ids).logits
        exported = open_model(checkpoint / "model.gguf").load().eval()(ids).logits
        before = open_model(tiny_model).load().eval()(ids).logits
    assert torch.allclose(merged, exported, atol=0.05)
    assert (merged - before).abs().max() > 0.05, "training moved nothing"


def test_the_gguf_says_where_it_came_from(checkpoint: Path, tiny_model: Path) -> None:
    found = read_lineage(checkpoint / "model.gguf")
    mark = json.loads((checkpoint / "complete.json").read_text())
    assert found["trainedFrom"] == str(tiny_model)
    assert (found["method"], found["step"]) == ("scft", "4")
    assert found["dataSha256"] == mark["dataSha256"]


def test_the_base_stays_and_a_longer_run_goes_on_as_if_never_ended(
    checkpoint: Path, folder: Path, tiny_model: Path, dataset: Path
) -> None:
    run_dir = folder / "resumed"
    trained(run_dir, tiny_model, dataset, lora={"rank": 4}, maxSteps=2)
    trained(run_dir, tiny_model, dataset, lora={"rank": 4}, maxSteps=4)
    assert curve(read_events(run_dir)) == curve(read_events(folder / "whole"))


def test_an_adapter_is_exported_alone_and_can_be_trained_on(
    checkpoint: Path, folder: Path, dataset: Path
) -> None:
    run_dir = folder / "alone"
    settings = {"rank": 2, "export": "adapter"}
    last = trained(run_dir, checkpoint, dataset, lora=settings, maxSteps=2)
    assert (last / "adapter.gguf").is_file() and not (last / "model.gguf").exists()
    assert of_type(read_events(run_dir), "checkpoint")[-1]["gguf"] is False
    assert (
        open_model(last).load().num_parameters() == open_model(checkpoint).load().num_parameters()
    )


def test_an_adapter_without_its_base_is_named(checkpoint: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(checkpoint, tmp_path / "moved")
    settings = json.loads((moved / "adapter_config.json").read_text())
    gone = {**settings, "base_model_name_or_path": str(tmp_path / "gone")}
    (moved / "adapter_config.json").write_text(json.dumps(gone))
    with pytest.raises(UserError, match="is an adapter of .*gone, which is not here"):
        open_model(moved)
