"""The model to train from: a Hugging Face directory, or a GGUF file of a supported architecture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from .errors import UserError
from .lora import add_adapter, base_of, is_adapter
from .token_checks import check_template

FIELD = 'config.json: field "model.path"'
TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")


class LoadWeights(Protocol):
    """Weights are float32, and bfloat16 is autocast, so that small updates are not lost; frozen
    ones may be bfloat16."""

    def __call__(self, dtype: torch.dtype = torch.float32) -> PreTrainedModel: ...


@dataclass(frozen=True)
class BaseModel:
    """Tokenizer and sizes are read at once; the weights when `load` is called."""

    path: str
    tokenizer: PreTrainedTokenizerBase
    config: PretrainedConfig
    load: LoadWeights


def open_model(path: Path) -> BaseModel:
    if not path.exists():
        raise UserError(f"{FIELD}: {path} does not exist")
    base = _open_directory(path) if path.is_dir() else _open_gguf(path)
    if not base.tokenizer.chat_template:
        raise UserError(
            f"{path}: the tokenizer has no chat template; critiques answer a user's turn, so use "
            "the instruction-tuned model, or put a chat_template.jinja beside the tokenizer"
        )
    if base.tokenizer.eos_token_id is None:
        raise UserError(f"{path}: the tokenizer has no end-of-sequence token; set eos_token")
    check_template(base.tokenizer, str(path))
    if len(base.tokenizer) > base.config.vocab_size:
        raise UserError(
            f"{path}: the tokenizer has {len(base.tokenizer)} tokens, the model only "
            f"{base.config.vocab_size}; use the tokenizer that belongs to the model"
        )
    return base


def _open_directory(path: Path) -> BaseModel:
    if is_adapter(path):
        return _open_adapter(path)
    if not (path / "config.json").is_file():
        raise UserError(f"{FIELD}: {path} is not a model: it has no config.json")
    if not any((path / name).is_file() for name in TOKENIZER_FILES):
        # transformers would make up an empty tokenizer without a word
        raise UserError(f"{FIELD}: {path} has no tokenizer: copy tokenizer.json into it")
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{path}: cannot be opened as a model: {error}") from error

    def load(dtype: torch.dtype = torch.float32) -> PreTrainedModel:
        try:
            return AutoModelForCausalLM.from_pretrained(path, local_files_only=True, dtype=dtype)
        except Exception as error:  # whatever a damaged weight file raises
            raise UserError(f"{path}: the weights cannot be loaded: {error}") from error

    return BaseModel(str(path), tokenizer, config, load)


def _open_adapter(path: Path) -> BaseModel:
    """A checkpoint of low-rank adapters: a whole model together with its base."""
    base = open_model(base_of(path))

    def load(dtype: torch.dtype = torch.float32) -> PreTrainedModel:
        try:
            return add_adapter(base.load(dtype), path)
        except Exception as error:  # whatever a damaged or foreign adapter raises
            raise UserError(f"{path}: the adapter cannot be loaded: {error}") from error

    return BaseModel(str(path), base.tokenizer, base.config, load)


def _open_gguf(path: Path) -> BaseModel:
    from .gguf_io import read_gguf

    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise UserError(
                f"{FIELD}: {path} is not a model: neither a Hugging Face directory nor a GGUF file"
            )
    try:
        model, tokenizer = read_gguf(path)
    except Exception as error:  # whatever a damaged file raises
        raise UserError(f"{path}: cannot be read as a GGUF model: {error}") from error

    def load(dtype: torch.dtype = torch.float32) -> PreTrainedModel:
        return model.to(dtype)

    return BaseModel(str(path), tokenizer, model.config, load)
