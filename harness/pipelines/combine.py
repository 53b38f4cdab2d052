"""What the two passes found, put together as one contract object, the way the service does it.

Values go through as the model gave them (a null, a string where a list belongs): it is the frontend that would
meet them, and the harness's job to show it. Only missing keys are filled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.base.canonical import sha256
from harness.base.types import Json
from harness.contract.check import type_name
from harness.contract.schema import empty_cv


@dataclass(frozen=True, slots=True)
class Described:
    """Answer of one call of the second pass."""

    description: Json
    skills: Json


def as_objects(value: Json, name: str) -> tuple[list[Mapping[str, Json]], list[str]]:
    """The objects in a list that a model answered, and a sentence for each thing that is none.

    A missing or null list is an empty one: the model says there are none.
    """
    if value is None:
        return [], []
    if not isinstance(value, list):
        return [], [f"{name} is no list but {type_name(value)}: left out"]
    objects: list[Mapping[str, Json]] = [item for item in value if isinstance(item, dict)]
    problems = [
        f"{name}: entry {place} is no object but {type_name(item)}: left out"
        for place, item in enumerate(value, start=1)
        if not isinstance(item, dict)
    ]
    return objects, problems


_ROLE = ("company", "title", "start_date", "end_date")
_STUDY = ("institution", "degree", "start_date", "end_date")
_CERTIFICATE = ("name", "issuer", "year")
"""What makes two entries of a section the same."""


def combine(
    roles: Sequence[Mapping[str, Json]],
    described: Sequence[Described | None],
    education: Sequence[Mapping[str, Json]],
    certifications: Sequence[Mapping[str, Json]],
) -> Json:
    """The contract object. `described` runs beside `roles`; None: that call failed.

    Roles that agree in company, title, start and end (whatever the case and the spaces) are one: the first stays,
    with the first description that was found for any of them.
    """
    answer = empty_cv()
    answer["work_experience"] = list(_with_ids("work", _roles(roles, described), _ROLE))
    answer["education"] = list(_with_ids("education", map(_study, education), _STUDY))
    answer["certifications"] = list(_with_ids("certification", map(_certificate, certifications), _CERTIFICATE))
    return answer


def _roles(roles: Sequence[Mapping[str, Json]], described: Sequence[Described | None]) -> Iterable[dict[str, Json]]:
    merged: dict[tuple[str, ...], dict[str, Json]] = {}
    missing: set[tuple[str, ...]] = set()
    for role, found in zip(roles, described, strict=True):
        entry = {
            "company": role.get("company", ""),
            "title": role.get("job_title", ""),
            "start_date": role.get("start_date", ""),
            "end_date": role.get("end_date", ""),
            "location": role.get("location", ""),
            "description": found.description if found else [],
            "skills": found.skills if found else [],
        }
        same = _identity(entry, _ROLE)
        if same not in merged:
            merged[same] = entry
            if found is None:
                missing.add(same)
        elif found is not None and same in missing:
            merged[same] |= {"description": found.description, "skills": found.skills}
            missing.discard(same)
    return merged.values()


def _study(study: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "institution": study.get("institution", ""),
        "degree": study.get("degree", ""),
        "field": "",
        "start_date": study.get("start_date", ""),
        "end_date": study.get("end_date", ""),
        "location": "",
        "description": [],
    }


def _certificate(certificate: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "name": certificate.get("name", ""),
        "issuer": certificate.get("issuer", ""),
        "year": certificate.get("date", ""),
        "expiry": "",
    }


def _with_ids(kind: str, entries: Iterable[dict[str, Json]], identity: tuple[str, ...]) -> Iterator[dict[str, Json]]:
    """Entries with ids: unique within the CV, the same for the same entry, without meaning."""
    used: dict[str, int] = {}
    for entry in entries:
        content = "\n".join(_identity(entry, identity))
        name = f"{kind}-{sha256(content)[:10]}"
        used[name] = used.get(name, 0) + 1
        yield {"id": name if used[name] == 1 else f"{name}-{used[name]}", **entry}


def _identity(entry: Mapping[str, Json], names: tuple[str, ...]) -> tuple[str, ...]:
    """What makes two entries the same: the named values, without case and with single spaces."""
    return tuple(
        " ".join(value.split()).casefold() if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for value in (entry[name] for name in names)
    )
