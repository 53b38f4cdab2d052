"""Processes that score: what becomes of them, and of a run, when one or the other is killed."""

import multiprocessing
import subprocess
import sys

import pytest

from harness.base.errors import HarnessError
from harness.evaluate.stages.helpers import Helpers, Job

KILLED = """
import os, signal
from harness.evaluate.stages.helpers import Helpers

if __name__ == "__main__":
    helpers = Helpers()
    helpers.submit([]).result()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.long
def test_a_helper_that_is_killed_is_told_as_that():
    with Helpers() as helpers:
        assert list(helpers.all_of([])) == []
        assert helpers.submit([]).result() == []
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        with pytest.raises(HarnessError) as raised:
            list(helpers.all_of([Job(b"", None, None, None)]))
    assert "--resume" in raised.value.hint


@pytest.mark.long
def test_helpers_end_with_a_parent_that_is_killed(tmp_path):
    """Whoever reads what they might say waits until the last of them has ended."""
    path = tmp_path / "killed.py"
    path.write_text(KILLED, encoding="utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, timeout=60, check=False)
    assert done.returncode == -9
