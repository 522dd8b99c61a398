"""The tokenizer: loses nothing, splits numbers into digits, agrees with the chat template."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from nano import family
from nano.tokenizer import chat_prompt, make_tokenizer
from transformers import PreTrainedTokenizerFast


@given(text=st.text())
def test_any_text_survives(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


@given(seed=st.integers(0, 2**32))
def test_numbers_are_single_digits(tokenizer: PreTrainedTokenizerFast, seed: int) -> None:
    rng = Random(seed)
    tokens = tokenizer.tokenize(family.trace(rng, family.make_problem(rng)))
    assert all(len(t) == 1 for t in tokens if any(c.isdigit() for c in t))


def test_think_marks_survive_decoding_and_control_tokens_do_not(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    ids = tokenizer("<think>a</think>b<|im_end|>")["input_ids"]
    assert len(ids) == 5
    assert tokenizer.decode(ids, skip_special_tokens=True) == "<think>a</think>b"


def test_the_chat_template_is_the_training_prompt(tokenizer: PreTrainedTokenizerFast) -> None:
    message = [{"role": "user", "content": "A tank holds 5 litres."}]
    text = tokenizer.apply_chat_template(message, add_generation_prompt=True, tokenize=False)
    assert text == chat_prompt("A tank holds 5 litres.")


def test_the_same_seed_gives_the_same_ids(tokenizer: PreTrainedTokenizerFast) -> None:
    assert make_tokenizer(samples=100).get_vocab() == tokenizer.get_vocab()
