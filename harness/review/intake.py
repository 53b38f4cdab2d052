"""Bringing CV files into a project: neutral names, hashes, guessed tags, a split by person."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.folder import documents_from_folder
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction, Split
from harness.review.pseudonyms import Pseudonyms

_WORDS = {
    "de": "und der die mit bei für von im als",
    "fr": "et de la les des pour dans avec une",
    "es": "y de la los con para en una del",
    "it": "e di il con per della nel una gli",
    "pl": "i w na z do oraz od dla się",
    "pt": "e de em com para uma dos na ao",
    "en": "and of the with for in to at on",
}


@dataclass(frozen=True, slots=True)
class Added:
    """What came in and what did not: (file, why). names: the name that was replaced in each, to be looked at."""

    documents: tuple[Document, ...]
    refused: tuple[tuple[str, str], ...]
    replaced: tuple[tuple[str, int], ...] = ()


def add_folder(
    project: Project, folder: Path, *, split: str = "", pseudonymise: bool = False, secret: str = ""
) -> Added:
    """Add every CV of `folder` to the project under neutral ids; files that are there already are passed over.

    split: for all of them; by default 60 % gate, 20 % dev, 20 % sealed by the file's hash. pseudonymise: the text
    with replaced names and contacts is kept as a TXT file instead of the file itself. Raises UsageError for a
    folder without CVs.
    """
    if split and split not in ("gate", "dev", "sealed", "none"):
        raise UsageError(f"{split} is no split", hint="gate, dev, sealed or none")
    known = list(load_manifest(project))
    hashes = {document.sha256 for document in known}
    numbers = [int(found[1]) for document in known if (found := re.fullmatch(r"cv-(\d+)", document.id))]
    number = max(numbers, default=0)
    added: list[Document] = []
    refused: list[tuple[str, str]] = []
    replaced: list[tuple[str, int]] = []
    target = project.corpus / "cvs"
    target.mkdir(parents=True, exist_ok=True)
    with Extractor() as extractor:
        for brought in documents_from_folder(folder):
            source = Path(brought.path)
            extraction = extractor.extract(source)
            if not extraction.readable:
                refused.append((source.name, extraction.outcome.replace("_", " ")))
                continue
            number += 1
            document_id = f"cv-{number:04d}"
            if pseudonymise:
                names = Pseudonyms(secret or sha256(project.root.as_posix()))
                path = target / f"{document_id}.txt"
                path.write_text(names.text(extraction.text), encoding="utf-8")
                replaced.append((document_id, len(names.replaced) + bool(names.name)))
            else:
                path = target / f"{document_id}{source.suffix.lower()}"
                shutil.copyfile(source, path)
            digest = sha256(path.read_bytes())
            if digest in hashes:
                path.unlink()
                number -= 1
                refused.append((source.name, "it is in the project already"))
                continue
            hashes.add(digest)
            added.append(
                Document(
                    document_id,
                    f"cvs/{path.name}",
                    "text/plain" if pseudonymise else brought.media_type,
                    digest,
                    document_id,
                    _split(split, digest),
                    None,
                    _tags(extraction, "text/plain" if pseudonymise else brought.media_type),
                )
            )
    write_manifest(project, [*known, *added])
    return Added(tuple(added), tuple(refused), tuple(replaced))


def _split(wanted: str, digest: str) -> Split:
    if wanted:
        return wanted  # type: ignore[return-value]
    share = int(hashlib.sha256(f"split {digest}".encode()).hexdigest()[:8], 16) / 2**32
    return "gate" if share < 0.6 else "dev" if share < 0.8 else "sealed"


def _tags(extraction: Extraction, media_type: str) -> dict[str, str]:
    words = len(extraction.text.split())
    return {
        "language": _language(extraction.text),
        "media": media_type.rpartition("/")[2].rpartition(".")[2],
        "length": "short" if words < 250 else "medium" if words < 900 else "long",
    }


def _language(text: str) -> str:
    """By its commonest small words; by script where there are none."""
    if re.search(r"[\u3040-\u30ff]", text):
        return "ja"
    if re.search(r"[\u4e00-\u9fff]", text):
        return "zh"
    if re.search(r"[\u0590-\u05ff]", text):
        return "he"
    if re.search(r"[\u0600-\u06ff]", text):
        return "ar"
    words: Sequence[str] = re.findall(r"\w+", text.casefold())
    counts = {language: sum(words.count(word) for word in small.split()) for language, small in _WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else "en"
