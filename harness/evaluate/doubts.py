"""A run's answers held against today's goldens: where they disagree."""

from __future__ import annotations

from collections import defaultdict

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.inputs import load_inputs
from harness.evaluate.plan import Plan
from harness.evaluate.stages import score_run
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.review.disagreements import Disagreement, disagreements
from harness.scoring.types import Score


def doubts(project: Project, run: str | None) -> tuple[Disagreement, ...]:
    """Every place where an arm of the run does not confirm a golden, those to doubt most first."""
    info = find_run(project, run)
    if info.manifest is None:
        raise UsageError(f"run {info.run_id} cannot be read: {info.problem}")
    inputs = load_inputs(
        project, Plan(splits=("gate", "dev", "sealed", "none"), only=tuple(info.manifest.documents)), verify=False
    )
    with RunStore.open(info.folder, write=True) as store:
        cases = score_run(store, inputs)
        texts = {document_id: extraction.text for document_id, extraction in store.extractions()}
    scores: dict[str, dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        if case.score is not None and case.score.has_golden and not case.score.failed:
            scores[case.document.id][case.record.arm].append(case.score)
    found = [
        each
        for document_id, arms in scores.items()
        for each in disagreements(document_id, inputs.goldens[document_id], arms, texts.get(document_id, ""))
    ]
    return tuple(sorted(found, key=lambda each: (not each.suspect, not each.unanimous, each.document_id, each.path)))
