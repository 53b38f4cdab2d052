"""Which field paths belong together, which are critical, and how they are called in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "contact": tuple(f"personal_info.{key}" for key in ("name", "email", "phone", "location", "linkedin", "portfolio")),
    "work": tuple(f"work_experience[].{key}" for key in ("company", "title", "start_date", "end_date", "location")),
    "bullets": ("work_experience[].description[]",),
    "education": tuple(
        f"education[].{key}"
        for key in ("institution", "degree", "field", "start_date", "end_date", "location", "description[]")
    ),
    "skills": ("skills[]", "work_experience[].skills[]", "projects[].technologies[]"),
    "rest": (
        "personal_info.summary",
        *(f"languages[].{key}" for key in ("language", "proficiency")),
        *(f"certifications[].{key}" for key in ("name", "issuer", "year", "expiry")),
        *(f"training[].{key}" for key in ("name", "provider", "date", "details[]")),
        *(f"projects[].{key}" for key in ("name", "date", "description[]")),
    ),
}

GROUP_LABELS: Mapping[str, str] = {
    "contact": "contact details",
    "work": "employers, titles and dates",
    "bullets": "work bullets",
    "education": "education",
    "skills": "skills",
    "rest": "summary, languages, certificates, training and projects",
}

CRITICAL: frozenset[str] = frozenset(
    {
        "personal_info.name",
        "personal_info.email",
        "personal_info.phone",
        "work_experience[].company",
        "work_experience[].title",
        "work_experience[].start_date",
        "work_experience[].end_date",
    }
)

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

FIELD_ORDER: Mapping[str, int] = {
    path: place for place, path in enumerate(path for group in GROUPS.values() for path in group)
}

_INDEX = re.compile(r"\[\d+\]")


def field_of(path: str) -> str:
    """A path without its indices: `work_experience[2].company` → `work_experience[].company`."""
    return _INDEX.sub("[]", path)


def section_of(path: str) -> str:
    """`work_experience[2].company` → `work_experience`."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]
