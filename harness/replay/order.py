"""In which order the arms take their turns with a document."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from harness.replay.types import Arm


def arm_orders(arms: Sequence[Arm], seed: int) -> Iterator[tuple[Arm, ...]]:
    """An order of the arms for each document, without end; the same for the same arms and seed.

    In every block of as many documents as there are arms, each arm has each turn once, so that neither a warming
    cache nor a slow minute of the provider favours one of them. Each block is shuffled anew.
    """
    chance = random.Random(f"arm order {seed}")
    while True:
        order = list(arms)
        chance.shuffle(order)
        turns = list(range(len(order)))
        chance.shuffle(turns)
        for turn in turns:
            yield tuple(order[turn:] + order[:turn])
