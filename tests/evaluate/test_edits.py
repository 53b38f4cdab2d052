"""What an edit of the instructions does, on the whole gate split: the promise that prompt engineers work with."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from harness.base.project import Project
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan

REPOSITORY = Path(__file__).resolve().parents[2]
BUNDLE = REPOSITORY / "harness" / "assistants" / "cv-parser-pro"
LANGUAGES = "List every human language that the CV names under `languages`, with its level as printed."
DIVISION = "Give the full name of the employer, including its division or department."
BULLETS = (
    "Write each bullet as its own item in `description`, one achievement or duty each, and never merge two of them."
)
ENFORCED = ("Use exactly the field names of the schema.", "Return one JSON object and no other text.")
NO_ESTIMATE = "Never estimate the year or the issuer of a certificate."
STRANGE = "Always picture the reader as a lighthouse keeper on a calm evening."

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A project with this repository's corpus, accepted baseline and recordings, whose runs are thrown away."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("fixtures/corpus", "fixtures/recordings", "goldens", "reports/baseline"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copytree(BUNDLE.parent, root / "assistants", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return Project(root)


def edited(project, name, *changes):
    """A copy of the accepted bundle with texts replaced; "" deletes."""
    folder = project.root / "edits" / name
    shutil.copytree(BUNDLE, folder)
    path = folder / "instructions.md"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return folder


def judged(project, name, *changes):
    plan = replace(Plan(), assistants=(str(edited(project, name, *changes)),))
    return evaluate(project, plan).verdict


def test_a_clean_tree_ships_as_the_accepted_assistant(repository):
    verdict = evaluate(repository, Plan()).verdict
    assert (verdict.verdict, verdict.identical) == ("SHIP", True)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "languages",
            (LANGUAGES, "Under `languages`, put each human language the CV mentions with the level it prints."),
        ),
        ("division", (DIVISION, "The employer must be given with its complete name, division or department included.")),
        ("order", ("List roles and studies newest first", "Sort roles and studies from newest to oldest")),
    ],
)
def test_a_harmless_rewording_never_holds(repository, name, changes):
    assert judged(repository, f"reworded-{name}", changes).verdict != "HOLD"


@pytest.mark.parametrize(
    ("name", "sentence", "field"),
    [
        ("languages", LANGUAGES, "languages[].language"),
        ("division", DIVISION, "work_experience[].company"),
        ("bullets", BULLETS, "work_experience[].description[]"),
    ],
)
def test_a_rule_that_the_schema_does_not_enforce_is_missed(repository, name, sentence, field):
    verdict = judged(repository, f"without-{name}", (sentence, ""))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith(f"{field}: ")


def test_a_rule_that_the_schema_enforces_is_not_missed(repository):
    verdict = judged(repository, "enforced", *((sentence, "") for sentence in ENFORCED))
    assert (verdict.verdict, verdict.identical) == ("SHIP", False)


def test_an_order_to_estimate_is_caught_as_invention(repository):
    verdict = judged(
        repository, "estimate", (NO_ESTIMATE, "Estimate the year and issuer of a certificate that has none.")
    )
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("certifications[]")


def test_a_sentence_that_the_simulator_cannot_judge_is_inconclusive(repository):
    verdict = judged(repository, "strange", (LANGUAGES, f"{LANGUAGES}\n{STRANGE}"))
    assert verdict.verdict == "INCONCLUSIVE"
    assert STRANGE in verdict.reasons[0]


def test_a_rewording_beyond_the_simulator_is_inconclusive(repository):
    verdict = judged(repository, "beyond", (DIVISION, STRANGE))
    assert verdict.verdict == "INCONCLUSIVE"
    assert "may be the simulator's own" in verdict.reasons[0]
