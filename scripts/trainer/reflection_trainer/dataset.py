"""Reading datasets: every bad line is named before the first step."""

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
    """What training reads of a record; the rest is provenance."""

    line: int
    prompt: str
    system: str | None
    target: str


@dataclass(frozen=True)
class Dataset:
    path: Path
    sha256: str
    records: list[Record]


@dataclass(frozen=True)
class Rows:
    """The lines of a dataset as they are, with their numbers."""

    path: Path
    sha256: str
    rows: list[tuple[int, dict[str, Any]]]


def read_scft(path: Path) -> Dataset:
    return read_pairs(path, "c")


def read_pairs(path: Path, target: str) -> Dataset:
    """Prompts and what is to be learnt: `c` of SCFT records, `y` of solutions."""
    record = "scft-record" if target == "c" else "self-distill-record"
    found = read_rows(path, fields_of(record, ["prompt", target], ["system"]))
    records = [
        Record(number, row["prompt"], row.get("system"), row[target]) for number, row in found.rows
    ]
    return Dataset(path, found.sha256, records)


def read_rows(path: Path, schema: dict[str, Any]) -> Rows:
    """Every line that is not as the schema says is named, the first few in full."""
    if not path.is_file():
        raise UserError(f'config.json: field "data.path": {path} is not a file')
    content = path.read_bytes()
    rows: list[tuple[int, dict[str, Any]]] = []
    wrong: list[str] = []
    validator = Draft202012Validator(schema)
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
            rows.append((number, row))
    if wrong:
        rest = len(wrong) - MOST_ERRORS_SHOWN
        more = [f"... and {rest} more"] if rest > 0 else []
        raise UserError("\n".join([*wrong[:MOST_ERRORS_SHOWN], *more]))
    if not rows:
        raise UserError(f"{path}: the dataset is empty; sample again or choose another")
    return Rows(path, hashlib.sha256(content).hexdigest(), rows)


def read_meta(path: Path) -> dict[str, Any] | None:
    """The dataset's `.meta.json`, or None: training does not depend on it, lineage does."""
    meta = path.with_suffix(".meta.json")
    try:
        value = json.loads(meta.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def fields_of(record: str, required: list[str], optional: list[str]) -> dict[str, Any]:
    """The record's schema, cut down to the fields that training reads; their texts not empty."""
    fields = load_schema(record)["properties"]
    properties = {name: fields[name] for name in [*required, *optional]}
    for name in required:
        if properties[name].get("type") == "string":
            properties[name] = {**properties[name], "pattern": r"\S"}
    return {"type": "object", "properties": properties, "required": required}


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
