"""Real runs of the trainer in real child processes, and what the tests read back from them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from held_trainer import GO_ON
from jsonschema import Draft202012Validator

from reflection_trainer.config import load_schema

from forked import Forked

PACKAGE = Path(__file__).parents[1]
EVENT = Draft202012Validator(load_schema("event"))
MAIN = [sys.executable, "-m", "reflection_trainer"]
HELD = str(Path(__file__).parent / "held_trainer.py")
PATIENCE = 300  # seconds; a child imports torch and TRL first

Event = dict[str, Any]


@dataclass
class Child:
    """A trainer at work. `err` is read when it has ended."""

    process: subprocess.Popen[str] | Forked
    run_dir: Path
    written_before: int = 0  # bytes of events.jsonl that earlier processes wrote

    def wait(self, seconds: float = PATIENCE) -> tuple[int, str]:
        _, err = self.process.communicate(timeout=seconds)
        return self.process.returncode, err

    def until(self, text: str, times: int = 1) -> None:
        """Waits until the events of this process contain `text`; it must not end before."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if self.count(text) >= times:
                return
            assert not ended, f"ended before {text}: {self.process.communicate()[1]}"
            time.sleep(0.005)
        raise AssertionError(f"no {text} in time")

    def until_step(self, step: int) -> None:
        self.until(f'"step": {step}, "total"')

    def _events_text(self) -> str:
        path = self.run_dir / "events.jsonl"
        data = path.read_bytes()[self.written_before :] if path.exists() else b""
        return data.decode("utf-8", "replace")  # the last line may be half written

    def count(self, text: str) -> int:
        """How often the events of this process contain `text`."""
        return self._events_text().count(text)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def go_on(self) -> None:
        """Lets a trainer go on that is held (see held_trainer.py)."""
        (self.run_dir / GO_ON).touch()


def write_config(run_dir: Path, model: Path, data: Path, **fields: object) -> Path:
    """Settings at which the tiny model makes many steps a second."""
    run_dir.mkdir(parents=True, exist_ok=True)
    config = {
        "method": "scft",
        "model": {"path": str(model)},
        "data": {"path": str(data)},
        "batchSize": 8,
        "microBatchSize": 4,
        "maxSteps": 24,
        "saveEverySteps": 3,
        "learningRate": 5e-3,
        "heartbeatSeconds": 0.5,
        "threads": 1,
        "seed": 3,
        **fields,
    }
    path = run_dir / "config.json"
    path.write_text(json.dumps(config), "utf-8")
    return path


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def start(run_dir: Path, *program: str, **env: str) -> Child:
    """`python PROGRAM... --config CONFIG` in a process that has its imports (see nursery.py)."""
    before = written(run_dir)
    return Child(Forked(with_config(run_dir, program), env), run_dir, before)


def start_from_nothing(run_dir: Path, *program: str) -> Child:
    """The same as a user starts it: an interpreter that has imported nothing."""
    before = written(run_dir)
    process = subprocess.Popen(
        [sys.executable, *with_config(run_dir, program)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    return Child(process, run_dir, before)


def with_config(run_dir: Path, program: Sequence[str]) -> list[str]:
    return [*(program or MAIN[1:]), "--config", str(run_dir / "config.json")]


def written(run_dir: Path) -> int:
    """Bytes of the events that are there."""
    events = run_dir / "events.jsonl"
    return events.stat().st_size if events.exists() else 0


def start_faulty(run_dir: Path, fault: str) -> Child:
    """The same program with one fault built in: see faulty_trainer.py."""
    return start(run_dir, str(Path(__file__).parent / "faulty_trainer.py"), fault)


def read_events(run_dir: Path, torn: int = 0) -> list[Event]:
    """Every whole line, checked against the schema; at most `torn` lines may be half written."""
    path = run_dir / "events.jsonl"
    if not path.exists():
        return []
    *lines, _unfinished = path.read_bytes().split(b"\n")
    events = []
    for line in lines:
        try:
            event = json.loads(line.decode("utf-8"), parse_constant=_reject_nan)
        except ValueError:
            torn -= 1
            assert torn >= 0, f"a line is torn: {line!r}"
            continue
        EVENT.validate(event)
        events.append(event)
    return events


def _reject_nan(name: str) -> float:
    raise AssertionError(f"{name} in events.jsonl")


def of_type(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["type"] == kind]


def curve(events: list[Event]) -> dict[int, dict[str, float]]:
    """Metrics by step; a step that was done again after a resume counts as it was done last."""
    return {event["step"]: event["metrics"] for event in of_type(events, "step")}


def starts(events: list[Event]) -> list[tuple[str | None, int | None]]:
    """Of each process: the checkpoint it went on from, and the first step it did."""
    found: list[tuple[str | None, int | None]] = []
    for event in events:
        if event["type"] == "run_start":
            found.append((event["resumedFrom"], None))
        elif event["type"] == "step" and found[-1][1] is None:
            found[-1] = (found[-1][0], event["step"])
    return found


def ends(events: list[Event]) -> list[str]:
    return [event["status"] for event in of_type(events, "run_end")]


def logs(events: list[Event]) -> str:
    return "\n".join(event["message"] for event in of_type(events, "log"))
