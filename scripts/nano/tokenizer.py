"""The tokenizer: byte-level BPE with Qwen2's pre-tokenizer (single digits), made from the family.

`<think>` and `</think>` are user-defined tokens, not control tokens, so that they survive decoding
and rewards can read them.
"""

from __future__ import annotations

from random import Random

from reflection_trainer.gguf_io import byte_level_parts
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from nano import family, wording

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CONTROL = (END_OF_TEXT, TURN_START, TURN_END)
USER_DEFINED = ("<think>", "</think>")
VOCABULARY_LIMIT = 768
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content']"
    " + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def chat_prompt(user: str) -> str:
    """What the chat template makes of one user message with a generation prompt."""
    return f"{TURN_START}user\n{user}{TURN_END}\n{TURN_START}assistant\n"


def make_tokenizer(seed: int = 1, samples: int = 4000) -> PreTrainedTokenizerFast:
    """Train the tokenizer on `samples` problems. The same seed gives the same ids."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = byte_level_parts()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_LIMIT - len(CONTROL) - len(USER_DEFINED),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(Random(seed), samples), trainer)
    tokenizer.add_special_tokens([_added(token, special=True) for token in CONTROL])
    tokenizer.add_tokens([_added(token, special=False) for token in USER_DEFINED])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=END_OF_TEXT,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def _texts(rng: Random, samples: int) -> list[str]:
    texts = []
    for _ in range(samples):
        problem = family.make_problem(rng)
        steps = family.author(rng, problem)
        request = wording.CRITIQUE_REQUEST.format(
            problem=problem.text, solution=family.solution_text(steps)
        )
        trace = family.trace(rng, problem).replace("<think>", "").replace("</think>", "")
        critique = family.critique(rng, problem, steps)
        texts += [problem.text, trace, "user\n", "assistant\n", request, critique]
    return texts


def _added(token: str, *, special: bool) -> AddedToken:
    return AddedToken(token, special=special, normalized=False)
