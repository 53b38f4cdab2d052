"""Each change does what it says: to whom, in how many draws, and whether the contract stands."""

from __future__ import annotations

import copy
import json
from collections import Counter, defaultdict

import pytest

from bench.harms.catalogue import CHANGES, HARMS
from bench.harms.harmless import HARMLESS
from bench.harms.make import affected, make
from bench.harms.people import choose, everybody
from bench.harms.run import Result, listing, mistakes, table, totals
from bench.harms.worlds import WORLDS
from harness.base.project import Project
from harness.contract.check import check
from harness.contract.read import read
from harness.pipelines.declared import load_answers

PROJECT = Project.find()
PEOPLE = choose(PROJECT, 60, 1)
PERSON = {each.document: each.person for each in PEOPLE}


def lines(change, *, world="still", draws=3, seed=1, step=0):
    text = make(WORLDS[world], change, PEOPLE, draws, seed, step=step)
    return [json.loads(line) for line in text.split("\n") if line]


def by_place(given):
    return {(line["document"], line["repeat"], line["pipeline"]): line for line in given}


def touched(given):
    """Person → the draws in which the candidate's line is another than the baseline's; time and tokens of equal
    answers are compared too, but for the luck in time."""
    found, places = defaultdict(set), by_place(given)
    for (document, draw, arm), line in places.items():
        other = places[document, draw, "baseline"]
        same = all(json.dumps(line.get(key)) == json.dumps(other.get(key)) for key in ("answer", "usage", "error"))
        if arm == "candidate" and not same:
            found[PERSON[document]].add(draw)
    return found


def test_there_are_enough_of_each():
    severities = Counter(change.severity for change in HARMS)
    assert len(HARMS) >= 100
    assert set(severities) == {"gross", "unshippable", "borderline", "tolerable"}
    assert len(HARMLESS) >= 25
    assert {change.severity for change in HARMLESS} == {"harmless"}
    assert len(CHANGES) == len(HARMS) + len(HARMLESS), "two changes have one name"
    assert all(change.why.endswith((".", "?")) and change.smallest for change in CHANGES.values())


def test_answers_are_a_pure_function_of_the_seed(tmp_path):
    change = CHANGES["a role lost in a tenth of the CVs"]
    before = copy.deepcopy([each.cv for each in everybody(PROJECT)])
    first = make(WORLDS["wild"], change, PEOPLE, 3, 1)
    assert make(WORLDS["wild"], change, PEOPLE, 3, 1) == first != make(WORLDS["wild"], change, PEOPLE, 3, 2)
    assert [each.cv for each in everybody(PROJECT)] == before
    (tmp_path / "answers.jsonl").write_text(first, encoding="utf-8")
    answers = load_answers(tmp_path / "answers.jsonl")
    assert len(answers) == len(PEOPLE) * 2 * 3


# At least one change of each kind here (ten kinds of them fast); all of them in the long test below.
SOME = {change.kind: change for change in reversed(CHANGES.values())}


@pytest.mark.fast_cases(10)
@pytest.mark.parametrize("change", SOME.values(), ids=lambda change: change.name)
def test_a_change_touches_whom_and_when_it_says(change):
    touches_whom_and_when_it_says(change)


@pytest.mark.long
def test_all_changes_touch_whom_and_when_they_say():
    for change in CHANGES.values():
        touches_whom_and_when_it_says(change)


def touches_whom_and_when_it_says(change):
    whom = affected(change, PEOPLE, 1)
    assert whom, f"{change.name} can touch nobody"
    if isinstance(change.size, int):
        assert len(whom) <= change.size * change.steps, change.name
    if change.kind in ("better", "same") or "slow" in change.name or "fast" in change.name:
        return
    found = touched(lines(change))
    reached = whom[: len(whom) // change.steps]
    assert set(found) == set(reached), change.name
    if change.draws is not None:
        assert {len(draws) for draws in found.values()} == {change.draws}, change.name


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.name)
def test_a_harmless_change_leaves_the_contract_valid(change):
    for line in lines(change, world="live", draws=1):
        answer = line["answer"]
        contract = check(json.loads(answer) if isinstance(answer, str) else answer)
        assert contract.valid
        assert not [*contract.date_problems, *contract.id_problems, *contract.placeholders]
        if isinstance(answer, str):
            assert not read(answer).repairs


def test_better_answers_have_the_goldens_values():
    change = CHANGES["all mistakes mended"]
    goldens = {each.document: each.cv for each in PEOPLE}
    given = lines(change, world="stuck", draws=1)
    assert all(line["answer"] == goldens[line["document"]] for line in given if line["pipeline"] == "candidate")
    assert any(line["answer"] != goldens[line["document"]] for line in given if line["pipeline"] == "baseline")


@pytest.mark.long
def test_each_step_of_a_ratchet_starts_where_the_one_before_ended():
    change = CHANGES["one more role lost, eight times"]
    for step in range(1, change.steps):
        before, after = by_place(lines(change, draws=1, step=step - 1)), by_place(lines(change, draws=1, step=step))
        for document in PERSON:
            assert after[document, 0, "baseline"]["answer"] == before[document, 0, "candidate"]["answer"]
        assert len(touched(lines(change, draws=1, step=step))) == 1


def test_another_persons_value_is_really_anothers():
    given = by_place(lines(CHANGES["another's e-mail in one CV"]))
    own = {each.document: each.cv["personal_info"]["email"] for each in PEOPLE}
    strange = {
        (document, line["answer"]["personal_info"]["email"])
        for (document, _, arm), line in given.items()
        if arm == "candidate" and line["answer"]["personal_info"]["email"] != own[document]
    }
    assert strange
    assert all(email in set(own.values()) for _, email in strange)


def test_a_change_that_can_touch_nobody_is_refused():
    change = CHANGES["all attacks obeyed"]
    originals = tuple(each for each in PEOPLE if not each.twin)
    with pytest.raises(ValueError, match="nobody here"):
        make(WORLDS["still"], change, originals, 3, 1)


def test_tables_count_verdicts_and_name_mistakes():
    def result(name, verdict, seed=1):
        return Result(CHANGES[name], "live", seed, verdict, "because | of", (), 3, 1.0)

    results = [result("all attacks obeyed", "SHIP"), result("all attacks obeyed", "HOLD", 2)]
    results += [result("nothing changes", "HOLD"), result("a skill lost in eight CVs", "SHIP")]
    assert "| gross | live | 2 | 0.50 | 0.50 | 0.00 |" in totals(results)
    assert "| all attacks obeyed | gross | 3 | live | 1 | 1 | 0 | because \\| of |" in table(results)
    assert mistakes(results).splitlines() == [
        "- SHIP, gross, live, seed 1: all attacks obeyed",
        "- HOLD, harmless, live, seed 1: nothing changes",
    ]


def test_the_docs_list_each_change_with_its_size_and_why():
    page = (PROJECT.root / "docs" / "harms.md").read_text(encoding="utf-8")
    assert page.split("<!-- changes -->\n")[1] == listing(CHANGES.values())


@pytest.mark.long
def test_the_whole_tool_judges_them():
    """Two that nobody can differ about, so that the runner itself is tried."""
    from bench.harms.run import judge, workspace
    from harness.cli.plans import plan_of
    from harness.cli.settings import resolve

    results = []
    with workspace(PROJECT) as place:
        plan = plan_of(resolve(place, {}).settings)
        results += [
            judge(place, plan, WORLDS["still"], CHANGES[name], people=60, draws=3, seed=1)
            for name in ("nothing changes", "only three roles kept")
        ]
        assert not list((place.root / "reports" / "runs").glob("*")), "a run was left behind"
    assert [each.verdict for each in results] == ["SHIP", "HOLD"]
    assert f"| only three roles kept | gross | {results[1].touched} | still | 0 | 1 | 0 |" in table(results)
    assert "| gross | still | 1 | 0.00 | 1.00 | 0.00 |" in totals(results)
