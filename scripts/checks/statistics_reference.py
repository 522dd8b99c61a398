"""Write reference values of scipy and statsmodels to test/fixtures/contract/statistics.json.

    .venv/bin/python scripts/checks/statistics_reference.py           writes the file
    .venv/bin/python scripts/checks/statistics_reference.py --check   fails when it is not current

`test/unit/stats/reference.test.ts` holds `src/core/stats` to these values to 1e-9. Only methods
without chance are here: what draws random numbers is checked by its coverage instead.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower

FILE = Path(__file__).parents[2] / "test/fixtures/contract/statistics.json"
RANDOM = np.random.default_rng(20250101)


def normal() -> list[dict[str, Any]]:
    xs = [-37.5, -12.0, -6.5, -5.9, -3.3, -1.959963984540054, -0.5, 0.0, 0.7, 2.2, 5.5, 8.0]
    ps = [1e-300, 1e-12, 0.001, 0.02425, 0.025, 0.3, 0.5, 0.9, 0.97575, 0.975, 0.9999, 1 - 1e-12]
    return [{"x": x, "cdf": stats.norm.cdf(x)} for x in xs] + [
        {"p": p, "quantile": stats.norm.ppf(p)} for p in ps
    ]


def student() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []
    for df in (1, 2, 4, 29, 59, 499):
        cases += [{"df": df, "t": t, "cdf": stats.t.cdf(t, df)} for t in (-4.2, -0.3, 0.0, 1.9)]
        cases += [{"df": df, "p": p, "quantile": stats.t.ppf(p, df)} for p in (0.01, 0.6, 0.975)]
    return cases


def quantiles() -> list[dict[str, Any]]:
    cases = []
    for size in (1, 2, 5, 100):
        values = np.sort(RANDOM.normal(size=size))
        qs = [0.0, 0.025, 0.5, 0.9, 1.0]
        expected = [float(np.quantile(values, q)) for q in qs]
        cases.append({"values": values.tolist(), "q": qs, "expected": expected})
    return cases


def mcnemar_cases() -> list[dict[str, Any]]:
    pairs = [(0, 0), (1, 0), (3, 9), (9, 3), (6, 6), (40, 61), (0, 20), (250, 300)]
    return [
        {
            "gained": gained,
            "lost": lost,
            "p": 1.0
            if gained + lost == 0
            else float(mcnemar([[5, gained], [lost, 7]], exact=True).pvalue),
        }
        for gained, lost in pairs
    ]


def holm_cases() -> list[dict[str, Any]]:
    lists = [[0.01, 0.04, 0.03, 0.005], [0.2], [0.5, 0.5, 0.5], RANDOM.uniform(size=25).tolist()]
    return [{"p": ps, "adjusted": multipletests(ps, method="holm")[1].tolist()} for ps in lists]


def sign_flip_cases() -> list[dict[str, Any]]:
    """Exact two-sided sign-flip tests, as scipy's permutation test over all sign patterns."""
    cases = []
    for n in (3, 6, 10, 13):
        a, b = (RANDOM.integers(0, 9, size=n) / 8 for _ in range(2))
        result = stats.permutation_test(
            (b - a,),
            np.mean,
            permutation_type="samples",
            alternative="two-sided",
            n_resamples=math.inf,
        )
        # scipy doubles the smaller tail: the same here, because flipped sums are symmetric.
        cases.append({"a": a.tolist(), "b": b.tolist(), "p": float(result.pvalue)})
    return cases


def bca_cases() -> list[dict[str, Any]]:
    """BCa of a bootstrap distribution in which every resample occurs once: no chance is left."""
    cases = []
    for ratio in (False, True):
        rows = RANDOM.integers(1, 9, size=(5, 2)).astype(float)
        rows[:, 1] += 3

        def value(index: Any, rows: Any = rows, ratio: bool = ratio) -> float:  # noqa: ANN401 (numpy arrays)
            picked = rows[np.asarray(index, dtype=int)]
            return float(picked[:, 0].sum() / picked[:, 1].sum()) if ratio else picked[:, 0].mean()

        every = itertools.product(range(5), repeat=5)
        distribution = np.array([value(index) for index in every])
        result = stats.bootstrap(
            (np.arange(5),),
            value,
            vectorized=False,
            n_resamples=0,
            method="BCa",
            bootstrap_result=SimpleNamespace(bootstrap_distribution=distribution),
        )
        interval = result.confidence_interval
        cases.append(
            {
                "rows": rows.tolist(),
                "ratio": ratio,
                "low": float(interval.low),
                "high": float(interval.high),
            }
        )
    return cases


def ratio_cases() -> list[dict[str, Any]]:
    """Delta method of spec C5, as the standard error of a regression-free ratio estimator."""
    cases = []
    for n in (5, 40):
        a, b = (RANDOM.integers(0, 20, size=(n, 2)).astype(float) + [0, 1] for _ in range(2))

        def z(rows: Any) -> Any:  # noqa: ANN401 (numpy arrays)
            return (rows[:, 0] - rows[:, 0].sum() / rows[:, 1].sum() * rows[:, 1]) / rows[
                :, 1
            ].mean()

        cases.append(
            {
                "a": a.tolist(),
                "b": b.tolist(),
                "se": float(stats.sem(z(a))),
                "differenceSe": float(stats.sem(z(b) - z(a))),
            }
        )
    return cases


def variance_cases() -> list[dict[str, Any]]:
    """Within and total variance of spec C3 from single samples instead of counts."""
    cases = []
    for problems, samples in ((4, 2), (30, 8)):
        draws = RANDOM.integers(0, 2, size=(problems, samples))
        cases.append(
            {
                "counts": [[int(row.sum()), samples] for row in draws],
                "within": float((draws.var(axis=1, ddof=1) / samples).sum() / problems**2),
                "total": float(stats.sem(draws.mean(axis=1)) ** 2),
            }
        )
    return cases


def power_cases() -> list[dict[str, Any]]:
    """MDE of spec C4 against statsmodels' one-sample normal power (ratio 0 = one group)."""
    cases = []
    for sd, n in ((0.15, 30), (0.2, 60), (0.25, 90)):
        effect = NormalIndPower().solve_power(nobs1=n, alpha=0.05, power=0.8, ratio=0)
        cases.append({"sd": sd, "n": n, "effect": float(effect) * sd})
    return cases


def boundary_cases() -> list[dict[str, Any]]:
    cases = []
    for n in (1, 12, 60, 500):
        for k in (0, n):
            interval = stats.binomtest(k, n).proportion_ci(method="exact")
            case = {"n": n, "k": k, "low": float(interval.low), "high": float(interval.high)}
            cases.append(case)
    return cases


def mcc_cases() -> list[dict[str, Any]]:
    cases = []
    for tp, fp, tn, fn in ((5, 1, 7, 2), (0, 3, 3, 3), (90, 4, 1, 2)):
        truth = [1] * tp + [0] * fp + [0] * tn + [1] * fn
        said = [1] * tp + [1] * fp + [0] * tn + [0] * fn
        counts = [tp, fp, tn, fn]
        cases.append({"counts": counts, "mcc": float(stats.pearsonr(truth, said).statistic)})
    return cases


def pass_at_k_cases() -> list[dict[str, Any]]:
    return [
        {"n": n, "c": c, "k": k, "value": 1 - math.comb(n - c, k) / math.comb(n, k)}
        for n in (4, 16, 64)
        for c in (0, 1, n // 2, n)
        for k in (1, 2, n)
    ]


def reference() -> dict[str, Any]:
    return {
        "normal": normal(),
        "student": student(),
        "quantile": quantiles(),
        "mcnemar": mcnemar_cases(),
        "holm": holm_cases(),
        "signFlip": sign_flip_cases(),
        "bca": bca_cases(),
        "ratio": ratio_cases(),
        "variance": variance_cases(),
        "power": power_cases(),
        "boundary": boundary_cases(),
        "mcc": mcc_cases(),
        "passAtK": pass_at_k_cases(),
    }


def differs(a: Any, b: Any) -> bool:  # noqa: ANN401 (any JSON value)
    """Whether two values differ by more than the last bits, which depend on the machine."""
    if isinstance(a, float) or isinstance(b, float):
        return not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-300)
    if isinstance(a, dict):
        return a.keys() != b.keys() or any(differs(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) != len(b) or any(differs(x, y) for x, y in zip(a, b, strict=True))
    return a != b


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare with the file")
    found = json.loads(json.dumps(reference(), allow_nan=False))
    if parser.parse_args().check:
        if differs(found, json.loads(FILE.read_text("utf-8"))):
            print(f"{FILE} is not what scipy and statsmodels say", file=sys.stderr)
            return 1
        print(f"{sum(map(len, found.values()))} reference values are current")
        return 0
    FILE.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"{sum(map(len, found.values()))} reference values written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
