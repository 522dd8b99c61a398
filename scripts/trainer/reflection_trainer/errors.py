"""What a person can fix, and the wish to stop."""

from __future__ import annotations


class UserError(Exception):
    """A mistake a person can fix: the message names the file, the field and the remedy.

    `code` is its name for programs, in `run_end`; `remedy` is the part that says what to do, where
    it is kept apart.
    """

    code = "invalid-input"

    def __init__(self, message: str, *, code: str | None = None, remedy: str | None = None) -> None:
        super().__init__(f"{message}; {remedy}" if remedy else message)
        self.code = code or self.code
        self.remedy = remedy


class ConfigError(UserError):
    """config.json is wrong; the process exits with status 2."""

    code = "config-invalid"


class StopRequested(Exception):
    """SIGTERM or SIGINT arrived before the first step."""
