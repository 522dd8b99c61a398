"""What a run does with its logged steps: alarms, and the ends that save the weights."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reflection_trainer import run as running
from reflection_trainer.callback import FRUITLESS, RunCallback, refuse_nan
from reflection_trainer.checkpoints import Checkpoint
from reflection_trainer.config import complete_config
from reflection_trainer.errors import UserError
from reflection_trainer.events import EventWriter
from reflection_trainer.session import Session
from reflection_trainer.stop import StopRequest

from trainer_runs import of_type, read_events


@pytest.fixture
def session(tmp_path: Path) -> Session:
    config: Any = complete_config(
        {"method": "rlerr", "model": {"path": "m"}, "data": {"path": "d"}, "batchSize": 8}
    )
    return Session(config, tmp_path, EventWriter(tmp_path / "events.jsonl"), StopRequest())


class Logged:
    """Feeds steps to a callback as transformers does."""

    def __init__(self, session: Session) -> None:
        self.callback = RunCallback(session)
        self.state = SimpleNamespace(
            global_step=0, max_steps=100, is_world_process_zero=True, log_history=[]
        )

    def step(self, **metrics: float) -> None:
        self.state.global_step += 1
        self.state.log_history.append(dict(metrics))
        state: Any = self.state
        nothing: Any = None
        self.callback.on_log(nothing, state, nothing, logs=dict(metrics))


def test_an_alarm_is_an_event_and_is_raised_once(session: Session) -> None:
    logged = Logged(session)
    for _ in range(9):
        logged.step(loss=0.1, grad_norm=0.0, reward=0.5, frac_reward_zero_std=0.2)
    alarms = of_type(read_events(session.run_dir), "alarm")
    assert [(event["alarm"], event["step"]) for event in alarms] == [("dead-signal", 5)]
    assert "gradient was 0" in alarms[0]["message"]


@pytest.mark.parametrize("name", ["loss", "grad_norm"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_ends_the_run_and_is_still_written(
    session: Session, name: str, value: float
) -> None:
    logged = Logged(session)
    logged.step(loss=0.3, grad_norm=1.0)
    with pytest.raises(UserError, match=f'{name} is .* at step 2.*lower "learningRate"') as error:
        logged.step(**{"loss": 0.3, "grad_norm": 1.0, name: value})
    assert error.value.code == "not-a-number"
    assert of_type(read_events(session.run_dir), "step")[-1]["metrics"][name] is None


def test_steps_without_these_metrics_are_fine() -> None:
    refuse_nan(1, {"reward": float("nan")}, 1e-5)


def test_a_run_that_never_has_a_signal_ends(session: Session) -> None:
    logged = Logged(session)
    for _ in range(FRUITLESS - 1):
        logged.step(grad_norm=0.0, reward=0.0, frac_reward_zero_std=1.0)
    with pytest.raises(UserError, match="same reward .0.: there is no gradient") as error:
        logged.step(grad_norm=0.0, reward=0.0, frac_reward_zero_std=1.0)
    assert error.value.code == "no-reward-variance" and error.value.remedy


def test_a_run_that_had_a_signal_once_goes_on(session: Session) -> None:
    logged = Logged(session)
    logged.step(grad_norm=0.4, reward=0.3, frac_reward_zero_std=0.5)
    for _ in range(2 * FRUITLESS):
        logged.step(grad_norm=0.0, reward=0.0, frac_reward_zero_std=1.0)


class Idle:
    """A trainer that believes to be finished."""

    state = SimpleNamespace(global_step=6)

    def remove_callback(self, _: object) -> None: ...

    def train(self, resume_from_checkpoint: str | None) -> None: ...


def test_a_resumed_run_that_does_no_step_is_an_error(session: Session) -> None:
    trainer: Any = Idle()
    last = Checkpoint(6, Path("step-000006"), {})
    with pytest.raises(UserError, match="no step was done: .* from step 6") as error:
        running._run_trainer(trainer, RunCallback(session), session, last)
    assert error.value.code == "no-step"
