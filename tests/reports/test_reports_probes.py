"""What the section about probes says of groups, of CVs that are not in it, and of its own honesty."""

import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from harness.reports.filters import asset
from harness.reports.labels import of_people
from harness.reports.probes import folded, lowest, short, unread
from harness.reports.probes_terminal import tables

GROUPS = [{"key": "devanagari:women", "label": "Devanagari, women"}, {"key": "hangul:men", "label": "Hangul, men"},
          {"key": "english:men", "label": "English, men"}]  # fmt: skip


def axis(values):
    figures = [
        {"group": group["key"], "measure": "name", "value": value} for group, value in zip(GROUPS, values, strict=True)
    ]
    figures.append({"group": "hangul:men", "measure": "f1", "value": 0.0})
    worst = {"group": "devanagari:women", "measure": "name"}
    return {"groups": GROUPS, "arms": {"candidate": {"figures": figures, "worst": worst}}}


def test_the_lowest_group_is_named_as_in_the_plot():
    assert lowest(axis([0.1, 0.2, 0.9]), "candidate") == "Devanagari, women"


def test_groups_with_the_same_figure_are_not_hidden_behind_one():
    assert lowest(axis([0.0, 0.0, 0.9]), "candidate") == "Devanagari, women; Hangul, men"


def test_a_gap_is_told_with_both_figures_and_what_no_gap_leaves_open():
    given = axis([0.0, 0.0, 0.9])
    of = given["arms"]["candidate"]
    of["worst"] |= {"value": 0.0, "gap": -0.3, "upper": -0.1, "n": 12}
    of["shown"] = True
    open_ = {"value": 0.9, "gap": -0.05, "lower": -0.31, "upper": 0.2, "n": 12, "group": "she", "measure": "entries"}
    other = {
        "told": "pronouns",
        "groups": [],
        "arms": {"candidate": {"figures": [open_], "worst": open_, "shown": False}},
    }
    whole = {"candidate": {"whole": None}}
    told = short(figures(arms=["candidate"], alike=[], axes=[given | {"told": "scripts"}, other], unguided=0, answers=9,
                         estimate=whole))  # fmt: skip
    assert told[:3] == [
        "candidate: groups of people were compared in 2 ways (names, years, family …), and a gap is shown in 1 of "
        "them.",
        "candidate: scripts: Devanagari, women; Hangul, men: 0.0% in “name read right”, the best group 90.0%; 30.0 "
        "points under the mean of all groups (at least 10.0; n = 12).",
        "candidate: that no gap is shown in 1 of them does not mean that there is none: with so few people gaps of up "
        "to 31 points are not excluded.",
    ]


def test_arms_that_are_asked_in_the_same_words_are_told_to_be():
    told = short(figures(arms=[], alike=[["baseline", "candidate"]], answers=9, unguided=0))
    assert told == [
        "baseline and candidate are asked in the very same words: nothing is compared by setting them side by side."
    ]


def figures(**changes):
    given = {"documents": 3, "people": 3, "probes": 0, "answers": 0, "unguided": 3, "unread": {}, "arms": [],
             "axes": [], "relations": [], "estimate": {}, "simulated": True}  # fmt: skip
    return given | changes


def test_where_nothing_was_tested_it_is_said_and_why_with_what_to_do():
    told = unread(figures(unread={"no_text_layer": 2}, remedy="scans are read after: make ocr"))
    assert told == [
        "Nothing was tested: none of 3 CVs gave an answer to a changed copy of it.",
        "Not in the figures: 3 of 3 (2 without text, only pictures, 1 without an answer).",
        "Scans are read after: make ocr.",
    ]
    assert short(figures(unread={"corrupt": 3}))[1] == "Not in the figures: 3 of 3 (3 damaged)."
    console = Console(width=100)
    with console.capture() as shown:
        for part in tables(figures(documents=1, people=1, unguided=1, unread={"corrupt": 1})):
            console.print(part)
    assert "0 changed copies of 1 CV of 1 person, 0 answers judged" in shown.get()
    assert "not one of 1 CV gave an answer" in shown.get()
    assert "change" not in shown.get().splitlines()[-1], "no table of nothing"


def test_what_several_arms_have_alike_is_said_once_and_what_they_have_not_of_each():
    def relation(upper):
        of = {arm: {"beside_control": {"value": -0.02, "upper": bound}} for arm, bound in upper.items()}
        return {"name": "upper_case", "control": False, "arms": of}

    given = {"arms": ["baseline", "candidate"], "answers": 9, "unguided": 0}
    whole = {"baseline": {"whole": 0.9}, "candidate": {"whole": 0.9}}
    alike = figures(**given, estimate=whole, relations=[relation({"baseline": 0.1, "candidate": 0.1})])
    assert [one.partition(":")[0] for one in short(alike)] == ["baseline and candidate"] * 2
    apart = figures(**given, estimate=whole, relations=[relation({"baseline": 0.1, "candidate": -0.1})])
    assert short(apart)[:2] == [
        "baseline: changes with which answers come out worse, by F1, than by asking again alone: none of 1.",
        "candidate: changes with which answers come out worse, by F1, than by asking again alone: upper case (-2.0 "
        "points of F1).",
    ]


def test_arms_with_the_same_figures_share_a_column_and_others_do_not():
    def of(**values):
        return {arm: {"holds": value} for arm, value in values.items()}

    rows = [{"name": "case", "arms": of(legacy=1, baseline=2, candidate=2)}]
    given = {"arms": ["legacy", "baseline", "candidate"], "relations": rows}
    alike = folded(figures(**given, estimate={"legacy": 1, "baseline": 1, "candidate": 1}))
    assert alike["arms"] == ["legacy", "baseline and candidate"]
    assert list(alike["relations"][0]["arms"]) == list(alike["estimate"]) == alike["arms"]
    apart = folded(figures(**given, estimate={"legacy": 1, "baseline": 1, "candidate": 2}))
    assert apart["arms"] == given["arms"]


def test_the_same_text_twice_is_told_for_bounds_are_by_person():
    told = unread(figures(answers=9, unguided=0, same_text=1))
    assert [one.partition(".")[0] for one in told] == ["CVs with the very text of another one: 1"]
    assert not unread(figures(answers=9, unguided=0, same_text=0))
    assert not unread({key: value for key, value in figures(answers=9, unguided=0).items() if key != "unread"})


@pytest.mark.parametrize(("documents", "persons", "said"), [(1, 1, "1 CV of 1 person"), (3, 2, "3 CVs of 2 people")])
def test_one_is_not_many(documents, persons, said):
    assert of_people(documents, persons) == said


def test_pages_say_of_the_estimate_what_the_table_in_the_docs_shows():
    said = json.loads(asset("honesty.json"))
    docs = (Path(__file__).parents[2] / "docs" / "probes.md").read_text(encoding="utf-8")
    table = docs.partition("<!-- honesty")[2].partition("<!-- end -->")[0]
    gaps = [float(row) for row in re.findall(r"^\| .*\| 0\.\d+ \| 0\.\d+ \| ([+-]0\.\d+) \|$", table, re.M)]
    assert len(gaps) == said["assistants"]
    assert (min(gaps), max(gaps)) == (said["least"], said["most"])
    assert sum(gaps) / len(gaps) == pytest.approx(said["mean"], abs=0.001)
    assert f"{said['assistants']} assistants on {said['documents']} CVs" in table
    assert f"Rank correlation over assistants: {said['rank']:.2f}" in table
    worst = re.search(rf"^\| `{re.escape(said['field'])}` .*\| ([+-]\d\.\d+) \| {said['where']} \|$", table, re.M)
    assert float(worst[1]) == pytest.approx(said["worst"], abs=0.006)
