"""How often Python looks for garbage in circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 100)


@contextmanager
def collected_seldom() -> Iterator[None]:
    """The cyclic garbage collector at work a tenth as often as by default: a run makes many small objects that stay,
    next to none of them in circles, and the collector would walk them all again and again (about a tenth of a run's
    processor time). What is in circles is still found."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
