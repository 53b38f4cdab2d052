"""`cv-harness corpus check`: proves that documents, goldens, splits and content are what they claim to be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.corpus import check_matrix, check_overlap, check_text
from harness.corpus.check_report import Finding, Measure, Report
from harness.corpus.goldens import golden_path, leaves, load_golden
from harness.corpus.manifest import document_path, load_manifest, verify_file
from harness.corpus.readers.ocr import has_ocr
from harness.corpus.text import Extractor, remedy
from harness.corpus.types import Document, Extraction, Golden

__all__ = ["Finding", "Measure", "Report", "check"]

RECIPES = "recipes.json"
"""What the builder leaves beside the documents that it has made: then the corpus is held to its whole matrix."""
_NO_GOLDEN = "goldens, not yet"
_LEAST_RECALL = 0.99
_LEAST_RECALL_SCAN = 0.95
_SCANS = frozenset({"scan", "image", "mixed"})


def check(project: Project, *, only: Iterable[str] = (), extractor: Extractor | None = None) -> Report:
    """Check the corpus of `project`, or the documents `only`.

    Errors: a manifest or golden that does not load (nothing more is checked then, for that document), a changed file, a
    value that stands in no text of its document, printed lines that no value covers and nobody declared, a person in
    two splits, a missing tag, contact data of made-up people that could be real, and content shared with the simulator.
    Notes: documents that cannot be read here (a scan without OCR, a .doc without catdoc), with the command that mends
    it, values that OCR misread, and files and goldens without a document. Raises InvalidFileError for a manifest that
    cannot be read at all.
    """
    documents = load_manifest(project, verify=False)
    wanted = set(only)
    chosen = [document for document in documents if not wanted or document.id in wanted]
    findings: list[Finding] = []
    goldens: dict[str, Golden] = {}
    for document in chosen:
        findings += _files(project, document, goldens)
    findings = _begun(findings, documents=len(chosen))
    findings += check_matrix.check_splits(documents)
    built = (project.corpus / RECIPES).is_file()
    if built:
        findings += check_matrix.check_tags(documents)
    if not wanted:
        findings += check_matrix.check_unused(project, documents)
        findings += _overlap(project)
    measures = []
    readable = [document for document in chosen if document.id in goldens]
    own = extractor or Extractor()
    try:
        texts = own.extract_many([document_path(project, document) for document in readable])
        besides = check_text.load_besides(project)
        for document, extraction in zip(readable, texts, strict=True):
            measure, found = _round_trip(document, goldens[document.id], extraction, besides.get(document.id))
            measures.append(measure)
            findings += found
    finally:
        if extractor is None:
            own.close()
    counts = {
        "documents": len(chosen),
        "goldens": len(goldens),
        "values": sum(measure.values for measure in measures),
        "found": sum(measure.found for measure in measures),
        "lines": sum(measure.lines for measure in measures),
        "uncovered": sum(measure.uncovered for measure in measures),
    }
    return Report(tuple(findings), tuple(measures), counts)


def _begun(findings: list[Finding], *, documents: int) -> list[Finding]:
    """In a project of one's own goldens come one by one: those that are not there yet are one note together."""
    absent = [finding.document for finding in findings if finding.place == _NO_GOLDEN]
    if not absent:
        return findings
    named = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
    message = f"{len(absent)} of {documents} documents have no golden yet ({named}): `cv-harness golden add DOCUMENT`"
    return [*(one for one in findings if one.place != _NO_GOLDEN), Finding("note", "golden", "", "goldens", message)]


def _files(project: Project, document: Document, goldens: dict[str, Golden]) -> list[Finding]:
    findings = []
    try:
        verify_file(project, document)
    except HarnessError as error:
        findings.append(Finding("error", "manifest", document.id, document.path, str(error)))
    path = golden_path(project, document.id)
    if not path.is_file() and not (project.corpus / RECIPES).is_file():
        return [*findings, Finding("note", "golden", document.id, _NO_GOLDEN, "")]
    try:
        goldens[document.id] = load_golden(path)
    except HarnessError as error:
        place = f"goldens/{document.id}.json"
        findings.append(Finding("error", "golden", document.id, place, str(error)))
    return findings


def _round_trip(
    document: Document, golden: Golden, extraction: Extraction, besides: tuple[str, ...] | None
) -> tuple[Measure, list[Finding]]:
    findings = []
    values = sum(1 for _ in leaves(golden.cv))
    scanned = document.tags.get("media") in _SCANS
    made_up = golden.provenance.origin == "generated"
    if not extraction.readable:
        lacking = remedy([(extraction.outcome, document.media_type)])
        message = f"cannot be read: {extraction.outcome}{f'; {lacking}' if lacking else ''}"
        findings.append(Finding("note" if scanned or lacking else "error", "readable", document.id, "", message))
        return Measure(document.id, extraction.outcome, values, 0, 0, 0), findings
    text = extraction.text
    missing = check_text.missing_values(golden, text)
    least = _LEAST_RECALL_SCAN if scanned else 1.0 if made_up else _LEAST_RECALL
    blind = scanned and not has_ocr()  # its pages that are images were not read
    enough = blind or values == 0 or (values - len(missing)) / values >= least
    for path, value in missing:
        message = f"{value[:80]!r} stands neither in the text nor in a link target"
        findings.append(Finding("note" if enough else "error", "round-trip", document.id, path, message))
    lines = [line for line in text.splitlines() if line.strip()]
    uncovered = [] if scanned else check_text.uncovered_lines(golden, text, besides or ())
    for line in uncovered:
        # Only a project that declares what stands besides its goldens can be wrong about it.
        wrong = made_up and besides is not None
        message = f"no golden value covers the line {line[:100]!r}"
        findings.append(Finding("error" if wrong else "note", "uncovered", document.id, "", message))
    if made_up:
        findings += check_matrix.check_contacts(golden, "" if scanned else text)
    measure = Measure(document.id, extraction.outcome, values, values - len(missing), len(lines), len(uncovered))
    return measure, findings


def _overlap(project: Project) -> list[Finding]:
    """Only where the project is the repository that holds both sources."""
    package = Path(__file__).parents[1]
    if package.parent != project.root:
        return []
    return list(check_overlap.check_overlap(package / "corpus" / "builder", package / "simulator"))
