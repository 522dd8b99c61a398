"""SIGTERM and SIGINT: the first asks for a checkpoint and an orderly end, the second ends at once.

Python runs signal handlers between bytecodes of the main thread, which may sit in one long torch
call. The interpreter's C handler writes the signal's number to a socket at once, and a thread
reads it there: a second signal works in the middle of a step.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .events import say

SIGNALS = {signal.SIGTERM, signal.SIGINT}


@contextmanager
def signals_blocked() -> Iterator[None]:
    """A process that is started here is never reached by them.

    A stop is sent to the whole process group, but the trainer needs its helpers until it ends.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class StopRequest:
    """Whether a stop was asked for."""

    def __init__(self) -> None:
        self.requested = False


def watch_signals(at_once: Callable[[int], None]) -> StopRequest:
    """Main thread only. `at_once(signal)` is called in a thread at the second signal."""
    stop = StopRequest()
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)  # any handler: it switches the wakeup on
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        _keep_open = writer
        while data := reader.recv(1):
            if data[0] not in SIGNALS:
                continue
            if stop.requested:
                at_once(data[0])
            stop.requested = True
            say("stopping after this step, with a checkpoint; a second signal stops at once")

    threading.Thread(target=listen, name="signals", daemon=True).start()
    return stop
