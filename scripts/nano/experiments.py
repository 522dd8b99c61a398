"""What the training methods do to the embedded model: every method, several seeds, one table.

    PYTHONPATH=scripts:scripts/trainer python -m nano.experiments --work WORK --out docs

Data come from the base model by rejection sampling as in the papers, training is that of
`reflection_trainer` in processes of its own, and each model is measured on held-out problems that
no training saw. What is already in WORK is not done again, so a stopped run goes on; `--estimate`
tells what is missing and how long it takes; `--only rlerr --seeds 1` does a part. Settings are in
`experiment_settings.py`. The report is written after every model that was measured.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from nano.experiment_plan import (
    Pace,
    Part,
    estimate,
    file_of,
    is_done,
    minutes,
    plan,
    seconds_left,
    train_state,
)
from nano.experiment_settings import NAMES, SEEDS

SHOW_SECONDS = 20


def main() -> int:
    """Do what is asked and not done yet, then write the table; the exit status."""
    options = parse_options()
    parts = plan(options.seeds, options.only, lambda part: is_done(options.work, part))
    print(estimate(options.work, parts), flush=True)
    if options.estimate:
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        run(parts, options)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    if not parts:
        report(options)
    return 0


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="experiments", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="where the parts are kept")
    parser.add_argument("--out", type=Path, help="folder of the report; none: no report")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), metavar="N")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=NAMES,
        default=list(NAMES),
        metavar="NAME",
        help=" ".join(NAMES),
    )
    parser.add_argument("--estimate", action="store_true", help="tell what is to do, and end")
    options = parser.parse_args()
    if min(options.seeds) < 1:
        parser.error("--seeds: seeds count from 1")
    options.work = options.work.resolve()  # a run's configuration names its files from elsewhere
    return options


def run(parts: Sequence[Part], options: argparse.Namespace) -> None:
    from nano.experiment_parts import do  # torch takes seconds to load; an estimate needs none

    pace = Pace()
    for index, part in enumerate(parts):
        wanted = seconds_left(options.work, part)
        tell(f"[{index + 1}/{len(parts)}] {part}, about {minutes(pace.left(wanted))}")
        started = time.monotonic()
        do(options.work, part, progress(options.work, parts[index:], pace))
        spent = time.monotonic() - started
        pace.add(wanted, spent)
        rest = sum(seconds_left(options.work, other) for other in parts[index + 1 :])
        tell(f"  done in {minutes(spent)}; {ends(pace.left(rest))}")
        if part.kind in ("measure", "transcripts"):
            report(options)


def progress(work: Path, parts: Sequence[Part], pace: Pace) -> Callable[[], None]:
    """Shows the step of the first of `parts`, a training, now and then."""
    shown, started = time.monotonic(), train_state(file_of(work, parts[0])).step

    def tick() -> None:
        nonlocal shown
        if time.monotonic() - shown < SHOW_SECONDS:
            return
        shown = time.monotonic()
        state = train_state(file_of(work, parts[0]))
        if state.step > started:
            left = pace.left(sum(seconds_left(work, part) for part in parts))
            tell(f"  step {state.step} of {state.total}; {ends(left)}")

    return tick


def ends(left: float) -> str:
    """When everything will be done."""
    until = datetime.now() + timedelta(seconds=left)
    return f"all in about {minutes(left)}, at {until:%H:%M}" if left else "that was all"


def tell(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {line}", flush=True)


def report(options: argparse.Namespace) -> None:
    if options.out is not None:
        from nano.experiment_report import write_report  # numpy, too

        write_report(options.work, options.out)


if __name__ == "__main__":
    raise SystemExit(main())
