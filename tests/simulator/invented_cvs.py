"""CV texts written for these tests: invented people in many layouts, wordings and languages, with what is in them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

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


@dataclass(frozen=True)
class Job:
    title: str
    company: str
    place: str
    start: tuple[int, int]
    end: tuple[int, int] | None
    bullets: tuple[str, ...]
    tools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Study:
    degree: str
    subject: str
    school: str
    place: str
    start: int | None
    end: int
    note: str = ""


@dataclass(frozen=True)
class Somebody:
    lang: str
    name: str
    email: str
    phone: str
    place: str
    summary: str
    jobs: tuple[Job, ...]
    studies: tuple[Study, ...]
    skills: tuple[tuple[str, tuple[str, ...]], ...]
    certificates: tuple[tuple[str, str, int | None], ...]
    languages: tuple[tuple[str, str], ...]
    courses: tuple[tuple[str, str, int], ...]
    projects: tuple[tuple[str, int, str, tuple[str, ...]], ...] = ()
    headings: dict[str, str] = field(default_factory=dict)


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

PEOPLE = (
    Somebody(
        "en",
        "Orla Fenwick-Dace",
        "orla.fenwick@example.com",
        "+44 20 7946 0101",
        "Leeds, UK",
        "Warehouse planner who likes short queues and long walks. Nine years of depots, two of them opened "
        "from scratch.",
        (
            Job(
                "Depot Manager",
                "Quillmark Haulage Ltd",
                "Leeds",
                (2021, 3),
                None,
                (
                    "Opened a second gate so that lorries no longer block the ring road",
                    "Rewrote the loading rota with drivers, which ended weekend overtime in 2 of 3 sheds",
                    "Mentored four graduates",
                ),
                ("Excel", "WMS"),
            ),
            Job(
                "Transport Planner",
                "Brindle & Oake, Chilled Division",
                "Hull",
                (2017, 9),
                (2021, 2),
                (
                    "Planned 60 routes a day for fish and flowers",
                    "Answered complaints within one working day, every day of the year",
                ),
                (),
            ),
            Job(
                "Yard Assistant",
                "Petrichor Parcels",
                "York",
                (2015, 1),
                (2017, 8),
                ("Parked trailers", "Counted pallets twice each night"),
                ("Forklift",),
            ),
        ),
        (Study("BSc", "Geography", "University of Hexwold", "Durham", 2011, 2014, "Upper second class"),),
        (("Planning", ("Route design", "Rota planning")), ("Systems", ("Excel", "SQL", "WMS"))),
        (("Forklift Instructor", "Lift Safe Council", 2019), ("First Responder", "", 2018)),
        (("English", "native"), ("Dutch", "B1")),
        (("Difficult Conversations", "Hexwold Learning", 2020),),
        (("Gatekeeper", 2022, "Counts lorries with a camera made of spare parts", ("Python", "OpenCV")),),
    ),
    Somebody(
        "en",
        "Tobias Achterberg",
        "t.achterberg@example.org",
        "(202) 555-0144",
        "Denver, CO",
        "Software engineer for slow databases.",
        (
            Job(
                "Staff Engineer",
                "Larkmoor Software Inc.",
                "Denver, CO",
                (2020, 6),
                None,
                (
                    "Moved the billing ledger from one cluster to three without a lost row",
                    "Review designs of 5 teams",
                    "Wrote the on-call guide",
                ),
                ("Go", "PostgreSQL", "Kafka"),
            ),
            Job(
                "Backend Developer",
                "Nine Elms Labs",
                "Austin, TX",
                (2016, 2),
                (2020, 5),
                ("Halved query time of the search page by partial indexes", "Ran the Friday reading group"),
                ("Java",),
            ),
        ),
        (
            Study("MSc", "Computer Science", "Calder Institute of Technology", "Boulder, CO", 2013, 2015),
            Study("BA", "Philosophy", "Saint Aldhelm College", "Boston, MA", 2009, 2013),
        ),
        (("", ("Go", "Java", "C++", "PostgreSQL", "CI/CD", "Terraform")),),
        (("Kubernetes Administrator", "Linux Guild", 2022),),
        (("English", "C2"), ("German", "native"), ("Spanish", "basic")),
        (("Incident Command", "Larkmoor Academy", 2021), ("Public Speaking", "Toast & Talk", 2019)),
        (
            ("Slowlog", 2021, "Finds the query that woke you up", ("Go",)),
            ("Kite", 2019, "A scheduler for balloons and other late things", ("Rust", "SQLite")),
        ),
    ),
    Somebody(
        "de",
        "Friederike Sandkuhl",
        "f.sandkuhl@example.org",
        "+49 40 66969 001",
        "Bremen",
        "Bauleiterin mit Freude an Brücken und an ruhigen Baustellen.",
        (
            Job(
                "Bauleiterin",
                "Nordholz Bau GmbH",
                "Bremen",
                (2019, 4),
                None,
                (
                    "Neubau von drei Schleusen überwacht, eine davon bei laufendem Betrieb",
                    "Nachträge über 1,2 Mio. Euro verhandelt",
                ),
                (),
            ),
            Job(
                "Projektingenieurin",
                "Ingenieurbüro Halm & Partner",
                "Oldenburg",
                (2014, 10),
                (2019, 3),
                ("Statik für Holzbrücken gerechnet", "Vermessungen ausgewertet und Pläne gezeichnet"),
                (),
            ),
        ),
        (Study("Diplom", "Bauingenieurwesen", "Technische Universität Braunschweig", "Braunschweig", 2008, 2014),),
        (("", ("AutoCAD", "VOB", "Terminplanung")),),
        (("Sicherheitskoordinatorin", "Baugilde Nord", 2017),),
        (("Deutsch", "Muttersprache"), ("Englisch", "C1")),
        (("Baurecht kompakt", "Seminarhaus Weser", 2021),),
    ),
    Somebody(
        "fr",
        "Maëlle Kerbrat",
        "maelle.kerbrat@example.com",
        "+33 1 99 00 12 34",
        "Nantes",
        "Infirmière de nuit depuis huit ans.",
        (
            Job(
                "Infirmière coordinatrice",
                "Clinique des Ormes",
                "Nantes",
                (2018, 1),
                None,
                ("Encadrement de douze soignants", "Mise en place d'un carnet de transmission partagé"),
                (),
            ),
            Job(
                "Infirmière",
                "Hôpital Saint-Gwen",
                "Brest",
                (2014, 9),
                (2017, 12),
                ("Prise en charge de patients opérés du cœur",),
                (),
            ),
        ),
        (Study("Diplôme d'État", "Soins infirmiers", "Institut de Formation de Quimper", "Quimper", 2011, 2014),),
        (("", ("Pansements complexes", "Triage", "Accueil")),),
        (("Gestes d'urgence niveau 2", "Croix Marine", 2020),),
        (("Français", "langue maternelle"), ("Anglais", "B2")),
        (("Gestion du stress", "Atelier du Port", 2021),),
    ),
    Somebody(
        "es",
        "Iker Zubeldia",
        "iker.zubeldia@example.net",
        "+34 900 000 123",
        "Bilbao",
        "Cocinero de mercado.",
        (
            Job(
                "Jefe de cocina",
                "Restaurante Marea Alta",
                "Bilbao",
                (2019, 5),
                None,
                ("Diseño de la carta de temporada", "Compra directa a catorce pescadores"),
                (),
            ),
            Job(
                "Ayudante de cocina",
                "Hotel Los Tilos",
                "Vitoria",
                (2015, 6),
                (2019, 4),
                ("Preparación de salsas y caldos",),
                (),
            ),
        ),
        (Study("Técnico Superior", "Dirección de Cocina", "Escuela de Hostelería de Álava", "Vitoria", 2013, 2015),),
        (("", ("Fermentación", "Control de costes")),),
        (("Manipulador de alimentos", "Cámara de Bizkaia", 2018),),
        (("Español", "nativo"), ("Euskera", "C1"), ("Inglés", "B1")),
        (("Panadería artesana", "Obrador Norte", 2017),),
    ),
    Somebody(
        "it",
        "Lavinia Torregrossa",
        "lavinia.t@example.org",
        "+39 06 5550 0123",
        "Torino",
        "Contabile paziente e precisa.",
        (
            Job(
                "Responsabile amministrativa",
                "Cartiera Valsusa S.p.A.",
                "Torino",
                (2018, 2),
                None,
                ("Chiusura mensile in quattro giorni invece di nove", "Rapporti con due banche"),
                (),
            ),
            Job(
                "Impiegata contabile",
                "Studio Bellandi",
                "Asti",
                (2013, 3),
                (2018, 1),
                ("Registrazione di fatture e incassi",),
                (),
            ),
        ),
        (Study("Laurea", "Economia aziendale", "Università di Monteverde", "Torino", 2009, 2012),),
        (("", ("Bilancio", "IVA", "Excel")),),
        (("Revisore interno", "Albo Alpino", 2021),),
        (("Italiano", "madrelingua"), ("Francese", "B2")),
        (("Fatturazione elettronica", "Scuola Camera", 2019),),
    ),
    Somebody(
        "pl",
        "Bogumiła Sarnecka",
        "b.sarnecka@example.com",
        "+48 22 555 01 23",
        "Gdańsk",
        "Analityczka danych z zamiłowaniem do map.",
        (
            Job(
                "Starsza analityczka danych",
                "Bałtyckie Mapy Sp. z o.o.",
                "Gdańsk",
                (2020, 2),
                None,
                ("Budowa prognozy ruchu promów", "Szkolenie sześciu osób z języka SQL"),
                (),
            ),
            Job(
                "Specjalistka ds. raportów",
                "Urząd Miasta Wrzeszczowo",
                "Sopot",
                (2016, 7),
                (2020, 1),
                ("Miesięczne raporty dla rady miasta",),
                (),
            ),
        ),
        (Study("Magister", "Geoinformatyka", "Uniwersytet Nadmorski", "Gdańsk", 2011, 2016),),
        (("", ("SQL", "QGIS", "Python")),),
        (("Analityk GIS", "Izba Geodetów", 2019),),
        (("Polski", "ojczysty"), ("Angielski", "C1")),
        (("Statystyka w praktyce", "Akademia Danych", 2018),),
    ),
    Somebody(
        "pt",
        "Duarte Sequeira",
        "duarte.sequeira@example.org",
        "+351 21 555 0123",
        "Porto",
        "Técnico de som em palcos pequenos e grandes.",
        (
            Job(
                "Técnico de som",
                "Teatro da Ribeira",
                "Porto",
                (2018, 9),
                None,
                ("Operação de 140 espetáculos por ano", "Manutenção de mesas e microfones"),
                (),
            ),
            Job(
                "Assistente técnico", "Festival Maré Viva", "Aveiro", (2014, 5), (2018, 8), ("Montagem de palcos",), ()
            ),
        ),
        (Study("Licenciatura", "Tecnologia da Música", "Instituto Politécnico do Douro", "Porto", 2011, 2014),),
        (("", ("Mistura", "Ableton", "Acústica")),),
        (("Trabalho em altura", "Centro Seguro", 2020),),
        (("Português", "nativo"), ("Inglês", "B2")),
        (("Áudio em rede", "Escola do Som", 2019),),
    ),
)

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
