"""`cv-harness record`: ask for what is not recorded yet, and keep it; nothing is judged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from harness.base.clock import Clock, SystemClock
from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import open_session
from harness.evaluate.stages.replaying import all_arms, replay_part
from harness.replay.progress import ReplaySummary


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was asked, and whom. told: a sentence about it."""

    summary: ReplaySummary
    provider: Provider
    told: str


def record(
    project: Project, plan: Plan, *, listener: Listener, clock: Clock | None = None, resume: str | None = None
) -> Recorded:
    """Every arm of the plan may be asked for what is not recorded yet; what it answers becomes committed recordings.
    resume: the run to go on with ("": the newest).

    Raises HarnessError as `evaluate` does.
    """
    with open_session(
        project, plan, listener=listener, clock=clock or SystemClock(), recording=True, resume=resume
    ) as session:
        summary = replay_part(session, all_arms(session, session.run.inputs, Decimal(str(plan.max_cost))))
    return Recorded(summary, session.provider, _told(summary, session.provider, project))


def _told(summary: ReplaySummary, provider: Provider, project: Project) -> str:
    """Calls that were sent, not those that were looked up; where nothing was, that it was not needed."""
    failed = sum(summary.failures.values())
    after = f"; {failed} records are failures" if failed else ""
    if not summary.complete:
        after += "; not all of it: `cv-harness record --resume` goes on"
    elif not summary.sent:
        return f"nothing was sent: all of it is recorded in {project.recordings}{after}"
    price = "simulated, for nothing" if provider.simulated else f"${summary.cost:.2f}"
    return f"{summary.sent} calls sent ({price}); recorded in {project.recordings}{after}"
