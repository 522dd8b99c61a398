"""What is left to do of the experiments, in which order, and how long it takes. No torch here.

A part leaves a file in the work folder; what is there is not done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nano.experiment_settings import BY_NAME, S2R, label

ONCE = 0  # in the place of a seed: the same for all seeds
TRANSCRIBED = ("base", "scft", "rlerr", "outcome-only", "bi", "orl", "prl")
CRITICS = ("base", "scft")  # of the transcripts
# Of a whole part on one idle core of the machine that the committed table was made on.
SECONDS = {
    "solutions": 25,
    "data": 150,
    "measure": 60,
    "transcripts": 90,
    "scft": 60,
    "self-distill": 60,
    "rlerr": 140,
    "outcome-only": 140,
    "bi": 120,
    "orl": 140,
    "prl": 140,
}
MEGABYTES_OF_A_RUN = 25
SURE_AFTER = 30  # estimated seconds done before the machine's speed is taken from them


@dataclass(frozen=True)
class Part:
    """`arm` says of which model; training data, solutions and transcripts are of no single one."""

    kind: Literal["solutions", "data", "train", "measure", "transcripts"]
    seed: int = ONCE
    arm: str = ""

    def __str__(self) -> str:
        what = f"{self.kind} {label(self.arm)}" if self.arm else self.kind
        return f"seed {self.seed}: {what}" if self.seed else what


def measured(name: str, seed: int) -> Part:
    """The base model is the same for every seed."""
    return Part("measure", ONCE if name == "base" else seed, name)


def needs(part: Part) -> list[Part]:
    """What must be there before this part can start."""
    if part.kind == "transcripts":
        trained = [Part("train", part.seed, name) for name in TRANSCRIBED if name != "base"]
        return [Part("solutions"), *trained]
    if part.kind == "measure":
        own = [] if part.arm == "base" else [Part("train", part.seed, part.arm)]
        return own if part.arm in S2R else [Part("solutions"), *own]
    if part.kind == "train":
        start = BY_NAME[part.arm].start
        before = [] if start == "base" else [Part("train", part.seed, start)]
        return [Part("data", part.seed), *before]
    return []


def plan(seeds: Sequence[int], names: Sequence[str], is_done: Callable[[Part], bool]) -> list[Part]:
    """Everything that is missing, each part after those that it needs."""
    parts: list[Part] = []

    def add(part: Part) -> None:
        if part in parts or is_done(part):
            return
        for need in needs(part):
            add(need)
        parts.append(part)

    for seed in seeds:
        for name in names:
            add(measured(name, seed))
    if set(TRANSCRIBED) <= set(names):
        add(Part("transcripts", seeds[0]))
    return parts


def file_of(work: Path, part: Part) -> Path:
    """What the part leaves; of a training, its folder."""
    folder = work / f"seed-{part.seed}" if part.seed else work
    return {
        "solutions": work / "base-solutions.json",
        "data": folder / "data" / "problems.jsonl",  # the last one that is written
        "train": folder / part.arm,
        "measure": folder / f"{part.arm}.json",
        "transcripts": work / "transcripts.json",
    }[part.kind]


def is_done(work: Path, part: Part) -> bool:
    if part.kind == "train":
        return train_state(file_of(work, part)).finished
    return file_of(work, part).exists()


@dataclass(frozen=True)
class TrainState:
    """What the events of a run tell: whether it came to its end, and how far it is."""

    finished: bool = False
    step: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        return self.step / self.total if self.total else 0.0


def train_state(run: Path) -> TrainState:
    events = run / "events.jsonl"
    lines = events.read_text().splitlines() if events.exists() else []
    told = [event for line in lines if (event := _event(line)) is not None]
    steps = [event for event in told if event["type"] == "step"]
    finished = bool(told) and told[-1]["type"] == "run_end" and told[-1]["status"] == "ok"
    return TrainState(finished, steps[-1]["step"], steps[-1]["total"]) if steps else TrainState()


def _event(line: str) -> dict[str, Any] | None:
    try:
        return json.loads(line)
    except ValueError:  # a line that is being written
        return None


def seconds(part: Part) -> float:
    """Of the whole part."""
    return SECONDS[part.arm if part.kind == "train" else part.kind]


def seconds_left(work: Path, part: Part) -> float:
    """A stopped training goes on at its last checkpoint."""
    share = train_state(file_of(work, part)).share if part.kind == "train" else 0.0
    return seconds(part) * (1 - share)


def estimate(work: Path, parts: Sequence[Part]) -> str:
    """What will be done, seed by seed, and how long it takes."""
    if not parts:
        return f"everything is in {work}"
    lines = []
    for seed in dict.fromkeys(part.seed for part in parts):
        own = [part for part in parts if part.seed == seed]
        told = "; ".join(_told(kind, own) for kind in dict.fromkeys(part.kind for part in own))
        spent = minutes(sum(seconds_left(work, part) for part in own))
        lines.append(f"  {f'seed {seed}' if seed else 'once':8}{spent:>8}  {told}")
    total = minutes(sum(seconds_left(work, part) for part in parts))
    disk = MEGABYTES_OF_A_RUN * sum(part.kind == "train" for part in parts)
    head = f"{len(parts)} parts to do: about {total} on one idle core, {disk} MB in {work}"
    return "\n".join([head, *lines])


def _told(kind: str, parts: Sequence[Part]) -> str:
    """In the words of `--only`."""
    return " ".join([kind, *(part.arm for part in parts if part.kind == kind and part.arm)])


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


@dataclass
class Pace:
    """How fast this machine is against the estimates: both sums are over what this run has done."""

    estimated: float = 0.0
    spent: float = 0.0

    def add(self, estimated: float, spent: float) -> None:
        self.estimated += estimated
        self.spent += spent

    def left(self, estimated: float) -> float:
        """Seconds for what is estimated so, at the pace up to now."""
        known = self.estimated >= SURE_AFTER
        return estimated * (self.spent / self.estimated if known else 1.0)
