"""The page in a real browser: from file://, offline, safe, by keyboard, with scripts off, in dark mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import page_of
from synthetic_run import Synthetic

pytestmark = pytest.mark.browser


@contextmanager
def opened(browser: Any, page: Path, fragment: str = "", **context: Any) -> Iterator[Any]:
    """The page in a fresh context; fails on any request but its own file, and on any script error."""
    with browser.new_context(**context) as made:
        made.set_default_timeout(120_000)
        tab = made.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        tab.goto(page.as_uri() + fragment)
        if context.get("java_script_enabled", True):
            tab.wait_for_selector("html[data-ready]")
        yield tab
        assert [url for url in asked if not url.startswith("file:")] == []
        assert wrong == []


def test_it_opens_and_filters_and_drills_down(browser: Any, page: Path) -> None:
    with opened(browser, page) as tab:
        assert tab.locator("#list tr").count() == 50
        tab.select_option("#cls", "failed")
        failed = tab.locator("#list tr").count()
        assert 0 < failed < 10
        assert "failed" in tab.locator("#worst").inner_text()
        tab.select_option("#cls", "")
        tab.fill("#find", "cv-0007")
        assert tab.locator("#list tr").count() == 1
        tab.click("#list a")
        tab.wait_for_selector("body.one #text")
        assert tab.locator("#cv h2").inner_text() == "cv-0007"
        assert not tab.locator("#gates").is_visible()


@pytest.mark.long
def test_a_cell_of_the_heat_map_leads_to_its_cvs(browser: Any, page: Path, summary: dict[str, Any]) -> None:
    with opened(browser, page) as tab:
        tab.click('a[href="#cvs=candidate:languages%5B%5D.language:missing"]')
        tab.wait_for_selector("#clear", state="visible")  # the address has changed, and the list with it
        told = tab.locator("#found").inner_text()
        bad = [row["arms"]["candidate"]["bad"] for row in summary["documents"]]
        behind = [fields for fields in bad if fields.get("languages[].language", [0, 0])[1]]
        assert told.startswith(f"{len(behind)} of 60 CVs")
        tab.click("#clear")
        assert tab.locator("#found").inner_text().startswith("60 of 60 CVs")


@pytest.mark.long
def test_a_link_to_a_cv_that_is_not_shown_leads_to_the_list(browser: Any, page: Path) -> None:
    with opened(browser, page, "#cv=cv-0004") as tab:
        tab.wait_for_selector("body.one #text")
        tab.evaluate("location.hash = '#cv=cv-9999'")
        tab.wait_for_selector("body:not(.one)")
        assert tab.locator("#found").inner_text().startswith("0 of 60 CVs")
        assert tab.input_value("#find") == "cv-9999"


@pytest.mark.long
def test_a_link_opens_one_cv_with_its_evidence(browser: Any, page: Path, run: Synthetic) -> None:
    with opened(browser, page, "#cv=cv-0004") as tab:
        tab.wait_for_selector("body.one .rows")
        assert tab.locator("#text").inner_text().strip() == run.texts["cv-0004"].strip()
        tab.uncheck("#differences")
        name = tab.locator(".rows tr[data-row]").first
        name.hover()
        assert tab.locator("#text mark.on").first.inner_text() == run.goldens["cv-0004"].cv["personal_info"]["name"]
        assert tab.locator("#command").inner_text() == "cv-harness run --repeat 2 --only cv-0004"
        assert "SIMULATED" in tab.locator("#cv").inner_text()


@pytest.mark.long
def test_the_keyboard_walks_the_cvs(browser: Any, page: Path) -> None:
    with opened(browser, page) as tab:
        tab.keyboard.press("j")
        tab.wait_for_selector("body.one #text")
        first = tab.locator("#cv h2").inner_text()
        assert tab.evaluate("document.activeElement.innerText") == first  # where a screen reader goes on
        tab.keyboard.press("j")
        tab.wait_for_function("name => document.querySelector('#cv h2').innerText !== name", arg=first)
        tab.keyboard.press("k")
        tab.wait_for_function("name => document.querySelector('#cv h2').innerText === name", arg=first)
        tab.keyboard.press("Escape")
        tab.wait_for_selector("body:not(.one)")
        tab.keyboard.press("/")
        assert tab.evaluate("document.activeElement.id") == "find"


@pytest.mark.long
def test_draws_can_be_looked_at_one_by_one(browser: Any, page: Path) -> None:
    with opened(browser, page, "#cv=cv-0000") as tab:
        tab.wait_for_selector("#draw")
        before = tab.locator("#cv .card").first.inner_text()
        tab.select_option("#draw", index=1)
        assert tab.locator("#cv .card").first.inner_text() != before


@pytest.mark.long
def test_columns_can_be_sorted(browser: Any, page: Path) -> None:
    with opened(browser, page) as tab:
        tab.locator("#fields thead th button", has_text="missing").first.click()
        tab.locator("#fields thead th button", has_text="missing").first.click()
        column = tab.locator("#fields table").first.locator("tbody tr td:nth-last-child(5)").all_inner_texts()
        values = [int(text) for text in column]
        assert values == sorted(values, reverse=True)


def test_planted_payloads_do_not_run(browser: Any, planted_page: Path, planted: Synthetic) -> None:
    with opened(browser, planted_page) as tab:
        for name in [planted.goldens[k].document_id for k in list(planted.goldens)[:4]]:
            tab.evaluate("name => { location.hash = '#cv=' + encodeURIComponent(name) }", name)
            tab.wait_for_function("name => document.querySelector('#cv h2')?.innerText === name", arg=name)
            for more in tab.locator("#cv details").all():
                more.locator("summary").click()
        assert "pwned" not in tab.title()
        assert tab.locator("img").count() == 0
        assert "<img src=x onerror" in tab.locator("#cv").inner_text()


@pytest.mark.long
def test_without_scripts_every_decision_element_is_there(browser: Any, page: Path) -> None:
    with opened(browser, page, java_script_enabled=False) as tab:
        for section in ("verdict", "claims", "gates", "fields", "latency", "cost", "schema", "diff", "worst"):
            assert tab.locator(f"#{section}").is_visible()
        text = tab.locator("body").inner_text()
        for words in ("HOLD", "KEPT", "FAIL", "INCONCLUSIVE", "−4.1 pts", "SIMULATED", "need scripts"):
            assert words in text
        assert not tab.locator("#find").is_visible()
        assert tab.locator("#latency svg").count() == 3


def luminance(colour: str) -> float:
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


COMPUTED = """([selector, property]) => [...document.querySelectorAll(selector)]
    .map((node) => getComputedStyle(node)[property]).filter((value) => value.startsWith('rgb'))"""


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_and_words_can_be_seen_in_light_and_dark(browser: Any, page: Path, scheme: str) -> None:
    with opened(browser, page, color_scheme=scheme) as tab:
        (card,) = set(tab.evaluate(COMPUTED, [".card:not(.hero)", "backgroundColor"]))
        assert (luminance(card) > 0.5) == (scheme == "light")
        for colour in set(tab.evaluate(COMPUTED, ["#latency svg text", "fill"])):
            assert contrast(colour, card) >= 4.5
        lines = set(tab.evaluate(COMPUTED, ["#ecdf .line", "stroke"]))
        assert len(lines) == 3  # an arm, a colour
        assert all(contrast(colour, card) >= 3 for colour in lines)
        for selector in (".chip", ".soft", "small", ".up", ".down", ".badge", "td", "th", "a"):
            for colour in set(tab.evaluate(COMPUTED, [f".card {selector}", "color"])):
                assert contrast(colour, card) >= 4.5, (selector, colour)
        for word in tab.locator(".hero .word").all():
            style = word.evaluate("n => [getComputedStyle(n).color, getComputedStyle(n).backgroundColor]")
            assert contrast(*style) >= 4.5


@pytest.mark.long
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(browser: Any, page: Path, width: int) -> None:
    with opened(browser, page, viewport={"width": width, "height": 800}) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.long
def test_a_command_on_a_phone_is_torn_at_spaces_alone(browser: Any, page: Path) -> None:
    with opened(browser, page, viewport={"width": 390, "height": 800}) as tab:
        words = tab.evaluate(
            "[...document.querySelectorAll('.cmd span')].map((at) => [at.textContent, at.getClientRects().length])"
        )
        assert ["--repeat", 1] in words
        assert {lines for _, lines in words} == {1}


@pytest.mark.long
def test_claims_can_be_read_on_a_phone_without_scrolling_sideways(browser: Any, page: Path) -> None:
    with opened(browser, page, viewport={"width": 390, "height": 800}) as tab:
        for cell in tab.locator("#claims tbody td, #gates tbody td").all():
            box = cell.bounding_box()
            assert box is None or box["x"] + box["width"] <= 390


@pytest.mark.long
def test_closed_details_are_made_when_opened_or_printed(browser: Any, page: Path) -> None:
    with opened(browser, page, "#cv=cv-0004") as tab:
        tab.wait_for_selector("body.one .rows")
        assert tab.locator("#cv pre").count() == 0
        tab.locator("#cv summary", has_text="golden").click()
        tab.wait_for_selector("#cv pre")
        assert tab.locator("#cv pre").count() == 1
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator("#cv pre").count() == tab.locator("#cv > details").count() - 1
        assert tab.locator("#cv details.more table").count() == 1


@pytest.mark.long
def test_it_prints_whole(browser: Any, page: Path) -> None:
    with opened(browser, page, color_scheme="dark") as tab:
        tab.emulate_media(media="print")
        assert luminance(tab.evaluate("getComputedStyle(document.body).backgroundColor")) > 0.9
        assert not tab.locator("nav").is_visible()
        assert tab.locator("#fields thead").first.inner_text().startswith("Field")
        clipped = tab.evaluate(
            "[...document.querySelectorAll('.scroll, .diff')]"
            ".filter((node) => getComputedStyle(node).overflowX !== 'visible').length"
        )
        assert clipped == 0


@pytest.mark.long
def test_linked_details_open_beside_the_page(browser: Any, run: Synthetic, tmp_path: Path) -> None:
    page = page_of(run, tmp_path / "index.html", cap=200_000)
    with opened(browser, page, "#cv=cv-0030") as tab:
        tab.wait_for_selector("body.one #text")
        assert tab.url.endswith("index-cvs/part-001.html#cv=cv-0030")
        assert tab.locator("#cv h2").inner_text() == "cv-0030"
        tab.click("#cv header a")
        tab.wait_for_selector("#list tr")
        assert tab.url.endswith("index.html#cvs")


@pytest.mark.long
def test_the_redacted_page_drills_down_without_text(browser: Any, redacted_page: Path) -> None:
    with opened(browser, redacted_page) as tab:
        tab.keyboard.press("j")
        tab.wait_for_selector("body.one .rows")
        assert tab.locator("#text").count() == 0
        assert tab.locator("#cv h2").inner_text().startswith("cv-")
        assert "missing" in tab.locator(".rows").inner_text()


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["", "#cv=cv-0004"])
def test_no_finding_of_accessibility(
    browser: Any, page: Path, axe: str, width: int, scheme: Any, fragment: str
) -> None:
    with opened(browser, page, fragment, viewport={"width": width, "height": 900}, color_scheme=scheme) as tab:
        tab.evaluate(axe)
        found = tab.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found]
        assert told == []


@pytest.mark.long
def test_a_value_in_another_spelling_is_shown_though_it_is_right(browser: Any, tmp_path: Path, run: Synthetic) -> None:
    from dataclasses import replace

    name = "cv-0006"
    field = "work_experience[].start_date"

    def other(case: Any) -> Any:
        if case.document.id != name or case.record.arm != "candidate" or case.score is None:
            return case
        outcomes = tuple(
            replace(o, kind="correct", answer="03/2019", note="other spelling") if o.field == field else o
            for o in case.score.outcomes
        )
        return replace(case, score=replace(case.score, outcomes=outcomes))

    changed = replace(run, cases=tuple(map(other, run.cases)))
    with opened(browser, page_of(changed, tmp_path / "p.html"), f"#cv={name}") as tab:
        assert "03/2019" in tab.locator(".rows").inner_text()


@pytest.mark.long
def test_the_raw_answer_is_the_answer_that_was_given(browser: Any, page: Path, run: Synthetic) -> None:
    import json

    case = next(c for c in run.cases if c.document.id == "cv-0004" and c.record.arm == "candidate")
    with opened(browser, page, "#cv=cv-0004") as tab:
        block = tab.locator("#cv details", has_text="candidate, answer 1")
        block.locator("summary").click()
        assert json.loads(block.locator("pre").inner_text()) == case.record.answer


@pytest.mark.long
def test_keys_lead_from_one_linked_page_to_the_next(browser: Any, run: Synthetic, tmp_path: Path) -> None:
    page_of(run, tmp_path / "index.html", cap=1)
    first = tmp_path / "index-cvs" / "part-000.html"
    with opened(browser, first, "#cv=cv-0024") as tab:
        tab.keyboard.press("j")
        tab.wait_for_url("**/part-001.html#*")
        tab.wait_for_selector("body.one .rows")
        assert tab.locator("#cv h2").inner_text() == "cv-0025"
        tab.keyboard.press("k")
        tab.wait_for_url("**/part-000.html#*")
        tab.wait_for_selector("body.one .rows")
        assert tab.locator("#cv h2").inner_text() == "cv-0024"
