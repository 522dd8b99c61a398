"""Make the embedded model in one command: pre-train, export, measure, compare, report.

    npm run nano                          everything, about half an hour on two cores
    npm run nano -- --reuse               keep the weights of the last run, redo the rest

Each stage is a process of its own and leaves a file in the work folder; the results go to `media`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


def main() -> int:
    """Run the stages; the exit code is that of the first one that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=ROOT / ".reflection" / "nano")
    parser.add_argument("--media", type=Path, default=ROOT / "media")
    parser.add_argument("--reuse", action="store_true", help="do not train again")
    parser.add_argument("--total", type=float, help="tokens to train on, for a quick trial")
    options = parser.parse_args()
    work, node = options.work.resolve(), find_node()
    model, gguf = work / "model", options.media.resolve() / "models" / "nano.gguf"
    if options.reuse and not (model / "pretrain.json").is_file():
        print(f"{model}: no finished training to reuse; run without --reuse", file=sys.stderr)
        return 1
    work.mkdir(parents=True, exist_ok=True)
    training = ["nano.pretrain", "--out", model]
    if options.total:
        training += ["--total", options.total]
    cases, parity = work / "cases.json", work / "parity.json"
    report = ["nano.report", "--work", work, "--gguf", gguf, "--node", node_version(node)]
    report += ["--node-llama-cpp", package_version("node-llama-cpp")]
    stages = [
        ("pre-train", python(*training)),
        ("export", python("nano.export", model, gguf)),
        ("measure", python("nano.measure", gguf, "--out", work / "report.json")),
        ("parity cases", python("nano.parity_cases", model, gguf, "--out", cases)),
        ("parity", [node, str(SCRIPTS / "nano" / "parity.mjs"), *map(str, (gguf, cases, parity))]),
        ("problem sets", python("nano.problem_sets", "--out", options.media / "problems")),
        ("report", python(*report)),
    ]
    for name, command in stages[1:] if options.reuse else stages:
        code = run(name, command)
        if code:
            return code
    return 0


def run(name: str, command: list[str]) -> int:
    """One stage, with its time."""
    print(f"== {name}", flush=True)
    started = time.time()
    paths = [str(SCRIPTS), str(SCRIPTS / "trainer")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
    }
    code = subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    ended = f"failed with exit code {code}" if code else "done"
    print(f"== {name}: {ended} after {time.time() - started:.0f} s", flush=True)
    return code


def python(module: str, *arguments: object) -> list[str]:
    """This interpreter on one of our modules."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def find_node() -> str:
    """The project's pinned node where it is installed, else the one on the path."""
    pinned = ROOT / "node_modules" / ".bin"
    node = shutil.which("node", path=str(pinned)) or shutil.which("node")
    if node is None:
        raise SystemExit("node was not found; run npm run setup first")
    return node


def node_version(node: str) -> str:
    """As node prints it, such as v24.21.0."""
    return subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()


def package_version(name: str) -> str:
    """The installed version of an npm package."""
    manifest = ROOT / "node_modules" / name / "package.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])


if __name__ == "__main__":
    raise SystemExit(main())
