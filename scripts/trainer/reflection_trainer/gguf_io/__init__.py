"""Hugging Face model and tokenizer <-> GGUF.

Supported: llama, qwen2 and qwen3 with byte-level BPE; weights as f32, f16 or q8_0; adapters on
their own (`write_adapter_gguf`).
"""

from .names import byte_level_parts
from .reading import check_gguf, read_gguf, read_lineage
from .writing import write_adapter_gguf, write_gguf

__all__ = [
    "byte_level_parts",
    "check_gguf",
    "read_gguf",
    "read_lineage",
    "write_adapter_gguf",
    "write_gguf",
]
