"""CV texts written for these tests: invented people in many layouts, wordings and languages, with what is in them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from itertools import product

from invented_people import PEOPLE, Job, Somebody

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "it": [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    "pl": [
        "styczeń",
        "luty",
        "marzec",
        "kwiecień",
        "maj",
        "czerwiec",
        "lipiec",
        "sierpień",
        "wrzesień",
        "październik",
        "listopad",
        "grudzień",
    ],
    "pt": [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
}
PRESENT = {
    "en": "present",
    "de": "heute",
    "fr": "aujourd'hui",
    "es": "actualidad",
    "it": "oggi",
    "pl": "obecnie",
    "pt": "presente",
}


def _titles(line: str) -> dict[str, str]:
    return dict(
        zip(
            ("summary", "work", "education", "skills", "certificates", "languages", "courses", "projects"),
            line.split("|"),
            strict=True,
        )
    )


HEADINGS = {
    "en": [
        _titles("Profile|Work Experience|Education|Skills|Certifications|Languages|Training|Projects"),
        _titles(
            "SUMMARY|EMPLOYMENT HISTORY|ACADEMIC BACKGROUND|CORE SKILLS|LICENCES & CERTIFICATES|LANGUAGE SKILLS"
            "|COURSES|SELECTED PROJECTS"
        ),
        _titles(
            "Personal statement:|Career history:|Qualifications:|Key competencies:|Accreditations:|Languages:"
            "|Continuing education:|Side projects:"
        ),
    ],
    "de": [
        _titles("Kurzprofil|Berufserfahrung|Ausbildung|Kenntnisse|Zertifikate|Sprachkenntnisse|Weiterbildung|Projekte"),
        _titles(
            "Über mich|Beruflicher Werdegang|Studium|Fachliche Kompetenzen|Zertifizierungen|Sprachen"
            "|Fortbildungen|Eigene Projekte"
        ),
    ],
    "fr": [
        _titles(
            "Profil|Expérience professionnelle|Formation|Compétences|Certifications|Langues|Formations "
            "complémentaires|Projets"
        )
    ],
    "es": [
        _titles("Perfil|Experiencia laboral|Formación académica|Habilidades|Certificaciones|Idiomas|Cursos|Proyectos")
    ],
    "it": [_titles("Profilo|Esperienze professionali|Istruzione|Competenze|Certificazioni|Lingue|Corsi|Progetti")],
    "pl": [
        _titles(
            "Podsumowanie|Doświadczenie zawodowe|Wykształcenie|Umiejętności|Certyfikaty|Języki obce|Szkolenia|Projekty"
        )
    ],
    "pt": [
        _titles("Perfil|Experiência profissional|Formação académica|Competências|Certificações|Idiomas|Cursos|Projetos")
    ],
}

DateStyle = Callable[[str, tuple[int, int] | None], str]


def _point(style: str, lang: str, point: tuple[int, int] | None) -> str:
    if point is None:
        return PRESENT[lang] if style.startswith(("long", "num", "iso")) else PRESENT[lang].capitalize()
    year, month = point
    name = MONTHS[lang][month - 1]
    return {
        "long": f"{name} {year}",
        "short": f"{name[:3]} {year}",
        "num": f"{month:02d}/{year}",
        "dot": f"{month:02d}.{year}",
        "iso": f"{year}-{month:02d}",
        "year": str(year),
    }[style]


DATE_STYLES = {"long": " – ", "short": " - ", "num": " – ", "dot": " - ", "iso": " – ", "year": "–"}


def _span(style: str, lang: str, start: tuple[int, int], end: tuple[int, int] | None) -> str:
    return f"{_point(style, lang, start)}{DATE_STYLES[style]}{_point(style, lang, end)}"


ROLE_LAYOUTS: dict[str, Callable[[Job, str], list[str]]] = {
    "pipes": lambda job, when: [f"{job.title} | {job.company} | {job.place} | {when}"],
    "title-tab-date": lambda job, when: [f"{job.title}\t{when}", f"{job.company} | {job.place}"],
    "company-tab-date": lambda job, when: [f"{job.company} ({job.place})\t{when}", job.title],
    "date-first": lambda job, when: [when, job.title, f"{job.company} · {job.place}"],
    "company-first-lines": lambda job, when: [job.company, f"{job.title} | {when}"],
    "date-left": lambda job, when: [f"{when}  {job.title}", f"{job.company}, {job.place}"],
    "table-row": lambda job, when: [f"{when}\t{job.title}\t{job.company}\t{job.place}"],
    "title-dash-company": lambda job, when: [f"{job.title} – {job.company}", f"{job.place} | {when}"],
    "own-lines": lambda job, when: [job.title, job.company, f"{when} | {job.place}"],
    "date-brackets": lambda job, when: [f"{job.title}, {job.company} ({when})"],
    "date-colon": lambda job, when: [f"{when}: {job.title}, {job.company}"],
    "company-comma-place": lambda job, when: [f"{job.company}, {job.place}", f"{job.title}, {when}"],
}
HIDES_PLACE = {"company-first-lines", "date-brackets", "date-colon"}
GLYPHS = {"dot": "• ", "dash": "- ", "star": "* ", "square": "▪\t", "none": ""}


def render(
    who: Somebody, layout: str, style: str, glyph: str, titles: dict[str, str], *, width: int = 0, contact: str = "line"
) -> str:
    """The text of a CV as a reader would hand it over. width: wrap lines there (0: not at all)."""
    lines: list[str] = []
    mark = GLYPHS[glyph]

    def put(text: str, *, wrap: bool = True) -> None:
        if width and wrap and len(text) > width:
            lines.extend(textwrap.wrap(text, width))
        else:
            lines.append(text)

    lines.append(who.name)
    if contact == "line":
        lines.append(f"{who.place} | {who.phone} | {who.email}")
    else:
        label = {"en": ("Email", "Phone", "Address"), "de": ("E-Mail", "Telefon", "Wohnort")}.get(
            who.lang, ("E-mail", "Tel", "Adresse")
        )
        lines.extend([f"{label[0]}: {who.email}", f"{label[1]}: {who.phone}", f"{label[2]}: {who.place}"])
    lines.append(titles["summary"])
    put(who.summary)
    lines.append(titles["work"])
    for job in who.jobs:
        lines.extend(ROLE_LAYOUTS[layout](job, _span(style, who.lang, job.start, job.end)))
        for bullet in job.bullets:
            put(mark + bullet)
        if job.tools:
            lines.append(f"Tools: {', '.join(job.tools)}")
    lines.append(titles["education"])
    for study in who.studies:
        when = f"{study.start} – {study.end}" if study.start else str(study.end)
        if layout in ("pipes", "table-row"):
            joint = " | " if layout == "pipes" else "\t"
            lines.append(joint.join((f"{study.degree} {study.subject}", study.school, study.place, when)))
        elif layout in ("date-first", "date-left", "date-colon"):
            lines.extend(
                [
                    when,
                    f"{study.degree} {study.subject}" if who.lang != "en" else f"{study.degree} in {study.subject}",
                    f"{study.school}, {study.place}",
                ]
            )
        else:
            lines.extend([f"{study.school}\t{when}", f"{study.degree}, {study.subject}"])
        if study.note:
            lines.append(mark + study.note)
    if who.projects:
        lines.append(titles["projects"])
        for name, year, what, tools in who.projects:
            lines.append(f"{name}\t{year}")
            put(mark + what)
            lines.append(f"Tech: {', '.join(tools)}")
    lines.append(titles["skills"])
    for category, members in who.skills:
        lines.append(f"{category}: {', '.join(members)}" if category else ", ".join(members))
    lines.append(titles["certificates"])
    for name, issuer, year in who.certificates:
        lines.append(mark + ", ".join(str(part) for part in (name, issuer, year) if part))
    lines.append(titles["courses"])
    lines.extend(f"{mark}{name}, {provider}, {year}" for name, provider, year in who.courses)
    lines.append(titles["languages"])
    joint = {"dot": " – ", "dash": ": "}.get(glyph)
    if joint:
        lines.extend(f"{mark}{name}{joint}{level}" for name, level in who.languages)
    else:
        lines.append(", ".join(f"{name} ({level})" for name, level in who.languages))
    return "\n".join(lines) + "\n"


def variants() -> Iterator[tuple[str, Somebody, str, str, str]]:
    """Every person in every layout, each with some date spelling, glyph, heading wording and width: id, person, text,
    layout, date spelling."""
    styles, glyphs = list(DATE_STYLES), list(GLYPHS)
    for number, (who, layout) in enumerate(product(PEOPLE, ROLE_LAYOUTS)):
        style = styles[number % len(styles)]
        if layout == "date-left" and style == "year":
            style = "iso"
        glyph = glyphs[(number * 3 + number // 7) % len(glyphs)]
        titles = HEADINGS[who.lang][number % len(HEADINGS[who.lang])]
        width = (0, 0, 84)[number % 3]
        contact = ("line", "labels")[number % 2]
        text = render(who, layout, style, glyph, titles, width=width, contact=contact)
        yield f"{who.name.split()[0]}-{layout}-{style}-{glyph}-{width}", who, text, layout, style
