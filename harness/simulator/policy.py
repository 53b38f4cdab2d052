"""What the model will do about each slot, from the directives it was given: priors bent by what was said."""

from __future__ import annotations

from collections.abc import Iterable

from harness.simulator.directives import Directive
from harness.simulator.luck import Luck
from harness.simulator.slots import SLOTS


class Policy:
    """A distribution over values for each slot.

    Each directive moves the share `1 − slip` of what is not yet there to its value, in the order in which they were
    given, so that saying a thing twice makes it surer and the later of two that conflict weighs a little more. A
    prohibition takes that share away from its value and gives it to the value's opposite, or to the others.
    follow: 1 for the reference model; smaller models slip more. dilution: 1 for short instructions.
    """

    def __init__(self, directives: Iterable[Directive], *, slips: float = 1.0) -> None:
        self._shares: dict[str, dict[str, float]] = {name: dict(slot.prior) for name, slot in SLOTS.items()}
        self.said: set[str] = set()
        for directive in directives:
            self._apply(directive, slips)

    def _apply(self, directive: Directive, slips: float) -> None:
        slot = SLOTS.get(directive.slot)
        if slot is None:
            return
        self.said.add(slot.name)
        base = slot.hint if directive.source == "schema" else slot.told
        if directive.source == "cv":
            base = min(base, 0.8)
        sure = max(0.0, 1 - (1 - base) * slips) * directive.strength
        shares = self._shares[slot.name]
        value, polarity = directive.value, directive.polarity
        if polarity < 0:
            other = slot.opposite.get(value)
            taken = shares.get(value, 0.0) * sure
            shares[value] = shares.get(value, 0.0) - taken
            rest = [name for name in shares if name != value and shares[name] > 0]
            if other is not None:
                shares[other] = shares.get(other, 0.0) + taken
            elif rest:
                whole = sum(shares[name] for name in rest)
                for name in rest:
                    shares[name] += taken * shares[name] / whole
            else:
                shares[value] += taken
            return
        for name in shares:
            shares[name] *= 1 - sure
        shares[value] = shares.get(value, 0.0) + sure

    def share(self, slot: str, value: str) -> float:
        """How likely a value is."""
        return self._shares[slot].get(value, 0.0)

    def choose(self, slot: str, luck: Luck, item: str) -> str:
        """The value for one item. The likeliest-first order of the prior keeps choices stable when shares move."""
        shares = self._shares[slot]
        number = luck.number(f"{slot}/{item}")
        known = list(SLOTS[slot].prior)
        total = 0.0
        wanted = sorted(shares, key=lambda name: (-shares[name], known.index(name) if name in known else -1))
        for name in reversed(wanted):
            total += shares[name]
            if number < total:
                return name
        return wanted[0]

    def includes(self, what: str, luck: Luck, item: str) -> bool:
        """Whether something of an `include.*` slot is given."""
        return not luck.happens(self.share(f"include.{what}", "exclude"), f"include.{what}/{item}")
