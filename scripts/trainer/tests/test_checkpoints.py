"""Checkpoints are whole or do not exist, whatever is killed, full, deleted or cut."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reflection_trainer import checkpoints
from reflection_trainer.checkpoints import (
    complete_checkpoints,
    drop_leftovers,
    prune,
    publish,
    refused_by_disk,
    save_failure,
)

FILES = {"model.safetensors": b"weights" * 9, "optimizer.pt": b"moments", "sub/rng.pth": b"dice"}


def written(run_dir: Path, step: int) -> Path:
    """What the trainer leaves in its private folder."""
    folder = run_dir / "trainer" / f"checkpoint-{step}"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def save(run_dir: Path, step: int, keep: int = 2) -> None:
    written(run_dir, step)
    publish(run_dir, step, {"worldSize": 1})
    prune(run_dir, keep)


def steps(run_dir: Path) -> list[int]:
    return [checkpoint.step for checkpoint in complete_checkpoints(run_dir)]


def test_old_ones_go_when_the_new_one_is_whole(tmp_path: Path) -> None:
    for step in (1, 2, 3, 1000000):
        save(tmp_path, step)
    assert steps(tmp_path) == [3, 1000000]
    newest = complete_checkpoints(tmp_path)[-1]
    assert newest.mark["files"] == {name: len(content) for name, content in FILES.items()}
    assert list((tmp_path / "trainer").iterdir()) == []


@given(name=st.sampled_from([*FILES, "complete.json"]), cut=st.integers(0, 60))
@settings(max_examples=30)  # each waits for the disk several times
def test_a_missing_or_cut_file_makes_it_no_checkpoint(
    tmp_path_factory: pytest.TempPathFactory, name: str, cut: int
) -> None:
    run_dir = tmp_path_factory.mktemp("run")
    save(run_dir, 1)
    save(run_dir, 2)
    victim = run_dir / "checkpoints" / "step-000002" / name
    content = victim.read_bytes()
    victim.write_bytes(content[: min(cut, len(content) - 1)])
    assert steps(run_dir) == [1]
    victim.unlink()
    assert steps(run_dir) == [1]
    save(run_dir, 2)  # trained again: the damaged one gives way
    assert steps(run_dir) == [1, 2]


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, operation: int) -> None:
    """Dies before the given file-system operation of a save."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401
            nonlocal count
            count += 1
            if count == operation:
                raise Killed
            return real(*args, **named)

        return call

    monkeypatch.setattr(os, "replace", counted(os.replace))
    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(os, "unlink", counted(os.unlink))
    monkeypatch.setattr(os, "rmdir", counted(os.rmdir))
    monkeypatch.setattr(checkpoints.json, "dump", counted(checkpoints.json.dump))


@pytest.mark.parametrize("operation", range(1, 20))
def test_killed_before_any_operation_of_a_save_the_newest_is_whole(
    tmp_path: Path, operation: int
) -> None:
    for step in (1, 2):
        save(tmp_path, step)
    with pytest.MonkeyPatch.context() as patched:
        kill_at(patched, operation)
        try:
            save(tmp_path, 3)
            died = False
        except Killed:
            died = True
    assert steps(tmp_path) in ([1, 2], [1, 2, 3], [2, 3])
    assert died or operation > 9, "the operations of a save were counted wrongly"
    drop_leftovers(tmp_path)
    assert list((tmp_path / "trainer").iterdir()) == []
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == [f"step-{step:06d}" for step in steps(tmp_path)], "nothing torn is left"


def test_leftovers_are_dropped_and_nothing_else(tmp_path: Path) -> None:
    save(tmp_path, 1)
    written(tmp_path, 2)
    (tmp_path / "trainer" / "README.md").write_text("about")
    assert drop_leftovers(tmp_path) == ["checkpoint-2"]
    assert steps(tmp_path) == [1]
    assert (tmp_path / "trainer" / "README.md").exists()


def test_a_refusing_disk_is_known_through_every_library(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    resource = pytest.importorskip("resource", reason="needs file size limits")
    big = {"weight": torch.zeros(100_000)}
    attempts: list[Callable[[Path], object]] = [
        lambda path: path.write_bytes(bytes(400_000)),
        lambda path: torch.save(big, path),
        lambda path: save_file(big, path),
    ]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for number, attempt in enumerate(attempts):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            with pytest.raises(Exception) as caught:  # noqa: PT011 (each library has its own)
                attempt(tmp_path / str(number))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        wrapped = ValueError("while saving")
        wrapped.__cause__ = caught.value
        assert refused_by_disk(wrapped), repr(caught.value)
    assert not refused_by_disk(ValueError("shapes differ"))


def test_a_failed_save_names_disk_remedy_and_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = save_failure(ValueError("shapes differ"), tmp_path, 4, 0)
    assert f"step-000004 could not be written to {tmp_path}: ValueError: shapes differ" in message
    assert "goes on from the start" in message
    save(tmp_path, 2)
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    message = save_failure(RuntimeError("opaque"), tmp_path, 4, 14_000_000)
    assert "its disk is full (1.0 MB free, 14.0 MB needed); free some space" in message
    assert "goes on from step-000002" in message
