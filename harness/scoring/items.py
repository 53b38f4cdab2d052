"""Lists of names (skills, technologies): two sets, matched one to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import OSA

from harness.scoring.comparators import similar_skill
from harness.scoring.reading import Value
from harness.scoring.witness import NO_WITNESS, Witness
from harness.values.aliases import skill_key
from harness.values.normalise import normalise, words

ItemKind: TypeAlias = Literal["correct", "wrong", "missing", "invented", "duplicate", "repeated"]
_MOST_COMPARED = 40_000
_LEAST_LOOK_ALIKE, _LOOK_ALIKE = 6, 0.8


class ItemMatch(NamedTuple):
    """One item of either side, or a pair. `repeated`: the golden says it twice (counted once)."""

    kind: ItemKind
    golden: Value | None
    answer: Value | None
    note: str = ""


def match_items(
    golden: Sequence[Value],
    answer: Sequence[Value],
    accept: Mapping[str, Sequence[str]] | None = None,
    witness: Witness = NO_WITNESS,
) -> list[ItemMatch]:
    """Golden items in their order, then what only the answer has.

    A left-over pair that looks like a substitution (Java, JavaScript) is one wrong item, not a missing and an
    invented one: it costs the same and says more.
    """
    found: dict[str, ItemMatch] = {}
    verbatim = {value.text: value for value in reversed(answer)}
    all_there = len(verbatim) == len(answer) == len(golden) and all(value.text in verbatim for value in golden)
    if all_there and len({value.text for value in golden}) == len(golden):
        return [ItemMatch("correct", value, verbatim[value.text]) for value in golden]
    ours, _ = _unique(golden)
    theirs, repeats = _unique(answer, {value.text for value in golden})
    for key, value in ours.items():
        if key in theirs:
            other = theirs.pop(key)
            same = value.text == other.text or normalise(value.text) == normalise(other.text)
            found[value.path] = ItemMatch("correct", value, other, "" if same else "other spelling")
    left = {key: value for key, value in ours.items() if value.path not in found}
    if accept:
        for value in left.values():
            for text in accept.get(value.path, ()):
                if text and skill_key(text) in theirs:
                    found[value.path] = ItemMatch("correct", value, theirs.pop(skill_key(text)), "accepted alternative")
                    break
        left = {key: value for key, value in left.items() if value.path not in found}
    if left and theirs and len(left) * len(theirs) <= _MOST_COMPARED:
        _pair_similar(left, theirs, found, witness)
        _pair_substitutes(left, theirs, found)
    result = [found.get(value.path) or ItemMatch("missing", value, None) for value in ours.values()]
    result.extend(ItemMatch("invented", None, value) for value in theirs.values())
    result.extend(ItemMatch("duplicate", None, value, "repeated") for value in repeats)
    return result


def _unique(values: Sequence[Value], spelt: Collection[str] = ()) -> tuple[dict[str, Value], list[Value]]:
    """The first value of each key, one that is `spelt` like the other side's if there is any, and the others."""
    first: dict[str, Value] = {}
    repeats = []
    for value in values:
        key = skill_key(value.text)
        if key in first:
            rather = value.text in spelt and first[key].text not in spelt
            repeats.append(first[key] if rather else value)
            first[key] = value if rather else first[key]
        else:
            first[key] = value
    return first, repeats


def _pair_similar(
    left: dict[str, Value], theirs: dict[str, Value], found: dict[str, ItemMatch], witness: Witness
) -> None:
    pairs = sorted(
        (_alike(key, other_key), *sorted((key, other_key)), key, other_key)
        for key, value in left.items()
        for other_key, other in theirs.items()
        if _could_be(value.text, other.text) and similar_skill(value.text, other.text, witness)
    )
    for *_, key, other_key in pairs:
        if key in left and other_key in theirs:
            value = left.pop(key)
            found[value.path] = ItemMatch("correct", value, theirs.pop(other_key), "nearly the same spelling")


def _pair_substitutes(left: dict[str, Value], theirs: dict[str, Value], found: dict[str, ItemMatch]) -> None:
    pairs = sorted(
        (_alike(key, other_key), *sorted((key, other_key)), key, other_key)
        for key, value in left.items()
        for other_key, other in theirs.items()
        if _substitutes(key, other_key, value.text, other.text)
    )
    for *_, key, other_key in pairs:
        if key in left and other_key in theirs:
            value = left.pop(key)
            found[value.path] = ItemMatch("wrong", value, theirs.pop(other_key))


def _could_be(one: str, other: str) -> bool:
    """Cheap test before the exact one: a typing difference changes the length by little. As written, not by their keys:
    a misspelt name has no long form ("Photoshop" is "adobe photoshop")."""
    return abs(len(one) - len(other)) <= 3 or not (one.isascii() and other.isascii())


def _alike(key: str, other: str) -> float:
    """Negative similarity, so that sorting puts the most alike first."""
    return -OSA.normalized_similarity(key, other)


def _substitutes(key: str, other: str, text: str, other_text: str) -> bool:
    """Whether two different names look alike enough for one to stand in for the other."""
    if min(len(key), len(other)) >= 3 and (key.startswith(other) or other.startswith(key)):
        return True
    if min(len(key), len(other)) <= 2:
        return (
            key[:1] == other[:1] and max(len(key), len(other)) <= 3 and key[:1].isalpha() and len(key) + len(other) > 2
        )
    for one, two in ((key, other), (normalise(text), normalise(other_text))):
        if min(len(one), len(two)) >= _LEAST_LOOK_ALIKE and OSA.normalized_similarity(one, two) >= _LOOK_ALIKE:
            return True
    shared = set(words(text)) & set(words(other_text))
    return bool(shared) and 2 * len(shared) / (len(words(text)) + len(words(other_text))) >= 0.5
