"""Math-Verify in a child process with a hard time limit.

Its own limit is `signal.alarm`: it works in the main thread only, and it cannot interrupt a long
computation inside one C call, such as 10^(10^8). Here the child is killed and started again.
"""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import sys
from multiprocessing.connection import Connection
from threading import Lock

from .stop import SIGNALS, signals_blocked

START_SECONDS = 120.0
MEMORY_BYTES = 4 << 30
LONGEST = 4000  # characters of an answer


class BoundedVerifier:
    """`same` may be called from any thread; one question is answered at a time."""

    def __init__(self, limit_seconds: float = 5.0) -> None:
        self.limit_seconds = limit_seconds
        self.given_up = 0
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._lock = Lock()
        atexit.register(self._kill)  # daemons are ended with SIGTERM, which the child ignores

    def same(self, gold: str, answer: str) -> bool | None:
        """None: not decided within the limit. Count it; it is neither right nor wrong."""
        if len(answer) > LONGEST or len(gold) > LONGEST:
            return None
        with self._lock:
            try:
                connection = self._running()
                connection.send((gold, answer))
                if connection.poll(self.limit_seconds):
                    return connection.recv()
            except (EOFError, OSError):
                pass  # the child died, of its memory limit for instance
            self.given_up += 1
            self._kill()
            return None

    def close(self) -> None:
        with self._lock:
            self._kill()

    def _running(self) -> Connection:
        if self._connection is not None and self._process is not None and self._process.is_alive():
            return self._connection
        self._kill()
        context = multiprocessing.get_context("spawn")  # fork is unsafe beside threads and CUDA
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_answer_questions, args=(theirs,), daemon=True)
        with signals_blocked():
            self._process.start()
        theirs.close()
        if not self._connection.poll(START_SECONDS):
            raise OSError("Math-Verify did not start")
        self._connection.recv()
        return self._connection

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None


def _answer_questions(connection: Connection) -> None:
    import logging

    for number in SIGNALS:  # where they cannot be blocked
        signal.signal(number, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    sys.set_int_max_str_digits(10_000)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from math_verify import parse, verify

    connection.send("ready")
    while True:
        try:
            gold, answer = connection.recv()
        except EOFError:
            return  # the trainer is gone
        try:
            read = [parse(text, parsing_timeout=None) for text in (gold, answer)]
            connection.send(bool(verify(*read, timeout_seconds=None)) if read[0] else None)
        except Exception:
            connection.send(None)
