"""The SCFT dataset: what is wrong is told with file, line and field."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from reflection_trainer.dataset import read_meta, read_scft
from reflection_trainer.errors import UserError

GOOD = {"prompt": "Please critique", "system": None, "c": "It is right."}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "scft.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def test_a_record_needs_only_what_training_reads(tmp_path: Path) -> None:
    path = written(
        tmp_path, GOOD, "", {"prompt": "p", "c": "c", "mine": 1}, {**GOOD, "system": "s"}
    )
    data = read_scft(path)
    assert [record.line for record in data.records] == [1, 3, 4]
    assert [record.system for record in data.records] == [None, None, "s"]
    assert data.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"prompt": "p", "c"', "scft.jsonl:2: not valid JSON"),
        ({"prompt": "p"}, "scft.jsonl:2:c: missing"),
        ({**GOOD, "c": None}, "scft.jsonl:2:c: None is not of type 'string'"),
        ({**GOOD, "c": " \n"}, "scft.jsonl:2:c: empty"),
        ({**GOOD, "prompt": 3}, "scft.jsonl:2:prompt: 3 is not of type 'string'"),
        ({**GOOD, "system": 3}, "scft.jsonl:2:system: 3 is not"),
        ("[1]", "scft.jsonl:2:[1] is not of type 'object'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(UserError) as error:
        read_scft(written(tmp_path, GOOD, line, GOOD))
    assert str(error.value).startswith(message)


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read_scft(written(tmp_path, *[{}] * 10))
    assert len(str(error.value).splitlines()) == 6
    assert str(error.value).endswith("... and 15 more")


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_bytes(path.read_bytes() + b'{"prompt": "\xff"}\n')
    with pytest.raises(UserError, match=r"scft\.jsonl:2: not valid JSON: .*utf-8"):
        read_scft(path)


def test_no_file_and_no_record_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='field "data.path": .*missing.jsonl is not a file'):
        read_scft(tmp_path / "missing.jsonl")
    with pytest.raises(UserError, match="the dataset is empty"):
        read_scft(written(tmp_path, ""))


def test_the_meta_file_lies_beside_the_dataset(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert read_meta(path) is None
    (tmp_path / "scft.meta.json").write_text('{"problemHashes": ["ab"]}')
    assert read_meta(path) == {"problemHashes": ["ab"]}
    (tmp_path / "scft.meta.json").write_text("[")
    assert read_meta(path) is None
