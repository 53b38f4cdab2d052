"""A ruling as one sentence: what its gate says, and what would settle it."""

from __future__ import annotations

from harness.gates.definition import Question, Said
from harness.gates.ruling import Ruling


def sentence(ask: Question, ruling: Ruling) -> Said:
    """The guilty field first, then the figures, then what would settle it."""
    gate, pair = ask.gate, ask.pair
    if ruling.why or gate.say is None:
        return Said(f"{gate.label}: {ruling.why}")
    said = gate.say(ask, ruling)
    text = said.text + _outlook(ruling)
    if sum(map(len, pair.documents.values())) > len(pair.documents):
        text = text.replace(" CVs", " people").replace(" CV ", " person ")  # who has two files counts once
    return Said(text, said.fields, said.documents)


def _outlook(ruling: Ruling) -> str:
    if ruling.status != "INCONCLUSIVE":
        return ""
    if ruling.more is None:
        return "; more CVs will not help"
    return f"; {ruling.more} more {'CVs' if ruling.more > 1 else 'CV'} would settle it"
