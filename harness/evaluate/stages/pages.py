"""The files of a judged run: verdict.json, summary.json, the pages, the Markdown, and what may be published.

`redacted/` in the run's folder holds no CV text, value or document name: the only part that leaves the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.base.types import Json
from harness.corpus.pictures import page_images
from harness.evaluate.stages.deciding import Decided, read_by_simulator
from harness.evaluate.stages.evaluation import worst
from harness.evaluate.stages.known import known_of
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.second import Here
from harness.gates.lazy import LazyCases
from harness.gates.serial import verdict_to_dict
from harness.gates.types import Verdict
from harness.pipelines.assistant import CONTENT_FIELDS
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.replay.runs import verdict_folder
from harness.replay.types import Manifest
from harness.reports import markdown
from harness.reports.contenders import contenders
from harness.reports.listing import FILE as ALL_CVS
from harness.reports.listing import Listing
from harness.reports.page import drawn, render
from harness.reports.prepare import Judged, prepare
from harness.reports.redaction import Redactor
from harness.reports.summary import SHOWN, build_summary
from harness.reports.summary_types import Summary
from harness.reports.tables_apart import TablesApart, tables_apart
from harness.reports.texts import texts_of
from harness.review.acceptance import history
from harness.review.agreement import agreements
from harness.review.looks import sealed_uses

REDACTED = "redacted"
MIGRATION = "migration.json"
"""In a run's folder: the change of model that it is part of."""
IMAGED = 6
"""CVs whose pages are shown as pictures, too; the page has to stay one file that opens at once."""
IMAGE_BYTES = 700_000


def summarised(run: OpenRun, decided: Decided) -> dict[str, Summary]:
    """summary.json of every candidate, each with the table of all of them."""
    found = {candidate: _summary(run, decided, candidate) for candidate in decided.verdicts}
    table = contenders(decided.verdicts, found)
    migration = _migration(run)
    for summary in found.values():
        if table is not None:
            summary["contenders"] = table
        if migration is not None:
            summary["migration"] = migration
    return found


def _summary(run: OpenRun, decided: Decided, candidate: str) -> Summary:
    manifest, cases = decided.manifest, decided.scored.cases
    fills = _fills(decided)
    folder = verdict_folder(run.folder, candidate)
    large, second = len(run.inputs.documents) > SHOWN, decided.scored.second
    apart = None if second is None else second.ask(_apart, decided.verdicts[candidate], fills, run.plan.monthly_volume)
    with listing(folder, manifest) if large else contextlib.nullcontext() as found:
        summary = build_summary(
            _judged(run, decided, candidate),
            trend=history(run.project, next(arm.origin for arm in manifest.arms if arm.id == candidate)),
            blame=_blame(folder),
            readings=[one.to_dict() for one in read_by_simulator(manifest, candidate).readings],
            agreement=[pair.to_dict() for pair in agreements(cases, fills)],
            monthly_cvs=run.plan.monthly_volume,
            on_row=found.add if found is not None else None,
            apart=apart.result if apart is not None else None,
        )
    summary["run"]["sealed_uses"] = sealed_uses(run.project)
    if unknown := [call for call in run.store.unknown_calls() if not call.in_batch]:
        most = [float(each.reserved) for each in unknown if each.reserved is not None]
        summary["run"]["unknown_calls"] = {"calls": len(unknown), "dollars": sum(most) if most else None}
    if len(decided.verdicts) > 1:
        summary["run"]["candidates"] = {arm: each.verdict for arm, each in decided.verdicts.items()}
    return summary


def _apart(here: Here, verdict: Verdict, fills: Mapping[str, frozenset[str]], monthly_cvs: int) -> TablesApart:
    """In the second process."""
    return tables_apart(prepare(here.cases, verdict, here.manifest, fills), monthly_cvs, here.store.attempts_of)


def listing(folder: Path, manifest: Manifest) -> Listing:
    """The file of all CVs of a run whose page shows some of them."""
    folder.mkdir(parents=True, exist_ok=True)
    return Listing(folder / ALL_CVS, tuple(arm.id for arm in manifest.arms))


def _fills(decided: Decided) -> dict[str, frozenset[str]]:
    return {arm.id: LEGACY_FIELDS if arm.id == "legacy" else CONTENT_FIELDS for arm in decided.manifest.arms}


def _judged(run: OpenRun, decided: Decided, candidate: str) -> Judged:
    return Judged(
        decided.scored.cases,
        decided.verdicts[candidate],
        decided.manifest,
        goldens=run.inputs.goldens,
        texts=decided.scored.texts,
        fills=_fills(decided),
        attempts=run.store.attempts_of,
    )


def write_pages(run: OpenRun, decided: Decided, candidate: str, summary: Summary, probed: Json = None) -> Path:
    """Write everything that renders one candidate's verdict into its folder; the path of the full page. probed: the
    figures of the run's probes, which name nobody."""
    folder = verdict_folder(run.folder, candidate)
    public = folder / REDACTED
    public.mkdir(parents=True, exist_ok=True)
    verdict = decided.verdicts[candidate]
    redactor = _redactor(run, decided, verdict, summary)
    pictures = replace(drawn(summary), cvs=page_images(_to_look_at(run, summary), most_bytes=IMAGE_BYTES))
    page = render(
        folder / "index.html",
        _judged(run, decided, candidate),
        summary,
        public=(public / "index.html", redactor),
        pictures=pictures,
        probed=probed,
    ).path
    _json(folder / "verdict.json", verdict_to_dict(verdict))
    _json(folder / "summary.json", summary)
    redacted_verdict, redacted_summary = redactor.verdict(verdict), redactor.summary(summary)
    _json(public / "verdict.json", verdict_to_dict(redacted_verdict))
    _json(public / "summary.json", redacted_summary)
    text = _with(
        markdown.render(redacted_verdict, redacted_summary),
        markdown.escape(candidates_told(decided.verdicts)) if len(decided.verdicts) > 1 else "",
        _blame_told(summary["blame"]),
    )
    for place in (folder, public):
        _whole(place / "summary.md", text)
        _whole(place / "comment.md", markdown.comment(redacted_verdict, redacted_summary))
    return page


def _redactor(run: OpenRun, decided: Decided, verdict: Verdict, summary: Summary) -> Redactor:
    """One that knows every value of the run; of a large run, those that what is published could hold at all."""
    cases = decided.scored.cases
    if not isinstance(cases, LazyCases):
        return Redactor.of(cases, run.inputs.goldens)
    repairs = (
        repair
        for row in summary["documents"]
        for of in cases.of_document(row["document"]).values()
        for case in of
        for reading in case.record.readings
        for repair in reading.repairs
    )
    within = (*texts_of(verdict_to_dict(_without_lists(verdict))), *texts_of(summary), *repairs)
    return Redactor.knowing(known_of(cases, run.inputs.goldens, within, decided.scored.second))


def _without_lists(verdict: Verdict) -> Verdict:
    """Without its lists of documents, nearly all of a run: whole, each is a name, and is known as that."""
    return replace(
        verdict,
        comparisons=tuple(
            replace(
                each,
                comparable=replace(each.comparable, documents=()),
                gates=tuple(replace(gate, documents=(), unconfirmed=()) for gate in each.gates),
            )
            for each in verdict.comparisons
        ),
    )


def _to_look_at(run: OpenRun, summary: Summary) -> dict[str, Path]:
    """The PDFs of the CVs that broke most: a page beside their drill-down. None in `watch`, where seconds count."""
    flips = summary["flips"]["baseline"] or summary["flips"]["legacy"]
    if flips is None or run.plan.command[1:2] == ("watch",):
        return {}
    paths = {row["document"]: run.inputs.paths.get(row["document"]) for row in flips["documents"] if row["broken"]}
    pdfs = {name: path for name, path in paths.items() if path is not None and path.suffix.lower() == ".pdf"}
    return dict(list(pdfs.items())[:IMAGED])


def _migration(run: OpenRun) -> Any:
    """What the run's page says of the change of model that it is part of, with all that was spent on it; None of a
    plain run, and where the file is broken, which no verdict needs."""
    path = run.folder / MIGRATION
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        if found is None:
            return None
        unknown = found.get("unknown", 0) + len(run.store.unknown_calls())
        return {**found, "spent": found["spent"] + float(run.store.spent()), "unknown": unknown}
    except (ValueError, RecursionError, KeyError, TypeError):
        return None


def _blame(folder: Path) -> Any:
    path = folder / "blame.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (ValueError, RecursionError):
        return None  # what blame found is lost; the verdict does not need it, and `cv-harness blame` finds it again
    return found if isinstance(found, dict) and {"sentence", "effects"} <= found.keys() else None


def candidates_told(verdicts: Mapping[str, Verdict]) -> str:
    """One line about a run of several candidates: what it counts as, each one's verdict, and where its page is."""
    each = " · ".join(
        f"{arm}: {verdict.verdict} ({verdict_folder(Path(), arm) / 'index.html'})" for arm, verdict in verdicts.items()
    )
    return f"{len(verdicts)} candidates in this run, which counts as its worst: {worst(verdicts).verdict}. {each}"


def _blame_told(blame: Mapping[str, Any] | None) -> str:
    """What blame found. It quotes the instructions, which are no CV, and holds nothing of the CVs but figures."""
    if blame is None:
        return ""
    effects = [f"- {markdown.escape(effect['sentence'])}" for effect in blame["effects"]]
    return "\n".join(["### Blame", "", f"**{markdown.escape(blame['sentence'])}**", "", *effects])


def _with(text: str, top: str, bottom: str) -> str:
    """A summary with a paragraph under its heading, and one before its last line."""
    blocks = text.rstrip("\n").split("\n\n")
    heading = next((place for place, block in enumerate(blocks) if block.startswith("## ")), 0)
    last = len(blocks) - blocks[-1].startswith("<sub>")
    parts = [*blocks[: heading + 1], f"**{top}**" if top else "", *blocks[heading + 1 : last], bottom, *blocks[last:]]
    return "\n\n".join(part for part in parts if part) + "\n"


def _json(path: Path, value: Json) -> None:
    _whole(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _whole(path: Path, text: str) -> None:
    """Written beside and renamed, so that nobody reads half a file."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
