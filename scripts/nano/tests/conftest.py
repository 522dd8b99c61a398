"""Makes `nano` and `reflection_trainer` importable and shares the slow fixtures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SCRIPTS = Path(__file__).resolve().parents[2]
for folder in (SCRIPTS, SCRIPTS / "trainer"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import torch  # noqa: E402 (the path is set first)
from nano.model import Shape, build_model  # noqa: E402 (the path is set first)
from nano.tokenizer import make_tokenizer  # noqa: E402 (the path is set first)
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM  # noqa: E402 (the path is set first)

torch.set_num_threads(1)
# A busy machine is not a failure.
settings.register_profile("nano", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nano")


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer made as the real one, from fewer texts."""
    return make_tokenizer(samples=100)


@pytest.fixture(scope="session")
def model(tokenizer: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    """A small untrained model; the weights are spread so that its choices are clear."""
    torch.manual_seed(0)
    built = build_model(tokenizer, Shape(hidden=32, layers=2, heads=2, feed_forward=64)).eval()
    with torch.no_grad():
        for parameter in built.parameters():
            if parameter.ndim == 2:
                parameter.mul_(5)
            else:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return built
