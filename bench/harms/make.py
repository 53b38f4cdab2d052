"""Answers of two arms in one world, with one change in the candidate: a pure, seeded function."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence

from bench.harms.change import Change, Line
from bench.harms.edits import About
from bench.harms.people import Cv, Subject
from bench.harms.worlds import Arm, World, answer

MODEL = "gpt-4o-2024-08-06"
"""It has a price, so that cost can be decided."""
_INSTRUCTIONS = 900
"""Input tokens beside the CV's own."""


def make(world: World, change: Change, people: Sequence[Subject], draws: int, seed: int, *, step: int = 0) -> str:
    """The answers' file for `cv-harness run --answers`: JSONL, baseline and candidate, each document and draw.

    step: of a change in several steps, which one (0 is the first): what the steps before it did is in both arms, and
    beside them stands the anchor, what was accepted before the first step, in draws of its own.
    Raises ValueError where the change can touch nobody here: then there is nothing to judge.
    """
    touched = affected(change, people, seed)
    if not touched:
        raise ValueError(f"{change.name}: nobody here has what it changes")
    made = lines(world, change, people, draws, seed, touched, step)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in made)


def affected(change: Change, people: Sequence[Subject], seed: int) -> tuple[str, ...]:
    """Whose answers it changes, in the order in which steps reach them.

    Drawn among the people in whom it changes a perfect answer, or at least the line; in a better answer, everybody.
    """
    able = [
        person
        for person in dict.fromkeys(each.person for each in people)
        if any(_can(change, each, people, seed) for each in people if each.person == person)
    ]
    random.Random(f"{seed}/{change.name}/who").shuffle(able)
    if change.size is None:
        return tuple(able)
    number = change.size if isinstance(change.size, int) else max(1, round(change.size * len(able)))
    return tuple(able[: number * change.steps])


def _can(change: Change, subject: Subject, people: Sequence[Subject], seed: int) -> bool:
    if not change.where(subject):
        return False
    if change.line is not None or change.kind in ("better", "same"):
        return True
    given = copy.deepcopy(subject.cv)
    made = change.edit(given, _about(change, subject, people, seed, 0))
    return isinstance(made, str) or (given if made is None else made) != subject.cv or _key_order(made, subject.cv)


def _key_order(made: Cv | None, cv: Cv) -> bool:
    return made is not None and list(made) != list(cv)


def _about(change: Change, subject: Subject, people: Sequence[Subject], seed: int, draw: int) -> About:
    rng = random.Random(f"{seed}/{subject.document}/{change.name}")
    others = [each for each in people if each.person != subject.person and not each.twin] or [subject]
    return About(subject, rng.choice(others), rng, draw)


def lines(
    world: World, change: Change, people: Sequence[Subject], draws: int, seed: int, touched: Sequence[str], step: int
) -> Iterator[Line]:
    """The lines of `make`, one after the other. touched: whose answers are changed (`affected`)."""
    per_step = len(touched) if change.steps == 1 else max(1, len(touched) // change.steps)
    reached: dict[str, frozenset[str]] = {
        "baseline": frozenset(touched[: step * per_step]),
        "candidate": frozenset(touched[: (step + 1) * per_step]),
    }
    if step:
        reached["anchor"] = frozenset()
    for subject in people:
        hit = frozenset(
            random.Random(f"{seed}/{subject.person}/draws").sample(range(draws), min(draws, change.draws or draws))
        )
        for arm, whom in reached.items():
            for draw in range(draws):
                maker: Arm = "candidate" if arm == "candidate" else "baseline"
                luck = draws + draw if arm == "anchor" else draw
                line = _line(answer(world, subject, maker, luck, seed), subject, arm, draw, seed)
                if subject.person in whom and draw in hit and change.where(subject):
                    made = change.edit(line["answer"], _about(change, subject, people, seed, draw))
                    line["answer"] = line["answer"] if made is None else made
                    if change.line is not None:
                        change.line(line)
                yield {key: value for key, value in line.items() if value is not None or key == "answer"}


def _line(cv: Cv, subject: Subject, arm: str, draw: int, seed: int) -> Line:
    """Tokens grow with the CV; time is log-normal with a standard deviation of .35."""
    luck = random.Random(f"{seed}/{subject.document}/{arm}/{draw}/time")
    size = len(json.dumps(subject.cv, ensure_ascii=False))
    return {
        "document": subject.document,
        "pipeline": arm,
        "answer": cv,
        "error": None,
        "latency_ms": round(2500 * luck.lognormvariate(0, 0.35), 1),
        "model": MODEL,
        "usage": {"input_tokens": _INSTRUCTIONS + size // 4, "output_tokens": max(1, len(json.dumps(cv)) // 4)},
        "repeat": draw,
    }
