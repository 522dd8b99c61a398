"""config.json: the schema is the only source of fields and defaults; mistakes are named."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflection_trainer.config import (
    METHODS,
    DataConfig,
    EvaluationConfig,
    JudgeConfig,
    LoraSettings,
    ModelConfig,
    PromptsConfig,
    RewardConfig,
    RolloutsConfig,
    VllmConfig,
    complete_config,
    load_config,
    method_schema,
)
from reflection_trainer.errors import ConfigError

SCHEMA = method_schema("scft")
FIELDS = sorted(SCHEMA["properties"])
MINIMAL = {"method": "scft", "model": {"path": "m"}, "data": {"path": "d.jsonl"}}


SECTIONS = {
    "model": ModelConfig,
    "data": DataConfig,
    "prompts": PromptsConfig,
    "evaluation": EvaluationConfig,
    "lora": LoraSettings,
    "rollouts": RolloutsConfig,
    "vllm": VllmConfig,
    "reward": RewardConfig,
    "judge": JudgeConfig,
}


def same_fields(schema: dict[str, Any], typed: type) -> None:
    assert set(typing.get_type_hints(typed)) == set(schema["properties"]), typed
    for name, field in schema["properties"].items():
        for option in field.get("anyOf", [field]):
            if option.get("type") == "object":
                same_fields(option, SECTIONS[name])


@pytest.mark.parametrize("method", METHODS)
def test_the_typed_config_has_exactly_the_fields_of_the_schema(method: str) -> None:
    same_fields(method_schema(method), METHODS[method])


@pytest.mark.parametrize("method", METHODS)
def test_defaults_come_from_the_schema(method: str) -> None:
    config: dict[str, Any] = dict(complete_config({**MINIMAL, "method": method}))
    fields = method_schema(method)["properties"]
    assert set(config) == set(fields)
    for name, field in fields.items():
        if field.get("default", {}) != {}:
            assert config[name] == field["default"]
    assert complete_config(config) == config


def test_defaults_of_a_section_come_one_by_one() -> None:
    config: Any = complete_config(
        {**MINIMAL, "method": "rlerr", "rollouts": {"perProblem": 4}, "lora": {"rank": 4}}
    )
    assert (config["rollouts"]["perProblem"], config["rollouts"]["temperature"]) == (4, 1)
    assert (config["lora"]["rank"], config["lora"]["alpha"]) == (4, 32)
    assert config["reward"]["reflectionWeight"] == 0.5 and config["rollouts"]["vllm"] is None


@given(name=st.sampled_from(FIELDS), at=st.integers(0, 20), kind=st.sampled_from(["drop", "twice"]))
def test_a_misspelt_field_is_named_with_what_was_meant(name: str, at: int, kind: str) -> None:
    at %= len(name)
    wrong = name[:at] + ("" if kind == "drop" else name[at] * 2) + name[at + 1 :]
    with pytest.raises(ConfigError) as error:
        complete_config({**MINIMAL, wrong: 1})
    expected = f'config.json: field "{wrong}": unknown field; did you mean "{name}"?'
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batchSize": "many"}, '"batchSize": must be an integer of at least 1, got "many"'),
        ({"batchSize": 0}, '"batchSize": must be an integer of at least 1, got 0'),
        ({"learningRate": 0}, '"learningRate": must be a number above 0, got 0'),
        ({"warmupRatio": 1.5}, '"warmupRatio": must be a number of at least 0 and of at most 1'),
        ({"maxSteps": 0.5}, '"maxSteps": must be an integer of at least 1 or null, got 0.5'),
        ({"scheduler": "cos"}, 'must be one of "cosine", "linear", "constant", got "cos"'),
        ({"method": "sctf"}, 'got "sctf"; did you mean "scft"?'),
        ({"method": 3}, '"method": must be one of "scft", "selfDistill", '),
        ({"rollouts": {}}, '"rollouts": unknown field'),
        (
            {"method": "rlerr", "rollouts": {"perProblm": 4}},
            '"rollouts.perProblm": unknown field; did you mean "perProblem"?',
        ),
        (
            {"method": "prl", "rollouts": {"perProblem": 1}},
            '"rollouts.perProblem": must be an integer of at least 2, got 1',
        ),
        ({"method": "orl", "clip": 1}, '"clip": must be a number above 0 and below 1, got 1'),
        ({"lora": {"rnk": 1}}, '"lora.rnk": unknown field; did you mean "rank"?'),
        ({"lora": {"rank": 0}}, '"lora.rank": must be an integer of at least 1, got 0'),
        ({"lora": 3}, '"lora": must be an object or null, got 3'),
        (
            {"method": "rlerr", "reward": {"source": "judge", "judge": {"model": "m"}}},
            '"reward.judge.baseUrl": missing; add it',
        ),
        ({"schemaVersion": 2}, '"schemaVersion": must be 1, got 2'),
        ({"model": {}}, '"model.path": missing; add it'),
        ({"model": {"path": ""}}, '"model.path": must be a text that is not empty'),
        ({"model": {"path": "m", "pth": 1}}, '"model.pth": unknown field; did you mean "path"?'),
        ({"exportGguf": "yes"}, '"exportGguf": must be true or false, got "yes"'),
        ({"reportTo": "wandb"}, '"reportTo": must be a list, got "wandb"'),
        ({"reportTo": [1]}, '"reportTo.0": must be a text, got 1'),
        ({"zzz": 1}, '"zzz": unknown field; known fields: '),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        complete_config({**MINIMAL, **change})
    assert message in str(error.value)


def test_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        complete_config({**MINIMAL, "seed": -1, "epochs": 0, "learningRat": 1})
    assert len(str(error.value).splitlines()) == 3


def test_an_integer_written_as_a_float_is_an_integer() -> None:
    assert isinstance(complete_config({**MINIMAL, "batchSize": 64.0})["batchSize"], int)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(MINIMAL))
    config = load_config(tmp_path / "config.json")
    assert config["data"]["path"] == str(tmp_path / "d.jsonl")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"method": ', "not valid JSON"),
        (b'{"learningRate": NaN}', "not valid JSON: NaN"),
        (b"\xff\xfe", "cannot be read"),
        (b"[]", "must be an object"),
        (None, "no such file"),
    ],
)
def test_a_file_that_is_no_config_is_a_config_error(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        load_config(path)
