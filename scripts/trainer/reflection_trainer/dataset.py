"""Reading the SCFT dataset (spec A2): every bad line is named before the first step."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from .config import load_schema
from .errors import UserError

MOST_ERRORS_SHOWN = 5


@dataclass(frozen=True)
class Record:
    """What training reads of an SCFT record; the rest is provenance."""

    line: int
    prompt: str
    system: str | None
    critique: str


@dataclass(frozen=True)
class Dataset:
    path: Path
    sha256: str
    records: list[Record]


def read_scft(path: Path) -> Dataset:
    if not path.is_file():
        raise UserError(f'config.json: field "data.path": {path} is not a file')
    content = path.read_bytes()
    records: list[Record] = []
    wrong: list[str] = []
    validator = Draft202012Validator(_read_fields())
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
        except ValueError as error:
            wrong.append(f"{path.name}:{number}: not valid JSON: {error}")
            continue
        problems = [f"{path.name}:{number}:{text}" for text in _faults(validator, row)]
        wrong.extend(problems)
        if not problems:
            records.append(Record(number, row["prompt"], row.get("system"), row["c"]))
    if wrong:
        rest = len(wrong) - MOST_ERRORS_SHOWN
        more = [f"... and {rest} more"] if rest > 0 else []
        raise UserError("\n".join([*wrong[:MOST_ERRORS_SHOWN], *more]))
    if not records:
        raise UserError(f"{path}: the dataset is empty; sample critiques again or choose another")
    return Dataset(path, hashlib.sha256(content).hexdigest(), records)


def read_meta(path: Path) -> dict[str, Any] | None:
    """The dataset's `.meta.json`, or None: training does not depend on it, lineage does."""
    meta = path.with_suffix(".meta.json")
    try:
        value = json.loads(meta.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _read_fields() -> dict[str, Any]:
    """The record's schema, cut down to the fields that training reads."""
    fields = load_schema("scft-record")["properties"]
    text = {"type": "string", "pattern": r"\S"}
    return {
        "type": "object",
        "properties": {
            "prompt": {**fields["prompt"], **text},
            "system": fields["system"],
            "c": {**fields["c"], **text},
        },
        "required": ["prompt", "c"],
    }


def _faults(validator: Draft202012Validator, row: object) -> list[str]:
    faults = []
    for error in validator.iter_errors(row):
        field = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            faults.extend(f"{key}: missing" for key in missing)
        elif error.validator == "pattern":
            faults.append(f"{field}: empty")
        else:
            faults.append(f"{field}: {error.message[:120]}".removeprefix(": "))
    return sorted(set(faults))
