"""GGUF in and out: equal logits and ids, and a clean error for every broken file."""

from __future__ import annotations

import struct
from pathlib import Path
from random import Random

import gguf
import pytest
import torch
from nano import family
from nano.tokenizer import chat_prompt
from reflection_trainer.gguf_io import check_gguf, read_gguf, write_gguf
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2ForCausalLM,
)

TEXTS = [
    "",
    " two  spaces\n\n\n",
    "don't 1234 caf\u00e9 \u4f60\u597d \U0001f600",
    "<think>a</think>",
]


@pytest.fixture(scope="module")
def good_file(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A complete f16 file."""
    path = tmp_path_factory.mktemp("gguf") / "good.gguf"
    write_gguf(model, tokenizer, path)
    return path


@pytest.mark.parametrize(("dtype", "tolerance"), [("f32", 1e-4), ("f16", 0.05)])
def test_round_trip_keeps_logits_and_ids(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path: Path,
    dtype: str,
    tolerance: float,
) -> None:
    path = tmp_path / "model.gguf"
    write_gguf(model, tokenizer, path, dtype=dtype)
    again, again_tokenizer = read_gguf(path)
    for text in TEXTS + texts():
        ids = tokenizer(text)["input_ids"]
        assert again_tokenizer(text)["input_ids"] == ids
        assert again_tokenizer.decode(ids) == tokenizer.decode(ids)
        if ids:
            assert difference(model, again, ids) <= tolerance
    assert again_tokenizer.chat_template == tokenizer.chat_template
    assert again_tokenizer.eos_token == tokenizer.eos_token
    assert again_tokenizer.pad_token == tokenizer.pad_token
    assert list(tmp_path.iterdir()) == [path]


def test_writing_what_was_read_gives_the_same_file(good_file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gguf"
    write_gguf(*read_gguf(good_file), again)
    assert again.read_bytes() == good_file.read_bytes()


def test_a_model_read_from_gguf_can_be_saved_and_loaded(good_file: Path, tmp_path: Path) -> None:
    model, _ = read_gguf(good_file)
    model.save_pretrained(tmp_path)
    loaded = type(model).from_pretrained(tmp_path)
    assert difference(model, loaded, [1, 2, 3]) == 0


def test_llama_with_fewer_key_heads_and_its_own_output(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer) + 3,  # padded embeddings
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=64,
        )
    ).eval()
    path = tmp_path / "llama.gguf"
    write_gguf(model, tokenizer, path, dtype="f32")
    again, again_tokenizer = read_gguf(path)
    ids = tokenizer("12+7=19. The answer is 19.")["input_ids"]
    assert again_tokenizer("12+7=19. The answer is 19.")["input_ids"] == ids
    assert difference(model, again, ids) < 1e-5


def test_only_known_architectures_and_types_are_written(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    gpt2 = GPT2LMHeadModel(GPT2Config(n_layer=1, n_embd=8, n_head=1, vocab_size=9))
    with pytest.raises(ValueError, match="'gpt2'.*qwen2"):
        write_gguf(gpt2, tokenizer, tmp_path / "x.gguf")
    with pytest.raises(ValueError, match="x.gguf.*'q4_0'"):
        write_gguf(model, tokenizer, tmp_path / "x.gguf", dtype="q4_0")
    assert not list(tmp_path.iterdir())


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="absent.gguf: no such file"):
        read_gguf(tmp_path / "absent.gguf")
    with pytest.raises(ValueError, match="no such file"):
        read_gguf(tmp_path)


@pytest.mark.parametrize("content", [b"", b"GG", b"hello, I am text", b"\0" * 64])
def test_not_a_gguf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.gguf"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="text.gguf: not a GGUF file"):
        read_gguf(path)


def test_every_truncation_is_found(good_file: Path, tmp_path: Path) -> None:
    data = good_file.read_bytes()
    path = tmp_path / "short.gguf"
    rng = Random(0)
    for end in [4, 8, 23, 24, len(data) - 1, *(rng.randrange(5, len(data)) for _ in range(25))]:
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match="short.gguf: broken GGUF file"):
            check_gguf(path)


def test_damaged_headers_never_escape_as_other_errors(good_file: Path, tmp_path: Path) -> None:
    """Random bytes in the header: refused with a reason, or harmless (inside a text)."""
    data = good_file.read_bytes()
    rng, refused = Random(1), 0
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(8):
            broken[rng.randrange(4, 1200)] = rng.randrange(256)
        path = tmp_path / "damaged.gguf"
        path.write_bytes(broken)
        try:
            check_gguf(path)
        except ValueError as error:
            refused += 1
            assert "damaged.gguf" in str(error)
    assert refused > 40


def test_promised_counts_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "huge.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 2**62, 2**62))
    with pytest.raises(ValueError, match="ends early"):
        read_gguf(path)
    # An array of 2^60 numbers in a file of some bytes must not be walked through.
    key = struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, 0, 2**60)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key)
    with pytest.raises(ValueError, match="ends early"):
        read_gguf(path)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("general.architecture", "mamba", "'mamba' cannot be trained here"),
        ("qwen2.block_count", 9, "promises 9 blocks, 2 are there"),
        ("qwen2.block_count", 0, "expected a positive number"),
        ("qwen2.attention.head_count", 5, "do not divide"),
        ("qwen2.embedding_length", 64, "has shape"),
        ("qwen2.feed_forward_length", 2**31, "has shape"),
        ("tokenizer.ggml.tokens", None, "'tokenizer.ggml.tokens' is missing"),
    ],
)
def test_inconsistent_sizes_are_named(
    good_file: Path, tmp_path: Path, key: str, value: str | int | None, reason: str
) -> None:
    path = tmp_path / "odd.gguf"
    rewrite(good_file, path, key, value)
    with pytest.raises(ValueError, match=f"odd.gguf.*{reason}"):
        read_gguf(path)


def test_a_missing_tensor_is_named(good_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    rewrite(good_file, path, without="blk.1.ffn_up.weight")
    with pytest.raises(ValueError, match=r"odd.gguf.*'blk.1.ffn_up.weight'.*None"):
        read_gguf(path)


def rewrite(
    source: Path, target: Path, key: str = "", value: str | int | None = None, without: str = ""
) -> None:
    """Copy a GGUF with one field changed (None: left out) or one tensor left out."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, "qwen2")
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        sub_type = field.types[-1] if len(field.types) > 1 else None
        found = value if name == key else field.contents()
        if found is not None:
            writer.add_key_value(name, found, field.types[0], sub_type=sub_type)
    if key == "general.architecture":
        writer.kv_data[0]["general.architecture"].value = value
    for tensor in reader.tensors:
        if tensor.name != without:
            writer.add_tensor(tensor.name, tensor.data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def texts() -> list[str]:
    """Texts of the family, as prompts and answers."""
    rng = Random(2)
    problems = [family.make_problem(rng) for _ in range(5)]
    return [chat_prompt(p.text) + family.trace(rng, p) for p in problems]


@torch.inference_mode()
def difference(left: PreTrainedModel, right: PreTrainedModel, ids: list[int]) -> float:
    """The largest difference of two models' logits."""
    first, second = (m(torch.tensor([ids])).logits for m in (left, right))
    return float((first - second).abs().max())
