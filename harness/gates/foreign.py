"""Foreign noise for calibration: worlds in which an assistant's mistakes stay with people, as arrays.

The same law holds in both arms. A person's difficulty is Gamma(.5, 2): mean 1, and a few people carry most mistakes.
Values of an invented CV go wrong one by one; a mistake loses the value or leaves another in its place, and says nothing
that the CV does not say. What the gates see of it (F1, groups, lost sections, critical values) is counted from that.
How many values of each field a person has is about what the project's corpus has (85 CVs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from harness.gates.paths import CRITICAL, GROUPS, SECTION_FIELDS, section_of
from harness.gates.statistics import Bools, Floats

Whole: TypeAlias = npt.NDArray[np.int64]
Arm: TypeAlias = Literal["candidate", "other"]


@dataclass(frozen=True, slots=True)
class World:
    """Rates are probabilities per value at difficulty 1 and grow with difficulty, `even` apart.

    stuck: mistakes of the person, the same in all draws and both arms. coin: values of difficult people that are wrong
    in half of the draws, the same values in both arms. even: mistakes anywhere, anew in each draw. outage: draws
    without a whole section or role. frozen: arms in which each draw is the same as the first. elsewhere: the candidate
    has as many stuck mistakes in each person, at other values. quiet: the candidate has no coins and no even mistakes.
    """

    name: str
    stuck: float = 0.0
    coin: float = 0.0
    even: float = 0.0
    outage: float = 0.0
    frozen: tuple[Arm, ...] = ()
    elsewhere: bool = False
    quiet: bool = False


STILL = World("still")
STUCK = World("stuck", stuck=0.04)
LIVE = World("live", stuck=0.03, coin=0.04, even=0.002)
WILD = World("wild", stuck=0.03, coin=0.04, even=0.002, outage=0.01)
FROZEN = World("frozen", stuck=0.03, coin=0.04, even=0.002, frozen=("candidate", "other"))
REWORDED = World("reworded", stuck=0.03, coin=0.04, even=0.002, elsewhere=True)
COLD = World("reworded at temperature 0", stuck=0.04, elsewhere=True)
QUIETER = World("less noise in the candidate", stuck=0.03, coin=0.04, even=0.002, quiet=True)
STEADY = World("draws identical in the candidate alone", stuck=0.03, coin=0.04, even=0.002, frozen=("candidate",))
NOISIER = World("draws identical in the other arm alone", stuck=0.03, coin=0.04, even=0.002, frozen=("other",))
WORLDS = (STILL, STUCK, LIVE, WILD, FROZEN, REWORDED, COLD, QUIETER, STEADY, NOISIER)

_EVERYONE: Mapping[str, tuple[float, float]] = {
    "personal_info.name": (1, 0.2),
    "personal_info.email": (1, 0.2),
    "personal_info.phone": (1, 0.2),
    "personal_info.location": (0.87, 1),
    "personal_info.linkedin": (0.68, 1),
    "personal_info.portfolio": (0.26, 1),
    "personal_info.summary": (0.79, 1),
}
"""Field: (share of people who have it, weight of its mistakes)."""

_ENTRIES: Mapping[str, tuple[int, float, Mapping[str, float]]] = {
    "work_experience": (
        1, 2.15,
        {"company": 1, "title": 1, "start_date": 1, "end_date": 1, "location": 0.88, "description[]": -3.7,
         "skills[]": -0.38},
    ),
    "education": (
        1, 0.27,
        {"institution": 1, "degree": 1, "field": 1, "start_date": 0.63, "end_date": 1, "location": 0.19,
         "description[]": -0.24},
    ),
    "projects": (0, 0.38, {"name": 1, "date": 0.81, "description[]": -1.44, "technologies[]": -1.47}),
    "certifications": (0, 0.94, {"name": 1, "issuer": 0.8, "year": 0.74, "expiry": 0.14}),
    "languages": (0, 2.18, {"language": 1, "proficiency": 1}),
    "training": (0, 0.52, {"name": 1, "provider": 1, "date": 0.77}),
}  # fmt: skip
"""Section: fewest entries, how many more on average (Poisson), its fields: share of entries that have it, or minus the
mean number (Poisson) of a list's items."""

_SKILLS = 7.9
_LOST = {"date": 1 / 3, "skills[]": 0.75}
"""Share of mistakes that lose the value, by how its field ends; others half. Contact values are always lost."""

FIELDS = tuple(
    dict.fromkeys(
        (
            *_EVERYONE,
            *(f"{section}[].{name}" for section, (_, _, names) in _ENTRIES.items() for name in names),
            "skills[]",
        )
    )
)
_PLACE = {name: place for place, name in enumerate(FIELDS)}
_ENTRIED = ("work_experience", "education")
"""Sections whose single entries are missed; of the others, what is gone as a whole."""


@dataclass(frozen=True, slots=True)
class People:
    """Values of invented CVs, person × value, padded. field: its place in `FIELDS`, −1 for none; entry: which entry of
    its section it belongs to; weight: how much more or less often it goes wrong; lost: whether a mistake loses it."""

    field: Whole
    entry: Whole
    weight: Floats
    lost: Bools

    def chosen(self, rows: Whole) -> People:
        return People(self.field[rows], self.entry[rows], self.weight[rows], self.lost[rows])


@lru_cache(maxsize=4)
def everybody(number: int = 600, seed: int = 7) -> People:
    """Invented people from whom each simulated corpus is drawn."""
    rng = np.random.default_rng(seed)
    rows = [_person(rng) for _ in range(number)]
    most = max(len(row) for row in rows)
    field = np.full((number, most), -1)
    entry = np.zeros((number, most), dtype=np.int64)
    weight, lost = np.zeros((number, most)), np.zeros((number, most), dtype=np.bool_)
    for place, row in enumerate(rows):
        for column, (name, number_in_section, heavy) in enumerate(row):
            field[place, column], entry[place, column] = _PLACE[name], number_in_section
            weight[place, column] = heavy
            share = next((share for end, share in _LOST.items() if name.endswith(end)), 0.5)
            lost[place, column] = rng.random() < (1.0 if heavy < 1 else share)
    return People(field, entry, weight, lost)


def _person(rng: np.random.Generator) -> list[tuple[str, int, float]]:
    """(field, entry, weight) of each value."""
    found = [(name, 0, weight) for name, (share, weight) in _EVERYONE.items() if rng.random() < share]
    for section, (least, more, names) in _ENTRIES.items():
        for entry in range(least + rng.poisson(more)):
            for name, share in names.items():
                many = int(rng.random() < share) if share >= 0 else rng.poisson(-share)
                found += [(f"{section}[].{name}", entry, 1.0)] * many
    return found + [("skills[]", 0, 1.0)] * int(rng.poisson(_SKILLS))


@dataclass(frozen=True, slots=True)
class Answered:
    """What one arm's answers are worth: person × draw × field of what the CV has, of what was answered, of what is
    right; lost: person × draw × item of roles and sections that are gone; critical: person × draw × item that is not
    right, those of a role that is gone left out."""

    golden: Floats
    answer: Floats
    correct: Floats
    lost: Bools
    critical: Bools

    def f1(self, names: frozenset[str] | None = None) -> Floats:
        """Of these fields (all where None), person × draw; nan for people who have none of them."""
        places = [place for place, name in enumerate(FIELDS) if names is None or name in names]
        golden, answer, correct = (side[..., places].sum(axis=-1) for side in (self.golden, self.answer, self.correct))
        total = golden + answer
        return np.where(total > 0, 2 * correct / np.maximum(total, 1), np.nan)


@dataclass(frozen=True, slots=True)
class Answers:
    """Both arms' answers to the same people. critical: field of each critical item, and person × item of those that
    people have."""

    candidate: Answered
    other: Answered
    critical: tuple[str, ...]
    has: Bools


def answers(rng: np.random.Generator, n: int, draws: int, world: World) -> Answers:
    """Answers about n people in `draws` draws of both arms."""
    pool = everybody()
    people = pool.chosen(rng.choice(len(pool.field), n, replace=n > len(pool.field)))
    there = people.field >= 0
    ease = rng.gamma(0.5, 2.0, (n, 1))
    heavy = ease * people.weight
    stuck = there & (rng.random(there.shape) < np.minimum(0.5, world.stuck * heavy))
    coins = there & (ease > 1) & (rng.random(there.shape) < world.coin * heavy)
    moved = _elsewhere(rng, there & (people.weight == 1) & ~stuck, stuck) if world.elsewhere else stuck
    spots = _Spots.of(people)
    found = []
    for arm, always in (("candidate", moved), ("other", stuck)):
        quiet = world.quiet and arm == "candidate"
        shape = (n, 1 if arm in world.frozen else draws, there.shape[1])
        tossed = coins[:, None, :] & (rng.random(shape) < 0.5) if not quiet else False
        stray = there[:, None, :] & (rng.random(shape) < world.even * people.weight[:, None, :] * (not quiet))
        wrong = always[:, None, :] | tossed | stray
        gone = np.zeros(shape, dtype=np.bool_)
        if world.outage:
            gone = _outages(rng, people, np.minimum(0.4, world.outage * ease), shape)
        one = _answered(people, spots, wrong, gone)
        found.append(_repeated(one, draws) if shape[1] < draws else one)
    return Answers(found[0], found[1], spots.names, spots.has)


def _elsewhere(rng: np.random.Generator, free: Bools, stuck: Bools) -> Bools:
    """As many values of each person, among those that are free."""
    keys = np.where(free, rng.random(free.shape), 2.0)
    ranks = np.argsort(np.argsort(keys, axis=1), axis=1)
    many = np.minimum(stuck.sum(axis=1), free.sum(axis=1))
    return np.asarray(ranks < many[:, None])


def _outages(rng: np.random.Generator, people: People, rate: Floats, shape: tuple[int, ...]) -> Bools:
    """Values of a section, or of one role, that a whole draw lacks."""
    sections = np.array([list(SECTION_FIELDS).index(section_of(name)) if "[]" in name else -1 for name in FIELDS])
    section = np.where(people.field >= 0, sections[people.field], -1)
    there = np.stack([(section == place).any(axis=1) for place in range(len(SECTION_FIELDS))], axis=1)
    keys = np.where(there[:, None, :], rng.random((*shape[:2], there.shape[1])), -1.0)
    chosen = keys.argmax(axis=2)
    roles = np.where(section == 0, people.entry, -1).max(axis=1) + 1
    role = (rng.random(shape[:2]) * roles[:, None]).astype(np.int64)
    struck = rng.random(shape[:2]) < rate
    gone = struck[..., None] & (section[:, None, :] == chosen[..., None])
    return np.asarray(gone & ((chosen[..., None] != 0) | (people.entry[:, None, :] == role[..., None])))


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where values stand that gates ask about. at: person × item, the column of a critical value (−1 for none)."""

    at: Whole
    names: tuple[str, ...]
    has: Bools

    @classmethod
    def of(cls, people: People) -> _Spots:
        columns, names = [], []
        for name in FIELDS:
            if name not in CRITICAL:
                continue
            mine = people.field == _PLACE[name]
            for entry in range(int(people.entry[mine].max(initial=-1)) + 1):
                here = mine & (people.entry == entry)
                columns.append(np.where(here.any(axis=1), here.argmax(axis=1), -1))
                names.append(name)
        at = np.stack(columns, axis=1)
        return cls(at, tuple(names), at >= 0)


def _answered(people: People, spots: _Spots, wrong: Bools, gone: Bools) -> Answered:
    there = people.field >= 0
    one_hot = (people.field[:, :, None] == np.arange(len(FIELDS))).astype(np.float32)
    missing = (wrong & people.lost[:, None, :]) | gone
    golden = np.repeat(one_hot.sum(axis=1)[:, None, :], wrong.shape[1], axis=1)
    answer = (there[:, None, :] & ~missing).astype(np.float32) @ one_hot
    correct = (there[:, None, :] & ~wrong & ~gone).astype(np.float32) @ one_hot
    sections = np.stack([_whole(golden, answer, section) for section in SECTION_FIELDS if section not in _ENTRIED], 2)
    entries = [sections]
    for section in _ENTRIED:
        mine = there & np.array([section_of(name) == section for name in FIELDS])[people.field]
        most = int(people.entry[mine].max(initial=-1)) + 1
        entries.append(
            np.stack([(gone & (mine & (people.entry == entry))[:, None, :]).any(axis=2) for entry in range(most)], 2)
        )
    at = np.maximum(spots.at, 0)[:, None, :]
    not_right = np.take_along_axis(wrong & ~gone, np.broadcast_to(at, (*wrong.shape[:2], at.shape[2])), axis=2)
    critical = not_right & spots.has[:, None, :]
    return Answered(
        golden.astype(float), answer.astype(float), correct.astype(float), np.concatenate(entries, axis=2), critical
    )


def _whole(golden: Floats, answer: Floats, section: str) -> Bools:
    """Whether answers have nothing of a section that the CV has: person × draw."""
    places = [place for place, name in enumerate(FIELDS) if section_of(name) == section]
    return np.asarray((golden[..., places].sum(axis=-1) > 0) & (answer[..., places].sum(axis=-1) == 0))


def _repeated(one: Answered, draws: int) -> Answered:
    """The first draw again and again."""
    golden, answer, correct = (np.repeat(table, draws, axis=1) for table in (one.golden, one.answer, one.correct))
    return Answered(golden, answer, correct, np.repeat(one.lost, draws, axis=1), np.repeat(one.critical, draws, axis=1))


def groups_of(one: Answered) -> dict[str, Floats]:
    """F1 of each group of fields, person × draw."""
    return {name: one.f1(paths) for name, paths in GROUPS.items()}
