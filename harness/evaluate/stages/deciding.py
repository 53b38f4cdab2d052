"""The third stage: one verdict for each candidate of a run, and the looks that are counted. No model is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from harness.base.canonical import digest
from harness.base.errors import InvalidFileError, UsageError
from harness.base.memory import give_back
from harness.base.project import Project
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.scoring import Scored
from harness.evaluate.stages.second import Here
from harness.evaluate.stages.unjudged import Unjudged, unjudged
from harness.gates.config import GateConfig
from harness.gates.decide import decide as decide_cases
from harness.gates.evidence import Evidence
from harness.gates.known import References, Reservations, Standing
from harness.gates.people import people_of
from harness.gates.probed import Probed
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.types import AGAIN, Comparison, Verdict
from harness.replay.types import Manifest
from harness.review import looks
from harness.review.acceptance import Accepted, load_accepted

if TYPE_CHECKING:
    from harness.evaluate.stages.probing import ProbeResult, ProbeSet


class LookedAt(TypedDict):
    """What a look is counted by."""

    baseline: str
    candidate: str
    origin: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A run scored and decided, not shown yet. verdicts: by candidate arm, in the run's order. probes: what its probes
    found, where it was probed."""

    scored: Scored
    verdicts: Mapping[str, Verdict]
    probes: ProbeResult | None = None

    @property
    def manifest(self) -> Manifest:
        return self.scored.manifest


def decide(run: OpenRun, scored: Scored, made: ProbeSet | None = None) -> Decided:
    """The verdicts about all candidates of the run. made: its probes, where they were just made."""
    run.listener.stage("deciding")
    give_back()  # what scoring has freed
    candidates = [arm.id for arm in scored.manifest.arms if arm.id.split(":")[0] == "candidate"]
    if not candidates:
        run.listener.note("no candidate was replayed: nothing to decide (its records and scores are kept)")
    probes = _probe_result(run, made)
    verdicts = {arm: decided(run.project, scored, arm, run.plan, probes=probes) for arm in candidates}
    return Decided(scored, verdicts, probes)


def decided(
    project: Project,
    scored: Scored,
    candidate: str,
    plan: Plan,
    *,
    manifests: Mapping[str, Manifest] | None = None,
    probes: ProbeResult | None = None,
) -> Verdict:
    """The verdict about one candidate, with what this project knows beside the cases: the stored noise floor, the
    sentences that the simulator cannot judge, the number of the look. manifests: of arms from another run, by arm.
    probes: what probes of the run found."""
    manifest = scored.manifest
    arms = {arm.id: arm for arm in manifest.arms}
    arm = arms[candidate]
    accepted = load_accepted(project, arm.origin)
    unread = read_by_simulator(manifest, candidate)
    look = looks.number(
        project, started=manifest.started, among=_tried_before(manifest, candidate), **looked_at(manifest, candidate)
    )
    return decide_cases(
        Evidence.of(scored.cases, manifest, scored.texts, scored.looked),
        candidate=candidate,
        config=gate_config(plan),
        standing=_standing(scored, candidate, accepted[0] if accepted else None, look),
        reservations=Reservations(unread.changed, unread.reworded, unread.open, unread.blind),
        references=References(manifests or {}, scored.recorded),
        probed=_probed(probes),
        people=None if scored.second is None else scored.second.ask(_people, candidate, gate_config(plan)).result,
    )


def _people(here: Here, candidate: str, config: GateConfig) -> tuple[Comparison, ...]:
    """In the second process: what shows only across documents."""
    return people_of(Evidence.of(here.cases, here.manifest, here.texts), candidate, config)


def _standing(scored: Scored, candidate: str, accepted: Accepted | None, look: int) -> Standing:
    if accepted is None:
        return Standing(look)
    return Standing(look, accepted.noise_floor or None, accepted.debts, _moved(scored, candidate, accepted))


def _probe_result(run: OpenRun, made: ProbeSet | None) -> ProbeResult | None:
    """Judged probes; most runs have none, and load nothing that makes and judges them."""
    if not run.plan.probes:
        return None
    from harness.evaluate.stages.probing import probe_result

    return probe_result(run, made)


def _probed(probes: ProbeResult | None) -> Probed | None:
    if probes is None or not probes.pairs:
        return None
    from harness.probes.tables import probed

    return probed([pair.judged for pair in probes.pairs])


def _tried_before(manifest: Manifest, candidate: str) -> list[tuple[str, str]]:
    """The run's candidates before this one, each of them a try at the baseline; what is accepted already is none."""
    names = [arm.id for arm in manifest.arms if arm.id.split(":")[0] == "candidate"]
    tried = [looked_at(manifest, name) for name in names[: names.index(candidate)]] if candidate in names else []
    return [(each["candidate"], each["evidence"]) for each in tried if each["candidate"] != each["baseline"]]


def _moved(scored: Scored, candidate: str, accepted: Accepted) -> str:
    """That another model answered than when the assistant was accepted, under the same name; "" where none did."""
    live = {
        name
        for case in scored.cases
        if case.record.arm == candidate and case.record.source == "live"
        for name in case.record.snapshot.split(",")
    } - {""}
    new = sorted(live - set(accepted.snapshots))
    if not new or not accepted.snapshots:
        return ""
    return (
        f"the model behind {accepted.model} has moved: {', '.join(new)} answered, and when this assistant was accepted "
        f"{', '.join(accepted.snapshots)} did; it sends the same, and what it does now was never judged against that "
        "(`cv-harness drift` does)"
    )


def read_by_simulator(manifest: Manifest, candidate: str) -> Unjudged:
    """How the simulator read a candidate's edit of the baseline; nothing where a real model answered."""
    arms = {arm.id: arm for arm in manifest.arms}
    arm, baseline = arms[candidate], arms.get("baseline")
    return unjudged(baseline.bundle if baseline else None, arm.bundle, arm.origin)


def looked_at(manifest: Manifest, candidate: str) -> LookedAt:
    """What the look at a candidate of the run is counted by."""
    arms = {arm.id: arm for arm in manifest.arms}
    arm, baseline = arms[candidate], arms.get("baseline")
    texts = {document_id: hashes.text for document_id, hashes in manifest.documents.items()}
    return {
        "baseline": baseline.bundle.wire if baseline and baseline.bundle else "",
        "candidate": arm.bundle.wire if arm.bundle else "",
        "origin": arm.origin,
        "evidence": looks.evidence_of(texts, arm.draws, arm.origin),
    }


def count_looks(run: OpenRun, decided: Decided) -> Decided:
    """Keep that these verdicts were seen, one after the other; the verdicts with the numbers of their looks."""
    numbered: dict[str, Verdict] = {}
    for arm, verdict in decided.verdicts.items():
        number = looks.number(run.project, **looked_at(decided.manifest, arm))
        numbered[arm] = verdict if verdict.identical else replace(verdict, look=number)
        _count_look(run, decided, numbered[arm])
    return replace(decided, verdicts=numbered)


def _count_look(run: OpenRun, decided: Decided, verdict: Verdict) -> None:
    """Keep that this verdict was seen, and what it cost; on the gate split beside a baseline, on the sealed, and of an
    edit that `suggest` tried on the dev split (which has no number: only looks at the gate split are counted)."""
    manifest = decided.manifest
    splits = manifest.selection.get("splits", ())
    looked = looked_at(manifest, verdict.candidate)
    partial = (
        bool(manifest.selection.get("partial")) and "sealed" not in splits
    )  # a part never ships; sealed ones count
    at_gate = "gate" in splits and looked["baseline"]
    suggested = run.plan.command[1:2] == ("suggest",)
    if verdict.identical or partial or not ("sealed" in splits or at_gate or suggested):
        return
    paid = run.store.spending()
    cost = _spent(decided, verdict.candidate, paid.spent)
    unknown = _of(decided, verdict.candidate, paid.unknown)
    earlier = looks.spent_on(run.project, manifest.run_id, looked["candidate"])
    if cost is not None:
        cost = max(Decimal(0), cost - earlier[0])
    unknown = max(Decimal(0), unknown - earlier[1])
    looks.record(
        run.project,
        looks.Look(
            **looked,
            splits=",".join(splits),
            run_id=manifest.run_id,
            verdict=verdict.verdict,
            at=run.clock.now().isoformat(timespec="seconds"),
            cost="" if cost is None else str(cost),
            sealed="sealed" in splits,
            unknown=str(unknown) if unknown else "",
        ),
    )


def _spent(decided: Decided, candidate: str, paid: Mapping[str, Decimal]) -> Decimal | None:
    """US dollars that the run really spent on a candidate, and for the first one on the arms beside it; None where an
    answer has no price. Recorded answers were paid for when they were recorded.

    paid: what the store says by arm, where somebody bills: also calls of a record that was never made.
    """
    if paid:
        return _of(decided, candidate, paid)
    costs = [
        case.record.cost
        for case in decided.scored.cases
        if _counts(decided, candidate, case.record.arm) and case.record.source in ("live", "simulated")
    ]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _counts(decided: Decided, candidate: str, name: str) -> bool:
    """Whether an arm's calls are this candidate's, or stand beside it."""
    arm = name.removesuffix(AGAIN)
    return arm == candidate or (candidate == next(iter(decided.verdicts)) and arm not in decided.verdicts)


def _of(decided: Decided, candidate: str, dollars: Mapping[str, Decimal]) -> Decimal:
    return sum((each for arm, each in dollars.items() if _counts(decided, candidate, arm)), Decimal(0))


def read_verdict(folder: Path) -> Verdict:
    """The verdict that a run was given. Raises UsageError where it has none yet."""
    path = folder / "verdict.json"
    if not path.is_file():
        raise UsageError(f"run {folder.name} has no verdict yet", hint=f"`cv-harness rescore {folder.name}` makes one")
    try:
        return verdict_from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidFileError(
            path, "", f"no verdict ({type(error).__name__})", hint=f"`cv-harness report {folder.name}` makes it again"
        ) from error


def verdict_digest(verdict: Verdict) -> str:
    """What an acceptance names its verdict by."""
    return digest(verdict_to_dict(verdict))
