"""A language model that scores reflections: any OpenAI-compatible server (spec A4.1, A4.2).

The rubric is that of paper A in our words: principles P1 to P5, one holistic score from 0 to 10.
Scores are cached in one file; what cannot be scored is neutral (5) and counted, never cached.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from .config import JudgeConfig
from .errors import UserError
from .events import say

PROMPT_VERSION = "1"
NEUTRAL = 5.0
ATTEMPTS = 2
# Of the network, of a reply that is cut, and of one that is not what was asked for.
FAILURES = (
    *(OSError, HTTPException),
    *(ValueError, KeyError, IndexError, TypeError, RecursionError),
)
RUBRIC = """You judge how well a model reflects on its own work while it solves a problem.
A reflection is a place where it stops and looks again at what it has done: find them by cues such
as "Wait", "Let me double check", "Hold on", and by tags. Check the mathematics there yourself,
independently, then judge by five principles; the lower ones are needed for the higher ones.
P1 truthfulness: what it says of the step before is true. No invented error, no wrong step blessed.
P2 constructiveness: an error is not only found, a valid correction or next step follows.
P3 specificity: it names where and what the error is.
P4 substantiveness: real work: it derives again, it tests constraints.
P5 information gain: it leaves a loop, opens a way or removes doubt; no restating.
Score, one number for the whole text:
0-2 P1 is violated: a right step called wrong, or a wrong one confirmed. Never above 2 then.
3-5 superficial: the same wrong logic again, an error seen but not mended (P2), or vague (P3).
6-8 an error found, located and mended (P1, P2, P3).
9-10 an independent verification (P4), or a decisive shortcut or way out of a loop (P5).
Answer with JSON only:
{"reflection_moments": ["..."], "analysis": "...", "score": 0}"""


@dataclass(frozen=True)
class Question:
    problem: str
    gold: str | None
    trajectory: str


@dataclass
class Spent:
    """By one process since it began, or before it by all of them, as far as the cache says."""

    calls: int = 0
    cached: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class Judge:
    def __init__(self, config: JudgeConfig, cache: Path) -> None:
        self.config = config
        self.before, self.spent = Spent(), Spent()
        self._cache = cache
        self._scores: dict[str, float] = {}
        self._lock = threading.Lock()
        self._warned = False
        for row in _read_rows(cache):
            self._scores[row["key"]] = row["score"]
            self.before.tokens_in += row["tokensIn"]
            self.before.tokens_out += row["tokensOut"]

    def scores(self, questions: list[Question]) -> list[float]:
        """In 0..10, in order; asked side by side."""
        with ThreadPoolExecutor(self.config["concurrency"]) as pool:
            return list(pool.map(self._score, questions))

    def metrics(self, spent: Sequence[Spent]) -> dict[str, float]:
        """Of the whole run, from what each process has spent; dollars where prices are known."""
        everything = [self.before, *spent]
        tokens_in = sum(one.tokens_in for one in everything)
        tokens_out = sum(one.tokens_out for one in everything)
        found = {
            "judge/failures": float(sum(one.failures for one in everything)),
            "judge/tokens": float(tokens_in + tokens_out),
        }
        into, out = self.config["dollarsPerMillionIn"], self.config["dollarsPerMillionOut"]
        if into is not None and out is not None:
            found["judge/dollars"] = (tokens_in * into + tokens_out * out) / 1e6
        return found

    def _score(self, question: Question) -> float:
        key = self._key(question)
        with self._lock:
            if key in self._scores:
                self.spent.cached += 1
                return self._scores[key]
        for _ in range(ATTEMPTS):
            try:
                reply = self._ask(question)
                score = read_score(reply["choices"][0]["message"]["content"] or "")
            except FAILURES as error:
                self._warn(error)
                continue
            self._keep(key, score, reply.get("usage"))
            return score
        with self._lock:
            self.spent.failures += 1
        return NEUTRAL

    def _key(self, question: Question) -> str:
        parts = [PROMPT_VERSION, self.config["model"], question.problem, question.trajectory]
        parts.append(str(question.gold) if self.config["giveGold"] else "")
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    def _ask(self, question: Question) -> dict[str, Any]:
        shown = f"Problem:\n{question.problem}\n\n"
        if self.config["giveGold"] and question.gold:
            shown += f"Right answer: {question.gold}\n\n"
        body = {
            "model": self.config["model"],
            "messages": [
                {"role": "system", "content": RUBRIC},
                {"role": "user", "content": f"{shown}The model's text:\n{question.trajectory}"},
            ],
            "temperature": 0,
            "max_tokens": self.config["maxTokens"],
        }
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(self.config["apiKeyVariable"]):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(
            self.config["baseUrl"].rstrip("/") + "/chat/completions",
            json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
            headers,
        )
        with self._lock:
            self.spent.calls += 1
        with urllib.request.urlopen(request, timeout=self.config["timeoutSeconds"]) as response:
            return json.load(response)

    def _keep(self, key: str, score: float, usage: object) -> None:
        tokens_in, tokens_out = (_count(usage, f"{of}_tokens") for of in ("prompt", "completion"))
        row = {"key": key, "score": score, "tokensIn": tokens_in, "tokensOut": tokens_out}
        with self._lock:
            self._scores[key] = score
            self.spent.tokens_in += row["tokensIn"]
            self.spent.tokens_out += row["tokensOut"]
            with self._cache.open("ab") as file:  # one write: lines of several processes never mix
                file.write(json.dumps(row).encode() + b"\n")

    def _warn(self, error: Exception) -> None:
        with self._lock:
            first, self._warned = not self._warned, True
        if first:
            say(f"warning: the judge at {self.config['baseUrl']}: {type(error).__name__}: {error}")


def require_judge(config: JudgeConfig | None) -> JudgeConfig:
    if config is None:
        raise UserError(
            'config.json: field "reward.judge": missing, but "reward.source" is "judge"; give '
            'baseUrl and model of an OpenAI-compatible server, or set the source to "rule"'
        )
    return config


def read_score(reply: str) -> float:
    """The score of the last JSON object that has one, cut to 0..10. @raises ValueError."""
    for start in reversed([match.start() for match in re.finditer(r"\{", reply)]):
        try:
            value, _ = json.JSONDecoder().raw_decode(reply, start)
        except ValueError:
            continue
        score = value.get("score") if isinstance(value, dict) else None
        if isinstance(score, (int, float)) and not isinstance(score, bool) and score == score:
            return min(10.0, max(0.0, float(score)))
    raise ValueError("the reply has no JSON with a score")


def _count(usage: object, name: str) -> int:
    """0 where the server does not say."""
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if isinstance(count, int) else 0


def _read_rows(cache: Path) -> list[dict[str, Any]]:
    if not cache.exists():
        return []
    rows = []
    for line in cache.read_text("utf-8", "replace").splitlines():
        try:
            row = json.loads(line)
            rows.append({name: row[name] for name in ("key", "score", "tokensIn", "tokensOut")})
        except (ValueError, KeyError, TypeError):
            continue  # half a line of a killed process
    return rows
