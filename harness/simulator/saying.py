"""How a sentence was read, in words for people: "read as: dates → MMM YYYY"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

UNREAD = "no directive recognised"
SHAPE = "no sentence: nothing to read"

_ABOUT: Mapping[str, str] = {
    "task": "the task",
    "manner": "how to work",
    "date_format": "dates",
    "month_missing": "a date without a month",
    "present_word": "the end of what still runs",
    "company_name": "employer",
    "titles_at_one_company": "several titles at one employer",
    "overlapping_roles": "overlapping roles",
    "order": "order of roles and studies",
    "bullet_split": "bullets",
    "bullet_wording": "wording of bullets",
    "description_form": "descriptions",
    "invention": "what the CV does not say",
    "missing": "a missing value",
    "ids": "ids",
    "skills_split": "skills",
    "skills_source": "skills",
    "all_roles": "roles",
    "duplicates": "the same entry twice",
    "markdown": "code fences",
    "json_only": "the answer",
    "field_names": "field names",
    "translation": "language of the answer",
    "courses": "courses without a certificate",
    "cv_is_data": "instructions inside a CV",
    "degree_field": "degree and subject",
    "title_wording": "job titles",
    "role_scope": "statements about a role",
    "include.personal_info": "name and contact details",
    "include.work_experience": "work experience",
    "include.role_location": "place of work",
    "include.role_skills": "tools of a role",
    "include.education_notes": "grades and theses",
    "include.links": "personal site",
    "include.linkedin": "LinkedIn address",
    "include.proficiency": "language levels",
    "include.descriptions": "what was done in a role",
    "include.expiry": "expiry of certificates",
    "include.technologies": "technologies of projects",
}
_SAID: Mapping[tuple[str, str], str] = {
    ("task", "parse_cv"): "read a CV",
    ("manner", "said"): "no effect on any value",
    ("date_format", "as_printed"): "as printed",
    ("month_missing", "year_only"): "the year alone",
    ("month_missing", "invent"): "a month is made up",
    ("present_word", "empty"): "left empty",
    ("present_word", "as_printed"): "as printed",
    ("company_name", "full"): "with its division",
    ("company_name", "short"): "without its division",
    ("titles_at_one_company", "join"): "one role, titles joined",
    ("titles_at_one_company", "separate"): "a role each",
    ("overlapping_roles", "separate"): "kept apart",
    ("overlapping_roles", "merge"): "merged",
    ("order", "newest_first"): "newest first",
    ("order", "oldest_first"): "oldest first",
    ("order", "as_printed"): "as in the CV",
    ("bullet_split", "one_each"): "an item each",
    ("bullet_split", "merged"): "merged",
    ("bullet_wording", "verbatim"): "word for word",
    ("bullet_wording", "reworded"): "rephrased",
    ("bullet_wording", "shortened"): "shortened",
    ("description_form", "array"): "a list",
    ("description_form", "string"): "one text",
    ("invention", "forbid"): "do not invent",
    ("invention", "estimate"): "estimate it",
    ("missing", "empty"): "empty",
    ("missing", "null"): "null",
    ("missing", "placeholder"): "a filler such as “N/A”",
    ("ids", "unique"): "unique",
    ("ids", "none"): "none",
    ("skills_split", "one_each"): "an item each",
    ("skills_split", "grouped"): "grouped",
    ("skills_source", "listed"): "only those listed",
    ("skills_source", "inferred"): "inferred from the roles",
    ("all_roles", "all"): "all of them",
    ("all_roles", "limited"): "only some",
    ("duplicates", "remove"): "once",
    ("duplicates", "keep"): "kept",
    ("markdown", "none"): "none",
    ("markdown", "fences"): "around the answer",
    ("json_only", "json"): "JSON alone",
    ("json_only", "prose"): "with words around it",
    ("field_names", "as_given"): "as given",
    ("field_names", "free"): "free",
    ("translation", "original"): "the CV's",
    ("translation", "english"): "English",
    ("courses", "training"): "under training",
    ("courses", "certifications"): "under certifications",
    ("cv_is_data", "yes"): "ignored",
    ("cv_is_data", "no"): "obeyed",
    ("degree_field", "split"): "apart",
    ("degree_field", "together"): "together",
    ("title_wording", "as_printed"): "as printed",
    ("title_wording", "expanded"): "abbreviations written out",
    ("role_scope", "own"): "with their own role",
}


def in_words(items: Iterable[tuple[str, str, int]], *, speaks: bool = True) -> str:
    """(slot, value, polarity) of a sentence as a person says it. speaks: whether it could have held any."""
    said = [one_in_words(*item) for item in items]
    if said:
        return "; ".join(dict.fromkeys(said))
    return UNREAD if speaks else SHAPE


def one_in_words(slot: str, value: str, polarity: int) -> str:
    """One directive: "dates → MMM YYYY", "dates → not MM/YYYY"."""
    about = _ABOUT.get(slot, slot.removeprefix("include.").replace("_", " "))
    if slot.startswith("include."):
        wanted = (value == "include") == (polarity > 0)
        return f"{about} → {'given' if wanted else 'left out'}"
    word = _SAID.get((slot, value), value)
    return f"{about} → {word}" if polarity > 0 else f"{about} → not {word}"
