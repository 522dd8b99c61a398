"""Time scipy's paired bootstrap on the scores given on stdin, for `npm run bench -- stats`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from scipy import stats


def difference(a: Any, b: Any, axis: int = -1) -> Any:  # noqa: ANN401 (numpy arrays)
    return np.mean(b, axis=axis) - np.mean(a, axis=axis)


def main() -> None:
    scores = json.load(sys.stdin)
    data = (np.array(scores["a"]), np.array(scores["b"]))

    def run() -> Any:  # noqa: ANN401 (scipy's result has no public type)
        return stats.bootstrap(
            data, difference, paired=True, vectorized=True, n_resamples=10_000, method="percentile"
        )

    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        interval = run().confidence_interval
        seconds.append(time.perf_counter() - start)
    milliseconds = 1000 * min(seconds)
    shown = f"{interval.low:.4f} to {interval.high:.4f}"
    print(f"scipy           {milliseconds:7.0f} ms   {shown}")


if __name__ == "__main__":
    main()
