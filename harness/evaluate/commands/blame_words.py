"""What blame came to, in words and figures, and blame.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from harness.base.canonical import pretty
from harness.base.files import write_whole
from harness.base.types import Json
from harness.evaluate.commands.blame_measure import Measure, Measured
from harness.gates.words import times
from harness.review.blame import LEVEL, POINTS, Applied, Blame, Effect, Scale, effect


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
    """What blame came to, in words and figures. measure: what the effects are of; by_field: F1 of its fields, one by
    one, for the guilty edits; documents: that got worse in it, `of` so many; cost in US dollars."""

    sentence: str
    effects: tuple[Sentence, ...]
    by_field: tuple[FieldEffect, ...]
    blame: Blame
    measure: Measure
    documents: int
    of: int
    draws: int
    cost: str


def in_words(
    blame: Blame,
    measure: Measure,
    by_field: tuple[FieldEffect, ...],
    documents: tuple[int, int],
    draws: int,
    cost: Decimal,
) -> Found:
    """documents: how many were asked anew, and of how many."""
    many, of = documents
    rest = len(blame.edits) - len(blame.guilty)
    others = f"; the other {f'{rest} edits' if rest > 1 else 'edit'}: nothing shown" if rest else ""
    if blame.verdict == "cannot tell":
        sentence = f"cannot tell: {blame.reason}"
    else:
        told = [_guilt(each, blame, measure, by_field) for each in _guilty(blame)]
        level = f"on the {many} of {of} CVs that got worse in it, asked {times(draws)} anew; {100 * (1 - LEVEL):.0f} % "
        level += "intervals, over all edits"
        sentence = f"{'; '.join(told)} ({level}); {blame.reason}{others}"
    effects = tuple(
        Sentence(
            f"{_labels(effect, blame)}: {measure.what} {_figures(effect, measure.scale)}"
            + ("" if effect.shown else " (nothing shown)"),
            effect,
        )
        for effect in sorted(blame.effects, key=lambda each: each.value)
    )
    return Found(sentence, effects, by_field, blame, measure, many, of, draws, f"{cost:.4f}")


def _guilt(guilty: Effect, blame: Blame, measure: Measure, by_field: Sequence[FieldEffect]) -> str:
    """One guilty edit (or pair) and what it does to each field, or to the gate's own figure."""
    single = [each for each in by_field if each.effect.edits == guilty.edits]
    told = [
        f"`{each.field}` {_figures(each.effect, POINTS)}" + ("" if each.effect.shown else ", not shown alone")
        for each in single
        if measure.scale is POINTS or each.effect.shown
    ]
    if measure.scale is not POINTS or not told:
        told.insert(0, f"{measure.what} {_figures(guilty, measure.scale)}")
    return f"{_labels(guilty, blame)} {', '.join(told)}"


def _labels(effect: Effect, blame: Blame) -> str:
    return " and ".join(blame.edits[place].label for place in effect.edits)


def _figures(effect: Effect, scale: Scale) -> str:
    """An effect with its interval: a harm that is counted, or tokens, is more of it, so its sign is turned."""
    sign = 1 if scale is POINTS else -1
    ends = [end for end in _bounds(effect, scale) if end is not None]
    shown = f"[{', '.join(_number(end * sign, scale) for end in sorted(ends, key=lambda end: end * sign))}]"
    return f"{_number(effect.value * sign, scale)} {scale.unit} {shown if ends else '[unbounded]'}, {effect.n} CVs"


def _bounds(effect: Effect, scale: Scale) -> tuple[float | None, float | None]:
    """The interval, no wider than a difference can be; nothing where one person is all there is."""
    if not math.isfinite(effect.lower):
        return None, None
    return max(-scale.most, effect.lower), min(scale.most, effect.upper)


def _number(value: float, scale: Scale) -> str:
    shown = f"{scale.times * value:+.1f}".replace("-", "−")
    return "±0.0" if shown in ("+0.0", "−0.0") else shown


def keep(folder: Path, found: Found) -> None:
    """blame.json in the run's folder, from where its page and summaries take it."""
    value = {
        "sentence": found.sentence,
        "verdict": found.blame.verdict,
        "gate": found.measure.gate,
        "what": found.measure.what,
        "unit": found.measure.scale.unit,
        "fields": list(found.measure.fields),
        "documents": found.documents,
        "of": found.of,
        "draws": found.draws,
        "level": 1 - LEVEL,
        "cost": found.cost,
        "edits": [asdict(edit) | {"label": edit.label} for edit in found.blame.edits],
        "guilty": list(found.blame.guilty),
        "effects": [_plain(each.effect, found.measure.scale) | {"sentence": each.sentence} for each in found.effects],
        "by_field": [_plain(each.effect, POINTS) | {"field": each.field} for each in found.by_field],
    }
    write_whole(folder / "blame.json", pretty(json.loads(json.dumps(value))), private=True)


def _plain(effect: Effect, scale: Scale) -> dict[str, Json]:
    """value, lower, upper: of the figure, higher is better (a harm that is counted is negative)."""
    low, high = _bounds(effect, scale)
    return {
        "edits": list(effect.edits),
        "value": effect.value,
        "lower": low,
        "upper": high,
        "n": effect.n,
        "shown": effect.shown,
    }


def by_field(blame: Blame, measured: Mapping[Applied, Measured], fields: tuple[str, ...]) -> tuple[FieldEffect, ...]:
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
