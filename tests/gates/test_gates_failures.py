"""What has really gone wrong with the product: each must hold, be named first, and in words that say what it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from gates_worlds import Answer, Harm, make_case, manifest, person, world

from harness.base.types import Failure, Json
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.types import Case, Verdict

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Past:
    """One failure: how it harms an answer, whom it hits, and the gate and the words that must come first."""

    name: str
    harm: Harm
    gate: str
    words: tuple[str, ...]
    hit: Callable[[int], bool] = lambda number: number % 5 == 0


def cut_off(answer: Json, rng: random.Random) -> Answer:
    return Failure("unparseable", "truncated", "cut off at the token limit after 2000 output tokens")


def fenced(answer: Json, rng: random.Random) -> str:
    return f"```json\n{json.dumps(answer)}\n```"


def other_names(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"]:
        role["job_title"] = role.pop("title")


def year_as_date(answer: Json, rng: random.Random) -> None:
    for entry in answer["certifications"]:
        entry["date"] = entry.pop("year")


def one_string(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"]:
        role["description"] = "\n".join(role["description"])


def null_skills(answer: Json, rng: random.Random) -> None:
    answer["skills"] = None


def role_twice(answer: Json, rng: random.Random) -> None:
    answer["work_experience"].insert(1, {**answer["work_experience"][0], "id": "again"})


def date_range(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"][:2]:
        role["end_date"] = f"{role['start_date'][-4:]} – 2021"


def no_training(answer: Json, rng: random.Random) -> None:
    answer["training"] = []


def division_dropped(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"]:
        role["company"] = " ".join(role["company"].split()[-2:])


def estimated_certificates(answer: Json, rng: random.Random) -> None:
    for entry in answer["certifications"]:
        entry["issuer"], entry["expiry"] = f"Institute of {entry['name'][-2:]} Managers", "2031"


def merged(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"]:
        role["description"] = [" ".join(role["description"])]


def paraphrased(answer: Json, rng: random.Random) -> None:
    for role in answer["work_experience"]:
        role["description"] = [
            "Consistently delivered outstanding value across departments" for _ in role["description"]
        ]


def last_roles_lost(answer: Json, rng: random.Random) -> None:
    del answer["work_experience"][3:]


def poll_timeout(answer: Json, rng: random.Random) -> Answer:
    return Failure("provider", "declared_error", "timeout after 30 polls")


def tables_not_read(answer: Json, rng: random.Random) -> None:
    del answer["work_experience"][1:]
    answer["skills"] = []


PAST = (
    Past("cut off at the token limit", cut_off, "contract", ("cut off at the token limit", "in 8 of 40 CVs")),
    Past("fenced JSON", fenced, "contract", ("JSON only after a repair", "fence")),
    Past("title as job_title", other_names, "contract", ("/work_experience/*: missing: title", "job_title")),
    Past("year as date", year_as_date, "contract", ("/certifications/*: missing: year", "date"), lambda n: n % 3 == 0),
    Past(
        "description as one string",
        one_string,
        "contract",
        ("/work_experience/*/description: expected array, got string",),
    ),
    Past("skills as null", null_skills, "contract", ("/skills: expected array, got null",)),
    Past(
        "the same role twice",
        role_twice,
        "duplicates",
        ("work_experience[].company: the same entry twice in 8 of 40 CVs",),
    ),
    Past(
        "a range as a date",
        date_range,
        "date_format",
        ("work_experience[].end_date: a date that the page cannot read in 8 of 40 CVs",),
    ),
    Past(
        "training dropped",
        no_training,
        "lost_entries",
        ("training[].name: missing in 13 of 13 CVs that have it",),
        lambda n: True,
    ),
    Past(
        "division dropped",
        division_dropped,
        "critical",
        ("work_experience[].company: no longer right in 8 of 40 CVs",),
    ),
    Past(
        "certificates estimated",
        estimated_certificates,
        "hallucinations",
        ("certifications[].issuer: a value that the CV does not have, in 14 of 40 CVs",),
        lambda n: n % 3 == 0,
    ),
    Past(
        "bullets merged",
        merged,
        "bullet_shape",
        ("work_experience[].description[]: bullets merged in 8 of 40 CVs",),
    ),
    Past(
        "bullets paraphrased",
        paraphrased,
        "hallucinations",
        ("work_experience[].description[]: a value that the CV does not have",),
    ),
    Past(
        "long CVs lose their last roles",
        last_roles_lost,
        "lost_entries",
        ("work_experience[].company: a whole entry missing",),
    ),
    Past(
        "a poll timeout is no bad answer",
        poll_timeout,
        "errors",
        ("timed out while polling", "nothing is said about its quality"),
    ),
)


def first_gate(verdict: Verdict) -> str:
    gates = [gate for comparison in verdict.comparisons for gate in comparison.gates if gate.status == "FAIL"]
    return next(gate.name for gate in gates if gate.reason == verdict.reasons[0])


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize("past", PAST, ids=lambda past: past.name)
def test_a_past_failure_holds_and_is_named_first_without_a_persons_values(past: Past) -> None:
    verdict = decide(Evidence.of(world(40, 3, past.harm, hit=past.hit), manifest()))
    assert verdict.verdict == "HOLD"
    assert first_gate(verdict) == past.gate, verdict.reasons
    for words in past.words:
        assert words in verdict.reasons[0]
    said = " ".join(verdict.reasons)
    assert not any(person(number)["personal_info"]["name"] in said for number in range(40))
    assert not any(role["company"] in said for number in range(40) for role in person(number)["work_experience"])


def test_text_in_docx_tables_never_read_names_the_format() -> None:
    media = {number: DOCX if number % 4 == 0 else "application/pdf" for number in range(40)}
    verdict = decide(Evidence.of(world(40, 3, tables_not_read, hit=lambda n: n % 4 == 0, media=media), manifest()))
    assert verdict.verdict == "HOLD"
    assert first_gate(verdict) == "lost_entries"
    assert "all of them DOCX" in verdict.reasons[0]


def test_a_cv_that_nobody_could_read_is_coverage_and_only_where_the_other_arm_read_it() -> None:
    def unread(arm: str, number: int) -> Case:
        return make_case(arm, number, 0, Failure("extraction", "no_text_layer"), random.Random(1))

    cases = [case for case in world(40, 1) if int(case.document.id[3:]) >= 6]
    both = [unread(arm, number) for number in range(6) for arm in ("baseline", "candidate")]
    assert "coverage" not in _failing(decide(Evidence.of([*cases, *both], manifest(draws=1))))
    one = [
        unread(arm, number) if arm == "candidate" else make_case(arm, number, 0, person(number), random.Random(2))
        for number in range(6)
        for arm in ("baseline", "candidate")
    ]
    verdict = decide(Evidence.of([*cases, *one], manifest(draws=1)))
    assert verdict.verdict == "HOLD"
    assert verdict.reasons[0].startswith("no text layer in the file in 6 of 40 CVs · coverage")


def _failing(verdict: Verdict) -> list[str]:
    return [gate.name for comparison in verdict.comparisons for gate in comparison.gates if gate.status == "FAIL"]
