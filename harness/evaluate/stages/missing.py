"""What to do where a run turned out to lack recordings: the command that makes them, and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.base.clock import SystemClock
from harness.base.errors import RecordingsMissingError
from harness.base.project import Project
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.estimate import Expected
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.lengths import Material
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.preflight import nothing_recorded
from harness.models.recordings import RecordingStore
from harness.models.types import Usage, Wire
from harness.replay.progress import MissingRecording
from harness.replay.store import RunStore


def missing_error(
    project: Project,
    plan: Plan,
    folder: Path,
    arms: ArmSet,
    missing: Sequence[MissingRecording],
    page: Path,
    wire: Wire,
) -> RecordingsMissingError:
    """The error of a run in `folder` whose records `missing` have no recording; `page` shows what is there."""
    with RunStore.open(folder) as store:
        texts = {document_id: found.text for document_id, found in store.extractions() if found.readable}
    goldens = load_inputs(project, plan, verify=False).goldens
    given = Material(texts, goldens, arms.legacy, RecordingStore.of(project), SystemClock().now().date(), wire)
    lacking = []
    for arm in arms.arms:
        of_arm = [each for each in missing if each.key.arm == arm.id]
        if of_arm:
            lacking.append(Expected(arm, 0, Usage(), None, None, len(of_arm), of_arm[0].detail))
    return nothing_recorded(plan, arms, lacking, given, str(page))
