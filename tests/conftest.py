"""For all tests: in CI a skipped test is a failed one, and nobody's own settings or key are seen."""

import gc
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from made_project import make_project, once, own_copy

IN_CI = bool(os.environ.get("CI"))
# How long an example takes is the machine's affair, here as in CI; what else the profile in effect says stays.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """`fast_cases(2)`: of a test's cases all but the first two are long. `fast_cases("a", "b")`: all but these ids."""
    seen = Counter()
    for item in items:
        marker = item.get_closest_marker("fast_cases")
        if marker is None:
            continue
        test = item.nodeid.removesuffix(f"[{item.callspec.id}]")
        seen[test] += 1
        (most, *_), ids = marker.args, marker.args
        if seen[test] > most if isinstance(most, int) else item.callspec.id not in ids:
            item.add_marker("long")


gc.disable()


def pytest_collection_finish():
    """What was imported and collected stays to the end: the garbage collector need not look at it again and again,
    neither while it is made, nor later, for most of a second in the middle of any test."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and IN_CI and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where every test must run: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path_factory):
    for name in list(os.environ):
        if name.startswith("CV_HARNESS_") or name in ("OPENAI_API_KEY", "CI"):
            monkeypatch.delenv(name)


@pytest.fixture
def simulator_inside(request, monkeypatch):
    """What is evaluated here asks the simulator in a thread of this process; in a long test, its own process."""
    if request.node.get_closest_marker("long") is None:
        from simulator_inside import start_when_called

        monkeypatch.setattr("harness.evaluate.setup.provider.start_when_called", start_when_called)


@pytest.fixture
def small_project(request, tmp_path, monkeypatch, simulator_inside):
    """A function that makes a project of a few of this repository's CVs."""

    def make(ids):
        monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
        long = request.node.get_closest_marker("long")
        return make_project(tmp_path / "project", ids, texts_in=None if long else tmp_path / "cache")

    return make


@pytest.fixture(scope="session")
def _finished(tmp_path_factory):
    """A project and its cache after one accepted run of one draw; made once."""
    from harness.evaluate.commands.accept import accept_run
    from harness.evaluate.commands.run import evaluate
    from harness.evaluate.setup.plan import Plan

    with once(tmp_path_factory.mktemp("finished")) as folder:
        project = make_project(folder / "project", ["a01", "a02", "a09"], texts_in=folder / "cache")
        evaluate(project, Plan(repeat=1))
        accept_run(project, None, reason="first", by="A Person", override=True, environment={})
    return folder


@pytest.fixture
def finished_project(_finished, tmp_path, monkeypatch, simulator_inside):
    """A project of a01, a02 and a09 with one run (legacy and candidate, one draw), which is accepted: a copy of
    its own, that a test may change."""
    return own_copy(_finished, tmp_path, monkeypatch)


@pytest.fixture
def browser():
    """The system's Chromium (or Playwright's), which may reach nothing. Closed after each test, because while it is
    open an event loop runs in its process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome") or playwright.chromium.executable_path
        if not Path(program).is_file():
            pytest.skip("no Chromium here, so nothing was tried in a browser: apt install chromium")
        chromium = playwright.chromium.launch(
            executable_path=program,
            timeout=300_000,  # milliseconds
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe():
    """The script that looks for accessibility problems."""
    from importlib import resources

    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A PATH without any program, and no other way to read pictures; tests put their own programs there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("harness.corpus.readers.ocr_rapid.is_installed", lambda: False)
    return folder
