"""Held-out problems, measured at every checkpoint in generator and in critic mode (spec A5).

    generator   y ~ pi(. | q): accuracy, lengths, reflections
    critic      c ~ pi(. | q, y): a1 = Acc(y), a2 = Acc(c)
                Acc@t1 = E[a1], Acc@t2 = E[a2], delta i->c = E[(1 - a1) a2], c->i = E[a1 (1 - a2)]

The same problems in the same order each time; the first `probes` of them are written out as
`rollout` events, so that one prompt can be followed through training. The random state of training
is left as it was. An answer that cannot be graded is left out and counted. Processes share the
problems: one that waits for the others longer than torch.distributed allows would end the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import gather_object
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen2ForCausalLM

from .actions import split_actions
from .config import EvaluationConfig, PromptsConfig, RewardConfig, TrainConfig, complete_config
from .grading import Grader
from .problems import Problem, messages, read_problems
from .rewards import Asked, Scored, Scorer, reward_metrics
from .sampler import Sampler
from .similarity import near_duplicates
from .trace import find_boxes, reflection_verdict

SAMPLED_TOGETHER = 128  # prompts, by our own sampler


@dataclass(frozen=True)
class Answer:
    """One generation for one problem; `prompt` is the user's turn."""

    problem: Problem
    mode: str
    prompt: str
    text: str
    scored: Scored


class Evaluation:
    """Holds the problems and what is known of their answers between checkpoints."""

    def __init__(
        self,
        config: TrainConfig,
        tokenizer: PreTrainedTokenizerBase,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self.rank, self.processes = rank, processes
        self.config: EvaluationConfig = config["evaluation"]
        self.prompts: PromptsConfig = config["prompts"]
        assert self.config["path"] is not None
        found = read_problems(Path(self.config["path"]), "evaluation.path")
        self.problems = found.problems[: self.config["maxProblems"]]
        self.tokenizer = tokenizer
        self.scorer = Scorer(_reward_of(config), Grader(), None)

    def run(self, model: PreTrainedModel) -> tuple[dict[str, float], list[Answer]]:
        """Metrics under `eval/`, and the answers of the probes; a collective."""
        was_training = model.training
        model.eval()
        try:
            with torch.random.fork_rng(), torch.inference_mode():
                torch.manual_seed(self.rank)  # the same draws at every checkpoint
                return self._measure(model)
        finally:
            model.train(was_training)

    def _measure(self, model: PreTrainedModel) -> tuple[dict[str, float], list[Answer]]:
        turns = [messages(self.prompts, problem.text) for problem in self.problems]
        solutions = self._answers(model, "generator", turns)
        metrics = generator_metrics(solutions)
        shown = solutions[: self.config["probes"]]
        if "critic" in self.config["modes"]:
            turns = [
                critic_turns(self.prompts, problem.text, solution.text)
                for problem, solution in zip(self.problems, solutions, strict=True)
            ]
            critiques = self._answers(model, "critic", turns)
            metrics |= critic_metrics(solutions, critiques)
            shown += critiques[: self.config["probes"]]
        if "generator" not in self.config["modes"]:
            metrics = {k: v for k, v in metrics.items() if k.startswith("eval/critic/")}
        return metrics, shown

    def _answers(
        self, model: PreTrainedModel, mode: str, turns: Sequence[list[dict[str, str]]]
    ) -> list[Answer]:
        heads = [
            self.tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False)
            for turn in turns
        ]
        prompts = [self.tokenizer(head, add_special_tokens=False)["input_ids"] for head in heads]
        ids = self._shared(model, prompts)
        texts = [self.tokenizer.decode(row, skip_special_tokens=True) for row in ids]
        truncated = [not row or row[-1] != self.tokenizer.eos_token_id for row in ids]
        asked = [Asked(p.text, p.gold, p.mode) for p in self.problems]
        scored = self.scorer.score(asked, texts, truncated)
        rows = zip(self.problems, turns, texts, ids, scored, strict=True)
        return [
            Answer(problem, mode, turn[-1]["content"], text, replace(score, tokens=len(row)))
            for problem, turn, text, row, score in rows
        ]

    def _shared(self, model: PreTrainedModel, prompts: Sequence[list[int]]) -> list[list[int]]:
        """New tokens of each prompt; every process makes its share and gets those of all."""
        mine = range(self.rank, len(prompts), self.processes)
        ids = generate(model, self.tokenizer, [prompts[i] for i in mine], self.config)
        made = list(zip(mine, ids, strict=True))
        everyone = gather_object(made) if self.processes > 1 else made
        return [row for _, row in sorted(everyone)]


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[list[int]],
    config: EvaluationConfig,
) -> list[list[int]]:
    """New tokens of each prompt, the end token included where it was reached.

    A prompt that leaves less than `maxTokens` of the model's context is answered beside others of
    about its length, so that it takes no room from short ones; one that fills it has no answer.
    """
    sampler = None
    if type(model) is Qwen2ForCausalLM and model.device.type == "cpu" and config["topP"] == 1:
        sampler = Sampler(model, tokenizer.eos_token_id)
    context, limit = model.config.max_position_embeddings, config["maxTokens"]
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    roomy = [i for i in order if len(prompts[i]) + limit <= context]
    tight = [i for i in order if context - limit < len(prompts[i]) < context]
    together = config["batchSize"] if sampler is None else SAMPLED_TOGETHER
    found: list[list[int]] = [[] for _ in prompts]
    for places in [*batches(roomy, together), *batches(tight, config["batchSize"])]:
        batch = [prompts[i] for i in places]
        room = min(limit, context - len(batch[-1]))
        if sampler is None:
            rows = _generate(model, tokenizer, batch, config, room)
        else:
            rows = sampler.run(batch, config["temperature"], room)
        for i, row in zip(places, rows, strict=True):
            found[i] = row
    return found


def batches(places: list[int], size: int) -> list[list[int]]:
    return [places[first : first + size] for first in range(0, len(places), size)]


def _generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    batch: list[list[int]],
    config: EvaluationConfig,
    limit: int,
) -> list[list[int]]:
    """By transformers, with our settings and not those of the model's generation_config.json."""
    end = tokenizer.eos_token_id
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else end
    sampling = {"do_sample": False}
    if config["temperature"] > 0:
        sampling = {"do_sample": True, "temperature": config["temperature"], "top_k": 0}
        sampling["top_p"] = config["topP"]
    width = max(len(prompt) for prompt in batch)
    ids = torch.tensor([[pad] * (width - len(p)) + p for p in batch], device=model.device)
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in batch])
    out = model.generate(
        input_ids=ids,
        attention_mask=mask.to(model.device),
        max_new_tokens=limit,
        eos_token_id=end,
        pad_token_id=pad,
        use_cache=True,
        repetition_penalty=1.0,
        **sampling,
    )
    return [_until(row, end) for row in out[:, width:].tolist()]


def _until(row: list[int], end: int) -> list[int]:
    return row[: row.index(end) + 1] if end in row else row


def critic_turns(prompts: PromptsConfig, problem: str, solution: str) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompts["system"]}] if prompts["system"] else []
    slot = last_attempt(solution) if prompts["solutionSlot"] == "last-attempt" else whole(solution)
    # In one pass: a statement may hold such a placeholder itself.
    head, _, tail = prompts["critiqueTraining"].partition("{problem}")
    content = "".join([head.replace("{solution}", slot), problem, tail.replace("{solution}", slot)])
    return [*system, {"role": "user", "content": content}]


def whole(solution: str) -> str:
    """Reasoning and summary without the think tags (src/core/reflection/thinking.ts)."""
    thinking, mark, summary = solution.rpartition("</think>")
    parts = [thinking.removeprefix("<think>"), summary] if mark else [solution]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def last_attempt(solution: str) -> str:
    """The last solve action; with the summary's box (src/core/reflection/lastAttempt.ts)."""
    thinking, mark, summary = solution.rpartition("</think>")
    trace = thinking.removeprefix("<think>") if mark else solution
    solves = [action for action in split_actions(trace) if action.kind == "solve"]
    steps = solves[-1].text.strip() if solves else trace.strip()
    boxes = find_boxes(summary) if mark else []
    if not boxes:
        return steps
    box = f"\\boxed{{{boxes[-1][0]}}}"
    return steps if steps.endswith(box) else f"{steps} {box}"


def generator_metrics(answers: Sequence[Answer]) -> dict[str, float]:
    scored = [answer.scored for answer in answers]
    known = [row for row in scored if row.grade != "undetermined"]
    found = {
        f"eval/generator/{name.split('/')[1]}": v for name, v in reward_metrics(scored).items()
    }
    measured = {
        "accuracy": _mean([row.grade == "correct" for row in known]),
        "truncated": _mean([row.is_truncated for row in scored]),
        "mean_length": _mean([row.tokens for row in scored]),
        "near_duplicates": near_duplicates(
            [a.text for a in answers], [a.problem.id for a in answers]
        ),
    }
    return found | {f"eval/generator/{k}": v for k, v in measured.items() if v is not None}


def critic_metrics(solutions: Sequence[Answer], critiques: Sequence[Answer]) -> dict[str, float]:
    pairs = [
        (y.scored.grade == "correct", c.scored.grade == "correct", c)
        for y, c in zip(solutions, critiques, strict=True)
        if "undetermined" not in (y.scored.grade, c.scored.grade)
    ]
    said = [(a1, reflection_verdict(c.text)) for a1, _, c in pairs]
    told = [(a1, word) for a1, word in said if word is not None]
    measured = {
        "acc_t1": _mean([a1 for a1, _, _ in pairs]),
        "acc_t2": _mean([a2 for _, a2, _ in pairs]),
        "delta_i_to_c": _mean([a2 and not a1 for a1, a2, _ in pairs]),
        "delta_c_to_i": _mean([a1 and not a2 for a1, a2, _ in pairs]),
        "verdict_true": _mean([(word == "correct") == a1 for a1, word in told]),
        "verdict_correct": _mean([word == "correct" for _, word in told]),
        "truncated": _mean([c.scored.is_truncated for c in critiques]),
        "mean_length": _mean([c.scored.tokens for c in critiques]),
        "near_duplicates": near_duplicates(
            [c.text for c in critiques], [c.problem.id for c in critiques]
        ),
    }
    return {f"eval/critic/{k}": v for k, v in measured.items() if v is not None}


def _reward_of(config: TrainConfig) -> RewardConfig:
    """For the rule score: the run's own, or the defaults."""
    if "reward" in config:
        return config["reward"]
    plain: Any = complete_config({"method": "rlerr", "model": {"path": "-"}, "data": {"path": "-"}})
    return plain["reward"]


def _mean(values: Sequence[float | bool]) -> float | None:
    return sum(map(float, values)) / len(values) if values else None
