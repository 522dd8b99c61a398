"""The committed model is the one its report describes, and it solves problems."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from nano import pools
from nano.evaluate import pass_at_1
from reflection_trainer.gguf_io import read_gguf

MODELS = Path(__file__).resolve().parents[3] / "media" / "models"


def test_the_report_belongs_to_the_committed_file() -> None:
    facts = json.loads((MODELS / "nano.json").read_text(encoding="utf-8"))
    data = (MODELS / "nano.gguf").read_bytes()
    assert facts["file"]["sha256"] == hashlib.sha256(data).hexdigest()
    value = 100 * facts["report"]["passAt1"]["value"]
    assert f"| pass@1, T 0.6 | {value:.1f} [" in (MODELS / "README.md").read_text(encoding="utf-8")


def test_the_committed_model_reaches_its_reported_greedy_share() -> None:
    model, tokenizer = read_gguf(MODELS / "nano.gguf")
    facts = json.loads((MODELS / "nano.json").read_text(encoding="utf-8"))
    assert model.num_parameters() == facts["training"]["parameters"]
    # 40 other problems than the report's: within three standard errors.
    found = pass_at_1(model, tokenizer, pools.dev_problems()[:40], 0.0)
    assert found == pytest.approx(facts["report"]["greedy"]["value"], abs=0.23)
