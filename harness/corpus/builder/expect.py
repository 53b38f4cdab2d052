"""From content and style to the golden: what the contract object of a printed CV must be."""

from __future__ import annotations

from harness.base.types import Json
from harness.corpus.builder.content import Certificate, Content, Course, Project, Role, Study
from harness.corpus.builder.flow import bare
from harness.corpus.builder.style import Style
from harness.corpus.builder.wording import contract_date


def expected_cv(content: Content, style: Style) -> dict[str, Json]:
    """The contract object. Holds what is printed in `style`: years where it prints no months, link targets where
    it prints none of the address."""
    dates = style.dates
    return {
        "personal_info": _personal_info(content, style),
        "work_experience": [_role(number, role, style) for number, role in enumerate(content.roles, 1)],
        "education": [_study(number, study, dates) for number, study in enumerate(content.studies, 1)],
        "skills": [item for group in content.skills for item in group.items],
        "projects": [_project(number, project, dates) for number, project in enumerate(content.projects, 1)],
        "certifications": [_certificate(number, one, dates) for number, one in enumerate(content.certificates, 1)],
        "languages": [{"language": tongue.language, "proficiency": tongue.level} for tongue in content.tongues],
        "training": [_course(number, course, dates) for number, course in enumerate(content.courses, 1)],
    }


def _personal_info(content: Content, style: Style) -> dict[str, Json]:
    person = content.person
    address = (lambda text: text) if style.contact == "links" else bare
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "location": person.location,
        "linkedin": address(person.linkedin),
        "portfolio": address(person.portfolio),
        "summary": content.summary,
    }


def _role(number: int, role: Role, style: Style) -> dict[str, Json]:
    earlier = "earlier" in style.traits and not role.bullets
    return {
        "id": f"work-{number}",
        "company": role.company,
        "title": " / ".join(role.titles),
        "start_date": contract_date(role.start, style.dates),
        "end_date": contract_date(role.end, style.dates),
        "location": "" if earlier else role.location,
        "description": list(role.bullets),
        "skills": list(role.tech),
    }


def _study(number: int, study: Study, dates: str) -> dict[str, Json]:
    return {
        "id": f"edu-{number}",
        "institution": study.institution,
        "degree": study.degree,
        "field": study.field,
        "start_date": contract_date(study.start, dates),
        "end_date": contract_date(study.end, dates),
        "location": study.location,
        "description": list(study.notes),
    }


def _project(number: int, project: Project, dates: str) -> dict[str, Json]:
    return {
        "id": f"proj-{number}",
        "name": project.name,
        "date": contract_date(project.date, dates),
        "description": list(project.bullets),
        "technologies": list(project.tech),
    }


def _certificate(number: int, certificate: Certificate, dates: str) -> dict[str, Json]:
    return {
        "id": f"cert-{number}",
        "name": certificate.name,
        "issuer": certificate.issuer,
        "year": contract_date(certificate.year, dates),
        "expiry": contract_date(certificate.expiry, dates),
    }


def _course(number: int, course: Course, dates: str) -> dict[str, Json]:
    return {
        "id": f"train-{number}",
        "name": course.name,
        "provider": course.provider,
        "date": contract_date(course.date, dates),
        "details": list(course.details),
    }
