"""The first screen's cards and reasons: gates that failed or are open before anything that passed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.gates.types import Gate, Verdict
from harness.reports import labels
from harness.reports.bars import bar
from harness.reports.filters import markup
from harness.reports.leading import leading_gate
from harness.reports.summary_types import Summary

NAMED = 5
"""Failed and open gates that the first screen names."""
ALARMS = 3
"""Of them those with a card of their own, before the four figures."""
_ORDER = {"FAIL": 0, "INCONCLUSIVE": 1}
_REST = re.compile(r"\d+ further deciding gates? passed")
_ASIDE = "told, and not decided on here: "


@dataclass(frozen=True, slots=True)
class Alarm:
    """A gate that failed or is open, and its bounds drawn."""

    gate: Gate
    against: str
    picture: Any


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of the verdict. status: of the gate that gives it; documents: CVs behind it that it does not name."""

    text: str
    status: str = ""
    documents: tuple[str, ...] = ()
    note: str = ""


def open_gates(verdict: Verdict) -> list[tuple[Gate, str]]:
    """All deciding gates that failed or are open, with what they compare against, worst first."""
    found = [(g, c.against) for c in verdict.comparisons for g in c.gates if g.level == "deciding"]
    return sorted((pair for pair in found if pair[0].status in _ORDER), key=lambda pair: _ORDER[pair[0].status])


def alarms(verdict: Verdict, summary: Summary, drawn: dict[str, str]) -> tuple[list[Alarm], int]:
    """Cards of what holds a verdict up and is none of the four figures; and how many more such gates failed, or are
    open where none failed. A SHIP has no such card: what it leaves open is no question of this candidate. Nor has a
    model that a simulator judged."""
    if verdict.verdict == "SHIP" or labels.blind(verdict):
        return [], 0
    tiles = {(tile["against"], tile["gate"]) for tile in summary["brief"]["tiles"] if tile["n"]}
    found = [(gate, against) for gate, against in open_gates(verdict) if (against, gate.name) not in tiles]
    failed = [pair for pair in found if pair[0].status == "FAIL"]
    lead = leading_gate(verdict)
    shown = (failed or [pair for pair in found if pair[0] is lead])[:ALARMS]
    cards = [Alarm(gate, against, markup(bar(gate, drawn)) if _bounded(gate) else "") for gate, against in shown]
    return cards, len(failed or found) - len(shown)


def _bounded(gate: Gate) -> bool:
    return gate.delta.value is not None and (gate.delta.lower is not None or gate.delta.upper is not None)


def tiles(verdict: Verdict, summary: Summary, drawn: dict[str, str]) -> list[tuple[Mapping[str, Any], Any]]:
    """The four figures, each with its gate's bounds drawn where it was judged."""
    gates = {(c.against, gate.name): gate for c in verdict.comparisons for gate in c.gates}
    found = [(tile, gates.get((tile["against"], tile["gate"]))) for tile in summary["brief"]["tiles"]]
    return [
        (tile, markup(bar(gate, drawn)) if gate and tile["n"] and gate.delta.value is not None else "")
        for tile, gate in found
    ]


def reasons(verdict: Verdict) -> list[Reason]:
    """The verdict's reasons with what their gates know beside the sentence."""
    gates = [(gate, one.against) for one in verdict.comparisons for gate in one.gates]
    return [_reason(text, gates) for text in verdict.reasons]


def _reason(text: str, gates: list[tuple[Gate, str]]) -> Reason:
    said = text.removeprefix(_ASIDE)
    of = next((pair for pair in gates if said == pair[0].reason or said.startswith(f"{pair[0].reason} (against")), None)
    if of is None:
        return Reason(text, note="named under Gates" if _REST.fullmatch(text) else "")
    gate, against = of
    if said != text:
        return Reason(text, note="of its answers to copies of CVs, whatever was edited" if against == "twins" else "")
    if gate.status not in _ORDER:
        return Reason(text)
    beside = tuple(name for name in dict.fromkeys(gate.documents) if name not in text)
    return Reason(text, gate.status, beside, labels.compared(against) if against in ("twins", "probes") else "")
