"""Every hostile file ends as written down, in a child process, within the limits, with the run going on."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.corpus.hostile import ENCRYPTED, LARGE, SMALL, load_expected, make, write_small
from harness.corpus.text import Extractor, Limits, extract_inline

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "hostile"
EXPECTED = load_expected(FOLDER)
SLOW = frozenset({"pdf-form-tree.pdf", "pdf-huge-page-image.pdf", "pdf-image-bomb.pdf", "pdf-noise-image.pdf"})
COMMITTED = [name for name in EXPECTED if name not in LARGE]
PLACES = [
    *(name for name in COMMITTED if name not in SLOW),
    *(pytest.param(name, marks=pytest.mark.long) for name in (*sorted(SLOW), *LARGE)),
]
PATIENT = Limits(seconds=300)
"""How long a file takes is the affair of whatever else the machine does; what it takes of a processor is not."""


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(cache=None, workers=1, limits=PATIENT) as extractor:
        yield extractor


@pytest.mark.parametrize("name", PLACES)
def test_ends_as_expected(name: str, extractor: Extractor, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    path = FOLDER / name
    if name in LARGE:
        path = tmp_path / name
        path.write_bytes(make(name))
    read = extractor.extract(path)
    assert read.outcome in expected.outcomes, read.warnings
    assert expected.has in read.text
    assert not expected.lacks or expected.lacks not in read.text
    assert any(expected.warns in warning for warning in read.warnings) or not expected.warns
    assert read.readable == bool(read.text)
    assert read.outcome == "ok" or read.warnings


def test_what_is_told_of_a_file_does_not_depend_on_the_file_before_it() -> None:
    """One without pages is refused by a library that gives the reason of what it refused before."""
    alone = extract_inline(FOLDER / "pdf-no-pages.pdf")
    assert extract_inline(FOLDER / "pdf-aes-256-user.pdf").outcome == "encrypted"
    assert extract_inline(FOLDER / "pdf-no-pages.pdf") == alone
    assert alone.outcome == "corrupt"


def _used_by_children() -> float:
    """Seconds of processor time of all that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(SLOW))
def test_the_slowest_are_within_their_time_where_they_have_a_processor(name: str) -> None:
    before = _used_by_children()
    with Extractor(cache=None, workers=1, limits=PATIENT) as extractor:
        assert extractor.extract(FOLDER / name).outcome != "timeout"
    assert 0 < _used_by_children() - before < Limits().seconds


def test_the_set_is_complete() -> None:
    assert set(EXPECTED) == {*SMALL, *LARGE, *ENCRYPTED}
    assert {path.name for path in FOLDER.iterdir()} == {*SMALL, *ENCRYPTED, "expected.json"}
    assert len(EXPECTED) >= 60


@pytest.mark.long
def test_the_committed_files_are_small_and_what_the_script_makes(tmp_path: Path) -> None:
    made = write_small(tmp_path)
    assert set(SMALL) <= set(made)
    if shutil.which("qpdf") is None:
        assert not set(ENCRYPTED) & set(made)
    for name in SMALL:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_000_000


@pytest.mark.long
def test_a_run_over_all_of_them_reaches_the_last(tmp_path: Path) -> None:
    names = [name for name in COMMITTED if name not in SLOW]
    with Extractor(cache=None, workers=2, limits=PATIENT) as extractor:
        read = list(extractor.extract_many(FOLDER / name for name in names))
    assert len(read) == len(names)
    assert all(each.outcome != "timeout" for each in read)
