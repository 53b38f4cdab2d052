"""Text of strangers on every face of a run: names of models that a file declares, and signs that nobody sees."""

from __future__ import annotations

import csv
import gzip
import json
import re
from base64 import b64decode

import pytest
from made_project import make_project

from harness.evaluate.commands.export import export_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.runs import find_run
from harness.reports import terminal

TURNED = "a\u202e07-txt\u2066"
NAME = "Anna \u202eBeispiel\u200f \u2067Test"
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b]")
FACES = ("index.html", "summary.md", "comment.md")


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """A run over a folder of CVs, one of which has a name that turns round, with declared answers of such a model."""
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    project = make_project(tmp_path / "project", ["a01"])
    folder = tmp_path / "cvs"
    folder.mkdir()
    lines = []
    for name in (TURNED, "plain"):
        (folder / f"{name}.txt").write_text(f"{NAME}\nEngineer at Acme, Jan 2019 - Mar 2021\n" * 4, encoding="utf-8")
        for arm in ("baseline", "candidate"):
            answer = {"personal_info": {"name": NAME, arm: "\u2068odd\u202d"}, "skills": ["\u200bPython\u200e"]}
            model = "gpt-4o-2024-08-06" if name == "plain" else f"Secretmodel of {arm} \u202eAnna"
            lines.append({"document": name, "pipeline": arm, "answer": answer, "model": model})
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    plan = Plan(cvs=folder, answers=path)
    return project, plan, evaluate(project, plan)


def everything(page):
    """A page with what its script unpacks."""
    text = page.read_text(encoding="utf-8")
    packs = re.findall(r'<script type="application/octet-stream"[^>]*>([^<]+)<', text)
    return text + "".join(gzip.decompress(b64decode(each)).decode() for each in packs)


def test_who_is_said_to_have_answered_stands_in_nothing_that_is_published(ran, tmp_path):
    project, plan, evaluation = ran
    redacted = evaluation.folder / "redacted"
    assert "Secretmodel" in everything(evaluation.folder / "index.html")
    for path in redacted.iterdir():
        assert "Secretmodel" not in everything(path), path.name
    summary = json.loads((redacted / "summary.json").read_text(encoding="utf-8"))
    assert [arm["model"] for arm in summary["arms"]] == ["‹redacted›,gpt-4o-2024-08-06"] * 2
    assert summary["arms"][0]["snapshots"] == ["gpt-4o-2024-08-06", "‹redacted›"]
    info = find_run(project, evaluation.folder.name)
    export_run(project, info, plan, tmp_path / "tables", parquet=False, redacted=True)
    with (tmp_path / "tables" / "cases.csv").open(encoding="utf-8") as file:
        assert {row["snapshot"] for row in csv.DictReader(file)} == {"‹redacted›", "gpt-4o-2024-08-06"}


def test_no_face_lets_a_sign_that_is_not_seen_turn_its_lines_round(ran):
    *_, evaluation = ran
    for folder in (evaluation.folder, evaluation.folder / "redacted"):
        for name in FACES:
            found = DIRECTIONS.findall((folder / name).read_text(encoding="utf-8"))
            assert found == [], (folder.name, name)
    assert "a⟨U+202E⟩07-txt" in (evaluation.folder / "index.html").read_text(encoding="utf-8")
    summary = json.loads((evaluation.folder / "summary.json").read_text(encoding="utf-8"))
    assert {row["document"] for row in summary["documents"]} == {TURNED, "plain"}  # what machines read is exact
    told = terminal.render(evaluation.verdict, summary, verbose=True)
    assert DIRECTIONS.findall(told) == []


@pytest.mark.browser
def test_what_the_script_shows_is_seen_too(ran, browser):
    *_, evaluation = ran
    tab = browser.new_page()
    tab.goto((evaluation.folder / "index.html").as_uri())
    tab.wait_for_selector("html[data-ready]")
    tab.locator("#list a", has_text="07-txt").click()
    tab.wait_for_selector("body.one")
    shown = tab.locator("body").inner_text()
    assert tab.locator("#cv h2").inner_text() == "a⟨U+202E⟩07-txt⟨U+2066⟩"
    assert "⟨U+2067⟩Test" in shown
    assert {"null", "undefined"}.isdisjoint(shown.splitlines())  # parts that this CV has not
    assert shown.count("missing: work_experience") == 2  # six are missing of each answer, and told in one line
    assert DIRECTIONS.findall(shown) == []
