"""A checkpoint says the same in transformers and in llama.cpp: 50 prompts, greedily.

Two engines round differently, so that they may choose differently where two tokens are nearly as
likely: a first difference counts only where the reference's lead is larger than `TIE` times the
spread of its logits. Most prompts must have no difference at all.
"""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from reflection_trainer.config import complete_config
from reflection_trainer.gguf_io import read_gguf, read_lineage, write_adapter_gguf, write_gguf
from reflection_trainer.gguf_io.rope import rope_factors, rope_parameters
from reflection_trainer.lora import merged_copy, peft_config

from tiny_models import records, tokenizer
from trainer_runs import PATIENCE

ROOT = Path(__file__).parents[3]
NODE = ROOT / "node_modules" / ".bin" / "node"
NANO = ROOT / "media" / "models" / "nano.gguf"
PROMPTS = 50
TIE = {"f16": 0.02, "q8_0": 0.2}
MOST = {"f16": 35, "q8_0": 25}  # how many of 50 have near ties differs from processor to processor
pytestmark = pytest.mark.skipif(not NODE.exists(), reason="needs node-llama-cpp")


SCALED = {
    **{"rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0},
    **{"low_freq_factor": 1.0, "high_freq_factor": 4.0},
    "original_max_position_embeddings": 64,  # so that prompts of the tests reach beyond
}
KINDS: dict[str, tuple[type[PretrainedConfig], dict[str, Any]]] = {
    "qwen2": (Qwen2Config, {"tie_word_embeddings": True}),
    "qwen2-untied": (Qwen2Config, {"tie_word_embeddings": False}),
    "qwen3": (Qwen3Config, {"head_dim": 32, "tie_word_embeddings": False}),
    "qwen3-tied": (Qwen3Config, {"head_dim": 32, "tie_word_embeddings": True}),
    "llama": (LlamaConfig, {}),
    "llama-tied": (LlamaConfig, {"tie_word_embeddings": True}),
    "llama-bias": (LlamaConfig, {"attention_bias": True, "mlp_bias": True}),
    "llama-scaled": (LlamaConfig, {"head_dim": 32, "rope_parameters": SCALED}),
}


def tiny(kind: str, tokens: PreTrainedTokenizerFast, shaken: bool = True) -> PreTrainedModel:
    """`shaken`: random, also where a new model has zeros and ones, in biases and norms."""
    made, more = KINDS[kind]
    sizes: dict[str, Any] = {
        "vocab_size": len(tokens) + 5,  # padded embeddings, as large models have them
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.3,
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
    }
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(made(**sizes, **more)).eval()
    for name, parameter in model.named_parameters() if shaken else ():
        if name.endswith(".bias") or "norm" in name:
            torch.nn.init.normal_(parameter, mean=float("norm" in name), std=0.3)
    return model


def ask_llama(
    folder: Path,
    model: Path,
    prompts: list[list[int]],
    limit: int,
    **more: Any,  # noqa: ANN401
) -> dict[str, list[list[int]]]:
    request = {"model": str(model), "adapter": None, "prompts": prompts, "limit": limit, **more}
    request.setdefault("texts", [])
    (folder / "request.json").write_text(json.dumps(request))
    script = Path(__file__).parent / "llama_greedy.mjs"
    command = [str(NODE), str(script), str(folder / "request.json"), str(folder / "result.json")]
    subprocess.run(command, check=True, timeout=PATIENCE, cwd=ROOT)
    return json.loads((folder / "result.json").read_text())


@torch.inference_mode()
def unexcused(
    model: PreTrainedModel, prompts: list[list[int]], outputs: list[list[int]], tie: float
) -> tuple[int, int]:
    """(first differences that are no ties, prompts without any difference)."""
    wrong = same = 0
    for prompt, output in zip(prompts, outputs, strict=True):
        logits = model(torch.tensor([prompt + output])).logits[0, len(prompt) - 1 : -1]
        best = logits.argmax(-1)
        differ = (best != torch.tensor(output)).nonzero()
        if len(differ) == 0:
            same += 1
            continue
        at = int(differ[0, 0])
        lead = float(logits[at, best[at]] - logits[at, output[at]])
        wrong += lead > tie * float(logits[at].std())
    return wrong, same


def questions(tokens: PreTrainedTokenizerFast, texts: list[str]) -> list[list[int]]:
    return [
        tokens.apply_chat_template(
            [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=False
        )
        for text in texts
    ]


@pytest.mark.parametrize(
    ("kind", "style", "dtype"),
    [
        ("qwen2", "chatml", "f16"),
        ("qwen2", "reasoner", "q8_0"),
        ("qwen2-untied", "chatml", "f16"),
        ("qwen3", "chatml", "f16"),
        ("qwen3", "chatml", "q8_0"),
        ("qwen3-tied", "chatml", "f16"),
        ("llama", "llama3", "f16"),
        ("llama", "llama3", "q8_0"),
        ("llama-tied", "llama3", "f16"),
        ("llama-bias", "llama3", "f16"),
        ("llama-scaled", "llama3", "f16"),
        ("llama-scaled", "llama3", "q8_0"),
    ],
)
def test_a_tiny_model_says_the_same_in_both(
    tmp_path: Path, kind: str, style: str, dtype: str
) -> None:
    tokens = tokenizer(style)
    path = tmp_path / "model.gguf"
    # with Q8_0 llama.cpp rounds what flows, too: near ties become many
    model = tiny(kind, tokens, shaken=dtype == "f16")
    write_gguf(model, tokens, path, dtype, lineage={"recipe": "scft-nano"})
    assert read_lineage(path) == {"recipe": "scft-nano"}
    reference, again = read_gguf(path)
    texts = [str(row["prompt"]) for row in records(PROMPTS, seed=5)]
    prompts = questions(tokens, texts)
    limit = 16 if dtype == "f16" else 6
    found = ask_llama(tmp_path, path, prompts, limit, texts=texts)
    assert found["texts"] == [again(text)["input_ids"] for text in texts]
    assert found["texts"] == [tokens(text)["input_ids"] for text in texts]
    assert reference.config.rope_parameters == model.config.rope_parameters
    wrong, same = unexcused(reference.eval(), prompts, found["outputs"], TIE[dtype])
    assert wrong == 0 and same >= MOST[dtype], same


def test_scaled_positions_are_not_plain_ones(tmp_path: Path) -> None:
    """The same weights without the scaling say something else: the test above can fail."""
    tokens = tokenizer("llama3")
    scaled = tiny("llama-scaled", tokens)
    plain = copy.deepcopy(scaled)
    plain.config.rope_parameters = {"rope_type": "default", "rope_theta": SCALED["rope_theta"]}
    prompts = questions(tokens, [str(row["prompt"]) for row in records(5, seed=5)])
    outputs = []
    for name, model in (("scaled", scaled), ("plain", plain)):
        write_gguf(model, tokens, tmp_path / f"{name}.gguf", "f32")
        outputs.append(ask_llama(tmp_path, tmp_path / f"{name}.gguf", prompts, 12)["outputs"])
    assert outputs[0] != outputs[1]


@pytest.mark.parametrize(
    ("published", "head"),
    [  # Llama 3.1, Llama 3.2 1B
        ({"factor": 8.0, "original_max_position_embeddings": 8192}, 128),
        ({"factor": 32.0, "original_max_position_embeddings": 8192}, 64),
    ],
)
def test_factors_of_published_models_are_those_of_transformers(
    published: dict[str, Any], head: int
) -> None:
    rope = {**SCALED, "rope_theta": 500_000.0, **published}
    config = LlamaConfig(hidden_size=8 * head, num_attention_heads=8, rope_parameters=rope)
    frequencies, _ = ROPE_INIT_FUNCTIONS["llama3"](config)
    plain = 500_000.0 ** -(torch.arange(0, head, 2) / head)
    factors = rope_factors(rope, head)
    assert torch.allclose(torch.tensor(factors), plain / frequencies, rtol=1e-5)
    assert rope_parameters(factors, 500_000.0, head) == rope


def test_a_scaling_that_llama_3_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no scaling of positions as Llama 3 has it"):
        rope_parameters(np.linspace(1, 8, 32, dtype=np.float32), 10_000.0, 64)


@pytest.mark.parametrize("dtype", ["f16", "q8_0"])
def test_the_embedded_model_says_the_same_in_both(tmp_path: Path, dtype: str) -> None:
    rows = [json.loads(line) for line in _problems().read_text().splitlines()][:PROMPTS]
    model, tokens = read_gguf(NANO)
    path = tmp_path / "nano.gguf"
    write_gguf(model, tokens, path, dtype)
    reference, _ = read_gguf(path)
    prompts = questions(tokens, [row["problem"] for row in rows])
    outputs = ask_llama(tmp_path, path, prompts, 120)["outputs"]
    wrong, same = unexcused(reference.eval(), prompts, outputs, TIE[dtype])
    assert len(prompts) == PROMPTS and wrong == 0 and same >= 40, same  # it has learnt to be sure
    if dtype == "q8_0":
        assert path.stat().st_size < 0.6 * NANO.stat().st_size


def _problems() -> Path:
    return ROOT / "media" / "problems" / "demo-60.jsonl"


@pytest.mark.parametrize("kind", ["qwen2", "llama"])
def test_an_adapter_does_in_llama_cpp_what_it_does_when_merged(tmp_path: Path, kind: str) -> None:
    from peft import get_peft_model

    tokens = tokenizer("chatml")
    base = tiny(kind, tokens)
    write_gguf(base, tokens, tmp_path / "base.gguf", "f32")
    fields = {"method": "scft", "model": {"path": "m"}, "data": {"path": "d"}}
    settings = complete_config({**fields, "lora": {"rank": 4, "alpha": 6}})
    adapted: Any = get_peft_model(base, peft_config(settings))
    torch.manual_seed(1)
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:  # zeros before training
            torch.nn.init.normal_(parameter, std=0.3)
    write_adapter_gguf(adapted, tmp_path / "adapter.gguf", {"method": "scft"})
    merged = merged_copy(adapted).eval()
    prompts = questions(tokens, [str(row["prompt"]) for row in records(PROMPTS, seed=5)])
    plain = ask_llama(tmp_path, tmp_path / "base.gguf", prompts, 12)["outputs"]
    adapter = str(tmp_path / "adapter.gguf")
    outputs = ask_llama(tmp_path, tmp_path / "base.gguf", prompts, 12, adapter=adapter)["outputs"]
    assert outputs != plain, "the adapter changes nothing"
    wrong, same = unexcused(merged, prompts, outputs, TIE["f16"])
    assert wrong == 0 and same >= 40, same
