"""The table of the experiments: means over seeds with intervals, and the differences that matter.

Intervals are percentile bootstraps over problems, of the mean over seeds of each problem: all
samples and all seeds of a problem travel together. They hold the spread of problems and of samples;
three seeds say little about that of trainings, so every seed is shown, too.

The page is written by people; the tables and the transcripts between their marks are not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nano.experiment_plan import file_of, measured
from nano.experiment_settings import NAMES, label
from nano.experiment_transcripts import behaviour, pairs

PAGE, NUMBERS = "training-experiments.md", "training-experiments.json"
EMPTY_PAGE = """# The training methods on the embedded model

<!-- results -->
<!-- /results -->

<!-- transcripts -->
<!-- /transcripts -->
"""
RESAMPLES = 5000
MEASURES = {
    "passAt1": "pass@1, T 0.6",
    "greedy": "greedy",
    "accT2": "critic: Acc@t2",
    "verdictRight": "critic: verdict right",
}
BEHAVIOUR = {
    "firstRight": "first answer right",
    "repaired": "wrong, then right",
    "broken": "right, then wrong",
    "verdicts": "verdicts / 100 traces",
    "verdictsTrue": "of them true",
}
# Better arm, arm that it is compared with, measure.
CLAIMS = (
    ("scft", "base", "accT2"),
    ("scft", "base", "passAt1"),
    ("scft", "self-distill", "passAt1"),
    ("scft", "self-distill", "accT2"),
    ("rlerr", "scft", "passAt1"),
    ("rlerr", "base", "passAt1"),
    ("rlerr", "scft", "accT2"),
    ("rlerr", "scft", "verdictRight"),
    ("rlerr", "outcome-only", "passAt1"),
    ("rlerr", "outcome-only", "verdictRight"),
    ("bi", "base", "passAt1"),
    ("orl", "bi", "passAt1"),
    ("prl", "bi", "passAt1"),
    ("prl", "orl", "passAt1"),
)


def write_report(work: Path, out: Path) -> None:
    """`training-experiments.json` for programs, `training-experiments.md` for people."""
    seeds = sorted(int(folder.name.split("-")[1]) for folder in work.glob("seed-*"))
    found = {name: runs for name in NAMES if (runs := _read(work, seeds, name))}
    numbers = {name: _numbers(list(runs.values())) for name, runs in found.items()}
    claims = [
        {"arm": a, "against": b, "measure": measure, **_difference(found[a], found[b], measure)}
        for a, b, measure in CLAIMS
        if found.get(a, {}).keys() & found.get(b, {}).keys()
    ]
    transcripts = work / "transcripts.json"
    seen = json.loads(transcripts.read_text()) if transcripts.exists() else None
    report: dict[str, Any] = {"seeds": seeds, "arms": numbers, "differences": claims}
    if seen is not None:
        traces = seen["traces"]
        report["behaviour"] = {
            name: behaviour(texts, traces["golds"]) for name, texts in traces["answers"].items()
        }
    (out / NUMBERS).write_text(json.dumps(report, indent=2) + "\n")
    page = out / PAGE
    text = page.read_text(encoding="utf-8") if page.exists() else EMPTY_PAGE
    text = between_marks(text, "results", _tables(numbers, claims))
    if seen is not None:
        examples = pairs(seen["critiques"], seen["traces"])
        lines = _behaviour(report["behaviour"]) + _transcripts(examples)
        text = between_marks(text, "transcripts", lines)
    page.write_text(text, encoding="utf-8")


def between_marks(text: str, name: str, lines: Sequence[str]) -> str:
    """The page with these lines in the place of those between `<!-- NAME -->` and its end."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, opened, rest = text.partition(start)
    _, closed, tail = rest.partition(end)
    if not (opened and closed):
        raise SystemExit(f"{PAGE} has no {start.strip()} ... {end} to write into")
    return f"{head}{start}\n" + "\n".join(lines) + f"\n\n{end}{tail}"


def _read(work: Path, seeds: Sequence[int], name: str) -> dict[int, dict[str, Any]]:
    """By seed, those that are done."""
    files = {seed: file_of(work, measured(name, seed)) for seed in seeds}
    return {seed: json.loads(file.read_text()) for seed, file in files.items() if file.exists()}


def _numbers(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for measure in MEASURES:
        if measure not in runs[0]:
            continue
        means = per_problem(runs, measure)
        low, high = interval(means)
        found[measure] = {
            "value": round(float(means.mean()), 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "seeds": [round(float(per_problem([run], measure).mean()), 4) for run in runs],
        }
    for name in ("checks", "tokens"):
        found[name] = round(float(np.mean([run[name] for run in runs])), 2)
    return found


def per_problem(runs: Sequence[dict[str, Any]], measure: str) -> np.ndarray:
    """Mean of each problem, over its samples and over the seeds."""
    return np.mean([[np.mean(group) for group in run[measure]] for run in runs], axis=0)


def interval(means: np.ndarray) -> tuple[float, float]:
    """95 %, percentile bootstrap over problems."""
    chosen = np.random.default_rng(0).integers(0, len(means), (RESAMPLES, len(means)))
    low, high = np.quantile(means[chosen].mean(1), (0.025, 0.975))
    return float(low), float(high)


def _difference(
    a: dict[int, dict[str, Any]], b: dict[int, dict[str, Any]], measure: str
) -> dict[str, Any]:
    """Paired by problem, over the seeds that both have."""
    seeds = sorted(a.keys() & b.keys())
    runs = [[arm[seed] for seed in seeds] for arm in (a, b)]
    gap = per_problem(runs[0], measure) - per_problem(runs[1], measure)
    low, high = interval(gap)
    each = [
        per_problem([one], measure).mean() - per_problem([other], measure).mean()
        for one, other in zip(*runs, strict=True)
    ]
    return {
        "seeds": seeds,
        "bySeed": [round(float(value), 4) for value in each],
        "value": round(float(gap.mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _tables(numbers: dict[str, Any], claims: Sequence[dict[str, Any]]) -> list[str]:
    lines = [
        f"| model | seeds | {' | '.join(MEASURES.values())} | checks | tokens |",
        f"| --- | --- |{' --- |' * len(MEASURES)} --- | --- |",
    ]
    for name, row in numbers.items():
        cells = [_cell(row[m], name) if m in row else "-" for m in MEASURES]
        seeds = "-" if name == "base" else len(row["passAt1"]["seeds"])
        checks, tokens = row["checks"], round(row["tokens"])
        lines.append(f"| {label(name)} | {seeds} | {' | '.join(cells)} | {checks} | {tokens} |")
    lines += [
        "",
        "Differences in percentage points, paired by problem; **bold** where the interval is clear",
        "of zero and every seed is on the same side of it:",
        "",
        "| | measure | difference | by seed |",
        "| --- | --- | --- | --- |",
    ]
    for claim in claims:
        value, low, high = (100 * claim[key] for key in ("value", "low", "high"))
        shown = f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"
        shown = f"**{shown}**" if is_shown(claim) else shown
        pair = f"{label(claim['arm'])} - {label(claim['against'])}"
        each = ", ".join(f"{100 * gap:+.1f}" for gap in claim["bySeed"])
        lines.append(f"| {pair} | {MEASURES[claim['measure']]} | {shown} | {each} |")
    return lines


def is_shown(claim: dict[str, Any]) -> bool:
    """The interval holds no chance of trainings: one seed that went wrong can carry the mean."""
    each = claim["bySeed"]
    return (claim["low"] > 0 and min(each) > 0) or (claim["high"] < 0 and max(each) < 0)


def _cell(share: dict[str, Any], name: str) -> str:
    value, low, high = (100 * share[key] for key in ("value", "low", "high"))
    shown = f"{value:.1f} [{low:.1f}, {high:.1f}]"
    if name == "base" or len(share["seeds"]) == 1:
        return shown
    return f"{shown} ({', '.join(f'{100 * seed:.1f}' for seed in share['seeds'])})"


def _behaviour(rows: dict[str, dict[str, float | None]]) -> list[str]:
    """What came of the reflections, in percent."""
    lines = [f"| model | {' | '.join(BEHAVIOUR.values())} |", f"| --- |{' --- |' * len(BEHAVIOUR)}"]
    for name, row in rows.items():
        cells = ["-" if row[key] is None else f"{100 * row[key]:.1f}" for key in BEHAVIOUR]
        lines.append(f"| {label(name)} | {' | '.join(cells)} |")
    return [*lines, ""]


def _transcripts(found: Sequence[dict[str, Any]]) -> list[str]:
    """Each pair: what it shows, for how many it is so, the request, and both answers."""
    lines: list[str] = []
    for one in found:
        sentence = one["sentence"][0].upper() + one["sentence"][1:]
        lines += [f"**{sentence}** ({one['count']} of {one['of']}).", ""]
        if "answers" not in one:
            continue
        lines += [f"Asked (the answer is {one['gold']}):", "", *_fenced(one["request"])]
        for answer in one["answers"]:
            lines += [f"{answer['model']}:", "", *_fenced(answer["text"])]
    return lines[:-1]


def _fenced(text: str) -> list[str]:
    return ["```text", *text.strip().splitlines(), "```", ""]
