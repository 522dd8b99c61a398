"""The trainer with rollouts that are given, not generated: a tiny random model solves nothing.

`python given_rollouts.py drawn --config config.json` draws each rollout from a list with torch's
generator, so that a resumed run needs its random state. `fixed` takes them in turn, by their place
in the batch of all processes, so that runs of one and of two processes have the same. `same` is one
rollout again and again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

RLERR = [
    "The answer is 5. Wait, 2+2=4, so that is wrong. \\boxed{4}",
    "So \\boxed{4}",
    "So \\boxed{5}",
    "The answer is 4. Wait, 2+2=5, so that is wrong. \\boxed{5}",
    "The answer is 4. Wait, 2+2=4, the answer is correct. \\boxed{4}",
]
CHECK, RETRY = "\n\nWait, let me recheck my solution.\n\n", "\n\nLet me try again.\n\n"
S2R = [
    f"\\boxed{{4}}{CHECK}Therefore, the answer is correct.",
    f"\\boxed{{5}}{CHECK}Therefore, the answer is incorrect.{RETRY}\\boxed{{4}}{CHECK}Yes.",
    f"\\boxed{{5}}{CHECK}Therefore, the answer is correct.",
    f"\\boxed{{5}}{CHECK}No.{RETRY}\\boxed{{6}}{CHECK}It is right.",
    "\\boxed{4}",
]


def give(how: str) -> None:
    import torch
    from trl import RLOOTrainer

    from reflection_trainer.online import OnlineTrainer

    def generate(self: Any, prompts: list[list[int]], *args: object) -> Any:  # noqa: ANN401
        texts = RLERR if type(self).__name__ == "RlerrTrainer" else S2R
        tokenizer, rank = self._tokenizer, self.accelerator.process_index
        places = range(rank * len(prompts), (rank + 1) * len(prompts))
        choose: dict[str, Callable[[int], int]] = {
            "drawn": lambda _: int(torch.randint(len(texts), ())),
            "fixed": lambda place: place % len(texts),
            "same": lambda _: 0,
        }
        chosen = [choose[how](place) for place in places]
        ids = [
            [*tokenizer(texts[i], add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
            for i in chosen
        ]
        return ids if isinstance(self, RLOOTrainer) else (ids, None)

    OnlineTrainer._generate_single_turn = generate


if __name__ == "__main__":
    from reflection_trainer.__main__ import main

    give(sys.argv.pop(1))
    sys.exit(main())
