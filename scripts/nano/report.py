"""Put the run's numbers together: `nano.json` for programs, `README.md` for people.

    PYTHONPATH=scripts:scripts/trainer python -m nano.report --work WORK --gguf GGUF

Reads `model/pretrain.json`, `report.json` and `parity.json` from the work folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from nano.family import CORPUS
from nano.model import Shape
from nano.pretrain import FIXED_SETTINGS

PACKAGES = ("torch", "transformers", "tokenizers", "gguf", "numpy")
ROWS = (
    ("pass@1, T 0.6", ("passAt1",)),
    ("pass@1, greedy", ("greedy",)),
    ("first answer right, T 0.6", ("firstAnswer",)),
    ("critic: Acc@t1 (before)", ("critique", "accT1")),
    ("critic: Acc@t2 (after)", ("critique", "accT2")),
    ("critic: fixes, of wrong solutions", ("critique", "fixes")),
    ("critic: keeps, of right solutions", ("critique", "keeps")),
    ("critic: verdict right", ("critique", "verdictRight")),
)


def main() -> None:
    """Write both files next to the GGUF."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--gguf", type=Path, required=True)
    parser.add_argument("--node", default="", help="version of the node that ran the parity check")
    parser.add_argument("--node-llama-cpp", default="", help="version of node-llama-cpp")
    options = parser.parse_args()
    facts = {
        "name": "nano",
        "licence": "MIT",
        "origin": "Trained from scratch by scripts/nano (npm run nano) on made-up problems only.",
        "file": file_facts(options.gguf),
        "shape": asdict(Shape()),
        "training": _read(options.work / "model" / "pretrain.json") | FIXED_SETTINGS,
        "corpus": asdict(CORPUS),
        "report": _read(options.work / "report.json"),
        "parity": _read(options.work / "parity.json"),
        "versions": versions(options.node, options.node_llama_cpp),
    }
    text = json.dumps(_camel_case(facts), indent=2) + "\n"
    options.gguf.with_suffix(".json").write_text(text, encoding="utf-8")
    readme = options.gguf.with_name("README.md")
    readme.write_text(readme_text(facts), encoding="utf-8")


def file_facts(path: Path) -> dict[str, object]:
    """Name, size and checksum of the GGUF these numbers belong to."""
    data = path.read_bytes()
    return {
        "path": path.name,
        "type": "f16",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def versions(node: str, node_llama_cpp: str) -> dict[str, str]:
    """What ran: a later run with other versions may give slightly other weights."""
    found = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    return found | {"node": node, "node-llama-cpp": node_llama_cpp}


def readme_text(facts: dict) -> str:
    """The model card; every number comes from the run."""
    training, report, parity = facts["training"], facts["report"], facts["parity"]
    shape, read_back = facts["shape"], parity["readBack"]
    levels = sorted(report["passAt1ByLevel"])
    lines = [
        "# nano: the embedded model",
        "",
        "<!-- Written by scripts/nano/report.py (npm run nano). Do not edit by hand. -->",
        "",
        "A tiny reflective language model, so that everything in this project can be tried",
        "without a GPU, an account or a download. It knows one thing: chained arithmetic word",
        "problems with answers from 0 to 999, solved step by step and rechecked. It is of no use",
        "for anything else.",
        "",
        "**Licence**: MIT, like the project. **Origin**: trained here from scratch by",
        "`scripts/nano` on made-up problems only; no weights and no data from elsewhere.",
        "",
        "Its teachers had flaws on purpose: most authors forget the ten of a carry or borrow when",
        "the second number ends in 7, 8 or 9, and most checkers copy what they read. So its most",
        "likely answer repeats the habit, and a real check repairs it.",
        "",
        "## What it is",
        "",
        f"- `{facts['file']['path']}`: GGUF, {facts['file']['type']}, "
        f"{facts['file']['bytes'] / 1e6:.2f} MB; architecture `qwen2`, "
        f"{training['parameters']:,} parameters ({shape['layers']} layers, hidden "
        f"{shape['hidden']}, {shape['heads']} heads, feed-forward {shape['feed_forward']}, tied "
        f"embeddings), context {shape['context']} tokens, vocabulary {training['vocabulary']} "
        "(byte-level BPE, single digits)",
        "- chat template ChatML; `<think>` and `</think>` are user-defined tokens",
        f"- training: {training['tokensSeen'] / 1e6:.1f} M tokens, {training['steps']:,} steps, "
        f"{training['minutes']} minutes of wall clock in {training['processes']} processes on a "
        f"CPU, seed {training['seed']}",
        f"- node-llama-cpp against Hugging Face: tokens equal for {parity['textsEqual']} of "
        f"{parity['textsTokenized']} texts, greedy answers equal for {parity['greedyEqual']} of "
        f"{parity['greedyPrompts']} prompts",
        f"- f16 against f32: largest logit difference {read_back['largestLogitDifference']}, "
        f"same first choice at {read_back['sameArgmax']:,} of {read_back['places']:,} places",
        "",
        "Make it again: `npm run nano`. All facts: `nano.json`.",
        "",
        "## What it can do",
        "",
        f"{report['problems']} held-out problems, {report['samples']} samples each; the critic",
        f"judges {report['critique']['critiques']} of the model's own solutions at T "
        f"{report['temperature']}.",
        "Percent with 95 % intervals (bootstrap over problems).",
        "",
        "| | % [95 %] |",
        "| --- | --- |",
        *(f"| {label} | {_percent(_at(report, keys))} |" for label, keys in ROWS),
        "",
        f"| pass@1 by level | {' | '.join(levels)} |",
        f"| --- | {' | '.join('---' for _ in levels)} |",
        f"| T 0.6 | {' | '.join(_percent(report['passAt1ByLevel'][n]) for n in levels)} |",
        f"| greedy | {' | '.join(_percent(report['greedyByLevel'][n]) for n in levels)} |",
        "",
        f"A trace has {report['reflectionsPerTrace']} reflections and "
        f"{report['tokensPerTrace']} tokens on average.",
    ]
    return "\n".join(lines) + "\n"


def _percent(share: dict) -> str:
    if share["value"] is None:
        return "-"
    value, low, high = (100 * share[key] for key in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


def _at(tree: dict, keys: tuple[str, ...]) -> dict:
    for key in keys:
        tree = tree[key]
    return tree


def _camel_case(value: object) -> object:
    """JSON is camelCase everywhere in the project; Python field names are not."""
    if not isinstance(value, dict):
        return value
    return {_camel_case_word(key): _camel_case(inner) for key, inner in value.items()}


def _camel_case_word(word: str) -> str:
    head, *tail = word.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
