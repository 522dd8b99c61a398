"""Hugging Face model and tokenizer <-> GGUF, both ways, with the `gguf` package only.

Written for architectures whose tensors only need renaming (qwen2). Tokenizers are byte-level BPE
with Qwen2's pre-tokenizer, which llama.cpp knows as model `gpt2`, pre `qwen2`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Regex, decoders, pre_tokenizers
from transformers import PreTrainedModel, PreTrainedTokenizerFast

QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
FILE_TYPES = {"f32": 0, "f16": 1}
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
) -> None:
    """Write `model` and `tokenizer` as one GGUF file; norms and biases always stay f32.

    The file appears under its name only when it is complete.
    """
    path = Path(path)
    if model.config.model_type != "qwen2":
        raise ValueError(
            f"{path}: cannot write a '{model.config.model_type}' model as GGUF; supported: qwen2"
        )
    if dtype not in FILE_TYPES:
        raise ValueError(f"{path}: unknown GGUF type '{dtype}'; use one of {', '.join(FILE_TYPES)}")
    part = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(part, "qwen2")
    try:
        _add_sizes(writer, model, dtype, name)
        _add_tokenizer(writer, tokenizer)
        _add_tensors(writer, model, dtype)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    os.replace(part, path)


def byte_level_parts() -> tuple[pre_tokenizers.PreTokenizer, decoders.Decoder]:
    """Pre-tokenizer and decoder of llama.cpp's `gpt2` model with pre `qwen2`."""
    split = pre_tokenizers.Split(Regex(QWEN2_PATTERN), "isolated", False)
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([split, to_bytes]), decoders.ByteLevel()


def gguf_name(name: str) -> str:
    """The GGUF name of a Hugging Face tensor: `model.layers.0.mlp.up_proj.weight` and so on."""
    if name in TOP_NAMES:
        return TOP_NAMES[name]
    _, _, layer, rest = name.split(".", 3)
    module, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{LAYER_NAMES[module]}.{kind}"


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
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: PreTrainedTokenizerFast) -> None:
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    by_id = {token_id: token for token, token_id in tokenizer.get_vocab().items()}
    added = {token["id"]: token["special"] for token in backend["added_tokens"]}
    kinds = [
        gguf.TokenType.NORMAL
        if token_id not in added
        else gguf.TokenType.CONTROL
        if added[token_id]
        else gguf.TokenType.USER_DEFINED
        for token_id in range(len(by_id))
    ]
    merges = backend["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([by_id[token_id] for token_id in range(len(by_id))])
    writer.add_token_types(kinds)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    # llama.cpp wants some start token; it is never added.
    writer.add_bos_token_id(tokenizer.pad_token_id)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(tokenizer.chat_template)


def _add_tensors(writer: gguf.GGUFWriter, model: PreTrainedModel, dtype: str) -> None:
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        array = tensor.detach().float().cpu().numpy()
        half = dtype == "f16" and array.ndim > 1
        writer.add_tensor(gguf_name(name), array.astype(np.float16 if half else np.float32))
