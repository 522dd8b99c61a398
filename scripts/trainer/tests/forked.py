"""Starts trainers in a nursery (see nursery.py), with what tests use of `subprocess.Popen`.

`pytest -n` has one nursery for all its workers: the controller opens it and names it in the
environment. Otherwise it is opened with the first trainer.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

NAMED_IN = "REFLECTION_NURSERY"
PATIENCE = 300  # seconds, for its imports on a busy machine
_opened: list[subprocess.Popen[bytes]] = []


def open_nursery() -> None:
    """Begins to import; `fork` waits until it is ready."""
    # A socket's path has room for some hundred characters: not in pytest's folders.
    folder = tempfile.mkdtemp(prefix="nursery-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[NAMED_IN] = f"{folder}/socket"
    script = Path(__file__).parent / "nursery.py"
    command = [sys.executable, str(script), os.environ[NAMED_IN]]
    # It ends when this process does, however that ends: its standard input is closed then.
    opened = subprocess.Popen(command, stdin=subprocess.PIPE)
    _opened.append(opened)
    atexit.register(close_nursery, opened)


def close_nursery(opened: subprocess.Popen[bytes]) -> None:
    """Waits for its trainers, too: a test that passed has ended its own."""
    try:
        opened.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        opened.kill()


@cache
def nursery() -> str:
    """Where the nursery listens, when it does."""
    if NAMED_IN not in os.environ:
        open_nursery()
    return os.environ[NAMED_IN]


class Forked:
    """A trainer that was forked. Its words go to a file, so that nobody has to read them."""

    def __init__(self, program: Sequence[str], env: Mapping[str, str]) -> None:
        self.returncode: int | None = None
        self._words = tempfile.TemporaryFile()
        self._connection = connected(nursery())
        request = json.dumps({"program": list(program), "env": dict(env)}).encode()
        socket.send_fds(self._connection, [request], [self._words.fileno()])
        self._answers = self._connection.makefile("rb")
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        return self._status(0)

    def wait(self, timeout: float) -> int:
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"trainer {self.pid}", timeout)
        return status

    def communicate(self, timeout: float | None = None) -> tuple[None, str]:
        self.wait(PATIENCE if timeout is None else timeout)
        self._words.seek(0)
        return None, self._words.read().decode()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _status(self, timeout: float) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], timeout)[0]:
            self.returncode = int(self._answers.readline())
        return self.returncode


def connected(address: str) -> socket.socket:
    """Waits until the nursery has imported everything."""
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(address)
            return connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            ended = any(process.poll() is not None for process in _opened)
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"no nursery listens at {address}") from None
            time.sleep(0.05)
