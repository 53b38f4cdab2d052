"""Evidence in, verdict out: a pure, seeded function.

HOLD: any deciding gate FAILs. Else INCONCLUSIVE: any deciding gate of a required scope did not PASS, or something
else that a SHIP needs is missing. Else SHIP. INCONCLUSIVE is never green, and never proof of harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TypeAlias

from harness.base.errors import ExitCode
from harness.gates.catalogue import GATES
from harness.gates.comparing import compare, failing
from harness.gates.config import GateConfig
from harness.gates.constants import AGAINST, ASIDE, SCOPES
from harness.gates.context import Context, context_of, said_recorded
from harness.gates.debts import still_open
from harness.gates.evidence import Evidence
from harness.gates.inherited import beside_accepted, inherited
from harness.gates.known import References, Reservations, Standing
from harness.gates.pairs import Pair
from harness.gates.people import people_of
from harness.gates.probed import Probed
from harness.gates.probes import probes_of
from harness.gates.twins import twins_of
from harness.gates.types import Comparison, Decision, Gate, Verdict


def decide(
    evidence: Evidence,
    *,
    candidate: str = "candidate",
    config: GateConfig | None = None,
    standing: Standing | None = None,
    reservations: Reservations | None = None,
    references: References | None = None,
    probed: Probed | None = None,
    people: Callable[[], tuple[Comparison, ...]] | None = None,
) -> Verdict:
    """The verdict about one candidate. probed: what probes of the run found, None where there were none. Without the
    texts in its evidence no answer can be told to be about somebody else. people: `people_of` of the same evidence,
    where it is worked out elsewhere meanwhile."""
    from harness.gates.pairing import pair

    config, references = config or GateConfig(), references or References()
    roles = {against: against for against in AGAINST if against in evidence.cases}
    manifests, recorded = references.manifests, references.recorded
    pairs = [
        _dated(pair(evidence, candidate, arm, against, config, manifests), said_recorded(recorded, arm))
        for against, arm in roles.items()
    ]
    context = context_of(
        evidence, candidate, config, pairs, standing or Standing(), reservations or Reservations(), recorded
    )
    people = people or partial(people_of, evidence, candidate, config)

    def aside() -> tuple[Comparison, ...]:
        beside = twins_of(evidence, candidate, config), probes_of(evidence, candidate, config, probed)
        return (*people(), *chain(*beside))

    context = replace(context, aside=aside)
    if {"baseline", "legacy"} <= roles.keys():
        accepted = partial(pair, evidence, "baseline", "legacy", "legacy", config, manifests)
        context = replace(context, behind=lambda: failing(accepted(), config, context))
    return judge(pairs, config, context)


Placed: TypeAlias = tuple[int, Gate]
"""A gate with the place of its comparison."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a decision is made from. deciding: all gates with a say; failed, undecided: of these, gravest first (what
    only waits for more people is in neither). short: why gates that pass by their figures do not pass yet. missing:
    required scopes without a figure."""

    comparisons: tuple[Comparison, ...]
    deciding: Sequence[Placed]
    failed: Sequence[Placed]
    undecided: Sequence[Placed]
    short: tuple[str, ...]
    not_measured: Mapping[str, str]
    missing: tuple[str, ...]

    @property
    def scope(self) -> frozenset[str]:
        """What was measured."""
        return frozenset(
            scope
            for scope in SCOPES
            if scope not in self.not_measured
            and any(
                gate.scope == scope and gate.status in ("PASS", "FAIL", "INCONCLUSIVE") for _, gate in self.deciding
            )
        )


def judge(pairs: Sequence[Pair], config: GateConfig, context: Context) -> Verdict:
    """The decision over pairs, real or simulated."""
    weighed = _weigh(pairs, config, context)
    comparisons = weighed.comparisons
    # a release of the accepted assistant still owes what it was not accepted on
    owing = config.profile == "release" and bool(weighed.missing or context.unmet)
    nothing_new = context.identical and not owing
    verdict: Decision
    reasons: tuple[str, ...]
    if nothing_new and context.goldens:
        verdict, reasons = "SHIP", ("this is the accepted assistant; no new evidence needed",)
    elif weighed.failed:
        verdict = "INCONCLUSIVE" if context.blinded else "HOLD"
        reasons = (*context.blinded, *_say(weighed.failed, comparisons), *_say(weighed.undecided, comparisons))
    elif weighed.undecided or weighed.missing or weighed.short or context.unmet or not pairs:
        verdict, reasons = "INCONCLUSIVE", _what_is_open(weighed, context)
    else:
        verdict, reasons = "SHIP", _what_passed(weighed, config)
    if not nothing_new:
        reasons = (*reasons, *_told_aside(comparisons), *still_open(context.debts, comparisons))
    return Verdict(
        verdict=verdict,
        candidate=context.candidate,
        scope=weighed.scope,
        not_measured=weighed.not_measured,
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


def _weigh(pairs: Sequence[Pair], config: GateConfig, context: Context) -> Weighed:
    compared = compare(pairs, config, context)
    comparisons = (*(each.comparison for each in compared), *context.aside())
    comparisons = tuple(beside_accepted(comparison, comparisons, config, context) for comparison in comparisons)
    waiting = {(place, name) for place, each in enumerate(compared) for name in each.waiting}
    deciding = [
        (place, gate)
        for place, comparison in enumerate(comparisons)
        for gate in comparison.gates
        if gate.level == "deciding"
    ]
    undecided = [
        (place, gate)
        for place, gate in deciding
        if gate.scope in config.requires
        and gate.status == "INCONCLUSIVE"
        and (place, gate.name) not in waiting
        and not inherited(comparisons[place], comparisons, config.profile)
    ]
    heard = [pair for pair in pairs if config.heard(pair.against)]
    waits = [gate for place, gate in deciding if (place, gate.name) in waiting]
    not_measured = _not_measured(comparisons, config, context)
    return Weighed(
        comparisons,
        deciding,
        failed=sorted((item for item in deciding if item[1].status == "FAIL"), key=_severity),
        undecided=sorted(undecided, key=_severity),
        short=_too_few(heard, config, waits, context.look),
        not_measured=not_measured,
        missing=tuple(
            f"{scope} not measured: {not_measured[scope]}"
            for scope in SCOPES
            if scope in config.requires & not_measured.keys()
        ),
    )


def _what_is_open(weighed: Weighed, context: Context) -> tuple[str, ...]:
    """Why it is INCONCLUSIVE. Beside too few people, what was seen says more than what could not be measured of so
    few."""
    undecided, comparisons = weighed.undecided, weighed.comparisons
    seen = [item for item in undecided if weighed.short and item[1].affected and GATES[item[1].name].counted]
    others = [item for item in undecided if item not in seen]
    few = (*_say(seen, comparisons), *weighed.short)
    return (*context.unmet, *few, *weighed.missing, *_say(others, comparisons))


def _what_passed(weighed: Weighed, config: GateConfig) -> tuple[str, ...]:
    """Why it is SHIP: what the first comparison's gates say, how many others passed, and what is left open."""
    passed = [item for item in weighed.deciding if item[1].status == "PASS"]
    first = (item for item in passed if item[0] == 0 and GATES[item[1].name].told)
    told = sorted(first, key=lambda item: GATES[item[1].name].told)
    left = len(passed) - len(told)
    others = f"{left} further deciding gate{'s' * (left != 1)} passed"
    comparisons = weighed.comparisons
    return (*_say(told, comparisons), others, *_left_open(weighed.deciding, comparisons, config))


def _told_aside(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """What got worse without a say: an answer that takes ten times as long is named also where time does not decide."""
    return tuple(
        f"told, and not decided on here: {gate.reason}"
        for comparison in comparisons
        if comparison.against == "baseline" or comparison.against in ASIDE
        for gate in comparison.gates
        if gate.level == "advisory" and gate.status == "FAIL"
    )


def _left_open(deciding: Sequence[Placed], comparisons: Sequence[Comparison], config: GateConfig) -> tuple[str, ...]:
    """What a SHIP leaves open, because it is the accepted assistant's question and not the edit's."""
    names = [
        GATES[gate.name].label
        for place, gate in deciding
        if gate.status == "INCONCLUSIVE" and inherited(comparisons[place], comparisons, config.profile)
    ]
    return (f"open against legacy, for a release to settle: {', '.join(names)}",) if names else ()


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


def _severity(item: Placed) -> tuple[int, int, int, int]:
    """What comes before everything else, then the comparisons in order; in each, causes before consequences: an
    answer that is not there explains every field missing from it."""
    place, gate = item
    of = GATES[gate.name]
    return place if of.severity >= 0 else -1, of.severity, -gate.affected if of.by_size else 0, of.place


def _say(items: Iterable[Placed], comparisons: Sequence[Comparison]) -> tuple[str, ...]:
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
