"""Seeded randomness without state: the same key gives the same number on every machine, in any order of calls."""

from __future__ import annotations

import hashlib
from statistics import NormalDist

_NORMAL = NormalDist()


def uniform(*key: object) -> float:
    """A number in (0, 1) that depends on the key alone."""
    raw = hashlib.blake2b("\x1f".join(map(str, key)).encode("utf-8", "replace"), digest_size=8).digest()
    return (int.from_bytes(raw, "big") + 0.5) / 2.0**64


def normal(*key: object) -> float:
    """A standard normal number that depends on the key alone."""
    return _NORMAL.inv_cdf(uniform(*key))


def cdf(z: float) -> float:
    """The share of a standard normal that lies under `z`."""
    return _NORMAL.cdf(z)
