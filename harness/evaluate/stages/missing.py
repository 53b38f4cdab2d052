"""What to do where an arm that may only be replayed has no recordings: the command that makes them, and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.base.clock import SystemClock
from harness.base.errors import RecordingsMissingError
from harness.base.project import Project
from harness.evaluate.setup.arms import ArmSet, recording_arms
from harness.evaluate.setup.estimate import expected_cost
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan
from harness.models.recordings import RecordingStore
from harness.replay.progress import MissingRecording
from harness.replay.store import RunStore


def missing_error(
    project: Project, plan: Plan, folder: Path, arms: ArmSet, missing: Sequence[MissingRecording], page: Path
) -> RecordingsMissingError:
    """The error of a run in `folder` whose records `missing` have no recording; `page` shows what is there."""
    with RunStore.open(folder) as store:
        texts = {document_id: found.text for document_id, found in store.extractions() if found.readable}
    goldens = load_inputs(project, plan, verify=False).goldens
    today = SystemClock().now().date()
    calls, dollars = expected_cost(
        recording_arms(arms).arms, texts, goldens, arms.legacy, RecordingStore.of(project), today
    )
    cost = "what they cost is not known (the model is unpriced)" if dollars is None else f"about ${dollars:.2f}"
    named = ", ".join(sorted({each.key.arm for each in missing}))
    return RecordingsMissingError(
        f"{len(missing)} records of {named} have no recording ({missing[0].detail}); the page of what is there: {page}",
        hint=f"`{_command(plan)}` asks the model for them once: about {calls} calls, {cost}",
    )


def _command(plan: Plan) -> str:
    default = Plan()
    words = ["cv-harness record", f"--base-url {plan.base_url}" if plan.base_url else f"--provider {plan.provider}"]
    if plan.assistants != default.assistants:
        words += [f"--assistant {name}" for name in plan.assistants]
    if plan.splits != default.splits:
        words += [f"--split {name}" for name in plan.splits]
    if plan.first_draw is not None:
        words.append(f"--first-draw {plan.first_draw}")
    if plan.repeat != default.repeat:
        words.append(f"--repeat {plan.repeat}")
    return " ".join(words)
