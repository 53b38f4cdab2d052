"""People whom no builder of the corpus knows, in several languages."""

from __future__ import annotations

from dataclasses import dataclass, field


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
