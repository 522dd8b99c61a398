"""The reward of RLERR, part by part (spec A4.2), and the judge that may give one of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflection_trainer.config import JudgeConfig, RewardConfig, complete_config
from reflection_trainer.errors import UserError
from reflection_trainer.grading import Grader
from reflection_trainer.judge import Judge, Question, read_score, require_judge
from reflection_trainer.rewards import Asked, Scored, Scorer, reward_metrics

ASKED = Asked("2+2?", "4", "aime")
RIGHT = "The answer is 4. Wait, 2+2=4, the answer is correct. \\boxed{4}"
REPAIRED = "The answer is 5. Wait, 2+2=4, so that is wrong. \\boxed{4}"
DESTROYED = "The answer is 4. Wait, 2+2=5, so that is wrong. \\boxed{5}"
PLAIN_RIGHT, PLAIN_WRONG = "So \\boxed{4}", "So \\boxed{5}"


def reward(**changes: object) -> RewardConfig:
    config: Any = complete_config(
        {
            "method": "rlerr",
            "model": {"path": "m"},
            "data": {"path": "d"},
            "reward": changes,
        }
    )
    return config["reward"]


def score(text: str, *, truncated: bool = False, asked: Asked = ASKED, **changes: object) -> Scored:
    return Scorer(reward(**changes), Grader(), None).score([asked], [text], [truncated])[0]


@pytest.mark.parametrize(
    ("text", "outcome", "reflection"),
    [
        (RIGHT, 1.0, 0.7),
        (REPAIRED, 1.0, 0.8),
        (DESTROYED, 0.0, 0.1),
        (PLAIN_RIGHT, 1.0, 0.5),
        (PLAIN_WRONG, 0.0, 0.2),
        ("no answer", 0.0, 0.2),
    ],
)
def test_the_parts_are_those_of_the_table(text: str, outcome: float, reflection: float) -> None:
    found = score(text)
    assert (found.outcome, found.reflection) == (outcome, pytest.approx(reflection))


def test_a_truncated_rollout_is_wrong_whatever_it_says() -> None:
    found = score(RIGHT, truncated=True)
    assert (found.answer, found.outcome, found.grade) == (None, 0.0, "incorrect")


def test_what_cannot_be_graded_has_no_reward_at_all() -> None:
    found = score(RIGHT, asked=Asked("?", "not an integer", "aime"))
    assert (found.outcome, found.reflection, found.grade) == (None, None, "undetermined")
    assert reward_metrics([found, score(RIGHT)])["reward/undetermined"] == 0.5


def test_the_scores_without_a_reflection_can_be_set() -> None:
    assert score(PLAIN_RIGHT, noReflectionCorrect=0.7).reflection == pytest.approx(0.7)
    assert score(PLAIN_WRONG, noReflectionWrong=0.3).reflection == pytest.approx(0.3)


def test_the_ablation_on_answers_does_not_read_the_verdict() -> None:
    lying = "The answer is 4. Wait, the answer is incorrect. 2+2=4. \\boxed{4}"
    assert score(lying).reflection == pytest.approx(0.2)
    assert score(lying, verdictRule=False).reflection == pytest.approx(0.7)


@given(st.lists(st.sampled_from([RIGHT, REPAIRED, DESTROYED, PLAIN_RIGHT, PLAIN_WRONG])))
def test_below_lambda_one_a_wrong_answer_never_beats_a_right_one(pieces: list[str]) -> None:
    """lambda r_ref <= 0.5 < 1 <= what a right answer has."""
    scored = [score(text) for text in [*pieces, PLAIN_RIGHT]]
    total = {True: [], False: []}
    for one in scored:
        assert one.outcome is not None and one.reflection is not None
        total[one.outcome == 1].append(one.outcome + 0.5 * one.reflection)
    assert min(total[True]) > max(total[False], default=0)


def test_the_metrics_of_a_batch() -> None:
    found = reward_metrics([score(t) for t in (RIGHT, REPAIRED, DESTROYED, PLAIN_WRONG)])
    assert found["reflection/R"] == 3 / 4
    assert found["reflection/err"] == 2 / 3
    assert found["reflection/rho"] == (2 / 2) / (1 / 2)
    assert found["reflection/i_to_c_per_100"] == 25
    assert found["reflection/c_to_i_per_100"] == 25
    assert found["reflection/verdict_true"] == 2 / 3
    assert "reflection/judge_score" not in found


def test_lengths_are_told_apart_by_outcome() -> None:
    right, wrong = replace(score(RIGHT), tokens=30), replace(score(PLAIN_WRONG), tokens=10)
    found = reward_metrics([right, right, wrong])
    assert (found["completions/length_right"], found["completions/length_wrong"]) == (30, 10)
    assert "completions/length_wrong" not in reward_metrics([right])


@dataclass
class Server:
    """An OpenAI-compatible judge: answers from a list, then repeats the last."""

    replies: list[str]
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server([])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with state.lock:
                state.bodies.append(body)
                state.keys.append(self.headers.get("Authorization"))
                reply = state.replies.pop(0) if len(state.replies) > 1 else state.replies[0]
            if reply == "500":
                self.send_error(500)
                return
            usage: object = {"prompt_tokens": 100, "completion_tokens": 10}
            if reply.endswith("(usage unknown)"):
                usage = "unknown"
            answer = {"choices": [{"message": {"content": reply}}], "usage": usage}
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data) + (reply == "cut")))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{running.server_address[1]}/v1"
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield state
    running.shutdown()
    running.server_close()


def judge_config(server: Server, **changes: object) -> JudgeConfig:
    settings = {"baseUrl": server.url, "model": "judge-1", **changes}
    return require_judge(reward(source="judge", judge=settings)["judge"])


def test_a_judge_is_asked_once_for_each_trajectory(tmp_path: Path, server: Server) -> None:
    server.replies = ['{"analysis": "fine", "score": 8}']
    config = judge_config(server, dollarsPerMillionIn=1.0, dollarsPerMillionOut=10.0)
    judge = Judge(config, tmp_path / "judge.jsonl")
    questions = [Question("p", "4", f"text {i % 3}") for i in range(3)]
    assert judge.scores(questions) == [8.0] * 3
    assert judge.scores(questions) == [8.0] * 3
    assert len(server.bodies) == 3 and judge.spent.cached == 3
    told = judge.metrics([judge.spent])
    assert told["judge/dollars"] == pytest.approx((300 * 1 + 30 * 10) / 1e6)
    again = Judge(config, tmp_path / "judge.jsonl")  # a resumed process
    assert again.scores(questions) == [8.0] * 3 and len(server.bodies) == 3
    assert again.metrics([again.spent]) == told


def test_the_judge_is_told_the_answer_only_where_asked_to(tmp_path: Path, server: Server) -> None:
    server.replies = ['{"score": 3}']
    for give in (True, False):
        config = judge_config(server, giveGold=give)
        Judge(config, tmp_path / "judge.jsonl").scores([Question("p", "12345", "t")])
    told = [body["messages"][1]["content"] for body in server.bodies]
    assert len(told) == 2, "another prompt is another question"
    assert "12345" in told[0] and "12345" not in told[1]
    assert server.bodies[0]["temperature"] == 0


def test_the_key_comes_from_the_environment(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_JUDGE_KEY", "secret")
    server.replies = ['{"score": 3}']
    config = judge_config(server, apiKeyVariable="MY_JUDGE_KEY")
    Judge(config, tmp_path / "judge.jsonl").scores([Question("p", "4", "t")])
    assert server.keys == ["Bearer secret"]


DEEP = '{"score": ' * 100_000  # more than Python's reader of JSON takes


@pytest.mark.parametrize(
    "bad", ["500", "cut", "I like it", '{"score": "high"}', "", pytest.param(DEEP, id="deep")]
)
def test_a_failure_is_tried_again_then_neutral_and_counted(
    tmp_path: Path, server: Server, bad: str
) -> None:
    server.replies = [bad, '{"score": 9}']
    judge = Judge(judge_config(server), tmp_path / "judge.jsonl")
    assert judge.scores([Question("p", "4", "t")]) == [9.0]
    server.replies = [bad]
    assert judge.scores([Question("p", "4", "other")]) == [5.0]
    assert judge.spent.failures == 1
    server.replies = ['{"score": 1}']
    assert judge.scores([Question("p", "4", "other")]) == [1.0], "a failure is not cached"


def test_a_judge_that_does_not_say_what_it_read_is_believed(tmp_path: Path, server: Server) -> None:
    server.replies = ['{"score": 6} (usage unknown)']
    judge = Judge(judge_config(server), tmp_path / "judge.jsonl")
    assert judge.scores([Question("p", "4", "t")]) == [6.0]
    assert (judge.spent.tokens_in, judge.spent.failures) == (0, 0)


def test_a_server_that_is_not_there_is_neutral(tmp_path: Path) -> None:
    gone = Server([], url="http://127.0.0.1:9/v1")
    judge = Judge(judge_config(gone), tmp_path / "judge.jsonl")
    assert judge.scores([Question("p", "4", str(i)) for i in range(4)]) == [5.0] * 4
    assert judge.spent.failures == 4


def test_half_a_line_of_a_killed_process_is_skipped(tmp_path: Path, server: Server) -> None:
    (tmp_path / "judge.jsonl").write_text('{"key": "abc", "sco')
    server.replies = ['{"score": 2}']
    assert Judge(judge_config(server), tmp_path / "judge.jsonl").scores(
        [Question("p", "4", "t")]
    ) == [2.0]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('{"score": 7}', 7.0),
        ('```json\n{"reflection_moments": [], "analysis": "x {y}", "score": 6.5}\n```', 6.5),
        ('{"score": 1} no: {"score": 4}', 4.0),
        ('{"score": 12}', 10.0),
        ('{"score": -3}', 0.0),
    ],
)
def test_the_score_of_a_reply(reply: str, expected: float) -> None:
    assert read_score(reply) == expected


def test_a_judge_that_is_not_configured_is_named() -> None:
    with pytest.raises(UserError, match='"reward.judge": missing'):
        require_judge(None)


def test_the_judges_score_is_the_reflection_reward(tmp_path: Path, server: Server) -> None:
    server.replies = ['{"score": 9}']
    judge = Judge(judge_config(server), tmp_path / "judge.jsonl")
    scorer = Scorer(reward(), Grader(), judge)
    found = scorer.score([ASKED], [RIGHT], [False])[0]
    assert (found.outcome, found.reflection, found.judge) == (1.0, 0.9, 9.0)
    assert found.rule.s == 7, "the rule's score is shown beside it"
