"""A tiny random Qwen2, tokenizers trained here in a second, and SCFT records about sums."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from reflection_trainer.gguf_io import byte_level_parts

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA3 = (
    "{{ '<|begin_of_text|>' }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}"
    "<|end_header_id|>\n\n{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
# As of DeepSeek-R1's distilled models: thinking is opened for the model, and cut out of its turns.
REASONER = (
    "{{ '<|bos|>' }}{% for m in messages %}{% if m['role'] == 'system' %}{{ m['content'] }}"
    "{% elif m['role'] == 'user' %}<|User|>{{ m['content'] }}{% else %}"
    "<|Assistant|>{{ m['content'].split('</think>')[-1] }}<|eos|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|Assistant|><think>\n{% endif %}"
)
STYLES = {
    "chatml": (CHATML, "<|im_end|>", ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]),
    "llama3": (
        LLAMA3,
        "<|eot_id|>",
        ["<|pad|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    ),
    "reasoner": (
        REASONER,
        "<|eos|>",
        ["<|pad|>", "<|bos|>", "<|User|>", "<|Assistant|>", "<|eos|>"],
    ),
}


def records(count: int, seed: int = 1) -> list[dict[str, str | None]]:
    draw = random.Random(seed)
    rows: list[dict[str, str | None]] = []
    for _ in range(count):
        a, b = draw.randint(1, 20), draw.randint(1, 20)
        wrong = a + b + draw.randint(1, 3)
        prompt = (
            "Please critique whether the following solution to the question is correct. "
            f"Question: What is {a}+{b}? Solution: {a}+{b}={wrong}"
        )
        critique = f"Check: {wrong}-{b} is not {a}. The solution is incorrect. \\boxed{{{a + b}}}"
        rows.append({"prompt": prompt, "system": None, "c": critique})
    return rows


# Llama 3's pre-tokenizer takes up to three digits at once; the others are Qwen2's.
PATTERNS = {
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
}


def tokenizer(
    style: str, texts: Sequence[str] = (), vocabulary: int = 360
) -> PreTrainedTokenizerFast:
    """Trained on the records, and on `texts` where there are any."""
    template, eos, special = STYLES[style]
    pattern = PATTERNS.get(style)
    split, decode = byte_level_parts(pattern) if pattern else byte_level_parts()
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer, backend.decoder = split, decode
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = [f"{r['prompt']}\n{r['c']}" for r in records(200)]
    backend.train_from_iterator([*corpus, *texts], trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=eos, pad_token=special[0])
    made.add_tokens(["<think>", "</think>"])  # added but not special, as in Qwen's tokenizers
    made.chat_template = template
    return made


def model(tokens: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(tokens),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        attention_dropout=0.1,  # so that a resumed run needs its random state
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
        bos_token_id=None,
    )
    return Qwen2ForCausalLM(config)


def build(folder: Path, style: str = "chatml") -> Path:
    tokens = tokenizer(style)
    model(tokens).save_pretrained(folder)
    tokens.save_pretrained(folder)
    return folder
