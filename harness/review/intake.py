"""Bringing CV files into a project: neutral names, hashes, guessed tags, a split by person."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.corpus.folder import documents_from_folder
from harness.corpus.goldens import load_golden, write_golden
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction, Golden, Split
from harness.review.pseudonyms import Pseudonyms, guess_name

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
    """What came in and what did not: (file, why).

    goldens: ids of documents whose golden came with them. replaced: how many values a pseudonym stands for, by id.
    """

    documents: tuple[Document, ...]
    refused: tuple[tuple[str, str], ...]
    goldens: tuple[str, ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()


def add_folder(
    project: Project, folder: Path, *, split: str = "", pseudonymise: bool = False, secret: str = ""
) -> Added:
    """Add every CV of `folder` to the project under neutral ids; files that are there already are passed over.

    A golden beside a CV (`x.json` with `x.pdf`) comes in with it. split: for all of them; by default 60 % gate, 20 %
    dev, 20 % sealed by the file's hash. pseudonymise: a TXT file of the text with replaced names and contacts is
    kept instead of the file itself, and the golden with the same replacements; a CV in which no name is found is
    refused. One bad file never stops the others. Raises UsageError for a folder without CVs, and for a wrong split.
    """
    wanted = _wanted(split)
    known = list(load_manifest(project))
    there = {document.sha256 for document in known}
    numbers = [int(found[1]) for document in known if (found := re.fullmatch(r"cv-(\d+)", document.id))]
    number = max(numbers, default=0)
    added: list[Document] = []
    refused: list[tuple[str, str]] = []
    goldens: list[str] = []
    replaced: list[tuple[str, int]] = []
    (project.corpus / "cvs").mkdir(parents=True, exist_ok=True)
    # The text of a file that is not kept must not stay in the cache either.
    with Extractor(cache=None) if pseudonymise else Extractor() as extractor:
        for brought in documents_from_folder(folder):
            source = Path(brought.path)
            if _is_golden(source):
                continue
            extraction = extractor.extract(source)
            if not extraction.readable:
                refused.append((source.name, extraction.outcome.replace("_", " ")))
                continue
            names = Pseudonyms(secret or sha256(project.root.as_posix()), guess_name(extraction.text))
            if pseudonymise and not names.name:
                refused.append((source.name, "no name was found in it to replace"))
                continue
            data = names.text(extraction.text).encode() if pseudonymise else source.read_bytes()
            digest = sha256(data)
            if digest in there:
                refused.append((source.name, ALREADY_THERE))
                continue
            document_id = f"cv-{number + 1:04d}"
            try:
                golden = _golden(source.with_suffix(".json"), document_id, names if pseudonymise else None)
                if golden is not None:
                    write_golden(project, golden)
                    goldens.append(document_id)
            except InvalidFileError as error:
                refused.append((source.name, f"its golden is wrong: {error.problem} at {error.place}"))
                continue
            number += 1
            there.add(digest)
            suffix, media_type = (".txt", "text/plain") if pseudonymise else (source.suffix.lower(), brought.media_type)
            path = project.corpus / "cvs" / f"{document_id}{suffix}"
            write_whole(path, data)
            if pseudonymise:
                replaced.append((document_id, len(names.replaced)))
            added.append(
                Document(
                    document_id,
                    f"cvs/{path.name}",
                    media_type,
                    digest,
                    document_id,
                    wanted or _split(digest),
                    None,
                    _tags(extraction, media_type),
                )
            )
    if added:
        write_manifest(project, [*known, *added])
    return Added(tuple(added), tuple(refused), tuple(goldens), tuple(replaced))


ALREADY_THERE = "it is in the project already"


def _wanted(split: str) -> Split | None:
    if not split:
        return None
    for known in get_args(Split):
        if split == known:
            return cast(Split, known)
    raise UsageError(f"{split} is no split", hint="gate, dev, sealed or none")


def _is_golden(path: Path) -> bool:
    """Whether a file is the golden of another one beside it."""
    return path.suffix == ".json" and any(other != path for other in path.parent.glob(f"{glob.escape(path.stem)}.*"))


def _golden(path: Path, document_id: str, names: Pseudonyms | None) -> Golden | None:
    """The golden beside a CV, under its new id and with the CV's pseudonyms; None where there is none."""
    if not path.is_file():
        return None
    golden = replace(load_golden(path), document_id=document_id)
    if names is None:
        return golden
    accept = {place: tuple(names.value(value) for value in values) for place, values in golden.accept.items()}
    return replace(golden, cv=names.value(golden.cv), accept=accept)


def _split(digest: str) -> Split:
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
