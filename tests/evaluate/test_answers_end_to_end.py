"""Answers made elsewhere, judged end to end on the gate split: 60 people, three draws, independent noise in both arms.

The answers are the goldens with slips that a model makes now and then. The same system twice ships; each harm alone
is held, and the gate that should name it says so first.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from pathlib import Path

import pytest

from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import load_manifest
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan

REPOSITORY = Path(__file__).resolve().parents[2]
DRAWS = 3


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("answers")
    for name in ("fixtures/corpus", "goldens"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copytree(
        REPOSITORY / "harness" / "assistants",
        root / "assistants",
        ignore=shutil.ignore_patterns("*.py", "__pycache__"),
    )
    return Project(root)


@pytest.fixture(scope="module")
def people(project):
    """The gate split's people, then their twins: (document id, golden)."""
    documents = [document for document in load_manifest(project, verify=False) if document.split == "gate"]
    documents.sort(key=lambda document: document.twin_of is not None)
    return [(document.id, load_golden(project.goldens / f"{document.id}.json").cv) for document in documents]


def slip(cv, rng):
    """One draw of a model that is mostly right: a bullet, a place or a skill is missing now and then."""
    answer = copy.deepcopy(cv)
    for role in answer["work_experience"]:
        if role["description"] and rng.random() < 0.06:
            role["description"].pop(rng.randrange(len(role["description"])))
        if rng.random() < 0.04:
            role["location"] = ""
    if answer["skills"] and rng.random() < 0.3:
        answer["skills"].pop(rng.randrange(len(answer["skills"])))
    if rng.random() < 0.1:
        answer["personal_info"]["linkedin"] = ""
    return answer


def write(path, people, harm=None, *, hit=lambda place: True, tokens=1.0, latency=1.0, seed="noise"):
    """The answers of both arms; the candidate's harmed where `hit` (the person's place) says so."""
    lines = []
    for place, (document, cv) in enumerate(people):
        size = len(json.dumps(cv))
        for arm in ("baseline", "candidate"):
            for draw in range(DRAWS):
                rng = random.Random(f"{seed} {arm} {document} {draw}")
                answer = slip(cv, rng)
                ours = arm == "candidate"
                if ours and harm is not None and hit(place):
                    answer = harm(answer, random.Random(document)) or answer
                lines.append(
                    {
                        "document": document,
                        "pipeline": arm,
                        "answer": answer,
                        "model": "gpt-4o",
                        "repeat": draw,
                        "latency_ms": round(size * rng.lognormvariate(1, 0.2) * (latency if ours else 1.0), 1),
                        "usage": {
                            "input_tokens": size // 3,
                            "output_tokens": round(size / 4 * rng.uniform(0.97, 1.03) * (tokens if ours else 1.0)),
                        },
                    }
                )
                if ours and tokens != 1:
                    lines[-1]["usage"]["input_tokens"] = round(size / 3 * tokens)
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def drop_role(answer, rng):
    answer["work_experience"].pop()


def years_minus_one(answer, rng):
    for place, role in enumerate(answer["work_experience"]):
        for key in ("start_date", "end_date"):
            head, _, year = role[key].rpartition(" ")
            if place % 3 == 0 and year.isdigit():
                role[key] = f"{head} {int(year) - 1}".strip()


def another_tool(answer, rng):
    text = json.dumps(answer, ensure_ascii=False).replace('"Excel"', '"Access"').replace('"SQL"', '"NoSQL"')
    return json.loads(text)


def invent_certificate(answer, rng):
    answer["certifications"].append(
        {"id": "cert-99", "name": "Certified Beekeeping Auditor", "issuer": "Hive Board", "year": "2011", "expiry": ""}
    )


def swap_bullets(answer, rng):
    roles = answer["work_experience"]
    if len(roles) > 1:
        roles[0]["description"], roles[1]["description"] = roles[1]["description"], roles[0]["description"]


def break_json(answer, rng):
    return json.dumps(answer)[:-60]


def gates(verdict):
    return {gate.name: gate for gate in verdict.comparisons[0].gates}


@pytest.mark.long
def test_the_same_system_twice_ships(project, people, tmp_path):
    path = write(tmp_path / "answers.jsonl", people)
    verdict = evaluate(project, Plan(answers=path)).verdict
    assert len(people) == 85
    assert verdict.verdict == "SHIP", verdict.reasons
    assert gates(verdict)["accuracy"].delta.clusters == 60
    assert gates(verdict)["accuracy"].delta.value != 0  # there is noise, and it is independent


def test_a_file_without_some_of_the_people_or_twins_never_ships(project, people, tmp_path):
    whole = write(tmp_path / "answers.jsonl", people)
    lines = [json.loads(line) for line in whole.read_text(encoding="utf-8").splitlines()]
    left = {people[3][0], people[60][0], people[61][0]}
    part = tmp_path / "part.jsonl"
    part.write_text("\n".join(json.dumps(line) for line in lines if line["document"] not in left), encoding="utf-8")
    inputs = load_inputs(project, Plan(answers=part), verify=False)
    assert inputs.partial
    assert inputs.selection["missing"] == "1 of 60 people of the gate split and 2 of 25 twins of the gate split"
    assert not load_inputs(project, Plan(answers=whole), verify=False).partial


def test_answers_of_the_baseline_alone_do_not_make_up_for_the_candidates(project, people, tmp_path):
    whole = write(tmp_path / "answers.jsonl", people)
    lines = [json.loads(line) for line in whole.read_text(encoding="utf-8").splitlines()]
    kept = [line for line in lines if line["document"] != people[3][0] or line["pipeline"] == "baseline"]
    part = tmp_path / "part.jsonl"
    part.write_text("\n".join(map(json.dumps, kept)), encoding="utf-8")
    assert (
        load_inputs(project, Plan(answers=part), verify=False).selection["missing"]
        == "1 of 60 people of the gate split"
    )


@pytest.mark.long
def test_without_its_twins_the_same_system_does_not_ship(project, people, tmp_path):
    verdict = evaluate(project, Plan(answers=write(tmp_path / "answers.jsonl", people[:60]))).verdict
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons[0].startswith("25 of 25 twins of the gate split left out of the answers")


@pytest.mark.long
@pytest.mark.parametrize(
    ("harm", "hit", "first", "said"),
    [
        (drop_role, lambda place: place % 10 == 3, "lost_entries", "work_experience[].company: a whole entry missing"),
        (years_minus_one, lambda place: True, "critical", "work_experience[].start_date"),
        (another_tool, lambda place: True, "substitutions", "skills[]: “access” stands for “excel”"),
        (invent_certificate, lambda place: place % 10 == 3, "hallucinations", "certifications[].name"),
        (swap_bullets, lambda place: place % 2 == 0, "group_work_bullets", "work_experience[].description[]"),
        (break_json, lambda place: place in (7, 27, 47), "contract", "cut off, so no valid JSON in 3 of 60 CVs"),
    ],
    ids=["role", "years", "substitution", "certificate", "bullets", "json"],
)
def test_each_harm_is_held_by_the_gate_that_names_it(project, people, tmp_path, harm, hit, first, said):
    path = write(tmp_path / "answers.jsonl", people, harm, hit=hit)
    verdict = evaluate(project, Plan(answers=path)).verdict
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0] == gates(verdict)[first].reason
    assert verdict.reasons[0].startswith(said)


@pytest.mark.long
def test_more_tokens_are_held(project, people, tmp_path):
    path = write(tmp_path / "answers.jsonl", people, tokens=1.3)
    verdict = evaluate(project, Plan(answers=path)).verdict
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("tokens: 1.30 × the baseline's")


@pytest.mark.long
def test_slower_answers_are_held_in_a_release(project, people, tmp_path):
    path = write(tmp_path / "answers.jsonl", people, latency=1.35)
    verdict = evaluate(project, Plan(answers=path, profile="release")).verdict
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("latency p50: 1.3")
    here = evaluate(project, Plan(answers=path)).verdict
    assert here.verdict == "SHIP"
    assert here.reasons[-1].startswith("told, and not decided on here: latency p50: 1.3")
