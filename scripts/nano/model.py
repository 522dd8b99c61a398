"""The network: a Qwen2 of 0.92 M parameters with tied embeddings."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `context` is in tokens."""

    hidden: int = 128
    layers: int = 4
    heads: int = 4
    feed_forward: int = 384
    context: int = 1024


def build_model(tokenizer: PreTrainedTokenizerFast, shape: Shape | None = None) -> Qwen2ForCausalLM:
    """A freshly initialised model (from torch's global generator), ready to train on a CPU."""
    shape = shape or Shape()
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        tie_word_embeddings=True,
        max_position_embeddings=shape.context,
        rope_theta=10_000.0,
        rms_norm_eps=1e-6,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    # On a CPU and at these lengths SDPA's backward pass is up to twice as slow as eager attention.
    model.set_attn_implementation("eager")
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model
