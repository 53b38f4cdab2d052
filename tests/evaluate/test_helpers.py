"""Processes that score: what becomes of them, and of a run, when one or the other is killed."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import HarnessError, InvalidFileError
from harness.evaluate.stages.helpers import Helpers, Job
from harness.models.types import Usage
from harness.replay.serial import dump_record, squeeze
from harness.replay.types import Record

KILLED = """
import os, signal
from harness.evaluate.stages.helpers import Helpers

if __name__ == "__main__":
    helpers = Helpers()
    helpers.submit([]).result()
    os.kill(os.getpid(), signal.SIGKILL)
"""

SAID = Record(
    "a01", "candidate", 0, {"skills": []}, "completed", (), (), (), None, 1.0, 0.0, 0.0, "declared", Usage(), True,
    None, 1, 1, (), "m",
)  # fmt: skip
RECORD = squeeze(dump_record(SAID))


@pytest.mark.long
def test_a_helper_that_is_killed_is_told_as_that():
    with Helpers() as helpers:
        assert list(helpers.all_of([])) == []
        assert helpers.submit([]).result() == []
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        with pytest.raises(HarnessError) as raised:
            list(helpers.all_of([Job(b"", None, None, None, Path())]))
    assert "--resume" in raised.value.hint


@pytest.mark.long
def test_what_a_helper_cannot_read_is_named_as_in_a_run_that_is_held(tmp_path):
    """And not as a defect, or as a helper that was ended from outside."""
    record = squeeze(b'{"answer": {"json": {}}}')
    golden = tmp_path / "a01.json"
    golden.write_text("{}", encoding="utf-8")
    with Helpers() as helpers:
        for job, told in (
            (Job(b"no zlib", None, None, None, tmp_path / "run.db"), "run.db: the run store is damaged"),
            (Job(record, None, None, None, tmp_path / "run.db"), "run.db: the run store is damaged"),
            (Job(RECORD, b"no zlib", None, None, tmp_path / "run.db"), "run.db: the run store is damaged"),
            (Job(RECORD, None, b"no zlib", None, tmp_path / "run.db"), "run.db: the run store is damaged"),
            (Job(RECORD, None, None, (str(golden), "0" * 64), tmp_path / "run.db"), "a01.json: it changed"),
        ):
            with pytest.raises(InvalidFileError, match=told):
                list(helpers.all_of([job]))
        assert len(list(helpers.all_of([Job(RECORD, None, None, None, tmp_path / "run.db")]))) == 1


@pytest.mark.long
def test_helpers_end_with_a_parent_that_is_killed(tmp_path):
    """Whoever reads what they might say waits until the last of them has ended."""
    path = tmp_path / "killed.py"
    path.write_text(KILLED, encoding="utf-8")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, timeout=300, check=False)
    assert done.returncode == -9
