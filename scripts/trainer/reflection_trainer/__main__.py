"""`python -m reflection_trainer --config RUN/config.json`: trains, or goes on where it stopped.

Exit status: 0 finished or stopped on request, 1 failed, 2 wrong configuration or usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .config import load_config
from .errors import ConfigError, UserError
from .events import say
from .run import tell_refusal, train


def main() -> int:
    parser = argparse.ArgumentParser(prog="reflection_trainer", description=__doc__)
    parser.add_argument(
        "--config", required=True, type=Path, help="config.json; its folder is the run directory"
    )
    parser.add_argument(
        "--estimate",
        action="store_true",
        help="print steps, tokens, memory and disk as JSON, and start nothing",
    )
    asked = parser.parse_args()
    path: Path = asked.config.resolve()
    try:
        return _estimate(path) if asked.estimate else _run(path)
    except OSError as error:  # of the run directory itself; a run names its own
        say(f"error: {error}")
        return 1


def _run(path: Path) -> int:
    try:
        config = load_config(path)
    except ConfigError as error:
        say(f"error: {error}")
        if path.is_file():
            tell_refusal(path.parent, error)
        return 2
    return train(config, path.parent)


def _estimate(path: Path) -> int:
    try:
        config = load_config(path)
        from .plan import estimated

        print(json.dumps(estimated(config, path.parent, None), allow_nan=False))
    except UserError as error:
        say(f"error: {error}")
        return 2 if isinstance(error, ConfigError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
