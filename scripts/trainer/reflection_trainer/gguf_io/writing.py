"""Writing a model, or an adapter alone, as one GGUF file with the `gguf` package."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import gguf
import numpy as np
from tokenizers import pre_tokenizers
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from .names import (
    ARCHITECTURES,
    LINEAGE,
    LLAMA3_PATTERN,
    QWEN2_PATTERN,
    byte_level_parts,
    gguf_name,
)
from .rope import FACTORS, rope_factors

if TYPE_CHECKING:
    from peft import PeftModel

FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32,
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}
Q8_0_BLOCK = 32  # weights that share a scale: a row must be made of whole blocks


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
    rope = model.config.rope_parameters["rope_type"]
    if rope != "default" and (architecture, rope) != ("llama", "llama3"):
        raise ValueError(f"{path}: cannot write rope type '{rope}' of {architecture} as GGUF")
    pre = _pre_tokenizer_name(tokenizer, path)
    with _writing(path, architecture) as writer:
        _add_sizes(writer, model, dtype, name)
        _add_lineage(writer, lineage or {})
        _add_tokenizer(writer, tokenizer, pre, model.config.vocab_size)
        _add_tensors(writer, model, dtype)


def write_adapter_gguf(
    adapted: PeftModel, path: str | Path, lineage: Mapping[str, str] | None = None
) -> None:
    """Write the low-rank adapter alone: llama.cpp puts it on the GGUF of the base model."""
    path = Path(path)
    base = cast("PreTrainedModel", adapted.get_base_model())
    architecture = _architecture(base, path)
    settings: Any = adapted.peft_config["default"]
    with _writing(path, architecture) as writer:
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


@contextmanager
def _writing(path: Path, architecture: str) -> Iterator[gguf.GGUFWriter]:
    """A writer whose file appears under its name when all that was added is written."""
    part = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(part, architecture)
    try:
        yield writer
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    os.replace(part, path)


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
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor(FACTORS, rope_factors(config.rope_parameters, _head_size(config)))
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
