"""Bringing CV files into a project: neutral names, hashes, guessed tags, a split by person."""

from __future__ import annotations

import glob
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast, get_args

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import as_in_git, write_whole
from harness.base.project import Project
from harness.corpus.folder import documents_from_folder
from harness.corpus.goldens import load_golden, write_golden
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.readers.kinds import MEDIA_TYPES
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

    A golden beside a CV (`x.json` with `x.pdf`) comes in with it. split: for all of them; by default each goes to the
    split that lacks most to 60 % gate, 20 % dev and 20 % sealed, in the order of the files' hashes.

    pseudonymise: a TXT file of the text with replaced names and contacts is kept instead of the file itself, and the
    golden with the same replacements; a CV in which no name is found is refused. One bad file never stops the others.
    Raises UsageError for a folder without CVs, and for a wrong split.
    """
    wanted = _wanted(split)
    known = list(load_manifest(project))
    numbers = [int(found[1]) for document in known if (found := re.fullmatch(r"cv-(\d+)", document.id))]
    coming = _Coming(
        project,
        folder.resolve(),
        wanted,
        {document.sha256 for document in known},
        max(numbers, default=0),
        (secret or sha256(project.root.as_posix())) if pseudonymise else "",
    )
    # The text of a file that is not kept must not stay in the cache either.
    with Extractor(cache=None) if pseudonymise else Extractor() as extractor:
        for brought in documents_from_folder(folder, refuse=coming.refuse):
            source = Path(brought.path)
            if _is_golden(source):
                continue
            try:
                coming.take(source, brought.media_type, extractor.extract(source))
            except _RefusedError as error:
                coming.refuse(source.name, str(error))
    if coming.split is None:
        coming.added = _shared_out(known, coming.added)
    if coming.added:
        write_manifest(project, [*known, *coming.added])
    return Added(tuple(coming.added), tuple(coming.refused), tuple(coming.goldens), tuple(coming.replaced))


class _RefusedError(Exception):
    """Why a file does not come in."""


@dataclass(slots=True)
class _Coming:
    """What comes into the project, file by file. secret: for pseudonyms, "" where the files themselves are kept."""

    project: Project
    folder: Path
    split: Split | None
    there: set[str]
    number: int
    secret: str
    added: list[Document] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    goldens: list[str] = field(default_factory=list)
    replaced: list[tuple[str, int]] = field(default_factory=list)

    def refuse(self, name: str, why: str) -> None:
        self.refused.append((name, why))

    def take(self, source: Path, media_type: str, extraction: Extraction) -> None:
        """The file, and the golden beside it. Raises _RefusedError."""
        if not extraction.readable:
            raise _RefusedError(extraction.outcome.replace("_", " "))
        names = Pseudonyms(self.secret, guess_name(extraction.text)) if self.secret else None
        if names is not None and not names.name:
            raise _RefusedError("no name was found in it to replace")
        data = source.read_bytes() if names is None else names.text(extraction.text).encode()
        digest = sha256(data)
        if digest in self.there:
            raise _RefusedError(ALREADY_THERE)
        document_id = f"cv-{self.number + 1:04d}"
        self._take_golden(source.with_suffix(".json"), document_id, names)
        media_type = media_type if names is None else MEDIA_TYPES["txt"]
        # Not the name's own suffix, in which anything may stand.
        kind = next(kind for kind, known in MEDIA_TYPES.items() if known == media_type)
        path = self.project.corpus / "cvs" / f"{document_id}.{kind}"
        with as_in_git(path):
            write_whole(path, data)
        self.number += 1
        self.there.add(digest)
        if names is not None:
            self.replaced.append((document_id, len(names.replaced)))
        tags = _tags(extraction, media_type)
        split = self.split or "gate"
        self.added.append(Document(document_id, f"cvs/{path.name}", media_type, digest, document_id, split, None, tags))

    def _take_golden(self, path: Path, document_id: str, names: Pseudonyms | None) -> None:
        if not path.resolve().is_relative_to(self.folder):
            raise _RefusedError(f"its golden leads out of {self.folder}")
        try:
            golden = _golden(path, document_id, names)
        except InvalidFileError as error:
            raise _RefusedError(f"its golden is wrong: {error.problem} at {error.place}") from None
        if golden is not None:
            write_golden(self.project, golden)
            self.goldens.append(document_id)


SHARES: Mapping[Split, float] = {"gate": 0.6, "dev": 0.2, "sealed": 0.2}
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


def _shared_out(known: Sequence[Document], added: Sequence[Document]) -> list[Document]:
    """The new documents with their splits, so that a handful, too, has some to decide on and some to try edits on."""
    there = Counter(document.split for document in known)
    splits: dict[str, Split] = {}
    for document in sorted(added, key=lambda each: hashlib.sha256(f"split {each.sha256}".encode()).digest()):
        n = 1 + sum(there[split] for split in SHARES)
        chosen = max(SHARES, key=lambda split: round(SHARES[split] * n - there[split], 9))
        there[chosen] += 1
        splits[document.id] = chosen
    return [replace(document, split=splits[document.id]) for document in added]


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
