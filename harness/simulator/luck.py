"""Which of the possible errors happen: numbers in (0, 1), compared against probabilities elsewhere.

A number belongs to an item of a text (a field of an entry, a statement) and a purpose. Most of it is fixed by the
text, so that a hard item is hard in every draw and under every wording of the instructions; some of it is drawn
anew for each draw, and a little depends on the exact request. So a reworded instruction changes almost nothing, a
changed one flips only what it is about, and K draws differ.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_SPAN = 1.0 / 2**64


@lru_cache(maxsize=400_000)
def _normal(seed: int, scope: str, item: str) -> float:
    raw = hashlib.blake2b(f"{seed}\x1f{scope}\x1f{item}".encode("utf-8", "replace"), digest_size=8).digest()
    return _NORMAL.inv_cdf((int.from_bytes(raw, "big") + 0.5) * _SPAN)


class Luck:
    """Chance for one request. temperature 0 leaves a small spread between draws, 1 and more a wide one."""

    def __init__(self, seed: int, text: str, request: str, draw: int, temperature: float) -> None:
        self._seed = seed
        self._text = text
        self._draw = f"{text}\x1e{draw}"
        self._request = f"{request}\x1e{draw}"
        spread = min(0.5, 0.06 + 0.34 * min(temperature, 2.0))
        self._weights = (math.sqrt(1 - spread), math.sqrt(spread * 0.99), math.sqrt(spread * 0.01))

    def number(self, item: str) -> float:
        """The number of this item, in (0, 1)."""
        common, drawn, exact = self._weights
        z = (
            common * _normal(self._seed, self._text, item)
            + drawn * _normal(self._seed, self._draw, item)
            + exact * _normal(self._seed, self._request, item)
        )
        return _NORMAL.cdf(z)

    def happens(self, probability: float, item: str) -> bool:
        """Whether something of this probability happens to this item."""
        return probability > 0 and self.number(item) < probability

    def pick(self, count: int, item: str) -> int:
        """One of `count` choices, fixed by the text alone."""
        return min(count - 1, int(_NORMAL.cdf(_normal(self._seed, self._text, f"{item}/pick")) * count))
