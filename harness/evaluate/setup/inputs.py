"""What a run reads: documents, their files, their goldens. Three ways in: the corpus, a folder, declared answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.base.canonical import sha256
from harness.base.project import Project
from harness.base.types import Json
from harness.corpus.folder import documents_from_folder
from harness.corpus.goldens import golden_path, load_golden
from harness.corpus.manifest import document_path, load_manifest, verify_file
from harness.corpus.types import Document, Extraction, Golden
from harness.evaluate.setup.plan import Plan, select
from harness.pipelines.declared import DeclaredAnswer, load_answers


@dataclass(frozen=True, slots=True)
class Inputs:
    """paths: each document's file; a document without one (declared answers about a CV that is not here) has no
    text. goldens: reviewed ones only; `unreviewed` names documents whose golden does not count yet. texts: of documents
    that are no file but a text made here."""

    documents: tuple[Document, ...]
    paths: Mapping[str, Path]
    goldens: Mapping[str, Golden]
    selection: Mapping[str, Json]
    partial: bool
    answers: tuple[DeclaredAnswer, ...] = ()
    unreviewed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    texts: Mapping[str, str] = field(default_factory=dict)


def load_inputs(project: Project, plan: Plan, *, verify: bool = True) -> Inputs:
    """Everything that a plan reads but the texts. Raises UsageError and InvalidFileError, naming file and fix.

    verify: compare each chosen file with the manifest's hash; needless where the texts are in a run store.
    """
    if plan.answers is not None:
        return _declared(project, plan, verify)
    if plan.cvs is not None:
        documents = documents_from_folder(plan.cvs)
        chosen = documents[: plan.limit] if plan.limit else documents
        return Inputs(
            chosen,
            {document.id: Path(document.path) for document in chosen},
            {},
            {"folder": plan.cvs.name, "partial": False, "of": len(documents)},
            False,
            notes=("these CVs have no goldens: contract, grounding, agreement, latency and tokens, but no accuracy",),
        )
    selection = select(load_manifest(project, verify=False), plan)
    if verify:
        for document in selection.documents:
            verify_file(project, document)
    goldens, unreviewed = _goldens(project, selection.documents)
    return Inputs(
        selection.documents,
        {document.id: document_path(project, document) for document in selection.documents},
        goldens,
        selection.described,
        selection.partial,
        unreviewed=unreviewed,
    )


def _goldens(project: Project, documents: Sequence[Document]) -> tuple[dict[str, Golden], tuple[str, ...]]:
    goldens, unreviewed = {}, []
    for document in documents:
        path = golden_path(project, document.id)
        if not path.is_file():
            unreviewed.append(document.id)
            continue
        golden = load_golden(path)
        if golden.reviewed:
            goldens[document.id] = golden
        else:
            unreviewed.append(document.id)
    return goldens, tuple(unreviewed)


def _declared(project: Project, plan: Plan, verify: bool) -> Inputs:
    """Documents are those that the answers name: known ones with text and golden, others by their id alone."""
    assert plan.answers is not None
    answers = load_answers(plan.answers)
    known = {document.id: document for document in load_manifest(project, verify=False)}
    documents, paths, strange = [], {}, []
    for document_id in dict.fromkeys(answer.document_id for answer in answers):
        document = known.get(document_id)
        if document is not None:
            if verify:
                verify_file(project, document)
            documents.append(document)
            paths[document_id] = document_path(project, document)
        else:
            strange.append(document_id)
            documents.append(Document(document_id, "", "", sha256(document_id), document_id, "none"))
    goldens, unreviewed = _goldens(project, documents)
    missing = _left_out(answers, known)
    notes = []
    if strange:
        notes.append(f"{len(strange)} of {len(documents)} documents are not in the corpus: no text, so no grounding")
    return Inputs(
        tuple(documents),
        paths,
        goldens,
        {"answers": plan.answers.name, "partial": bool(missing), "of": len(documents)}
        | ({"missing": missing} if missing else {}),
        bool(missing),
        answers,
        unreviewed,
        tuple(notes),
    )


def _left_out(answers: Sequence[DeclaredAnswer], known: Mapping[str, Document]) -> str:
    """Which people and twins of the splits in question have no answer of the candidate, in words; "" for none.

    A file with any CV of the gate split is about that split: what is not in it may be what got worse.
    """
    of_candidate = {answer.document_id for answer in answers if answer.arm == "candidate"}
    named = of_candidate or {answer.document_id for answer in answers}
    splits = {known[name].split for name in named & known.keys()} - {"none"}
    splits = {"gate"} if "gate" in splits else splits
    every = [document for document in known.values() if document.split in splits]
    said = []
    for what, chosen in (
        ("people", [each for each in every if each.twin_of is None]),
        ("twins", [each for each in every if each.twin_of is not None]),
    ):
        lost = sum(document.id not in named for document in chosen)
        said += [f"{lost} of {len(chosen)} {what} of the {' and '.join(sorted(splits))} split"] if lost else []
    return " and ".join(said)


NO_TEXT = Extraction("ok_with_warnings", "", sha256(""), "none", ("the CV's file is not in this project",))
"""What is known of a document whose file is not here."""
