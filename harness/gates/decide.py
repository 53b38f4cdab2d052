"""Evidence in, verdict out: a pure, seeded function.

HOLD: any deciding gate FAILs. Else INCONCLUSIVE: any deciding gate of a required scope did not PASS, or something
else that a SHIP needs is missing. Else SHIP. INCONCLUSIVE is never green, and never proof of harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from harness.base.errors import ExitCode
from harness.base.types import Json
from harness.gates import rules
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.constants import AGAINST, ASIDE, SCOPES
from harness.gates.context import Context, context_of, said_recorded
from harness.gates.debts import Debts, still_open
from harness.gates.definition import Question
from harness.gates.evidence import Evidence
from harness.gates.inherited import beside_accepted, inherited
from harness.gates.pairs import Pair
from harness.gates.people import people_of
from harness.gates.probed import Probed
from harness.gates.probes import probes_of
from harness.gates.ruling import Levels, Ruling, unmeasured
from harness.gates.sentence import sentence
from harness.gates.sequential import level_at, level_of_look
from harness.gates.twins import twins_of
from harness.gates.types import Case, Comparison, Decision, Gate, Verdict
from harness.replay.types import Manifest


def decide(
    evidence: Evidence | Iterable[Case],
    *,
    manifest: Manifest,
    candidate: str = "candidate",
    config: GateConfig | None = None,
    look: int = 1,
    noise: Mapping[str, Json] | None = None,
    unjudged: Sequence[str] = (),
    reworded: Sequence[str] = (),
    unmet: Sequence[str] = (),
    blind: Sequence[str] = (),
    manifests: Mapping[str, Manifest] | None = None,
    recorded: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    probed: Probed | None = None,
    debts: Debts | None = None,
    moved: str = "",
) -> Verdict:
    """The verdict about one candidate.

    noise: the baseline's stored noise floor (`noise.noise_floor`), None where there is none. unjudged: sentences
    of the candidate's edit that the simulator cannot judge; they forbid SHIP. reworded: sentences that it understood
    before the edit and does not now; then harm that is shown may be the simulator's own, and nothing is held.
    unmet: further reasons that forbid SHIP; blind: those of them for which nothing is held either (another model).
    manifests: of arms from another run, by arm id. recorded: by arm id, the day on which its answers were made, or the
    first and the last ("2026-11-22/2026-11-25"). texts: what was read of each document; without them no answer can be
    told to be about somebody else. probed: what probes of the run found, None where there were none. debts:
    what was lost already when the baseline was accepted. moved: why the accepted assistant is not what was accepted
    any more, although it sends the same; "" where it is.
    """
    from harness.gates.pairing import pair

    config = config or GateConfig()
    if not isinstance(evidence, Evidence):
        evidence = Evidence.of(evidence, manifest, texts)
    roles = {against: against for against in AGAINST if against in evidence.cases}
    pairs = [
        _dated(pair(evidence, candidate, arm, against, config, manifests), said_recorded(recorded, arm))
        for against, arm in roles.items()
    ]
    context = context_of(evidence, candidate, config, pairs, look, noise, tuple(unjudged), tuple(reworded), recorded)
    aside = (
        *people_of(evidence, candidate, config),
        *twins_of(evidence, candidate, config),
        *probes_of(evidence, candidate, config, probed),
    )
    context = replace(
        context,
        debts=debts or {},
        aside=aside,
        unmet=(*unmet, *((moved,) if moved and context.identical else ()), *context.unmet),
        blinded=(*blind, *context.blinded),
        identical=context.identical and not moved,
    )
    if {"baseline", "legacy"} <= roles.keys():
        accepted = partial(pair, evidence, "baseline", "legacy", "legacy", config, manifests)
        context = replace(context, behind=lambda: _failing(accepted(), config, context))
    return judge(pairs, config, context)


def judge(pairs: Sequence[Pair], config: GateConfig, context: Context) -> Verdict:
    """The decision over pairs, real or simulated."""
    levels = [_levels(pair, config, context.look) for pair in pairs]
    ruled = [_rulings(pair, config, context, level) for pair, level in zip(pairs, levels, strict=True)]
    settled = rules.settle(ruled, config)
    judged = [_comparison(*one, config) for one in zip(pairs, settled, levels, strict=True)]
    comparisons = (*(comparison for comparison, _ in judged), *context.aside)
    comparisons = tuple(beside_accepted(comparison, comparisons, config, context) for comparison in comparisons)
    waiting = {(place, name) for place, (_, names) in enumerate(judged) for name in names}
    deciding = [
        (place, gate)
        for place, comparison in enumerate(comparisons)
        for gate in comparison.gates
        if gate.level == "deciding"
    ]
    failed = sorted((item for item in deciding if item[1].status == "FAIL"), key=_severity)
    undecided = sorted(
        (
            (place, gate)
            for place, gate in deciding
            if gate.scope in config.requires
            and gate.status == "INCONCLUSIVE"
            and (place, gate.name) not in waiting
            and not inherited(comparisons[place], comparisons, config.profile)
        ),
        key=_severity,
    )
    heard = [pair for pair in pairs if config.heard(pair.against)]
    waits = [gate for place, gate in deciding if (place, gate.name) in waiting]
    short = _too_few(heard, config, waits, context.look)
    not_measured = _not_measured(comparisons, config, context)
    scope = frozenset(
        scope
        for scope in SCOPES
        if scope not in not_measured
        and any(gate.scope == scope and gate.status in ("PASS", "FAIL", "INCONCLUSIVE") for _, gate in deciding)
    )
    missing = tuple(
        f"{scope} not measured: {not_measured[scope]}"
        for scope in SCOPES
        if scope in config.requires & not_measured.keys()
    )
    verdict: Decision
    reasons: tuple[str, ...]
    # a release of the accepted assistant still owes what it was not accepted on
    nothing_new = context.identical and not (config.profile == "release" and (missing or context.unmet))
    if nothing_new and context.goldens:
        verdict, reasons = "SHIP", ("this is the accepted assistant; no new evidence needed",)
    elif failed and context.blinded:
        verdict = "INCONCLUSIVE"
        reasons = (*context.blinded, *_say(failed, comparisons), *_say(undecided, comparisons))
    elif failed:
        verdict = "HOLD"
        reasons = (*_say(failed, comparisons), *_say(undecided, comparisons))
    elif undecided or missing or short or context.unmet or not pairs:
        verdict = "INCONCLUSIVE"
        # beside too few people, what was seen says more than what could not be measured of so few
        seen = [item for item in undecided if short and item[1].affected and GATES[item[1].name].counted]
        rest_open = [item for item in undecided if item not in seen]
        few = (*_say(seen, comparisons), *short)
        reasons = (*context.unmet, *few, *missing, *_say(rest_open, comparisons))
    else:
        verdict = "SHIP"
        passed = [item for item in deciding if item[1].status == "PASS"]
        first = (item for item in passed if item[0] == 0 and GATES[item[1].name].told)
        told = sorted(first, key=lambda item: GATES[item[1].name].told)
        left = len(passed) - len(told)
        rest = f"{left} further deciding gate{'s' * (left != 1)} passed"
        reasons = (*_say(told, comparisons), rest, *_left_open(deciding, comparisons, config))
    if not nothing_new:
        reasons = (*reasons, *_told_aside(comparisons), *still_open(context.debts, comparisons))
    return Verdict(
        verdict=verdict,
        candidate=context.candidate,
        scope=scope,
        not_measured=not_measured,
        origin=context.origin,
        source=context.source,
        profile=config.profile,
        look=context.look,
        reasons=reasons,
        comparisons=comparisons,
        claims=context.claims,
        identical=nothing_new,
        noise_floor=dict(context.noise_floor),
        provenance=dict(context.provenance),
    )


def _told_aside(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """What got worse without a say: an answer that takes ten times as long is named also where time does not decide."""
    return tuple(
        f"told, and not decided on here: {gate.reason}"
        for comparison in comparisons
        if comparison.against == "baseline" or comparison.against in ASIDE
        for gate in comparison.gates
        if gate.level == "advisory" and gate.status == "FAIL"
    )


def _left_open(
    deciding: Sequence[tuple[int, Gate]], comparisons: Sequence[Comparison], config: GateConfig
) -> tuple[str, ...]:
    """What a SHIP leaves open, because it is the accepted assistant's question and not the edit's."""
    names = [
        GATES[gate.name].label
        for place, gate in deciding
        if gate.status == "INCONCLUSIVE" and inherited(comparisons[place], comparisons, config.profile)
    ]
    return (f"open against legacy, for a release to settle: {', '.join(names)}",) if names else ()


def _failing(pair: Pair, config: GateConfig, context: Context) -> frozenset[str]:
    """The gates that this pair alone fails."""
    (settled,) = rules.settle([_rulings(pair, config, context, _levels(pair, config, context.look))], config)
    return frozenset(ruling.name for ruling in settled if ruling.status == "FAIL")


def unconfirmed(verdict: Verdict) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(arms, documents) whose further draws could change the verdict; neither where it stands without them.

    A counted harm has to show again before it holds, and a rare one that does not show again keeps nobody waiting.
    """
    if verdict.identical:
        return (), ()
    deciding = [
        (comparison, gate)
        for comparison in verdict.comparisons
        for gate in comparison.gates
        if gate.level == "deciding"
    ]
    if any(gate.status == "FAIL" and not gate.unconfirmed for _, gate in deciding):
        return (), ()
    asked = [
        (comparison, gate)
        for comparison, gate in deciding
        if gate.unconfirmed
        and (gate.status == "FAIL" or not inherited(comparison, verdict.comparisons, verdict.profile))
    ]
    arms = dict.fromkeys(verdict.candidate if c.against in ASIDE else c.arm for c, _ in asked)
    documents = dict.fromkeys(document for _, gate in asked for document in gate.unconfirmed)
    return tuple(dict.fromkeys((verdict.candidate, *arms))) if asked else (), tuple(documents)


def exit_code(verdict: Verdict) -> ExitCode:
    """0 SHIP, 10 HOLD, 20 INCONCLUSIVE."""
    return ExitCode[verdict.verdict]


def _dated(pair: Pair, said: str) -> Pair:
    """The pair with a note of when the other arm's answers were made."""
    notes = (*pair.comparable.notes, said) if said else pair.comparable.notes
    return replace(pair, comparable=replace(pair.comparable, notes=notes))


def _levels(pair: Pair, config: GateConfig, look: int) -> Levels:
    alpha, planned = level_at(config.looks, pair.people, level_of_look(look, 1 - config.confidence))
    return Levels(1 - alpha, planned)


def _comparison(
    pair: Pair, rulings: Sequence[Ruling], levels: Levels, config: GateConfig
) -> tuple[Comparison, frozenset[str]]:
    """One comparison, and its gates that would pass with more people or at a planned look."""
    limited = [_limited(ruling, pair, config, levels) for ruling in rulings]
    waiting = frozenset(
        now.name for now, before in zip(limited, rulings, strict=True) if now.status != before.status == "PASS"
    )
    gates = tuple(_gate(ruling, pair, config, levels) for ruling in limited)
    return Comparison(pair.against, pair.arm, pair.comparable, gates), waiting


def _too_few(pairs: Sequence[Pair], config: GateConfig, waiting: Sequence[Gate], look: int) -> tuple[str, ...]:
    """Why gates that pass by their figures do not pass yet."""
    if not waiting:
        return ()
    n, least = min(pair.n for pair in pairs), config.ship_personas
    if n < least:
        return (f"{n} people are too few to ship: {least - n} more CVs (of {least} people at least)",)
    few = [gate for gate in waiting if gate.delta.clusters < least and GATES[gate.name].supports]
    if few:
        fewest = min(few, key=lambda gate: gate.delta.clusters)
        n, label = fewest.delta.clusters, GATES[fewest.name].label
        return (f"{label}: {n} people with a figure are too few to ship: {least - n} more CVs",)
    n = min(pair.people for pair in pairs)
    if not config.looks:
        labels = ", ".join(dict.fromkeys(GATES[gate.name].label for gate in waiting))
        return (
            f"look {look} at this baseline: {labels} would pass at the first look, but each try passes at a smaller"
            " level, so that the twentieth does not ship by luck: more CVs would settle it",
        )
    following = [planned for planned in config.looks if planned > n]
    if n in config.looks and following:
        return (f"{n} CVs are too early a look for counts to pass: {following[0] - n} more CVs",)
    if following:
        return (f"{n} CVs are no planned look at which it may ship: {following[0] - n} more CVs",)
    return (f"{n} CVs are no planned look, and none is left (planned: {', '.join(map(str, config.looks))})",)


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


def _severity(item: tuple[int, Gate]) -> tuple[int, int, int, int]:
    """What comes before everything else, then the comparisons in order; in each, causes before consequences: an
    answer that is not there explains every field missing from it."""
    place, gate = item
    of = GATES[gate.name]
    return place if of.severity >= 0 else -1, of.severity, -gate.affected if of.by_size else 0, of.place


def _say(items: Iterable[tuple[int, Gate]], comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """The gates' sentences, one each; comparisons after the first say with whom."""
    said = []
    for place, gate in items:
        against = comparisons[place].against
        said.append(gate.reason if against == "baseline" or against in ASIDE else f"{gate.reason} (against {against})")
    return tuple(dict.fromkeys(said))


def _not_measured(comparisons: Sequence[Comparison], config: GateConfig, context: Context) -> dict[str, str]:
    """Scopes without a figure that a SHIP could rest on, and why.

    Tokens, cost and latency are measured where the first comparison (the baseline) has them; quality, where every
    comparison with a say has it.
    """
    comparisons = [comparison for comparison in comparisons if config.heard(comparison.against)]
    found: dict[str, str] = {}
    if not context.goldens:
        found["quality"] = "no CV has a golden, so accuracy cannot be judged"
    for comparison in comparisons[:1]:
        for gate in comparison.gates:
            if gate.name == "accuracy" and gate.status == "NOT_APPLICABLE":
                found.setdefault("quality", gate.reason.partition(": ")[2])
    for place, comparison in enumerate(comparisons):
        for gate in comparison.gates:
            counts = gate.level == "deciding" or gate.scope not in config.requires
            if gate.status == "NOT_MEASURED" and counts and (place == 0 or gate.scope == "quality"):
                found.setdefault(gate.scope, gate.reason.partition(": ")[2] or gate.reason)
    if not any(comparison.against not in ASIDE for comparison in comparisons):
        for scope in SCOPES:
            found.setdefault(scope, "there is no arm to compare with")
    return {scope: found[scope] for scope in SCOPES if scope in found}
