"""The files of a probed run: probes.json and probes.html with the worst pairs, and the figures alone to publish."""

from __future__ import annotations

from typing import Any

from harness.base.canonical import pretty
from harness.base.files import write_whole
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.pages import REDACTED
from harness.evaluate.stages.probe_report import figures, worst_pairs
from harness.evaluate.stages.probing import ProbeResult
from harness.reports.probes import render_probes

PAGE = "probes.html"
DATA = "probes.json"


def write_probes(run: OpenRun, result: ProbeResult) -> dict[str, Any]:
    """Write them into the run's folder; the figures, which name nobody."""
    found, worst = figures(run, result), worst_pairs(result)
    shown = {pair["document"] for pair in worst}
    texts = {name: one.text for name, one in run.store.extractions() if name in shown}
    write_whole(run.folder / DATA, pretty({**found, "worst": worst}), private=True)
    write_whole(run.folder / PAGE, render_probes(found, worst, texts).decode(), private=True)
    public = run.folder / REDACTED
    public.mkdir(exist_ok=True)
    write_whole(public / DATA, pretty(found), private=False)
    return found
