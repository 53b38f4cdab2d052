"""What a run reads: documents, their files, their goldens. Three ways in: the corpus, a folder, declared answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from harness.base.canonical import digest, sha256
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.corpus.folder import count_files, documents_from_folder
from harness.corpus.goldens import Goldens, hashes_of
from harness.corpus.manifest import document_path, load_manifest, verify_file
from harness.corpus.readers.base import UnreadableError
from harness.corpus.readers.file import failed
from harness.corpus.remote import documents_at, load_at
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction, Golden
from harness.evaluate.setup.goldens_ahead import GoldensAhead
from harness.evaluate.setup.plan import Plan, select
from harness.pipelines.declared import DeclaredAnswers, load_answers
from harness.scoring import SCORER_VERSION

_NO_GOLDENS = "these CVs have no goldens: contract, grounding, agreement, latency and tokens, but no accuracy"


@dataclass(frozen=True, slots=True)
class Inputs:
    """paths: each document's file; a document without one (declared answers about a CV that is not here) has no
    text. places: addresses of documents that are elsewhere. goldens: reviewed ones only; `unreviewed` names documents
    whose golden does not count yet. texts: of documents that are no file but a text made here."""

    documents: tuple[Document, ...]
    paths: Mapping[str, Path]
    goldens: Mapping[str, Golden]
    selection: Mapping[str, Json]
    partial: bool
    answers: DeclaredAnswers = field(default_factory=DeclaredAnswers)
    unreviewed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    texts: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def read(self, document: Document, extractor: Extractor) -> Extraction:
        """The text of a document, wherever it is. Raises UsageError where a file elsewhere cannot be had, or is not
        the one that it was."""
        if (text := self.texts.get(document.id)) is not None:
            return Extraction("ok", text, sha256(text), "made")
        if (address := self.places.get(document.id)) is not None:
            return _read_at(address, document.sha256, extractor)
        path = self.paths.get(document.id)
        return NO_TEXT if path is None else extractor.extract(path)


class CorpusPaths(Mapping[str, Path]):
    """The files of a corpus' documents: each path is made where it is asked for."""

    def __init__(self, project: Project, documents: Mapping[str, Document]) -> None:
        self._project = project
        self._documents = documents

    def __getitem__(self, name: str) -> Path:
        return document_path(self._project, self._documents[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def load_inputs(project: Project, plan: Plan, *, verify: bool = True) -> Inputs:
    """Everything that a plan reads but the texts. Raises UsageError and InvalidFileError, naming file and fix.

    verify: compare each chosen file with the manifest's hash; needless where the texts are in a run store.
    """
    if plan.answers is not None:
        return _declared(project, plan, verify)
    if isinstance(plan.cvs, str):
        return _remote(plan.cvs, plan.limit)
    if plan.cvs is not None:
        documents = documents_from_folder(plan.cvs)
        chosen = documents[: plan.limit] if plan.limit else documents
        same = count_files(plan.cvs) - len(documents)
        copies = (f"{same} of the {same + len(documents)} files hold the same as another one and count once",)
        return Inputs(
            chosen,
            {document.id: Path(document.path) for document in chosen},
            {},
            {"folder": plan.cvs.name, "partial": False, "of": len(documents)},
            False,
            notes=(_NO_GOLDENS, *(copies if same > 0 else ())),
        )
    selection = select(load_manifest(project, verify=False), plan)
    if verify:
        for document in selection.documents:
            verify_file(project, document)
    goldens, unreviewed = _goldens(project, selection.documents)
    return Inputs(
        selection.documents,
        CorpusPaths(project, {document.id: document for document in selection.documents}),
        goldens,
        selection.described,
        selection.partial,
        unreviewed=unreviewed,
    )


def _remote(named: str, limit: int | None) -> Inputs:
    """Documents that are elsewhere."""
    documents, places = documents_at(named)
    chosen = documents[:limit] if limit else documents
    described = {"folder": named.rstrip("/").rpartition("/")[2], "partial": False, "of": len(documents)}
    places = {document.id: places[document.id] for document in chosen}
    return Inputs(chosen, {}, {}, described, False, notes=(_NO_GOLDENS,), places=places)


def scorer_of(goldens: Mapping[str, Golden]) -> str:
    """What scores are kept by: today's scorer, and the goldens that it was given."""
    return scorer_with(hashes_of(goldens))


def scorer_with(hashes: Mapping[str, str]) -> str:
    """The same, by the goldens' SHA-256 alone."""
    return f"{SCORER_VERSION}/{digest(dict(hashes))[:16]}"


def part_of_inputs(
    project: Project,
    documents: Sequence[Document],
    paths: Mapping[str, Path],
    places: Mapping[str, str],
    answers: DeclaredAnswers,
) -> Inputs:
    """What a part of a run reads: documents that were selected and verified before."""
    goldens, unreviewed = _goldens(project, documents)
    return Inputs(tuple(documents), paths, goldens, {}, False, answers, unreviewed, places=places)


def _goldens(
    project: Project, documents: Sequence[Document], checked: Mapping[str, str] = MappingProxyType({})
) -> tuple[Goldens, tuple[str, ...]]:
    """Those that count, and documents that have none. checked: SHA-256 of goldens that were found right already."""
    goldens = Goldens(project)
    unreviewed = [each.id for each in documents if not goldens.take_in(each.id, checked.get(each.id))]
    return goldens, tuple(unreviewed)


def _declared(project: Project, plan: Plan, verify: bool) -> Inputs:
    """Documents are those that the answers name: known ones with text and golden, others by their id alone."""
    assert plan.answers is not None
    with GoldensAhead(project) as ahead:
        answers = load_answers(plan.answers, ahead.name)
        return _of_answers(project, plan.answers.name, answers, ahead, verify=verify)


def _of_answers(project: Project, file: str, answers: DeclaredAnswers, ahead: GoldensAhead, *, verify: bool) -> Inputs:
    known = {document.id: document for document in load_manifest(project, verify=False)}
    documents: list[Document] = []
    known_ones: dict[str, Document] = {}
    strange: list[str] = []
    for document_id in dict.fromkeys(name for name, _, _ in answers.all_keys()):
        document = known.get(document_id)
        if document is not None:
            if verify:
                verify_file(project, document)
            documents.append(document)
            known_ones[document_id] = document
        else:
            strange.append(document_id)
            documents.append(Document(document_id, "", "", sha256(document_id), document_id, "none"))
    goldens, unreviewed = _goldens(project, documents, ahead.hashes())
    missing = _left_out(answers, known)
    notes = []
    if strange:
        notes.append(f"{len(strange)} of {len(documents)} documents are not in the corpus: no text, so no grounding")
    return Inputs(
        tuple(documents),
        CorpusPaths(project, known_ones),
        goldens,
        {"answers": file, "partial": bool(missing), "of": len(documents)} | ({"missing": missing} if missing else {}),
        bool(missing),
        answers,
        unreviewed,
        tuple(notes),
    )


def _left_out(answers: DeclaredAnswers, known: Mapping[str, Document]) -> str:
    """Which people and twins of the splits in question have no answer of the candidate, in words; "" for none.

    A file with any CV of the gate split is about that split: what is not in it may be what got worse.
    """
    of_candidate = {name for name, arm, _ in answers.all_keys() if arm == "candidate"}
    named = of_candidate or {name for name, _, _ in answers.all_keys()}
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


def _read_at(address: str, expected: str, extractor: Extractor) -> Extraction:
    try:
        data = load_at(address)
    except UnreadableError as error:
        return failed(error.outcome, error.reason, "none")
    if sha256(data) != expected:
        raise UsageError(f"{address} is not the file that it was when it was listed", hint="list it anew")
    return extractor.extract_data(data)


NO_TEXT = Extraction("ok_with_warnings", "", sha256(""), "none", ("the CV's file is not in this project",))
"""What is known of a document whose file is not here."""
