"""Harms that are there or not, counted by person: what each arm's draws show, and what further draws say of it.

An event counts by majority of a person's draws. Where an arm was asked again (`AGAIN`), a lost item that most of all
draws together do not show is dropped, and one that every further draw shows is confirmed, where the other arm hardly
ever does. Shares for the exact tests come from the first draws alone: further ones were asked for because those
looked bad.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harness.gates.looked import Looked
from harness.gates.statistics import Bools, Floats
from harness.gates.steady import Steady

Counting: TypeAlias = Literal["net", "capped"]
"""net: people who got worse against people who got better; capped: that, and an absolute rate that the other arm keeps
fails alone."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a gate that counts people looks for in a case, and how it counts.

    find: items of harm (a path, a field, a broken rule), None where the case cannot be judged. what: after "CVs
    newly …". noise: share of draws that show an item where nothing is wrong, `items` of them a person, for
    calibration. fresh: counts only where no draw of the other arm shows it (what flickers in both is not new).
    whole: one harm whatever the items are. unpaid: an item won makes no lost one of the same person good.
    by_document: items of a person's two files are different ones. degree: weighed by the number of items a draw, of all
    values of these fields. outside: items within entries that this other gate counts as gone in most draws of an arm
    are left to it, in both arms.
    raw: shown as found, not by its field. asks: further draws say more about it. grave: items of which a single
    confirmed one is enough. gross: so many people who newly show it, and nobody the other way, hold by themselves (0:
    never); grave ones in three people do.
    """

    name: str
    find: Callable[[Looked], frozenset[str] | None]
    what: str
    counting: Counting
    noise: float
    fresh: bool = False
    whole: bool = False
    unpaid: bool = False
    by_document: bool = False
    degree: frozenset[str] = frozenset()
    outside: str = ""
    raw: bool = False
    asks: bool = True
    grave: frozenset[str] = frozenset()
    gross: int = 0
    items: int = 1


@dataclass(frozen=True, slots=True)
class Cause:
    """One field among those that a gate weighs by values: people who lost a value of it for sure, people who won one by
    majority, and its share of all values."""

    lost: int
    gained: int
    share: float


@dataclass(frozen=True, slots=True)
class Graves:
    """People with an invention of which one is enough, in the candidate alone and in the other arm alone. sure:
    confirmed; waiting: neither confirmed nor asked again; suspect: not asked again."""

    sure: tuple[int, int] = (0, 0)
    waiting: tuple[int, int] = (0, 0)
    suspect: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Events:
    """A harm that is there or not, per person, by majority over the draws.

    lost: bad in the candidate, not in the other arm (`Counted.fresh`: in no draw of it); gained: the reverse;
    confirmed_*: in every further draw (in every first one where there is none), in `confirm_draws` draws at least,
    and in at most a quarter of the other arm's. able: both arms have draws enough to confirm. asked: the candidate
    was asked again; at_first: lost before that. suspect: shows a grave invention that is not confirmed and not
    refuted.
    draws: bad items (0 or 1 where the gate only asks whether) of both arms, person × draw, further ones too, nan for
    none. excess: the candidate's share of bad first draws minus the other's (`Counted.degree`: bad items a draw,
    clipped to one); shift: the same over all draws, 0 where further
    ones refute it; weight: excess as a share of the values that could be bad
    (elsewhere as it is). *_bad of *_draws: single first draws.
    fields: people lost by field or broken rule (where none is lost: people that are bad more often); having: people
    whose golden has the field. causes: where a gate weighs by values, by field. steady: what is in every draw. grave,
    grave_unconfirmed: fields of inventions of which one is enough, confirmed or not; graves: in how many people.
    """

    judged: Bools
    lost: Bools
    gained: Bools
    confirmed_lost: Bools
    confirmed_gained: Bools
    able: Bools
    asked: Bools
    at_first: Bools
    suspect: Bools
    draws: tuple[Floats, Floats]
    excess: Floats
    shift: Floats
    weight: Floats
    candidate_bad: int
    candidate_draws: int
    other_bad: int
    other_draws: int
    majority_candidate: int = 0
    majority_other: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)
    having: Mapping[str, int] = field(default_factory=dict)
    causes: Mapping[str, Cause] = field(default_factory=dict)
    steady: Steady | None = None
    flaky: tuple[str, ...] = ()
    grave: tuple[str, ...] = ()
    grave_unconfirmed: tuple[str, ...] = ()
    graves: Graves = Graves()
