"""Odd and hostile uses by strangers, written down before the code was looked at: what they get, what stays whole."""

import contextlib
import gc
import io
import socket
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from service_site import API, CV, LIMIT_S, Client, wait_for
from sqlalchemy import func, select

from harness.base.canonical import pretty
from harness.service.flags import default_flags, write_stage
from harness.service.settings import Deadlines
from harness.service.tables import CallRow, Feedback, Hit, Pair, Task

PDF = CV.read_bytes()
HEAD = b'Content-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n'


@pytest.fixture
def site(shared):
    return shared


def raw(site, request, wait=LIMIT_S):
    """Bytes as they are; what comes back until the server is done, closes, or says nothing for a while."""
    host, port = site.service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has all of it
            connection.sendall(request)
        received = b""
        try:
            while b"\r\n\r\n" not in received and (chunk := connection.recv(65536)):
                received += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return received


def head(site, length, path="/cv/assistant", **more):
    lines = {
        "Host": "x", "Authorization": f"Bearer {site.settings.secrets['ann']}", "Content-Length": str(length),
        "Content-Type": "multipart/form-data; boundary=b",
    } | more  # fmt: skip
    return f"POST {API}{path} HTTP/1.1\r\n".encode() + b"".join(
        f"{name.replace('_', '-')}: {value}\r\n".encode("latin-1") for name, value in lines.items()
    )


def status(received):
    return int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/1.1 ") else None


def tasks(site):
    with site.running.store.session() as session:
        return session.scalar(select(func.count()).select_from(Task))


class TestRequests:
    @pytest.mark.parametrize(
        "header",
        [
            "Bearer", "Bearer  ", "bearer x y", "Token x", "Bearer \xff\xfe", "Bearer " + "x" * 5000, "Bearer null",
            "Bearer {secret}x", "Bearer {secret},", 'Bearer "{secret}"', "Basic {secret}", "{secret}",
        ],
    )  # fmt: skip
    def test_what_is_nearly_a_token_is_none(self, site, header):
        header = header.replace("{secret}", site.settings.secrets["ann"])
        answer = raw(site, head(site, 0, Authorization=header) + b"\r\n")
        assert status(answer) in (401, 400)
        assert site.settings.secrets["ann"].encode() not in answer

    def test_a_token_in_the_address_or_in_a_cookie_is_none(self, site):
        secret = site.settings.secrets["ann"]
        with Client(base_url=site.service.url) as nobody:
            assert nobody.get(f"{API}/cv/tasks?access_token={secret}&token={secret}").status_code == 401
            assert nobody.get(f"{API}/cv/tasks", headers={"Cookie": f"token={secret}"}).status_code == 401

    def test_another_users_task_is_as_unknown_as_none(self, site):
        cv_id = site.ann.upload("/assistant").json()["cv_id"]

        def told(answer):
            return answer.status_code, {k: v for k, v in answer.json().items() if k != "instance"}

        said = {"path": "/personal_info/name", "verdict": "right"}
        for method, path, body in (
            ("GET", "/cv/{}", None), ("GET", "/cv/status/{}", None), ("DELETE", "/cv/{}", None),
            ("POST", "/cv/{}/feedback", said),
        ):  # fmt: skip
            foreign, nothing = (
                site.bob.request(method, API + path.format(each), json=body) for each in (cv_id, "0" * 32)
            )
            assert told(foreign) == told(nothing)
            assert foreign.status_code == 404
        assert site.ann.get(f"{API}/cv/{cv_id}").status_code == 200

    @pytest.mark.parametrize(
        "path",
        ["/cv/..%2f..%2fetc%2fpasswd", "/cv/%00", "/cv/" + "a" * 33, "/cv/" + "A" * 32, "/cv/status/" + "é" * 32],
    )
    def test_ids_that_are_none_are_refused(self, site, path):
        answer = site.ann.get(API + path)
        assert answer.status_code in (404, 422)
        assert answer.json()["code"] in ("not_found", "invalid_request")

    def test_a_request_id_is_taken_only_where_it_is_one(self, site):
        for given, taken in (
            ("trace-0123456789", True),
            ("<script>", False),
            ("x" * 65, False),
            ("a b c d e f", False),
        ):
            answer = site.ann.get(f"{API}/feature-flags", headers={"x-request-id": given})
            assert (answer.headers["x-request-id"] == given) is taken

    def test_headers_without_end_are_refused_and_the_service_lives(self, site):
        answer = raw(site, head(site, 0, X_Long="a" * 300_000) + b"\r\n")
        assert status(answer) in (None, 400, 413, 431)
        assert site.ann.get("/healthz").status_code == 200

    def test_other_methods_have_the_one_shape(self, site):
        for method in ("PUT", "PATCH", "OPTIONS", "TRACE"):
            answer = site.ann.request(method, f"{API}/cv/assistant")
            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


class TestUploads:
    def test_a_length_that_is_not_true_makes_no_task(self, site):
        before = tasks(site)
        form = b"--b\r\n" + HEAD + PDF + b"\r\n--b--\r\n"
        short = raw(site, head(site, 100) + b"\r\n" + form)
        assert status(short) == 422
        assert status(raw(site, head(site, "-1") + b"\r\n" + form)) == 400
        assert status(raw(site, head(site, "x") + b"\r\n" + form)) == 400
        assert status(raw(site, head(site, 1 << 40) + b"\r\n")) == 413, "refused by what it declares"
        assert raw(site, head(site, len(form) + 10) + b"\r\n" + form, wait=0.5) == b"", "it waits for the rest"
        assert tasks(site) == before
        assert site.ann.get("/healthz").status_code == 200

    def test_a_slow_upload_is_read_and_its_slowness_is_not_the_services(self, site):
        def own():
            family = site.running.metrics.own.labels("assistant", "all")
            return family._sum.get()

        before, form = own(), b"--b\r\n" + HEAD + PDF + b"\r\n--b--\r\n"
        host, port = site.service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as slow:
            begin = time.perf_counter()
            slow.sendall(head(site, len(form), Expect="100-continue") + b"\r\n")
            assert slow.recv(100).startswith(b"HTTP/1.1 100"), "from here on it waits for the body"
            threading.Event().wait(1.5)
            slow.sendall(form[:1000])
            threading.Event().wait(0.2)
            slow.sendall(form[1000:])
            assert slow.recv(100).startswith(b"HTTP/1.1 200")
            took = time.perf_counter() - begin
        assert 0 < own() - before <= took - 1.5

    @pytest.mark.parametrize(
        "name",
        [
            "../../../etc/passwd",
            "履歴書 ✨ الآن.pdf",
            "x" * 2000,
            'a"; name="consent',
            "cv.pdf\\",
            "",
            "CON",
            "a\tb.pdf",
        ],
    )
    def test_a_files_name_says_nothing_and_breaks_nothing(self, site, name):
        answer = site.ann.post(f"{API}/cv/assistant", files={"file": (name or " ", PDF)})
        assert answer.status_code == 200
        assert "passwd" not in answer.text

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"--b\r\n" + HEAD + PDF + b"\r\n--b\r\n" + HEAD + PDF + b"\r\n--b--\r\n", 422),
            (b"--b\r\n" + HEAD + PDF, 422),
            (b"--b--\r\n", 422),
            (b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + PDF + b"\r\n--b--\r\n", 422),
            (b"--b\r\n" + HEAD.replace(b'"file"', b'"file[]"') + PDF + b"\r\n--b--\r\n", 422),
            (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n' * 1000 + b"--b--\r\n", 422),
            (b"--b\r\nX-Long: " + b"a" * 60_000 + b"\r\n" + HEAD + PDF + b"\r\n--b--\r\n", 422),
            (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n" + HEAD + b"--c\r\nx\r\n--c--\r\n--b--\r\n", 415),
        ],
        ids=["two", "no end", "nothing", "a field", "another name", "a thousand fields", "long head", "nested"],
    )  # fmt: skip
    def test_tricks_with_the_form_are_refused(self, site, body, code):
        before = tasks(site)
        assert status(raw(site, head(site, len(body)) + b"\r\n" + body)) == code
        assert tasks(site) == before

    def test_a_compressed_body_is_not_unpacked(self, site):
        import gzip

        form = gzip.compress(b"--b\r\n" + HEAD + PDF + b"\r\n--b--\r\n")
        assert status(raw(site, head(site, len(form), Content_Encoding="gzip") + b"\r\n" + form)) == 422

    @pytest.mark.long
    def test_a_bomb_is_a_damaged_file(self, site):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("[Content_Types].xml", "<Types/>")
            bomb.writestr("word/document.xml", b" " * (300 << 20))
        answer = site.ann.upload("/assistant", packed.getvalue())
        assert answer.status_code in (415, 422), answer.text
        assert site.ann.upload("/assistant").status_code == 200

    def test_the_same_file_twice_in_one_moment_is_two_tasks(self, site):
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda _: site.ann.upload("/assistant").json(), range(2)))
        assert len({answer["cv_id"] for answer in answers}) == 2


@pytest.mark.long
def test_five_a_minute_are_five_also_in_one_moment_and_after_the_clock_was_set_back(serve):
    with serve(uploads_a_minute=5) as site:
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda _: site.ann.upload("", b"x").status_code, range(12)))
        assert sorted(answers) == [415] * 5 + [429] * 7
        with site.running.store.session() as session:
            for hit in session.scalars(select(Hit)):
                hit.at += 3600  # as they look once the clock was set back by an hour
        assert site.ann.upload("", b"x").status_code == 415


@pytest.mark.long
def test_a_task_that_is_deleted_while_it_is_read_is_gone_and_nobody_failed(serve, faults, caplog):
    gc.collect()  # what earlier tests left behind says so now, and is not this one's
    caplog.clear()
    faults("timeout; wire=chat; seconds=5; times=1")
    with serve(deadlines=Deadlines(request=0.3, drain=5), model_attempts=2) as site:
        task_id = site.ann.upload("", consent="true").json()["taskId"]
        assert site.ann.delete(f"{API}/cv/{task_id}").status_code == 204
        assert site.ann.get(f"{API}/cv/status/{task_id}").status_code == 404
        assert site.ann.delete(f"{API}/cv/{task_id}").status_code == 404
        wait_for(lambda: not site.running.tasks.running)
        with site.running.store.session() as session:
            for table in (Task, CallRow, Pair, Feedback):
                assert session.scalar(select(func.count()).select_from(table)) == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.long
def test_a_full_or_absent_database_is_said_so_and_the_service_goes_on_afterwards(serve):
    with serve(stage="100") as site:
        pages = site.running.store.engine
        with pages.connect() as connection:
            full = connection.exec_driver_sql("PRAGMA page_count").scalar()
        pages.dispose()

        from sqlalchemy import event

        def fill(connection, _):
            connection.execute(f"PRAGMA max_page_count={full}")

        event.listen(pages, "connect", fill)
        answers = []
        for _ in range(40):
            answers.append(site.ann.upload("/assistant"))
            if answers[-1].status_code != 200:
                break
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (503, "storage")
        assert answers[-1].headers["retry-after"]
        assert "sqlite" not in answers[-1].text.lower()
        event.remove(pages, "connect", fill)
        pages.dispose()
        assert site.ann.upload("/assistant").status_code == 200


@pytest.mark.long
def test_an_upload_while_the_service_ends_is_sent_away_and_readiness_says_so(serve):
    with serve() as site:
        site.running.stopping = True
        answer = site.ann.upload("/assistant")
        assert (answer.status_code, answer.json()["code"]) == (503, "stopping")
        assert answer.headers["retry-after"]
        assert site.ann.get("/readyz").status_code == 503
        assert site.ann.get("/healthz").status_code == 200
        assert site.ann.get(f"{API}/cv/tasks").status_code == 200, "what is there can still be fetched"


@pytest.mark.long
def test_a_flag_file_that_becomes_a_link_a_folder_or_nothing(serve):
    with serve(stage="100") as site:
        flags, running = site.settings.flags, site.running.flags
        elsewhere = flags.with_name("elsewhere.json")
        write_stage(elsewhere, "off")
        flags.unlink()
        flags.symlink_to(elsewhere)
        wait_for(lambda: running.off)
        elsewhere.write_text(pretty(default_flags("100")))
        wait_for(lambda: not running.off)
        elsewhere.unlink()
        wait_for(lambda: running.problem)
        assert not running.off, "the last good state stays in effect"
        flags.unlink()
        before = running.problem
        flags.mkdir()
        wait_for(lambda: running.problem != before, "a word about the folder")
        assert not running.off
        flags.rmdir()
        write_stage(flags, "off")
        wait_for(lambda: running.off and not running.problem)
