"""The command line in this process: exit code, standard output, standard error."""

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
