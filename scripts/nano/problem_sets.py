"""Write the problem sets that come with the product: two demo sets and a training set.

    PYTHONPATH=scripts:scripts/trainer python -m nano.problem_sets --out media/problems

`demo-5` and `demo-60` come from the held-out test pool, so no training has seen them;
`demo-train-300` is disjoint from all held-out problems.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from nano import pools
from nano.family import LEVELS, Problem

DEMO_PER_LEVEL = 12
FIRST_MINUTE_LEVELS = (1, 1, 1, 2, 2)
TRAINING_SIZE, TRAINING_SEED = 300, 103
SUBJECT = "chained arithmetic"


def main() -> None:
    """Write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in problem_sets().items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (out / f"{name}.jsonl").write_text(text, encoding="utf-8")
        print(f"{name}: {len(rows)} problems")


def problem_sets() -> dict[str, list[dict[str, object]]]:
    """File name (without ending) -> rows."""
    demo, first = demo_problems()
    training = pools.training_problems(TRAINING_SIZE, TRAINING_SEED)
    return {
        "demo-5": rows("first", first),
        "demo-60": rows("demo", demo),
        "demo-train-300": rows("train", training),
    }


def demo_problems() -> tuple[list[Problem], list[Problem]]:
    """(demo, first minute): different problems of the test pool, in the pool's order."""
    unique = {problem.text: problem for problem in pools.test_problems()}
    by_level = {level: [p for p in unique.values() if p.level == level] for level in sorted(LEVELS)}
    demo = [by_level[level][i] for i in range(DEMO_PER_LEVEL) for level in sorted(LEVELS)]
    left = {level: iter(problems[DEMO_PER_LEVEL:]) for level, problems in by_level.items()}
    return demo, [next(left[level]) for level in FIRST_MINUTE_LEVELS]


def rows(prefix: str, problems: list[Problem]) -> list[dict[str, object]]:
    """Problem rows as the product reads them; the answer is a string, as in public sets."""
    return [
        {
            "id": f"{prefix}-{number:03d}",
            "problem": problem.text,
            "answer": str(problem.answer),
            "level": problem.level,
            "subject": SUBJECT,
        }
        for number, problem in enumerate(problems, 1)
    ]


if __name__ == "__main__":
    main()
