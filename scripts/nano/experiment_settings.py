"""The arms of the experiments and their settings, smaller than the recipes'. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BASE = ROOT / "media/models/nano.gguf"
SEEDS = (1, 2, 3)
PROBLEMS, SOLUTIONS = 320, 4
SOLUTION_TEMPERATURE, CRITIQUE_TEMPERATURE = 0.8, 1.0
CRITIQUES_OF_WRONG = 4
TRIPLETS = 360
TRAJECTORIES = 320
TEST_PROBLEMS, TEST_SAMPLES, TEST_TEMPERATURE = 200, 2, 0.6

COMMON = {
    "precision": "float32",
    "threads": 1,
    "microBatchSize": 32,
    "batchSize": 32,
    "maxLength": 768,
    "logEverySteps": 1,
    "prompts": {"system": None, "solve": "{problem}"},
}
SUPERVISED = {**COMMON, "learningRate": 5e-4, "epochs": 2, "scheduler": "cosine"}
ROLLOUTS = {"perProblem": 8, "problems": 4, "maxPromptTokens": 200, "maxTokens": 260}
REINFORCED = {
    **COMMON,
    "learningRate": 1.5e-4,
    "scheduler": "constant",
    "warmupSteps": 3,
    "maxSteps": 36,
    "saveEverySteps": 12,
    "klWeight": 0,
}
S2R_ROLLOUTS = {**ROLLOUTS, "perProblem": 4, "problems": 8, "temperature": 1.0}
S2R_STEPS = 20
S2R = ("bi", "orl", "prl")  # trained on trajectories: what they answer as critics means nothing


@dataclass(frozen=True)
class Arm:
    """One trained model: from which other, by which method, on which data."""

    name: str
    label: str
    start: str
    data: str
    config: dict[str, Any]


_RLERR = {**REINFORCED, "method": "rlerr", "rollouts": ROLLOUTS}
_ON_TRAJECTORIES = {**REINFORCED, "maxSteps": S2R_STEPS, "rollouts": S2R_ROLLOUTS}
_DISTILLED = {**SUPERVISED, "method": "selfDistill"}
_OUTCOME_ONLY = {**_RLERR, "reward": {"reflectionWeight": 0}}
_BI = {**SUPERVISED, "method": "bi", "epochs": 4, "klWeight": 0}
ARMS = (
    Arm("scft", "SCFT", "base", "scft", {**SUPERVISED, "method": "scft"}),
    Arm("self-distill", "Self-Distill", "base", "self-distill", _DISTILLED),
    Arm("rlerr", "RLERR", "scft", "problems", _RLERR),
    Arm("outcome-only", "RLERR, λ = 0", "scft", "problems", _OUTCOME_ONLY),
    Arm("bi", "S2R-BI", "base", "s2r", _BI),
    Arm("orl", "S2R-ORL", "bi", "problems", {**_ON_TRAJECTORIES, "method": "orl"}),
    Arm("prl", "S2R-PRL", "bi", "problems", {**_ON_TRAJECTORIES, "method": "prl"}),
)
BY_NAME = {arm.name: arm for arm in ARMS}
NAMES = ("base", *BY_NAME)


def label(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name
