"""A stored run as tables, judged by today's scorer and goldens."""

from __future__ import annotations

from pathlib import Path

from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.deciding import read_verdict
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.scoring import score
from harness.replay.runs import RunInfo
from harness.reports.export import write_csv, write_parquet
from harness.reports.redaction import Redactor


def export_run(
    project: Project, info: RunInfo, plan: Plan, folder: Path, *, parquet: bool, redacted: bool
) -> tuple[Path, ...]:
    """Write the run's tables to `folder`; the paths written. Redacted ones hold neither values nor ids."""
    with open_run(project, info.folder, plan) as run:
        cases = score(run).cases
    redactor = Redactor.of(cases, run.inputs.goldens) if redacted else None
    write = write_parquet if parquet else write_csv
    return write(folder, cases, read_verdict(info.folder), redactor=redactor)
