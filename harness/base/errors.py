"""The one error root. A `HarnessError` is printed as one clear line with its hint, never as a traceback."""

from __future__ import annotations

import copyreg
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """What the command line answers to a script."""

    SHIP = 0
    USAGE = 2
    HARNESS = 3
    RECORDINGS_MISSING = 4
    HOLD = 10
    INCONCLUSIVE = 20


class HarnessError(Exception):
    """Something went wrong that a person can act on: `message` says what, `hint` the next step."""

    exit_code = ExitCode.HARNESS

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """One of another process comes out as it was, whatever its class is made from."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(HarnessError):
    """A wrong option, file or configuration: nothing was run."""

    exit_code = ExitCode.USAGE


class InvalidFileError(UsageError):
    """A file of the project is wrong: names the file, the place in it, and the fix."""

    def __init__(self, path: object, place: str, problem: str, *, hint: str = "") -> None:
        where = f"{path}" + (f" at {place}" if place else "")
        super().__init__(f"{where}: {problem}", hint=hint)
        self.path, self.place, self.problem = str(path), place, problem


class ProviderUnavailableError(HarnessError):
    """The model's server cannot be reached, or refuses the key: no answer can come."""


class RecordingsMissingError(HarnessError):
    """An arm that may only be replayed has calls without a recording."""

    exit_code = ExitCode.RECORDINGS_MISSING
