"""Twins: the same person's CV once more, as plain text, in another layout, or with an attack in it.

They stay out of the main estimate, because two renderings of one person are not two observations. These gates show;
`injection.py` and `twin_floor.py` decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Literal

import numpy as np

from harness.corpus.types import Document
from harness.gates import statistics as st
from harness.gates.constants import Constants, Rule
from harness.gates.definition import Definition, Twins
from harness.gates.observation import Observation, Seen
from harness.gates.pairs import Pair, Values
from harness.gates.rules import accuracy
from harness.gates.ruling import Levels
from harness.gates.types import Comparability, Estimate, Gate
from harness.gates.words import points

Kind = Literal["text", "layout", "attack"]


def kind_of(document: Document) -> Kind:
    """What a twin is for, by its tags (`canary`, `attack`) and format."""
    if document.tags.get("attack") or document.tags.get("canary"):
        return "attack"
    return "text" if document.media_type == "text/plain" else "layout"


def _difference(gate: Definition, twins: Twins, config: Constants, kind: Kind, sign: int) -> Gate | None:
    """Mean F1 of twin − original (sign 1) or original − twin (−1), per person, against a margin."""
    of = {name: document for name, document in sorted(twins.documents.items()) if kind_of(document) == kind}
    rows = [name for name, document in of.items() if name in twins.seen and document.twin_of in twins.first]
    if not rows:
        return None
    originals = [str(of[twin].twin_of) for twin in rows]
    one, two = _table(rows, twins.seen), _table(originals, twins.first)
    values = Values(one, two) if sign > 0 else Values(two, one)
    personas = tuple(of[twin].persona for twin in rows)
    pair = _bare(personas, {p: (twin,) for p, twin in zip(personas, rows, strict=True)}, values, twins.source)
    rule = config.rule(gate.name)
    if twins.source not in rule.sources:
        return uncounted(gate, rule, twins.source)
    ruling = accuracy(gate.name, values, pair, rule, config, Levels(config.confidence))
    delta = ruling.delta
    if delta.value is None:
        return None
    known = delta.lower is not None and delta.upper is not None
    bounds = f" [{points(delta.lower)}, {points(delta.upper)}]" if known else ""
    reason = f"{gate.label}: {gate.metric}, {points(delta.value)} points{bounds}, {delta.n} twins"
    means = values.means()
    gaps = np.where(means[2], means[0] - means[1], 0.0)
    worst = tuple(rows[int(row)] for row in np.argsort(gaps, kind="stable") if gaps[int(row)] < -1e-9)
    return Gate(
        gate.name,
        gate.metric,
        rule.level,
        ruling.baseline,
        ruling.candidate,
        delta,
        ruling.threshold,
        ruling.status,
        reason,
        ruling.more,
        "quality",
        (),
        worst[:10],
        len(worst),
    )


def uncounted(gate: Definition, rule: Rule, source: str) -> Gate:
    """A gate whose configuration does not let such figures count."""
    none = Estimate(None, None, None, 0, 0, "", source=source)
    reason = f"{gate.label}: {source} figures do not count for it"
    return Gate(gate.name, gate.metric, rule.level, none, none, none, rule.threshold, "NOT_MEASURED", reason)


def _table(names: list[str], seen: Seen) -> st.Floats:
    draws = sorted({draw for name in names for draw in seen[name]})
    return np.array([[_f1(seen[name].get(draw)) for draw in draws] for name in names])


def _f1(observation: Observation | None) -> float:
    return float("nan") if observation is None or observation.f1 is None else observation.f1


def _bare(personas: tuple[str, ...], documents: Mapping[str, tuple[str, ...]], f1: Values, source: str) -> Pair:
    nothing = "not asked of twins"
    draws = (f1.candidate.shape[1], f1.other.shape[1])
    return Pair(
        "twins", "twins", personas, documents, draws, f1, {}, {}, (), nothing, nothing, nothing, source,
        Comparability(True, personas),
    )  # fmt: skip


def _about(kind: Kind, label: str, metric: str, place: int, meaning: str, sign: int = 1) -> Definition:
    """A gate that shows how twins of one kind fare beside their originals."""
    return Definition(
        name=f"twin_{kind}",
        label=label,
        metric=metric,
        default=0.05,
        meaning=meaning,
        place=place,
        figure="F1 of a twin beside its original",
        passes="lower bound > −M",
        fails="as `accuracy`",
        of_twins=partial(_difference, kind=kind, sign=sign),
        key="margin",
        unit="share",
        level="advisory",
        against=frozenset({"twins"}),
    )


GATES = (
    _about("attack", "attacked CVs", "strict F1, attacked − clean", 220, "largest drop that passes"),
    _about("layout", "layouts", "strict F1, other layout − first", 230, "largest difference that passes"),
    _about("text", "reading", "strict F1, file − plain text", 240, "largest loss by reading that passes", -1),
)
