"""What decided before decides the same: verdicts of declared runs, byte for byte but for versions, times and figures
beyond the four digits in which processors agree.

`python tests/evaluate/test_golden_verdicts.py` writes `golden_verdicts.json` again, after a change of scorer or gates
that is meant to change verdicts.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from harness.base.canonical import digest
from harness.base.clock import SystemClock
from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import load_manifest
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages import scoring
from harness.evaluate.stages.deciding import decide
from harness.evaluate.stages.listener import Silent
from harness.evaluate.stages.opened import open_session
from harness.evaluate.stages.replaying import all_arms, replay_part
from harness.evaluate.stages.scoring import score
from harness.gates.serial import verdict_to_dict

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("golden_verdicts.json")
VERSIONS = ("run_id", "started", "commit", "dirty", "harness", "scorer", "prices", "contract")


def slipped(cv, rng, often=0.3):
    """A CV as a model answers it: now and then with a slip of some kind."""
    answer = copy.deepcopy(cv)
    for role in answer["work_experience"]:
        if role["description"] and rng.random() < often / 4:
            role["description"].pop(rng.randrange(len(role["description"])))
        if rng.random() < often / 6:
            role["location"] = "Somewhere Else"
        if rng.random() < often / 8:
            role["start_date"] = "2001-13"
    if answer["skills"] and rng.random() < often:
        answer["skills"].pop(rng.randrange(len(answer["skills"])))
    if rng.random() < often / 3:
        answer["skills"].append("Invented trade")
    if rng.random() < often / 3:
        answer["personal_info"]["linkedin"] = ""
    return answer


def no_company(answer, rng, others):
    for role in answer["work_experience"]:
        role["company"] = ""


def of_somebody_else(answer, rng, others):
    answer["personal_info"] = copy.deepcopy(others[rng.randrange(len(others))]["personal_info"])


def every_phone_gone(answer, rng, others):
    answer["personal_info"]["phone"] = ""


def one_role_less(answer, rng, others):
    answer["work_experience"] = answer["work_experience"][1:]


def a_job_too_many(answer, rng, others):
    answer["work_experience"].append({**copy.deepcopy(others[0]["work_experience"][0]), "company": "Nowhere Ltd"})


def no_shape(answer, rng, others):
    answer["skills"] = ", ".join(answer["skills"])


def dates_turned(answer, rng, others):
    for role in answer["work_experience"]:
        role["start_date"], role["end_date"] = role["end_date"], role["start_date"]


def descriptions_halved(answer, rng, others):
    for role in answer["work_experience"]:
        role["description"] = [line[: len(line) // 2] for line in role["description"]]


def in_capitals(answer, rng, others):
    answer["personal_info"]["name"] = answer["personal_info"]["name"].upper()


ARMS = ("baseline", "candidate")
WORLDS = {
    "alike": {},
    "the same answers": {"seed_of": lambda arm: "one"},
    "companies lost in a fifth": {"harm": no_company, "hit": lambda place: place % 5 == 0},
    "one person of somebody else": {"harm": of_somebody_else, "hit": lambda place: place == 3},
    "phones lost": {"harm": every_phone_gone},
    "roles lost in three": {"harm": one_role_less, "hit": lambda place: place in (4, 9, 17)},
    "three arms and failures": {"arms": ("legacy", *ARMS), "draws": 3, "people": 30, "failing": 0.1},
    "against legacy alone": {"arms": ("legacy", "candidate"), "people": 30},
    "a release": {"arms": ("legacy", *ARMS), "profile": "release", "people": 24},
    "few people": {"people": 6},
    "two answers each": {"draws": 2},
    "three answers each and a loss in nine": {"draws": 3, "harm": no_company, "hit": lambda place: place % 9 == 0},
    "a job too many in a tenth": {"harm": a_job_too_many, "hit": lambda place: place % 10 == 0},
    "no shape in a sixth": {"harm": no_shape, "hit": lambda place: place % 6 == 0},
    "dates turned": {"harm": dates_turned, "draws": 2, "people": 20},
    "descriptions halved in a quarter": {"harm": descriptions_halved, "hit": lambda place: place % 4 == 0},
    "names in capitals": {"harm": in_capitals, "people": 30},
    "slower and dearer": {"times": 3, "draws": 2, "people": 30},
    "the baseline slips more": {"often": {"baseline": 0.9}, "draws": 2},
    "most of the candidate failed": {"failing": 0.8, "fails": ("candidate",), "people": 30},
}


def answers_of(project, world, path):
    """The world's answers, written to `path`: of people and then of their twins."""
    documents = [document for document in load_manifest(project, verify=False) if document.split == "gate"]
    documents.sort(key=lambda document: document.twin_of is not None)
    chosen = [load_golden(project.goldens / f"{each.id}.json") for each in documents][: world.get("people")]
    cvs = [golden.cv for golden in chosen]
    lines = []
    for place, golden in enumerate(chosen):
        for arm in world.get("arms", ARMS):
            for draw in range(world.get("draws", 1)):
                name = world.get("seed_of", str)(arm)
                rng = random.Random(f"{name} {golden.document_id} {draw}")
                answer = slipped(golden.cv, rng, world.get("often", {}).get(arm, 0.3))
                if arm == "candidate" and "harm" in world and world.get("hit", lambda _: True)(place):
                    world["harm"](answer, random.Random(golden.document_id), cvs)
                line = {"document": golden.document_id, "pipeline": arm, "answer": answer, "repeat": draw}
                times = world.get("times", 1) if arm == "candidate" else 1
                line |= {"latency_ms": round(rng.uniform(500, 2500) * times, 1), "model": "gpt-4o-2024-08-06"}
                tokens = (900 + rng.randrange(50), 600 + rng.randrange(50))
                line["usage"] = {"input_tokens": tokens[0] * times, "output_tokens": tokens[1] * times}
                if rng.random() < world.get("failing", 0.0) and arm in world.get("fails", (*ARMS, "legacy")):
                    line |= {"answer": None, "error": "timed out"} if rng.random() < 0.5 else {"answer": '{"skills": ['}
                lines.append(json.dumps(line))
    path.write_text("\n".join(lines), encoding="utf-8")


def copied(root):
    for name in ("fixtures/corpus", "goldens"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copytree(
        REPOSITORY / "harness" / "assistants",
        root / "assistants",
        ignore=shutil.ignore_patterns("*.py", "__pycache__"),
    )
    return Project(root)


def four_digits(value):
    """The value with its figures to four digits. How a product of matrices is summed depends on the processor, and
    bounds of resampled variances show that from the eighth digit on."""
    if isinstance(value, dict):
        return {key: four_digits(each) for key, each in value.items()}
    if isinstance(value, list):
        return [four_digits(each) for each in value]
    return round(float(f"{value:.4g}"), 9) if isinstance(value, float) else value


def told(verdict):
    """A verdict without versions and times: its digest, and what a person would compare first."""
    said = verdict_to_dict(verdict)
    said["provenance"] = {key: value for key, value in said["provenance"].items() if key not in VERSIONS}
    return {"digest": digest(four_digits(said)), "verdict": verdict.verdict, "reasons": list(verdict.reasons)}


def judged(project, world, name, held=scoring.HELD):
    """The verdict about the world, with fresh scores and with those that are kept."""
    path = project.root / f"{digest(name)[:8]}.jsonl"
    answers_of(project, world, path)
    plan = Plan(answers=path, profile=world.get("profile", "ci"))
    with (
        pytest.MonkeyPatch.context() as patch,
        open_session(project, plan, listener=Silent(), clock=SystemClock()) as session,
    ):
        patch.setattr(scoring, "HELD", held)
        replay_part(session, all_arms(session, session.run.inputs, 0))
        return [told(decide(session.run, score(session.run)).verdicts["candidate"]) for _ in range(2)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("verdicts"))


@pytest.mark.long
@pytest.mark.parametrize("held", [scoring.HELD, 0], ids=["held", "from disk"])
@pytest.mark.parametrize("name", WORLDS)
def test_a_run_is_decided_as_it_was(project, name, held, monkeypatch, tmp_path):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    expected = json.loads(KEPT.read_text(encoding="utf-8"))[name]
    assert judged(project, WORLDS[name], name, held) == [expected, expected]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = copied(Path(folder))
        found = {name: judged(made, world, name)[0] for name, world in WORLDS.items()}
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
