"""config.json: checked against the generated JSON Schema, defaults filled in from it.

The schema is the single source of fields and defaults (written from zod in the workbench), so a
configuration written by hand means the same here and there.
"""

from __future__ import annotations

import copy
import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from .errors import ConfigError

SCHEMAS = Path(__file__).parent / "schemas"


class ModelConfig(TypedDict):
    path: str


class DataConfig(TypedDict):
    path: str


class TrainConfig(TypedDict):
    """The schema's fields under the schema's names; a test keeps the two equal."""

    schemaVersion: int
    method: str
    recipe: str
    model: ModelConfig
    data: DataConfig
    seed: int
    epochs: float
    maxSteps: int | None
    batchSize: int
    microBatchSize: int
    learningRate: float
    scheduler: Literal["cosine", "linear", "constant"]
    warmupRatio: float
    weightDecay: float
    maxLength: int
    precision: Literal["auto", "float32", "bfloat16"]
    gradientCheckpointing: bool
    threads: int
    worldSize: int | None
    logEverySteps: int
    saveEverySteps: int
    keepCheckpoints: int
    heartbeatSeconds: float
    exportGguf: bool
    reportTo: list[str]


@cache
def load_schema(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


def load_config(path: Path) -> TrainConfig:
    """The complete configuration; paths in it are taken relative to the folder of the file."""
    try:
        value = json.loads(path.read_text("utf-8"), parse_constant=_reject_constant)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not valid JSON: {error}") from None
    config = complete_config(value, path.name)
    for section in (config["model"], config["data"]):
        section["path"] = str((path.parent / section["path"]).resolve())
    return config


def complete_config(value: object, name: str = "config.json") -> TrainConfig:
    """`value` with every default filled in; ConfigError lists all wrong fields, a line each."""
    schema = load_schema("train-config")
    found = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda e: list(e.path))
    if found:
        raise ConfigError("\n".join(line for error in found for line in _explain(error, name)))
    return _fill(schema, value)


def _fill(schema: dict[str, Any], value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if schema.get("type") == "object" and "properties" in schema:
        filled = {}
        for key, field in schema["properties"].items():
            if key in value:
                filled[key] = _fill(field, value[key])
            elif "default" in field:
                filled[key] = copy.deepcopy(field["default"])
        return filled
    if schema.get("type") == "integer" and isinstance(value, float):
        return int(value)  # JSON Schema calls 64.0 an integer
    return value


def _explain(error: ValidationError, name: str) -> list[str]:
    where = ".".join(str(part) for part in error.absolute_path)
    prefix = f"{where}." if where else ""
    match error.validator:
        case "additionalProperties":
            known = list(error.schema["properties"])
            unknown = [key for key in error.instance if key not in known]
            return [
                f'{name}: field "{prefix}{key}": unknown field{_hint(key, known)}'
                for key in unknown
            ]
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            return [f'{name}: field "{prefix}{key}": missing; add it' for key in missing]
    got = json.dumps(error.instance)
    what = f'{name}: field "{where}"' if where else name
    return [f"{what}: must be {_expected(error.schema)}, got {got[:80]}"]


def _hint(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; known fields: {', '.join(known)}"


def _expected(schema: dict[str, Any]) -> str:
    """One schema in words: `an integer of at least 1`."""
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(option) for option in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_expected(option) for option in schema["anyOf"])
    names = {
        "string": "a text",
        "integer": "an integer",
        "number": "a number",
        "boolean": "true or false",
        "array": "a list",
        "object": "an object",
        "null": "null",
    }
    words = names[schema["type"]]
    limits = []
    if schema.get("minLength"):
        limits.append("that is not empty")
    if "minimum" in schema:
        limits.append(f"of at least {schema['minimum']:g}")
    if "exclusiveMinimum" in schema:
        limits.append(f"above {schema['exclusiveMinimum']:g}")
    if schema.get("maximum", 2**53) < 2**53 - 1:
        limits.append(f"of at most {schema['maximum']:g}")
    return f"{words} {' and '.join(limits)}".rstrip()


def _reject_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
