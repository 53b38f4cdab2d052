"""What an auditor is given: one self-contained document of a probed run, without a value of any CV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.base.canonical import digest
from harness.gates.catalogue import GATES
from harness.gates.words import times
from harness.replay.types import Manifest
from harness.reports.filters import asset, environment
from harness.reports.probes import context, short


def render_evidence(
    figures: Mapping[str, Any],
    manifest: Manifest,
    gates: Sequence[Mapping[str, Any]],
    names: Mapping[str, Any],
) -> str:
    """The document as HTML. figures: of probes.json, without the pairs; gates: those about probes, as verdict.json has
    them; names: the lists of names with their sources."""
    return environment().get_template("evidence.html.j2").render(
        **{**context(figures), "short": _short(figures, gates)},
        harness=manifest.harness,
        tested=_tested(manifest, figures),
        selection=_selection(manifest.selection),
        gates=gates,
        names=[*names["groups"], *names["scripts"]],
        matched=_matched,
        licence=names["licence"],
        law=json.loads(asset("law.json")),
        versions=_versions(manifest, figures),
    )  # fmt: skip


def _short(figures: Mapping[str, Any], gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Findings in sentences, and what the decision rules say."""
    told = short(figures)
    told += [
        f"Decision rule “{GATES[gate['name']].label}”: {gate['status'].replace('_', ' ')} ({gate['level']})."
        for gate in gates
    ]
    return told


def _matched(row: Mapping[str, Any]) -> str:
    """Which part of a group's names is as frequent as those of the others."""
    parts = row.get("matched", ())
    return "both names" if len(parts) == 2 else f"{parts[0]} names only" if parts else "not matched"


def _tested(manifest: Manifest, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [("answers of", figures["origin"]), ("started", manifest.started), ("finished", manifest.finished or "–")]
    for arm in manifest.arms:
        of = arm.bundle
        asked = " (named, not asked: the simulator answered)" if figures["simulated"] else ""
        told = f"{arm.pipeline}, model {arm.model}{asked}, each CV asked {times(len(arm.draws))}"
        if of is not None:
            told += f"; {of.name}, version {of.version[:16]}, as sent {of.wire[:16]}"
        found.append((arm.id, told))
    return found


def _selection(chosen: Mapping[str, Any]) -> str:
    """How the CVs were chosen, without a name of a folder or a file."""
    if "folder" in chosen:
        return "a folder of CVs without goldens"
    splits = ", ".join(map(str, chosen.get("splits", ())))
    return f"split {splits}{', a part of it' if chosen.get('partial') else ''}" if splits else "a selection"


def _versions(manifest: Manifest, figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    texts = sorted(hashes.text or "" for hashes in manifest.documents.values())
    found = [
        ("run", manifest.run_id),
        ("harness", manifest.harness),
        ("commit", f"{manifest.commit or 'unknown'}{' (with changes)' if manifest.dirty else ''}"),
        ("scorer", manifest.scorer),
        ("contract, SHA-256", manifest.contract),
        ("seed", str(manifest.seed)),
        ("texts read, SHA-256 of their sorted hashes", digest(texts)),
        ("figures, SHA-256 of probes.json without pairs", digest(figures)),
    ]
    found += [
        (f"{arm.id}: instructions, SHA-256", digest(arm.bundle.instructions)) for arm in manifest.arms if arm.bundle
    ]
    return [*found, *((name, version) for name, version in sorted(manifest.packages.items()))]
