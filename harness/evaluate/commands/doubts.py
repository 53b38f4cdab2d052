"""A run's answers held against today's goldens: where they disagree, and goldens begun from answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Failure
from harness.contract.check import check
from harness.contract.types import Rung
from harness.corpus.check_text import uncovered_lines
from harness.corpus.goldens import golden_path, load_golden
from harness.corpus.manifest import load_manifest
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.scoring import score
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.replay.types import Manifest
from harness.review.disagreements import Disagreement, disagreements
from harness.review.golden_care import start
from harness.scoring.types import Score

_FILLS = {"legacy": LEGACY_FIELDS}


def doubts(project: Project, run: str | None) -> tuple[Disagreement, ...]:
    """Every place where an arm of the run does not confirm a golden, those to doubt most first.

    Goldens that are not reviewed yet are looked at too. Raises UsageError where the run cannot be read or has no
    document of this project.
    """
    info = find_run(project, run)
    inputs = _inputs(project, info.readable())
    with open_run(project, info.folder, Plan(), inputs=inputs) as opened:
        cases = score(opened).cases
        texts = {document_id: extraction.text for document_id, extraction in opened.store.extractions()}
    scores: dict[str, dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        if case.score is not None and case.score.has_golden and not case.score.failed:
            scores[case.document.id][case.record.arm].append(case.score)
    found = [
        each
        for document_id, arms in scores.items()
        for each in disagreements(document_id, inputs.goldens[document_id], arms, texts.get(document_id, ""), _FILLS)
    ]
    return tuple(sorted(found, key=lambda each: (not each.suspect, not each.unanimous, each.document_id, each.path)))


def uncovered(project: Project, run: str | None, document_id: str) -> tuple[str, ...]:
    """Lines of the document, as the run read it, that no value of its golden covers; () where the run has no text."""
    with RunStore.open(find_run(project, run).folder) as store:
        text = dict(store.extractions()).get(document_id)
    golden = load_golden(golden_path(project, document_id))
    return tuple(uncovered_lines(golden, text.text)) if text is not None and text.text else ()


def _inputs(project: Project, manifest: Manifest) -> Inputs:
    """The run's documents that the project still has, with all their goldens, reviewed or not."""
    known = [document.id for document in load_manifest(project, verify=False) if document.id in manifest.documents]
    if not known:
        raise UsageError(
            f"run {manifest.run_id} has no document of this project, so no golden to look at",
            hint="bring its CVs in with `cv-harness corpus add`, then run again",
        )
    inputs = load_inputs(project, Plan(splits=("gate", "dev", "sealed", "none"), only=tuple(known)), verify=False)
    begun = {
        document_id: load_golden(golden_path(project, document_id))
        for document_id in inputs.unreviewed
        if golden_path(project, document_id).is_file()
    }
    return replace(inputs, goldens={**inputs.goldens, **begun})


def begin_golden(project: Project, document_id: str, run: str | None, *, arm: str, at: datetime) -> Path:
    """Start a golden from the first of an arm's answers that can be one; the path of its file.

    Raises UsageError where the document is not of this project, where no such answer is, or a golden is there.
    """
    if all(document.id != document_id for document in load_manifest(project, verify=False)):
        raise UsageError(f"no document {document_id!r} in this project", hint="`cv-harness corpus list` names them")
    info = find_run(project, run)
    with RunStore.open(info.folder) as store:
        answers = [record.answer for record in store.records(arm=arm, document_id=document_id)]
    given = [answer for answer in answers if not isinstance(answer, Failure)]
    if not given:
        raise UsageError(
            f"run {info.run_id} has no answer of {arm} for {document_id}",
            hint=f"`cv-harness run --only {document_id}` makes one; --run and --arm name others",
        )
    answer = next((each for each in given if check(each).rung is Rung.STRICT), given[0])
    start(project, document_id, answer, arm=arm, at=at)
    return golden_path(project, document_id)
