"""What goes wrong in a real run is named in `run_end`, and what was saved before is still good."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import psutil
from safetensors.torch import load_file

from reflection_trainer.checkpoints import complete_checkpoints

from trainer_runs import (
    PATIENCE,
    Event,
    curve,
    ends,
    of_type,
    read_events,
    start,
    start_faulty,
    write_config,
    write_rows,
)

GIVEN = str(Path(__file__).parent / "given_rollouts.py")
ONLINE = {
    "method": "rlerr",
    "maxLength": 512,
    "rollouts": {"perProblem": 4, "problems": 2, "maxTokens": 200, "maxPromptTokens": 300},
}


def failed(run_dir: Path) -> Event:
    events = read_events(run_dir)
    assert ends(events) == ["failed"]
    return of_type(events, "run_end")[0]


def is_at_work(process: psutil.Process) -> bool:
    """Not dead: in a container nobody may bury the dead of others, and they stay in the table."""
    try:
        return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def test_a_loss_that_is_no_number_is_never_saved(
    tmp_path: Path, tiny_model: Path, dataset: Path
) -> None:
    fields = {"learningRate": 1e30, "warmupRatio": 0.25, "saveEverySteps": 1, "maxSteps": 8}
    write_config(tmp_path, tiny_model, dataset, **fields)
    status, err = start(tmp_path).wait()
    end = failed(tmp_path)
    assert status == 1 and end["code"] == "not-a-number", err
    assert 'lower "learningRate" (now 1e+30)' in end["remedy"] and end["error"] in err
    steps = curve(read_events(tmp_path))
    kept = complete_checkpoints(tmp_path)
    assert kept and kept[-1].step < max(steps), "of the step before"
    weights = load_file(kept[-1].path / "model.safetensors")
    assert all(tensor.isfinite().all() for tensor in weights.values())


def test_memory_that_ends_is_told_with_what_to_change(
    tmp_path: Path, tiny_model: Path, dataset: Path
) -> None:
    """The allocator's own error, not one that we wrote."""
    write_config(tmp_path, tiny_model, dataset)
    status, err = start_faulty(tmp_path, "no-memory").wait()
    end = failed(tmp_path)
    assert status == 1 and end["code"] == "out-of-memory", err
    assert re.match(r"out of memory in step 4: about \d+ MB are needed \(.*\d+ MB", end["error"])
    assert '"microBatchSize" from 4 to 2 (batchSize may stay): about' in end["remedy"]
    assert [c.step for c in complete_checkpoints(tmp_path)] == [3]
    status, err = start(tmp_path).wait()
    assert status == 0, err


def test_rewards_that_never_differ_end_the_run(
    tmp_path: Path, tiny_model: Path, problems: Path
) -> None:
    write_config(tmp_path, tiny_model, problems, **ONLINE)
    status, err = start(tmp_path, GIVEN, "same").wait()
    end = failed(tmp_path)
    assert status == 1 and end["code"] == "no-reward-variance", err
    assert max(curve(read_events(tmp_path))) == 10


def test_a_second_signal_leaves_nobody_of_the_process_group(
    tmp_path: Path, tiny_model: Path
) -> None:
    """Math-Verify is a process of its own, which does not listen to signals."""
    rows = [{"problem": f"What is {i}+{4 - i}?", "answer": "\\frac{8}{2}"} for i in range(10)]
    write_config(tmp_path, tiny_model, write_rows(tmp_path / "rows.jsonl", rows), **ONLINE)
    child = start_faulty(tmp_path, "endless-step-of-rollouts")
    child.until_step(3)
    child.until('"type": "checkpoint"')
    trainer = psutil.Process(child.process.pid)
    helpers = trainer.children(recursive=True)
    assert any("spawn_main" in " ".join(helper.cmdline()) for helper in helpers)
    child.signal(signal.SIGTERM)
    _, left = psutil.wait_procs(helpers, timeout=0.5)
    assert left and trainer.is_running(), "the first signal waits for the step"
    child.signal(signal.SIGTERM)
    status, _ = child.wait()
    assert status == 128 + signal.SIGTERM
    deadline = time.monotonic() + PATIENCE
    while any(is_at_work(helper) for helper in helpers):
        assert time.monotonic() < deadline, helpers
        time.sleep(0.01)
    assert ends(read_events(tmp_path)) == ["cancelled"]
