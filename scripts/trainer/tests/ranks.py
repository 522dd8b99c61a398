"""Starts the processes of one run as torchrun does, without its own: each is a trainer to signal.

test_run.py has torchrun itself.
"""

from __future__ import annotations

from pathlib import Path

from torch.distributed import TCPStore

from trainer_runs import Child, start

_meeting_points: list[TCPStore] = []  # each serves as long as it is here


def start_ranks(run_dir: Path, count: int, *program: str, **env: str) -> list[Child]:
    # The launcher's own store, as torchrun's: a port that is only looked for may be taken by
    # another test before the first process listens there.
    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    _meeting_points.append(store)
    group = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(store.port)}
    group |= {"TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "0"}
    group |= {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), **env}
    return [
        start(run_dir, *program, **group, RANK=str(rank), LOCAL_RANK=str(rank))
        for rank in range(count)
    ]


def all_end_well(children: list[Child]) -> None:
    for child in children:
        status, err = child.wait()
        assert status == 0, err
