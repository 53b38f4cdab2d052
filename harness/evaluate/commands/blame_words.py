"""What blame came to, in words and figures, and blame.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from harness.base.canonical import pretty
from harness.base.types import Json
from harness.review.blame import LEVEL, Applied, Blame, Effect, effect

Figures: TypeAlias = Mapping[str, Mapping[str, float]]
"""F1 by field (and of them all together), then by persona."""

TOGETHER = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One tested set of edits, in words."""

    sentence: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class FieldEffect:
    """What guilty edits do to one field alone."""

    field: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Found:
    """What blame came to, in words and figures. fields: whose F1, taken together, the effects are about; by_field: of
    the guilty edits, one by one; cost in US dollars."""

    sentence: str
    effects: tuple[Sentence, ...]
    by_field: tuple[FieldEffect, ...]
    blame: Blame
    fields: tuple[str, ...]
    documents: int
    draws: int
    cost: str


def in_words(
    blame: Blame,
    fields: tuple[str, ...],
    by_field: tuple[FieldEffect, ...],
    documents: int,
    draws: int,
    cost: Decimal,
) -> Found:
    about = " and ".join(fields) if fields else "all fields"
    together = f"{about} together" if len(fields) > 1 else about
    rest = len(blame.edits) - len(blame.guilty)
    others = f"; the other {f'{rest} edits' if rest > 1 else 'edit'}: nothing shown" if rest else ""
    if blame.verdict == "cannot tell":
        sentence = f"cannot tell: {blame.reason}"
    else:
        told = [_guilt(each, blame, by_field) for each in _guilty(blame)]
        level = f"{draws} draws, {100 * (1 - LEVEL):.0f} % intervals for each field, over all edits"
        sentence = f"{'; '.join(told)} ({level}); {blame.reason}{others}"
    effects = tuple(
        Sentence(
            f"{_labels(effect, blame)}: {together} {_figures(effect)}, {draws} draws"
            + ("" if effect.shown else " (nothing shown)"),
            effect,
        )
        for effect in sorted(blame.effects, key=lambda each: each.value)
    )
    return Found(sentence, effects, by_field, blame, fields, documents, draws, f"{cost:.4f}")


def _guilt(guilty: Effect, blame: Blame, by_field: Sequence[FieldEffect]) -> str:
    """One guilty edit (or pair) and what it does to each field; to all fields where none is named."""
    single = [each for each in by_field if each.effect.edits == guilty.edits]
    told = [
        f"`{each.field}` {_figures(each.effect)}" + ("" if each.effect.shown else ", not shown alone")
        for each in single
    ]
    return f"{_labels(guilty, blame)} {', '.join(told) or f'all fields {_figures(guilty)}'}"


def _labels(effect: Effect, blame: Blame) -> str:
    return " and ".join(blame.edits[place].label for place in effect.edits)


def _figures(effect: Effect) -> str:
    low, high = _bounds(effect)
    shown = f"[{_number(low)}, {_number(high)}]" if low is not None and high is not None else "[unbounded]"
    return f"{_number(effect.value)} pts {shown}, {effect.n} CVs"


def _bounds(effect: Effect) -> tuple[float | None, float | None]:
    """The interval, no wider than a difference of F1 can be; nothing where one person is all there is."""
    if not math.isfinite(effect.lower):
        return None, None
    return max(-1.0, effect.lower), min(1.0, effect.upper)


def _number(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def keep(folder: Path, found: Found) -> None:
    """blame.json in the run's folder, from where its page and summaries take it."""
    value = {
        "sentence": found.sentence,
        "verdict": found.blame.verdict,
        "fields": list(found.fields),
        "documents": found.documents,
        "draws": found.draws,
        "level": 1 - LEVEL,
        "cost": found.cost,
        "edits": [asdict(edit) | {"label": edit.label} for edit in found.blame.edits],
        "guilty": list(found.blame.guilty),
        "effects": [_plain(each.effect) | {"sentence": each.sentence} for each in found.effects],
        "by_field": [_plain(each.effect) | {"field": each.field} for each in found.by_field],
    }
    (folder / "blame.json").write_text(pretty(json.loads(json.dumps(value))), encoding="utf-8")


def _plain(effect: Effect) -> dict[str, Json]:
    low, high = _bounds(effect)
    return {
        "edits": list(effect.edits),
        "value": effect.value,
        "lower": low,
        "upper": high,
        "n": effect.n,
        "shown": effect.shown,
    }


def by_field(blame: Blame, measured: Mapping[Applied, Figures], fields: tuple[str, ...]) -> tuple[FieldEffect, ...]:
    """What each guilty edit (or pair of them) does to each field; a field's intervals hold together over all edits."""
    everything = frozenset(range(len(blame.edits)))
    tests = len(blame.edits)
    return tuple(
        FieldEffect(
            name, effect(each.edits, measured[everything][name], measured[everything - set(each.edits)][name], tests)
        )
        for each in _guilty(blame)
        for name in fields
    )


def _guilty(blame: Blame) -> list[Effect]:
    """The effects that the blame rests on, the worst first: of single edits, else of the pair that explains it."""
    found = [each for each in blame.effects if each.shown and set(each.edits) <= set(blame.guilty)]
    return sorted(found, key=lambda each: each.value)
