"""Harms to answers, and where a verdict says what became of them."""

from __future__ import annotations

import json
import random

from harness.assistants.types import AssistantBundle
from harness.base.types import Json
from harness.gates.types import Gate, Verdict

THREE = ("baseline", "candidate", "legacy")


def gate(verdict: Verdict, name: str, against: str = "baseline") -> Gate:
    comparison = next(one for one in verdict.comparisons if one.against == against)
    return next(one for one in comparison.gates if one.name == name)


def failing(verdict: Verdict) -> list[str]:
    return [one.name for comparison in verdict.comparisons for one in comparison.gates if one.status == "FAIL"]


def drop_role(answer: Json, rng: random.Random) -> None:
    answer["work_experience"].pop(1)


def years_minus_one(answer: Json, rng: random.Random) -> None:
    for place, role in enumerate(answer["work_experience"]):
        for key in ("start_date", "end_date"):
            month, _, year = role[key].rpartition(" ")
            if place % 3 == 0 and year.isdigit():
                role[key] = f"{month} {int(year) - 1}".strip()


def javascript(answer: Json, rng: random.Random) -> None:
    answer["skills"] = ["JavaScript" if skill == "Java" else skill for skill in answer["skills"]]


def invent_certificate(answer: Json, rng: random.Random) -> None:
    answer["certifications"].append(
        {"id": "c9", "name": "Certified Scrum Master", "issuer": "Scrum Alliance", "year": "2015", "expiry": ""}
    )


def swap_bullets(answer: Json, rng: random.Random) -> None:
    one, two = answer["work_experience"][:2]
    one["description"], two["description"] = two["description"], one["description"]


def break_json(answer: Json, rng: random.Random) -> str:
    return json.dumps(answer)[:-60]


def bundle(wire: str) -> AssistantBundle:
    return AssistantBundle("CV Parser Pro", "", "m", {}, "", "json_schema", {}, f"v-{wire}", wire)
