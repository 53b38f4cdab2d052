"""From content and style to a page of lines: which words a CV prints, in which order.

Traits (column of the matrix) change what is printed: `grouped` puts roles of one employer under one head, `prose`
prints bullets as a paragraph, `oldest-first` turns the order of roles around, `earlier` prints the roles without
bullets in a section of their own, `titles-stacked` gives each of several titles a line, `no-headline` and `footer`
speak for themselves.
"""

from __future__ import annotations

from itertools import groupby

from harness.corpus.builder.content import Certificate, Content, Course, Date, End, Project, Role, Study
from harness.corpus.builder.page import Block, Entry, Items, Line, Page, Para, Section, Span
from harness.corpus.builder.style import Style
from harness.corpus.builder.wording import TITLES, date_words, spell, spell_period

_LABELS = {
    "en": ("Email", "Phone", "Address", "LinkedIn", "Web", "Tech", "valid until"),
    "de": ("E-Mail", "Telefon", "Wohnort", "LinkedIn", "Web", "Technik", "gültig bis"),
    "fr": ("Courriel", "Tél.", "Ville", "LinkedIn", "Site", "Outils", "valable jusqu'en"),
    "es": ("Correo", "Tel.", "Ciudad", "LinkedIn", "Web", "Herramientas", "válido hasta"),
    "it": ("E-mail", "Tel.", "Città", "LinkedIn", "Sito", "Strumenti", "valido fino al"),
    "pl": ("E-mail", "Tel.", "Miasto", "LinkedIn", "WWW", "Narzędzia", "ważny do"),
    "pt": ("E-mail", "Tel.", "Morada", "LinkedIn", "Web", "Ferramentas", "válido até"),
    "ja": ("メール", "電話", "住所", "LinkedIn", "ウェブ", "技術", "有効期限"),
    "zh": ("邮箱", "电话", "所在地", "LinkedIn", "网站", "技术", "有效期至"),
    "he": ("דוא״ל", "טלפון", "כתובת", "LinkedIn", "אתר", "כלים", "בתוקף עד"),
}
_EARLIER = "Earlier career"


def build_page(content: Content, style: Style) -> Page:
    """What `content` looks like in `style`, as lines."""
    titles = TITLES[style.titles]
    person = content.person
    sections: list[Section] = []

    def add(key: str, blocks: tuple[Block, ...]) -> None:
        if blocks:
            sections.append(Section(key, titles[key], blocks))

    add("summary", (Para((Span(content.summary),)),) if content.summary else ())
    experience = _experience(content.roles, style)
    studies = tuple(_study(study, style) for study in content.studies)
    if "education-first" in style.traits:
        add("education", studies)
        add("experience", experience)
    else:
        add("experience", experience)
        sections.extend(_earlier(content.roles, style))
        add("education", studies)
    add("skills", _skills(content, style))
    add("projects", tuple(_project(project, style) for project in content.projects))
    add("certifications", _certificates(content.certificates, style))
    add("training", _courses(content.courses, style))
    add("languages", _tongues(content, style))
    sections.extend(_extras(content))
    return Page(
        name=person.name,
        headline="" if "no-headline" in style.traits else person.headline,
        contact=contact_lines(content, style),
        contact_in_header=style.contact == "header",
        contact_title=titles["contact"],
        sections=tuple(sections),
        footer=f"{person.name} – CV" if "footer" in style.traits else "",
    )


def besides(content: Content, style: Style) -> tuple[str, ...]:
    """What the page prints that no contract field holds: headings, labels, the headline, extra sections."""
    page = build_page(content, style)
    labels = " ".join((*_LABELS[style.language], "Technologies", "Portfolio"))
    groups = " ".join(group.label for group in content.skills)
    extra = [line for one in content.extras for line in one.lines]
    notes = [role.note for role in content.roles if role.note]
    dates = date_words(style.language)
    printed = [page.headline, labels, groups, dates, *(section.title for section in page.sections), page.contact_title]
    return tuple(text for text in (*printed, *extra, *notes, content.skills_prose, page.footer) if text)


def contact_lines(content: Content, style: Style) -> tuple[Line, ...]:
    person = content.person
    labels = _LABELS[style.language]
    pieces: list[tuple[str, Span]] = []
    for label, text, href in (
        (labels[0], person.email, f"mailto:{person.email}"),
        (labels[1], person.phone, ""),
        (labels[2], person.location, ""),
        (labels[3], person.linkedin, person.linkedin),
        (labels[4], person.portfolio, person.portfolio),
    ):
        if not text:
            continue
        if href.startswith("https://"):
            shown = {labels[3]: "LinkedIn", labels[4]: "Portfolio"}[label] if style.contact == "links" else bare(text)
            pieces.append((label, Span(shown, href=href)))
        else:
            pieces.append((label, Span(text, href=href if style.contact == "links" else "")))
    if style.contact == "stacked":
        return tuple((Span(f"{label}: "), span) for label, span in pieces)
    if style.layout.startswith("sidebar") and style.contact != "header":
        return tuple((span,) for _, span in pieces)
    joint = Span("  |  " if style.contact == "line" else "  ·  ")
    rows = [pieces[:3], pieces[3:]] if len(pieces) > 4 and style.contact != "links" else [pieces]
    return tuple(_join([span for _, span in row], joint) for row in rows if row)


def bare(address: str) -> str:
    """A web address as CVs print it: without scheme and `www.`."""
    return address.removeprefix("https://").removeprefix("www.")


def _join(spans: list[Span], joint: Span) -> Line:
    line: list[Span] = []
    for span in spans:
        if line:
            line.append(joint)
        line.append(span)
    return tuple(line)


def _period(start: Date | None, end: End, style: Style) -> str:
    return spell_period(start, end, style.dates, style.language)


def _experience(roles: tuple[Role, ...], style: Style) -> tuple[Block, ...]:
    shown = [role for role in roles if not ("earlier" in style.traits and not role.bullets)]
    if "oldest-first" in style.traits:
        shown.reverse()
    if "grouped" not in style.traits:
        return tuple(_role(role, style) for role in shown)
    blocks: list[Block] = []
    for _, group in groupby(shown, key=lambda role: role.company):
        same = list(group)
        if len(same) == 1:
            blocks.append(_role(same[0], style))
            continue
        head: list[Span] = [Span(same[0].company, bold=True)]
        if same[0].location:
            head.append(Span(f" | {same[0].location}"))
        blocks.append(Entry(head=(tuple(head),)))
        blocks.extend(_role(role, style, alone=False) for role in same)
    return tuple(blocks)


def _role(role: Role, style: Style, *, alone: bool = True) -> Entry:
    when = _period(role.start, role.end, style)
    head, when_in_head = _role_head(role, style, when) if alone else (_titles(role, style, bold=False), False)
    prose = "prose" in style.traits
    tail: list[Line] = []
    if role.note:
        tail.append((Span(role.note, italic=True),))
    if role.tech:
        label = "Technologies" if style.titles in ("formal", "public") else _LABELS[style.language][5]
        tail.append((Span(f"{label}: ", italic=True), Span(", ".join(role.tech))))
    return Entry(
        head=head,
        when="" if when_in_head else when,
        when_first=style.heads == "dates-first" and alone,
        bullets=() if prose else role.bullets,
        prose=" ".join(role.bullets) if prose else "",
        tail=tuple(tail),
    )


def _titles(role: Role, style: Style, *, bold: bool) -> tuple[Line, ...]:
    if "titles-stacked" in style.traits:
        return tuple((Span(title, bold=bold, italic=not bold),) for title in role.titles)
    return ((Span(" / ".join(role.titles), bold=bold, italic=not bold),),)


def _role_head(role: Role, style: Style, when: str) -> tuple[tuple[Line, ...], bool]:
    """(lines, whether they hold the period already)."""
    company, place = Span(role.company), role.location
    match style.heads:
        case "title-first":
            second = (company, Span(f" | {place}")) if place else (company,)
            return (*_titles(role, style, bold=True), second), False
        case "company-first":
            first = (Span(role.company, bold=True), Span(f" ({place})")) if place else (Span(role.company, bold=True),)
            return (first, *_titles(role, style, bold=False)), False
        case "one-line":
            spans = [Span(" / ".join(role.titles), bold=True), company]
            spans += [Span(place)] if place else []
            spans += [Span(when)] if when and style.layout != "table-grid" else []
            return (_join(spans, Span(" | ")),), style.layout != "table-grid"
        case "dates-first":
            second = (company, Span(f" · {place}")) if place else (company,)
            return (*_titles(role, style, bold=True), second), False
    raise ValueError(f"unknown head style {style.heads!r}")


def _earlier(roles: tuple[Role, ...], style: Style) -> list[Section]:
    if "earlier" not in style.traits:
        return []
    texts = tuple(
        f"{_period(role.start, role.end, style)}: {' / '.join(role.titles)}, {role.company}"
        for role in roles
        if not role.bullets
    )
    return [Section("earlier", _EARLIER, (Items(texts),))] if texts else []


def _study(study: Study, style: Style) -> Entry:
    when = _period(study.start, study.end, style)
    joint = " in " if style.language == "en" and style.heads in ("company-first", "dates-first") else " "
    if style.language not in ("en", "de"):
        joint = ", "
    degree = joint.join(part for part in (study.degree, study.field) if part)
    place = f" | {study.location}" if study.location else ""
    if style.heads == "company-first":
        head: tuple[Line, ...] = ((Span(study.institution, bold=True), Span(place)), (Span(degree, italic=True),))
    elif style.heads == "one-line" and style.layout != "table-grid":
        tail = f" | {when}" if when else ""
        return Entry(
            head=((Span(degree, bold=True), Span(f" | {study.institution}{place}{tail}")),), bullets=study.notes
        )
    else:
        head = ((Span(degree, bold=True),), (Span(study.institution + place),))
    head = tuple(tuple(span for span in line if span.text) for line in head if any(span.text for span in line))
    return Entry(head=head, when=when, when_first=style.heads == "dates-first", bullets=study.notes)


def _skills(content: Content, style: Style) -> tuple[Block, ...]:
    if content.skills_prose:
        return (Para((Span(content.skills_prose),)),)
    if not content.skills:
        return ()
    every = tuple(item for group in content.skills for item in group.items)
    comma = "、" if style.language in ("ja", "zh") else ", "
    match style.skills:
        case "groups":
            return tuple(
                Para(
                    (
                        *((Span(f"{group.label}: ", bold=True),) if group.label else ()),
                        Span(comma.join(group.items)),
                    )
                )
                for group in content.skills
            )
        case "list":
            return (Items(every),)
        case "pipes":
            return (Para((Span(" | ".join(every)),)),)
        case "commas":
            return (Para((Span(comma.join(every)),)),)
    raise ValueError(f"unknown skill style {style.skills!r}")


def _project(project: Project, style: Style) -> Entry:
    end = project.date
    when = spell(end, style.dates, style.language) if isinstance(end, Date) else _period(None, end, style)
    label = "Technologies" if style.titles in ("formal", "public") else _LABELS[style.language][5]
    tail: tuple[Line, ...] = ((Span(f"{label}: ", italic=True), Span(", ".join(project.tech))),) if project.tech else ()
    return Entry(
        head=((Span(project.name, bold=True),),),
        when=when,
        when_first=style.heads == "dates-first",
        bullets=project.bullets,
        tail=tail,
    )


def _certificates(certificates: tuple[Certificate, ...], style: Style) -> tuple[Block, ...]:
    until = _LABELS[style.language][6]
    texts = []
    for certificate in certificates:
        text = _named(certificate.name, certificate.issuer, certificate.year, style)
        if certificate.expiry:
            text += f", {until} {spell(certificate.expiry, style.dates, style.language)}"
        texts.append(text)
    return (Items(tuple(texts)),) if texts else ()


def _courses(courses: tuple[Course, ...], style: Style) -> tuple[Block, ...]:
    if not any(course.details for course in courses):
        texts = tuple(_named(course.name, course.provider, course.date, style) for course in courses)
        return (Items(texts),) if texts else ()
    return tuple(
        Entry(
            head=((Span(course.name, bold=True), Span(f" | {course.provider}" if course.provider else "")),),
            when=spell(course.date, style.dates, style.language) if course.date else "",
            bullets=course.details,
        )
        for course in courses
    )


def _named(name: str, giver: str, date: Date | None, style: Style) -> str:
    when = spell(date, style.dates, style.language) if date else ""
    match style.heads:
        case "title-first":
            return name + (f" – {giver}" if giver else "") + (f" ({when})" if when else "")
        case "one-line":
            return " | ".join(part for part in (name, giver, when) if part)
        case "dates-first":
            return (f"{when}: " if when else "") + name + (f" ({giver})" if giver else "")
    return ", ".join(part for part in (name, giver, when) if part)


def _tongues(content: Content, style: Style) -> tuple[Block, ...]:
    if not content.tongues:
        return ()
    if style.skills == "commas":
        texts = [f"{one.language} ({one.level})" if one.level else one.language for one in content.tongues]
        return (Para((Span(", ".join(texts)),)),)
    joint = " – " if style.skills == "list" else ": "
    return (
        Items(tuple(f"{one.language}{joint}{one.level}" if one.level else one.language for one in content.tongues)),
    )


def _extras(content: Content) -> list[Section]:
    sections = []
    for extra in content.extras:
        body: Block = Items(extra.lines) if len(extra.lines) > 1 else Para((Span(extra.lines[0]),))
        sections.append(Section("interests" if len(extra.lines) == 1 else "extra", extra.title, (body,)))
    return sections
