"""Batches, losses and the sampler of the pre-training."""

from __future__ import annotations

from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nano import corpus, family, pools
from nano.evaluate import sample
from nano.measure import Outcome, share
from nano.model import Shape, build_model
from nano.pretrain import make_optimizers, rate_factor, train_step
from nano.tokenizer import END_OF_TEXT, chat_prompt
from reflection_trainer.sampler import Sampler
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM


@given(seed=st.integers(0, 2**32))
def test_drill_loss_covers_only_the_results(tokenizer: PreTrainedTokenizerFast, seed: int) -> None:
    text = family.drill(Random(seed)) + END_OF_TEXT
    ids = tokenizer(text)["input_ids"]
    labels = corpus.drill_labels(ids, tokenizer)
    taught = tokenizer.decode([x for x in labels if x != corpus.IGNORED])
    # After the digits of a result, the line's end teaches where it stops.
    assert taught == "".join(line.split("=")[1] + "\n" for line in text.splitlines()[:-1])
    assert all(label in (token, corpus.IGNORED) for token, label in zip(ids, labels, strict=True))


def test_chat_loss_covers_only_the_answer(tokenizer: PreTrainedTokenizerFast) -> None:
    prompt, answer = tokenizer(chat_prompt("2+2?"))["input_ids"], tokenizer("4<|im_end|>\n")
    rows = [(prompt, answer["input_ids"]), (prompt, answer["input_ids"] * 2)]
    ids, labels = corpus.collate(rows, tokenizer)
    assert ids.shape == labels.shape == (2, len(prompt) + 2 * len(answer["input_ids"]))
    assert labels[0].tolist() == (
        [corpus.IGNORED] * len(prompt)
        + answer["input_ids"]
        + [corpus.IGNORED] * len(answer["input_ids"])
    )


def test_batches_hold_about_the_promised_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    found = list(corpus.batches(Random(1), tokenizer, pools.held_out_texts(), 0.5, 3500))
    assert found
    for ids, _ in found:
        assert 3500 <= ids.numel() < 3500 + 2 * ids.shape[1]


def test_drills_fall_from_60_to_10_percent() -> None:
    shares = [corpus.drill_share(done) for done in (0.0, 0.29, 0.5, 0.7, 1.0)]
    assert shares == pytest.approx([0.6, 0.6, 0.35, 0.1, 0.1])


def test_the_rate_warms_up_and_decays() -> None:
    factors = [rate_factor(s, d, 0.5) for s, d in ((0, 0), (59, 0.01), (999, 0.75), (999, 1.0))]
    assert factors == pytest.approx([1 / 60, 1.0, 0.5, 0.02])


def test_training_learns(tokenizer: PreTrainedTokenizerFast) -> None:
    torch.manual_seed(0)
    model = build_model(tokenizer, Shape(hidden=32, layers=1, heads=2, feed_forward=64))
    optimizers = make_optimizers(model, 3e-3)
    row = tuple(tokenizer(text)["input_ids"] for text in (chat_prompt("2+2?"), "4<|im_end|>"))
    ids, labels = corpus.collate([row], tokenizer)
    losses = [train_step(model, optimizers, ids, labels, processes=1) for _ in range(40)]
    assert losses[-1] < losses[0] / 2


def test_the_sampler_is_greedy_as_generate_is(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Prompts of different lengths in one batch: padding and row removal must not show."""
    texts = [chat_prompt(p.text) for p in pools.dev_problems()[:6]] + ["a", "12+7="]
    prompts = [tokenizer(text)["input_ids"] for text in texts]
    # A frequent token as the end mark makes rows finish at different times.
    continued = [_generate(model, ids, 24) for ids in prompts]
    end = max(sum(continued, []), key=sum(continued, []).count)
    expected = [ids[: ids.index(end) + 1] if end in ids else ids for ids in continued]
    assert len({len(ids) for ids in expected}) > 1
    assert Sampler(model, end).run(prompts, 0.0, 24, batch=5) == expected


def test_sampling_repeats_with_its_seed(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    first, second, other = (sample(model, tokenizer, ["a", "a"], 1.0, s) for s in (1, 1, 2))
    assert first == second != other
    assert first[0] != first[1]


def test_share_resamples_problems_not_samples() -> None:
    """Two equal samples of a problem say no more than one: the interval must not shrink."""
    once = [Outcome(i, i % 2 == 0) for i in range(40)]
    twice = once + once
    assert share(once)["value"] == share(twice)["value"] == 0.5
    assert (share(once)["low"], share(once)["high"]) == (share(twice)["low"], share(twice)["high"])
    assert 0.3 < share(once)["low"] < 0.5 < share(once)["high"] < 0.7
    assert share([])["value"] is None


def _generate(model: Qwen2ForCausalLM, ids: list[int], limit: int) -> list[int]:
    whole = list(ids)
    with torch.inference_mode():
        for _ in range(limit):
            whole.append(int(model(torch.tensor([whole])).logits[0, -1].argmax()))
    return whole[len(ids) :]
