"""Pre-train the embedded model from scratch by next-token prediction on made-up texts.

    PYTHONPATH=scripts:scripts/trainer python -m nano.pretrain --out OUT

Two data-parallel processes with one thread each (two threads in one process gain only 1.2 x here,
two processes 1.7 x). Muon for the matrices, AdamW for the rest; bf16 autocast; linear decay over
the second half. The schedule counts tokens, not time, so a busy machine gives the same model.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from random import Random

import torch
import torch.distributed as dist
from reflection_trainer.gguf_io import write_gguf
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from nano import corpus, pools
from nano.evaluate import pass_at_1
from nano.model import build_model
from nano.tokenizer import make_tokenizer

LOG_SECONDS = 10
EVALUATIONS = 10  # dev evaluations and intermediate checkpoints over the run
WARM_UP_STEPS = 60
# What oneDNN and PyTorch compile for a shape is kept, 1024 each unless told. Hardly a shape of our
# batches comes again, so that was gigabytes of kernels for nothing; the numbers are the same.
FEW_KERNELS = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64", "LRU_CACHE_CAPACITY": "64"}
# What is not an option, for the report.
FIXED_SETTINGS = {
    "optimizer": "Muon for matrices (momentum 0.95, weight decay 0.05), AdamW for the rest",
    "precision": "bf16 autocast, f32 weights",
    "warmUpSteps": WARM_UP_STEPS,
    "loss": "assistant part only; of drills the results only",
    "drillShare": "0.6 until 30 % of the run, falling to 0.1 at 70 %",
    "traceShareOfTheRest": corpus.TRACE_SHARE,
}


def main() -> None:
    """Parse the command line and start the processes."""
    options = parse_options()
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.update(FEW_KERNELS)  # before the first kernel, and for the processes
    if options.processes > 1:
        torch.multiprocessing.spawn(train, (options,), options.processes)
    else:
        train(0, options)


def parse_options() -> argparse.Namespace:
    """The defaults are the settings of the committed model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the Hugging Face form")
    parser.add_argument("--gguf", type=Path, help="also write a GGUF here, at every evaluation")
    parser.add_argument("--total", type=float, default=22e6, help="tokens to see")
    parser.add_argument("--tokens", type=int, default=3500, help="tokens a step and process")
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.5, help="share of the run that decays")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--port", type=int, default=29611, help="where the processes meet")
    parser.add_argument("--stop", type=float, default=float("inf"), help="seconds, for trials")
    return parser.parse_args()


def train(rank: int, options: argparse.Namespace) -> None:
    """One process of the run; rank 0 reports, evaluates and saves."""
    if options.processes > 1:
        meeting = f"tcp://127.0.0.1:{options.port}"
        dist.init_process_group("gloo", meeting, rank=rank, world_size=options.processes)
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng = Random(options.seed * 100 + rank)
    tokenizer, held_out = make_tokenizer(), pools.held_out_texts()
    model = build_model(tokenizer)
    optimizers = make_optimizers(model, options.learning_rate)
    step_tokens = options.tokens * options.processes
    started = logged = time.time()
    step, smooth, evaluated = 0, None, 0
    stopped = False
    if rank == 0:
        print(f"{model.num_parameters()} parameters, {len(tokenizer)} tokens", flush=True)
    model.train()
    while not stopped:
        pool_done = step * step_tokens / options.total
        for ids, labels in corpus.batches(rng, tokenizer, held_out, pool_done, options.tokens):
            done = step * step_tokens / options.total
            stopped = done >= 1 or out_of_time(started, options)
            if stopped:
                break
            set_rate(optimizers, options.learning_rate * rate_factor(step, done, options.decay))
            loss = train_step(model, optimizers, ids, labels, options.processes)
            step += 1
            smooth = loss if smooth is None else 0.97 * smooth + 0.03 * loss
            if rank == 0 and time.time() - logged > LOG_SECONDS:
                logged = time.time()
                seen = step * step_tokens / 1e6
                print(f"{logged - started:.0f}s step {step} {seen:.2f}M loss {smooth:.4f}")
        tenth = int(step * step_tokens / options.total * EVALUATIONS)
        if rank == 0 and tenth > evaluated and not stopped:
            evaluated = tenth
            report_dev(model, tokenizer, tenth / EVALUATIONS)
            save(model, tokenizer, options)
    if rank == 0:
        minutes = (time.time() - started) / 60
        save(model, tokenizer, options)
        facts = run_facts(options, model, tokenizer, step, minutes)
        (options.out / "pretrain.json").write_text(json.dumps(facts, indent=2) + "\n")
        print(f"{minutes:.1f} minutes, {step} steps, {facts['tokensSeen'] / 1e6:.2f}M tokens")


def out_of_time(started: float, options: argparse.Namespace) -> bool:
    """Whether the trial's time is up; all processes must agree, so the first one decides."""
    if options.stop == float("inf"):
        return False
    flag = torch.tensor(float(time.time() - started > options.stop))
    if options.processes > 1:
        dist.broadcast(flag, 0)
    return bool(flag)


def make_optimizers(model: Qwen2ForCausalLM, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for embeddings, norms and biases."""
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        is_matrix = parameter.ndim == 2 and "embed" not in name
        (matrices if is_matrix else others).append(parameter)
    muon = torch.optim.Muon(
        matrices, lr=rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"
    )
    return [muon, torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)]


def rate_factor(step: int, done: float, decay: float) -> float:
    """Warm-up, plateau, then a linear fall over the last `decay` of the run (never below 2 %)."""
    return min(1.0, (step + 1) / WARM_UP_STEPS) * min(1.0, max(0.02, (1 - done) / decay))


def set_rate(optimizers: list[torch.optim.Optimizer], rate: float) -> None:
    """Give every parameter group the same learning rate."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


def train_step(
    model: Qwen2ForCausalLM,
    optimizers: list[torch.optim.Optimizer],
    ids: torch.Tensor,
    labels: torch.Tensor,
    processes: int,
) -> float:
    """One update from this process's batch and those of the others; returns the loss."""
    wanted = labels[:, 1:] != corpus.IGNORED
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.model(input_ids=ids[:, :-1]).last_hidden_state
        logits = model.lm_head(hidden[wanted])  # only the places that carry loss
    loss = functional.cross_entropy(logits.float(), labels[:, 1:][wanted])
    loss.backward()
    if processes > 1:
        average_gradients(model, processes)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad()
    return loss.item()


def average_gradients(model: Qwen2ForCausalLM, processes: int) -> None:
    """One message for all gradients: many small ones would cost more than the arithmetic."""
    parameters = list(model.parameters())
    flat = torch.cat([p.grad.flatten() for p in parameters])
    dist.all_reduce(flat)
    flat /= processes
    for parameter, part in zip(
        parameters, flat.split([p.numel() for p in parameters]), strict=True
    ):
        parameter.grad.copy_(part.view_as(parameter))


def report_dev(model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, done: float) -> None:
    """Print how far the model is on the development problems."""
    problems = pools.dev_problems()
    sampled = pass_at_1(model, tokenizer, problems, 0.6)
    greedy = pass_at_1(model, tokenizer, problems, 0.0)
    print(f"{done:.0%} of the run: dev pass@1 T 0.6 {sampled:.2f}, greedy {greedy:.2f}", flush=True)
    model.train()


def save(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, options: argparse.Namespace
) -> None:
    """Write the Hugging Face form and, when asked for, the GGUF."""
    model.save_pretrained(options.out)
    tokenizer.save_pretrained(options.out)
    if options.gguf:
        options.gguf.parent.mkdir(parents=True, exist_ok=True)
        write_gguf(model, tokenizer, options.gguf, name="nano")


def run_facts(
    options: argparse.Namespace,
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    steps: int,
    minutes: float,
) -> dict[str, object]:
    """What the report says about the run; `tokensSeen` counts padding of the batches too."""
    return {
        "parameters": model.num_parameters(),
        "vocabulary": len(tokenizer),
        "tokensSeen": steps * options.tokens * options.processes,
        "steps": steps,
        "minutes": round(minutes, 1),
        "seed": options.seed,
        "learningRate": options.learning_rate,
        "decayShare": options.decay,
        "tokensPerStep": options.tokens * options.processes,
        "processes": options.processes,
    }


if __name__ == "__main__":
    main()
