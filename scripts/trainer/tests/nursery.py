"""Trainers that have imported everything before they start: `python nursery.py SOCKET`.

Importing torch, transformers and TRL takes ten seconds of a processor, what a test wants of a
trainer often one. The nursery imports once and forks a process for each connection: a real one,
with its own session, signals and files, that a test kills as any other. What a fork cannot show
(the command as a user types it, its first seconds, torchrun) the tests start from nothing.

A connection brings a JSON object and the file that takes the trainer's words; it gets the process
id in one line and the exit status, as `subprocess` gives it, in another. The nursery ends with its
standard input.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import socket
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def import_everything() -> None:
    """All that a trainer of any method imports, and nothing that starts a thread."""
    from reflection_trainer import checks, evaluation, run  # noqa: F401 (for the trainers)
    from reflection_trainer.method import MODULES

    for module in set(MODULES.values()):
        importlib.import_module(f"reflection_trainer.{module}")
    importlib.import_module("reflection_trainer.gguf_io")
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401 (lazily imported)
    from trl import GRPOTrainer, RLOOTrainer, SFTTrainer  # noqa: F401 (lazily imported)


def serve(listener: socket.socket) -> None:
    waiting = 0  # processes that wait for a trainer
    while True:
        while waiting and os.waitpid(-1, os.WNOHANG)[0]:
            waiting -= 1
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            break
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            attend(connection)
        waiting += 1
        connection.close()
    for _ in range(waiting):
        os.wait()


def attend(connection: socket.socket) -> None:
    """Forks the trainer, tells its process id, waits for it and tells its status."""
    request, (words,), _, _ = socket.recv_fds(connection, 1 << 16, 1)
    child = os.fork()
    if child == 0:
        connection.close()
        become_trainer(words, **json.loads(request))
    os.close(words)
    connection.sendall(b"%d\n" % child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(b"%d\n" % status)
    os._exit(0)


def become_trainer(words: int, program: list[str], env: dict[str, str]) -> None:
    """`python PROGRAM...` in this process. It ends as an interpreter ends, never by returning."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for target, source in ((0, nothing), (1, nothing), (2, words)):
        os.dup2(source, target)
    os.environ.update(env)
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program
        runpy.run_path(program[0], run_name="__main__")
    sys.exit(0)


def main() -> None:
    sys.path.insert(0, str(PACKAGE))
    import_everything()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        serve(listener)


if __name__ == "__main__":
    main()
