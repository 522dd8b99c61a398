"""Problem sets, trajectories and stored rollouts: what is wrong with them is named at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from objectives import ROLLOUTS, TRAJECTORIES, base
from stored_rollouts import stored_row

from reflection_trainer.config import complete_config
from reflection_trainer.errors import UserError
from reflection_trainer.events import EventWriter
from reflection_trainer.method import Prepared, load_method
from reflection_trainer.problems import problem_hash, read_problems

from trainer_runs import logs, of_type, read_events, write_rows

GOOD = {"id": "a", "problem": "2+2?", "answer": "4"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"answer": "4"}, "problems.jsonl:2: problem: missing or empty"),
        ({"problem": " ", "answer": "4"}, "problems.jsonl:2: problem: missing or empty"),
        ({"problem": "q"}, "problems.jsonl:2: answer: missing or empty; without it no rollout"),
        ({"problem": "q", "answer": ""}, "answer: missing or empty"),
        ({"problem": "q", "answer": "4", "mode": "maths"}, 'mode: must be one of .*, got "maths"'),
        (["q"], "not a JSON object"),
    ],
)
def test_a_bad_problem_is_named_with_its_line(tmp_path: Path, row: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(UserError, match=message):
        read_problems(write_rows(tmp_path / "problems.jsonl", [GOOD, row]))


def test_a_file_without_problems_or_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the problem set is empty"):
        read_problems(write_rows(tmp_path / "problems.jsonl", []))
    with pytest.raises(UserError, match='"data.path": .* is not a file'):
        read_problems(tmp_path / "missing.jsonl")


def test_statements_are_asked_as_the_workbench_asks_them(tmp_path: Path) -> None:
    rows = [
        {"problem": "Which?", "answer": "B", "mode": "choice", "options": ["x", "y"]},
        {"problem": "Is it?", "answer": "True", "mode": "boolean"},
        {"problem": "True, False or Uncertain?", "answer": "Uncertain", "mode": "boolean"},
        {"problem": "How many?", "answer": 7},
    ]
    found = read_problems(write_rows(tmp_path / "problems.jsonl", rows)).problems
    assert [problem.text for problem in found] == [
        "Which?\n\nA) x\nB) y\n\nAnswer with the letter of the right option, A to B.",
        "Is it?\n\nAnswer with True or False.",
        "True, False or Uncertain?\n\nAnswer with True, False or Uncertain.",
        "How many?",
    ]
    assert found[3].gold == "7" and found[0].hash == problem_hash("  WHICH? ")


def prepared(folder: Path, data: Path, **fields: object) -> Prepared:
    config: Any = complete_config({"model": {"path": "m"}, "data": {"path": str(data)}, **fields})
    events = EventWriter(folder / "events.jsonl")
    return load_method(config["method"]).prepare(config, base(), events)


def test_problems_with_a_long_prompt_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [{"problem": f"{i}+1?", "answer": "4"} for i in range(3)]
    rows.append({"problem": "long " * 150, "answer": "4"})
    data = write_rows(tmp_path / "problems.jsonl", rows)
    fields = {"method": "rlerr", "maxLength": 500, "batchSize": 12, "rollouts": ROLLOUTS}
    found = prepared(tmp_path, data, **fields)
    assert (len(found.rows), found.dropped) == (3, 1)
    assert "1 of 4 problems have a prompt of more than 200 tokens" in logs(read_events(tmp_path))


def test_too_few_problems_for_a_batch_of_rollouts(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "problems.jsonl", [GOOD])
    fields = {"method": "rlerr", "maxLength": 500, "batchSize": 12, "rollouts": ROLLOUTS}
    with pytest.raises(UserError, match="1 problems are left, but a batch of rollouts needs 3"):
        prepared(tmp_path, data, **fields)


def test_rollouts_that_leave_no_room_for_a_prompt(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "problems.jsonl", [GOOD] * 3)
    wanted = {**ROLLOUTS, "maxTokens": 512}
    with pytest.raises(UserError, match='"rollouts.maxTokens": 512 leaves no room'):
        prepared(tmp_path, data, method="rlerr", maxLength=600, batchSize=12, rollouts=wanted)


def test_a_reflection_weight_above_the_outcomes_is_warned_about(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "problems.jsonl", [GOOD] * 3)
    reward = {"reflectionWeight": 1.0}
    fields = {"method": "rlerr", "maxLength": 500, "batchSize": 12, "rollouts": ROLLOUTS}
    prepared(tmp_path, data, **fields, reward=reward)
    assert "a wrong answer can earn more than a right one" in logs(read_events(tmp_path))


def test_a_text_that_is_no_trajectory_is_named(tmp_path: Path) -> None:
    good = {"prompt": "q", "system": None, "answer": TRAJECTORIES[0]}
    data = write_rows(tmp_path / "s2r.jsonl", [good, {**good, "answer": "\\boxed{4}"}])
    with pytest.raises(UserError, match="s2r.jsonl:2:answer: is no trajectory"):
        prepared(tmp_path, data, method="bi")


def offline_row(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    row = stored_row(base(), base().load().eval(), 0, TRAJECTORIES[0], "R+V+")
    return {**row, **changes}


def test_tokens_of_another_tokenizer_are_refused(tmp_path: Path) -> None:
    row = offline_row()
    row["tokens"]["ids"] = [token + 1 for token in row["tokens"]["ids"][:-1]] + [0]
    data = write_rows(tmp_path / "offline.jsonl", [row])
    with pytest.raises(UserError, match="offline.jsonl:1:tokens: are not those of this model's"):
        prepared(tmp_path, data, method="prlOffline")


def test_actions_that_do_not_match_the_text_are_refused(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "offline.jsonl", [offline_row(answer=TRAJECTORIES[0] + " ")])
    prepared(tmp_path, data, method="prlOffline")  # a token that reaches beyond the cut
    row = offline_row()
    row["actions"] = row["actions"][:1] * 2
    data = write_rows(tmp_path / "offline.jsonl", [row])
    with pytest.raises(UserError, match="actions: do not match the text"):
        prepared(tmp_path, data, method="prlOffline")


def test_no_problem_between_the_accuracies(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "offline.jsonl", [offline_row(accuracy=0.9)])
    with pytest.raises(UserError, match="the sampled accuracy of every problem is outside 0.1"):
        prepared(tmp_path, data, method="orlOffline")


def test_log_probabilities_of_unknown_kind_are_warned_about(tmp_path: Path) -> None:
    row = offline_row()
    row["tokens"] = {**row["tokens"], "of": "unknown"}
    found = prepared(tmp_path, write_rows(tmp_path / "o.jsonl", [row]), method="prlOffline")
    assert found.rows[0]["temperature"] == 1.0
    assert [event["level"] for event in of_type(read_events(tmp_path), "log")] == ["warning"]


def test_tokens_are_read_from_the_text_where_the_server_told_no_ids(tmp_path: Path) -> None:
    row = offline_row()
    ids = row["tokens"]["ids"]
    row["tokens"] = {**row["tokens"], "ids": None}
    found = prepared(tmp_path, write_rows(tmp_path / "o.jsonl", [row]), method="prlOffline")
    assert found.rows[0]["completion_ids"] == ids
