"""One run from its first event to its last: start or resume, train, say how it ended.

What a method is: method.py.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import traceback
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from .checkpoints import Checkpoint, complete_checkpoints, drop_leftovers, save_failure
from .checks import (
    check_disk,
    check_meeting_point,
    check_packages,
    check_processes,
    check_same_run,
    check_sharding,
)
from .config import TrainConfig
from .errors import ConfigError, StopRequested, UserError
from .estimate import checkpoint_bytes
from .events import EventWriter, heartbeat, say
from .method import Method, load_method
from .rollouts import block_steps
from .session import Session
from .stop import watch_signals

if TYPE_CHECKING:  # torch and TRL take seconds to import: mistakes that need neither come first
    import torch
    from transformers import Trainer, TrainingArguments

    from .callback import RunCallback

PACKAGES = ("torch", "transformers", "trl", "accelerate", "tokenizers")


def train(config: TrainConfig, run_dir: Path) -> int:
    """The exit status: 0 finished or stopped on request, 1 failed; `run_end` tells which."""
    main_process = os.environ.get("RANK", "0") == "0"
    if main_process and (pid := live_trainer(run_dir / "events.jsonl")) is not None:
        say(f"error: {run_dir}: process {pid} is training in this directory; stop it first")
        return 1
    events = EventWriter(run_dir / "events.jsonl", main_process)

    def at_once(signal: int) -> None:
        events.write("run_end", status="cancelled", error="stopped at once by a second signal")
        for child in psutil.Process().children(recursive=True):  # Math-Verify may be at work
            child.kill()
        os._exit(128 + signal)

    session = Session(config, run_dir, events, watch_signals(at_once), main_process)
    with heartbeat(events, config["heartbeatSeconds"], lambda: session.step):
        end = _outcome(session)
    if end.error is not None and main_process:
        say(f"error: {end.error}")
    events.write("run_end", **asdict(end), step=session.step)
    return 1 if end.status == "failed" else 0


def tell_refusal(run_dir: Path, error: ConfigError) -> None:
    """The end of a run whose configuration is wrong; not of one that another process trains."""
    path, main_process = run_dir / "events.jsonl", os.environ.get("RANK", "0") == "0"
    if live_trainer(path) is None:
        events = EventWriter(path, main_process)
        events.write("run_end", status="failed", error=str(error), code=error.code)


@dataclass(frozen=True)
class Outcome:
    """What `run_end` says. `code` names the error for programs, `remedy` says what to do."""

    status: str
    error: str | None = None
    code: str | None = None
    remedy: str | None = None


def _outcome(session: Session) -> Outcome:
    try:
        return Outcome(_train(session))
    except StopRequested:
        return Outcome("cancelled")
    except UserError as error:
        return Outcome("failed", str(error), error.code, error.remedy)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return Outcome("failed", f"{type(error).__name__}: {error}", "internal")
    finally:
        if "torch" in sys.modules:
            _leave_process_group()


def _train(session: Session) -> str:
    config, run_dir, events = session.config, session.run_dir, session.events
    last = _start_point(session)
    check_packages(config)
    check_meeting_point()
    method = _import_engine(config)
    from .arguments import common_arguments, total_steps
    from .callback import RunCallback
    from .model import open_model
    from .plan import plan_of
    from .token_checks import check_rows

    _stop_here(session)
    base = open_model(Path(config["model"]["path"]))
    prepared = method.prepare(config, base, events)
    check_rows(base.tokenizer, prepared, Path(config["data"]["path"]), events)
    session.mark = _lineage(config, prepared.data_sha256, prepared.problem_hashes)
    launched = int(os.environ.get("WORLD_SIZE", "1"))
    examples = len(prepared.rows)
    args = method.arguments(common_arguments(config, run_dir, examples, launched), config)
    total = total_steps(config, examples, launched)
    facts = _process_facts(args)
    check_processes(args.world_size, launched, config, last, facts["distributed"])
    if last is not None:
        check_same_run(session.mark, last)
        session.step = last.step
    session.plan = plan = plan_of(config, base, prepared, args.world_size, args.bf16)
    events.write(
        "run_start",
        **facts,
        total=total,
        resumedFrom=last.path.name if last else None,
        worldSizeAsked=config["worldSize"] or launched,
        method=config["method"],
        recipe=config["recipe"],
        seed=config["seed"],
        records=examples,
        dropped=prepared.dropped,
        estimate=plan.estimate(config, total),
        **{key: session.mark[key] for key in ("trainedFrom", "dataSha256")},
    )
    if last is not None and last.step >= total:  # train() would take one step too many
        events.log("info", f"already finished: {last.path.name} of {total} steps; nothing to train")
        return "ok"
    if warning := plan.shortage(config):
        events.log("warning", warning)
    check_disk(run_dir, config, plan.shape)
    _stop_here(session)
    model = base.load(weights_type(config, plan.is_bfloat16))
    model.name_or_path = base.path  # what an adapter remembers as its base
    callback = RunCallback(session, block_steps(config))
    trainer = method.trainer(args, model, base.tokenizer, prepared, callback)
    check_sharding(config, word_of(trainer.accelerator.distributed_type))
    _run_trainer(trainer, callback, session, last)
    return "cancelled" if callback.stopped else "ok"


def weights_type(config: TrainConfig, is_bfloat16: bool) -> torch.dtype:
    """Frozen weights need no more than the precision they are used in."""
    import torch

    return torch.bfloat16 if config["lora"] is not None and is_bfloat16 else torch.float32


def _start_point(session: Session) -> Checkpoint | None:
    """The newest complete checkpoint, after clearing away what a kill left behind."""
    run_dir, events = session.run_dir, session.events
    if session.main_process and (left := drop_leftovers(run_dir)):
        events.log("info", f"removed unfinished {', '.join(left)} of an interrupted run")
    complete = complete_checkpoints(run_dir)
    whole = {checkpoint.path.name for checkpoint in complete}
    for path in sorted((run_dir / "checkpoints").glob("step-*")):
        if path.name not in whole:
            events.log("warning", f"{path}: files are missing or cut; it is not used")
    return complete[-1] if complete else None


# Read by the libraries when they are imported; what the environment already says stands.
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",  # we print one line a step
    # Waiting threads spin by default: with every core busy a step took twenty times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def _import_engine(config: TrainConfig) -> Method:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import torch

    if config["threads"]:
        torch.set_num_threads(config["threads"])
    return load_method(config["method"])


def _run_trainer(
    trainer: Trainer, callback: RunCallback, session: Session, last: Checkpoint | None
) -> None:
    from transformers import PrinterCallback

    from .room import is_out_of_memory

    trainer.remove_callback(PrinterCallback)
    try:
        trainer.train(resume_from_checkpoint=str(last.path) if last else None)
    except Exception as error:
        plan = session.plan
        if plan is None or isinstance(error, UserError):
            raise
        if trainer.args.world_size > 1 and is_of_group(error):
            raise UserError(
                f"another process of this run is gone: {error}",
                code="process-lost",
                remedy="what it said last is in the log; start the same command again",
            ) from error
        if callback.saving:
            need = checkpoint_bytes(session.config, plan.shape)
            message = save_failure(error, session.run_dir, session.step, need)
            drop_leftovers(session.run_dir)  # makes room, also for the event that says so
            raise UserError(message, code="checkpoint-failed") from error
        if is_out_of_memory(error):
            raise plan.out_of_memory(session.config, session.step + 1) from error
        raise
    done = trainer.state.global_step - (last.step if last else 0)
    if done == 0:
        raise UserError(
            f"no step was done: the run went on from step {trainer.state.global_step} and ended "
            "there",
            code="no-step",
            remedy="start it in a new run directory",
        )


def distributed_as(word: str) -> str:
    """accelerate makes FSDP of processes on GPUs with the trainer; its environment tells before."""
    is_fsdp = os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"
    return "FSDP" if is_fsdp and word == "MULTI_GPU" else word


def word_of(kind: object) -> str:
    """`MULTI_GPU` of accelerate's `DistributedType.MULTI_GPU`."""
    return str(kind).rpartition(".")[2]


def is_of_group(error: Exception) -> bool:
    """Raised where processes talk to each other: NCCL has a type for it, gloo its file's name."""
    import torch

    return isinstance(error, torch.distributed.DistError) or "/gloo/" in str(error)


def _process_facts(args: TrainingArguments) -> dict[str, Any]:
    """What really runs, not what was asked for: launchers ignore silently what they cannot do."""
    process = psutil.Process()
    return {
        "pid": process.pid,
        "processStart": process.create_time(),
        "host": platform.node(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "worldSize": args.world_size,
        "distributed": distributed_as(word_of(args.distributed_state.distributed_type)),
        "device": str(args.device),
        **_hardware(),
    }


def _hardware() -> dict[str, Any]:
    import torch

    from .room import available_bytes, used_bytes

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {
        "hardware": {
            "cpus": os.cpu_count(),
            "gpus": gpus,
            "memoryBytes": psutil.virtual_memory().total,
        },
        "memory": {"before": used_bytes(), "available": available_bytes()},
    }


def _lineage(config: TrainConfig, data_sha256: str, hashes: list[str]) -> dict[str, Any]:
    return {
        "trainedFrom": config["model"]["path"],
        "dataSha256": data_sha256,
        "problemHashes": hashes,
        "config": config,
    }


def _stop_here(session: Session) -> None:
    if session.stop.requested:
        raise StopRequested


def _leave_process_group() -> None:
    import torch

    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def live_trainer(events: Path) -> int | None:
    """The process id of a trainer that is still at work in this run, on this machine."""
    started: dict[str, Any] | None = None
    try:
        lines = events.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        try:
            event = json.loads(line)
            started = {"run_start": event, "run_end": None}.get(event["type"], started)
        except (ValueError, TypeError, KeyError):
            continue  # half a line of a killed process
    if started is None or started.get("host") != platform.node():
        return None
    try:
        created = psutil.Process(started["pid"]).create_time()
    except (psutil.Error, KeyError, TypeError):
        return None
    # the pid may have been given to another process since
    return started["pid"] if abs(created - (started.get("processStart") or 0)) < 1 else None
