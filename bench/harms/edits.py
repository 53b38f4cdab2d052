"""What a change does to an answer: small edits, put together in the catalogue."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.harms.people import Cv, Subject


@dataclass(frozen=True, slots=True)
class About:
    """What an edit may know. other: somebody else of the run; rng: the same in each draw of a person."""

    subject: Subject
    other: Subject
    rng: random.Random
    draw: int


Edit: TypeAlias = Callable[[Cv, About], "Cv | str | None"]
"""Changes the object in place, or returns another answer in its place: an object, or a model's text."""
Pick: TypeAlias = Callable[[list[Any], About], list[Any]]
Value: TypeAlias = Callable[[Any, About], Any]
"""A new value for an old one; None takes a list's item out and empties anything else."""


def every(spots: list[Any], _: About) -> list[Any]:
    return spots


def first(spots: list[Any], _: About) -> list[Any]:
    return spots[:1]


def last(spots: list[Any], _: About) -> list[Any]:
    return spots[-1:]


def one(spots: list[Any], about: About) -> list[Any]:
    return [about.rng.choice(spots)] if spots else []


def third(spots: list[Any], about: About) -> list[Any]:
    """A third of them, at least one."""
    return about.rng.sample(spots, max(1, len(spots) // 3)) if spots else []


def spots(cv: Cv, path: str) -> Iterator[tuple[Any, Any]]:
    """Containers and keys at a path: `skills` is the list, `skills[]` each item, `work_experience[].company` each."""
    steps = path.split(".")

    def walk(holder: Any, key: Any, rest: list[str]) -> Iterator[tuple[Any, Any]]:
        if not rest:
            yield holder, key
            return
        step, value = rest[0], holder[key]
        if step == "[]":
            for index in range(len(value) if isinstance(value, list) else 0):
                yield from walk(value, index, rest[1:])
        elif isinstance(value, dict) and step in value:
            yield from walk(value, step, rest[1:])

    flat = [part for step in steps for part in ([step[:-2], "[]"] if step.endswith("[]") else [step])]
    yield from walk({"": cv}, "", flat)


def at(path: str, value: Value, pick: Pick = every, *, empty: bool = False) -> Edit:
    """Change the picked non-empty values at a path (`empty`: the empty ones). Lists may be changed as wholes."""

    def edit(cv: Cv, about: About) -> None:
        found = [spot for spot in spots(cv, path) if bool(spot[0][spot[1]]) != empty]
        gone: list[tuple[Any, Any]] = []
        for holder, key in pick(found, about):
            new = value(holder[key], about)
            if new is None and isinstance(holder, list):
                gone.append((holder, key))
            elif new is None:
                holder[key] = [] if isinstance(holder[key], list) else ""
            else:
                holder[key] = new
        for holder, key in sorted(gone, key=lambda spot: -int(spot[1])):
            del holder[key]

    return edit


def lose(path: str, pick: Pick = every) -> Edit:
    return at(path, lambda _value, _about: None, pick)


def put(path: str, text: str, pick: Pick = every, *, empty: bool = False) -> Edit:
    return at(path, lambda _value, _about: text, pick, empty=empty)


def words(path: str, change: Callable[[str], str], pick: Pick = every) -> Edit:
    return at(path, lambda value, _about: change(value), pick)


def everywhere(change: Callable[[str], str]) -> Edit:
    """Change every string of the answer but ids and dates."""
    kept = {"id", "start_date", "end_date", "date", "year", "expiry", "email", "linkedin", "portfolio", "phone"}

    def walk(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: walk(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [walk(each, key) for each in value]
        return change(value) if key not in kept else value

    return lambda cv, _about: {name: walk(each, name) for name, each in cv.items()}


def both(*edits: Edit) -> Edit:
    """One edit after the other. A text, once made, stays."""

    def edit(cv: Cv, about: About) -> Cv | str | None:
        answer: Cv | str = cv
        for each in edits:
            if isinstance(answer, str):
                break
            made = each(answer, about)
            answer = answer if made is None else made
        return answer

    return edit


def borrow(path: str) -> Edit:
    """The other person's value in the place of the own one."""

    def edit(cv: Cv, about: About) -> None:
        there = [spot for spot in spots(about.other.cv, path) if spot[0][spot[1]]]
        here = list(spots(cv, path))
        if there and here:
            here[0][0][here[0][1]] = _copy(there[0][0][there[0][1]])

    return edit


def graft(section: str) -> Edit:
    """The other person's first entry of a section beside the own ones, with an id of its own."""

    def edit(cv: Cv, about: About) -> None:
        if about.other.cv[section]:
            entry = _copy(about.other.cv[section][0])
            if isinstance(entry, dict) and "id" in entry:
                entry["id"] = f"{section}-x"
            cv[section].insert(0, entry)

    return edit


def add(section: str, entry: Any, *, end: bool = False) -> Edit:
    def edit(cv: Cv, about: About) -> None:
        cv[section].insert(len(cv[section]) if end else 0, _copy(entry))

    return edit


def _copy(value: Any) -> Any:
    import copy

    return copy.deepcopy(value)
