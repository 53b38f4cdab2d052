"""Every pattern of the harness, in the ways that it is used, on texts that make quadratic ones slow."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import harness

ROOT = Path(harness.__file__).parent
SIZE = 8_000
SLOW_S = 0.15
"""A linear pattern takes a hundredth of it; a quadratic one takes seconds."""

UNITS = (
    "a", "A", "1", " ", "\n", "\t", "-", "a-", "1-", "1-1-", "a.", "a ", "Aa ", "1 ", "1.", "1/", "+1 ", "(", "(1) ",
    "[", "{", '"', '"a', "'a ", "`", "``` ", "“a", "«", "http://", "www.", "a@", "@", ".", "..", "•", "- a\n", "a\n",
    " \n", "Jan ",
    "Jan 2020 ", "2020-", "May-", "/", "\\", "<a ", "<", "&", "| ", "a: ", "a:\n", "é", "e\u0301", "\u200b",
    "漢", "A. ", "_", "# ", "**a", "–", " – ", "1,000,", ";", ", ", "★", "not ", "and ", "if ", "\x1b]", "\x1b[",
)  # fmt: skip
BOUNDED = {
    ("harness.values.dates", "_PATTERNS"): "read one date, of a few words at most",
    ("harness.values.dates", "_WORD_BEFORE"): "searches the 16 characters before a year",
    ("harness.values.dates", "_BEFORE_WORD"): "searches the 32 characters before a year",
    ("harness.values.passages", "_LAST_WORDS"): "searches the 30 characters before a place",
    ("harness.corpus.readers.pdf_operations", "_TOKEN"): "matched one after the other, to the first place without one",
    ("harness.assistants.sentences", "_BLOCK"): "match at one line's beginning",
    ("harness.assistants.sentences", "_HEADING"): "match at one line's beginning",
    ("harness.probes.places", "MARK"): "match at one line's beginning",
    ("harness.probes.content", "MARK"): "match at one line's beginning",
    ("harness.probes.form", "MARK"): "match at one line's beginning",
}
WAYS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


class _Slow(BaseException):
    pass


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(harness.__path__, "harness."):
        if found.name.endswith("__main__") or ".migrations" in found.name or ".evals" in found.name:
            continue
        try:
            yield importlib.import_module(found.name)
        except ImportError:  # an extra that is not installed
            continue


def _patterns() -> Iterator[tuple[str, str, re.Pattern[Any], tuple[str, ...]]]:
    """Module, name, pattern, and the methods by which anything calls a pattern of that name."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    seen = set()
    for module in _modules():
        for name, value in vars(module).items():
            inner = (
                value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else (value,)
            )
            for pattern in inner:
                if not isinstance(pattern, re.Pattern) or pattern in seen:
                    continue
                seen.add(pattern)
                used = set(re.findall(rf"\b{re.escape(name)}\.({'|'.join(WAYS)})\b", sources))
                yield (
                    module.__name__,
                    name,
                    pattern,
                    tuple(sorted(used)) if pattern is value and used else ("match", "finditer"),
                )


def _seconds(work: Callable[[], object]) -> float:
    """How long it takes; at least SLOW_S and not much more where it takes longer. Other threads' time does not count,
    nor the garbage collector's, who has much to look at where thousands of tests were before."""

    def stop(*_: object) -> None:
        if time.thread_time() - begin > SLOW_S:
            raise _Slow

    before = signal.signal(signal.SIGPROF, stop)
    gc.disable()
    begin = time.thread_time()
    signal.setitimer(signal.ITIMER_PROF, 2 * SLOW_S, SLOW_S)
    try:
        try:
            work()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)  # a search that ends late is told of here
    except _Slow:
        signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        gc.enable()
        signal.signal(signal.SIGPROF, before)
    return time.thread_time() - begin


def _slow(work: Callable[[], object]) -> bool:
    """Whether it takes longer than SLOW_S at its best: of a hundred thousand measurements some are of what else the
    machine did."""
    return all(_seconds(work) > SLOW_S for _ in range(3))


def _use(pattern: re.Pattern[Any], way: str, text: Any) -> None:
    if way in ("sub", "subn"):
        getattr(pattern, way)(text[:0], text)
    elif way == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, way)(text)


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_every_pattern_is_linear_on_hostile_text() -> None:
    tried, slow = 0, []
    for module, name, pattern, ways in _patterns():
        tried += 1
        if (module, name) in BOUNDED:
            continue
        for unit in UNITS:
            text: Any = (unit * SIZE)[:SIZE]
            for given in (text, f"\n{text}!\x00", f"{unit}{'a' * SIZE}", f"{unit}{' ' * SIZE}"):
                encoded: Any = given.encode() if isinstance(pattern.pattern, bytes) else given
                slow += [
                    f"{module}.{name}.{way} on {unit!r}"
                    for way in ways
                    if _slow(lambda encoded=encoded, way=way, pattern=pattern: _use(pattern, way, encoded))
                ]
            if slow and slow[-1].startswith(f"{module}.{name}."):
                break
    assert tried > 150
    assert not slow, "\n".join(slow)
