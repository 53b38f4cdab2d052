"""`cv-harness estimate`: what a plan would take. Nothing is asked, and no key is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.base.clock import Clock, SystemClock
from harness.base.project import Project
from harness.corpus.text import Extractor
from harness.evaluate.setup.arms import build_arms, recording_arms
from harness.evaluate.setup.estimate import Expected, expected
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.lengths import Material
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import named_provider
from harness.evaluate.stages.preflight import read_texts, record_command, table
from harness.gates.words import times
from harness.models.recordings import RecordingStore


@dataclass(frozen=True, slots=True)
class Estimated:
    """What each arm will take, and the lines that say so."""

    found: Sequence[Expected]
    lines: Sequence[str]


def estimated(project: Project, plan: Plan, *, missing: bool = False, clock: Clock | None = None) -> Estimated:
    """What `plan` would ask for. missing: as `cv-harness record` would, every arm for what is not recorded yet."""
    today = (clock or SystemClock()).now().date()
    recordings = RecordingStore.of(project)
    provider = named_provider(project, plan)
    inputs = load_inputs(project, plan)
    arms = build_arms(project, plan, provider, recordings, today)
    arms = recording_arms(arms) if missing else arms
    with Extractor(reader=plan.reader) as extractor:
        texts = read_texts(inputs, extractor)
    found = expected(arms.arms, Material(texts, inputs.goldens, arms.legacy, recordings, today, provider.wire))
    lines = [f"{len(texts)} CVs, each asked {times(plan.repeat)}, by {provider.origin}", *table(found)]
    if provider.simulated:
        lines.append("the simulator costs nothing: these are the dollars that the models would take")
    lacking = [each.arm.id for each in found if each.missing]
    if lacking:
        records = sum(each.missing for each in found)
        lines.append(
            f"{records} records of {', '.join(lacking)} are not recorded; first "
            f"`{record_command(plan, lacking, None)}` (with --missing this says what that costs)"
        )
    lines += [f"note: {note}" for note in arms.notes]
    return Estimated(found, lines)
