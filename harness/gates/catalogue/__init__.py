"""Every gate, each in one entry: found in the modules beside this file, each of which lists its own in `GATES`.

A new gate is a new module (or a new entry in one); nothing else has to know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from harness.gates.definition import Definition
from harness.gates.events import Counted


def in_order(gates: Iterable[Definition]) -> dict[str, Definition]:
    """By name, in their places. Raises ValueError where two have one name or one place."""
    found: dict[str, Definition] = {}
    places: set[int] = set()
    for gate in sorted(gates, key=lambda gate: gate.place):
        if gate.name in found or gate.place in places:
            raise ValueError(f"gate {gate.name}: its name or its place {gate.place} is taken")
        if gate.counted is not None and gate.counted.name != gate.name:
            raise ValueError(f"gate {gate.name}: it counts under another name, {gate.counted.name}")
        found[gate.name] = gate
        places.add(gate.place)
    return found


def _found() -> Iterable[Definition]:
    for module in iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        yield from import_module(f"{__name__}.{module.name}").GATES


GATES: Mapping[str, Definition] = in_order(_found())
"""In the order in which they are shown."""

COUNTED: Mapping[str, Counted] = {name: gate.counted for name, gate in GATES.items() if gate.counted is not None}
"""What the gates that count people look for in each case."""
