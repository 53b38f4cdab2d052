"""Worlds of noise: what an assistant gets wrong by itself, in both arms by the same law.

A person's difficulty is Gamma(.5, 2): mean 1, and a few people carry most mistakes. Contact values are wrong a fifth as
often as others. No mistake breaks the contract or says what the CV does not say: values are lost, cut short, or a date
is off; so whatever else a gate finds, the change has done.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bench.harms.people import Cv, Subject

Arm: TypeAlias = Literal["baseline", "candidate"]
Spot: TypeAlias = tuple[Any, Any]
"""A container and the key of a value in it."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CONTACT = ("name", "email", "phone")


@dataclass(frozen=True, slots=True)
class World:
    """Rates are probabilities per value at difficulty 1 and grow with difficulty, `even` apart.

    stuck: mistakes of the person, the same in all draws and both arms. coin: values of difficult people that are wrong
    in half of the draws, the same values in both arms. even: mistakes anywhere, anew in each draw. outage: draws
    without a whole section or role. frozen: arms in which each draw is the same as the first. elsewhere: the candidate
    has as many stuck mistakes in each person, at other values.
    """

    name: str
    stuck: float = 0.0
    coin: float = 0.0
    even: float = 0.0
    outage: float = 0.0
    frozen: tuple[Arm, ...] = ()
    elsewhere: bool = False


_LIVE: dict[str, float] = {"stuck": 0.03, "coin": 0.04, "even": 0.002}
WORLDS: dict[str, World] = {
    world.name: world
    for world in (
        World("still"),
        World("stuck", stuck=0.04),
        World("live", **_LIVE),  # type: ignore[arg-type]
        World("wild", outage=0.01, **_LIVE),  # type: ignore[arg-type]
        World("frozen", frozen=("baseline", "candidate"), **_LIVE),  # type: ignore[arg-type]
        World("quieter", frozen=("candidate",), **_LIVE),  # type: ignore[arg-type]
        World("noisier", frozen=("baseline",), **_LIVE),  # type: ignore[arg-type]
        World("reworded", elsewhere=True, **_LIVE),  # type: ignore[arg-type]
    )
}


def answer(world: World, subject: Subject, arm: Arm, draw: int, seed: int) -> Cv:
    """What the arm says about the subject's CV in this draw, before any change. A twin has luck of its own, at its
    person's difficulty."""
    cv: Cv = copy.deepcopy(subject.cv)
    place = f"{seed}/{subject.document}"
    ease = random.Random(f"{seed}/{subject.person}/difficulty").gammavariate(0.5, 2)
    spots = list(values(cv))
    where = "elsewhere" if world.elsewhere and arm == "candidate" else "stuck"
    wrong = _stuck(world, spots, ease, place, where)
    now = random.Random(f"{place}/{arm}/{0 if arm in world.frozen else draw}")
    coins = random.Random(f"{place}/coins")
    for index, spot in enumerate(spots):
        is_coin = ease > 1 and coins.random() < world.coin * ease * _weight(spot)
        tossed, stray = now.random() < 0.5, now.random() < world.even * _weight(spot)
        if (is_coin and tossed) or stray:
            wrong.add(index)
    for index in sorted(wrong):
        _spoil(spots[index], random.Random(f"{place}/{index}/how"))
    _sweep(cv)
    if now.random() < min(0.4, world.outage * ease):
        _outage(cv, now)
    return cv


def _stuck(world: World, spots: list[Spot], ease: float, place: str, where: str) -> set[int]:
    rng = random.Random(f"{place}/stuck")
    first = {index for index, spot in enumerate(spots) if rng.random() < min(0.5, world.stuck * ease * _weight(spot))}
    if where == "stuck" or not first:
        return first
    rest = [index for index in range(len(spots)) if index not in first and _weight(spots[index]) == 1]
    return set(random.Random(f"{place}/elsewhere").sample(rest, min(len(first), len(rest))))


def values(cv: Cv) -> Iterator[Spot]:
    """Every non-empty value but the ids, in the order of the object."""
    for section in cv.values():
        for entry in [section] if isinstance(section, dict) else section:
            if isinstance(entry, str):
                break
            for key, value in entry.items():
                if key != "id" and isinstance(value, str) and value:
                    yield entry, key
                elif isinstance(value, list):
                    yield from ((value, index) for index in range(len(value)))
        if section and isinstance(section, list) and isinstance(section[0], str):
            yield from ((section, index) for index in range(len(section)))


def _weight(spot: Spot) -> float:
    return 0.2 if spot[1] in _CONTACT else 1.0


def _spoil(spot: Spot, rng: random.Random) -> None:
    """Lose the value, or half of the time keep a part: fewer words, a date without its month or a month off."""
    container, key = spot
    value = container[key]
    words = value.split()
    if key in ("start_date", "end_date", "date") and words and words[0] in MONTHS:
        near = MONTHS[(MONTHS.index(words[0]) + 1) % 12]
        container[key] = rng.choice(("", words[-1], f"{near} {words[-1]}"))
    elif key not in _CONTACT and len(words) > 1 and rng.random() < 0.5:
        container[key] = " ".join(words[: max(1, len(words) * 6 // 10)])
    else:
        container[key] = ""


def _sweep(cv: Cv) -> None:
    """Take lost items out of their lists."""
    cv["skills"] = [each for each in cv["skills"] if each]
    for section in cv.values():
        for entry in section if isinstance(section, list) else ():
            for key, value in entry.items() if isinstance(entry, dict) else ():
                if isinstance(value, list):
                    entry[key] = [each for each in value if each]


def _outage(cv: Cv, rng: random.Random) -> None:
    filled = [name for name, section in cv.items() if isinstance(section, list) and section]
    if not filled:
        return
    name = rng.choice(filled)
    if name == "work_experience":
        cv[name].pop(rng.randrange(len(cv[name])))
    else:
        cv[name] = []
