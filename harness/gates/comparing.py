"""Pairs in, comparisons out: every gate of every pair judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.gates import rules
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.context import Context
from harness.gates.definition import Question
from harness.gates.pairs import Pair
from harness.gates.ruling import Levels, Ruling, unmeasured
from harness.gates.sentence import sentence
from harness.gates.sequential import level_at, level_of_look
from harness.gates.types import Comparison, Gate


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison, and its gates that would pass with more people or at a planned look."""

    comparison: Comparison
    waiting: frozenset[str]


def compare(pairs: Sequence[Pair], config: GateConfig, context: Context) -> list[Compared]:
    """The comparison of each pair; what several pairs share is settled among them."""
    levels = [_levels(pair, config, context.look) for pair in pairs]
    ruled = [_rulings(pair, config, context, level) for pair, level in zip(pairs, levels, strict=True)]
    settled = rules.settle(ruled, config)
    return [_compared(*one, config) for one in zip(pairs, settled, levels, strict=True)]


def failing(pair: Pair, config: GateConfig, context: Context) -> frozenset[str]:
    """The gates that this pair alone fails."""
    (settled,) = rules.settle([_rulings(pair, config, context, _levels(pair, config, context.look))], config)
    return frozenset(ruling.name for ruling in settled if ruling.status == "FAIL")


def _levels(pair: Pair, config: GateConfig, look: int) -> Levels:
    alpha, planned = level_at(config.looks, pair.people, level_of_look(look, 1 - config.confidence))
    return Levels(1 - alpha, planned)


def _compared(pair: Pair, rulings: Sequence[Ruling], levels: Levels, config: GateConfig) -> Compared:
    limited = [_limited(ruling, pair, config, levels) for ruling in rulings]
    waiting = frozenset(
        now.name for now, before in zip(limited, rulings, strict=True) if now.status != before.status == "PASS"
    )
    gates = tuple(_gate(ruling, pair, config, levels) for ruling in limited)
    return Compared(Comparison(pair.against, pair.arm, pair.comparable, gates), waiting)


def _rulings(pair: Pair, config: GateConfig, context: Context, levels: Levels) -> list[Ruling]:
    found: list[Ruling] = []
    for name, gate in GATES.items():
        if gate.judge is None or not gate.beside(pair.against):
            continue
        rule = config.rule(name, pair.against)
        refused = pair.comparable.refused.get(gate.scope)
        if refused is None and pair.source not in rule.sources:
            refused = f"{pair.source} figures do not count for it"
        if refused is not None:
            found.append(unmeasured(name, rule, pair, refused))
        elif pair.n == 0:
            found.append(unmeasured(name, rule, pair, f"no CV can be compared with {pair.arm}"))
        else:
            found.append(gate.judge(Question(gate, pair, rule, config, levels, context.scale)))
    return found


def _limited(ruling: Ruling, pair: Pair, config: GateConfig, levels: Levels) -> Ruling:
    """A PASS needs enough people, and in sequential mode a planned look."""
    if ruling.status not in ("PASS", "INCONCLUSIVE"):
        return ruling
    # Where no SHIP rests on a gate, few may have what it is about: only the people compared must be enough.
    n = min(pair.n, ruling.delta.clusters) if GATES[ruling.name].supports else pair.n
    if GATES[ruling.name].scope == "quality" and n < config.ship_personas:
        short = config.ship_personas - n
        settles = ruling.status == "PASS" or ruling.more is not None
        return replace(ruling, status="INCONCLUSIVE", more=max(short, ruling.more or 0) if settles else None)
    if ruling.status == "PASS" and ruling.delta.clusters and (ruling.early or not levels.may_pass):
        following = [planned for planned in config.looks if planned > pair.people]
        more = following[0] - pair.people if following else None
        return replace(ruling, status="INCONCLUSIVE", more=more)
    return ruling


def _gate(ruling: Ruling, pair: Pair, config: GateConfig, levels: Levels) -> Gate:
    gate = GATES[ruling.name]
    said = sentence(Question(gate, pair, ruling.rule, config, levels), ruling)
    return Gate(
        name=ruling.name,
        metric=gate.metric,
        level=ruling.rule.level,
        baseline=ruling.baseline,
        candidate=ruling.candidate,
        delta=ruling.delta,
        threshold=ruling.threshold,
        status=ruling.status,
        reason=said.text,
        more_cvs=ruling.more if ruling.status == "INCONCLUSIVE" else None,
        scope=gate.scope,
        fields=said.fields,
        documents=said.documents,
        affected=ruling.affected,
        unconfirmed=ruling.unconfirmed,
    )
