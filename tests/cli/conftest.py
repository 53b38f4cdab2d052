"""The command line in this process (exit code, standard output, standard error), and `pytest evals` in its own."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from harness.cli.main import main


@pytest.fixture
def cv(capsys, monkeypatch):
    """A function that runs `cv-harness` with these arguments; project: whose."""

    def run(*arguments, project=None):
        if project is not None:
            monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return int(ended.value.code), printed.out, printed.err

    return run


@pytest.fixture
def run_evals(tmp_path):
    """A function that runs `pytest evals` in a project; its exit code, output and {test: (outcome, message,
    properties)}."""

    def run(project, *arguments, **environment):
        junit = tmp_path / "junit.xml"
        variables = {key: value for key, value in os.environ.items() if key not in ("CI", "OPENAI_API_KEY")}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "evals", "-p", "no:cacheprovider", f"--junitxml={junit}", *arguments],
            cwd=project.root, env={**variables, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        cases = ElementTree.parse(junit).getroot().iter("testcase") if junit.is_file() else ()
        return done.returncode, done.stdout + done.stderr, {case.get("name"): _told(case) for case in cases}

    return run


def _told(case):
    bad = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
    properties = {each.get("name"): each.get("value") for each in case.iter("property")}
    return ("passed", "", properties) if bad is None else (bad.tag, bad.get("message"), properties)
