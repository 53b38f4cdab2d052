"""A run that is too large to be held: its cases are loaded where they are asked for, and nothing else is different."""

from __future__ import annotations

import csv
import json
import random
import re
import resource
import sys
from array import array
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from made_project import make_project

from harness.base.project import Project
from harness.base.types import Failure
from harness.contract.types import Reading, Rung, Violation
from harness.corpus.goldens import load_golden
from harness.corpus.types import Document
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages import large as on_disk
from harness.evaluate.stages import pages, scoring, second
from harness.evaluate.stages.helpers import Done
from harness.evaluate.stages.packing import pack, unpack
from harness.gates.lazy import ByDocument, LazyCases
from harness.gates.observation import Observation, PackedSeen, chosen
from harness.gates.types import Case
from harness.models.types import Usage
from harness.pipelines.types import Phase
from harness.replay.types import Record, RecordKey
from harness.replay.writer import StoreError
from harness.reports import summary
from harness.reports.redaction import Redactor
from harness.scoring.score import score
from harness.scoring.types import Counts

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = Document("a01", "a01.pdf", "application/pdf", "0", "a01", "gate")


def record(answer, **changed):
    readings = (
        Reading(answer, Rung.SCHEMA),
        Reading({"skills": ["\ud800"]}, Rung.REPAIRED, ("cut",), (Violation("/x", "type", "no"),)),
        Reading(Failure("unparseable", "broken_json", "x"), Rung.BYTES),
    )
    made = Record(
        "a01", "candidate", 2, answer, "completed", readings, (Phase("pass1", 1, 2.5), Phase("pass2", 2, None)),
        ("a note",), None, 12.5, 0.25, 0.0, "declared", Usage(1, 2, 3, 4, 5), True, Decimal("0.00012"), 3, 4,
        ("one", "two"), "gpt-4o",
    )  # fmt: skip
    return replace(made, **changed)


@pytest.mark.parametrize("text", ["", "Software engineer"])
def test_a_case_comes_out_of_its_bytes_as_it_was(text):
    golden = load_golden(REPOSITORY / "goldens/a01.json")
    answer = json.loads(json.dumps(golden.cv))
    answer["skills"] = ["Invented"]
    answer["work_experience"][0]["start_date"] = "2001-13"
    for given, scored in (
        (answer, score(answer, golden, text or None)),
        (answer, score(answer, None, text or None)),
        (answer, None),
        (Failure("provider", "timeout", "slow"), score(Failure("provider", "timeout"), golden)),
    ):
        case = Case(DOCUMENT, record(given), scored)
        back = unpack(pack(case), DOCUMENT)
        for name in Record.__slots__:
            assert getattr(back.record, name) == getattr(case.record, name), name
        assert list(back.record.rungs()) == list(case.record.rungs())
        assert back.record.failure == case.record.failure
        for name in type(scored).__slots__ if scored else ():
            assert getattr(back.score, name) == getattr(scored, name), name
        assert list(back.score.kinds() if scored else ()) == list(scored.kinds() if scored else ())
        assert list(back.score.odd() if scored else ()) == list(scored.odd() if scored else ())


def test_what_is_changed_of_a_loaded_record_is_a_record_again():
    back = unpack(pack(Case(DOCUMENT, record({"skills": []}), None)), DOCUMENT)
    changed = replace(back.record, arm="baseline", answer={})
    assert type(changed) is Record
    assert (changed.arm, changed.answer, changed.draw) == ("baseline", {}, 2)


def seen(document, draw, f1):
    return Observation(
        document, f1, {"names": f1}, {"skills[]": Counts(1, 0, 2, draw), "title": Counts()},
        {"critical": frozenset({"skills[0]"}), "entries": frozenset()}, frozenset({"critical"}),
        {("skills[]", "missing"): 2}, frozenset({("skills[]", "a", "")}), "", "9", "declared", "", None, 7, None, 1.5,
        1, 1, {"a": "b"},
    )  # fmt: skip


def test_what_was_seen_of_a_document_comes_out_as_it_was():
    packed = PackedSeen()
    whole = {f"d{n}": {draw: seen(f"d{n}", draw, n / 7) for draw in range(2)} for n in range(30)}
    for name, found in whole.items():
        packed.add(name, found)
    assert dict(packed) == whole
    some = frozenset({"d3", "d9"})
    assert dict(chosen(packed, some)) == {name: whole[name] for name in whole if name in some}
    assert "d3" in packed
    assert "x" not in packed


def test_a_file_of_cases_gives_the_newest_of_a_key_and_what_was_worked_out_beside_it(tmp_path):
    file = on_disk.CaseFile(tmp_path)
    one, two = RecordKey("a", "candidate", 0), RecordKey("a", "baseline", 0)
    file.put(one, Done(b"old", None, b"seen", b"strange"))
    file.put(two, Done(b"other", None))
    file.put(one, Done(b"newer", None, b"", b"stranger"))
    file.written()
    found = file.in_order(array("Q", [file.place(one), file.place(two)]))
    assert (found.case(0), found.seen(0), found.usable(0)) == (b"newer", b"", False)
    assert (found.unexplained(0), found.case(1)) == (b"stranger", b"other")
    assert file.place(RecordKey("a", "candidate", 1)) is None
    assert not list(tmp_path.iterdir())


def _put_all(file, size):
    for draw in range(4):
        file.put(RecordKey("a", "candidate", draw), Done(bytes(size), None))
    file.written()


def test_a_file_of_cases_that_finds_no_room_names_its_folder_and_nothing_else(tmp_path, monkeypatch):
    unraised = []
    monkeypatch.setattr(sys, "unraisablehook", unraised.append)
    file, most = on_disk.CaseFile(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most[1]))
    try:
        for size in (10**6, 500):  # at once, and when what was collected is written
            with pytest.raises(StoreError, match=re.escape(str(tmp_path))):
                _put_all(file, size)
        del file
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert not unraised


def test_an_answer_with_all_leaves_right_says_so_by_its_paths():
    golden = load_golden(REPOSITORY / "goldens/a01.json")
    answer = json.loads(json.dumps(golden.cv))
    right = score(answer, golden)
    found, again = (unpack(pack(Case(DOCUMENT, record(answer), right)), DOCUMENT).score.all_right() for _ in range(2))
    assert found == again
    assert set(found.fields) == {name for path, name, _ in right.kinds() if path is not None}
    answer["skills"] = answer["skills"][1:]
    assert unpack(pack(Case(DOCUMENT, record(answer), score(answer, golden))), DOCUMENT).score.all_right() is None


def test_cases_are_found_by_arm_and_by_document():
    loaded = []

    def load(place):
        loaded.append(place)
        name, arm = f"d{place // 4}", "baseline" if place % 4 < 2 else "candidate"
        return Case(replace(DOCUMENT, id=name), record({}, document_id=name, arm=arm, draw=place % 2), None)

    cases = LazyCases(load)
    for place in range(40):
        cases.add(replace(DOCUMENT, id=f"d{place // 4}"), "baseline" if place % 4 < 2 else "candidate")
    candidates = ByDocument(cases, ("candidate", "legacy"))
    assert [candidates.many("d3", arm) for arm in ("candidate", "legacy", "baseline")] == [2, 0, 0]
    assert not loaded
    assert (len(cases), cases.arms) == (40, ("baseline", "candidate"))
    assert [case.record.document_id for case in cases.of_arm("candidate", frozenset({"d2", "d5"}))] == [
        "d2", "d2", "d5", "d5",
    ]  # fmt: skip
    assert {arm: [case.record.draw for case in of] for arm, of in cases.of_document("d9").items()} == {
        "baseline": [0, 1], "candidate": [0, 1],
    }  # fmt: skip
    assert cases[-1].record.document_id == "d9"
    assert len(cases.of_arm("legacy")) == 0


def test_a_redactor_that_knows_what_is_published_hides_the_same():
    golden = load_golden(REPOSITORY / "goldens/a01.json")
    name, skill = golden.cv["personal_info"]["name"], golden.cv["skills"][0]
    said = f"a01: {name} of the CV lost {skill}, and something else"
    case = Case(DOCUMENT, record(golden.cv), None)
    whole = Redactor.of([case], {"a01": golden}, key=b"k")
    within = Redactor.of([case], {"a01": golden}, key=b"k", within=[said])
    assert within.text(said) == whole.text(said) != said


def answers(path, project, ids):
    rng = random.Random(5)
    lines = []
    for name in ids:
        cv = load_golden(project.goldens / f"{name}.json").cv
        for arm in ("baseline", "candidate"):
            answer = json.loads(json.dumps(cv))
            if rng.random() < 0.5 and answer["skills"]:
                answer["skills"].pop()
            lines.append(json.dumps({"document": name, "pipeline": arm, "answer": answer, "latency_ms": 900}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.long
def test_a_page_of_more_cvs_than_it_shows_has_the_worst_and_a_list_of_all(tmp_path, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    ids = ["a01", "a02", "a04", "a05", "a09"]
    project: Project = make_project(tmp_path / "project", ids)
    plan = Plan(answers=answers(tmp_path / "answers.jsonl", project, ids))
    held = json.loads((evaluate(project, plan).folder / "summary.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(scoring, "HELD", 0)
    for module in (summary, pages):
        monkeypatch.setattr(module, "SHOWN", 2)
    scored_after = []
    job_of = on_disk.job_of
    monkeypatch.setattr(
        on_disk, "job_of", lambda row, inputs: scored_after.append(row.score is None) or job_of(row, inputs)
    )
    folder = evaluate(project, plan).folder
    assert not scored_after  # each was while the others were made, and what was packed then is what is decided on
    large = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert large["run"]["shown"] == 2 == len(large["documents"])
    assert large["worst"] == held["worst"][:2]
    for table in ("headline", "fields", "slices", "latency", "hallucinations", "errors", "flaky"):
        assert large[table] == held[table], table
    assert large["flips"]["baseline"]["classes"] == held["flips"]["baseline"]["classes"]
    rows = list(csv.DictReader((folder / "cvs.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["document"] for row in rows] == ids
    assert "cvs.csv" in (folder / "index.html").read_text(encoding="utf-8")
    assert not list(folder.glob("redacted/*.csv"))


STRANGE = (
    10**40, -(10**400), 1e308, 5e-324, 2**64, True, None, "", "\x00", "a\x00b", "\ud800", "\u202e\u200b\ufeff", [[]],
    {"a": {"b": [None]}}, {"": ""}, {"\ud83d": 1}, [1, 1.0, True, "1"], "</script><script>", "x" * 50_000, "\u2028",
)  # fmt: skip


def strange_answers(path, project, ids):
    """Of each CV two answers an arm with values that no model should say in some place, and some that never came."""
    rng, lines = random.Random(7), []
    failed = ({"answer": None, "error": "timed \x00 out"}, {"answer": '{"skills": ['}, {"answer": '{"a": NaN}'})
    for name in ids:
        cv = load_golden(project.goldens / f"{name}.json").cv
        for arm, draw in (("baseline", 0), ("candidate", 0), ("baseline", 1), ("candidate", 1)):
            answer = json.loads(json.dumps(cv))
            for place in (answer["personal_info"], answer["work_experience"][0], answer):
                place[rng.choice([*place, "new"])] = rng.choice(STRANGE)
            answer["skills"] = [rng.choice(STRANGE), *cv["skills"]]
            line = {"document": name, "pipeline": arm, "answer": answer, "repeat": draw, "latency_ms": 900}
            lines.append(json.dumps(line | (rng.choice(failed) if rng.random() < 0.2 else {})))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.long
def test_strange_values_come_to_the_same_held_or_packed_by_one_process_or_two(tmp_path, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    ids = ["a01", "a02", "a04", "a05", "a09"]
    project: Project = make_project(tmp_path / "project", ids)
    plan = Plan(answers=strange_answers(tmp_path / "answers.jsonl", project, ids))
    told = []
    for held, second_from in ((scoring.HELD, second.FROM), (0, second.FROM), (0, 0)):
        monkeypatch.setattr(scoring, "HELD", held)
        monkeypatch.setattr(second, "FROM", second_from)
        folder = evaluate(project, plan).folder
        verdict, table = (json.loads((folder / name).read_text("utf-8")) for name in ("verdict.json", "summary.json"))
        for run in (verdict["provenance"], table["run"], table["brief"], table["provenance"]):
            for name in ("run_id", "started", "id", "sign_off", "ended", "seconds", "finished"):
                run.pop(name, None)
        told.append((verdict, table))
    for verdict, table in told[1:]:
        assert verdict == told[0][0]
        assert {name for name in table if table[name] != told[0][1][name]} == set()
