"""events.jsonl: append-only, one `os.write` a line, written by rank 0 only.

An event never stops training: what cannot be written is reported once on stderr.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class EventWriter:
    """Lines of several threads never mix: the descriptor is O_APPEND and each line is one write."""

    def __init__(self, path: Path, enabled: bool = True) -> None:
        self.path = path
        self._fd: int | None = None
        self._torn = False
        self._warned = False
        self._lock = threading.Lock()
        if enabled:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            # A killed process may have left half a line: the next event must not be glued to it.
            self._torn = _ends_torn(path)

    def write(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 (any JSON value)
        if self._fd is None:
            return
        try:
            event = clean({"type": kind, "t": time.time(), **fields})
            line = json.dumps(event, allow_nan=False, ensure_ascii=False) + "\n"
            data = line.encode("utf-8", "replace")
            with self._lock:
                if self._torn:
                    data = b"\n" + data
                # A full disk may take part of the line; the next one then starts on its own line.
                self._torn = os.write(self._fd, data) != len(data)
        except OSError as error:
            self._warn(error)

    def log(self, level: str, message: str) -> None:
        """`level` is info, warning or error. Also shown on stderr."""
        self.write("log", level=level, message=message)
        if self._fd is not None:
            say(message if level == "info" else f"{level}: {message}")

    def _warn(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            say(f"warning: {self.path}: events are being lost: {error}")


@contextmanager
def heartbeat(
    events: EventWriter, seconds: float, current_step: Callable[[], int]
) -> Iterator[None]:
    """Writes `heartbeat` events from a thread; none follows once the block is left."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(seconds):
            events.write("heartbeat", step=current_step())

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def clean(value: Any) -> Any:  # noqa: ANN401 (any value in, any JSON value out)
    """JSON-safe: NaN and infinities become null, tensors numbers, everything unknown text."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # torch and numpy, scalars included; neither is imported here
        return clean(value.tolist())
    return str(value)


def say(message: str) -> None:
    """A line for the person at the terminal; a closed terminal does not matter."""
    try:
        print(message, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass


def _ends_torn(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
