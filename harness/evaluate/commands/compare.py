"""Two runs' candidates against each other, on the documents that both replayed. No call is made."""

from __future__ import annotations

from dataclasses import replace

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.deciding import decided
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.scoring import Scored, score
from harness.gates.types import AGAIN, Case, Verdict
from harness.replay.runs import RunInfo
from harness.replay.types import Manifest


def compare_runs(project: Project, older: RunInfo, newer: RunInfo, plan: Plan) -> Verdict:
    """The verdict about the newer run's candidate with the older run's candidate as its baseline.

    Both are scored by today's scorer against today's goldens, and decided as a run is; what else differs between the
    runs refuses the gates it touches. Raises UsageError where a run has no candidate.
    """
    inputs = load_inputs(project, plan, verify=False)
    cases: list[Case] = []
    manifests: list[Manifest] = []
    texts: dict[str, str] = {}
    for info, role in ((newer, "candidate"), (older, "baseline")):
        with open_run(project, info.folder, plan, inputs=inputs) as run:
            scored = score(run)
        found = [case for case in scored.cases if case.record.arm.removesuffix(AGAIN) == "candidate"]
        if not found:
            raise UsageError(f"run {info.run_id} has no candidate that this corpus knows")
        cases += [
            Case(case.document, replace(case.record, arm=case.record.arm.replace("candidate", role)), case.score)
            for case in found
        ]
        manifests.append(scored.manifest)
        texts = {**scored.texts, **texts}
    new, old = manifests
    arm = next(arm for arm in old.arms if arm.id == "candidate")
    merged = replace(new, arms=(*(arm for arm in new.arms if arm.id == "candidate"), replace(arm, id="baseline")))
    both = Scored(merged, tuple(cases), {}, texts)
    return decided(project, both, "candidate", plan, manifests={"baseline": old})
