"""Goldens change by one person's decision at a time, with its reason, and never into something broken."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.contract.schema import empty_cv
from harness.corpus.goldens import golden_path, load_golden, value_at, write_golden
from harness.corpus.types import Golden, Provenance
from harness.review.golden_care import change, finish, moved, refuse_in_ci, reload, start

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WHO = {"reason": "the CV says so", "by": "A Person", "at": AT}


def golden(**more):
    cv = {**empty_cv(), "skills": ["Java", "Rust", "Go", "SQL"]}
    cv["personal_info"] = {**cv["personal_info"], "name": "Jane Doe"}
    return Golden("x", cv, Provenance("person", "2026-01-01"), **more)


def test_a_decision_is_taken_and_kept_with_its_reason():
    found = change(golden(), "personal_info.name", "accept", "Jane R. Doe", **WHO)
    assert found.cv["personal_info"]["name"] == "Jane R. Doe"
    assert found.provenance.history == (
        {"at": "2026-01-02T03:04:05+00:00", "by": "A Person", "path": "personal_info.name", "action": "accept",
         "reason": "the CV says so"},
    )  # fmt: skip
    assert golden().cv["personal_info"]["name"] == "Jane Doe"  # what was given is left alone
    assert change(golden(), "personal_info.name", "accept", None, **WHO).cv["personal_info"]["name"] == ""
    for action in ("keep", "ambiguous", "alternative"):
        assert change(golden(), "skills[0]", action, "JS", **WHO).cv == golden().cv
    assert change(golden(), "skills[0]", "ambiguous", None, **WHO).ambiguous == {"skills[0]"}
    twice = change(change(golden(), "skills[0]", "alternative", "JS", **WHO), "skills[0]", "alternative", "JS", **WHO)
    assert twice.accept == {"skills[0]": ("JS",)}


@pytest.mark.parametrize(
    ("path", "action", "value", "who", "says"),
    [
        ("skills[0]", "accept", "x", {**WHO, "reason": " "}, "only with a reason"),
        ("skills[0]", "accept", "x", {**WHO, "by": ""}, "only with a reason"),
        ("skills[9]", "keep", None, WHO, "no place in this golden"),
        ("salary", "accept", "x", WHO, "no place in this golden"),
        ("", "accept", "x", WHO, "no place in this golden"),
        ("skills[0]", "alternative", None, WHO, "no alternative"),
        ("skills[0]", "accept", 7, WHO, "would break the contract"),
    ],
)
def test_what_is_refused(path, action, value, who, says):
    with pytest.raises(UsageError, match=says):
        change(golden(), path, action, value, **who)


def test_an_item_that_is_taken_out_moves_what_is_said_of_later_ones():
    before = golden(
        accept={"skills[0]": ("J",), "skills[3]": ("PSQL",)}, ambiguous=frozenset({"skills[1]", "skills[2]"})
    )
    after = change(before, "skills[1]", "accept", None, **WHO)
    assert after.cv["skills"] == ["Java", "Go", "SQL"]
    assert after.accept == {"skills[0]": ("J",), "skills[2]": ("PSQL",)}
    assert after.ambiguous == {"skills[1]"}


@given(st.lists(st.text("ab"), min_size=1, max_size=6, unique=True), st.data())
def test_a_path_leads_to_the_same_value_after_another_item_went(items, data):
    gone, asked = (data.draw(st.integers(0, len(items) - 1)) for _ in range(2))
    left = [item for number, item in enumerate(items) if number != gone]
    now = moved(f"a.b[{asked}]", f"a.b[{gone}]")
    assert (now is None) == (asked == gone)
    if now is not None:
        assert value_at({"a": {"b": left}}, now) == items[asked]


def test_paths_in_and_beside_the_removed_item():
    assert moved("jobs[2].bullets[4]", "jobs[2].bullets[1]") == "jobs[2].bullets[3]"
    assert moved("jobs[3].bullets[4]", "jobs[2].bullets[1]") == "jobs[3].bullets[4]"
    assert moved("jobs[2].bullets[1].x", "jobs[2].bullets[1]") is None
    assert moved("jobs[2].title", "jobs[2].title") == "jobs[2].title"


def test_a_golden_begun_from_an_answer_is_not_reviewed_until_a_person_says_so(tmp_path):
    project = Project(tmp_path)
    started = start(project, "cv-0001", golden().cv, arm="candidate", at=AT)
    assert not started.reviewed
    assert load_golden(golden_path(project, "cv-0001")).provenance.origin == "answer:candidate"
    write_golden(project, finish(reload(project, "cv-0001"), by="A Person", at=AT))
    done = reload(project, "cv-0001")
    assert (done.reviewed, done.provenance.by) == (True, "A Person")
    assert done.provenance.history[-1]["action"] == "reviewed"
    with pytest.raises(UsageError, match="has a golden already"):
        start(project, "cv-0001", golden().cv, arm="candidate", at=AT)


@pytest.mark.parametrize(("broken", "where"), [({"skills": "Java"}, "/skills"), ({}, "")])
def test_a_golden_is_not_begun_from_a_broken_answer(tmp_path, broken, where):
    answer = {**golden().cv, **broken} if broken else []
    with pytest.raises(UsageError, match=f"breaks the contract at {where}"):
        start(Project(tmp_path), "cv-0001", answer, arm="candidate", at=AT)
    assert not golden_path(Project(tmp_path), "cv-0001").exists()


def test_nothing_changes_in_ci():
    refuse_in_ci({})
    refuse_in_ci({"CI": "0"})
    with pytest.raises(UsageError, match="never changed in CI"):
        refuse_in_ci({"CI": "true"})
