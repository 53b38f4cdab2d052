"""A run store that cannot be read is named as such, whatever SQLite, zlib or JSON say of it."""

from __future__ import annotations

import functools
import inspect
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from harness.base.errors import InvalidFileError

PRUNE = "choose another run; `cv-harness prune` removes this one"
_Reader = TypeVar("_Reader", bound=Callable[..., Any])
_DAMAGE = (sqlite3.Error, zlib.error, OSError, ValueError, KeyError, TypeError, IndexError, RecursionError)


def readable(method: _Reader) -> _Reader:
    """A reading method of a run store (which has a `path`), or a generator: what goes wrong in it raises
    DamagedStoreError naming the store."""
    if inspect.isgeneratorfunction(method):

        @functools.wraps(method)
        def each(self: Any, *given: Any, **options: Any) -> Iterator[Any]:
            found = method(self, *given, **options)
            while True:
                with named(self.path):
                    try:
                        item = next(found)
                    except StopIteration:
                        return
                yield item

        return cast(_Reader, each)

    @functools.wraps(method)
    def read(self: Any, *given: Any, **options: Any) -> Any:
        with named(self.path):
            return method(self, *given, **options)

    return cast(_Reader, read)


class DamagedStoreError(InvalidFileError):
    """The run store cannot be read, and no version of the harness will."""


@contextmanager
def named(path: Path) -> Iterator[None]:
    """What goes wrong in reading `path` raises DamagedStoreError."""
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, sqlite3.ProgrammingError):
            raise  # a store that is closed already: our fault, not the file's
        raise DamagedStoreError(
            path,
            "",
            f"the run store is damaged ({type(error).__name__}: {str(error)[:200]})",
            hint=PRUNE,
        ) from error
