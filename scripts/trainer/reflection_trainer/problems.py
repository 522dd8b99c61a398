"""Problem sets: what rollouts start from.

A row needs `problem` and `answer`; `id` and `mode` (how its answer is compared) are optional. Other
forms of a problem set are turned into this one by `reflection import`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from transformers import PreTrainedTokenizerBase

from .config import PromptsConfig
from .dataset import MOST_ERRORS_SHOWN
from .errors import UserError
from .grading import Mode

MODES = get_args(Mode)


@dataclass(frozen=True)
class Problem:
    id: str
    text: str
    gold: str
    mode: Mode
    hash: str


@dataclass(frozen=True)
class ProblemSet:
    path: Path
    sha256: str
    problems: list[Problem]
    hashes: list[str]


def read_problems(path: Path, field: str = "data.path") -> ProblemSet:
    """Every bad line is named before the first step."""
    if not path.is_file():
        raise UserError(f'config.json: field "{field}": {path} is not a file')
    content = path.read_bytes()
    problems: list[Problem] = []
    wrong: list[str] = []
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
            problems.append(_problem(row, number))
        except ValueError as error:
            wrong.append(f"{path.name}:{number}: {error}")
    if wrong:
        rest = len(wrong) - MOST_ERRORS_SHOWN
        raise UserError(
            "\n".join([*wrong[:MOST_ERRORS_SHOWN], *([f"... and {rest} more"] if rest > 0 else [])])
        )
    if not problems:
        raise UserError(f"{path}: the problem set is empty; choose another")
    hashes = sorted({problem.hash for problem in problems})
    return ProblemSet(path, hashlib.sha256(content).hexdigest(), problems, hashes)


def _problem(row: Any, number: int) -> Problem:  # noqa: ANN401 (any JSON value)
    """@raises ValueError that names the field."""
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    text, gold, mode = row.get("problem"), row.get("answer"), row.get("mode", "math")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("problem: missing or empty")
    if isinstance(gold, (int, float)) and not isinstance(gold, bool):
        gold = str(gold)
    if not isinstance(gold, str) or not gold.strip():
        raise ValueError("answer: missing or empty; without it no rollout can be rewarded")
    if mode not in MODES:
        raise ValueError(f"mode: must be one of {', '.join(MODES)}, got {json.dumps(mode)}")
    statement = _statement(text, row.get("options"), mode)
    return Problem(str(row.get("id", number)), statement, gold, mode, problem_hash(text))


def _statement(text: str, options: object, mode: Mode) -> str:
    """As the workbench asks (src/core/problems/statement.ts): options, form of the answer."""
    parts = [text]
    named = options if isinstance(options, list) else []
    if named:
        parts.append("\n".join(f"{chr(65 + i)}) {option}" for i, option in enumerate(named)))
    if mode == "choice":
        last = f", A to {chr(64 + len(named))}" if named else ""
        parts.append(f"Answer with the letter of the right option{last}.")
    elif mode == "boolean":
        third = re.search(r"\bUncertain\b", text)
        parts.append(f"Answer with True{', False or Uncertain' if third else ' or False'}.")
    elif mode == "python":
        parts.append("Answer with a Python literal: no expression, no function call.")
    return "\n\n".join(parts)


def problem_hash(text: str) -> str:
    """The leakage guard's name of a problem (src/core/problems/identity.ts)."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower()).strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def messages(prompts: PromptsConfig, problem: str) -> list[dict[str, str]]:
    """Generator mode: the system turn where there is one, and the user's."""
    system = [{"role": "system", "content": prompts["system"]}] if prompts["system"] else []
    user = prompts["solve"].replace("{problem}", problem)
    return [*system, {"role": "user", "content": user}]


def prompt_length(tokenizer: PreTrainedTokenizerBase, turns: list[dict[str, str]]) -> int:
    text = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"])
