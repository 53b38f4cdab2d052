"""The last stage: count the look, render the pages, and let `reports/latest` lead to them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from harness.base.memory import give_back
from harness.base.project import Project
from harness.evaluate.stages.deciding import Decided, count_looks
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.pages import summarised, write_pages


def show(run: OpenRun, decided: Decided, *, count_look: bool = True) -> Evaluation:
    """Write a folder of pages for each candidate, and copy them to the plan's `out`."""
    run.listener.stage("rendering")
    give_back()  # what deciding has freed
    if count_look:
        decided = count_looks(run, decided)
    probed = _probes_written(run, decided)
    summaries = summarised(run, decided)
    pages = {arm: write_pages(run, decided, arm, summary, probed) for arm, summary in summaries.items()}
    if pages:
        point_latest(run.project, run.folder)
    if run.plan.out is not None and pages:
        _copy(run.folder, run.plan.out)
    return Evaluation(run.folder, decided.manifest, decided.verdicts, pages, None)


def _probes_written(run: OpenRun, decided: Decided) -> dict[str, Any] | None:
    """The figures of the run's probes, where it was probed."""
    if decided.probes is None:
        return None
    from harness.evaluate.stages.probe_pages import write_probes

    return write_probes(run, decided.probes)


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
