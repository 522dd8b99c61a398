"""Settings of the whole session, and the tiny model and dataset that the runs use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.update(HF_HUB_OFFLINE="1", TQDM_DISABLE="1", OMP_WAIT_POLICY="PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

# A busy machine is not a failure.
settings.register_profile("trainer", deadline=None)
settings.load_profile("trainer")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_models import build

    return build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_models import records
    from trainer_runs import write_rows

    return write_rows(tmp_path_factory.mktemp("data") / "scft.jsonl", records(40))
