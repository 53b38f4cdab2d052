"""The record of what is accepted: written whole, read with suspicion, refused where it must be."""

import json
from dataclasses import asdict, replace

import pytest

from harness.assistants.bundle import load_bundle, make_bundle
from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.review.acceptance import (
    Accepted,
    Proposal,
    accepted_bundle,
    all_accepted,
    history,
    load_accepted,
    refuse,
    set_anchor,
    slot,
    write_accepted,
)

ORIGIN = "simulator@1+seed7"


def bundle(text="Read the CV."):
    return make_bundle(
        name="reader",
        description="reads",
        model="gpt-5-mini",
        parameters={},
        instructions=text,
        output="json_object",
        schema={"type": "object"},
    )


def record(of, **changes):
    given = Accepted(
        schema_version=1, name=of.name, version=of.version, wire=of.wire, model=of.model, origin=ORIGIN, run_id="r1",
        verdict="SHIP", verdict_sha256="0" * 64, override=False, by="A Person", reason="better", commit="abc", look=1,
        accepted="2026-01-02T03:04:05+00:00", draws=3, legacy_wire="", legacy_recorded="2026-01-01", contract="c",
        scorer="1", noise_floor={"draw_sd": 0.01}, summary={"f1": 0.9, "n": 40},
    )  # fmt: skip
    return replace(given, **changes)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_what_is_written_is_read_and_the_first_is_the_anchor(project):
    first, second = bundle("One."), bundle("Two.")
    write_accepted(project, record(first), first)
    path = write_accepted(project, record(second, run_id="r2"), second)
    assert path == project.baseline / "simulator" / "accepted.json"
    assert load_accepted(project, ORIGIN) == (record(second, run_id="r2"), second)
    assert load_accepted(project, "simulator@2+seed1")[1] == second  # another simulator's baseline is the same one
    assert load_accepted(project, ORIGIN, "anchor") == (record(first), first)
    assert accepted_bundle(project, "simulator") == second
    assert [row["run_id"] for row in history(project, ORIGIN)] == ["r1", "r2"]
    assert all_accepted(project) == {"simulator": record(second, run_id="r2")}
    assert set_anchor(project, ORIGIN).run_id == "r2"
    assert load_accepted(project, ORIGIN, "anchor")[1] == second


def test_origins_have_baselines_of_their_own(project):
    one = bundle()
    write_accepted(project, record(one, origin="openai"), one)
    assert load_accepted(project, ORIGIN) is None
    assert slot("https://models.example/v1") == "https-models.example-v1"
    with pytest.raises(UsageError, match="nothing is accepted for simulator yet"):
        accepted_bundle(project, ORIGIN)
    with pytest.raises(UsageError, match="nothing is accepted for simulator yet"):
        set_anchor(project, ORIGIN)


@pytest.mark.parametrize(
    ("name", "change"), [("wire", ("One.", "Two.")), ("version", ('"reads"', '"reads more"'))], ids=["wire", "version"]
)
def test_a_bundle_that_was_tampered_with_is_refused(project, name, change):
    one = bundle("One.")
    folder = write_accepted(project, record(one), one).parent / "bundle"
    for file in folder.iterdir():
        file.write_text(file.read_text().replace(*change))
    assert load_bundle(folder) != one
    with pytest.raises(InvalidFileError, match="hashes to") as caught:
        load_accepted(project, ORIGIN)
    assert caught.value.place == name
    assert "version control" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"look": "first"}, "look"),
        ({"noise_floor": None}, "noise_floor"),
        ({"surprise": 1}, "surprise"),
        ({"schema_version": 2}, "schema_version"),
        ("{", ""),
        ("[]", ""),
    ],
)
def test_a_broken_record_is_named_with_its_place(project, change, place):
    one = bundle()
    path = write_accepted(project, record(one), one)
    path.write_text(change if isinstance(change, str) else json.dumps({**asdict(record(one)), **change}))
    with pytest.raises(InvalidFileError) as caught:
        load_accepted(project, ORIGIN)
    assert (caught.value.path, caught.value.place) == (str(path), place)


def test_a_broken_line_of_history_is_named(project):
    one = bundle()
    path = write_accepted(project, record(one), one).with_name("history.jsonl")
    path.write_text(path.read_text() + '{"by": "me"}\n')
    with pytest.raises(InvalidFileError, match="line 2"):
        history(project, ORIGIN)


def propose(existing=None, override=False, environment=None, **changes):
    """Ask for the acceptance of a run that nothing speaks against, but for `changes`."""
    fine = Proposal("SHIP", ORIGIN, ("gate",), partial=False, complete=True, unmade=0, compared=None)
    refuse(replace(fine, **changes), existing, override=override, environment=environment or {})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"environment": {"CI": "true"}}, "never in CI"),
        ({"environment": {"CI": "woodpecker"}}, "never in CI"),
        ({"complete": False}, "did not finish"),
        ({"partial": True}, "only part"),
        ({"unmade": 3}, "3 of its records were not made"),
        ({"splits": ("dev",)}, "did not replay the gate split"),
        ({"splits": ()}, "did not replay the gate split"),
        ({"verdict": "HOLD"}, "the verdict is HOLD"),
        ({"verdict": "INCONCLUSIVE"}, "the verdict is INCONCLUSIVE"),
        ({"existing": "openai"}, "cannot replace a baseline made on openai"),
    ],
)
def test_what_must_not_become_the_baseline(change, says):
    if "existing" in change:
        change = {"existing": record(bundle(), origin=change["existing"])}
    propose()
    with pytest.raises(UsageError, match=says):
        propose(**change)


def test_override_is_about_the_verdict_alone():
    propose(verdict="HOLD", override=True, environment={"CI": "false"})
    existing = record(bundle(), origin="simulator@0+seed1")
    propose(existing, compared=existing.wire)
    with pytest.raises(UsageError, match="only part"):
        propose(partial=True, override=True)


@pytest.mark.parametrize("compared", [None, bundle("Before.").wire])
def test_a_run_that_was_compared_with_another_baseline(compared):
    given = {"existing": record(bundle("Today.")), "compared": compared}
    with pytest.raises(UsageError, match="the baseline was replaced after this run began") as caught:
        propose(**given)
    assert "run it again beside today's baseline" in caught.value.hint
    propose(**given, override=True)
    with pytest.raises(UsageError, match="were not made"):
        propose(**given, override=True, unmade=1)
