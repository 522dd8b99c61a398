"""Reading a reasoning trace: reflections, candidate answers and stated verdicts.

The twin of `src/core/reflection` (cues, candidates, verdicts, trace): the expressions are the same,
and `test/fixtures/contract/reflection.jsonl`, read by both test suites, tells when they differ.
Positions are code points here; `utf16_span` gives the run directory's UTF-16 code units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Grade = Literal["correct", "incorrect", "undetermined"]
Verdict = Literal["correct", "incorrect"]
Span = tuple[int, int]

# The `lrm` list of spec A1.1: oat15 and the cues that the judge prompt of paper A names.
LRM = (
    "recheck", "rethink", "reassess", "reevaluate", "re-evaluate", "reevaluation", "re-examine",
    "reexamine", "reconsider", "reanalyze", "double-check", "check again", "think again",
    "verify again", "go over the steps", "wait", "hold on", "let me check", "let me verify",
    "let me double check", "let me recheck",
)  # fmt: skip
RETRY = "Let me try again."
# A sentence that began further back than this has more to say than its cue.
LONGEST_LEAD = 300


def _cue_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Longest phrase first, whole words; a hyphen may be missing, a space may be a hyphen."""

    def hyphen_free(word: str) -> str:
        """`recheck` is also written `re-check`."""
        return r"[\s\u2010\u2011-]?".join(re.sub(r"^re-?(?=[a-z]{4})", "re-", word).split("-"))

    longest_first = sorted(phrases, key=len, reverse=True)
    parts = [r"[\s-]+".join(map(hyphen_free, phrase.split())) for phrase in longest_first]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


_CUES = _cue_pattern(LRM)
_MATHEMATICS = re.compile(
    r"[\w)\]}]\s*(?:[=<>≤≥≠≈]|\\(?:leq?|geq?|neq?|approx|equiv)\b)"
    r"|[0-9]\s*(?:[+*/^×·÷−-]|\\(?:times|cdot|div)\b)\s*[0-9(\\]"
    r"|\\(?:d?frac|sqrt|binom|boxed)\s*\{|\banswer\s+(?:is|=)\s*\$?-?[0-9]",
    re.IGNORECASE,
)
_STATED_ANSWER = re.compile(
    r"\b[Aa](?:nswers?|NSWERS?)(?:\s+(?:is|are|was|must be|should be|would be|will be|becomes?"
    r"|remains?|comes out (?:to be|as|to))|\s*[=:])\s*(?:(?:therefore|thus|indeed|still|also"
    r"|actually|then|now|simply|equal to|option|choice)\s+|\*\*|\$|\\\(|\\\[|:\s*)*"
    r"(?P<value>[-−]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])|[0-9]+)(?:\.[0-9]+)?(?:\s*/\s*[0-9]+)?"
    r"|[-−]?\\[dt]?frac\{[^{}]{1,40}\}\{[^{}]{1,40}\}"
    r"|\(?[A-J]\)|[A-J](?=[.,;:*]|\s*(?:\n|\Z)))"
)

_ADVERBS = (
    "(?:(?:indeed|also|in fact|actually|definitely|still|clearly|therefore|thus|probably|likely"
    "|certainly|completely|entirely|quite|exactly|simply|just|all) )*"
)
_RIGHT = r"(?:correct|right|accurate|valid|verified|fine)\b"
_WRONG = r"(?:incorrect|wrong|false|invalid|mistaken|flawed|erroneous)\b"
_IS = (
    "(?:(?: is| was| are| were| seems| looks| appears)(?: to be)?|['’]s|['’]re| must be"
    "| should be) "
)
_IS_NOT = (
    "(?:(?: is| was| are| were)(?: not|n['’]t)|['’]s not|['’]re not"
    "|(?: cannot| can['’]t| can not| could not| couldn['’]t) be"
    "| does(?: not|n['’]t) (?:seem|look|appear)(?: to be)?) "
)
_AFFIRMED = f"(?:{_IS}{_ADVERBS}{_RIGHT}|{_IS_NOT}{_ADVERBS}{_WRONG})"
_DENIED = f"(?:{_IS}{_ADVERBS}{_WRONG}|{_IS_NOT}{_ADVERBS}{_RIGHT})"
_ANSWER = r"\b(?:answer|solution|result)\b(?:[^.!?\n=]|\.[0-9]){0,40}?"
_WORK = r"\b(?:that|this|it|everything|all of (?:this|that|it))"
_CHECKS_OUT = (
    r"\bchecks out\b|\b(?:matches|confirms|agrees with) (?:the|my|our) (?:[a-z]+ )?"
    r"(?:answer|result|solution)\b"
)
_MISTAKE = (
    r"\b(?:made|is|was|contains|has) an? (?:[a-z]+ )?(?:mistake|error)\b"
    r"|\b(?:does|did)(?: not|n['’]t) (?:check out|add up|match)\b"
)
# Pattern, verdict, and whether it is on the answer itself.
_STATEMENTS: tuple[tuple[re.Pattern[str], Verdict, bool], ...] = (
    (re.compile(_ANSWER + _AFFIRMED, re.IGNORECASE), "correct", True),
    (re.compile(_ANSWER + _DENIED, re.IGNORECASE), "incorrect", True),
    (re.compile(f"{_WORK}{_AFFIRMED}|{_CHECKS_OUT}", re.IGNORECASE), "correct", False),
    (re.compile(f"{_WORK}{_DENIED}|{_MISTAKE}", re.IGNORECASE), "incorrect", False),
)
_CONSIDERED_BEFORE = re.compile(
    r"\b(?:if|whether|suppose|assume|assuming|ensure|make sure|be sure|not sure|check that"
    r"|verify that|confirm that|unless|until|maybe|perhaps|might)\b[^.!?\n]*\Z",
    re.IGNORECASE,
)
_ASKED_AFTER = re.compile(r"[^.!?\n]{0,80}\?")


@dataclass(frozen=True)
class Candidate:
    """An answer that a trace names on its way."""

    answer: str
    start: int
    end: int
    grade: Grade


@dataclass(frozen=True)
class Reflection:
    """One reflection, and the answer before and after it."""

    span: Span
    before: Candidate | None
    after: Candidate | None
    transition: str | None
    is_changed: bool
    verdict: Verdict | None


@dataclass(frozen=True)
class Trace:
    answers: list[Candidate]
    reflections: list[Reflection]


def read_trace(
    text: str,
    grade: Callable[[str], Grade],
    is_same: Callable[[str, str], bool] | None = None,
) -> Trace:
    """Candidate answers of a trace, graded, and its reflections with the answers around each."""
    same = is_same or is_same_answer
    grades: dict[str, Grade] = {}
    answers = []
    for answer, start, end in candidate_answers(text):
        if answer not in grades:
            grades[answer] = grade(answer)
        answers.append(Candidate(answer, start, end, grades[answer]))
    reflections = [_reflection(text, span, answers, same) for span in reflection_spans(text)]
    return Trace(answers, reflections)


def _reflection(
    text: str, span: Span, answers: list[Candidate], same: Callable[[str, str], bool]
) -> Reflection:
    start, end = span
    before = next((a for a in reversed(answers) if a.start < start), None)
    within = [a for a in answers if start <= a.start < end]
    after = within[-1] if within else before
    others = (a for a in within if before is None or not same(a.answer, before.answer))
    first_other = next(others, None)
    region = text[start : first_other.start if first_other else end]
    region = region.split(RETRY)[0]
    known = before is not None and after is not None
    return Reflection(
        span=_clip_to_part(text, span),
        before=before,
        after=after,
        transition=_transition(before.grade, after.grade) if known else None,
        is_changed=known and not same(before.answer, after.answer),
        verdict=reflection_verdict(region) if before else None,
    )


def _transition(before: Grade, after: Grade) -> str | None:
    if "undetermined" in (before, after):
        return None
    return f"{'c' if before == 'correct' else 'i'}→{'c' if after == 'correct' else 'i'}"


def reflection_spans(text: str) -> list[Span]:
    """One span for each run of cues with no mathematics between them (spec A4.2 step 1)."""
    starts: list[int] = []
    previous_end: int | None = None
    for cue in _CUES.finditer(text):
        merged = previous_end is not None and not has_mathematics(text[previous_end : cue.start()])
        if not merged:
            starts.append(_sentence_start(text, cue.start()))
        previous_end = cue.end()
    return list(pairwise([*starts, len(text)]))


def count_cues(text: str) -> int:
    """R(y) of spec A1.1 under the list `lrm`."""
    return sum(1 for _ in _CUES.finditer(text))


def has_mathematics(text: str) -> bool:
    return _MATHEMATICS.search(text) is not None


def _sentence_start(text: str, cue: int) -> int:
    """Start of the cue's sentence, or the cue where that is long or has computed something."""
    start = cue
    least = max(0, cue - LONGEST_LEAD)
    while start > least and not _is_sentence_end(text, start):
        start -= 1
    if start == least and least > 0:
        return cue
    while start < cue and text[start].isspace():
        start += 1
    return cue if has_mathematics(text[start:cue]) else start


def _is_sentence_end(text: str, at: int) -> bool:
    last = text[at - 1]
    if last == "\n":
        return True
    if not last.isspace():
        return False
    return re.search(r"[.!?][\"')\]]?\Z", text[max(0, at - 3) : at - 1]) is not None


def _clip_to_part(text: str, span: Span) -> Span:
    """A reflection in the think part ends with it, white space at both ends removed."""
    start, end = span
    close = text.rfind("</think>")
    think_end = close
    if close < 0 and "<think>" in text:
        think_end = len(text)
    if start < think_end:
        end = min(end, think_end)
    part = text[start:end]
    if not part.strip():
        return start, start
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def candidate_answers(text: str) -> list[tuple[str, int, int]]:
    """(answer, start, end) of boxes and of numbers or options after "the answer is", in order."""
    found = [
        (content.strip(), start, end) for content, start, end in find_boxes(text) if content.strip()
    ]
    for match in _STATED_ANSWER.finditer(text):
        value = match["value"]
        answer = re.sub(r"^\(?([A-J])\)\Z", r"\1", value)
        found.append((answer, match.end() - len(value), match.end()))
    return sorted(found, key=lambda candidate: candidate[1])


def find_boxes(text: str) -> list[tuple[str, int, int]]:
    r"""(content, start, end) of the closed `\boxed{}` and `\fbox{}` that lie in no other one."""
    found: list[tuple[int, int, str]] = []
    opened: list[tuple[int, int]] = []  # (start of the box or -1, start of its content)
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            command = next((c for c in ("\\boxed", "\\fbox") if text.startswith(c, at)), None)
            after = at + len(command) if command else at
            content = after
            while command and text[content : content + 1] == " ":
                content += 1
            if command and text[content : content + 1] == "{":
                opened.append((at, content + 1))
                at = content
            elif command and content > after and _opens_bare_box(text, content):
                if all(start < 0 for start, _ in opened):
                    bare = re.match(r"[^\s$.,;]*", text[content : content + 200])
                    end = content + (bare.end() if bare else 0)
                    found.append((at, end, text[content:end]))
                    at = end - 1
            else:
                at += 1  # an escaped character, such as \{
        elif char == "{":
            opened.append((-1, -1))
        elif char == "}" and opened:
            start, content = opened.pop()
            if start >= 0:
                found.append((start, at + 1, text[content:at]))
        at += 1
    return _outermost(found)


def _opens_bare_box(text: str, content: int) -> bool:
    r"""`\boxed 5` without braces."""
    if content >= len(text) or text[content].isspace():
        return False
    return not text.startswith(("\\boxed", "\\fbox"), content)


def _outermost(boxes: list[tuple[int, int, str]]) -> list[tuple[str, int, int]]:
    kept: list[tuple[str, int, int]] = []
    last_end = 0
    for start, end, content in sorted(boxes, key=lambda box: (box[0], -box[1])):
        if start >= last_end:
            kept.append((content, start, end))
            last_end = end
    return kept


def is_same_answer(a: str, b: str) -> bool:
    """Equal as written, but for dollar signs, white space, separators and leading zeros."""
    return _plain_answer(a) == _plain_answer(b)


def _plain_answer(answer: str) -> str:
    plain = re.sub(r"[\s$]|\\[,;!]|\{,\}|,(?=[0-9]{3}(?![0-9]))", "", answer)
    plain = re.sub(r"\.\Z", "", plain.replace("−", "-", 1))
    return re.sub(r"^(-?)0+(?=[0-9])", r"\1", plain)


def verdicts_stated(text: str) -> list[tuple[int, Verdict, bool]]:
    """(position, verdict, on the answer itself) in order; questions and conditions state none."""
    found: list[tuple[int, Verdict, bool]] = []
    for pattern, verdict, on_answer in _STATEMENTS:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 120) : match.start()]
            after = text[match.end() : match.end() + 100]
            if not _CONSIDERED_BEFORE.search(before) and not _ASKED_AFTER.match(after):
                found.append((match.start(), verdict, on_answer))
    return sorted(found, key=lambda statement: statement[0])


def reflection_verdict(text: str) -> Verdict | None:
    """The first verdict on the answer; without one, incorrect if anything is called wrong."""
    stated = verdicts_stated(text)
    on_answer = [verdict for _, verdict, is_on_answer in stated if is_on_answer]
    if on_answer:
        return on_answer[0]
    if any(verdict == "incorrect" for _, verdict, _ in stated):
        return "incorrect"
    return "correct" if stated else None


def utf16_span(text: str, span: Span) -> Span:
    """A span in UTF-16 code units, as the run directory counts."""
    start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in span)
    return start, end
