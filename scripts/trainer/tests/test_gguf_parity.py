"""A checkpoint says the same in transformers and in llama.cpp: 50 prompts, greedily.

Two engines round differently, so that they may choose differently where two tokens are nearly as
likely: a first difference counts only where the reference's lead is larger than `TIE` times the
spread of its logits. Most prompts must have no difference at all.
"""

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
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

from reflection_trainer.config import complete_config
from reflection_trainer.gguf_io import read_gguf, read_lineage, write_adapter_gguf, write_gguf
from reflection_trainer.lora import merged_copy, peft_config

from tiny_models import records, tokenizer
from trainer_runs import PATIENCE

ROOT = Path(__file__).parents[3]
NODE = ROOT / "node_modules" / ".bin" / "node"
NANO = ROOT / "media" / "models" / "nano.gguf"
PROMPTS = 50
TIE = {"f16": 0.02, "q8_0": 0.2}
pytestmark = pytest.mark.skipif(not NODE.exists(), reason="needs node-llama-cpp")


def tiny(kind: str, tokens: PreTrainedTokenizerFast) -> PreTrainedModel:
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
    configs: dict[str, PretrainedConfig] = {
        "qwen2": Qwen2Config(**sizes, tie_word_embeddings=True),
        "qwen3": Qwen3Config(**sizes, head_dim=32),
        "llama": LlamaConfig(**sizes),
    }
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(configs[kind]).eval()


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
        ("qwen3", "chatml", "f16"),
        ("qwen3", "chatml", "q8_0"),
        ("llama", "llama3", "f16"),
        ("llama", "llama3", "q8_0"),
    ],
)
def test_a_tiny_model_says_the_same_in_both(
    tmp_path: Path, kind: str, style: str, dtype: str
) -> None:
    tokens = tokenizer(style)
    path = tmp_path / "model.gguf"
    write_gguf(tiny(kind, tokens), tokens, path, dtype, lineage={"recipe": "scft-nano"})
    assert read_lineage(path) == {"recipe": "scft-nano"}
    reference, again = read_gguf(path)
    texts = [str(row["prompt"]) for row in records(PROMPTS, seed=5)]
    prompts = questions(tokens, texts)
    limit = 16 if dtype == "f16" else 6
    found = ask_llama(tmp_path, path, prompts, limit, texts=texts)
    assert found["texts"] == [again(text)["input_ids"] for text in texts]
    assert found["texts"] == [tokens(text)["input_ids"] for text in texts]
    wrong, same = unexcused(reference.eval(), prompts, found["outputs"], TIE[dtype])
    assert wrong == 0 and same >= (45 if dtype == "f16" else 25), same


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
    assert len(prompts) == PROMPTS and wrong == 0 and same >= 45, same
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
