"""The estimate of memory and disk, held against models, autograd and whole runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    PretrainedConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen3Config,
)

from reflection_trainer.config import complete_config
from reflection_trainer.estimate import (
    checkpoint_bytes,
    layer_bytes,
    memory,
    savings,
    shape_of,
    size,
    trained_parameters,
)
from reflection_trainer.lora import peft_config

from tiny_models import records
from trainer_runs import (
    MAIN,
    PACKAGE,
    of_type,
    read_events,
    start_from_nothing,
    write_config,
    write_rows,
)

NANO = Path(__file__).parents[3] / "media" / "models" / "nano.gguf"
SIZES: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 96,
    "intermediate_size": 256,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
MODELS = {
    "qwen2": Qwen2Config(**SIZES),
    "qwen2 tied": Qwen2Config(**SIZES, tie_word_embeddings=True),
    "qwen3": Qwen3Config(**SIZES, head_dim=32),
    "llama": LlamaConfig(**SIZES),
}


def configured(**fields: object) -> Any:  # noqa: ANN401 (a config of any method)
    return complete_config(
        {"method": "scft", "model": {"path": "m"}, "data": {"path": "d"}, **fields}
    )


def build(config: PretrainedConfig, layers: int) -> PreTrainedModel:
    torch.manual_seed(0)
    config.num_hidden_layers = layers
    return AutoModelForCausalLM.from_config(config)


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_counted_as_the_model_counts_them(name: str) -> None:
    model = build(MODELS[name], 3)
    assert shape_of(model.config).parameters() == model.num_parameters()


@pytest.mark.parametrize("name", ["qwen2", "qwen3"])
def test_adapters_are_counted_as_peft_counts_them(name: str) -> None:
    from peft import get_peft_model

    config = configured(lora={"rank": 4})
    model = build(MODELS[name], 2)
    expected = trained_parameters(config, shape_of(model.config))
    adapted: Any = get_peft_model(model, peft_config(config))
    assert adapted.get_nb_trainable_parameters()[0] == expected


def kept_by_autograd(config: PretrainedConfig, layers: int, tokens: int, half: bool) -> int:
    """Bytes of everything that one forward pass leaves for the backward pass."""
    model = build(config, layers).train()
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.untyped_storage().data_ptr() not in weights:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    ids = torch.zeros((2, tokens // 2), dtype=torch.long)
    with (
        torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=half),
    ):
        model.model(ids)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["qwen2", "qwen3", "llama"])
def test_activations_of_a_layer_are_what_autograd_keeps(name: str, half: bool) -> None:
    config = MODELS[name]
    per_layer = [
        kept_by_autograd(config, 3, tokens, half) - kept_by_autograd(config, 1, tokens, half)
        for tokens in (64, 192)
    ]
    # The copies of the weights in bfloat16 do not grow with the tokens.
    measured = (per_layer[1] - per_layer[0]) / 2 / 128
    assert layer_bytes(shape_of(config), half) == pytest.approx(measured, rel=0.02)


def test_memory_grows_and_shrinks_as_it_should() -> None:
    shape = shape_of(build(MODELS["qwen2"], 2).config)
    base = configured(batchSize=8, microBatchSize=4)

    def total(processes: int = 1, longest: int = 100, **fields: object) -> float:
        return memory({**base, **fields}, shape, longest, processes, False).total

    now = total()
    assert total(microBatchSize=8) > now > total(microBatchSize=2)
    assert total(longest=200) > now
    assert total(gradientCheckpointing=True) < now
    lora = configured(lora={"rank": 2})["lora"]
    assert total(lora=lora) < now
    shared = [total(2, sharding=kind, batchSize=16) for kind in ("none", "zero2", "zero3")]
    assert shared == sorted(shared, reverse=True) and len(set(shared)) == 3
    rlerr = configured(method="rlerr", batchSize=8, microBatchSize=4)
    plain = memory(rlerr, shape, 100, 1, False)
    assert plain.cache > 0 and plain.reference == 0
    guarded = memory({**rlerr, "klWeight": 0.01}, shape, 100, 1, False)
    assert guarded.reference == 4 * shape.parameters()


def test_a_1_5b_model_needs_what_is_known_of_it() -> None:
    """Qwen2.5-1.5B: 1.54 billion parameters; 16 bytes each with AdamW in float32."""
    config = Qwen2Config(
        vocab_size=151936,
        hidden_size=1536,
        intermediate_size=8960,
        num_hidden_layers=28,
        num_attention_heads=12,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    shape = shape_of(config)
    assert shape.parameters() == 1_543_714_304
    need = memory(configured(), shape, 1000, 1, True)
    assert need.held == 16 * shape.parameters()
    assert checkpoint_bytes(configured(), shape) == 14 * shape.parameters()


def test_advice_is_given_with_numbers_and_only_where_it_helps() -> None:
    shape = shape_of(build(MODELS["qwen2"], 2).config)
    ways = savings(configured(microBatchSize=1, gradientCheckpointing=True), shape, 50, 1, False)
    assert ways == [w for w in ways if w.startswith('set "lora"') and w.endswith(" less")]
    assert size(1.25e9) == "1.2 GB" and size(3e6) == "3 MB"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model, trained for two steps of 32 long records at a time."""
    run_dir = tmp_path_factory.mktemp("measured")
    rows = [{**row, "c": f"{row['c']}\n" * 7} for row in records(40)]
    data = write_rows(run_dir / "long.jsonl", rows)
    write_config(run_dir, NANO, data, batchSize=32, microBatchSize=32, maxSteps=2)
    # From nothing: what is in memory before is part of what is measured.
    status, err = start_from_nothing(run_dir).wait()
    assert status == 0, err
    return run_dir


def test_the_estimate_holds_for_a_run_of_the_embedded_model(measured: Path) -> None:
    events = read_events(measured)
    facts = of_type(events, "run_start")[0]
    expected = facts["estimate"]["memory"]["total"]
    used = of_type(events, "step")[-1]["memoryBytes"] - facts["memory"]["before"]
    print(f"\nestimated {size(expected)}, used {size(used)}, ratio {used / expected:.2f}")
    assert 0.75 < used / expected < 1.5  # what importing the trainers takes is in it
    folder = measured / of_type(events, "checkpoint")[-1]["path"]
    on_disk = sum(path.stat().st_size for path in folder.iterdir())
    assert facts["estimate"]["disk"]["checkpoint"] == pytest.approx(on_disk, rel=0.1)


def test_estimate_prints_json_and_starts_nothing(tmp_path: Path, dataset: Path) -> None:
    config = write_config(tmp_path, NANO, dataset, method="scft", maxSteps=None, epochs=2)
    ended = subprocess.run(
        [*MAIN, "--config", str(config), "--estimate"],
        env={"PYTHONPATH": str(PACKAGE), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ended.stdout)
    assert (found["records"], found["steps"], found["dropped"]) == (40, 10, 0)
    assert found["parameters"] == 923_904 and found["memory"]["total"] > 16 * 923_904
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json"]
    config.write_text(json.dumps({**json.loads(config.read_text()), "epoch": 2}))
    wrong = subprocess.run(
        [*MAIN, "--config", str(config), "--estimate"],
        env={"PYTHONPATH": str(PACKAGE), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 2 and 'did you mean "epochs"?' in wrong.stderr
