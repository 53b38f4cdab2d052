"""A stored run as tables, judged by today's scorer and goldens."""

from __future__ import annotations

from pathlib import Path

from harness.base.project import Project
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.judging import read_verdict, score_run
from harness.replay.runs import RunInfo
from harness.replay.store import RunStore
from harness.reports.export import write_csv, write_parquet
from harness.reports.redaction import Redactor


def export_run(
    project: Project, info: RunInfo, plan: Plan, folder: Path, *, parquet: bool, redacted: bool
) -> tuple[Path, ...]:
    """Write the run's tables to `folder`; the paths written. Redacted ones hold neither values nor ids."""
    inputs = load_inputs(project, plan, verify=False)
    with RunStore.open(info.folder, write=True) as store:
        cases = score_run(store, inputs)
    redactor = Redactor.of(cases, inputs.goldens) if redacted else None
    write = write_parquet if parquet else write_csv
    return write(folder, cases, read_verdict(info.folder), redactor=redactor)
