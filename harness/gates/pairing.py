"""The candidate beside one other arm: which documents may be compared, and the pair's tables.

Unequal parts (text, golden, scorer, origin, model snapshot) leave a document out or refuse the gates they touch;
nothing is compared silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import numpy as np

from harness.gates.catalogue import COUNTED
from harness.gates.config import GateConfig
from harness.gates.constants import SCOPES
from harness.gates.evidence import Evidence, Figure, all_values_of, by_persona, group_figures, values_of
from harness.gates.observation import UNUSABLE, Seen, Substitution, chosen
from harness.gates.pairs import FieldChange, Pair, Replaced, Values
from harness.gates.parts import field_parts, slices
from harness.gates.paths import FIELD_ORDER
from harness.gates.statistics import Bools
from harness.gates.tally import events_of_all
from harness.gates.types import AGAIN, Comparability
from harness.replay.types import Manifest
from harness.scoring.types import Counts


def asked_of_both(evidence: Evidence, arm: str, against: str) -> frozenset[str] | None:
    """Field paths that both arms are asked for; None for all."""
    pipeline = evidence.arms[arm].pipeline if arm in evidence.arms else arm
    if against == "legacy" or pipeline == "legacy":
        from harness.pipelines.legacy import LEGACY_FIELDS

        return LEGACY_FIELDS
    return None


def pair(
    evidence: Evidence,
    candidate: str,
    arm: str,
    against: str,
    config: GateConfig,
    manifests: Mapping[str, Manifest] | None = None,
) -> Pair:
    """The candidate beside `arm`, in its role `against`. manifests: of arms that another run made, by arm."""
    only = asked_of_both(evidence, arm, against)
    mine, my_failures = evidence.observations(candidate, only=only)
    theirs, their_failures = evidence.observations(arm, only=only)
    comparable = _comparability(evidence, candidate, arm, mine, theirs, manifests or {})
    personas = by_persona(comparable.documents, evidence.documents)
    reached = mine.keys() | theirs.keys()
    both = frozenset(comparable.documents)
    mine, theirs = chosen(mine, both), chosen(theirs, both)
    my_again, their_again = (evidence.observations(name + AGAIN, only=only)[0] for name in (candidate, arm))
    events = events_of_all(COUNTED, personas, mine, theirs, config.confirm_draws, (my_again, their_again))
    silent = _silent(personas, mine, theirs)
    groups = group_figures()
    values = all_values_of(personas, mine, theirs, {**groups, "f1": lambda seen: seen.f1, **_SPENT})
    f1 = _answered(values["f1"], silent)
    why_not = _unknown(mine, theirs)
    failures = Counter(seen.failure for draws in mine.values() for seen in draws.values() if seen.failure)
    return Pair(
        against=against,
        arm=arm,
        personas=tuple(personas),
        documents=personas,
        draws=(_draws(mine), _draws(theirs)),
        f1=f1,
        groups={name: _answered(values[name], silent) for name in groups},
        events=events,
        replayed=len(by_persona(reached, evidence.documents)),
        f1_again=values_of(personas, my_again, their_again, lambda seen: seen.f1),
        replaced=_replaced(personas, mine, theirs, my_again),
        tokens=why_not.get("tokens", values["tokens"]),
        cost=why_not.get("cost", values["cost"]),
        latency=why_not.get("latency", values["latency"]),
        source=evidence.source(candidate),
        comparable=comparable,
        harness_failures=tuple(
            name for name in dict.fromkeys((*my_failures, *their_failures)) if name in evidence.documents
        ),
        fields=lru_cache(maxsize=1)(lambda: field_parts(personas, mine, theirs)),
        slices=lru_cache(maxsize=1)(lambda: slices(personas, evidence.documents, f1)),
        changes=lru_cache(maxsize=1)(lambda: field_changes(personas, mine, theirs)),
        failures=failures,
        media={name: evidence.documents[name].media_type for name in comparable.documents},
    )


def _silent(personas: Mapping[str, tuple[str, ...]], mine: Seen, theirs: Seen) -> Bools:
    """People about whom no usable answer came, in any draw of either arm: 0 beside 0 shows no harmlessness."""
    return np.array(
        [
            all(
                one.failure.startswith(UNUSABLE)
                for seen in (mine, theirs)
                for document in documents
                for one in seen.get(document, {}).values()
            )
            for documents in personas.values()
        ],
        dtype=np.bool_,
    )


def _answered(values: Values, silent: Bools) -> Values:
    """The figures without those of the silent."""
    return Values(*(np.where(silent[:, None], np.nan, side) for side in (values.candidate, values.other)))


def _draws(seen: Seen) -> int:
    return max((len(found) for found in seen.values()), default=0)


_SPENT: Mapping[str, Figure] = {
    "tokens": lambda seen: seen.tokens,
    "cost": lambda seen: seen.cost,
    "latency": lambda seen: seen.latency_ms,
}
_MISSING = {
    "tokens": "tokens are not known for",
    "cost": "no price is known for",
    "latency": "no time was measured for",
}


def _unknown(candidate: Seen, other: Seen) -> dict[str, str]:
    """The reason why there are no figures, where there are none: one unknown figure makes a total unknown.

    An answer that never came (timeout, refused connection) counts where its figure is known, else in neither total.
    """
    why: dict[str, str] = {}
    for name, seen in (("the candidate", candidate), ("the other arm", other)):
        answers = 0
        unknown = dict.fromkeys(_SPENT, 0)
        for one in (one for draws in seen.values() for one in draws.values() if "contract" in one.judged):
            answers += 1
            for spent, figure in _SPENT.items():
                unknown[spent] += figure(one) is None
        for spent, many in unknown.items():
            if many or not answers:
                why.setdefault(spent, f"{_MISSING[spent]} {many} of {answers} answers of {name}")
    return why


def _comparability(
    evidence: Evidence,
    candidate: str,
    arm: str,
    mine: Seen,
    theirs: Seen,
    manifests: Mapping[str, Manifest],
) -> Comparability:
    excluded: dict[str, str] = {}
    refused: dict[str, str] = {}
    notes: list[str] = []
    here = manifests.get(candidate, evidence.manifest)
    there = manifests.get(arm, evidence.manifest)
    for name in sorted(mine.keys() | theirs.keys()):
        if name not in theirs:
            excluded[name] = f"{arm} has no answer for it"
            continue
        if name not in mine:
            excluded[name] = f"{candidate} has no answer for it"
            continue
        texts = {seen.text for found in (mine[name], theirs[name]) for seen in found.values() if seen.text}
        if len(texts) > 1:
            excluded[name] = "the two arms were given different texts"
        elif here is not there and name in here.documents and name in there.documents:
            one, two = here.documents[name], there.documents[name]
            if one.golden != two.golden:
                excluded[name] = "its golden has changed in between"
    scorers = {seen.scorer for found in chain(mine.values(), theirs.values()) for seen in found.values()} - {""}
    if len(scorers) > 1:
        refused["quality"] = "scored by different scorers: score both again (cv-harness rescore)"
    if here.contract != there.contract:
        refused["quality"] = "judged by different contracts: score both again (cv-harness rescore)"
    if here.prices != there.prices:
        refused["cost"] = "priced by different price tables"
    _origins(evidence, candidate, arm, mine, theirs, refused, notes)
    both = tuple(name for name in sorted(mine.keys() & theirs.keys()) if name not in excluded)
    if excluded:
        notes.append(f"{len(excluded)} CVs are left out of the comparison; {len(both)} are compared")
    return Comparability(not refused and bool(both), both, excluded, refused, tuple(notes))


def _origins(
    evidence: Evidence,
    candidate: str,
    arm: str,
    mine: Seen,
    theirs: Seen,
    refused: dict[str, str],
    notes: list[str],
) -> None:
    one, two = evidence.arms.get(candidate), evidence.arms.get(arm)
    if one is None or two is None:
        return
    if one.origin != two.origin:
        for scope in SCOPES:
            refused[scope] = f"answers of {one.origin} and of {two.origin} never stand in for one another"
        return
    ours, other = _snapshots(mine), _snapshots(theirs)
    if not ours or not other or ours == other:
        return
    said = f"{candidate} was answered by {', '.join(sorted(ours))}, {arm} by {', '.join(sorted(other))}"
    if one.model == two.model:
        for scope in SCOPES:
            refused[scope] = f"{said}: the model behind {one.model} has changed; ask both of it (--pair-live)"
    else:
        notes.append(f"model changed too: {said}")


def _snapshots(seen: Seen) -> set[str]:
    found = {name for draws in seen.values() for one in draws.values() for name in one.snapshot.split(",")}
    return found - {""}


def _replaced(personas: Mapping[str, tuple[str, ...]], mine: Seen, theirs: Seen, again: Seen) -> tuple[Replaced, ...]:
    """Substitutions that two personas or more show by majority, and no draw of the other arm, most first. Who was
    asked again counts where every further draw shows it too."""
    known: set[Substitution] = set()
    for draws in theirs.values():
        for seen in draws.values():
            known |= seen.substitutions
    found: dict[Substitution, list[str]] = {}
    many: dict[str, int] = {}
    asked: set[str] = set()
    for persona, documents in personas.items():
        first = [seen.substitutions for name in documents for seen in mine.get(name, {}).values()]
        further = [seen.substitutions for name in documents for seen in again.get(name, {}).values()]
        many[persona] = len(first) + len(further)
        if further:
            asked.add(persona)
        for substitution, count in Counter(one for each in first for one in each).items():
            stands = count * 2 > len(first) and all(substitution in each for each in further)
            if stands and substitution not in known:
                found.setdefault(substitution, []).append(persona)
    several = [(key, people) for key, people in found.items() if len(people) > 1]
    several.sort(key=lambda item: (-len(item[1]), FIELD_ORDER.get(item[0][0], 99), item[0]))
    return tuple(
        Replaced(
            *key, tuple(people), min(many[name] for name in people), tuple(one for one in people if one not in asked)
        )
        for key, people in several
    )


def field_changes(personas: Mapping[str, tuple[str, ...]], mine: Seen, theirs: Seen) -> tuple[FieldChange, ...]:
    """Every field in both arms, the largest loss first (in leaves lost per CV; ties in the contract's order)."""
    names = {
        name for seen in (mine, theirs) for draws in seen.values() for one in draws.values() for name in one.fields
    }
    changing = {name: _Changing(name) for name in names}
    for documents in personas.values():  # once for all fields: what was seen may have to be unpacked
        rows = [
            [
                (one.fields, one.kinds)
                for document in documents
                for one in seen.get(document, {}).values()
                if one.f1 is not None and not one.failure
            ]
            for seen in (mine, theirs)
        ]
        odd = {name for side in rows for _, kinds in side for name, _ in kinds}
        for name in {name for side in rows for fields, _ in side for name in fields} | (odd & names):
            changing[name].take(documents, rows, name in odd)
    changes = [each.change(len(personas)) for each in changing.values()]
    return tuple(sorted(changes, key=lambda change: (change.effect, FIELD_ORDER.get(change.field, 99))))


_Row: TypeAlias = tuple[Mapping[str, Counts], Mapping[tuple[str, str], int]]
"""Counts and kinds of outcomes of one answer."""


class _Changing:
    """One field in both arms, as far as people were looked at."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counted: tuple[Counter[Counts], Counter[Counts]] = Counter(), Counter()
        self._worse: list[tuple[float, str]] = []
        self._better = self._having = 0
        self._effect = 0.0
        self._kinds = {kind: [0, 0] for kind in ("missing", "wrong", "invented", "near", "duplicate")}

    def take(self, documents: tuple[str, ...], both: Sequence[Sequence[_Row]], odd: bool) -> None:
        """Look at one person's answers in both arms. odd: whether any has an outcome of a kind."""
        name, errors, has = self._name, [0, 0], False
        for side, rows in enumerate(both):
            for fields, _ in rows:
                if (of := fields.get(name)) is not None:
                    self._counted[side][of] += 1
                    errors[side] += _errors(of)
                    has = has or bool(of.golden or of.answer)
        self._having += has
        if odd or any(errors):  # of nearly nobody
            self._differ(documents, both, [wrong / max(1, len(rows)) for wrong, rows in zip(errors, both, strict=True)])

    def _differ(self, documents: tuple[str, ...], both: Sequence[Sequence[_Row]], means: Sequence[float]) -> None:
        """Where an answer is not right. means: errors an answer, by side."""
        shares = [
            {
                kind: sum(kinds.get((self._name, kind), 0) for _, kinds in rows) / max(1, len(rows))
                for kind in self._kinds
            }
            for rows in both
        ]
        difference = means[1] - means[0]
        self._effect += difference
        if difference < -1e-9:
            self._worse.append((difference, documents[0]))
        self._better += difference > 1e-9
        for kind, sides in self._kinds.items():
            sides[0] += shares[0][kind] > shares[1][kind]
            sides[1] += shares[1][kind] > shares[0][kind]

    def change(self, people: int) -> FieldChange:
        """After the last one."""
        kinds, total = self._kinds, [_added(counted) for counted in self._counted]
        kind = max(kinds, key=lambda kind: kinds[kind][0] - kinds[kind][1])
        return FieldChange(
            field=self._name,
            candidate=total[0].f1,
            other=total[1].f1,
            worse=len(self._worse),
            better=self._better,
            having=self._having,
            kind=kind,
            kind_candidate=kinds[kind][0],
            kind_other=kinds[kind][1],
            documents=tuple(document for _, document in sorted(self._worse)),
            effect=self._effect / max(1, people),
        )


def _added(counted: Counter[Counts]) -> Counts:
    """All of them added up, each as often as it was counted."""
    columns = zip(*([many * each for each in astuple(of)] for of, many in counted.items()), strict=True)
    return Counts(*map(sum, columns))


def _errors(of: Counts) -> int:
    """Leaves that are not right, on both sides."""
    return of.golden + of.answer - 2 * of.correct - of.more_correct
