"""Accepting a run's candidate: one record with bundle, recordings, verdict, commit, look and noise floor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.assistants.bundle import BUNDLE_FILE, DEFAULT_BUNDLE, bundle_folder, load_bundle
from harness.assistants.difference import diff
from harness.assistants.types import AssistantBundle
from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.evaluate.setup.arms import AA
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.deciding import read_verdict, verdict_digest
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.recorded import recorded_on
from harness.evaluate.stages.scoring import score
from harness.gates.debts import debts_of
from harness.gates.noise import noise_floor
from harness.gates.types import Verdict
from harness.models.recordings import RecordingStore
from harness.replay.recorded import recordings_of
from harness.replay.runs import RunInfo, find_run, verdict_folder
from harness.replay.store import RunStore
from harness.replay.types import Arm, Manifest
from harness.review.acceptance import SCHEMA_VERSION, Accepted, Proposal, load_accepted, refuse, write_accepted


def accept_run(
    project: Project,
    run: str | None,
    *,
    reason: str,
    by: str,
    override: bool,
    environment: Mapping[str, str],
    candidate: str = "candidate",
    clock: Clock | None = None,
) -> tuple[Accepted, tuple[Path, ...]]:
    """Make a candidate of `run` (default: the newest) the baseline; the record and the paths to commit.

    The answers of the run become committed recordings, so that later runs replay the baseline for nothing.
    Raises UsageError where it must not be accepted (see `review.acceptance.refuse`), or without a reason and a
    name.
    """
    _said(reason, by)
    info = find_run(project, run)
    manifest = info.readable()
    arm, bundle = _candidate(info, candidate)
    folder = verdict_folder(info.folder, candidate)
    verdict = read_verdict(folder)
    _refuse(project, info, arm, verdict, override, environment)
    store = RecordingStore.of(project)
    with RunStore.open(info.folder) as run_store:
        packs = store.add(recordings_of(run_store, arm.origin, [each.id for each in manifest.arms]), local=False)
        packs += store.promote(arm.origin, _replayed(run_store))
        legacy_recorded = recorded_on(run_store, "legacy")
        snapshots = sorted({each.snapshot for each in run_store.records(arm=arm.id) if each.snapshot})
    accepted = Accepted(
        schema_version=SCHEMA_VERSION,
        name=bundle.name,
        version=bundle.version,
        wire=bundle.wire,
        model=bundle.model,
        origin=arm.origin,
        run_id=info.run_id,
        verdict=verdict.verdict,
        verdict_sha256=verdict_digest(verdict),
        override=override and verdict.verdict != "SHIP",
        by=by.strip(),
        reason=reason.strip(),
        accepted=(clock or SystemClock()).now().isoformat(timespec="seconds"),
        commit=manifest.commit + ("+changes" if manifest.dirty else ""),
        look=verdict.look,
        draws=len(arm.draws),
        first_draw=arm.draws.start,
        legacy_wire=manifest.settings.legacy_wire or "",
        legacy_recorded=legacy_recorded,
        contract=manifest.contract,
        scorer=manifest.scorer,
        noise_floor=_noise(project, info, arm),
        summary=_facts(folder),
        debts=debts_of(verdict.comparisons),
        elsewhere=_elsewhere(manifest, arm),
        snapshots=tuple(snapshots),
    )
    path = write_accepted(project, accepted, bundle, _left(project, manifest, arm))
    return accepted, (path.parent, *packs)


def _elsewhere(manifest: Manifest, arm: Arm) -> dict[str, tuple[int, ...]]:
    """Where legacy and the anchor are recorded, in a run that took them from other draws than the candidate's."""
    return {
        each.id: (each.draws.start, len(each.draws))
        for each in manifest.arms
        if each.id in ("legacy", "anchor") and each.draws != arm.draws
    }


def _left(project: Project, manifest: Manifest, arm: Arm) -> tuple[Accepted, AssistantBundle] | None:
    """The accepted assistant that is left for another model, with the draws on which it stood beside the new one."""
    found = load_accepted(project, arm.origin)
    if found is None or found[0].model == arm.model:
        return None
    stood = next((each for each in manifest.arms if each.id == "baseline" and _sent(each)[0] == found[0].wire), None)
    if stood is None:
        return found
    return replace(found[0], first_draw=stood.draws.start, draws=len(stood.draws)), found[1]


def _said(reason: str, by: str) -> None:
    """Raise UsageError where nobody says why, or who."""
    if not reason.strip(" .…") or reason.strip() == "WHY":
        raise UsageError("an acceptance needs a reason", hint='give --reason "what was improved, and how it was seen"')
    if not by.strip():
        raise UsageError("an acceptance needs a name", hint="give --by NAME")


def accept_notes(project: Project, accepted: Accepted) -> tuple[str, ...]:
    """What whoever accepts should know: one draw, uncommitted changes, another bundle in the working tree by now."""
    notes = []
    if accepted.draws == 1:
        notes.append(
            "each CV was asked once: how much this assistant differs from itself is not known; --repeat 3 measures it"
        )
    if accepted.commit.endswith("+changes"):
        notes.append(
            f"the run was made with uncommitted changes on {accepted.commit[:10]}: commit the bundle with this"
        )
    folder = bundle_folder(project, DEFAULT_BUNDLE)
    if folder is not None and (now := load_bundle(folder)).wire != accepted.wire:
        notes.append(f"the working tree's {now.name} is another one by now (wire {now.wire[:12]}): it is not accepted")
        if now.model != accepted.model:
            notes.append(f"put what is accepted into {folder / BUNDLE_FILE}: {_told(project, accepted, now)}")
    return tuple(notes)


def _told(project: Project, accepted: Accepted, now: AssistantBundle) -> str:
    """Settings in which the working tree differs from what is accepted: "model gpt-4o → gpt-6-luna; …"."""
    found = load_accepted(project, accepted.origin)
    settings = diff(now, found[1]).settings if found is not None else ()

    def shown(value: Json) -> str:
        return "not set" if value is None else str(value)

    return "; ".join(f"{each.name} {shown(each.before)} → {shown(each.after)}" for each in settings)


def _candidate(info: RunInfo, name: str) -> tuple[Arm, AssistantBundle]:
    """The run's candidate of that name. Raises UsageError where it has none."""
    candidates = {arm.id: arm for arm in info.readable().arms if arm.id.split(":")[0] == "candidate" and arm.bundle}
    arm = candidates.get(name)
    if arm is None or arm.bundle is None:
        named = ", ".join(candidates)
        raise UsageError(
            f"run {info.run_id} replayed no {name}",
            hint=f"its candidates: {named}" if named else "accept a run of an assistant, made by `cv-harness run`",
        )
    return arm, arm.bundle


def _refuse(
    project: Project, info: RunInfo, arm: Arm, verdict: Verdict, override: bool, environment: Mapping[str, str]
) -> None:
    """Raise UsageError where the run must not be accepted. The first assistant of an origin has nothing to be compared
    with, so its INCONCLUSIVE stands in nobody's way."""
    manifest = info.readable()
    found = load_accepted(project, arm.origin)
    first = found is None and verdict.verdict == "INCONCLUSIVE"
    proposal = Proposal(
        verdict="SHIP" if first else verdict.verdict,
        origin=arm.origin,
        splits=tuple(manifest.selection.get("splits", ())),
        partial=bool(manifest.selection.get("partial")),
        complete=info.status == "complete",
        unmade=info.expected - info.records,
        compared=manifest.settings.accepted or None,
    )
    refuse(proposal, found[0] if found else None, override=override, environment=environment)


def _replayed(store: RunStore) -> Iterator[tuple[str, int]]:
    """Calls (key and draw) that the run took from recordings, which may be on this machine only."""
    for record in store.records():
        for attempt in store.attempts_of(record.key):
            if attempt.source == "recorded":
                yield attempt.call_key, attempt.draw


def _noise(project: Project, info: RunInfo, arm: Arm) -> Mapping[str, Any]:
    """What the accepted assistant differs from itself by: in the run's A/A where that is of this very assistant, else
    between its own draws."""
    manifest = info.readable()
    splits = tuple(manifest.selection.get("splits", ("gate",)))
    with open_run(project, info.folder, Plan(splits=splits)) as run:
        cases = score(run).cases
    twin = next((each for each in manifest.arms if each.id == AA), None)
    return noise_floor(cases, "baseline" if twin is not None and _sent(twin) == _sent(arm) else arm.id)


def _sent(arm: Arm) -> tuple[str, str, str]:
    """What an arm sends, and where to."""
    return arm.bundle.wire if arm.bundle else "", arm.model, arm.origin


def _facts(folder: Path) -> Mapping[str, Any]:
    """What the trend shows of an accepted version."""
    path = folder / "summary.json"
    if not path.is_file():
        return {}
    summary = json.loads(path.read_text(encoding="utf-8"))
    role = summary["roles"]["candidate"]
    return dict(summary["headline"].get(role, {}))
