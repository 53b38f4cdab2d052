"""`cv-harness report` and `rescore`: a stored run by today's scorer, goldens and gates. No model is called."""

from __future__ import annotations

from pathlib import Path

from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.deciding import decide
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.scoring import score
from harness.evaluate.stages.showing import show


def judge(
    project: Project, folder: Path, plan: Plan, *, listener: Listener | None = None, count_look: bool = False
) -> Evaluation:
    """Score, decide and show the run in `folder`. count_look: whether this is a look of its own."""
    with open_run(project, folder, plan, listener=listener) as run:
        return show(run, decide(run, score(run)), count_look=count_look)
