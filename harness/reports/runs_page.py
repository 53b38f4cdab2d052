"""The list of a project's runs, for the terminal and as a page: what was edited, on what, what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import UsageError
from harness.base.terminal import safe
from harness.gates.catalogue import GATES
from harness.gates.serial import verdict_from_dict
from harness.replay.runs import RunInfo, verdict_folder
from harness.replay.types import Arm, Manifest
from harness.reports import labels
from harness.reports.filters import asset, environment, markup
from harness.review.blame import edits_between

NAMED_EDITS = 2


@dataclass(frozen=True, slots=True)
class RunRow:
    """One candidate of a run. verdict: "" where there is none (yet). page: relative to the project's reports, "" where
    there is none. gate: labels of the gates that failed or are open. problem: why the run cannot be read."""

    run_id: str
    started: str
    status: str
    candidate: str
    verdict: str
    title: str
    headline: str
    edit: str
    selection: str
    documents: int
    draws: int
    origin: str
    answers: str
    gates: tuple[str, ...]
    page: str
    problem: str = ""


def rows(infos: Iterable[RunInfo], reports: Path) -> tuple[RunRow, ...]:
    """A row for each candidate of each run; a run that cannot be read has one that says why."""
    return tuple(row for info in infos for row in _rows(info, reports))


def _rows(info: RunInfo, reports: Path) -> Iterable[RunRow]:
    manifest = info.manifest
    if manifest is None:
        yield RunRow(info.run_id, "", "broken", "", "", "", "", "", "", 0, 0, "", "", (), "", info.problem)
        return
    arms = {arm.id: arm for arm in manifest.arms}
    for name in [name for name in arms if name.split(":")[0] == "candidate"] or [""]:
        folder = verdict_folder(info.folder, name) if name else info.folder
        verdict, problem = _verdict(folder / "verdict.json")
        brief = _read(folder / "summary.json")[0].get("brief")
        brief = brief if isinstance(brief, dict) else {}
        page = folder / "index.html"
        yield RunRow(
            run_id=info.run_id,
            started=manifest.started[:16].replace("T", " "),
            status=info.status,
            candidate=name,
            verdict=str(verdict.get("verdict", "")),
            title=str(brief.get("title", verdict.get("verdict", ""))),
            headline=str(brief.get("headline", "")),
            edit=edit_of(arms, name),
            selection=selection_of(manifest),
            documents=len(manifest.documents),
            draws=len(arms[name].draws) if name else max((len(arm.draws) for arm in manifest.arms), default=0),
            origin=arms[name].origin if name else next((arm.origin for arm in manifest.arms), ""),
            answers=f"{info.records}/{info.expected}",
            gates=_gates(verdict),
            page=str(page.relative_to(reports)) if page.is_file() else "",
            problem=problem,
        )


def edit_of(arms: Mapping[str, Arm], candidate: str) -> str:
    """What the candidate changes against the baseline, in a few words; "" without two bundles."""
    after = arms[candidate].bundle if candidate in arms else None
    before = arms["baseline"].bundle if "baseline" in arms else None
    if before is None or after is None:
        return ""
    if before.wire == after.wire:
        return "none"
    edits = [edit.label for edit in edits_between(before, after)]
    return labels.few(edits, NAMED_EDITS) or "name or description"


def selection_of(manifest: Manifest) -> str:
    """Which documents were chosen, in words: the splits and what narrows them, a folder, an answers file."""
    chosen = manifest.selection
    if "blame" in chosen:
        return "blame"
    if "folder" in chosen:
        return "a folder"
    if "answers" in chosen:
        return "answers"
    parts = ["+".join(map(str, _listed(chosen.get("splits"))))]
    parts += [f"{name} {', '.join(map(str, _listed(chosen[name])))}" for name in ("only", "tags") if chosen.get(name)]
    if chosen.get("limit"):
        parts.append(f"limit {chosen['limit']}")
    return " · ".join(part for part in parts if part)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """A JSON object of a run's folder; {} where there is none, and why where it is broken."""
    if not path.is_file():
        return {}, ""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return {}, f"{path.name} cannot be read: {error}"
    return (value, "") if isinstance(value, dict) else ({}, f"{path.name} holds no object")


def _verdict(path: Path) -> tuple[dict[str, Any], str]:
    """As `_read`, of a verdict that is one."""
    found, problem = _read(path)
    try:
        if found:
            verdict_from_dict(found)
    except UsageError as error:
        return {}, f"{path.name} is no verdict: {error.message[:200]}"
    return found, problem


def _gates(verdict: Mapping[str, Any]) -> tuple[str, ...]:
    """Labels of the deciding gates that did not pass, those that failed first."""
    found = [
        (gate["status"] != "FAIL", GATES[gate["name"]].label if gate["name"] in GATES else gate["name"])
        for comparison in verdict.get("comparisons", ())
        for gate in comparison["gates"]
        if gate["level"] == "deciding" and gate["status"] in ("FAIL", "INCONCLUSIVE")
    ]
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda item: item[0])))


def line(row: RunRow, part: str = "") -> str:
    """One run on the terminal: id, status, verdict, selection and n, `part` of it, then the edit."""
    if not row.status or row.status == "broken":
        return safe(f"{row.run_id}  broken: {row.problem} (`cv-harness prune` removes it)")
    name = f"{row.candidate} " if ":" in row.candidate else ""
    on = f"{row.selection}, {row.documents} CV{'s' * (row.documents != 1)} × {row.draws}"
    head = f"{row.run_id}  {row.status:11} {name}{row.verdict or 'no verdict':12} {on} · {row.answers} answers{part}"
    edit = f" · edit: {row.edit}" if row.edit else ""
    return safe(f"{head}{edit}{f' · {row.problem}' if row.problem else ''}").replace("\n", " ")


def render(found: Iterable[RunRow]) -> bytes:
    """The page of runs: static, offline, each run a link to its own page."""
    text = environment().get_template("runs.html.j2").render(rows=list(found), css=markup(asset("page.css")))
    return text.encode("utf-8", "replace")
