"""Reference tokens and greedy outputs from Hugging Face, for `parity.mjs` to compare with.

    PYTHONPATH=scripts:scripts/trainer python -m nano.parity_cases MODEL_DIR GGUF --out cases.json

The reference is the f32 model before the export. The GGUF is read back here too, so that a
difference can be told apart: rounding to f16, or another engine.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from reflection_trainer.gguf_io import read_gguf
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    Qwen2ForCausalLM,
)

from nano import family
from nano.tokenizer import TURN_END, chat_prompt
from nano.wording import CRITIQUE_REQUEST

GENERATIONS, CRITIQUES, FAMILY_TEXTS = 28, 12, 400
MAX_NEW_TOKENS = 250
ODD_TEXTS = (
    "",
    " ",
    "  two  spaces\n\n\nthree",
    "don't we'll I'M",
    "1234567 x12y 3.14",
    "caf\u00e9 na\u00efve \u4f60\u597d \U0001f600",
    "\t tabs\r\n",
    "<think>a</think>\n\\boxed{7}",
    "f(x)=x^2; print('hi')",
    "a" * 50 + "!!!??",
)


def main() -> None:
    """Write the cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="Hugging Face folder the GGUF was made from")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)  # as in measure.py
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    texts = family_texts(FAMILY_TEXTS) + list(ODD_TEXTS)
    cases = {
        "tokenize": [{"text": t, "ids": tokenizer(t)["input_ids"]} for t in texts],
        "greedy": [greedy_case(model, tokenizer, user) for user in users()],
        "readBack": compare_logits(model, tokenizer, options.gguf, texts[:40]),
    }
    options.out.write_text(json.dumps(cases))


def family_texts(count: int) -> list[str]:
    """Prompts, whole conversations, traces and bare problems in turn."""
    rng, texts = Random(31), []
    for _ in range(count // 4):
        problem = family.make_problem(rng)
        steps = family.author(rng, problem)
        request = CRITIQUE_REQUEST.format(
            problem=problem.text, solution=family.solution_text(steps)
        )
        critique = family.critique(rng, problem, steps)
        texts += [
            chat_prompt(problem.text),
            chat_prompt(request) + critique + TURN_END,
            family.trace(rng, problem),
            problem.text,
        ]
    return texts


def users() -> list[str]:
    """The messages whose greedy answers are compared: problems and critique requests."""
    rng = Random(4242)
    problems = [family.make_problem(rng, 1 + i % 5) for i in range(GENERATIONS + CRITIQUES)]
    requests = [
        CRITIQUE_REQUEST.format(
            problem=p.text, solution=family.solution_text(family.author(rng, p))
        )
        for p in problems[GENERATIONS:]
    ]
    return [p.text for p in problems[:GENERATIONS]] + requests


@torch.inference_mode()
def greedy_case(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, user: str
) -> dict[str, object]:
    """Prompt ids, greedy output ids, and at each place the lead over the second best token."""
    prompt = tokenizer(chat_prompt(user), return_tensors="pt")
    whole = model.generate(**prompt, do_sample=False, max_new_tokens=MAX_NEW_TOKENS)
    start = prompt["input_ids"].shape[1]
    best = model(whole).logits[0, start - 1 : -1].topk(2).values
    return {
        "prompt": prompt["input_ids"][0].tolist(),
        "output": whole[0, start:].tolist(),
        "lead": (best[:, 0] - best[:, 1]).tolist(),
    }


@torch.inference_mode()
def compare_logits(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, path: Path, texts: list[str]
) -> dict[str, object]:
    """How far the model read back from the GGUF is from the one that was written."""
    again, again_tokenizer = read_gguf(path)
    largest, same, places = 0.0, 0, 0
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        if ids != again_tokenizer(text)["input_ids"]:
            raise ValueError(f"{path}: other tokens after reading back: {text!r}")
        before, after = (m(torch.tensor([ids])).logits for m in (model, again))
        largest = max(largest, (before - after).abs().max().item())
        same += int((before.argmax(-1) == after.argmax(-1)).sum())
        places += len(ids)
    return {"largestLogitDifference": round(largest, 4), "sameArgmax": same, "places": places}


if __name__ == "__main__":
    main()
