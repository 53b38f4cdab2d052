"""Cleaning, encodings, links, the gate and file kinds: the rules of a text on its way to a model."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.clean import clean
from harness.corpus.readers.gate import is_right_to_left, quality
from harness.corpus.readers.kinds import kind_of
from harness.corpus.readers.links import printable_target, with_links
from harness.corpus.readers.pdf_order import Lines
from harness.corpus.readers.plain import decode

SENTENCE = "Cut picking errors by a third with a second check at the gate. "


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("e\ufb03cient", "efficient"),
        ("a\u00a0b", "a b"),
        ("deliv-\nering goods", "delivering\ngoods"),
        ("soft\u00adware", "software"),
        ("soft\u00ad\nware engineer", "software\nengineer"),
        ("deliv\x02ering", "delivering"),
        ("deliv\ufffeering", "delivering"),
        ("full-\ntime role", "full-time\nrole"),
        ("Hewlett-\nPackard", "Hewlett-Packard"),
        ("2019 -\nPresent", "2019 -\nPresent"),
        ("robin@post-\noffice.example.com", "robin@post-office.example.com"),
        ("state-of-the-\nart plant", "state-of-the-art\nplant"),
        ("anna-\nlena.quill@example.com", "anna-lena.quill@example.com"),
        ("mail anna-\nmaria-\nlena@example.com", "mail anna-maria-lena@example.com"),
        ("see example.com/in/anna-\nlena-quill", "see example.com/in/anna-lena-quill"),
        ("this is a tax-\nexempt customer-\ncentric firm", "this is a tax-exempt\ncustomer-centric\nfirm"),
        ("the manage-\nment and engi-\nneering of it", "the management\nand engineering\nof it"),
        ("the Warehouse-man-\nagement", "the Warehouse-management"),
        ("the plan was under-\nstanding and over-\nseeing", "the plan was understanding\nand overseeing"),
        ("an ISO-\ncertified and AWS-\nhosted shop", "an ISO-certified\nand AWS-hosted\nshop"),
        ("MANAGE-\nMENT of the team", "MANAGEMENT\nof the team"),
        ("die Leitung der Projekt-\nmitarbeiter", "die Leitung der Projektmitarbeiter"),
        ("die Software-Entwick-\nlung in der Firma", "die Software-Entwicklung\nin der Firma"),
        ("le chef du centre-\nville et de la gestion", "le chef du centre-ville\net de la gestion"),
        ("le chef du développe-\nment de la gestion", "le chef du développement\nde la gestion"),
        ("10\u2076 rows, 2\u00b3, x\u00b2, 40 m\u00b2, 5\u207b\u00b2", "10^6 rows, 2^3, x^2, 40 m2, 5^\u22122"),
        ("H\u2082O, 1\u00bd days, \u00be share", "H2O, 1 1/2 days, 3/4 share"),
        ("Java\u2122, \u2460 first", "Java\u2122, \u2460 first"),
        ("\u2709ada@example.com\U0001f4de+44 20", "\u2709 ada@example.com \U0001f4de +44 20"),
        ("full\u2212time, 2016 \u2212 2021", "full-time, 2016 \u2212 2021"),
        ("roadmap and road-\nmap", "roadmap and roadmap"),
        ("\uf0b7 item", "• item"),
        ("phone \uf095 123", "phone   123"),
        ("a\u200bb\ufeffc", "abc"),
        ("\u202eabc\u202c", "abc"),
        ("one\r\ntwo\rthree\x0bfour\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("a  \n\n\n\n b", "a\n\n b"),
        ("bell\x07 esc\x1b[0m", "bell esc[0m"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("first\tsecond", "first\tsecond"),
        ("P R O F I L E\nA level", "PROFILE\nA level"),
        ("R O B I N  S A M P L E", "ROBIN SAMPLE"),
        ("licences: B C D E F G", "licences: B C D E F G"),
        ("A B C", "A B C"),
        ("\u2011non\u2011stop", "-non-stop"),
    ],
)
def test_cleaning(raw: str, text: str) -> None:
    assert clean(raw).text == text


@given(st.text(max_size=200))
def test_cleaning_is_idempotent_and_leaves_nothing_dangerous(raw: str) -> None:
    once = clean(raw).text
    assert clean(once).text == once
    once.encode("utf-8")
    assert not any(char < " " and char not in "\n\t" for char in once)
    assert not any(char in "\u200b\u202e\u2066\ufeff" for char in once)


@pytest.mark.parametrize(
    "piece", ["a", "a ", "a-", "-\n", "a-\n", " \t", "\xad", "\x02", "e\u0301", "/", "(cid:", "A  "]
)
def test_long_monotonous_texts_take_no_time_to_speak_of(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    quality(clean(text).text + text)
    assert time.process_time() - start < 2


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_cleaning_keeps_plain_lines(line: str) -> None:
    assert clean(line).text == line.strip()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@given(words=st.lists(st.sampled_from(["José", "Köln", "naïve", "façade", "Robin", "2019", "Ltd"]), min_size=12))
def test_encodings_round_trip(encoding: str, words: list[str]) -> None:
    text = " ".join(words)
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Wrocław, Łódź: zarządzanie zespołem, wdrożenie systemów, współpraca z działem sprzedaży. "),
        ("cp1251", "Опыт работы: инженер-программист, Москва, управление командой разработчиков. "),
        ("shift_jis", "職務経歴書 山田太郎 株式会社サンプル 営業部 課長 東京都 "),
        ("gb18030", "个人简历 张三 软件工程师 北京 项目管理经验 "),
        ("cp1253", "Βιογραφικό σημείωμα Αθήνα μηχανικός λογισμικού. "),
    ],
)
def test_old_code_pages_are_recognised(encoding: str, text: str) -> None:
    found, name, warnings = decode((text * 5).encode(encoding))
    assert found == text * 5, name
    assert any("guessed" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Łódź, 2016–2021, kierownik działu sprzedaży"),
        ("cp1252", "“Ada” – 2016–2021 • full-time • café, à la carte, naïve €50k"),
        ("cp1254", "İstanbul, Şişli, 2016, müdür yardımcısı, çağrı merkezi"),
        ("cp1257", "Rīga, Šķūnis, 2016, pārdošanas vadītājs, ģimene"),
        ("mac_roman", "René Müller, café, 2016–2021, Zürich"),
        ("iso8859_2", "Łódź, Gdańsk, księgowość, żądło, 2016"),
    ],
)
def test_short_texts_in_old_code_pages_are_told_by_their_letters(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_text_or_a_typed_refusal(data: bytes) -> None:
    try:
        outcome = "ok" if isinstance(decode(data)[0], str) else "no text"
    except UnreadableError as error:
        outcome = error.outcome
    assert outcome in ("ok", "unsupported", "garbled")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SENTENCE * 20, None),
        ("too short", "empty"),
        ("Cutpickingerrorsbyathirdwithasecondcheckatthegate andmorewordsjoinedtogetherlikethese " * 4, "joined"),
        ("E X P E R I E N C E in w a r e h o u s e s " * 10, "letter-spaced"),
        ("W\ufffdrk \ufffdxperience in the war\ufffdhouse " * 10, "garbled"),
        ("(cid:12)(cid:31)(cid:7) " * 20, "garbled"),
        ("\ue001\ue002\ue003 abc " * 40, "garbled"),
        ("see https://www.example.com/a/very/long/address/that/has/no/space and robin.sample@example.com " * 5, None),
        ("職務経歴書山田太郎株式会社サンプル営業部課長東京都品川区大崎一丁目二番三号" * 10, None),
        ("ประสบการณ์การทำงานในโรงงานอุตสาหกรรมขนาดใหญ่มากกว่าสิบปี" * 5, None),
    ],
)
def test_the_gate(text: str, fault: str | None) -> None:
    assert quality(text).fault == fault


def test_right_to_left_is_told_by_its_letters() -> None:
    assert is_right_to_left("מהנדסת תוכנה, Python")
    assert not is_right_to_left(SENTENCE + "שלום")


@pytest.mark.parametrize(
    ("target", "printed"),
    [
        ("https://www.linkedin.com/in/robin", "https://www.linkedin.com/in/robin"),
        ("mailto:robin%40example.com?subject=x", "robin@example.com"),
        ("tel:+442079460123", "+442079460123"),
        ("www.example.com", "www.example.com"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("#section", None),
        ("https://example.com/\u202egnp.exe\n", "https://example.com/gnp.exe"),
    ],
)
def test_link_targets(target: str, printed: str | None) -> None:
    assert printable_target(target) == printed


def test_links_that_are_printed_are_not_added() -> None:
    text = "linkedin.com/in/robin and robin@\nexample.com, +44 20 7946 0123"
    targets = [
        "https://www.linkedin.com/in/robin/",
        "mailto:robin@example.com",
        "tel:+442079460123",
        "https://example.org",
        "https://example.org/",
    ]
    assert with_links(text, targets, 10) == f"{text}\n\nhttps://example.org"
    assert with_links(text, [f"https://example.org/{at}" for at in range(50)], 3).count("example.org") == 3


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\n\n%PDF-1.4", "pdf"),
        (b"{\\rtf1 x}", "rtf"),
        (b"Robin Sample", "txt"),
        (b"BMW mechanic, ten years", "txt"),
        (b"MZ is not a program here", "txt"),
        ("Müller".encode("utf-16"), "txt"),
    ],
)
def test_kinds_by_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data, Limits()) == kind


def _page(*pieces: tuple[str, float, float]) -> str:
    lines = Lines()
    for text, x, y in pieces:
        lines(f"{text}\n", (1, 0, 0, 1, 0, 0), (1, 0, 0, 1, x, y), None, 10.0)
    return lines.ordered("".join(f"{text}\n" for text, _, _ in pieces))


def test_dates_painted_first_go_back_to_their_lines() -> None:
    page = _page(
        ("2019 - now", 400, 700), ("2014 - 2018", 400, 600),
        ("Shift Lead", 50, 700), ("Northgate", 50, 688), ("did this", 50, 676),
        ("Operator", 50, 600), ("Aire Valley", 50, 588),
    )  # fmt: skip
    assert page.splitlines() == [
        "Shift Lead\t2019 - now", "Northgate", "did this", "Operator\t2014 - 2018", "Aire Valley",
    ]  # fmt: skip


def test_bullets_painted_last_go_back_to_their_lines() -> None:
    page = _page(("cut errors", 60, 700), ("planned rotas", 60, 688), ("•", 50, 700), ("•", 50, 688))
    assert page.splitlines() == ["• cut errors", "• planned rotas"]


def test_a_name_broken_by_the_date_beside_it_stays_in_one_piece() -> None:
    page = _page(
        ("2019 - now", 240, 700), ("2014", 240, 500),
        ("Northgate Storage and Transport", 50, 700), ("Company", 50, 688), ("Operator", 50, 500), ("duty", 50, 488),
    )  # fmt: skip
    assert page.splitlines()[:3] == ["2019 - now", "Northgate Storage and Transport", "Company"]


def test_a_sidebar_stays_a_sidebar() -> None:
    pieces = [(f"skill {at}", 50.0, 700.0 - 12 * at) for at in range(8)]
    pieces += [(f"line {at} of the main column", 200.0, 700.0 - 12 * at) for at in range(8)]
    assert _page(*pieces).splitlines() == [text for text, _, _ in pieces]
