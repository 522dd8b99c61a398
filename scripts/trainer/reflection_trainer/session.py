"""What the parts of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config import TrainConfig
from .events import EventWriter
from .stop import StopRequest

if TYPE_CHECKING:
    from .plan import Plan


@dataclass
class Session:
    config: TrainConfig
    run_dir: Path
    events: EventWriter
    stop: StopRequest
    main_process: bool = True
    # The last finished optimiser step: heartbeats and the end of the run report it.
    step: int = 0
    # What `complete.json` says about every checkpoint of this run: lineage and configuration.
    mark: dict[str, Any] = field(default_factory=dict)
    # Sizes of the model and the data, known before the first step.
    plan: Plan | None = None
