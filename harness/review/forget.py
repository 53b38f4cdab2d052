"""Removing a person everywhere: files, goldens, recordings, runs, caches; and proving it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.project import Project, cache_dir
from harness.corpus.goldens import golden_path
from harness.corpus.manifest import document_path, load_manifest, write_manifest
from harness.corpus.text import Extractor, text_cache
from harness.corpus.types import Document
from harness.models.recordings import RecordingStore
from harness.replay.damage import DamagedStoreError
from harness.replay.recorded import derive
from harness.replay.runs import RunInfo, runs
from harness.replay.store import RunStore
from harness.replay.types import PROBE
from harness.review.drift_series import forget_cvs
from harness.review.pseudonyms import contacts, guess_name
from harness.review.remains import places, writings

_SHORTEST = 6
"""A shorter value would be found anywhere by chance."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed. left: places that still hold the person's text or contact values; empty when it worked."""

    documents: tuple[str, ...]
    files: int
    recordings: int
    runs: tuple[str, ...]
    cached: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Traces:
    """What must be nowhere afterwards: the texts, the files, and distinctive values (name and contacts)."""

    texts: frozenset[str]
    digests: frozenset[str]
    files: frozenset[str]
    values: tuple[bytes, ...]


def person_of(project: Project, document_id: str) -> tuple[Document, ...]:
    """All documents of the person of `document_id`. Raises UsageError for an unknown document."""
    documents = load_manifest(project, verify=False)
    persona = next((document.persona for document in documents if document.id == document_id), None)
    if persona is None:
        raise UsageError(
            f"no document {document_id!r} in {project.manifest}", hint="`cv-harness corpus list` names them"
        )
    return tuple(document for document in documents if document.persona == persona)


def forget(project: Project, document_id: str) -> Forgotten:
    """Remove the person of `document_id`: the document, its twins, and everything made from them.

    Whole runs go, because their store, pages and tables hold the text; runs that cannot be read go too. The
    manifest is changed last, so that what was interrupted can be done again. Raises UsageError for an unknown
    document, or where a run that holds the person is being written. History under version control and copies
    outside the project are not touched: that is said, not done.
    """
    gone = person_of(project, document_id)
    ids = frozenset(document.id for document in gone)
    files = frozenset(document.sha256 for document in gone)
    readings, unread = _readings(project, gone)
    chosen = tuple(_runs_with(project, ids, files, frozenset(map(sha256, readings))))
    digests = frozenset(_digests_in(chosen, ids, files))
    traces = _traces(project, gone, files, digests, [*readings, *_texts_in(chosen, ids, files)])

    store = RecordingStore.of(project)
    derive(project, store)  # what a run has paid for about others stays
    for run in chosen:
        shutil.rmtree(run.folder)
    latest = project.reports / "latest"
    if latest.is_symlink() and not latest.exists():
        latest.unlink()
    recordings = store.remove(_keys(store, traces))
    forget_cvs(project, ids)
    removed = 0
    cached = _clear_cache(gone, traces)
    goldens = [golden_path(project, document.id) for document in gone]
    for path in (*goldens, *(document_path(project, document) for document in gone)):  # the files last: who it is
        if path.is_file():
            path.unlink()
            removed += 1
    others = [document for document in load_manifest(project, verify=False) if document.id not in ids]
    write_manifest(project, others)
    run_ids = tuple(run.run_id for run in chosen)
    left = (*_unsearchable(unread, digests, store), *_left(project, traces))
    return Forgotten(tuple(sorted(ids)), removed, recordings, run_ids, cached, left)


def _readings(project: Project, documents: Sequence[Document]) -> tuple[list[str], list[str]]:
    """What is read from the person's files today, and ids of the documents that cannot be read here."""
    texts, unread = [], []
    with Extractor(workers=1) as extractor:
        for document in documents:
            path = document_path(project, document)
            extraction = extractor.extract(path) if path.is_file() else None
            if extraction is not None and extraction.readable:
                texts.append(extraction.text)
            else:
                unread.append(document.id)
    return texts, unread


def _digests_in(chosen: Sequence[RunInfo], ids: frozenset[str], files: frozenset[str]) -> Iterator[str]:
    """Digests of the person's texts, as runs have kept them: recordings are found by these without the text."""
    for info in chosen:
        for document_id, hashes in info.manifest.documents.items() if info.manifest is not None else ():
            if hashes.text and (document_id.partition(PROBE)[0] in ids or hashes.file in files):
                yield hashes.text


def _keys(store: RecordingStore, traces: _Traces) -> set[str]:
    """Of all recorded calls whose input was a text of the person."""
    by_text = {key for text in traces.texts for key in store.keys_of_input(text)}
    return by_text | {key for digest in traces.digests for key in store.keys_of_digest(digest)}


def _unsearchable(unread: Sequence[str], digests: frozenset[str], store: RecordingStore) -> Iterator[str]:
    """Where nobody looked: without a text or its digest, recordings of a document cannot be told from others."""
    if not digests and any(store.count(origin) for origin in store.origins()):
        for name in unread:
            yield f"recordings cannot be searched: {name} cannot be read here (a scan without OCR, a file that is gone)"


def _runs_with(
    project: Project, ids: frozenset[str], files: frozenset[str], texts: frozenset[str]
) -> Iterator[RunInfo]:
    """Runs with one of these documents, under whatever id, and those that cannot be read."""
    for info in runs(project):
        documents = info.manifest.documents if info.manifest is not None else {}
        holds = info.manifest is None or any(
            document_id in ids or hashes.file in files or hashes.text in texts
            for document_id, hashes in documents.items()
        )
        if holds and info.live:
            raise UsageError(f"run {info.run_id} is being written and holds this person", hint="wait for its end")
        if holds:
            yield info


def _texts_in(chosen: Sequence[RunInfo], ids: frozenset[str], files: frozenset[str]) -> Iterator[str]:
    """What was read from the person's files when runs were made: recordings are known by it."""
    for info in chosen:
        if info.manifest is None:
            continue
        documents = info.manifest.documents
        with contextlib.suppress(DamagedStoreError), RunStore.open(info.folder) as store:  # what is left of it goes
            for document_id, extraction in store.extractions():
                hashes = documents.get(document_id)
                if document_id.partition(PROBE)[0] in ids or (hashes is not None and hashes.file in files):
                    yield extraction.text


def _traces(
    project: Project,
    gone: Sequence[Document],
    files: frozenset[str],
    digests: frozenset[str],
    texts: Sequence[str],
) -> _Traces:
    values: set[str] = set()
    for text in texts:
        values |= {guess_name(text), *contacts(text)}
    for document in gone:
        values |= _personal(golden_path(project, document.id))
    plain = sorted(value for value in values if len(value) >= _SHORTEST)
    return _Traces(frozenset(text for text in texts if text), digests, files, writings(plain))


def _personal(golden: Path) -> set[str]:
    """Name and contacts in a golden file; nothing where it is missing or broken, since then it says nothing."""
    try:
        info = json.loads(golden.read_text(encoding="utf-8"))["cv"]["personal_info"]
        return {value for key, value in info.items() if key in ("name", "email", "phone", "linkedin") and value}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _clear_cache(gone: Sequence[Document], traces: _Traces) -> int:
    """Cached texts of the person's files, and any other cached text with a value of theirs; how many there were."""
    cache = text_cache()
    count = sum(cache.forget(document.sha256) for document in gone)
    folder = cache_dir() / "text"
    if folder.is_dir():
        for path in tuple(places(folder, traces.values)):
            path.unlink()
            count += 1
    return count


def _left(project: Project, traces: _Traces) -> Iterator[str]:
    """Every file of the project in which a value of the person can still be read, packs and stores unpacked."""
    for path in places(project.root, traces.values, traces.files):
        yield str(path.relative_to(project.root))
    for path in project.root.rglob("*.parquet"):
        yield f"{path.relative_to(project.root)} cannot be searched (Parquet): delete it, or export it again"
    for folder in Path(tempfile.gettempdir()).glob("cv-harness-*"):
        if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
            yield from (str(path) for path in places(folder, traces.values, traces.files))
    if _keys(RecordingStore.of(project), traces):
        yield "recordings of the person's texts"
