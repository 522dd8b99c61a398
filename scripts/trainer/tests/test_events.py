"""events.jsonl: strict JSON, whole lines, and never a reason to stop training."""

from __future__ import annotations

import json
import math
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflection_trainer.events import EventWriter, clean, heartbeat

from trainer_runs import EVENT, read_events

numbers = st.floats() | st.integers() | st.booleans() | st.none()
values = st.recursive(
    numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_whatever_is_measured_becomes_strict_json(value: object) -> None:
    text = json.dumps(clean(value), allow_nan=False)
    assert "NaN" not in text.replace('"NaN"', "") or isinstance(value, (str, list, dict))
    assert json.loads(text) == clean(value)


def test_what_was_not_measured_is_null_and_tensors_are_numbers(tmp_path: Path) -> None:
    import numpy
    import torch

    assert clean(math.nan) is None and clean(-math.inf) is None
    assert clean({"a": torch.tensor(1.5), "b": numpy.float32(0.5), "c": torch.tensor([1, 2])}) == {
        "a": 1.5,
        "b": 0.5,
        "c": [1, 2],
    }
    assert clean(torch.tensor(math.nan)) is None and clean(numpy.float64("inf")) is None
    events = EventWriter(tmp_path / "events.jsonl")
    events.write("step", step=1, total=2, epoch=None, metrics={"loss": float("nan")})
    assert read_events(tmp_path)[0]["metrics"] == {"loss": None}


@given(cut=st.integers(0, 200), text=st.text())
def test_a_torn_line_costs_itself_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, cut: int, text: str
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    path = folder / "events.jsonl"
    first = EventWriter(path)
    for number in range(3):
        first.log("info", f"{number} {text}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut % len(whole)])
    kept = path.read_bytes().count(b"\n")
    EventWriter(path).write("run_end", status="ok", error=None)
    events = read_events(folder, torn=1)
    assert [event["type"] for event in events[kept:]] in (["run_end"], ["log", "run_end"])


def test_lines_of_many_threads_do_not_mix(tmp_path: Path) -> None:
    events = EventWriter(tmp_path / "events.jsonl")
    text = "x" * 5000

    def shout(number: int) -> None:
        for _ in range(50):
            events.write("heartbeat", step=number, text=text)

    threads = [threading.Thread(target=shout, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_events(tmp_path)) == 200


def test_a_full_disk_loses_events_says_so_once_and_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events = EventWriter(tmp_path / "events.jsonl")
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda fd, data: real(fd, data[: len(data) // 2]))
        events.write("heartbeat", step=1)  # the disk takes half a line

        def full(fd: int, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        patched.setattr(os, "write", full)
        events.write("heartbeat", step=2)
        events.write("heartbeat", step=3)
    events.write("heartbeat", step=4)
    assert [event["step"] for event in read_events(tmp_path, torn=1)] == [4]
    assert capsys.readouterr().err.count("events are being lost") == 1


def test_only_the_main_process_writes(tmp_path: Path) -> None:
    EventWriter(tmp_path / "events.jsonl", enabled=False).log("info", "nobody hears this")
    assert not (tmp_path / "events.jsonl").exists()


def test_no_heartbeat_follows_the_end(tmp_path: Path) -> None:
    events = EventWriter(tmp_path / "events.jsonl")
    beaten = threading.Event()

    def step() -> int:
        beaten.set()
        return 7

    with heartbeat(events, 0.001, step):
        assert beaten.wait(10)
    events.write("run_end", status="ok", error=None)
    written = read_events(tmp_path)
    assert written[0] == {**written[0], "type": "heartbeat", "step": 7}
    assert [event["type"] for event in written].index("run_end") == len(written) - 1


def test_the_schema_is_loose_towards_new_fields_and_strict_towards_wrong_ones() -> None:
    assert EVENT.is_valid({"type": "heartbeat", "t": 1.0, "new": [1]})
    assert not EVENT.is_valid({"type": "step", "t": 1.0, "step": 1})
