"""From settings to a plan: what a run is asked for where no flag says otherwise, and what a stored run was."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harness.base.project import Project
from harness.base.terminal import safe
from harness.cli.settings import Resolved, Settings, resolve
from harness.corpus.remote import is_remote
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.gates.config import GateConfig
from harness.replay.runs import RunInfo, find_run, passed_over
from harness.replay.types import Manifest

WHOLE = ("gate", "sealed")
"""What a release is decided on."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored run of this project, and the plan to judge it by."""

    project: Project
    info: RunInfo
    plan: Plan


def chosen(project: Project, run_id: str) -> str | None:
    """The id that was given, None for the newest run that can be read; says which broken ones are passed over."""
    for broken in () if run_id else passed_over(project):
        print(safe(f"note: run {broken.run_id} is broken and passed over: {broken.problem}"), file=sys.stderr)
    return run_id or None


def stored(run_id: str) -> Stored:
    """The run of that id, "" for the newest. Raises UsageError where there is none that can be read."""
    project = Project.find()
    info = find_run(project, chosen(project, run_id))
    manifest = info.readable()
    if not run_id:
        from harness.reports.runs_page import edit_of, selection_of

        edit = edit_of({arm.id: arm for arm in manifest.arms}, "candidate")
        told = f"run {info.run_id}: {selection_of(manifest)}, {len(manifest.documents)} CVs"
        print(safe(f"{told}{f', edit: {edit}' if edit else ''}").replace("\n", " "), file=sys.stderr)
    return Stored(project, info, plan_of_run(info.readable(), resolve(project).settings))


def plan_of(settings: Settings) -> Plan:
    """The plan that settings alone describe. A release is decided on the gate and the sealed split, on new draws."""
    release = settings.profile == "release"
    return Plan(
        splits=WHOLE if release else ("gate",),
        fresh=release,
        assistants=(settings.assistant,),
        provider=settings.provider,
        base_url=settings.base_url,
        models=(settings.model,) if settings.model else (),
        repeat=settings.repeat,
        concurrency=settings.concurrency,
        seed=settings.seed,
        profile=settings.profile,
        legacy=settings.legacy,
        max_cost=settings.max_cost,
        confirm_above=settings.confirm_above,
        monthly_volume=settings.monthly_volume,
        phone_region=settings.phone_region,
        gates=settings.gates,
    )


def plan_of_run(manifest: Manifest, settings: Settings) -> Plan:
    """The plan that a stored run was made with, as far as judging it again needs it."""
    kept, selection = manifest.settings, manifest.selection
    draws = {arm.id: arm.draws for arm in manifest.arms}
    counted = next((draws[name] for name in ("candidate", "baseline", "legacy") if name in draws), None)
    return replace(
        plan_of(settings),
        provider=kept.provider,
        reader=kept.reader,
        sequential=kept.sequential,
        base_url=kept.base_url,
        splits=tuple(selection.get("splits", ("gate",))),
        only=tuple(selection.get("only", ())),
        tags=tuple(selection.get("tags", ())),
        limit=selection.get("limit"),
        profile=kept.profile,
        seed=manifest.seed,
        repeat=kept.repeat or settings.repeat,
        first_draw=counted.start if counted is not None else None,
        fresh=kept.fresh,
        cvs=Path(kept.cvs) if kept.cvs and not is_remote(kept.cvs) else kept.cvs,
        answers=Path(kept.answers) if kept.answers else None,
        probes=kept.probes,
        way=kept.way,
        command=manifest.command,
    )


def gate_origins(found: Resolved) -> Mapping[str, str]:
    """Where each of the gates' constants comes from, by its key in `GateConfig.describe`: the origin of the setting
    that it is, "pyproject.toml" where the gates' table says it or what follows from it, "default of release" where
    the profile does, else "default"."""
    in_force = gate_config(plan_of(found.settings))
    of_profile, usual = (
        {key: value for key, value, _ in config.describe()}
        for config in (GateConfig.for_profile(in_force.profile), GateConfig())
    )
    origins = {}
    for key, value, _ in in_force.describe():
        gate, _, constant = key.partition(".")
        given = found.settings.gates.get(gate)
        said = constant in given if isinstance(given, Mapping) else given is not None
        if key in ("profile", "legacy"):
            origins[key] = found.origins[key]
        elif said or value != of_profile.get(key, usual.get(key)):
            origins[key] = found.origins["gates"]
        else:
            origins[key] = "default" if value == usual.get(key) else f"default of {in_force.profile}"
    return origins
