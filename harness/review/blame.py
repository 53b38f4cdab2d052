"""Which edit of an assistant did the harm: leave one out at a time, pairs only where single edits do not explain it.

Pure: what a set of edits does is measured by a function that the caller gives. "Cannot tell" is an answer.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.assistants.bundle import make_bundle
from harness.assistants.sentences import hunks, with_hunks
from harness.assistants.types import AssistantBundle
from harness.base.types import Json

Applied = frozenset[int]
"""Which edits are applied to the baseline: none of them is the baseline, all of them the candidate."""

Measure = Callable[[Sequence[Applied]], Sequence[Mapping[str, float]]]
"""For each set of edits, a figure per persona (higher is better), draws averaged. All on the same personas."""

MOST_PAIRS = 15
LEVEL = 0.01
"""Chance that any interval of a set of tests misses, at most: 99 % for all of them together."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a figure is in: `unit` after a number that was multiplied by `times`. floor: the least spread over people
    that is believed, since none over a few is luck; again: a loss from which on it counts as having shown again;
    most: the largest difference that there can be."""

    unit: str
    times: float
    floor: float
    again: float
    most: float


POINTS = Scale("pts", 100, 0.005, 0.005, 1.0)
"""F1: draws are averaged, and spread little."""
ANSWERS = Scale("% of answers", 100, 0.15, 0.05, 1.0)
"""Shares of answers that show a harm, 0 or 1 each."""
TOKENS = Scale("k tokens", 1, 0.02, 0.02, float("inf"))


@dataclass(frozen=True, slots=True)
class Edit:
    """One change between two bundles. kind: "sentence" or "setting"; before or after is "" where there is none."""

    kind: str
    before: str
    after: str
    setting: str = ""

    @property
    def label(self) -> str:
        if self.kind == "setting":
            return f"{self.setting}: {self.before or 'unset'} → {self.after or 'unset'}"
        if not self.after.strip():
            return f"without «{_short(self.before)}»"
        if not self.before.strip():
            return f"with «{_short(self.after)}»"
        return f"«{_short(self.before)}» → «{_short(self.after)}»"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a set of edits does to the figure, the others being as in the candidate: harm is negative.

    lower, upper: simultaneous over all sets tested together. n: personas. shown: the whole interval is harm.
    """

    edits: tuple[int, ...]
    value: float
    lower: float
    upper: float
    n: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Blame:
    """total: the candidate against the baseline on these draws. guilty: edits that did it, together if `joint`.

    verdict: "edit" (each guilty edit harms by itself), "joint" (only together), "cannot tell".
    """

    edits: tuple[Edit, ...]
    total: Effect
    effects: tuple[Effect, ...]
    guilty: tuple[int, ...]
    verdict: str
    reason: str


def edits_between(before: AssistantBundle, after: AssistantBundle) -> tuple[Edit, ...]:
    """The sentences and settings that differ, sentences first, in the order of the text."""
    sentences = [Edit("sentence", hunk.before, hunk.after) for hunk in hunks(before.instructions, after.instructions)]
    ours, theirs = _settings(before), _settings(after)
    settings = [
        Edit("setting", _show(ours.get(name)), _show(theirs.get(name)), name)
        for name in dict.fromkeys((*ours, *theirs))
        if ours.get(name) != theirs.get(name)
    ]
    return (*sentences, *settings)


def with_edits(before: AssistantBundle, after: AssistantBundle, applied: Applied) -> AssistantBundle:
    """The bundle between the two that has only the edits `applied` (by their place in `edits_between`)."""
    edits = edits_between(before, after)
    count = sum(edit.kind == "sentence" for edit in edits)
    instructions = with_hunks(before.instructions, after.instructions, [each for each in applied if each < count])
    ours, theirs = _settings(before), _settings(after)
    chosen = dict(ours)
    for place in applied:
        if place >= count:
            name = edits[place].setting
            chosen.pop(name, None)
            if name in theirs:
                chosen[name] = theirs[name]
    parameters = {name.removeprefix("parameters."): value for name, value in chosen.items() if "." in name}
    return make_bundle(
        name=after.name,
        description=after.description,
        model=chosen["model"],
        parameters=parameters,
        instructions=instructions,
        output=chosen["output"],
        schema=chosen["schema"],
        asked_over=chosen["wire"],
    )


def attribute(edits: Sequence[Edit], measure: Measure, scale: Scale = POINTS) -> Blame:
    """Whom the loss is due to. Measures baseline and candidate, then each edit left out, then what that leaves open."""
    everything = frozenset(range(len(edits)))
    alone = [everything - {place} for place in range(len(edits))]
    none, whole, *without = measure([frozenset(), everything, *alone])
    total = effect((), whole, none, 1, scale)

    def blame(effects: Sequence[Effect], guilty: Sequence[int], verdict: str, reason: str) -> Blame:
        return Blame(tuple(edits), total, tuple(effects), tuple(guilty), verdict, reason)

    effects = [effect((place,), whole, left, len(edits), scale) for place, left in enumerate(without)]
    guilty = [each.edits[0] for each in effects if each.shown]
    if not guilty and not total.shown:
        reason = "on fresh answers the loss did not show again: it may have been noise"
        if total.value <= -scale.again:
            loss = f"{scale.times * total.value:.1f} {scale.unit}".replace("-", "−")
            reason = (
                f"the loss showed again on fresh answers ({loss}), but {total.n} CVs are too few to tell "
                "which edit did it"
            )
        return blame(effects, (), "cannot tell", reason)
    if len(guilty) == 1:
        return blame(effects, guilty, "edit", "undoing this one edit takes the loss back")
    if guilty:
        singly = measure([frozenset({place}) for place in guilty])
        by_itself = [
            place
            for place, figures in zip(guilty, singly, strict=True)
            if effect((), figures, none, len(guilty), scale).shown
        ]
        if by_itself:
            return blame(effects, by_itself, "edit", "each of these edits does harm by itself")
        return blame(effects, guilty, "joint", "these edits do harm only together: undoing either takes it back")
    pairs = list(itertools.combinations(range(len(edits)), 2))
    if not pairs or len(pairs) > MOST_PAIRS:
        return blame(effects, (), "cannot tell", "the loss is there, but no single edit explains it")
    both = measure([everything - set(pair) for pair in pairs])
    joint = [effect(pair, whole, left, len(pairs), scale) for pair, left in zip(pairs, both, strict=True)]
    shown = [each for each in joint if each.shown]
    effects += shown
    if not shown:
        return blame(effects, (), "cannot tell", "the loss is there, but neither single edits nor pairs explain it")
    worst = min(shown, key=lambda each: each.value)
    if all(effects[place].lower > worst.value / 2 for place in worst.edits):
        reason = "either of these edits is enough for the loss: only undoing both helps"
        return blame(effects, worst.edits, "edit", reason)
    named = " and ".join(edits[place].label for place in worst.edits)
    reason = f"undoing {named} takes the loss back, but {worst.n} CVs are too few to tell which of the two did it"
    return blame(effects, (), "cannot tell", reason)


def effect(
    places: tuple[int, ...],
    figures: Mapping[str, float],
    without: Mapping[str, float],
    tests: int,
    scale: Scale = POINTS,
) -> Effect:
    """What the edits at `places` do: mean paired difference of the figures with and without them, with a t interval
    that holds at 1 − LEVEL together with those of `tests` tests (Bonferroni)."""
    from scipy.special import stdtrit

    differences = [figures[persona] - without[persona] for persona in figures if persona in without]
    n = len(differences)
    if n == 0:
        return Effect(places, 0.0, -math.inf, math.inf, 0, False)
    mean = sum(differences) / n
    if n == 1:
        return Effect(places, mean, -math.inf, math.inf, 1, False)
    sd = math.sqrt(sum((each - mean) ** 2 for each in differences) / (n - 1))
    half = float(stdtrit(n - 1, 1 - LEVEL / (2 * tests))) * max(sd, scale.floor) / math.sqrt(n)
    return Effect(places, mean, mean - half, mean + half, n, mean + half < 0)


def _settings(bundle: AssistantBundle) -> dict[str, Json]:
    return {
        "model": bundle.model,
        "wire": bundle.asked_over,
        "output": bundle.output,
        "schema": bundle.schema,
        **{f"parameters.{name}": value for name, value in bundle.parameters.items()},
    }


def _show(value: Json) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return _short(text)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 90 else words[:89] + "…"
