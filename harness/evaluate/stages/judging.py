"""The stages after the replay, each from files to files: score, decide, render. None of them calls a model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.base.canonical import digest
from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.types import Extraction
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.pages import write_pages
from harness.evaluate.stages.recorded import recorded_on
from harness.evaluate.stages.unjudged import unjudged
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.types import AGAIN, Case, Verdict
from harness.pipelines.assistant import CONTENT_FIELDS
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.replay.runs import verdict_folder
from harness.replay.store import RunStore
from harness.replay.types import Manifest, Record, RecordKey
from harness.review import looks
from harness.review.acceptance import history, load_accepted


@dataclass(frozen=True, slots=True)
class Assessed:
    """A run scored and decided, not shown yet. verdicts: by candidate arm, in the run's order."""

    folder: Path
    manifest: Manifest
    inputs: Inputs
    texts: Mapping[str, Extraction]
    cases: tuple[Case, ...]
    verdicts: Mapping[str, Verdict]


def judge(
    project: Project,
    folder: Path,
    plan: Plan,
    *,
    listener: Listener | None = None,
    clock: Clock | None = None,
    count_look: bool = True,
) -> Evaluation:
    """Score, decide and render the run in `folder` with today's scorer, goldens and gates."""
    listener = listener or Silent()
    assessed = assess(project, folder, plan, listener=listener)
    return present(project, assessed, plan, listener=listener, clock=clock, count_look=count_look)


def assess(project: Project, folder: Path, plan: Plan, *, listener: Listener) -> Assessed:
    """Score and decide the run in `folder`."""
    inputs = load_inputs(project, plan, verify=False)
    listener.stage("scoring")
    with RunStore.open(folder, write=True) as store:
        cases = score_run(store, inputs)
        manifest = with_goldens(store.manifest(), inputs)
        texts = dict(store.extractions())
        recorded = {"legacy": days} if (days := recorded_on(store, "legacy")) else {}
    listener.stage("deciding")
    candidates = [arm.id for arm in manifest.arms if arm.id.split(":")[0] == "candidate"]
    if not candidates:
        listener.note("no candidate was replayed: nothing to decide (its records and scores are kept)")
    verdicts = {arm: decided(project, cases, manifest, arm, plan, recorded=recorded) for arm in candidates}
    return Assessed(folder, manifest, inputs, texts, cases, verdicts)


def present(
    project: Project,
    assessed: Assessed,
    plan: Plan,
    *,
    listener: Listener,
    clock: Clock | None = None,
    count_look: bool = True,
) -> Evaluation:
    """Count the look, render the pages, and let `reports/latest` lead to them."""
    folder, manifest = assessed.folder, assessed.manifest
    pages: dict[str, Path] = {}
    listener.stage("rendering")
    if count_look:
        assessed = replace(assessed, verdicts=_count_looks(project, assessed, clock or SystemClock()))
    for arm in assessed.verdicts:
        pages[arm] = _render(project, assessed, arm, plan)
    if pages:
        point_latest(project, folder)
    if plan.out is not None and pages:
        _copy(folder, plan.out)
    return Evaluation(folder, manifest, assessed.verdicts, pages, None)


def score_run(store: RunStore, inputs: Inputs) -> tuple[Case, ...]:
    """Every record with its score, by today's scorer. Scores that are there are used; others are made and kept.

    A golden that changed since makes its scores anew: the store keys them by scorer version and golden.
    """
    from harness.scoring import SCORER_VERSION
    from harness.scoring.score import score
    from harness.scoring.serial import from_dict, to_dict

    documents = {document.id: document for document in inputs.documents}
    version = f"{SCORER_VERSION}/{digest({key: golden.sha256 for key, golden in inputs.goldens.items()})[:16]}"
    known = {key: from_dict(value) for key, value in store.scores(version)}
    texts: dict[str, Extraction] = dict(store.extractions())
    fresh: list[tuple[RecordKey, dict[str, Any]]] = []
    cases: list[Case] = []
    for record in store.records():
        document = documents.get(record.document_id)
        if document is None:
            continue
        if _nothing_to_score(record):
            cases.append(Case(document, record, None))
            continue
        found = known.get(record.key)
        if found is None:
            extraction = texts.get(record.document_id)
            text = extraction.text if extraction is not None and extraction.text else None
            found = score(record.answer, inputs.goldens.get(record.document_id), text)
            fresh.append((record.key, to_dict(found)))
        cases.append(Case(document, record, found))
    if fresh:
        store.put_scores(version, fresh)
    return tuple(cases)


def _nothing_to_score(record: Record) -> bool:
    """Our own failures are no answer of the arm; unread documents are, because coverage counts."""
    from harness.base.types import Failure

    return isinstance(record.answer, Failure) and record.answer.kind == "harness"


def with_goldens(manifest: Manifest, inputs: Inputs) -> Manifest:
    """The manifest with the goldens that the decision is made on, which may be newer than the run."""
    documents = {
        document_id: replace(hashes, golden=golden.sha256 if golden is not None else None)
        for document_id, hashes in manifest.documents.items()
        for golden in (inputs.goldens.get(document_id),)
    }
    return replace(manifest, documents=documents)


def decided(
    project: Project,
    cases: Sequence[Case],
    manifest: Manifest,
    candidate: str,
    plan: Plan,
    manifests: Mapping[str, Manifest] | None = None,
    *,
    recorded: Mapping[str, str] | None = None,
) -> Verdict:
    """The verdict about one candidate, with what this project knows beside the cases: the stored noise floor, the
    sentences that the simulator cannot judge, the number of the look. manifests: of arms from another run, by arm.
    recorded: when an arm's answers were made."""
    arms = {arm.id: arm for arm in manifest.arms}
    arm, baseline = arms[candidate], arms.get("baseline")
    accepted = load_accepted(project, arm.origin)
    unread = unjudged(baseline.bundle if baseline else None, arm.bundle, arm.origin)
    return decide(
        cases,
        manifest=manifest,
        candidate=candidate,
        config=gate_config(plan),
        look=looks.number(project, **_looked_at(manifest, candidate), started=manifest.started),
        noise=accepted[0].noise_floor if accepted and accepted[0].noise_floor else None,
        unjudged=unread.changed,
        reworded=unread.reworded,
        manifests=manifests,
        recorded=recorded,
    )


def _looked_at(manifest: Manifest, candidate: str) -> dict[str, str]:
    """What a look is counted by: baseline, candidate, origin, evidence."""
    arms = {arm.id: arm for arm in manifest.arms}
    arm, baseline = arms[candidate], arms.get("baseline")
    texts = {document_id: hashes.text for document_id, hashes in manifest.documents.items()}
    return {
        "baseline": baseline.bundle.wire if baseline and baseline.bundle else "",
        "candidate": arm.bundle.wire if arm.bundle else "",
        "origin": arm.origin,
        "evidence": looks.evidence_of(texts, arm.draws, arm.origin),
    }


def _count_looks(project: Project, assessed: Assessed, clock: Clock) -> dict[str, Verdict]:
    """Keep that these verdicts were seen, one after the other; the verdicts with the numbers of their looks."""
    numbered = {}
    for arm, verdict in assessed.verdicts.items():
        if not verdict.identical:
            verdict = replace(verdict, look=looks.number(project, **_looked_at(assessed.manifest, arm)))
        numbered[arm] = verdict
        _count_look(project, assessed, verdict, clock)
    return numbered


def _count_look(project: Project, assessed: Assessed, verdict: Verdict, clock: Clock) -> None:
    """Keep that this verdict was seen, and what it cost; on the gate split beside a baseline, and on the sealed."""
    splits = assessed.manifest.selection.get("splits", ())
    looked = _looked_at(assessed.manifest, verdict.candidate)
    if verdict.identical or not ("sealed" in splits or ("gate" in splits and looked["baseline"])):
        return
    cost = _spent(assessed, verdict.candidate)
    if cost is not None:
        cost = max(Decimal(0), cost - looks.spent_on(project, assessed.manifest.run_id, looked["candidate"]))
    looks.record(
        project,
        looks.Look(
            **looked,
            splits=",".join(splits),
            run_id=assessed.manifest.run_id,
            verdict=verdict.verdict,
            at=clock.now().isoformat(timespec="seconds"),
            cost="" if cost is None else str(cost),
            sealed="sealed" in splits,
        ),
    )


def _spent(assessed: Assessed, candidate: str) -> Decimal | None:
    """US dollars that the run really spent on a candidate, and for the first one on the arms beside it; None where an
    answer has no price. Recorded answers were paid for when they were recorded."""
    first = next(iter(assessed.verdicts))
    costs = [
        case.record.cost
        for case in assessed.cases
        for arm in (case.record.arm.removesuffix(AGAIN),)
        if arm == candidate or (candidate == first and arm not in assessed.verdicts)
        if case.record.source in ("live", "simulated")
    ]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def gate_config(plan: Plan) -> GateConfig:
    """The gates' constants of a plan: its profile's, changed by the settings table."""
    looks = {"looks": list(plan.sequential)} if plan.sequential else {}
    return GateConfig.from_mapping({"profile": plan.profile, "legacy": plan.legacy, **plan.gates, **looks})


def _render(project: Project, assessed: Assessed, candidate: str, plan: Plan) -> Path:
    """Write a candidate's verdict.json, summary.json, summary.md and pages; the path of the full page."""
    folder, manifest = verdict_folder(assessed.folder, candidate), assessed.manifest
    folder.mkdir(parents=True, exist_ok=True)
    origin = next(arm.origin for arm in manifest.arms if arm.id == candidate)
    with RunStore.open(assessed.folder) as store:
        return write_pages(
            folder,
            cases=assessed.cases,
            verdict=assessed.verdicts[candidate],
            manifest=manifest,
            goldens=assessed.inputs.goldens,
            texts={document_id: extraction.text for document_id, extraction in assessed.texts.items()},
            attempts=store.attempts_of,
            fills={arm.id: LEGACY_FIELDS if arm.id == "legacy" else CONTENT_FIELDS for arm in manifest.arms},
            trend=history(project, origin),
            blame=_blame(folder),
            monthly_cvs=plan.monthly_volume,
            verdicts=assessed.verdicts,
        )


def _blame(folder: Path) -> Any:
    import json

    path = folder / "blame.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def point_latest(project: Project, folder: Path) -> None:
    """`reports/latest` leads to the newest report."""
    link = project.reports / "latest"
    beside = project.reports / ".latest.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(os.path.relpath(folder, project.reports), target_is_directory=True)
    os.replace(beside, link)


def _copy(folder: Path, out: Path) -> None:
    """The report without the run store: what `--out` asks for."""
    shutil.copytree(folder, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run.db*", "*.lock"))


def read_verdict(folder: Path) -> Verdict:
    """The verdict that a run was given. Raises UsageError where it has none yet."""
    import json

    path = folder / "verdict.json"
    if not path.is_file():
        raise UsageError(f"run {folder.name} has no verdict yet", hint=f"`cv-harness rescore {folder.name}` makes one")
    return verdict_from_dict(json.loads(path.read_text(encoding="utf-8")))


def verdict_digest(verdict: Verdict) -> str:
    """What an acceptance names its verdict by."""
    return digest(verdict_to_dict(verdict))
