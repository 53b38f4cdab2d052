"""`cv-harness evidence`: a probed run as one document for an auditor, HTML and PDF."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import write_whole
from harness.evaluate.stages.pages import REDACTED
from harness.evaluate.stages.probe_pages import DATA
from harness.gates.probes import PROBES
from harness.probes.twins import named
from harness.replay.runs import RunInfo
from harness.reports.evidence import render_evidence

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Written:
    """pdf: None where nothing here makes one; note: then why."""

    html: Path
    pdf: Path | None
    note: str = ""


def evidence(info: RunInfo, folder: Path) -> Written:
    """Write `evidence.html` and `evidence.pdf` into `folder`. Raises UsageError where the run was not probed."""
    figures = _read(info.folder / REDACTED / DATA)
    if figures is None:
        raise UsageError(
            f"run {info.run_id} was not probed",
            hint="`cv-harness probe` makes a probed run; `cv-harness report` its files",
        )
    html = render_evidence(figures, info.readable(), _gates(info.folder), named())
    page = folder / "evidence.html"
    write_whole(page, html)
    return _pdf(page, html)


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidFileError(path, "", f"not JSON: {error}", hint="`cv-harness report RUN` writes it again") from None
    return found if isinstance(found, dict) else None


def _gates(folder: Path) -> list[dict[str, Any]]:
    """The gates about probes; their sentences name relations and groups, and nothing of a CV."""
    verdict = _read(folder / "verdict.json") or {}
    comparisons = verdict.get("comparisons", ())
    return [gate for comparison in comparisons if comparison["against"] == PROBES for gate in comparison["gates"]]


def _pdf(page: Path, html: str) -> Written:
    """By WeasyPrint (the extra `evidence`), else by a Chromium that is here."""
    pdf = page.with_suffix(".pdf")
    try:
        from weasyprint import HTML
    except (ImportError, OSError):  # not installed, or without the libraries of the system that it draws with
        return _by_chromium(page, pdf)
    HTML(string=html, url_fetcher=_nothing).write_pdf(pdf)
    return Written(page, pdf)


def _nothing(url: str, *_: object, **__: object) -> Any:
    raise ValueError(f"the document loads nothing: {url[:80]}")


def _by_chromium(page: Path, pdf: Path) -> Written:
    browser = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if browser is None:
        return Written(
            page, None, "no PDF: install `cv-harness[evidence]` (WeasyPrint), or print the HTML from a browser"
        )
    with tempfile.TemporaryDirectory(prefix="cv-harness-print-") as profile:
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
            "--no-pdf-header-footer", f"--user-data-dir={profile}", f"--print-to-pdf={pdf.resolve()}",
            page.resolve().as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            return Written(page, None, f"no PDF: {Path(browser).name} did not print it ({type(error).__name__})")
    return Written(page, pdf)
