"""The CV parser, held to CVs of invented people that were written for it: no corpus, no goldens."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_cvs import HIDES_PLACE, Somebody, variants

from harness.simulator.parse.cv import parse_cv
from harness.simulator.parse.dates import find_period

VARIANTS = list(variants())
TEXTS = Path(__file__).with_name("texts")


@pytest.mark.parametrize(
    ("who", "text", "layout", "style"), [row[1:] for row in VARIANTS], ids=[row[0] for row in VARIANTS]
)
def test_parses_every_layout(who: Somebody, text: str, layout: str, style: str) -> None:
    cv = parse_cv(text)
    assert (cv.person.name, cv.person.email, cv.person.phone) == (who.name, who.email, who.phone)
    assert (cv.person.location, cv.person.summary) == (who.place, who.summary)
    assert [(role.titles, role.company, role.skills) for role in cv.roles] == [
        ((job.title,), job.company, job.tools) for job in who.jobs
    ]
    if layout not in HIDES_PLACE:
        assert [role.location for role in cv.roles] == [job.place for job in who.jobs]
    assert [role.bullets for role in cv.roles] == [job.bullets for job in who.jobs]
    for role, job in zip(cv.roles, who.jobs, strict=True):
        month = None if style == "year" else job.start[1]
        assert role.start is not None
        assert (role.start.year, role.start.month) == (job.start[0], month)
        assert role.end is not None
        assert role.end.present is (job.end is None)
    assert [(study.degree, study.subject, study.institution) for study in cv.studies] == [
        (study.degree, study.subject, study.school) for study in who.studies
    ]
    assert [study.notes for study in cv.studies] == [((study.note,) if study.note else ()) for study in who.studies]
    assert [name for _, names in cv.skills for name in names] == [name for _, names in who.skills for name in names]
    assert [(item.name, item.issuer, item.year and item.year.year) for item in cv.certificates] == [
        (name, issuer, year) for name, issuer, year in who.certificates
    ]
    assert [(item.name, item.provider, item.date and item.date.year) for item in cv.courses] == list(who.courses)
    assert [(item.name, item.level) for item in cv.languages] == list(who.languages)
    assert [(item.name, item.technologies) for item in cv.projects] == [(row[0], row[3]) for row in who.projects]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Mar 2018 - Present", (2018, 3), "present"),
        ("since March 2019", (2019, 3), "present"),
        ("seit 03/2019", (2019, 3), "present"),
        ("Mar–Aug 2019", (2019, 3), (2019, 8)),
        ("2015/16", (2015, None), (2016, None)),
        ("2021年3月 - 現在", (2021, 3), "present"),
        ("01.02.2019 – 30.04.2020", (2019, 2), (2020, 4)),
        ("mars 2019 à aujourd'hui", (2019, 3), "present"),
        ("enero de 2018 - actualidad", (2018, 1), "present"),
        ("2019 –", (2019, None), "present"),
        ("Mar '19 - Apr '20", (2019, 3), (2020, 4)),
        ("styczeń 2019 – obecnie", (2019, 1), "present"),
        ("From May 2015 to April 2020", (2015, 5), (2020, 4)),
        ("until June 2010", None, (2010, 6)),
    ],
)
def test_reads_periods(text: str, start: tuple[int, int | None] | None, end: object) -> None:
    period = find_period(text)
    assert period is not None
    assert (None if period.start is None else (period.start.year, period.start.month)) == start
    assert period.end is not None
    assert ("present" if period.end.present else (period.end.year, period.end.month)) == end


@pytest.mark.parametrize("text", ["+44 20 7946 0063", "budget of 2400 people", "", "3 of 12", "£1999.50"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert find_period(text) is None


def _cv(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8")


def test_titles_under_one_employer_are_roles_of_it() -> None:
    roles = parse_cv(_cv("nested")).roles
    assert [role.titles[0] for role in roles] == [
        "Claims Director",
        "Senior Claims Manager",
        "Claims Handler",
        "Account Executive",
    ]
    assert {role.company for role in roles[:3]} == {"Cairnfold Insurance plc"}


def test_promotion_without_dates_is_one_role_with_several_titles() -> None:
    roles = parse_cv(_cv("promotion")).roles
    assert roles[1].titles == ("Operations Manager", "Deputy General Manager")
    assert roles[1].company == "Cobble Lane Hotels"


def test_narrow_columns_are_made_whole() -> None:
    cv = parse_cv(_cv("sidebar"))
    assert cv.person.name == "Linus Quayle"
    assert cv.roles[0].company == "Quayle & Daughter"
    assert cv.roles[0].end is not None
    assert cv.roles[0].end.present
    assert cv.roles[0].bullets[0].endswith("within two years")
    assert [(item.name, item.issuer) for item in cv.certificates] == [("Chartered Horologist", "Guild of Clocks")]


def test_letter_spaced_headings_and_numbered_statements() -> None:
    cv = parse_cv(_cv("spaced"))
    assert cv.roles[1].company == "POLDER SYSTEMS BV"
    assert cv.roles[0].bullets == ("Own forty pipelines", "Cut cloud spend by a third")
    assert [item.expiry and item.expiry.year for item in cv.certificates] == [2024, None]


def test_academic_cv_keeps_appointments_apart_from_studies() -> None:
    cv = parse_cv(_cv("academic"))
    assert [role.titles[0] for role in cv.roles] == [
        "Professor of Catchment Hydrology",
        "Reader in Hydrology",
        "Postdoctoral Fellow",
    ]
    assert [study.degree for study in cv.studies] == ["PhD", "MSc"]


@pytest.mark.parametrize(
    ("name", "companies"),
    [
        ("japanese", ["株式会社みなと物流", "さくら情報サービス株式会社"]),
        ("chinese", ["云杉贸易有限公司", "北湖会计师事务所"]),
        ("arabic", ["شركة الجسر الأخضر", "بلدية الواحة"]),
    ],
)
def test_other_scripts(name: str, companies: list[str]) -> None:
    cv = parse_cv(_cv(name))
    assert [role.company for role in cv.roles] == companies
    assert len(cv.studies) == 1
    assert cv.roles[0].end is not None
    assert cv.roles[0].end.present


def test_cv_without_jobs_has_no_roles() -> None:
    cv = parse_cv(_cv("nojob"))
    assert cv.roles == ()
    assert len(cv.studies) == 2
    assert cv.projects[0].technologies == ("Arduino", "Excel")


@pytest.mark.parametrize(
    "text", ["", "\n\n\n", "•", "a\tb\tc" * 500, "((((", "\x00\ufffd", "2019 – 2020\n" * 50, "Experience\n" * 40]
)
def test_never_raises(text: str) -> None:
    parse_cv(text)
