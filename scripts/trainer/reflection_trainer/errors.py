"""What a person can fix, and the wish to stop."""

from __future__ import annotations


class UserError(Exception):
    """A mistake a person can fix: the message names the file, the field and the remedy."""


class ConfigError(UserError):
    """config.json is wrong; the process exits with status 2."""


class StopRequested(Exception):
    """SIGTERM or SIGINT arrived before the first step."""
