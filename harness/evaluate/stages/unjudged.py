"""How the simulator read an edit, and what of it the simulator cannot judge."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from harness.assistants.difference import Setting, diff
from harness.assistants.types import AssistantBundle
from harness.base.types import Json

if TYPE_CHECKING:
    from harness.simulator.directives import Sentence


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A sentence that only one of two bundles has, as the simulator read it.

    recognised: it means something to the simulator, or could ask for nothing (a heading). read_as: in words.
    contradicts: the sentence that stands, or comes before it in the same edit, and asks for the opposite; "" for none.
    reworded: it stands where the old bundle has a sentence that was understood. beyond: what it asks for that the
    simulator is not able to do.
    """

    text: str
    change: Literal["added", "removed"]
    recognised: bool
    read_as: str
    contradicts: str = ""
    reworded: bool = False
    beyond: str = ""

    def to_dict(self) -> dict[str, Json]:
        return dict(asdict(self))


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What the simulator makes of an edit.

    changed: sentences that mean nothing to it; reworded: of these, the new ones that stand where the old bundle has a
    sentence that it did understand. open: further reasons that forbid SHIP. blind: of these, the ones for which harm
    that is shown may not be the edit's.
    """

    readings: tuple[SentenceReading, ...] = ()
    open: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.text for one in self.readings if not one.recognised))

    @property
    def reworded(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.text for one in self.readings if one.reworded and not one.recognised))


def unjudged(before: AssistantBundle | None, after: AssistantBundle | None, origin: str) -> Unjudged:
    """What the simulator makes of an edit. Nothing for other origins: a real model reads every sentence."""
    if before is None or after is None or not origin.startswith("simulator@"):
        return Unjudged()
    readings = read_edit(before.instructions, after.instructions)
    contradictions = tuple(
        f"“{_short(one.text)}” contradicts the sentence “{_short(one.contradicts)}”: which of them a model "
        f"follows cannot be told; change or delete one of them"
        for one in readings
        if one.contradicts
    )
    beyond = tuple(
        f"the simulator reads “{_short(one.text)}” ({one.beyond}) and is not able to do it: its answers say nothing "
        f"about that; ask a real model (--provider openai)"
        for one in readings
        if one.beyond
    )
    blind, limits = _model(before, after)
    return Unjudged(readings, (*blind, *limits, *contradictions, *beyond), blind)


def _model(before: AssistantBundle, after: AssistantBundle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One reason for all that changed of the model and its parameters, and one for the limit of tokens."""
    changed = [one for one in diff(before, after).settings if one.name == "model" or one.name.startswith("parameters.")]
    sides = tuple([one for one in changed if (one.name == _COUNTED) == limit] for limit in (False, True))
    alone = before.instructions == after.instructions
    rest = "" if alone else "; judge the edit of the instructions in a run of its own"
    blind, limits = (
        (
            f"the simulator cannot judge a model ({', '.join(map(_change, found))}): its answers say nothing about "
            f"that; ask the model itself (--provider openai){rest}",
        )
        if found
        else ()
        for found in sides
    )
    return blind, limits


def _change(setting: Setting) -> str:
    old, new = ("not set" if side is None else side for side in (setting.before, setting.after))
    return f"{setting.name.removeprefix('parameters.')} {old} → {new}"


_COUNTED = "parameters.max_output_tokens"
"""The parameter that the simulator does obey as a model does: it counts tokens. Answers that are cut are harm shown."""


def read_edit(before: str, after: str) -> tuple[SentenceReading, ...]:
    """Every sentence that only one of two instruction texts has, as the simulator read it, in the order of the text."""
    from harness.simulator.directives import contradicts, read_sentences

    ours, theirs = read_sentences(before), read_sentences(after)
    found: list[SentenceReading] = []
    standing = [one for a, b, _, _ in _equal(ours, theirs) for one in ours[a:b]]
    beside: list[Sentence] = []  # what the same edit says before
    for removed, added in _edits(ours, theirs):
        understood = any(one.directives for one in removed)
        found += [SentenceReading(_plain(one), "removed", one.judged, one.read_as) for one in removed if one.speaks]
        for one in added:
            if not one.speaks:
                continue
            against = next(
                (
                    _plain(other)
                    for other in (*standing, *beside)
                    if any(contradicts(a, b) for a in one.directives for b in other.directives)
                ),
                "",
            )
            found.append(
                SentenceReading(_plain(one), "added", one.judged, one.read_as, against, understood, one.beyond)
            )
            beside.append(one)
    return tuple(found)


def _matcher(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, [_plain(one) for one in ours], [_plain(one) for one in theirs], autojunk=False)


def _equal(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> Iterator[tuple[int, int, int, int]]:
    for kind, *place in _matcher(ours, theirs).get_opcodes():
        if kind == "equal":
            yield place[0], place[1], place[2], place[3]


def _edits(
    ours: Sequence[Sentence], theirs: Sequence[Sentence]
) -> Iterator[tuple[Sequence[Sentence], Sequence[Sentence]]]:
    for kind, a, b, c, d in _matcher(ours, theirs).get_opcodes():
        if kind != "equal":
            yield ours[a:b], theirs[c:d]


def _plain(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
