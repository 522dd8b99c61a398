"""Is this answer the gold one? Three-valued, as the workbench's grader (src/core/answers).

    grader = Grader()
    grader.grade(final_answer(text, "math"), gold, "math")   # correct, incorrect or undetermined

AIME integers, choices, truth values and texts are compared here, mathematics that is not equal as
written by Math-Verify. `test/fixtures/contract` holds cases that both sides must grade alike.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Literal

from .bounded_verifier import BoundedVerifier
from .trace import Grade, find_boxes, is_same_answer

Mode = Literal["math", "aime", "choice", "boolean", "python", "text"]

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_TRUTH_WORDS = re.compile(
    r"\b(?:true|yes|correct|false|no|incorrect|uncertain|unknown|undetermined)\b", re.IGNORECASE
)
_TRUTH = {
    **dict.fromkeys(("true", "yes", "correct"), "True"),
    **dict.fromkeys(("false", "no", "incorrect"), "False"),
    **dict.fromkeys(("uncertain", "unknown", "undetermined"), "Uncertain"),
}
_WRAPPED = re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{([^{}]*)\}")
_DOLLARS = re.compile(r"\$+(.*?)\$+", re.DOTALL)
_BRACES = (re.compile(r"[{(]([^{}()]*)[)}]"), re.compile(r"\\\((.*)\\\)", re.DOTALL))
_LETTER = re.compile(r"(?<![^\W_])([A-J])(?![\w'’])")
_CHOICE_CUE = re.compile(
    r"(?:answer|choice|option|choose|pick|select|conclude|think|believe)[^\n]{0,20}?"
    r"(?:\bis\b|\bare\b|\bit['’]?s\b|\bon\b|:)?[\s:*\"'“(\\$]*",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|n['’]t|isn['’]t|never|nor|rather than|than|instead of|except)\s+"
    r"(?:be\s+|option\s+)?\(?\Z",
    re.IGNORECASE,
)


class Grader:
    """Holds the child process of Math-Verify, which is started when it is first needed."""

    def __init__(self, limit_seconds: float = 5.0) -> None:
        self._verifier = BoundedVerifier(limit_seconds)
        self._known: dict[tuple[str, str, Mode], Grade] = {}

    def grade(self, answer: str | None, gold: str | None, mode: Mode) -> Grade:
        """An empty gold cannot be met or missed; an empty answer meets nothing (spec B6.5.2)."""
        answer, gold = (answer or "").strip(), (gold or "").strip()
        if not gold:
            return "undetermined"
        if not answer:
            return "incorrect"
        key = (answer, gold, mode)
        if key not in self._known:
            self._known[key] = self._compare(answer, gold, mode)
        return self._known[key]

    def _compare(self, answer: str, gold: str, mode: Mode) -> Grade:
        match mode:
            case "aime":
                wanted = aime_integer(gold)
                return _grade(wanted if (wanted or 0) <= 999 else None, aime_integer(answer))
            case "choice":
                return _grade(option_letter(gold), option_letter(answer))
            case "boolean":
                return _grade(_truth_value(gold), _truth_value(answer))
            case "text":
                return "correct" if _plain(gold) == _plain(answer) else "incorrect"
            case "python":
                # Python literals have a grammar of their own, which only the workbench reads.
                return "correct" if _plain(gold) == _plain(answer) else "undetermined"
        return self._compare_mathematics(answer, gold)

    def _compare_mathematics(self, answer: str, gold: str) -> Grade:
        if is_same_answer(answer, gold):
            return "correct"
        if _NUMBER.fullmatch(answer) and _NUMBER.fullmatch(gold):
            return "correct" if Fraction(answer) == Fraction(gold) else "incorrect"
        same = self._verifier.same(_as_formula(gold), _as_formula(answer))
        return "undetermined" if same is None else "correct" if same else "incorrect"

    def close(self) -> None:
        self._verifier.close()


def final_answer(text: str, mode: Mode) -> str | None:
    r"""The last `\boxed{}` behind the thinking, else in it; for choices also the letter named."""
    thinking, mark, summary = text.rpartition("</think>")
    parts = [summary, thinking] if mark and summary.strip() else [text]
    for part in parts:
        boxes = [content.strip() for content, _, _ in find_boxes(part) if content.strip()]
        if boxes:
            return boxes[-1]
        if mode == "choice" and (letter := _named_option(part)):
            return letter
    return None


def aime_integer(text: str) -> int | None:
    """The integer under its LaTeX wrapping; None when it is anything else."""
    bare = text.strip()
    for _ in range(4):
        inner = _DOLLARS.fullmatch(bare) or _WRAPPED.fullmatch(bare)
        inner = inner or next((m for p in _BRACES if (m := p.fullmatch(bare))), None)
        if inner is None:
            break
        bare = inner[1].strip().removesuffix(".")
    bare = re.sub(r"\\[,!;: ]", "", bare).removesuffix(".")
    return int(bare) if re.fullmatch(r"[0-9]{1,12}", bare) else None


def option_letter(text: str) -> str | None:
    r"""`C`, `(c)`, `\text{(C) Cecile}`, `C. Cecile`, or the letter that a sentence names."""
    bare = re.sub(r"\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{", "", text)
    bare = re.sub(r"[{}$*\\]", "", bare).strip()
    alone = re.fullmatch(r"\(?\s*([A-Ja-j])\s*(?:[).:,]\s*(?:\S.*)?)?", bare, re.DOTALL)
    return alone[1].upper() if alone else _named_option(bare)


def _named_option(text: str) -> str | None:
    letters = [
        (match.start(), match[1])
        for match in _LETTER.finditer(text)
        if not _NEGATED.search(text[max(0, match.start() - 20) : match.start()])
        and not _is_article(text, match.start(), match[1])
    ]
    for cue in reversed([match.end() for match in _CHOICE_CUE.finditer(text)]):
        for at, letter in letters:
            if cue - 2 <= at <= cue + 40:
                return letter
    if not letters:
        return None
    return letters[0 if len(text) < 40 else -1][1]


def _is_article(text: str, at: int, letter: str) -> bool:
    """`A` before a lower-case word, and `I`, are English."""
    after = text[at + 1 : at + 4]
    if letter == "I" and re.match(r" [a-z]|['’]", after):
        return True
    return letter == "A" and re.match(r" [a-z]", after) is not None


def _truth_value(text: str) -> str | None:
    """The one meaning that the words have; None for none, and for a contradiction."""
    words = _TRUTH_WORDS.findall(re.sub(r"\\[a-zA-Z]+", " ", text))
    meanings = {_TRUTH[word.lower()] for word in words}
    return meanings.pop() if len(meanings) == 1 else None


def _grade(gold: str | int | None, answer: str | int | None) -> Grade:
    """A gold that has not the form of its mode leaves the answer undetermined."""
    if gold is None:
        return "undetermined"
    return "correct" if gold == answer else "incorrect"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).strip())


def _as_formula(text: str) -> str:
    """As Math-Verify expects it: in dollars, without a full stop inside."""
    bare = text.strip().removesuffix(" .").strip()
    return bare if "$" in bare or "\\boxed" in bare or "\\(" in bare else f"${bare}$"
