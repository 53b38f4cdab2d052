"""Names of fields as people choose them, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

SECTION_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "personal_info": "personal_info personal personal_information personal_details contact contact_info "
        "contact_information contact_details basics candidate person profile_info",
        "work_experience": "work_experience work_experiences experience experiences professional_experience employment "
        "employment_history jobs roles positions work work_history career",
        "education": "education educations studies academic_background degrees qualifications education_history",
        "skills": "skills skill key_skills technical_skills competencies",
        "projects": "projects project personal_projects side_projects",
        "certifications": "certifications certification certificates certificate licenses licences",
        "languages": "languages language spoken_languages language_skills",
        "training": "training trainings courses training_courses professional_development workshops",
        "summary": "summary profile professional_summary objective about",
    }.items()
    for alias in aliases.split()
}
PERSON_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "name": "name full_name candidate_name",
        "email": "email e_mail email_address mail",
        "phone": "phone telephone phone_number mobile tel",
        "location": "location address city place residence",
        "linkedin": "linkedin linked_in linkedin_url",
        "portfolio": "portfolio website url site github homepage web links portfolio_url",
        "summary": "summary profile objective about professional_summary",
    }.items()
    for alias in aliases.split()
}
ROLE_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "id": "id",
        "title": "title job_title position role job position_title",
        "company": "company employer organization organisation company_name employer_name firm",
        "start_date": "start_date start from date_from started begin",
        "end_date": "end_date end to until date_to ended",
        "location": "location place city",
        "description": "description descriptions responsibilities bullets achievements highlights duties bullet_points "
        "tasks details",
        "skills": "skills technologies tools skills_used stack",
    }.items()
    for alias in aliases.split()
}
STUDY_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "id": "id",
        "institution": "institution school university college institute",
        "degree": "degree qualification title",
        "field": "field subject major field_of_study area course",
        "start_date": "start_date start from",
        "end_date": "end_date end to graduation_date date year graduation_year",
        "location": "location place city",
        "description": "description notes details honours honors highlights",
    }.items()
    for alias in aliases.split()
}
CERTIFICATE_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "id": "id",
        "name": "name title certificate certification",
        "issuer": "issuer issued_by organization organisation authority provider issuing_organization",
        "year": "year date issued issue_date date_issued obtained",
        "expiry": "expiry expires expiry_date expiration expiration_date valid_until",
    }.items()
    for alias in aliases.split()
}
LANGUAGE_KEYS: Mapping[str, str] = {
    "language": "language",
    "name": "language",
    "proficiency": "proficiency",
    "level": "proficiency",
    "fluency": "proficiency",
}
COURSE_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "id": "id",
        "name": "name title course",
        "provider": "provider institution organization organisation issuer school",
        "date": "date year completed end_date",
        "details": "details description notes",
    }.items()
    for alias in aliases.split()
}
PROJECT_KEYS: Mapping[str, str] = {
    alias: name
    for name, aliases in {
        "id": "id",
        "name": "name title project",
        "date": "date year period end_date",
        "description": "description details highlights summary bullets",
        "technologies": "technologies tools skills tech stack tech_stack",
    }.items()
    for alias in aliases.split()
}
ENTRY_KEYS: Mapping[str, Mapping[str, str]] = {
    "work_experience": ROLE_KEYS,
    "education": STUDY_KEYS,
    "projects": PROJECT_KEYS,
    "certifications": CERTIFICATE_KEYS,
    "languages": LANGUAGE_KEYS,
    "training": COURSE_KEYS,
}

DRIFT: Mapping[str, str] = {
    "title": "job_title",
    "year": "date",
    "proficiency": "level",
    "description": "responsibilities",
    "work_experience": "experience",
    "personal_info": "contact",
    "certifications": "certificates",
    "institution": "school",
    "technologies": "tech",
    "provider": "institution",
}
"""What a model calls a field when nobody holds it to the given name."""


@lru_cache(maxsize=4096)
def snake(key: str) -> str:
    """A field name in lower case with underscores."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    return re.sub(r"[\s-]+", "_", parted.strip()).lower()


def canonical_key(key: str, names: Mapping[str, str]) -> str | None:
    """What a field name means among `names`, or None."""
    return names.get(snake(key))
