"""Write a trained Hugging Face folder as the GGUF that the product ships.

PYTHONPATH=scripts:scripts/trainer python -m nano.export MODEL_DIR GGUF
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from reflection_trainer.gguf_io import write_gguf
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    """Parse the command line and convert."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("gguf", type=Path)
    options = parser.parse_args()
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    options.gguf.parent.mkdir(parents=True, exist_ok=True)
    write_gguf(model, tokenizer, options.gguf, dtype="f16", name="nano")
    print(f"{options.gguf}: {options.gguf.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
