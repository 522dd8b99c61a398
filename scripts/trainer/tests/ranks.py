"""Starts the processes of one run as torchrun does, without its own: each is a trainer to signal.

test_run.py has torchrun itself.
"""

from __future__ import annotations

import socket
from pathlib import Path

from trainer_runs import Child, start


def start_ranks(run_dir: Path, count: int, *program: str, **env: str) -> list[Child]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    group = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    group |= {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), **env}
    return [
        start(run_dir, *program, **group, RANK=str(rank), LOCAL_RANK=str(rank))
        for rank in range(count)
    ]


def all_end_well(children: list[Child]) -> None:
    for child in children:
        status, err = child.wait()
        assert status == 0, err
