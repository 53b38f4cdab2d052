"""Removing a person everywhere: files, goldens, recordings, runs, caches; and proving it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.goldens import golden_path
from harness.corpus.manifest import document_path, load_manifest, write_manifest
from harness.corpus.text import Extractor, text_cache
from harness.corpus.types import Document
from harness.models.recordings import RecordingStore
from harness.replay.runs import runs


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed. left: places that still hold the person's text or contact values; empty when it worked."""

    documents: tuple[str, ...]
    files: int
    recordings: int
    runs: tuple[str, ...]
    cached: int
    left: tuple[str, ...]


def forget(project: Project, document_id: str) -> Forgotten:
    """Remove the person of `document_id`: the document, its twins, and everything made from them.

    Whole runs go, because their store, pages and tables hold the text. Raises UsageError for an unknown document.
    History under version control is not touched: that is said, not done.
    """
    documents = load_manifest(project, verify=False)
    persona = next((document.persona for document in documents if document.id == document_id), None)
    if persona is None:
        raise UsageError(f"no document {document_id!r} in {project.manifest}")
    gone = tuple(document for document in documents if document.persona == persona)
    traces = _traces(project, gone)
    store = RecordingStore.of(project)
    keys = {key for text in traces.texts for key in store.keys_of_input(text)}
    removed_runs = tuple(_runs_with(project, {document.id for document in gone}))
    recordings = store.remove(keys)
    files = 0
    for document in gone:
        for path in (document_path(project, document), golden_path(project, document.id)):
            if path.is_file():
                path.unlink()
                files += 1
    write_manifest(project, [document for document in documents if document.persona != persona])
    for name in removed_runs:
        shutil.rmtree(project.runs / name)
    cached = sum(text_cache().forget(document.sha256) for document in gone)
    latest = project.reports / "latest"
    if latest.is_symlink() and not latest.exists():
        latest.unlink()
    return Forgotten(
        tuple(document.id for document in gone), files, recordings, removed_runs, cached, tuple(_left(project, traces))
    )


@dataclass(frozen=True, slots=True)
class _Traces:
    """What must be nowhere afterwards: the texts, and distinctive values of the golden."""

    texts: tuple[str, ...]
    values: tuple[bytes, ...]


def _traces(project: Project, documents: tuple[Document, ...]) -> _Traces:
    import json

    texts: list[str] = []
    values: set[str] = set()
    with Extractor() as extractor:
        for document in documents:
            path = document_path(project, document)
            if path.is_file():
                reading = extractor.extract(path)
                if reading.readable:
                    texts.append(reading.text)
            golden = golden_path(project, document.id)
            if golden.is_file():
                info = json.loads(golden.read_text(encoding="utf-8"))["cv"]["personal_info"]
                values |= {
                    value for key, value in info.items() if key in ("name", "email", "phone", "linkedin") and value
                }
    return _Traces(tuple(texts), tuple(value.encode() for value in values if len(value) >= 6))


def _runs_with(project: Project, ids: set[str]) -> Iterator[str]:
    for info in runs(project):
        if info.manifest is None or ids & set(info.manifest.documents):
            if info.live:
                raise UsageError(f"run {info.run_id} is being written and holds this person", hint="wait for its end")
            yield info.run_id


def _left(project: Project, traces: _Traces) -> Iterator[str]:
    """Every file of the project in which a value of the person can still be read, packs unpacked."""
    import gzip

    for path in sorted(project.root.rglob("*")):
        if not path.is_file() or ".git" in path.parts or ".venv" in path.parts:
            continue
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        if any(value in data for value in traces.values):
            yield str(path.relative_to(project.root))
    store = RecordingStore(project.recordings, project.local_recordings)
    for text in traces.texts:
        if store.keys_of_input(text):
            yield f"a recording of the text {sha256(text)[:12]}"
