"""The page's templates as they were compiled before: half a second that each process would spend again.

What is kept is code that runs, so it is taken only from a folder and a file that are this user's and that nobody else
can write; anything else is compiled anew.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import stat
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from harness import __version__
from harness.base.canonical import digest, sha256
from harness.base.files import write_whole
from harness.base.project import cache_dir

FOLDER = "templates"
"""In the user's cache folder."""
_DIGEST = hashlib.sha256().digest_size
_FOR_OTHERS = 0o077
_MOST_BYTES = 2**24
"""A template's bytecode is some hundred kilobytes; what is larger is damaged."""


class Compiled(BytecodeCache):
    """A file a template: a digest, then jinja2's bytecode. The digest is over the bytecode and over what decides it
    beside the template, whose own hash jinja2 keeps in it: a damaged file counts as absent, and so does one that
    another Python, jinja2 or harness wrote. Where nothing can be kept, each process compiles."""

    def load_bytecode(self, bucket: Bucket) -> None:
        path = _path(bucket)
        stored = _own_file(path) if _is_own_folder(path.parent) else b""
        told, code = stored[:_DIGEST], stored[_DIGEST:]
        if code and told == _digest(bucket, code):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        path, code = _path(bucket), bucket.bytecode_to_string()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _is_own_folder(path.parent):
                write_whole(path, _digest(bucket, code) + code, private=True)
        except OSError:  # a folder that cannot be written, a full disk: the page does without
            return


def _path(bucket: Bucket) -> Path:
    return cache_dir() / FOLDER / f"{bucket.key}.bin"


def _digest(bucket: Bucket, code: bytes) -> bytes:
    return hashlib.sha256(_decides(bucket.environment) + code).digest()


@cache
def _decides(environment: Environment) -> bytes:
    """What decides a template's bytecode beside its text: Python, jinja2, and our filters, of which jinja2 works out
    what they make of constants when it compiles."""
    names = {name for each in environment.filters.values() if (name := each.__module__).startswith("harness.")}
    files = (inspect.getfile(sys.modules[name]) for name in sorted(names))
    parts = [sys.version, version("jinja2"), __version__, *(sha256(Path(file).read_bytes()) for file in files)]
    return digest(parts).encode()


def _is_own_folder(path: Path) -> bool:
    try:
        return _is_own(path.stat(), stat.S_ISDIR)
    except OSError:
        return False


def _own_file(path: Path) -> bytes:
    """What is in the file; nothing where it is not there or not this user's alone."""
    try:
        with open(path, "rb", opener=_at_once) as file:
            found = os.fstat(file.fileno())
            return file.read() if _is_own(found, stat.S_ISREG) and found.st_size <= _MOST_BYTES else b""
    except OSError:
        return b""


def _at_once(path: str, flags: int) -> int:
    """A pipe in place of the file is opened without waiting for whoever writes into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _is_own(found: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Windows has no such owners: nothing is kept there."""
    return (
        hasattr(os, "geteuid")
        and kind(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & _FOR_OTHERS
    )
