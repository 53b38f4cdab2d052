"""The files of a judged run: verdict.json, summary.json, the pages, the Markdown, and what may be published.

`redacted/` in the run's folder holds no CV text, value or document name: the only part that leaves the machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.base.types import Json
from harness.corpus.types import Golden
from harness.gates.serial import verdict_to_dict
from harness.gates.types import Case, Verdict
from harness.replay.types import Manifest
from harness.reports import markdown
from harness.reports.page import render
from harness.reports.prepare import Attempts
from harness.reports.redaction import Redactor
from harness.reports.summary import build_summary
from harness.review.agreement import agreements

REDACTED = "redacted"


def write_pages(
    folder: Path,
    *,
    cases: Sequence[Case],
    verdict: Verdict,
    manifest: Manifest,
    goldens: Mapping[str, Golden],
    texts: Mapping[str, str],
    attempts: Attempts,
    fills: Mapping[str, frozenset[str]],
    trend: Sequence[Mapping[str, Json]],
    blame: Mapping[str, Json] | None,
    monthly_cvs: int,
) -> Path:
    """Write everything that renders one verdict into `folder`; the path of the full page."""
    summary = build_summary(
        cases,
        verdict=verdict,
        manifest=manifest,
        goldens=goldens,
        fills=fills,
        attempts=attempts,
        texts=texts,
        trend=trend,
        blame=blame,
        agreement=[pair.to_dict() for pair in agreements(cases, fills)],
        monthly_cvs=monthly_cvs,
    )
    public = folder / REDACTED
    public.mkdir(parents=True, exist_ok=True)
    redactor = Redactor.of(cases, goldens)
    shown: dict[str, Any] = {
        "verdict": verdict,
        "summary": summary,
        "cases": cases,
        "manifest": manifest,
        "goldens": goldens,
        "texts": texts,
        "attempts": attempts,
        "fills": fills,
    }
    page = render(folder / "index.html", **shown).path
    render(public / "index.html", **shown, redactor=redactor)
    _json(folder / "verdict.json", verdict_to_dict(verdict))
    _json(folder / "summary.json", summary)
    redacted_verdict, redacted_summary = redactor.verdict(verdict), redactor.summary(summary)
    _json(public / "verdict.json", verdict_to_dict(redacted_verdict))
    _json(public / "summary.json", redacted_summary)
    text = markdown.render(redacted_verdict, redacted_summary)
    for place in (folder, public):
        _whole(place / "summary.md", text)
    return page


def _json(path: Path, value: Json) -> None:
    _whole(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _whole(path: Path, text: str) -> None:
    """Written beside and renamed, so that nobody reads half a file."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
