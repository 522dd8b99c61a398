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


class PromptsConfig(TypedDict):
    system: str | None
    solve: str
    critiqueTraining: str
    solutionSlot: Literal["whole", "last-attempt"]


class EvaluationConfig(TypedDict):
    path: str | None
    maxProblems: int
    probes: int
    modes: list[Literal["generator", "critic"]]
    temperature: float
    topP: float
    maxTokens: int
    batchSize: int


class LoraSettings(TypedDict):
    rank: int
    alpha: float
    dropout: float
    targetModules: str | list[str]
    export: Literal["merged", "adapter"]


class VllmConfig(TypedDict):
    mode: Literal["colocate", "server"]
    serverUrl: str | None
    memoryShare: float
    tensorParallel: int


class RolloutsConfig(TypedDict):
    perProblem: int
    problems: int
    iterations: int
    temperature: float
    topP: float
    topK: int
    maxPromptTokens: int
    maxTokens: int
    vllm: VllmConfig | None
    log: int


class JudgeConfig(TypedDict):
    baseUrl: str
    model: str
    apiKeyVariable: str
    concurrency: int
    timeoutSeconds: float
    maxTokens: int
    giveGold: bool
    dollarsPerMillionIn: float | None
    dollarsPerMillionOut: float | None


class RewardConfig(TypedDict):
    outcomeWeight: float
    reflectionWeight: float
    source: Literal["rule", "judge"]
    verdictRule: bool
    noReflectionCorrect: float
    noReflectionWrong: float
    judge: JudgeConfig | None


class TrainConfig(TypedDict):
    """The fields of every method under the schema's names; a test keeps them equal."""

    schemaVersion: int
    method: str
    recipe: str
    model: ModelConfig
    data: DataConfig
    prompts: PromptsConfig
    evaluation: EvaluationConfig
    lora: LoraSettings | None
    seed: int
    epochs: float
    maxSteps: int | None
    batchSize: int
    microBatchSize: int
    learningRate: float
    scheduler: Literal["cosine", "linear", "constant"]
    minLearningRateRatio: float
    warmupRatio: float
    warmupSteps: int | None
    weightDecay: float
    maxGradNorm: float
    maxLength: int
    precision: Literal["auto", "float32", "bfloat16"]
    gradientCheckpointing: bool
    threads: int
    worldSize: int | None
    sharding: Literal["none", "fsdp", "zero2", "zero3"]
    logEverySteps: int
    saveEverySteps: int
    keepCheckpoints: int
    heartbeatSeconds: float
    exportGguf: bool
    ggufType: Literal["f32", "f16", "q8_0"]
    reportTo: list[str]


class BiConfig(TrainConfig):
    klWeight: float


class OnlineConfig(TrainConfig):
    """Methods that make rollouts: `rlerr`, `orl`, `prl`."""

    rollouts: RolloutsConfig
    clip: float
    klWeight: float


class RlerrConfig(OnlineConfig):
    reward: RewardConfig
    lossType: Literal["dapo", "grpo", "bnpo", "dr_grpo"]
    scaleRewards: Literal["group", "batch", "none"]


class PrlConfig(OnlineConfig):
    ratio: Literal["action", "token"]
    bonus: bool
    minGroup: int


class OfflineConfig(TrainConfig):
    """Methods that train from stored rollouts: `orlOffline`, `prlOffline`."""

    clip: float
    klWeight: float
    minAccuracy: float
    maxAccuracy: float
    baseline: Literal["position", "context"]
    minGroup: int


class PrlOfflineConfig(OfflineConfig):
    ratio: Literal["action", "token"]
    bonus: bool


METHODS: dict[str, type[TrainConfig]] = {
    "scft": TrainConfig,
    "selfDistill": TrainConfig,
    "sft": TrainConfig,
    "rlerr": RlerrConfig,
    "bi": BiConfig,
    "orl": OnlineConfig,
    "prl": PrlConfig,
    "orlOffline": OfflineConfig,
    "prlOffline": PrlOfflineConfig,
}


@cache
def load_schema(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


def method_schema(method: str) -> dict[str, Any]:
    """The schema of one method: its fields, their types and their defaults."""
    branches = load_schema("train-config")["oneOf"]
    return next(b for b in branches if b["properties"]["method"]["const"] == method)


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
    for section in (config["model"], config["data"], config["evaluation"]):
        if section["path"] is not None:
            section["path"] = str((path.parent / section["path"]).resolve())
    return config


def complete_config(value: object, name: str = "config.json") -> TrainConfig:
    """`value` with every default filled in; ConfigError lists all wrong fields, a line each."""
    if not isinstance(value, dict):
        raise ConfigError(f"{name}: must be an object, got {json.dumps(value)[:80]}")
    method = value.get("method")
    if "method" not in value:
        raise ConfigError(f'{name}: field "method": missing; add one of {", ".join(METHODS)}')
    if method not in list(METHODS):
        hint = _hint(str(method), list(METHODS)) if isinstance(method, str) else ""
        options = ", ".join(json.dumps(option) for option in METHODS)
        raise ConfigError(
            f'{name}: field "method": must be one of {options}, got {json.dumps(method)[:80]}'
            f"{hint if 'did you mean' in hint else ''}"
        )
    schema = method_schema(method)
    found = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda e: list(e.path))
    if found:
        raise ConfigError("\n".join(line for error in found for line in _explain(error, name)))
    return _fill(schema, value)


def _fill(schema: dict[str, Any], value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if "anyOf" in schema:
        section = _section(schema, value)
        return _fill(section, value) if section else value
    if schema.get("type") == "object" and "properties" in schema:
        filled = {}
        for key, field in schema["properties"].items():
            if key in value:
                filled[key] = _fill(field, value[key])
            elif "default" in field:  # a section's default may be {}: its fields have their own
                filled[key] = _fill(field, copy.deepcopy(field["default"]))
        return filled
    if schema.get("type") == "integer" and isinstance(value, float):
        return int(value)  # JSON Schema calls 64.0 an integer
    return value


def _section(schema: dict[str, Any], value: object) -> dict[str, Any] | None:
    """Of a section that may be null, what it is otherwise."""
    options = [option for option in schema["anyOf"] if option.get("type") == "object"]
    return options[0] if options and isinstance(value, dict) else None


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
        case "anyOf" if section := _section(error.schema, error.instance):
            inner = [e for e in error.context or [] if e.schema_path[0] == _index(error, section)]
            return [line for e in inner for line in _explain(e, name)]
    got = json.dumps(error.instance)
    what = f'{name}: field "{where}"' if where else name
    return [f"{what}: must be {_expected(error.schema)}, got {got[:80]}"]


def _index(error: ValidationError, option: dict[str, Any]) -> int:
    return error.schema["anyOf"].index(option)


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
    if "exclusiveMaximum" in schema:
        limits.append(f"below {schema['exclusiveMaximum']:g}")
    return f"{words} {' and '.join(limits)}".rstrip()


def _reject_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")
