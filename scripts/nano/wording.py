"""The sentences of the problem family: openings, operations, questions, and a checker's words."""

from __future__ import annotations

SUBJECTS = (
    ("A tank holds {n} litres.", "litres"),
    ("A shop has {n} apples.", "apples"),
    ("A farm keeps {n} hens.", "hens"),
    ("Mia owns {n} coins.", "coins"),
    ("Tom has {n} cards.", "cards"),
    ("A train carries {n} people.", "people"),
    ("A library holds {n} books.", "books"),
    ("A box contains {n} beads.", "beads"),
    ("A club has {n} members.", "members"),
)
ADD = (
    "Then {k} more are added.",
    "Next, {k} more arrive.",
    "After that the number grows by {k}.",
)
SUBTRACT = (
    "Then {k} are removed.",
    "Next, {k} are lost.",
    "After that the number falls by {k}.",
)
MULTIPLY = ("Then the number is multiplied by {k}.", "Next, the number becomes {k} times as large.")
MULTIPLY_BY_WORD = {
    2: ("Then the number is doubled.", "Next, the number becomes twice as large."),
    3: ("Then the number is tripled.", "Next, the number becomes three times as large."),
}
QUESTIONS = (
    "How many {t} are there now?",
    "Find the final number of {t}.",
    "What is the number of {t} at the end?",
)

RECHECK = "Wait, let me recheck my solution."
IS_CORRECT = "Therefore, the answer is correct."
IS_INCORRECT = "Therefore, the answer is incorrect."
TRY_AGAIN = " Let me try again."
CRITIQUE_REQUEST = (
    "Please critique whether the following solution to the question is correct. "
    "Question: {problem} Solution: {solution}"
)
