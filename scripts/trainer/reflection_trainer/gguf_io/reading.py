"""Reading a GGUF file: transformers' own loader behind a check of the header.

A broken or hostile file must end in a `ValueError` that names it, never in a crash, an endless loop
or silently random weights.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from numpy.typing import DTypeLike
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from .names import ARCHITECTURES, LINEAGE
from .rope import FACTORS, rope_parameters

ATTENTION = ("attn_q", "attn_k", "attn_v", "attn_output")
FEED_FORWARD = ("ffn_gate", "ffn_up", "ffn_down")


def read_gguf(path: str | Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The model (f32 weights) and the tokenizer of a GGUF file, quantized or not."""
    path = Path(path)
    check_gguf(path)
    with tempfile.TemporaryDirectory() as folder:
        # Alone: transformers would also look at what lies beside it, such as an adapter.
        alone = Path(folder) / path.name
        try:
            alone.symlink_to(path.resolve())
        except OSError:  # Windows, without the right to make links
            shutil.copyfile(path, alone)
        return _read_alone(alone)


def _read_alone(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    config = AutoConfig.from_pretrained(path.parent, gguf_file=path.name)
    # transformers does not look at these
    reader = _BoundedReader(path)
    head = reader.fields.get(f"{config.model_type}.attention.key_length")
    if head is not None:
        config.head_dim = int(head.contents())
    names = {tensor.name for tensor in reader.tensors}
    for setting, name in (("attention_bias", ATTENTION[0]), ("mlp_bias", FEED_FORWARD[0])):
        if hasattr(config, setting):
            setattr(config, setting, f"blk.0.{name}.bias" in names)
    if (factors := _rope_factors(reader)) is not None:
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        theta = config.rope_parameters["rope_theta"]
        config.rope_parameters = rope_parameters(factors, theta, size)
    model, loaded = AutoModelForCausalLM.from_pretrained(
        path.parent,
        gguf_file=path.name,
        config=config,
        dtype=torch.float32,
        output_loading_info=True,
    )
    if random := loaded["mismatched_keys"] or loaded["missing_keys"]:
        raise ValueError(f"{path}: weights that do not fit or are not there: {sorted(random)[:3]}")
    # The weights are plain f32 now: a saved copy must not claim to be quantized, and a trainer must
    # not refuse them.
    del model.config.quantization_config
    del model.hf_quantizer
    model.is_quantized = False
    return model, tokenizer


def read_lineage(path: str | Path) -> dict[str, str]:
    """The `reflection.*` fields of a GGUF file."""
    reader = _BoundedReader(Path(path))
    return {
        key.removeprefix(LINEAGE): str(field.contents())
        for key, field in reader.fields.items()
        if key.startswith(LINEAGE)
    }


def check_gguf(path: str | Path) -> None:
    """Raise `ValueError` with a reason unless the file is a complete, supported GGUF."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file; expected a GGUF model")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ValueError(f"{path}: not a GGUF file (it does not start with 'GGUF')")
    try:
        reader = _BoundedReader(path)
    except (ValueError, IndexError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: broken GGUF file: {error}") from error
    architecture = _field(reader, "general.architecture", path)
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"{path}: the architecture '{architecture}' cannot be trained here; "
            f"supported: {', '.join(ARCHITECTURES)}"
        )
    scaling = reader.fields.get(f"{architecture}.rope.scaling.type")
    if scaling is not None and scaling.contents() != "none":
        raise ValueError(f"{path}: positions scaled by '{scaling.contents()}' cannot be read")
    expected = _expected_shapes(reader, str(architecture), path)
    blocks = _size(reader, f"{architecture}.block_count", path)
    found = {tensor.name: tuple(int(n) for n in tensor.shape) for tensor in reader.tensors}
    for name, shape in expected.items():
        if found.get(name) != shape:
            raise ValueError(
                f"{path}: tensor '{name}' has shape {found.get(name)}, expected {shape}"
            )
    # transformers leaves out what it does not know, without a word
    if unknown := found.keys() - expected.keys() - _optional(blocks):
        raise ValueError(f"{path}: tensors of an unknown kind: {sorted(unknown)[:3]}")


class _BoundedReader(gguf.GGUFReader):
    """Refuses to read behind the end, where the original returns short arrays or never ends."""

    def _get(
        self, offset: int, dtype: DTypeLike, count: int = 1, override_order: str | None = None
    ) -> np.ndarray:
        end = int(offset) + int(np.dtype(dtype).itemsize) * int(count)
        if not 0 <= int(offset) <= end <= len(self.data):
            raise ValueError("the file ends early (was it copied completely?)")
        return super()._get(offset, dtype, count, override_order)


def _optional(blocks: int) -> set[str]:
    layer = [f"{name}.bias" for name in (*ATTENTION, *FEED_FORWARD)]
    return {"output.weight", FACTORS, *(f"blk.{b}.{name}" for b in range(blocks) for name in layer)}


def _rope_factors(reader: gguf.GGUFReader) -> np.ndarray | None:
    return next((tensor.data for tensor in reader.tensors if tensor.name == FACTORS), None)


def _field(reader: gguf.GGUFReader, key: str, path: Path) -> object:
    if key not in reader.fields:
        raise ValueError(f"{path}: the GGUF field '{key}' is missing")
    return reader.fields[key].contents()


def _size(reader: gguf.GGUFReader, key: str, path: Path) -> int:
    value = _field(reader, key, path)
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{path}: the GGUF field '{key}' is {value!r}, expected a positive number")
    return value


def _expected_shapes(
    reader: gguf.GGUFReader, architecture: str, path: Path
) -> dict[str, tuple[int, ...]]:
    """Names and shapes (GGUF order, fastest dimension first) that the sizes promise."""
    keys = ("embedding_length", "feed_forward_length", "block_count", "attention.head_count")
    hidden, feed, blocks, heads = (_size(reader, f"{architecture}.{k}", path) for k in keys)
    kv_heads = _size(reader, f"{architecture}.attention.head_count_kv", path)
    present = {t.name.split(".")[1] for t in reader.tensors if t.name.startswith("blk.")}
    if blocks != len(present):
        raise ValueError(f"{path}: the header promises {blocks} blocks, {len(present)} are there")
    if heads % kv_heads:
        raise ValueError(f"{path}: {heads} heads ({kv_heads} of keys) do not divide {hidden}")
    if f"{architecture}.attention.key_length" in reader.fields:
        head = _size(reader, f"{architecture}.attention.key_length", path)
    elif hidden % heads:
        raise ValueError(f"{path}: {heads} heads ({kv_heads} of keys) do not divide {hidden}")
    else:
        head = hidden // heads
    tokens = _field(reader, "tokenizer.ggml.tokens", path)
    if not isinstance(tokens, list):
        raise ValueError(f"{path}: the GGUF field 'tokenizer.ggml.tokens' is not a list")
    layer = {
        "attn_norm": (hidden,),
        "attn_q": (hidden, head * heads),
        "attn_k": (hidden, head * kv_heads),
        "attn_v": (hidden, head * kv_heads),
        "attn_output": (head * heads, hidden),
        "ffn_norm": (hidden,),
        "ffn_gate": (hidden, feed),
        "ffn_up": (hidden, feed),
        "ffn_down": (feed, hidden),
    }
    if architecture == "qwen3":
        layer |= {"attn_q_norm": (head,), "attn_k_norm": (head,)}
    shapes = {f"blk.{b}.{n}.weight": s for b in range(blocks) for n, s in layer.items()}
    return shapes | {
        "token_embd.weight": (hidden, len(tokens)),
        "output_norm.weight": (hidden,),
    }
