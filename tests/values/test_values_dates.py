import pytest

from harness.values.dates import PRESENT, CvDate, compare_dates, dates_in, parse_date

JUNE = CvDate(2016, 6)


@pytest.mark.parametrize(
    "text",
    [
        "June 2016",
        "Jun 2016",
        "Jun. 2016",
        "JUNE 2016",
        "2016-06",
        "2016/06",
        "06/2016",
        "6/2016",
        "06.2016",
        "2016-06-01",
        "2016-06-01T00:00:00Z",
        "10 June 2016",
        "June 10, 2016",
        "10th June 2016",
        "01/06/2016",
        "06/15/2016",
        "01.06.2016",
        "Jun '16",
        "Jun-16",
        "06/16",
        "June of 2016",
        "since June 2016",
        "Juni 2016",
        "10. Juni 2016",
        "juin 2016",
        "1er juin 2016",
        "junio de 2016",
        "16 de junio de 2016",
        "junho de 2016",
        "giugno 2016",
        "czerwiec 2016",
        "10 czerwca 2016 r.",
        "2016年6月",
        "2016年6月1日",
        "２０１６年６月",
        "平成28年6月",
        "2016년 6월",
        "يونيو 2016",
        "יוני 2016",
        "٠٦/٢٠١٦",
    ],
)
def test_spellings_of_june_2016(text):
    assert parse_date(text) == JUNE


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2016", CvDate(2016)),
        ("Summer 2019", CvDate(2019)),
        ("Q3 2019", CvDate(2019)),
        ("令和元年5月", CvDate(2019, 5)),
        ("Mär 2020", CvDate(2020, 3)),
        ("marzec 2020", CvDate(2020, 3)),
        ("août 2020", CvDate(2020, 8)),
        ("Expected May 2027", CvDate(2027, 5)),
        ("Sep '98", CvDate(1998, 9)),
    ],
)
def test_other_dates(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "Present",
        "current",
        "heute",
        "aujourd'hui",
        "actualidad",
        "atual",
        "oggi",
        "obecnie",
        "現在",
        "至今",
        "היום",
        "حتى الآن",
    ],
)
def test_running(text):
    assert parse_date(text) == PRESENT


@pytest.mark.parametrize(
    "text", ["", "2019 - 2021", "Jan 2019 to Mar 2020", "13/2019", "May", "soon", "Acme 2019", "20195", "0/2019"]
)
def test_what_is_no_single_date(text):
    """Nothing is filled in from today."""
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("golden", "answer", "match"),
    [
        (CvDate(2019, 1), CvDate(2019, 1), "equal"),
        (CvDate(2019, 1), CvDate(2019), "coarser"),
        (CvDate(2019), CvDate(2019, 1), "finer"),
        (CvDate(2019), CvDate(2018), "different"),
        (CvDate(2019, 1), CvDate(2019, 2), "different"),
        (PRESENT, CvDate(2024), "different"),
        (PRESENT, PRESENT, "equal"),
    ],
)
def test_comparing(golden, answer, match):
    assert compare_dates(golden, answer) == match


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("jan - mar 2019", {(2019, None), (2019, 1), (2019, 3)}),
        ("03/2018 - 05/2019", {(2018, None), (2018, 3), (2019, None), (2019, 5)}),
        ("2018/19", {(2018, None), (2019, None)}),
        ("15.03.2018", {(2018, None), (2018, 3)}),
        ("2016年6月～2018年3月", {(2016, None), (2016, 6), (2018, None), (2018, 3)}),
        ("1 de março de 2019", {(2019, None), (2019, 3)}),
        ("jun '16 - jul '18", {(2016, 6), (2018, 7)}),
        ("saved 12,2019 and 20190 euros, 2019%", set()),
    ],
)
def test_dates_in_a_text(text, dates):
    assert {(found.date.year, found.date.month) for found in dates_in(text)} == dates
