"""Between what a CV says and what the model answers: directives kept or not, and errors made.

Everything is decided item by item with `Luck`, keyed by the item's own text, so that the same statement is as hard in
a whole-CV answer as in an answer about one job.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harness.simulator.luck import Luck
from harness.simulator.parse.model import Certificate, Course, Cv, Language, Moment, Role, Study, Undertaking
from harness.simulator.policy import Policy
from harness.simulator.spelling import spell_date
from harness.simulator.wording import condense, cut_off, expand_title, reword, shorten

_SWAPS = {
    "java": "JavaScript",
    "c": "C++",
    "c++": "C",
    "react": "React Native",
    "sql": "MySQL",
    "go": "Golang Cloud",
    "excel": "Microsoft Office",
    "scala": "Scalable systems",
    "r": "Python",
}
_ISSUERS = {
    "aws": "Amazon Web Services",
    "google": "Google",
    "microsoft": "Microsoft",
    "azure": "Microsoft",
    "cisco": "Cisco",
    "oracle": "Oracle",
    "comptia": "CompTIA",
    "scrum": "Scrum Alliance",
    "prince2": "AXELOS",
    "itil": "AXELOS",
    "pmp": "Project Management Institute",
}


@dataclass(frozen=True, slots=True)
class Perception:
    """What the model brings to one answer. error: scale of every error probability (1: reference model, plain CV)."""

    policy: Policy
    luck: Luck
    error: float

    def slips(self, probability: float, item: str) -> bool:
        """Whether an error of this base probability happens to this item."""
        return self.luck.happens(min(0.6, probability * self.error), item)


def perceive(cv: Cv, mind: Perception) -> dict[str, Any]:
    """The CV as the model gives it, in the contract's field names."""
    policy, luck = mind.policy, mind.luck
    answer: dict[str, Any] = {
        "personal_info": _person(cv, mind) if policy.includes("personal_info", luck, "cv") else {},
        "work_experience": _roles(cv.roles, mind) if policy.includes("work_experience", luck, "cv") else [],
        "education": _studies(cv.studies, mind) if policy.includes("education", luck, "cv") else [],
        "skills": _skills(cv, mind) if policy.includes("skills", luck, "cv") else [],
        "projects": _projects(cv.projects, mind) if policy.includes("projects", luck, "cv") else [],
        "certifications": _certificates(cv.certificates, mind) if policy.includes("certifications", luck, "cv") else [],
        "languages": _languages(cv.languages, mind) if policy.includes("languages", luck, "cv") else [],
        "training": _courses(cv.courses, mind) if policy.includes("training", luck, "cv") else [],
    }
    if answer["training"] and policy.choose("courses", luck, "cv") == "certifications":
        answer["certifications"] += [
            {"name": course["name"], "issuer": course["provider"], "year": course["date"], "expiry": ""}
            for course in answer["training"]
        ]
        answer["training"] = []
    return answer


def perceive_role(cv: Cv, wanted: dict[str, str], mind: Perception) -> dict[str, Any]:
    """Statements and skills of the job that best fits `wanted`, empty where none does."""
    best, chosen = 0.0, None
    for role in cv.roles:
        score = _likeness(role.company, wanted.get("company", "")) * 2 + max(
            (_likeness(title, wanted.get("title", "")) for title in (*role.titles, " / ".join(role.titles))),
            default=0.0,
        )
        year = str(role.start.year) if role.start else ""
        score += 0.8 if year and year in wanted.get("start_date", "") else 0.0
        if score > best:
            best, chosen = score, role
    if chosen is None or best < 1.2:
        return {"description": [], "skills": []}
    return {"description": _bullets(chosen, mind), "skills": _role_skills(chosen, mind)}


def _likeness(one: str, other: str) -> float:
    a, b = set(re.findall(r"\w+", one.lower())), set(re.findall(r"\w+", other.lower()))
    return len(a & b) / max(1, min(len(a), len(b))) if a and b else 0.0


def _person(cv: Cv, mind: Perception) -> dict[str, str]:
    person, policy, luck = cv.person, mind.policy, mind.luck
    summary = person.summary if policy.includes("summary", luck, "cv") else ""
    if summary:
        wording = policy.choose("bullet_wording", luck, "summary")
        if wording == "shortened" or mind.slips(0.012, "summary/short"):
            summary = summary.split(". ")[0].rstrip(".") + "."
        elif wording == "reworded":
            summary = reword(summary, luck, "summary")
    return {
        "name": person.name if not mind.slips(0.001, "name") else person.name.partition(" ")[0],
        "email": person.email,
        "phone": person.phone,
        "location": person.location if not mind.slips(0.012, "person/location") else "",
        "linkedin": person.linkedin
        if policy.includes("linkedin", luck, "cv") and not mind.slips(0.006, "linkedin")
        else "",
        "portfolio": person.portfolio
        if policy.includes("links", luck, "cv") and not mind.slips(0.01, "portfolio")
        else "",
        "summary": summary,
    }


# --- roles ---------------------------------------------------------------------------------------------------


def _roles(roles: tuple[Role, ...], mind: Perception) -> list[dict[str, Any]]:
    policy, luck = mind.policy, mind.luck
    out: list[tuple[Role, dict[str, Any]]] = []
    kept = _kept_roles(roles, mind)
    joined = policy.choose("titles_at_one_company", luck, "cv") == "join"
    for role in kept:
        item = _role_item(role)
        company = role.company
        if role.short != company and policy.choose("company_name", luck, item) == "short":
            company = role.short
        elif mind.slips(0.003, f"company/{item}"):
            company = cut_off(company)
        titles = [_title(title, mind, item) for title in role.titles]
        names = [" / ".join(titles)] if joined or len(titles) < 2 else titles
        for number, name in enumerate(names):
            start, end = _period(role.start, role.end, mind, item)
            keeps_place = policy.includes("role_location", luck, item) and not mind.slips(0.012, f"location/{item}")
            described = number == 0 and policy.includes("descriptions", luck, "cv")
            entry = {
                "company": company,
                "title": name,
                "start_date": start,
                "end_date": end,
                "location": role.location if keeps_place else "",
                "description": _bullets(role, mind) if described else [],
                "skills": _role_skills(role, mind) if number == 0 else [],
            }
            out.append((role, entry))
            if mind.luck.happens(policy.share("duplicates", "keep") * 0.05 * mind.error, f"duplicate/{item}"):
                out.append((role, dict(entry)))
    out = _mix(out, mind)
    return [entry for _, entry in _ordered(out, mind)]


def _mix(out: list[tuple[Role, dict[str, Any]]], mind: Perception) -> list[tuple[Role, dict[str, Any]]]:
    """Statements that stray to the next job; jobs run together because their dates overlap."""
    for number in range(len(out) - 1):
        entry, following = out[number][1], out[number + 1][1]
        item = _role_item(out[number][0])
        if len(entry["description"]) > 1 and mind.luck.happens(
            mind.policy.share("role_scope", "mixed") * 0.5, f"stray/{item}"
        ):
            following["description"] = [entry["description"][-1], *following["description"]]
            entry["description"] = entry["description"][:-1]
    return out


def _role_item(role: Role) -> str:
    return f"{role.company}|{role.titles[0] if role.titles else ''}|{role.start.printed if role.start else ''}"


def _kept_roles(roles: tuple[Role, ...], mind: Perception) -> list[Role]:
    """Jobs that are not lost: the last ones of a long list go first."""
    limited = mind.policy.share("all_roles", "limited")
    if limited > 0.6:
        return list(roles[:5])
    kept: list[Role] = []
    for number, role in enumerate(roles):
        depth = max(0, number - 6)
        risk = 0.0012 + depth * 0.02 * (0.12 + limited * 9)
        if not mind.slips(risk, f"role/{_role_item(role)}"):
            kept.append(role)
    return kept


def _title(title: str, mind: Perception, item: str) -> str:
    if mind.policy.choose("title_wording", mind.luck, item) == "expanded":
        return expand_title(title)
    if mind.slips(0.004, f"title/{item}/{title}"):
        parts = re.split(r",\s|\s[–-]\s|\s/\s", title)
        return parts[0] if len(parts) > 1 else title
    return title


def _ordered(out: list[tuple[Any, dict[str, Any]]], mind: Perception) -> list[tuple[Any, dict[str, Any]]]:
    way = mind.policy.choose("order", mind.luck, "cv")
    if way == "as_printed":
        return out

    def key(item: tuple[Any, dict[str, Any]]) -> tuple[bool, tuple[int, int], tuple[int, int]]:
        start, end = item[0].start, item[0].end
        return (bool(end and end.present), _point(end or start), _point(start or end))

    return sorted(out, key=key, reverse=way == "newest_first")


def _point(moment: Moment | None) -> tuple[int, int]:
    return (moment.year, moment.month or 0) if moment else (0, 0)


def _period(start: Moment | None, end: Moment | None, mind: Perception, item: str) -> tuple[str, str]:
    return _date(start, mind, f"start/{item}"), _date(end, mind, f"end/{item}")


def _date(moment: Moment | None, mind: Perception, item: str) -> str:
    """A date as the model writes it."""
    if moment is None:
        return ""
    policy, luck = mind.policy, mind.luck
    if moment.present:
        word = policy.choose("present_word", luck, "cv")
        return {"as_printed": moment.printed or "Present", "empty": ""}.get(word, word)
    year, month = moment.year, moment.month
    if month is None and policy.choose("month_missing", luck, item) == "invent":
        month = 1
    elif month is not None and mind.slips(0.004, f"month/{item}"):
        month = month % 12 + 1
    elif month is not None and mind.slips(0.002, f"monthless/{item}"):
        month = None
    elif mind.slips(0.0012, f"year/{item}"):
        year -= 1
    style = policy.choose("date_format", luck, "cv")
    if style == "as_printed" and (month, year) == (moment.month, moment.year) and moment.printed:
        return moment.printed
    return spell_date(year, month, style)


def _bullets(role: Role, mind: Perception) -> list[str]:
    return statements(role.bullets, mind)


def statements(given: Iterable[str], mind: Perception) -> list[str]:
    """Statements as the model gives them: copied, reworded, cut, run together, lost."""
    policy, luck = mind.policy, mind.luck
    out: list[str] = []
    merge = policy.share("bullet_split", "merged")
    for number, text in enumerate(given):
        if mind.slips(0.0035 + 0.0006 * number, f"lost/{text}"):
            continue
        wording = policy.choose("bullet_wording", luck, text)
        if wording == "reworded":
            text_out = reword(text, luck, text)
        elif wording == "shortened":
            text_out = shorten(text)
        elif mind.slips(0.003 + 0.00004 * len(text), f"cut/{text}"):
            text_out = cut_off(text)
        else:
            text_out = text
        if merge > 0.6:
            out = [f"{out[0].rstrip('.')}. {text_out}"] if out else [text_out]
        elif out and luck.happens(merge * 0.55, f"merge/{text}"):
            out[-1] = condense(out[-1], text_out)
        else:
            out.append(text_out)
    return out


def _role_skills(role: Role, mind: Perception) -> list[str]:
    if not role.skills or not mind.policy.includes("role_skills", mind.luck, _role_item(role)):
        return []
    return _items(role.skills, mind, _role_item(role))


def _items(given: Iterable[str], mind: Perception, owner: str) -> list[str]:
    out: list[str] = []
    for text in given:
        item = f"{owner}/{text}"
        if mind.slips(0.005, f"skill/{item}"):
            continue
        swap = _SWAPS.get(text.lower())
        out.append(swap if swap and mind.slips(0.008, f"swap/{item}") else text)
    return out


# --- other sections ------------------------------------------------------------------------------------------


def _studies(studies: tuple[Study, ...], mind: Perception) -> list[dict[str, Any]]:
    policy, luck = mind.policy, mind.luck
    out: list[tuple[Study, dict[str, Any]]] = []
    for study in studies:
        item = f"{study.institution}|{study.degree}|{study.subject}"
        if mind.slips(0.002, f"study/{item}"):
            continue
        start, end = _period(study.start, study.end, mind, item)
        degree, subject = study.degree, study.subject
        if subject and policy.choose("degree_field", luck, item) == "together":
            degree, subject = f"{degree} in {subject}", ""
        notes = study.notes if policy.includes("education_notes", luck, item) else ()
        out.append(
            (
                study,
                {
                    "institution": study.institution,
                    "degree": degree,
                    "field": subject,
                    "start_date": start,
                    "end_date": end,
                    "location": "" if mind.slips(0.015, f"location/{item}") else study.location,
                    "description": statements(notes, mind),
                },
            )
        )
    return [entry for _, entry in _ordered(out, mind)]


def _skills(cv: Cv, mind: Perception) -> list[str]:
    grouped = mind.policy.choose("skills_split", mind.luck, "cv") == "grouped"
    out: list[str] = []
    for category, members in cv.skills:
        kept = _items(members, mind, "skills")
        if grouped and category:
            out.append(f"{category}: {', '.join(kept)}")
        else:
            out.extend(kept)
    if mind.policy.choose("skills_source", mind.luck, "cv") == "inferred":
        seen = {name.lower() for name in out}
        for role in cv.roles:
            out.extend(skill for skill in role.skills if skill.lower() not in seen)
            seen.update(skill.lower() for skill in role.skills)
    return list(dict.fromkeys(out))


def _certificates(certificates: tuple[Certificate, ...], mind: Perception) -> list[dict[str, str]]:
    estimate = mind.policy.share("invention", "estimate")
    out: list[dict[str, str]] = []
    for certificate in certificates:
        item = certificate.name
        if mind.slips(0.004, f"certificate/{item}"):
            continue
        year = _date(certificate.year, mind, f"certificate/{item}")
        issuer = certificate.issuer
        if certificate.year is None and mind.luck.happens(estimate, f"invent-year/{item}"):
            year = str(2012 + mind.luck.pick(12, f"year/{item}"))
        if not issuer and mind.luck.happens(estimate * 0.8, f"invent-issuer/{item}"):
            first = re.findall(r"\w+", item.lower())[:1]
            issuer = _ISSUERS.get(first[0] if first else "", f"{item.partition(' ')[0]} Institute")
        expiry = (
            _date(certificate.expiry, mind, f"expiry/{item}") if mind.policy.includes("expiry", mind.luck, item) else ""
        )
        out.append({"name": certificate.name, "issuer": issuer, "year": year, "expiry": expiry})
    return out


def _languages(languages: tuple[Language, ...], mind: Perception) -> list[dict[str, str]]:
    return [
        {
            "language": language.name,
            "proficiency": language.level if mind.policy.includes("proficiency", mind.luck, language.name) else "",
        }
        for language in languages
        if not mind.slips(0.003, f"language/{language.name}")
    ]


def _courses(courses: tuple[Course, ...], mind: Perception) -> list[dict[str, Any]]:
    return [
        {
            "name": course.name,
            "provider": course.provider,
            "date": _date(course.date, mind, f"course/{course.name}"),
            "details": statements(course.details, mind),
        }
        for course in courses
        if not mind.slips(0.005, f"course/{course.name}")
    ]


def _projects(projects: tuple[Undertaking, ...], mind: Perception) -> list[dict[str, Any]]:
    return [
        {
            "name": project.name,
            "date": _date(project.date, mind, f"project/{project.name}"),
            "description": statements(project.bullets, mind),
            "technologies": _items(project.technologies, mind, project.name)
            if mind.policy.includes("technologies", mind.luck, project.name)
            else [],
        }
        for project in projects
        if not mind.slips(0.004, f"project/{project.name}")
    ]
