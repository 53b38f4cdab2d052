"""Canonical JSON, the project root, and errors."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.canonical import canonical, digest, pretty
from harness.base.errors import ExitCode, InvalidFileError, UsageError
from harness.base.project import MARKER, Project
from harness.replay.damage import DamagedStoreError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_reads_back_as_the_same_value(value):
    assert json.loads(canonical(value).decode("utf-8", "surrogatepass")) == value
    assert json.loads(pretty(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_of_keys_does_not_matter(value):
    assert digest(value) == digest(dict(reversed(value.items())))


def test_nan_is_no_json():
    with pytest.raises(ValueError, match="Out of range"):
        canonical(float("nan"))


def test_the_nearest_project_above_is_found(tmp_path, monkeypatch):
    (tmp_path / MARKER).parent.mkdir(parents=True)
    (tmp_path / MARKER).write_text("{}")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert Project.find().root == tmp_path.resolve()


def test_a_named_folder_that_is_no_project_is_refused(tmp_path):
    with pytest.raises(UsageError) as caught:
        Project.find(tmp_path)
    assert "cv-harness init" in caught.value.hint


def test_an_error_about_a_file_names_file_place_and_fix():
    error = InvalidFileError("x.json", "a.b", "is wrong", hint="mend it")
    assert str(error) == "x.json at a.b: is wrong (mend it)"
    assert error.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("kind", [InvalidFileError, DamagedStoreError])
def test_an_error_of_another_process_is_the_same_here(kind):
    error = kind("cvs/a.json", "line 3", "no name", hint="name it")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), vars(back)) == (kind, str(error), vars(error))
