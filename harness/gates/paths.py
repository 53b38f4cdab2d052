"""Which field paths belong together, which are critical, and how they are called in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.scoring.layout import FIELDS
from harness.scoring.metrics import CRITICAL, GROUPS

__all__ = [
    "CRITICAL",
    "FIELD_ORDER",
    "GRAVE_INVENTIONS",
    "GROUPS",
    "GROUP_LABELS",
    "LONG_TEXT",
    "SECTION_FIELDS",
    "field_of",
    "item_field",
    "section_of",
]

GROUP_LABELS: Mapping[str, str] = {
    "contact": "contact details",
    "work_core": "employers, titles and dates",
    "work_bullets": "work bullets",
    "education": "education",
    "skills": "skills",
    "rest": "summary, languages, certificates, training and projects",
}

GRAVE_INVENTIONS: frozenset[str] = frozenset(
    {"personal_info.name", "personal_info.email", "personal_info.phone", "work_experience[].company"}
)
"""One confirmed, ungrounded value of these is enough to hold."""

SECTION_FIELDS: Mapping[str, str] = {
    "work_experience": "work_experience[].company",
    "education": "education[].institution",
    "languages": "languages[].language",
    "certifications": "certifications[].name",
    "training": "training[].name",
    "projects": "projects[].name",
    "skills": "skills[]",
}
"""A section's first field: what a lost section or entry is called by."""

LONG_TEXT: frozenset[str] = frozenset(
    {
        "personal_info.summary",
        "work_experience[].description[]",
        "education[].description[]",
        "projects[].description[]",
        "training[].details[]",
    }
)
"""Free text: never searched for one value standing in for another."""

FIELD_ORDER: Mapping[str, int] = {path: place for place, path in enumerate(FIELDS)}

_INDEX = re.compile(r"\[\d+\]")


def field_of(path: str) -> str:
    """A path without its indices: `work_experience[2].company` → `work_experience[].company`."""
    return _INDEX.sub("[]", path)


def section_of(path: str) -> str:
    """`work_experience[2].company` → `work_experience`."""
    return path.partition(".")[0].partition("[")[0]


def item_field(item: str) -> str:
    """The field an item of harm is shown under: a lost entry under its first field."""
    name = field_of(item)
    if name.endswith("[]") and name[:-2] in SECTION_FIELDS:
        return SECTION_FIELDS[name[:-2]]
    return name
