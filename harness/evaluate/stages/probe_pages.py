"""The files of a probed run: probes.json and probes.html with the worst pairs, and the figures alone to publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.base.canonical import pretty
from harness.base.files import write_whole
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.pages import REDACTED
from harness.evaluate.stages.probe_report import figures, gaps_shown, worst_pairs
from harness.evaluate.stages.probing import ProbeResult
from harness.reports.probes import render_probes

PAGE = "probes.html"
DATA = "probes.json"


def figures_of(folder: Path) -> dict[str, Any]:
    """The figures of a probed run, from its folder."""
    found: dict[str, Any] = json.loads((folder / REDACTED / DATA).read_text(encoding="utf-8"))
    return found


def write_probes(run: OpenRun, result: ProbeResult) -> dict[str, Any]:
    """Write them into the run's folder; the figures, which name nobody."""
    found = figures(run, result)
    worst = worst_pairs(result, gaps_shown(found))
    shown = {pair["document"] for pair in worst}
    texts = {name: one.text for name, one in run.store.extractions() if name in shown}
    write_whole(run.folder / DATA, pretty({**found, "worst": worst}), private=True)
    write_whole(run.folder / PAGE, render_probes(found, worst, texts).decode(), private=True)
    public = run.folder / REDACTED
    public.mkdir(exist_ok=True)
    write_whole(public / DATA, pretty(found), private=False)
    return found
