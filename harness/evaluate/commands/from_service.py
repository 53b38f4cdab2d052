"""What production answered, as a run: pairs of a service's database become a private project with declared answers.

The project (texts, answers, goldens where users corrected) is brought up to date each time: what is gone from the
database is forgotten there too, with the runs that hold it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from harness.base.canonical import sha256
from harness.base.clock import SystemClock
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import private_folder, write_whole
from harness.base.project import Project
from harness.base.types import Json
from harness.corpus.goldens import golden_path, load_golden, write_golden
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.types import Document, Golden, Provenance
from harness.evaluate.commands.init import init
from harness.review.forget import forget
from harness.service.database import existing
from harness.service.feedback import at
from harness.service.store import Store
from harness.service.tables import Feedback, Pair, Task


@dataclass(frozen=True, slots=True)
class Evidence:
    """The private project and its answers. without_consent: pairs of which only figures are kept, so that they are
    not in the run (`cv-harness rollout` counts them). candidates: documents whose golden a person may review. unusable:
    corrected documents that make no golden, each with the place that keeps the contract from being met."""

    project: Project
    answers: Path
    pairs: int
    controls: int
    without_consent: int
    candidates: tuple[str, ...]
    unusable: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        found = [f"{self.pairs} pairs of production, {self.controls} of them with legacy a second time"]
        if self.without_consent:
            found.append(
                f"{self.without_consent} pairs are without their users' consent: figures only, not in this run"
            )
        if self.candidates:
            found.append(
                f"users corrected {len(self.candidates)}: `cv-harness golden review --project {self.project.root} "
                f"--document {self.candidates[0]}` makes a golden of it"
            )
        if self.unusable:
            found.append(
                f"{len(self.unusable)} corrected answers make no golden, for with the corrections they are no contract "
                f"object: {'; '.join(self.unusable)}"
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Upload:
    """One upload with what was made of it and said of it."""

    task: Task
    pairs: Sequence[Pair]
    feedback: Sequence[Feedback]

    @property
    def document_id(self) -> str:
        return f"upload-{self.task.id}"

    def has(self, kind: str) -> bool:
        return any(pair.kind == kind for pair in self.pairs)

    @property
    def text(self) -> str:
        return next((pair.text for pair in self.pairs if pair.text), "") or self.task.text or ""


def evidence(database: str, folder: Path, since: datetime | None) -> Evidence:
    """Bring the private project in `folder` up to date with the pairs since `since`. Raises UsageError without any."""
    with existing(database) as engine:
        uploads, without = _read(Store(engine, SystemClock()), since)
    # Where only legacy's second answer is there, nobody asked the assistant: that is no failure of it.
    shown = [upload for upload in uploads if upload.text and upload.task.answer and upload.has("assistant")]
    if not shown:
        raise UsageError(
            f"no pair with consent in this database ({without} without)",
            hint="set the flag to shadow (`cv-harness service stage shadow`); users consent with the field `consent`",
        )
    project = _project(folder)
    _forget_gone(project, {upload.document_id for upload in shown})
    documents = []
    for upload in shown:
        path = project.corpus / "cvs" / f"{upload.document_id}.txt"
        write_whole(path, upload.text, private=True)
        name, digest = upload.document_id, sha256(upload.text.encode())
        tags = {"kind": upload.task.kind}
        documents.append(Document(name, f"cvs/{path.name}", "text/plain", digest, name, "gate", None, tags))
    write_manifest(project, documents)
    answers = project.reports / "production.jsonl"
    lines = [line for upload in shown for line in _lines(upload)]
    write_whole(answers, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), private=True)
    corrected = {upload.document_id: _candidate(project, upload) for upload in shown if upload.feedback}
    controls = sum(upload.has("control") for upload in shown)
    return Evidence(
        project,
        answers,
        len(shown),
        controls,
        without,
        tuple(name for name, problem in corrected.items() if problem == ""),
        tuple(f"{name} ({problem})" for name, problem in corrected.items() if problem),
    )


def _read(store: Store, since: datetime | None) -> tuple[list[_Upload], int]:
    """Uploads with a settled pair, and how many of those have figures only."""
    with store.session() as session:
        chosen = select(Pair).where(Pair.agreement.is_not(None) | Pair.failure.is_not(None)).order_by(Pair.created_at)
        if since is not None:
            chosen = chosen.where(Pair.created_at >= since)
        by_task: dict[str, list[Pair]] = {}
        for pair in session.scalars(chosen):
            by_task.setdefault(pair.task_id, []).append(pair)
        uploads = []
        for task_id, pairs in by_task.items():
            task = session.get(Task, task_id)
            if task is not None and task.consent:
                said = session.scalars(
                    select(Feedback).where(Feedback.task_id == task_id).order_by(Feedback.created_at)
                )
                uploads.append(_Upload(task, pairs, said.all()))
        return uploads, len(by_task) - len(uploads)


def _project(folder: Path) -> Project:
    if not (folder / "fixtures" / "corpus" / "manifest.json").is_file():
        private_folder(folder)
        init(folder)
    return Project(folder)


def _forget_gone(project: Project, there: set[str]) -> None:
    """What the database no longer has is forgotten here as well: files, goldens, runs, caches."""
    for document in load_manifest(project, verify=False):
        if document.id not in there and any(each.id == document.id for each in load_manifest(project, verify=False)):
            forget(project, document.id)


def _lines(upload: _Upload) -> Iterable[Mapping[str, Json]]:
    """Declared answers: legacy's of the upload, the assistant's beside it, and legacy's second where it was asked."""
    task = upload.task
    yield _line(upload, "legacy", 0, task.answer, None, task.model_ms, (task.input_tokens, task.output_tokens))
    for pair in upload.pairs:
        arm, repeat = ("legacy", 1) if pair.kind == "control" else ("candidate", 0)
        tokens = (pair.input_tokens, pair.output_tokens)
        yield _line(upload, arm, repeat, pair.answer, pair.failure, pair.latency_ms, tokens)


def _line(
    upload: _Upload,
    arm: str,
    repeat: int,
    answer: str | None,
    failure: str | None,
    latency_ms: float | None,
    tokens: tuple[int, int],
) -> dict[str, Json]:
    line: dict[str, Json] = {"document": upload.document_id, "pipeline": arm, "repeat": repeat}
    line["answer"] = None if answer is None else json.loads(answer)
    if answer is None:
        line["error"] = failure or "no answer"
    if latency_ms is not None:
        line["latency_ms"] = latency_ms
    if tokens[0]:
        line["usage"] = {"input_tokens": tokens[0], "output_tokens": tokens[1]}
    return line


def _candidate(project: Project, upload: _Upload) -> str | None:
    """A golden that does not gate yet: the answer with the user's corrections. "" where it is made; None where a person
    has reviewed one, which stays; else where the contract is not met."""
    path = golden_path(project, upload.document_id)
    if path.is_file() and load_golden(path).reviewed:
        return None
    cv, read = (json.loads(upload.task.answer or "{}") for _ in range(2))
    history = []
    for said in upload.feedback:
        if said.verdict == "right":
            _put(cv, said.path, at(read, said.path))  # takes an earlier correction back
        elif said.value is not None:
            _put(cv, said.path, json.loads(said.value))
        history.append({"at": said.created_at.isoformat(), "by": "user", "action": said.verdict, "path": said.path})
    made = Provenance("answer:production", upload.task.created_at.date().isoformat(), history=tuple(history))
    try:
        write_golden(project, Golden(upload.document_id, cv, made, reviewed=False))
    except InvalidFileError as error:
        return f"at {error.place}" if error.place else "as a whole"  # the message may quote what a person wrote
    return ""


def _put(cv: Json, path: str, value: Json) -> None:
    *steps, last = (step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])
    node = cv
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
