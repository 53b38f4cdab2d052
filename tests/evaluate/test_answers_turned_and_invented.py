"""Answers that say the opposite, and answers with made-up values, judged end to end: both are held, with the bullets
and values named."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
from pathlib import Path

import pytest
from statement_turner import turned

from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import load_manifest
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.scoring.score import score

REPOSITORY = Path(__file__).resolve().parents[2]
HIT = 5


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("turned")
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
    """The gate split's people: (document, golden)."""
    documents = [one for one in load_manifest(project, verify=False) if one.split == "gate" and one.twin_of is None]
    return [(one, load_golden(project.goldens / f"{one.id}.json").cv) for one in documents]


def verdict_of(project, path, people, change):
    """The verdict on answers that are the goldens in both arms, but for what `change` does to the candidate's."""
    lines = []
    for place, (document, cv) in enumerate(people):
        changed = copy.deepcopy(cv)
        change(changed, document, place)
        lines += [
            {"document": document.id, "pipeline": arm, "answer": answer, "model": "gpt-4o"}
            for arm, answer in (("baseline", cv), ("candidate", changed))
        ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return evaluate(project, Plan(answers=path)).verdict


def turn_a_bullet(answer, document, place):
    """One bullet of every CV turned round in its own language, wherever one can be."""
    rng = random.Random(document.id)
    ways = [
        (role, at, way)
        for role in answer["work_experience"]
        for at, bullet in enumerate(role["description"])
        for way in turned(bullet, document.tags["language"])
    ]
    if ways:
        role, at, way = rng.choice(ways)
        role["description"][at] = way


@pytest.mark.long
def test_turned_bullets_are_held_and_named(project, people, tmp_path):
    verdict = verdict_of(project, tmp_path / "turned.jsonl", people, turn_a_bullet)
    assert verdict.verdict == "HOLD", verdict.reasons
    failed = {gate.name for gate in verdict.comparisons[0].gates if gate.status == "FAIL"}
    assert "hallucinations" in failed
    said = next(gate for gate in verdict.comparisons[0].gates if gate.name == "hallucinations")
    assert said.reason.startswith("work_experience[].description[]")
    assert len(said.documents) >= 0.95 * len(people)


def printed(value):
    """Every string of a golden, a line each."""
    if isinstance(value, str):
        return [value]
    children = value.values() if isinstance(value, dict) else value
    return [line for child in children for line in printed(child)]


@pytest.mark.long
def test_every_golden_s_bullets_turned_in_every_way_are_wrong_and_hallucinations(project):
    """About five thousand statements in ten languages."""
    count = 0
    for document in load_manifest(project, verify=False):
        cv = load_golden(project.goldens / f"{document.id}.json").cv
        text = "\n".join(printed(cv))
        for place, role in enumerate(cv["work_experience"]):
            for at, bullet in enumerate(role["description"]):
                for way in turned(bullet, document.tags["language"]):
                    answer = copy.deepcopy(cv)
                    answer["work_experience"][place]["description"][at] = way
                    found = score(answer, cv, text)
                    outcome = next(
                        one
                        for one in found.outcomes
                        if one.golden_path == f"work_experience[{place}].description[{at}]"
                    )
                    assert outcome.kind == "wrong", (bullet, way, outcome)
                    assert outcome.answer in [one.answer for one in found.hallucinations], (bullet, way, outcome)
                    count += 1
    assert count > 4000


def at_random(rng, answer, text):
    letters = "".join(rng.choices("bcdfghklmnprstvw", k=7))
    return {
        "phone": f"+44 7{rng.randrange(100, 999)} {rng.randrange(100, 999)} {rng.randrange(100, 999)}",
        "email": f"{letters}@{letters[::-1]}.example",
        "linkedin": f"linkedin.com/in/{letters}",
        "employer": f"{letters.capitalize()} Holdings",
        "skill": letters.capitalize(),
    }


def of_dates(rng, answer, text):
    years = "".join(re.findall(r"(?:19|20)\d\d", json.dumps(answer["work_experience"]))[:4]) or "201520192020"
    return {
        "phone": f"({years[:3]}) {years[3:6]}-{years[6:10]}",
        "email": f"cv{years[:4]}@{years[4:8]}.example",
        "linkedin": f"linkedin.com/in/{years[:8]}",
        "employer": f"{years[:4]}{years[4:8]} Partners",
        "skill": f"ISO {years[:4]}{years[4:6]}",
    }


def of_the_name(rng, answer, text):
    words = re.findall(r"\w+", answer["personal_info"]["name"].lower()) or ["mara", "quill"]
    return {
        "phone": f"+44 {''.join(str(ord(letter) % 10) for letter in ''.join(words)[:10]).ljust(10, '7')}",
        "email": f"{words[0]}.{words[-1]}@gmail.com",
        "linkedin": f"linkedin.com/in/{''.join(words)}",
        "employer": f"{words[-1].capitalize()}{words[0].capitalize()} Consulting",
        "skill": f"{words[-1].capitalize()}{words[0]}script",
    }


def put(answer, what, value):
    if what == "employer":
        answer["work_experience"][0]["company"] = value
    elif what == "skill":
        answer["skills"].append(value)
    else:
        answer["personal_info"][what] = value


@pytest.mark.long
@pytest.mark.parametrize("make", [at_random, of_dates, of_the_name])
@pytest.mark.parametrize("what", ["phone", "email", "linkedin", "employer", "skill"])
def test_made_up_values_in_five_cvs_are_held(project, people, tmp_path, what, make):
    def change(answer, document, place):
        if place % (len(people) // HIT) == 3:
            put(answer, what, make(random.Random(document.id), answer, "")[what])

    verdict = verdict_of(project, tmp_path / "invented.jsonl", people, change)
    assert verdict.verdict == "HOLD", verdict.reasons
    gate = next(one for one in verdict.comparisons[0].gates if one.name == "hallucinations")
    assert gate.status == "FAIL"
    assert len(gate.documents) == HIT
