"""A person's way through the page, in a real browser over the real service and the simulator.

Tests that need tasks start a service of their own: the durable library is one a process.
"""

import io
import json
import os
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from service_site import API, CV, LIMIT_S, REPOSITORY

from harness.service.tables import Feedback
from harness.service.tokens import new_token

pytestmark = [pytest.mark.browser, pytest.mark.long]
DOCX = REPOSITORY / "fixtures/corpus/cvs/a02.docx"
PAYLOAD = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


@contextmanager
def opened(browser, site, token=None, width=1280, expected=(), **context):
    """The page, signed in as Ann; fails on a request to elsewhere, a script error and a breach of the policy.
    expected: what the browser's console may say besides, since it notes every answer of 4xx and 5xx."""
    with browser.new_context(viewport={"width": width, "height": 900}, **context) as made:
        made.set_default_timeout(1000 * LIMIT_S)
        tab = made.new_page()
        wrong = []
        tab.on("request", lambda asked: asked.url.startswith(site.service.url) or wrong.append(asked.url))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        tab.goto(site.service.url)
        if token != "":
            sign_in(tab, token or site.settings.secrets["ann"])
            tab.get_by_role("heading", name="Choose your CV").wait_for()
        yield tab
        assert [each for each in wrong if not any(part in each for part in expected)] == []


def sign_in(tab, token):
    tab.get_by_label("Access token").fill(token)
    tab.keyboard.press("Enter")


def choose(tab, file, name=None):
    data = file if isinstance(file, bytes) else file.read_bytes()
    tab.locator("input[type=file]").set_input_files(
        {"name": name or file.name, "mimeType": "application/octet-stream", "buffer": data}
    )


def done(tab, name):
    tab.get_by_role("heading", name=name).wait_for()
    tab.get_by_role("button", name="Import another CV").wait_for()


def focused(tab, label):
    """Wait until the keyboard is at what has this label."""
    tab.wait_for_function("label => document.activeElement.ariaLabel === label", arg=label)


def seen(tab, axe, name):
    """Nothing serious is wrong with what is shown, nor is it too wide. PAGE_SHOTS: a folder for pictures."""
    if folder := os.environ.get("PAGE_SHOTS"):
        width = tab.viewport_size["width"]
        tab.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with_axe = tab.context.new_cdp_session(tab)
    with_axe.send("Runtime.evaluate", {"expression": axe})
    found = tab.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    told = [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in ("serious", "critical")]
    assert told == []


def drop(tab, file):
    """Drop a file on the page, as from the desktop."""
    make = """bytes => {
        const dropped = new DataTransfer();
        dropped.items.add(new File([new Uint8Array(bytes)], "dropped.pdf"));
        return dropped;
    }"""
    tab.locator(".drop").dispatch_event("drop", {"dataTransfer": tab.evaluate_handle(make, list(file.read_bytes()))})


def blank_pdf():
    from pypdf import PdfWriter

    writer, data = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(data)
    return data.getvalue()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_persons_way(browser, axe, shared, width, scheme):
    """PDF, wrong type, 3 MB, a scan without text, DOCX, a correction: each understood, none a dead end."""
    with opened(browser, shared, token="", width=width, color_scheme=scheme, expected=["415", "422"]) as tab:
        seen(tab, axe, "1-sign-in")
        sign_in(tab, shared.settings.secrets["ann"])
        tab.get_by_role("heading", name="Choose your CV").wait_for()
        seen(tab, axe, "2-choose")
        choose(tab, CV)
        done(tab, "a01.pdf")
        assert "Read by the assistant" in tab.locator("main").inner_text()
        assert "Maren Holloway-Pryce" in tab.locator("main").inner_text()
        seen(tab, axe, "3-done")
        tab.get_by_role("button", name="Import another CV").click()

        choose(tab, b"\x89PNG\r\n\x1a\n" + b"0" * 100, "me.png")
        alert = tab.get_by_role("alert")
        alert.filter(has_text="upload the CV as PDF or DOCX").wait_for()
        assert "me.png" in alert.inner_text()
        assert tab.get_by_role("button", name="Try again").count() == 0  # the same file would fail again
        seen(tab, axe, "4-wrong-type")
        choose(tab, b"%PDF-1.7" + b"0" * (3 * 1024 * 1024), "big.pdf")
        alert.filter(has_text="The file has 3.0 MB; up to 2 MB").wait_for()
        choose(tab, blank_pdf(), "scan.pdf")
        alert.filter(has_text="no text in the file").wait_for()

        choose(tab, DOCX)
        done(tab, "a02.docx")
        button = tab.get_by_role("button", name="Correct Company, Work experience 1")
        button.click()
        tab.get_by_label("Company, as it should be").fill("Quillmark <b>Systems</b>")
        seen(tab, axe, "5-correcting")
        tab.keyboard.press("Enter")
        tab.get_by_text("corrected").wait_for()
        assert tab.get_by_text("Quillmark <b>Systems</b>").is_visible()
        focused(tab, "Correct Company, Work experience 1")
        seen(tab, axe, "6-corrected")
        tab.get_by_role("button", name="Correct Title, Work experience 1").click()
        tab.get_by_label("Title, as it should be").fill("Something else")
        tab.keyboard.press("Enter")
        back = tab.get_by_role("button", name="Set back Title, Work experience 1")
        back.focus()
        tab.keyboard.press("Enter")
        tab.get_by_text("Something else").wait_for(state="detached")
        assert back.count() == 0
        focused(tab, "Correct Title, Work experience 1")
    with shared.running.store.session() as session:
        kept = session.query(Feedback).filter_by(path="/work_experience/0/company").all()
        titles = session.query(Feedback).filter_by(path="/work_experience/0/title").order_by(Feedback.created_at).all()
    assert '"Quillmark <b>Systems</b>"' in [each.value for each in kept]
    assert [each.verdict for each in titles[-2:]] == ["wrong", "right"]


def test_a_file_can_be_dropped_and_the_rest_goes_by_keyboard(browser, shared):
    with opened(browser, shared) as tab:
        drop(tab, CV)
        done(tab, "dropped.pdf")
        tab.wait_for_function("document.activeElement.innerText === 'dropped.pdf'")  # where a screen reader goes on
        skills = "Correct Skills, Work experience 1"
        for _ in range(40):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.ariaLabel") == skills:
                break
        tab.keyboard.press("Enter")
        box = tab.get_by_label("Skills, as it should be")
        box.wait_for()
        tab.keyboard.press("Escape")
        focused(tab, skills)
        tab.keyboard.press("Enter")
        box.wait_for()
        tab.keyboard.press("Control+a")
        tab.keyboard.type("Rust\n\n  Ada  ")
        tab.keyboard.press("Control+Enter")
        tab.get_by_text("corrected").wait_for()
        field = tab.locator(".field", has=tab.get_by_role("button", name=skills))
        assert field.locator("li").all_inner_texts() == ["Rust", "Ada"]


def test_the_old_way_shows_the_tasks_real_state_and_can_be_stopped(browser, serve):
    said = ["pending"]  # what the page is told of the task until it was seen to show it; then the service's own word

    def status(route):
        if not said:
            return route.continue_()
        return route.fulfill(json={"taskId": route.request.url[-32:], "status": said[0], "error": None})

    with serve(stage="off") as site, opened(browser, site) as tab:
        tab.route("**/cv/status/*", status)
        choose(tab, CV)
        tab.get_by_text("Waiting for its turn").wait_for()
        said[0] = "metadata_extracted"
        tab.get_by_text("First part done, reading the details").wait_for()
        said.clear()
        done(tab, "a01.pdf")
        assert "Read by the two-pass pipeline" in tab.locator("main").inner_text()
        tab.get_by_role("button", name="Delete this CV").click()
        tab.get_by_role("heading", name="Choose your CV").wait_for()
        assert site.ann.get(f"{API}/cv/tasks").json() == []
        said.append("pending")
        choose(tab, CV)
        tab.get_by_text("Waiting for its turn").wait_for()
        with tab.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
            tab.get_by_role("button", name="Stop").click()
        assert deleted.value.status == 204
        tab.get_by_role("heading", name="Choose your CV").wait_for()
        assert site.ann.get(f"{API}/cv/tasks").json() == []


def test_a_retired_old_way_is_gone_round(browser, serve):
    with serve(stage="off", legacy_retired=True) as site, opened(browser, site, expected=["410"]) as tab:
        tab.route("**/feature-flags", lambda route: route.fulfill(json={"use_assistant_processing": False}))
        with tab.expect_response(lambda answer: answer.status == 410):
            choose(tab, CV)
        done(tab, "a01.pdf")


class TestWhatGoesWrong:
    def test_a_token_that_is_wrong_or_expires_loses_nothing(self, browser, serve, settings):
        old, token = new_token("ann", expires=datetime(2026, 1, 1, tzinfo=UTC))
        tokens = (*settings.value.tokens, token.entry())
        with serve(stage="100", tokens=tokens) as site, opened(browser, site, old, expected=["401"]) as tab:
            choose(tab, CV)
            tab.get_by_role("alert").filter(has_text="has expired").first.wait_for()
            sign_in(tab, "cvt_wrong")
            tab.get_by_role("button", name="Try again").click()
            tab.get_by_role("alert").filter(has_text="not known here").first.wait_for()
            sign_in(tab, site.settings.secrets["ann"])
            tab.get_by_role("button", name="Try again").click()
            done(tab, "a01.pdf")
            stored = tab.evaluate("[localStorage.length, document.cookie, sessionStorage.length]")
            assert stored == [0, "", 1]
            tab.get_by_role("button", name="Sign out").click()
            assert tab.evaluate("sessionStorage.length") == 0
            assert "Maren" not in tab.locator("main").inner_text()

    def test_too_many_uploads_say_when_to_try_again(self, browser, serve):
        with serve(stage="100", uploads_a_minute=1) as site, opened(browser, site, expected=["429"]) as tab:
            choose(tab, CV)
            done(tab, "a01.pdf")
            tab.get_by_role("button", name="Import another CV").click()
            choose(tab, CV)
            button = tab.get_by_role("button", name=re.compile(r"Try again in \d+ s"))
            button.wait_for()
            assert button.is_disabled()

    @pytest.mark.parametrize("path", ["**/feature-flags", "**/cv/assistant"])
    def test_a_service_that_is_down_is_said_and_tried_again(self, browser, shared, path):
        with opened(browser, shared, expected=["ERR_FAILED", "502"]) as tab:
            tab.route(path, lambda route: route.abort())
            choose(tab, CV)
            alert = tab.get_by_role("alert").filter(has_text="The service does not answer")
            alert.wait_for()
            tab.unroute(path)
            tab.route(path, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
            tab.get_by_role("button", name="Try again").click()
            tab.get_by_role("heading", name="Or choose").wait_for()
            alert.wait_for()
            tab.unroute(path)
            tab.get_by_role("button", name="Try again").click()
            done(tab, "a01.pdf")

    def test_a_correction_that_fails_keeps_what_was_typed(self, browser, shared):
        with opened(browser, shared, expected=["ERR_FAILED"]) as tab:
            choose(tab, CV)
            done(tab, "a01.pdf")
            tab.route("**/feedback", lambda route: route.abort())
            tab.get_by_role("button", name="Correct Name, Personal info").click()
            box = tab.get_by_label("Name, as it should be")
            box.fill("Ann Example")
            tab.get_by_role("button", name="Save").click()
            tab.get_by_role("alert").filter(has_text="does not answer").wait_for()
            assert box.input_value() == "Ann Example"
            tab.unroute("**/feedback")
            tab.get_by_role("button", name="Save").click()
            tab.get_by_text("corrected").wait_for()

    def test_a_file_that_was_moved_is_not_taken_for_a_broken_connection(self, browser, shared, tmp_path):
        with opened(browser, shared, expected=["ERR_FAILED"]) as tab:
            tab.route("**/feature-flags", lambda route: route.abort())
            moved = tmp_path / "moved.pdf"
            moved.write_bytes(CV.read_bytes())
            tab.locator("input[type=file]").set_input_files(moved)
            tab.get_by_role("alert").filter(has_text="does not answer").wait_for()
            moved.unlink()
            tab.get_by_role("button", name="Try again").click()
            tab.get_by_role("alert").filter(has_text="cannot be opened").wait_for()

    def test_the_services_own_limit_is_told_when_it_is_lower_than_the_pages(self, browser, serve):
        with serve(stage="100", upload_bytes=50_000) as site, opened(browser, site, expected=["413"]) as tab:
            choose(tab, b"%PDF-1.7" + b"0" * 1_900_000, "big.pdf")
            tab.get_by_role("alert").filter(has_text="larger than").wait_for()

    def test_an_answer_that_is_none_ends_the_wait(self, browser, shared):
        with opened(browser, shared, expected=["null"]) as tab:
            tab.route("**/cv/assistant", lambda route: route.fulfill(content_type="application/json", body="null"))
            choose(tab, CV)
            tab.get_by_role("alert").filter(has_text="went wrong on this page").wait_for()

    def test_a_deletion_that_fails_keeps_the_result(self, browser, serve):
        with serve(stage="100") as site, opened(browser, site, expected=["ERR_FAILED", "404"]) as tab:
            choose(tab, CV)
            done(tab, "a01.pdf")
            tab.route(f"**{API}/cv/*", lambda route: route.abort())
            tab.get_by_role("button", name="Delete this CV").click()
            tab.get_by_role("alert").filter(has_text="does not answer").wait_for()
            assert "Maren Holloway-Pryce" in tab.locator("main").inner_text()
            tab.unroute(f"**{API}/cv/*")
            tab.get_by_role("button", name="Delete this CV").dblclick()
            tab.get_by_role("heading", name="Choose your CV").wait_for()

    def test_an_assistants_failure_has_a_reference(self, browser, shared):
        problem = {"code": "deadline", "detail": "Reading this CV took too long; try again.", "status": 504}
        with opened(browser, shared, expected=["504"]) as tab:
            tab.route(
                "**/cv/assistant",
                lambda route: route.fulfill(
                    status=504,
                    headers={"x-request-id": "abcd1234"},
                    content_type="application/problem+json",
                    body=json.dumps(problem),
                ),
            )
            choose(tab, CV)
            tab.get_by_role("alert").filter(has_text="took too long").wait_for()
            assert "abcd1234" in tab.locator("main").inner_text()


class TestHostileAnswers:
    def shown(self, browser, site, data, name="cv.pdf"):
        answer = {"success": True, "cv_id": "0" * 32, "data": data, "method": "assistant"}
        with opened(browser, site) as tab:
            tab.route("**/cv/assistant", lambda route: route.fulfill(json=answer))
            choose(tab, CV, name)
            done(tab, name)
            assert tab.title() == "CV import"
            assert tab.locator("img, main script").count() == 0
            return tab.locator("main").inner_text()

    def test_markup_in_values_stays_text(self, browser, shared):
        data = shared.ann.upload("/assistant").json()["data"]
        planted = json.loads(json.dumps(data), object_hook=lambda node: {key: plant(node[key]) for key in node})
        text = self.shown(browser, shared, planted, name="<img src=x>.pdf")
        assert text.count(PAYLOAD) > 20

    @pytest.mark.parametrize(
        "data",
        [
            None,
            [],
            {"personal_info": None, "skills": "Rust", "work_experience": {"company": {"a": 1}}, "education": [None, 7]},
            {"languages": [{"language": 5, "proficiency": ["a", {"b": 1}]}], "constructor": [{"name": "x"}]},
        ],
    )
    def test_an_answer_of_another_shape_does_not_break_the_page(self, browser, shared, data):
        assert "Work experience" in self.shown(browser, shared, data)


def plant(value):
    if isinstance(value, str):
        return PAYLOAD
    if isinstance(value, list):
        return [plant(each) if isinstance(each, str) else each for each in value]
    return value
