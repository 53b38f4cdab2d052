"""Splits, tags, contact data and files that nobody uses: what must hold of the corpus as a whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from harness.base.project import Project
from harness.corpus.check_report import Finding
from harness.corpus.types import Document, Golden

TAGS = ("block", "language", "layout", "producer", "media", "date_style", "length", "level", "sector")

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.|linkedin\.com/)[^\s<>()|\"]+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/\s]+)(/\S*)?", re.IGNORECASE)
_RESERVED_HOST = re.compile(r"(?:.+\.)?example\.(?:com|org|net)|[\w.-]+\.(?:example|test|invalid)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d.,])\+?\(?\d[\d ()./-]{7,}\d")
_RESERVED_PHONES = re.compile(
    r"""
      (?:44|0)2079460\d{3}           # Ofcom: London, for drama
    | (?:44|0)7700900\d{3}           # Ofcom: mobile
    | 1?\d{3}55501\d{2}              # North America: exchange 555-01xx
    | (?:353|0)2091\d{5}             # ComReg: 020 91
    | (?:61|0)2555\d{5}              # ACMA: 02 5550
    | 64455501\d{2}                  # shaped after 555-01xx
    | (?:49|0)(?:3023125|6990009|4066969|2214710|8999998)\d{3}   # Bundesnetzagentur
    | (?:33|0)(?:199\d{2}|639\s*98)\d{4,6}                       # Arcep: 01 99 00, 06 39 98
    | \d*0{4,}\d*                    # plainly made up: a run of noughts
    """,
    re.VERBOSE,
)


def check_splits(documents: Iterable[Document]) -> Iterator[Finding]:
    """Each person in one split only."""
    splits: dict[str, dict[str, str]] = defaultdict(dict)
    for document in documents:
        splits[document.persona].setdefault(document.split, document.id)
    for persona, found in splits.items():
        if len(found) > 1:
            places = ", ".join(f"{name} in {split}" for split, name in sorted(found.items()))
            first = min(found.values())
            yield Finding("error", "matrix", first, "split", f"{persona} is in several splits: {places}")


def check_tags(documents: Iterable[Document]) -> Iterator[Finding]:
    """Every document has every tag that reports slice by, if any document of the project has tags at all."""
    listed = tuple(documents)
    if not any(document.tags for document in listed):
        return
    for document in listed:
        for tag in TAGS:
            if not document.tags.get(tag):
                yield Finding("error", "matrix", document.id, f"tags.{tag}", f"the tag {tag!r} is missing")
        if document.twin_of and not document.tags.get("twin"):
            yield Finding("error", "matrix", document.id, "tags.twin", "a twin without the tag 'twin'")


def check_contacts(golden: Golden, text: str) -> Iterator[Finding]:
    """No contact data that could be someone's, in a document that the project made up."""
    place = "personal_info"
    info = golden.cv[place]
    everything = "\n".join((text, info["email"], info["linkedin"], info["portfolio"]))
    for email in sorted(set(_EMAIL.findall(everything))):
        if not _RESERVED_HOST.fullmatch(email.rpartition("@")[2]):
            yield _contact(golden, f"the address {email} is not under example.com, example.org or example.net")
    for url in sorted(set(_URL.findall(everything))):
        host, path = _HOST.match(url).groups()  # type: ignore[union-attr]
        reserved = _RESERVED_HOST.fullmatch(host) or (
            host.lower() == "linkedin.com" and re.fullmatch(r"/in/[\w%-]*-?(?:example)?[).,;]*", path or "")
        )
        if not reserved:
            yield _contact(golden, f"the web address {url} is not under a reserved name")
    for number in sorted({*_PHONE.findall(info["phone"]), info["phone"]} - {""}):
        if not is_reserved_phone(number):
            yield _contact(golden, f"the number {number} is not in a range kept free for fiction")


def is_reserved_phone(number: str) -> bool:
    """Whether a printed telephone number lies in a range that belongs to no one."""
    return bool(_RESERVED_PHONES.fullmatch(re.sub(r"\D", "", number)))


def _contact(golden: Golden, message: str) -> Finding:
    return Finding("error", "contact", golden.document_id, "personal_info", message)


def check_unused(project: Project, documents: Iterable[Document]) -> Iterator[Finding]:
    """Goldens and CV files that the manifest does not name."""
    listed = tuple(documents)
    ids = {document.id for document in listed}
    for path in sorted(project.goldens.glob("*.json")):
        if path.name != project.contract.name and path.stem not in ids:
            yield Finding("note", "unused", path.stem, f"goldens/{path.name}", "a golden of no document")
    paths = {(project.corpus / document.path).resolve() for document in listed}
    for path in sorted((project.corpus / "cvs").glob("*")):
        if path.is_file() and path.resolve() not in paths:
            yield Finding("note", "unused", path.stem, f"cvs/{path.name}", "a file of no document")
