"""Hugging Face model and tokenizer <-> GGUF.

Writing uses the `gguf` package, reading uses transformers' own GGUF loader behind a check of the
header: a broken or hostile file must end in a `ValueError` that names it, never in a crash, an
endless loop or silently random weights. Supported: llama, qwen2 and qwen3 with byte-level BPE;
weights as f32, f16 or q8_0; adapters on their own (`write_adapter_gguf`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import gguf
import numpy as np
import torch
from numpy.typing import DTypeLike
from tokenizers import Regex, decoders, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

if TYPE_CHECKING:
    from peft import PeftModel

ARCHITECTURES = ("llama", "qwen2", "qwen3")
FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32,
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}
LINEAGE = "reflection."
Q8_0_BLOCK = 32  # weights that share a scale: a row must be made of whole blocks

QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3_PATTERN = QWEN2_PATTERN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

TOP_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write_gguf(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    path: str | Path,
    dtype: str = "f16",
    name: str = "model",
    lineage: Mapping[str, str] | None = None,
) -> None:
    """Write `model` and `tokenizer` as one GGUF file; norms and biases always stay f32.

    `lineage` is written as `reflection.*` fields. The file appears under its name only when it is
    complete.
    """
    path = Path(path)
    architecture = _architecture(model, path)
    if dtype not in FILE_TYPES:
        raise ValueError(f"{path}: unknown GGUF type '{dtype}'; use one of {', '.join(FILE_TYPES)}")
    rope = model.config.rope_parameters
    if rope["rope_type"] != "default":
        raise ValueError(f"{path}: cannot write rope type '{rope['rope_type']}' as GGUF")
    pre = _pre_tokenizer_name(tokenizer, path)
    part = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(part, architecture)
    try:
        _add_sizes(writer, model, dtype, name)
        _add_lineage(writer, lineage or {})
        _add_tokenizer(writer, tokenizer, pre, model.config.vocab_size)
        _add_tensors(writer, model, dtype)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    os.replace(part, path)


def write_adapter_gguf(
    adapted: PeftModel, path: str | Path, lineage: Mapping[str, str] | None = None
) -> None:
    """Write the low-rank adapter alone: llama.cpp puts it on the GGUF of the base model."""
    path = Path(path)
    base = cast("PreTrainedModel", adapted.get_base_model())
    architecture = _architecture(base, path)
    settings: Any = adapted.peft_config["default"]
    part = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(part, architecture)
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(settings.lora_alpha))
        writer.add_file_type(gguf.LlamaFileType.ALL_F32)
        _add_lineage(writer, lineage or {})
        for name, tensor in adapted.state_dict().items():
            found = re.fullmatch(r".*?(model\.layers\..+)\.lora_(A|B)\.default\.weight", name)
            if found is None:
                continue
            array = tensor.detach().float().cpu().numpy()
            module = found[1].split(".")[-1]
            if found[2] == "B":  # its rows are those of the weight itself
                array = _llama_order(array, module, base.config)
            target = gguf_name(f"{found[1]}.weight")
            writer.add_tensor(f"{target}.lora_{found[2].lower()}", np.ascontiguousarray(array))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    os.replace(part, path)


def read_lineage(path: str | Path) -> dict[str, str]:
    """The `reflection.*` fields of a GGUF file."""
    reader = _BoundedReader(Path(path))
    return {
        key.removeprefix(LINEAGE): str(field.contents())
        for key, field in reader.fields.items()
        if key.startswith(LINEAGE)
    }


def _architecture(model: PreTrainedModel, path: Path) -> str:
    architecture = model.config.model_type
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"{path}: cannot write the architecture '{architecture}' as GGUF; "
            f"supported: {', '.join(ARCHITECTURES)}"
        )
    return architecture


def _add_lineage(writer: gguf.GGUFWriter, lineage: Mapping[str, str]) -> None:
    for key, value in lineage.items():
        writer.add_string(LINEAGE + key, value)


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
    head = _BoundedReader(path).fields.get(f"{config.model_type}.attention.key_length")
    if head is not None:  # transformers does not look at it
        config.head_dim = int(head.contents())
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
    expected = _expected_shapes(reader, str(architecture), path)
    found = {tensor.name: tuple(int(n) for n in tensor.shape) for tensor in reader.tensors}
    for name, shape in expected.items():
        if found.get(name) != shape:
            raise ValueError(
                f"{path}: tensor '{name}' has shape {found.get(name)}, expected {shape}"
            )


def gguf_name(name: str) -> str:
    """The GGUF name of a Hugging Face tensor such as `model.layers.0.mlp.up_proj.weight`."""
    if name in TOP_NAMES:
        return TOP_NAMES[name]
    _, _, layer, rest = name.split(".", 3)
    module, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{LAYER_NAMES[module]}.{kind}"


def byte_level_parts(
    pattern: str = QWEN2_PATTERN,
) -> tuple[pre_tokenizers.PreTokenizer, decoders.Decoder]:
    """Pre-tokenizer and decoder of llama.cpp's `gpt2` tokenizer with the given split pattern."""
    split = pre_tokenizers.Split(Regex(pattern), "isolated", False)
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([split, to_bytes]), decoders.ByteLevel()


class _BoundedReader(gguf.GGUFReader):
    """Refuses to read behind the end, where the original returns short arrays or never ends."""

    def _get(
        self, offset: int, dtype: DTypeLike, count: int = 1, override_order: str | None = None
    ) -> np.ndarray:
        end = int(offset) + int(np.dtype(dtype).itemsize) * int(count)
        if not 0 <= int(offset) <= end <= len(self.data):
            raise ValueError("the file ends early (was it copied completely?)")
        return super()._get(offset, dtype, count, override_order)


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


def _add_sizes(writer: gguf.GGUFWriter, model: PreTrainedModel, dtype: str, name: str) -> None:
    config = model.config
    writer.add_name(name)
    writer.add_file_type(FILE_TYPES[dtype])
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    head = _head_size(config)
    writer.add_rope_dimension_count(head)
    if head * config.num_attention_heads != config.hidden_size or config.model_type == "qwen3":
        writer.add_key_length(head)
        writer.add_value_length(head)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(
    writer: gguf.GGUFWriter, tokenizer: PreTrainedTokenizerFast, pre: str, vocabulary: int
) -> None:
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    by_id = {token_id: token for token, token_id in tokenizer.get_vocab().items()}
    special = {token["id"]: token["special"] for token in backend["added_tokens"]}

    def kind(token_id: int) -> gguf.TokenType:
        if token_id not in by_id:  # embeddings are often padded beyond the vocabulary
            return gguf.TokenType.UNUSED
        if token_id not in special:
            return gguf.TokenType.NORMAL
        return gguf.TokenType.CONTROL if special[token_id] else gguf.TokenType.USER_DEFINED

    merges = backend["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([by_id.get(i, f"[PAD{i}]") for i in range(vocabulary)])
    writer.add_token_types([kind(i) for i in range(vocabulary)])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    bos = pad if tokenizer.bos_token_id is None else tokenizer.bos_token_id
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(pad)
    writer.add_bos_token_id(bos)  # llama.cpp wants one even when it is never added
    writer.add_add_bos_token(tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id)
    writer.add_add_eos_token(False)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def _add_tensors(writer: gguf.GGUFWriter, model: PreTrainedModel, dtype: str) -> None:
    config = model.config
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        array = _llama_order(tensor.detach().float().cpu().numpy(), name.split(".")[-2], config)
        if dtype == "q8_0" and array.ndim > 1 and array.shape[-1] % Q8_0_BLOCK == 0:
            packed = gguf.quants.quantize(array, gguf.GGMLQuantizationType.Q8_0)
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(gguf_name(name), packed, raw_dtype=kind)
            continue
        half = dtype != "f32" and array.ndim > 1
        writer.add_tensor(gguf_name(name), array.astype(np.float16 if half else np.float32))


def _head_size(config: Any) -> int:  # noqa: ANN401 (a transformers configuration)
    head = getattr(config, "head_dim", None)
    return head or config.hidden_size // config.num_attention_heads


def _llama_order(array: np.ndarray, module: str, config: Any) -> np.ndarray:  # noqa: ANN401
    """Rows of queries and keys as llama.cpp wants them."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    if config.model_type != "llama" or module not in heads:
        return array
    return _interleave(array, heads[module])


def _interleave(array: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp rotates neighbouring pairs in llama models, transformers rotates halves."""
    halves = array.reshape(heads, 2, array.shape[0] // heads // 2, *array.shape[1:])
    return halves.swapaxes(1, 2).reshape(array.shape)


def _pre_tokenizer_name(tokenizer: PreTrainedTokenizerFast, path: Path) -> str:
    """llama.cpp's name for the way this tokenizer splits text before the merges."""
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    digits = pre_tokenizers.Digits(individual_digits=True)
    gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False)
    known = {
        "qwen2": byte_level_parts(QWEN2_PATTERN)[0],
        "llama-bpe": byte_level_parts(LLAMA3_PATTERN)[0],
        "smollm": pre_tokenizers.Sequence([digits, gpt2]),
    }
    if backend["model"]["type"] == "BPE":
        found = _comparable(json.dumps(backend["pre_tokenizer"]))
        for name, pre_tokenizer in known.items():
            state = pre_tokenizer.__getstate__()
            if found == _comparable(state.decode()):
                return name
    raise ValueError(
        f"{path}: cannot write this tokenizer as GGUF; supported are byte-level BPE tokenizers "
        f"that split text as {', '.join(known)} do"
    )


def _comparable(state: str) -> object:
    """A pre-tokenizer's JSON without `trim_offsets`, which does not change the tokens."""
    return json.loads(re.sub(r'"trim_offsets":\s*\w+,?', "", state))
