"""Entries of golden and answer, paired: the same role is found wherever it stands and whatever else is wrong in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import TypeAlias

from harness.scoring.assign import Pair, best_pairs, groups
from harness.scoring.comparators import compare
from harness.scoring.layout import Comparator, Section
from harness.scoring.reading import Entry, Value
from harness.values.aliases import degree_words, language_key, organisation_words, title_readings
from harness.values.dates import CvDate, parse_date
from harness.values.normalise import normalise, tokens, unaccented, words

THRESHOLD = 0.5
"""Least similarity of a pair."""
IDENTITY_SHARE = 0.7
"""Share of identity in the similarity where both sides have bullets; the rest is what their bullets have in common."""
_DETAIL = 1e-6
"""Weight of all other values, that breaks ties by content."""
_LEAST_WORDS = 0.5
_MOST_COMBINATIONS = 64
_EPSILON = 1e-9

_UMLAUT = re.compile("([aou])e|(?<=a)a")
"""ae, oe, ue and aa, which may stand for ä, ö, ü and å."""

Key: TypeAlias = "frozenset[str] | CvDate"


@dataclass(slots=True)
class _Side:
    """One entry, ready to be compared: a key for each field that says which entry it is (None where empty)."""

    entry: Entry
    keys: tuple[Key | None, ...]
    bullets: Sequence[Value]
    together: frozenset[str] = frozenset()
    """Words of degree and field, which another side may divide otherwise."""
    shingles: frozenset[object] | None = None


def align(
    golden: Sequence[Entry],
    answer: Sequence[Entry],
    section: Section,
    accept: Mapping[str, Sequence[str]] | None = None,
) -> list[Pair]:
    """Index pairs (golden, answer), sorted by the golden's. accept: further right values by golden path."""
    if not golden or not answer:
        return []
    pairs = _evident(golden, answer, section)
    if len(pairs) == min(len(golden), len(answer)):
        return sorted(pairs)
    taken_ours, taken_theirs = {one for one, _ in pairs}, {other for _, other in pairs}
    ours = {i: _side(entry, section) for i, entry in enumerate(golden) if i not in taken_ours}
    theirs = {j: _side(entry, section) for j, entry in enumerate(answer) if j not in taken_theirs}
    weights = [scalar.weight for scalar in section.telling]
    identities: dict[Pair, float] = {}
    for i, one in ours.items():
        others = _alternatives(one, section, accept)[1:] if accept else ()
        for j, other in theirs.items():
            found = _identity(*_as_divided(one, other, section), weights)
            if others:
                found = max(found, *[_identity(keys, other.keys, weights) for keys in others])
            if _most(found, one, other) >= THRESHOLD - _EPSILON:
                identities[i, j] = found
    edges = _with_bullets(identities, ours, theirs)
    pairs.extend(_break_ties(edges, ours, theirs))
    return sorted(pairs)


def _most(identity: float, one: _Side, other: _Side) -> float:
    """The most that the similarity can be, whatever the bullets."""
    return IDENTITY_SHARE * identity + 1 - IDENTITY_SHARE if one.bullets and other.bullets else identity


def _with_bullets(
    identities: Mapping[Pair, float], ours: Mapping[int, _Side], theirs: Mapping[int, _Side]
) -> dict[Pair, float]:
    """Similarity less threshold of every pair that reaches it. Bullets are compared only where they can change which
    pairs are made."""
    edges: dict[Pair, float] = {}
    for group in groups(identities):
        for i, j in group:
            identity, one, other = identities[i, j], ours[i], theirs[j]
            similarity = identity
            if one.bullets and other.bullets:
                similarity = IDENTITY_SHARE * identity
                if len(group) > 1 or similarity < THRESHOLD:
                    similarity += (1 - IDENTITY_SHARE) * _bullets_alike(one, other)
            if similarity >= THRESHOLD - _EPSILON:
                edges[i, j] = max(similarity - THRESHOLD, 0.0)
    return edges


def _side(entry: Entry, section: Section) -> _Side:
    scalars = entry.scalars
    keys = tuple(
        _key(scalar.comparator, value.text) if (value := scalars.get(scalar.name)) else None
        for scalar in section.telling
    )
    degrees = [
        key
        for key, scalar in zip(keys, section.telling, strict=True)
        if isinstance(key, frozenset) and scalar.comparator == "degree"
    ]
    bullets = entry.lists.get(section.bullets, ()) if section.bullets else ()
    return _Side(entry, keys, bullets, frozenset[str]().union(*degrees))


def _as_divided(one: _Side, other: _Side, section: Section) -> tuple[tuple[Key | None, ...], tuple[Key | None, ...]]:
    """The keys of both; where degree and field say the same together but are divided otherwise, as if they were not."""
    if not one.together or one.keys == other.keys or one.together != other.together:
        return one.keys, other.keys
    ours, theirs = (
        tuple(
            one.together if scalar.comparator == "degree" else key
            for key, scalar in zip(side.keys, section.telling, strict=True)
        )
        for side in (one, other)
    )
    return ours, theirs


@lru_cache(maxsize=16384)
def _key(comparator: Comparator, text: str) -> Key:
    """What of a value says which entry it belongs to: its words, accents aside, or its date."""
    if comparator == "date":
        return parse_date(text) or frozenset(words(text) or (normalise(text),))
    plain = _UMLAUT.sub(r"\1", unaccented(text)).replace("'", "")
    match comparator:
        case "organisation":
            found = organisation_words(plain)
        case "title":
            found = title_readings(plain)[0]
        case "degree":
            found = degree_words(plain)
        case "language":
            found = (language_key(plain),)
        case _:
            found = words(plain)
    if not all(map(str.isascii, found)):
        found = tokens(" ".join(found))
    return frozenset(found or (normalise(text),))


def _evident(golden: Sequence[Entry], answer: Sequence[Entry], section: Section) -> list[Pair]:
    """Pairs that are the same in all that says which entry they are, bullets included, and the only ones so."""
    names = [scalar.name for scalar in section.telling]
    first, second = ([_signature(entry, names, section.bullets) for entry in side] for side in (golden, answer))
    empty = ("",) * len(names)
    where = {signature: index for index, signature in enumerate(second)}
    if len(where) == len(second) and len(set(first)) == len(first):
        return [
            (index, where[signature])
            for index, signature in enumerate(first)
            if signature in where and signature != empty
        ]
    once, once_there = Counter(first), Counter(second)
    return [
        (index, where[signature])
        for index, signature in enumerate(first)
        if signature in where and once[signature] == once_there[signature] == 1 and signature != empty
    ]


def _signature(entry: Entry, names: Sequence[str], bullets: str | None) -> tuple[str, ...]:
    scalars = entry.scalars
    found = tuple([scalars[name].text if name in scalars else "" for name in names])
    listed = entry.lists.get(bullets) if bullets else None
    return (*found, *sorted([bullet.text for bullet in listed])) if listed else found


def _alternatives(
    side: _Side, section: Section, accept: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[Key | None, ...], ...]:
    """Keys of an entry, and the same with accepted values in place of the golden's, in every combination."""
    choices = [
        [
            key,
            *(
                _key(scalar.comparator, text)
                for text in (accept or {}).get(f"{side.entry.path}.{scalar.name}", ())
                if text
            ),
        ]
        for key, scalar in zip(side.keys, section.telling, strict=True)
    ]
    return tuple(islice(product(*choices), _MOST_COMBINATIONS))


def _identity(keys: Sequence[Key | None], other_keys: Sequence[Key | None], weights: Sequence[float]) -> float:
    """Weighted share of what says which entry it is that is the same, over what either side has."""
    total = same = 0.0
    for key, other_key, weight in zip(keys, other_keys, weights, strict=True):
        if key is None:
            if other_key is not None:
                total += weight
            continue
        total += weight
        if other_key is not None:
            same += weight if key == other_key else weight * _alike(key, other_key)
    return same / total if total else 0.0


def _alike(one: Key, other: Key) -> float:
    if isinstance(one, CvDate):
        return 0.5 if isinstance(other, CvDate) and one.year and one.year == other.year else 0.0
    if isinstance(other, CvDate) or one.isdisjoint(other):
        return 0.0
    common = len(one & other)
    share = 2 * common / (len(one) + len(other))
    return share if share >= _LEAST_WORDS else 0.0


def _bullets_alike(one: _Side, other: _Side) -> float:
    """Share of the shorter side's pairs of neighbouring words that the other side has too."""
    for side in (one, other):
        if side.shingles is None:
            side.shingles = frozenset[object]().union(*[_shingles(bullet.text) for bullet in side.bullets])
    ours, theirs = one.shingles, other.shingles
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / min(len(ours), len(theirs))


@lru_cache(maxsize=8192)
def _shingles(text: str) -> tuple[tuple[str, ...], ...]:
    found = tokens(text)
    return tuple(pairwise(found)) if len(found) > 1 else (found,)


def _break_ties(edges: dict[Pair, float], ours: Mapping[int, _Side], theirs: Mapping[int, _Side]) -> list[Pair]:
    """The best pairs. Where entries compete, all their values count a little, and rows and columns are ordered by
    content: where an entry stands must not decide."""
    if all(len(group) == 1 for group in groups(edges)):
        return best_pairs(edges)
    rows = sorted({row for row, _ in edges}, key=lambda row: _content(ours[row].entry))
    columns = sorted({column for _, column in edges}, key=lambda column: _content(theirs[column].entry))
    row_at, column_at = {row: i for i, row in enumerate(rows)}, {column: i for i, column in enumerate(columns)}
    weights = {
        (row_at[i], column_at[j]): weight + _DETAIL * _detail(ours[i].entry, theirs[j].entry)
        for (i, j), weight in edges.items()
    }
    return [(rows[row], columns[column]) for row, column in best_pairs(weights)]


def _content(entry: Entry) -> tuple[object, ...]:
    """An entry's content, whatever its place and the order of its lists."""
    return (
        sorted((name, value.text) for name, value in entry.scalars.items()),
        sorted((name, sorted(value.text for value in values)) for name, values in entry.lists.items()),
    )


def _detail(one: Entry, other: Entry) -> float:
    """Share of the two entries' values that are the same, 0 … 1."""
    same = sum(
        1
        for name, value in one.scalars.items()
        if name in other.scalars and normalise(value.text) == normalise(other.scalars[name].text)
    )
    for name, values in one.lists.items():
        theirs = {normalise(value.text) for value in other.lists.get(name, ())}
        same += sum(normalise(value.text) in theirs for value in values)
    return 2 * same / max(1, one.leaves() + other.leaves())


def is_repeat(entry: Entry, of: Entry, section: Section) -> bool:
    """Whether an entry says again what another of the same side says: nearly all that tells entries apart is the
    same, and nothing is missing from it that would make it another one."""
    one, other = _side(entry, section), _side(of, section)
    total = same = 0.0
    for scalar in section.telling:
        mine, theirs = entry.scalars.get(scalar.name), of.scalars.get(scalar.name)
        if mine is None:
            continue
        total += scalar.weight
        if theirs is not None and compare(scalar.comparator, theirs.text, mine.text).kind != "wrong":
            same += scalar.weight
    if not total or same / total < 0.85:
        return False
    return not one.bullets or not other.bullets or _bullets_alike(one, other) >= THRESHOLD
