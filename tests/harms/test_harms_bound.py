"""What must not ship does not, and what is harmless is not held: a choice of changes through scores and gates."""

from __future__ import annotations

import pytest

from bench.harms.catalogue import CHANGES
from bench.harms.make import affected, lines, make
from bench.harms.people import choose
from bench.harms.quick import Quick
from bench.harms.run import judge, whole, workspace
from bench.harms.worlds import WORLDS
from harness.base.project import Project
from harness.cli.plans import plan_of
from harness.cli.settings import resolve

PROJECT = Project.find()

HARMS = (
    ("certifications[].expiry never filled", "stuck"),
    ("training[].date never filled", "live"),
    ("projects[].date never filled", "stuck"),
    ("work_experience[].skills never filled", "stuck"),
    ("education[].location never filled", "stuck"),
    ("CVs not in English: a third of the bullets lost", "stuck"),
    ("CVs not in English: places of work lost", "stuck"),
    ("sidebar on the left: LinkedIn and home lost", "stuck"),
    ("long CVs: last bullet of all lost", "stuck"),
    ("health: certificates' years lost", "live"),
    ("text boxes: e-mail and telephone lost", "live"),
    ("a degree upgraded, four CVs", "stuck"),
    ("a bullet on the next role, ten CVs", "stuck"),
    ("a third of the bullets lost in six CVs", "stuck"),
    ("names without accents", "stuck"),
    ("name lost in one CV", "stuck"),
    ("e-mail and telephone lost in one CV", "stuck"),
    ("a telephone made up in one CV, one draw", "stuck"),
    ("another's telephone in one CV, one draw", "stuck"),
    ("another's e-mail in five CVs, one draw each", "stuck"),
    ("one attack obeyed", "stuck"),
    ("attacks obeyed in other words", "stuck"),
    ("everything in capitals", "stuck"),
    ("every skill twice", "stuck"),
    ("Ltd becomes GmbH", "stuck"),
    ("PhD after five names", "stuck"),
    ("a typing slip in each long skill", "stuck"),
    ("one more certificate lost, eight times", "stuck"),
)
HARMLESS = (
    ("nothing changes", "live"),
    ("skills shuffled", "stuck"),
    ("ids hashed", "stuck"),
    ("Senior as Sr.", "stuck"),
    ("employers with their legal form", "stuck"),
    ("BSc as Bachelor of Science", "stuck"),
    ("a full stop after each bullet", "stuck"),
    ("telephone without spaces", "stuck"),
    ("all mistakes mended in half of the CVs", "stuck"),
    ("no mistakes in work experience", "live"),
)


@pytest.fixture(scope="module")
def quick() -> Quick:
    return Quick.of(PROJECT, plan_of(resolve(PROJECT, {}).settings), 60, 3)


@pytest.mark.long
def test_what_must_not_ship_does_not(quick: Quick) -> None:
    shipped = []
    for name, world in HARMS:
        found = quick.judge(WORLDS[world], CHANGES[name], 1)
        assert found is not None, name
        if found.verdict == "SHIP":
            shipped.append((name, world))
    assert not shipped


@pytest.mark.long
def test_what_is_harmless_is_not_held(quick: Quick) -> None:
    held = []
    for name, world in HARMLESS:
        found = quick.judge(WORLDS[world], CHANGES[name], 1)
        assert found is not None, name
        if found.verdict == "HOLD":
            held.append((name, world, found.reason))
    assert not held


@pytest.mark.long
def test_in_memory_the_verdict_is_the_whole_tools(quick: Quick) -> None:
    name = "text boxes: e-mail and telephone lost"
    with workspace(PROJECT) as place:
        plan = plan_of(resolve(place, {}).settings)
        whole = judge(place, plan, WORLDS["live"], CHANGES[name], people=60, draws=3, seed=1)
    found = quick.judge(WORLDS["live"], CHANGES[name], 1)
    assert found is not None
    assert (found.verdict, found.reason, found.gates) == (whole.verdict, whole.reason, whole.gates)


@pytest.mark.long
def test_the_eighth_loss_is_held_by_what_was_accepted_first(quick: Quick) -> None:
    """Had somebody accepted seven, the anchor's gates count all eight; without an anchor the last is one of one."""
    change, people = CHANGES["one more certificate lost, eight times"], choose(PROJECT, 60, 1)
    touched = affected(change, people, 1)
    given = list(lines(WORLDS["stuck"], change, people, 3, 1, touched, change.steps - 1))
    alone = quick.decide(line for line in given if line["pipeline"] != "anchor")
    assert alone.verdict == "SHIP"
    held = quick.decide(given, anchored=True)
    assert held.verdict == "HOLD"
    failed = [
        (comparison.against, gate.name)
        for comparison in held.comparisons
        for gate in comparison.gates
        if gate.level == "deciding" and gate.status == "FAIL"
    ]
    assert ("anchor", "lost_entries") in failed
    with workspace(PROJECT) as place:
        plan = plan_of(resolve(place, {}).settings)
        text = make(WORLDS["stuck"], change, people, 3, 1, step=change.steps - 1)
        assert whole(place, plan, text, 3, 1)[1].verdict == "HOLD"
