"""Synthetic runs and their pages, made once a session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Synthetic

from harness.reports.page import render
from harness.reports.prepare import Judged
from harness.reports.redaction import Redactor
from harness.reports.summary import build_summary

PLANT = "\"'><img src=x onerror=\"document.title='pwned'\"></script><script>document.title='pwned'</script>{{7*7}}"
KEY = b"k" * 32


def judged(run: Synthetic) -> Judged:
    return Judged(run.cases, run.verdict, run.manifest, run.goldens, run.texts, synthetic_run.FILLS)


def summary_of(run: Synthetic, **more: Any) -> dict[str, Any]:
    return build_summary(judged(run), **more)


def page_of(run: Synthetic, out: Path, *, redacted: bool = False, agreement: Any = (), **more: Any) -> Path:
    return render(
        out,
        judged(run),
        summary_of(run, agreement=agreement),
        redactor=Redactor.of(run.cases, run.goldens, key=KEY) if redacted else None,
        **more,
    ).path


@pytest.fixture(scope="session")
def run() -> Synthetic:
    return synthetic_run.make(60, 2)


@pytest.fixture(scope="session")
def planted() -> Synthetic:
    """A run with hostile text wherever text can come from."""
    return synthetic_run.make(30, 1, plant=PLANT)


@pytest.fixture(scope="session")
def summary(run: Synthetic) -> dict[str, Any]:
    return summary_of(run)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def page(run: Synthetic, folder: Path) -> Path:
    return page_of(run, folder / "index.html")


@pytest.fixture(scope="session")
def redacted_page(run: Synthetic, folder: Path) -> Path:
    return page_of(run, folder / "redacted.html", redacted=True)


@pytest.fixture(scope="session")
def planted_page(planted: Synthetic, folder: Path) -> Path:
    return page_of(planted, folder / "planted.html")
