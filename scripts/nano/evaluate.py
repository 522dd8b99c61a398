"""Sampling and measuring the embedded model with its own batched sampler."""

from __future__ import annotations

import torch
from reflection_trainer.sampler import Sampler
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano.family import Problem
from nano.reading import boxed_answer
from nano.tokenizer import TURN_END, chat_prompt

MAX_NEW_TOKENS = 340


def sample(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    users: list[str],
    temperature: float,
    seed: int,
) -> list[str]:
    """One answer for each user message, without the end mark. Repeat a message for n samples."""
    model.eval()
    torch.manual_seed(seed)
    prompts = [tokenizer(chat_prompt(user))["input_ids"] for user in users]
    found = Sampler(model, tokenizer.eos_token_id).run(prompts, temperature, MAX_NEW_TOKENS)
    return [tokenizer.decode(ids, skip_special_tokens=False).split(TURN_END)[0] for ids in found]


def pass_at_1(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    problems: list[Problem],
    temperature: float,
) -> float:
    """Share of problems whose one sample has the right answer in its box."""
    texts = sample(model, tokenizer, [p.text for p in problems], temperature, seed=1)
    right = [boxed_answer(t) == p.answer for t, p in zip(texts, problems, strict=True)]
    return sum(right) / len(right)
