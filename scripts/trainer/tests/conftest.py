"""Settings of the whole session, and the tiny model and dataset that the runs use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# One thread for each process: tiny tensors gain nothing by a second one, and wait for it.
os.environ.update(HF_HUB_OFFLINE="1", TQDM_DISABLE="1", OMP_NUM_THREADS="1")
sys.path.insert(0, str(Path(__file__).parents[1]))

# A busy machine is not a failure.
settings.register_profile("trainer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trainer")

# The longest first, so that no worker is left with one of them at the end.
LONGEST = (
    "test_sharding.py",
    "test_run.py",
    "test_rl_run.py",
    "test_processes.py",
    "test_kills.py",
    "test_resume.py",
    "test_second_opinion.py",
    "test_gguf_parity.py",
    "test_evaluation.py",
    "test_lora.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Several workers share one nursery of trainers, which imports while they collect."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        from forked import open_nursery

        open_nursery()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)

    items.sort(key=rank)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_models import build

    return build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_models import records
    from trainer_runs import write_rows

    return write_rows(tmp_path_factory.mktemp("data") / "scft.jsonl", records(40))


@pytest.fixture(scope="session")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten sums with the same answer, so that a constant rollout is right for all of them."""
    from trainer_runs import write_rows

    rows = [{"id": str(i), "problem": f"What is {i}+{4 - i}?", "answer": "4"} for i in range(10)]
    return write_rows(tmp_path_factory.mktemp("problems") / "problems.jsonl", rows)
