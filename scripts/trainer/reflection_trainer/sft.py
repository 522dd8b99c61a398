"""Ordinary supervised fine-tuning: Self-Distill (spec A2) and plain SFT, on TRL's SFTTrainer.

    L = - sum over (q, y) in D of  log P_theta(y | q)

Self-Distill is the baseline of SCFT: y is the model's own right solution of q, and D has as many
records as there are critiques. Plain SFT takes any y. Mask and trainer are those of scft.py.
"""

from __future__ import annotations

from .config import TrainConfig
from .events import EventWriter
from .method import Prepared
from .model import BaseModel
from .scft import arguments, prepare_pairs, trainer

__all__ = ["arguments", "prepare", "trainer"]


def prepare(config: TrainConfig, base: BaseModel, events: EventWriter) -> Prepared:
    """Rows of prompt and solution `y`, too long ones counted and dropped."""
    return prepare_pairs(config, base, events, "y")
