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
    DataConfig,
    ModelConfig,
    TrainConfig,
    complete_config,
    load_config,
    load_schema,
)
from reflection_trainer.errors import ConfigError

SCHEMA = load_schema("train-config")
FIELDS = sorted(SCHEMA["properties"])
MINIMAL = {"method": "scft", "model": {"path": "m"}, "data": {"path": "d.jsonl"}}


def test_the_typed_config_has_exactly_the_fields_of_the_schema() -> None:
    sections = {"model": ModelConfig, "data": DataConfig}
    for schema, typed in [(SCHEMA, TrainConfig)] + [
        (SCHEMA["properties"][name], section) for name, section in sections.items()
    ]:
        assert set(typing.get_type_hints(typed)) == set(schema["properties"])


def test_defaults_come_from_the_schema() -> None:
    config = complete_config(MINIMAL)
    assert set(config) == set(FIELDS)
    for name, field in SCHEMA["properties"].items():
        if "default" in field:
            assert config[name] == field["default"]
    assert complete_config(config) == config


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
        ({"method": "sctf"}, '"method": must be one of "scft", got "sctf"'),
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
