"""The reference values that hold src/core/stats are still what scipy and statsmodels say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "scripts/checks/statistics_reference.py"


def test_reference_values_are_current() -> None:
    subprocess.run([sys.executable, SCRIPT, "--check"], check=True)
