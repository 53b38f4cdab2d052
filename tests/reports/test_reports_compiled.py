"""Compiled templates: taken from where only this user writes, and made anew wherever anything else is found."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from harness.base.project import cache_dir
from harness.reports import compiled
from harness.reports.compiled import FOLDER, Compiled


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))


def rendered(text: str = "{{ a }} and b") -> tuple[str, int]:
    """What a template says, and how often it was compiled, in an environment that knows nothing yet."""
    environment, compiles = Environment(loader=DictLoader({"t": text}), bytecode_cache=Compiled()), []
    compile_ = environment.compile
    environment.compile = lambda *given, **named: (compiles.append(1), compile_(*given, **named))[1]  # type: ignore
    return environment.get_template("t").render(a=1), len(compiles)


def kept() -> Path:
    (path,) = (cache_dir() / FOLDER).iterdir()
    return path


def test_a_template_is_compiled_once_and_again_when_it_changes() -> None:
    assert rendered() == ("1 and b", 1)
    assert rendered() == ("1 and b", 0)
    assert rendered("{{ a }} and c") == ("1 and c", 1)
    assert rendered("{{ a }} and c") == ("1 and c", 0)
    assert (cache_dir() / FOLDER).stat().st_mode & 0o777 == 0o700
    assert kept().stat().st_mode & 0o777 == 0o600


def test_a_change_of_what_compiles_compiles_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered()
    monkeypatch.setattr(compiled, "version", lambda name: "another")
    assert rendered() == ("1 and b", 1)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def _turned(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _for_all(path: Path) -> None:
    path.chmod(0o666)


def _folder_for_all(path: Path) -> None:
    path.parent.chmod(0o777)


def _gone(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _endless(path: Path) -> None:
    os.truncate(path, 2**40)


def _a_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize(
    "harm", [_cut, _turned, _emptied, _for_all, _folder_for_all, _gone, _a_pipe, _endless, _a_link_to_nothing]
)
def test_what_is_damaged_or_others_may_write_is_not_run(harm: Callable[[Path], None]) -> None:
    rendered()
    harm(kept())
    assert rendered() == ("1 and b", 1)


def test_what_another_user_wrote_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered()
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    assert rendered() == ("1 and b", 1)


def test_one_template_in_place_of_another_is_not_run() -> None:
    rendered()
    (first,) = (cache_dir() / FOLDER).iterdir()
    environment = Environment(loader=DictLoader({"u": "{{ a }} but c"}), bytecode_cache=Compiled())
    environment.get_template("u")
    (second,) = set((cache_dir() / FOLDER).iterdir()) - {first}
    first.write_bytes(second.read_bytes())
    assert rendered() == ("1 and b", 1)


def test_on_a_full_disk_a_page_is_rendered_nevertheless() -> None:
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        assert rendered() == rendered() == ("1 and b", 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
        signal.signal(signal.SIGXFSZ, before)
    assert not list((cache_dir() / FOLDER).iterdir())
    assert [rendered(), rendered()] == [("1 and b", 1), ("1 and b", 0)]


def test_where_nothing_can_be_kept_a_page_is_rendered_nevertheless() -> None:
    cache_dir().write_text("a file where the folder would be", encoding="utf-8")
    assert rendered() == rendered() == ("1 and b", 1)
