"""Checkpoints that are complete or do not exist.

The trainer writes into its private folder (`trainer/checkpoint-4`); what is whole is marked with
`complete.json` and renamed to `checkpoints/step-000004`. Nothing else ever appears there.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "complete.json"
PRIVATE = "trainer"
PUBLIC = "checkpoints"
LEFTOVER = re.compile(r"checkpoint-\d+|pruned-.*")
REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Checkpoint:
    step: int
    path: Path
    mark: dict[str, Any]


def step_name(step: int) -> str:
    return f"step-{step:06d}"


def complete_checkpoints(run_dir: Path) -> list[Checkpoint]:
    """Oldest first. A folder without its mark, or with a file missing or cut, is not one."""
    folder = run_dir / PUBLIC
    found = [_read(path) for path in folder.glob("step-*")] if folder.is_dir() else []
    return sorted((c for c in found if c is not None), key=lambda c: c.step)


def _read(path: Path) -> Checkpoint | None:
    try:
        mark = json.loads((path / MARK).read_text("utf-8"))
        whole = all((path / name).stat().st_size == size for name, size in mark["files"].items())
        return Checkpoint(mark["step"], path, mark) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def drop_leftovers(run_dir: Path) -> list[str]:
    """Deletes what a killed process left half written or half deleted; returns the names."""
    private = run_dir / PRIVATE
    names = [p.name for p in private.iterdir()] if private.is_dir() else []
    left = sorted(name for name in names if LEFTOVER.fullmatch(name))
    for name in left:
        shutil.rmtree(private / name, ignore_errors=True)
    return left


def publish(run_dir: Path, step: int, mark: dict[str, Any]) -> Checkpoint:
    """Marks the private checkpoint of `step` as complete and moves it, all or nothing."""
    source = run_dir / PRIVATE / f"checkpoint-{step}"
    target = run_dir / PUBLIC / step_name(step)
    files = {}
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        _sync(path)
        files[path.relative_to(source).as_posix()] = path.stat().st_size
    complete = {"step": step, "files": files, **mark}
    with (source / MARK).open("w", encoding="utf-8") as file:
        json.dump(complete, file, indent=1, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    target.parent.mkdir(exist_ok=True)
    if target.exists():  # damaged, or we would have started from it
        os.replace(target, run_dir / PRIVATE / f"pruned-{target.name}")
    os.replace(source, target)
    _sync(target.parent)
    return Checkpoint(step, target, complete)


def prune(run_dir: Path, keep: int) -> None:
    """Leaves the newest `keep`. Moved out first: a kill in the middle leaves no torn checkpoint."""
    for old in complete_checkpoints(run_dir)[:-keep]:
        doomed = run_dir / PRIVATE / f"pruned-{old.path.name}"
        os.replace(old.path, doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders
    fd = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def save_failure(error: BaseException, run_dir: Path, step: int, need: int) -> str:
    """Why a checkpoint of about `need` bytes could not be written, with disk and remedy."""
    kept = complete_checkpoints(run_dir)
    start = f"from {kept[-1].path.name}" if kept else "from the start"
    what = f"checkpoint {step_name(step)} could not be written to {run_dir}"
    free = shutil.disk_usage(run_dir).free
    if free < need:
        why = f"its disk is full ({free / 1e6:.1f} MB free, {need / 1e6:.1f} MB needed)"
        remedy = "free some space"
    elif refused_by_disk(error):
        why = f"its disk takes no more, though {free / 1e6:.0f} MB are free (a quota?)"
        remedy = "free some space or raise the limit"
    else:
        why, remedy = f"{type(error).__name__}: {error}", "remove the cause"
    return f"{what}: {why}; {remedy} and start the same command again: it goes on {start}"


def refused_by_disk(error: BaseException | None) -> bool:
    """safetensors and torch wrap the system's error in their own, torch without its text."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in REFUSALS:
            return True
        if re.search(r"os error (27|28|122)\b|inline_container", str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
