"""For all tests: in CI a skipped test is a failed one, and nobody's own settings or key are seen."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where every test must run: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path_factory):
    for name in list(os.environ):
        if name.startswith("CV_HARNESS_") or name == "OPENAI_API_KEY":
            monkeypatch.delenv(name)
