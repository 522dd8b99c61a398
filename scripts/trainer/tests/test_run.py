"""Whole runs in real processes: stopped, killed, resumed, out of disk. The curve must not notice.

Each story is a function that runs the processes, two at a time. The tests then look at what the
story left behind. A comparison of zeros would prove nothing, so the reference also has to learn.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from reflection_trainer.checkpoints import complete_checkpoints, step_name

from trainer_runs import (
    HELD,
    MAIN,
    PATIENCE,
    Child,
    curve,
    ends,
    logs,
    of_type,
    read_events,
    start,
    start_faulty,
    start_from_nothing,
    starts,
    write_config,
)

STEPS = 24
DEV_FULL = Path("/dev/full")

Story = Callable[[Path], None]


def uninterrupted(run_dir: Path) -> None:
    status, err = start_from_nothing(run_dir).wait()
    assert status == 0, err
    assert "step 3/24  loss " in err and "ETA" in err


def killed(run_dir: Path) -> None:
    """Three times: at a random moment, inside a save, at a random moment; then to the end."""
    kill_soon_after(start(run_dir, HELD, "5"), 3)
    status, _ = start_faulty(run_dir, "killed-while-saving").wait()
    assert status == -signal.SIGKILL
    torn = list((run_dir / "trainer").glob("checkpoint-*"))
    assert [(p / "optimizer.pt").read_bytes() for p in torn] == [b"half"]
    assert complete_checkpoints(run_dir)[-1].step < int(torn[0].name.removeprefix("checkpoint-"))
    (run_dir / "torn").write_text(torn[0].name)
    kill_soon_after(start(run_dir, HELD, "13"), 11)
    status, err = start(run_dir).wait()
    assert status == 0, err


def kill_soon_after(child: Child, step: int) -> None:
    """SIGKILL at a random moment after a step: in the next one, or inside a save."""
    child.until_step(step)
    time.sleep(random.random() * 0.12)
    child.signal(signal.SIGKILL)
    status, _ = child.wait()
    assert status == -signal.SIGKILL


def stopped(run_dir: Path) -> None:
    """Each process from nothing: nothing may hang on what an interpreter draws, as its hashes."""
    child = start_from_nothing(run_dir, HELD, "5")
    child.until_step(5)
    child.signal(signal.SIGTERM)
    status, err = child.wait()
    assert status == 0, err
    events = read_events(run_dir)
    step = events[-1]["step"]
    assert ends(events) == ["cancelled"] and 5 <= step < STEPS
    assert complete_checkpoints(run_dir)[-1].step == step
    status, err = start_from_nothing(run_dir).wait()
    assert status == 0, err
    assert starts(read_events(run_dir))[1] == (step_name(step), step + 1)


def out_of_disk(run_dir: Path) -> None:
    """The system itself answers "no space left" when the optimiser of step 9 is written."""
    child = start(run_dir, HELD, "1")
    child.until("run_start")
    doomed = run_dir / "trainer" / "checkpoint-9"
    doomed.mkdir(parents=True)
    (doomed / "optimizer.pt").symlink_to(DEV_FULL)
    child.go_on()
    status, err = child.wait()
    assert status == 1
    error = read_events(run_dir)[-1]["error"]
    assert error in err
    assert "checkpoint step-000009 could not be written" in error
    assert "disk takes no more" in error and "goes on from step-000006" in error
    assert [c.step for c in complete_checkpoints(run_dir)] == [3, 6]
    assert not doomed.exists()
    status, err = start(run_dir).wait()
    assert status == 0, err


def stuck(run_dir: Path) -> None:
    """Its fourth step never ends: a second trainer is refused, a second signal ends it at once."""
    child = start_faulty(run_dir, "endless-step")
    child.until_step(3)
    child.until('"type": "checkpoint"')
    refused = start(run_dir)
    status, err = refused.wait()
    assert status == 1
    assert f"process {child.process.pid} is training in this directory" in err
    added = (run_dir / "events.jsonl").read_bytes()[refused.written_before :]
    assert all(json.loads(line)["type"] == "heartbeat" for line in added.splitlines())
    child.signal(signal.SIGTERM)
    time.sleep(0.3)
    assert child.process.poll() is None, "the first signal waits for the step"
    child.signal(signal.SIGTERM)
    sent = time.monotonic()
    status, _ = child.wait()
    assert time.monotonic() - sent < PATIENCE / 2
    assert status == 128 + signal.SIGTERM
    assert [c.step for c in complete_checkpoints(run_dir)] == [3]


def finished(run_dir: Path) -> None:
    uninterrupted(run_dir)
    before = len(read_events(run_dir))
    status, err = start(run_dir).wait()
    assert status == 0
    assert "already finished: step-000024 of 24 steps" in err
    again = read_events(run_dir)[before:]
    assert not of_type(again, "step") and not of_type(again, "checkpoint")
    assert of_type(again, "run_start")[0]["resumedFrom"] == "step-000024"
    assert ends(again) == ["ok"]


def two_processes(run_dir: Path) -> None:
    config = json.loads((run_dir / "config.json").read_text())
    (run_dir / "config.json").write_text(json.dumps({**config, "worldSize": 2}))
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    status, err = start_from_nothing(run_dir, *launcher, *MAIN[1:]).wait()
    assert status == 0, err


STORIES: tuple[Story, ...] = (killed, finished, stopped, out_of_disk, two_processes, stuck)


@pytest.fixture(scope="module")
def stories(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, dataset: Path
) -> Iterator[Callable[[Story], Path]]:
    """Starts all stories; gives a function that waits for one and returns its run directory."""
    folder = tmp_path_factory.mktemp("runs")
    told: dict[Story, Future[None]] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for story in STORIES:
            run_dir = folder / story.__name__
            write_config(run_dir, tiny_model, dataset)
            if story is not out_of_disk or DEV_FULL.exists():
                told[story] = pool.submit(story, run_dir)

        def end_of(story: Story) -> Path:
            told[story].result(timeout=4 * PATIENCE)
            return folder / story.__name__

        yield end_of
        pool.shutdown(cancel_futures=True)


def test_a_run_says_what_it_is_and_what_it_did(stories: Callable[[Story], Path]) -> None:
    run_dir = stories(finished)
    events = read_events(run_dir)
    first = of_type(events, "run_start")[0]
    assert first["total"] == STEPS and first["resumedFrom"] is None
    assert (first["worldSize"], first["worldSizeAsked"]) == (1, 1)
    assert set(first["versions"]) >= {"python", "torch", "transformers", "trl"}
    assert first["processStart"] <= first["t"] < first["processStart"] + PATIENCE
    assert of_type(events, "heartbeat")
    assert ends(events)[0] == "ok"
    steps = curve(events)
    assert list(steps) == list(range(1, STEPS + 1))
    assert all(metrics["grad_norm"] > 0 for metrics in steps.values())
    assert steps[STEPS]["loss"] < 0.8 * steps[1]["loss"]


def test_checkpoints_are_announced_when_they_are_whole(stories: Callable[[Story], Path]) -> None:
    run_dir = stories(finished)
    saved = of_type(read_events(run_dir), "checkpoint")
    assert [event["step"] for event in saved] == list(range(3, STEPS + 1, 3))
    whole = complete_checkpoints(run_dir)
    assert [c.step for c in whole] == [18, 21, 24], "the newest three are kept"
    newest = whole[-1]
    assert saved[-1]["path"] == newest.path.relative_to(run_dir).as_posix()
    assert saved[-1]["bytes"] == sum(newest.mark["files"].values())
    assert saved[-1]["gguf"] and newest.mark["gguf"] == "model.gguf"
    assert not list((run_dir / "trainer").glob("checkpoint-*"))


def test_a_checkpoint_is_the_same_model_in_both_forms(stories: Callable[[Story], Path]) -> None:
    import torch

    from reflection_trainer.model import open_model

    checkpoint = complete_checkpoints(stories(finished))[-1].path
    whole, gguf = open_model(checkpoint), open_model(checkpoint / "model.gguf")
    question = [{"role": "user", "content": "What is 2+2?"}]
    ids, same = (
        base.tokenizer.apply_chat_template(question, return_tensors="pt", return_dict=False)
        for base in (whole, gguf)
    )
    assert ids.tolist() == same.tolist()
    with torch.no_grad():
        expected, got = whole.load()(ids).logits, gguf.load()(ids).logits
    assert torch.allclose(expected, got, atol=0.05)  # float16 against float32


def test_killed_three_times_it_ends_with_the_same_curve(stories: Callable[[Story], Path]) -> None:
    run_dir = stories(killed)
    events = read_events(run_dir, torn=3)
    assert f"removed unfinished {(run_dir / 'torn').read_text()}" in logs(events)
    assert ends(events) == ["ok"]
    first, *resumed = starts(events)
    assert first == (None, 1) and len(resumed) == 3
    for number, (name, step) in enumerate(resumed):  # the first kill may come before a checkpoint
        assert name is not None or number == 0, resumed
        assert step == (1 if name is None else int(name[-6:]) + 1), resumed
    assert curve(events) == curve(read_events(stories(finished))), f"resumed from {resumed}"


def test_stopped_and_resumed_it_ends_with_the_same_curve(stories: Callable[[Story], Path]) -> None:
    events = read_events(stories(stopped))
    assert ends(events) == ["cancelled", "ok"]
    assert curve(events) == curve(read_events(stories(finished)))


@pytest.mark.skipif(not DEV_FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_fails_the_run_and_keeps_what_it_had(stories: Callable[[Story], Path]) -> None:
    events = read_events(stories(out_of_disk))
    assert ends(events) == ["failed", "ok"]
    assert starts(events)[1] == ("step-000006", 7)
    assert curve(events) == curve(read_events(stories(finished)))


def test_a_second_signal_does_not_wait(stories: Callable[[Story], Path]) -> None:
    assert ends(read_events(stories(stuck))) == ["cancelled"]


def test_two_processes_share_the_batch_and_one_writes(stories: Callable[[Story], Path]) -> None:
    run_dir = stories(two_processes)
    events, alone = read_events(run_dir), curve(read_events(stories(finished)))
    assert starts(events) == [(None, 1)] and ends(events) == ["ok"]
    facts = of_type(events, "run_start")[0]
    assert (facts["worldSize"], facts["worldSizeAsked"], facts["distributed"]) == (
        2,
        2,
        "MULTI_CPU",
    )
    steps = curve(events)
    assert list(steps) == list(alone)
    for step, metrics in steps.items():  # the same records; only dropout draws differently
        assert metrics["num_tokens"] == alone[step]["num_tokens"]
        assert metrics["loss"] == pytest.approx(alone[step]["loss"], rel=0.02)
    mark = complete_checkpoints(run_dir)[-1].mark
    assert mark["worldSize"] == 2
    assert {"rng_state_0.pth", "rng_state_1.pth"} <= set(mark["files"])
