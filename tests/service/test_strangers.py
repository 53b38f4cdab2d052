"""Requests that no client of ours sends: each is refused with a sentence or answered, never by a server error."""

import contextlib
import io
import json
import socket
import zipfile

import pytest
from service_site import API, CV, LIMIT_S

pytestmark = pytest.mark.long
PDF = CV.read_bytes()
FORM = "multipart/form-data; boundary=b"
HEAD = b'Content-Disposition: form-data; name="file"; filename="cv.pdf"\r\n\r\n'
BODY = b"--b\r\n" + HEAD + PDF + b"\r\n--b--\r\n"


@pytest.fixture
def site(shared):
    return shared


def spoken(site, *parts, path="/cv/assistant", method="POST", version="HTTP/1.1", body=b"", **headers):
    """The status and the body of a request that is written by hand. parts: lines of the head, beside Host and token."""
    host, port = site.service.url.removeprefix("http://").split(":")
    lines = [f"{method} {API}{path} {version}".encode("latin-1"), b"Host: x", *parts]
    if not any(line.lower().startswith(b"authorization") for line in parts):
        lines.append(f"Authorization: Bearer {site.settings.secrets['ann']}".encode())
    with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has all of it
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        with connection.makefile("rb") as answer:
            first = answer.readline()
            status = int(first.split()[1]) if first.startswith(b"HTTP/1.1 ") else None
            length = 0
            while (line := answer.readline().strip()) and status is not None:
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            return status, answer.read(length)


def sentence(body):
    """The code of a problem, which has the one shape."""
    problem = json.loads(body)
    assert problem["title"].endswith(".")
    assert problem["instance"].startswith("urn:request:")
    return problem["code"]


def length(body):
    return f"Content-Length: {len(body)}".encode()


class TestTheWire:
    @pytest.mark.parametrize(
        ("head", "body"),
        [
            ([b"Transfer-Encoding: chunked", b"Content-Length: 10"], b"0\r\n\r\n"),
            ([b"Content-Length: 5", b"Content-Length: 50"], BODY),
            ([b"Content-Length: 5, 50"], BODY),
            ([b"Content-Length: 1e3"], BODY),
            ([b"Content-Length: +5"], BODY),
            ([b"Content-Length: " + b"9" * 400], BODY),
            ([b"Transfer-Encoding: chunked"], b"zz\r\n"),
            ([b"Transfer-Encoding: chunked"], b"ffffffffffffffffffffff\r\n"),
            ([b"Transfer-Encoding: chunked"], b"-5\r\nhello\r\n"),
            ([b"Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
            ([b"Transfer-Encoding: nonsense"], BODY),
            ([b"Content-Length: 0", b"X: a\x00b"], b""),
            ([b"Content-Length: 0", b"X y: 1"], b""),
            ([b"Content-Length: 0", b": 1"], b""),
        ],
    )
    def test_heads_that_say_two_things_or_nothing(self, site, head, body):
        status, _ = spoken(site, f"Content-Type: {FORM}".encode(), *head, body=body)
        assert status is None or 400 <= status < 500 or status == 501

    def test_a_body_in_pieces_without_end_is_refused_when_it_is_too_much(self, site):
        host, port = site.service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            connection.sendall(
                f"POST {API}/cv/assistant HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: {FORM}\r\n"
                f"Authorization: Bearer {site.settings.secrets['ann']}\r\n\r\n".encode()
            )
            try:
                connection.sendall(b"c0\r\n" + (b"--b\r\n" + HEAD).ljust(0xC0, b"x") + b"\r\n")
                for _ in range(4000):
                    connection.sendall(b"400\r\n" + b"0" * 1024 + b"\r\n")
            except (BrokenPipeError, ConnectionResetError):
                pass  # it does not listen to the rest
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")

    @pytest.mark.parametrize(
        "request_line",
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0", b"GET", b"GET / HTTP/9.9", b"get /",
            b"GET http://elsewhere/api HTTP/1.1", b"CONNECT elsewhere:443 HTTP/1.1", b"GET /" + b"a" * 70_000,
            b"GET //api//career-ark//cv HTTP/1.1", b"GET /\xff\xfe HTTP/1.1", b"GET /%zz%ff HTTP/1.1",
            b"OPTIONS * HTTP/1.1", b"GET /api/career-ark/cv/tasks;x=1 HTTP/1.1", b"GET /../../etc/passwd HTTP/1.1",
            b"FOO /api/career-ark/cv HTTP/1.1", b"GET /api/career-ark/cv/tasks?" + b"a=1&" * 9000 + b" HTTP/1.1",
        ],
        ids=lambda line: repr(line[:24]),
    )  # fmt: skip
    def test_first_lines_that_are_none(self, site, request_line):
        host, port = site.service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            received, cut_off = b"", False
            try:
                connection.sendall(request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
                while chunk := connection.recv(65536):
                    received += chunk
            except (BrokenPipeError, ConnectionResetError):  # it may answer and hang up before it has all of it
                cut_off = True
        status = int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/1.1 ") else None
        assert (status is None and cut_off) or 400 <= status < 500, received[:200]
        assert b"Traceback" not in received

    def test_what_is_asked_beside_the_request_changes_nothing(self, site):
        for line in (
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==",
            b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            b"X-HTTP-Method-Override: DELETE", b"Range: bytes=0-1", b"Accept: nonsense", b"If-None-Match: *",
            b"Accept-Encoding: \xff", b"X-Forwarded-For: ' OR 1=1", b"Expect: 200-ok", b"Cookie: \x80",
        ):  # fmt: skip
            status, body = spoken(site, line, path="/cv/tasks", method="GET")
            assert status in (200, 400, 404, 426), (line, status, body[:200])


class TestTokens:
    def test_two_of_them_are_none_or_the_first_ones(self, site):
        ann, bob = (f"Authorization: Bearer {site.settings.secrets[name]}".encode() for name in ("ann", "bob"))
        cv_id = site.ann.upload("/assistant").json()["cv_id"]
        seen = [spoken(site, *both, path=f"/cv/{cv_id}", method="GET")[0] for both in ((ann, bob), (bob, ann))]
        assert seen in ([401, 401], [400, 400], [200, 404])

    @pytest.mark.parametrize(
        "token",
        [
            "tököń".encode(), "トークン".encode(), b"\x00", b"a\x00b", b"\xff" * 50, b"%00", b"..", b"' OR '1'='1",
            b"null", b"cvt_" + b"A" * 43, b"cvt_" * 3000, b"\xe2\x80\x8b", b"{}",
        ],
    )  # fmt: skip
    def test_odd_ones_are_unknown(self, site, token):
        status, body = spoken(site, b"Authorization: Bearer " + token, path="/cv/tasks", method="GET")
        assert status in (400, 401)
        assert status == 400 or sentence(body) in ("token_unknown", "token_missing")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "DELETE", "POST", "GET", "FOO"])
def test_every_method_everywhere(site, method):
    task_id = "0" * 32
    paths = [path.format(task_id=task_id, cv_id=task_id) for path in site.ann.get("/openapi.json").json()["paths"]]
    for path in (*paths, "/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/page/style.css", "/no"):
        answer = site.ann.request(method, path)
        assert answer.status_code < 500, (method, path)
        if answer.status_code >= 400 and method != "HEAD":
            sentence(answer.content)


@pytest.mark.parametrize(
    "task_id",
    [
        "a/b", "a%2fb", "..", "%2e%2e", "a" * 32 + "/", "a" * 32 + "%0a", "a" * 32 + "%00", "١" * 32, "a" * 5000,
        "%F0%9F%98%80", "0x" + "a" * 30, "-" * 32, "*", "'; DROP TABLE tasks;--", "a" * 31 + "é", "{task_id}",
    ],
    ids=lambda each: each[:20],
)  # fmt: skip
def test_ids_that_are_none(site, task_id):
    for method, path in (
        ("GET", "/cv/{}"), ("GET", "/cv/status/{}"), ("DELETE", "/cv/{}"), ("POST", "/cv/{}/feedback")
    ):  # fmt: skip
        answer = site.ann.request(method, API + path.format(task_id), json={"path": "/skills", "verdict": "right"})
        assert answer.status_code in (404, 405, 422), (method, path)
        assert sentence(answer.content) in ("not_found", "method_not_allowed", "invalid_request")


def docx(*entries, **more):
    """A package of these entries behind what every Word file has."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("[Content_Types].xml", "<Types/>"), *more.items(), *entries):
            archive.writestr(name, content)
    return packed.getvalue()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
) + "]><x>&j;</x>"  # fmt: skip
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'

STRANGE_FILES = {
    "an empty file": b"",
    "a PDF of nothing": b"%PDF-1.7\n",
    "a PDF of zeros": b"%PDF-1.7\n" + b"\x00" * 100_000,
    "a PDF that ends at once": b"%PDF-1.7\n%%EOF",
    "half a PDF": PDF[: len(PDF) // 3],
    "a PDF with a loop": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "ten thousand entries": lambda: docx(*((f"word/x{number}.xml", "<x/>") for number in range(10_000))),
    "a way out of the package": docx(("../../../etc/cron.d/x", "x"), ("word/document.xml", "<x/>")),
    "a package in a package": docx(("word/document.xml", docx(("word/document.xml", "<x/>")))),
    "laughs": docx(("word/document.xml", LAUGHS)),
    "a file of ours": docx(("word/document.xml", OUTSIDE)),
    "a sheet": docx(("xl/workbook.xml", "<x/>")),
    "half a package": docx(("word/document.xml", "<x/>"))[:-30],
    "an old Word file of nothing": bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 4096,
    "rich text": b"{\\rtf1 Jane Doe}",
    "a page": b"<!doctype html><h1>Jane Doe</h1><script>alert(1)</script>",
    "a picture": b"\xff\xd8\xff\xe0" + b"0" * 1000,
    "a program": b"\x7fELF" + b"0" * 1000,
    "half a picture behind a PDF's name": b"GIF89a%PDF-1.7" + b"\x00" * 2000,
}


@pytest.mark.parametrize("name", STRANGE_FILES)
def test_strange_files_get_a_sentence(site, name):
    data = STRANGE_FILES[name]
    answer = site.ann.upload("/assistant", data() if callable(data) else data)
    assert answer.status_code in (413, 415, 422), answer.text
    assert sentence(answer.content).startswith("upload_")
    assert "root:" not in answer.text


def test_a_file_that_is_two_is_read_as_the_one_that_it_begins_with(site):
    """A PDF with a package behind it, and the other way round: one of them, in whole, or a sentence."""
    package = (CV.parent / "a02.docx").read_bytes()
    for data in (PDF + package, package + PDF, b"junk\n" * 20 + PDF):
        answer = site.ann.upload("/assistant", data)
        assert answer.status_code in (200, 415, 422), answer.text
        if answer.status_code == 200:
            assert answer.json()["data"]["work_experience"]
        else:
            assert sentence(answer.content).startswith("upload_")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=" + "b" * 5000, BODY),
        ("multipart/form-data", BODY),
        ("multipart/form-data; boundary=b; boundary=c", BODY.replace(b"--b", b"--x")),
        ("multipart/mixed; boundary=b", BODY),
        ("application/pdf", PDF),
        ("application/x-www-form-urlencoded", b"file=%25PDF"),
        (FORM, b"--b\r\n" + HEAD + b"\r\n--b--\r\n"),
        (FORM, b"--b\r\nContent-Disposition: form-data\r\n\r\n" + PDF + b"\r\n--b--\r\n"),
        (FORM, b"--b\r\n\r\n" + PDF + b"\r\n--b--\r\n"),
        (FORM, b"--b\r\n" + HEAD.replace(b"form-data", b"attachment") + b"x\r\n--b--\r\n"),
        (FORM, b'--b\r\nContent-Disposition: form-data; name="consent"\r\n\r\n' + b"x" * 1_500_000 + b"\r\n--b--\r\n"),
        (FORM, b"\x00" * 4096),
        (FORM, b""),
    ],
    ids=range(13),
)
def test_forms_that_are_none_get_a_sentence(site, content_type, body):
    for way in ("/cv", "/cv/assistant"):
        answer = site.ann.post(API + way, content=body, headers={"Content-Type": content_type})
        assert answer.status_code in (413, 415, 422), answer.text
        assert sentence(answer.content).startswith("upload_")


CORRECTIONS = {
    "a megabyte": b'{"path": "/personal_info/name", "verdict": "wrong", "value": "' + b"x" * 1_000_000 + b'"}',
    "a megabyte of items": b'{"path": "/skills", "verdict": "wrong", "value": [' + b'"x",' * 250_000 + b'"x"]}',
    "a path of a megabyte": b'{"path": "' + b"/a" * 500_000 + b'", "verdict": "right"}',
    "a field that is none": b'{"path": "/personal_info/shoe_size", "verdict": "wrong", "value": "44"}',
    "an entry that is none": b'{"path": "/work_experience/-1/company", "verdict": "wrong", "value": "x"}',
    "an index of truth": b'{"path": "/work_experience/true/company", "verdict": "wrong", "value": "x"}',
    "the end of a list": b'{"path": "/work_experience/-", "verdict": "wrong", "value": "x"}',
    "an escape": b'{"path": "/personal_info~1name", "verdict": "wrong", "value": "x"}',
    "a prototype": b'{"path": "/__proto__/x", "verdict": "wrong", "value": "x"}',
    "an id": b'{"path": "/work_experience/0/id/0", "verdict": "wrong", "value": "x"}',
    "no number": b'{"path": "/personal_info/name", "verdict": "wrong", "value": NaN}',
    "an object": b'{"path": "/personal_info/name", "verdict": "wrong", "value": {"a": 1}}',
    "a number": b'{"path": "/personal_info/name", "verdict": "wrong", "value": 1e400}',
    "a field more": b'{"path": "/personal_info/name", "verdict": "right", "user": "bob"}',
    "another verdict": b'{"path": "/personal_info/name", "verdict": ["wrong"]}',
    "no end": b'{"path": "/personal_info/name", "verdict"',
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_corrections_that_are_none_get_a_sentence(site, name, kept_cv):
    answer = site.ann.post(
        f"{API}/cv/{kept_cv}/feedback", content=CORRECTIONS[name], headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (413, 422), answer.text
    assert sentence(answer.content) in ("invalid_request", "upload_too_large")
    assert len(answer.content) < 10_000, "what was sent is not sent back"


@pytest.fixture(scope="module")
def kept_cv(shared):
    return shared.ann.upload("/assistant").json()["cv_id"]


def test_nobody_fills_the_database_with_corrections(site, kept_cv, monkeypatch):
    monkeypatch.setattr("harness.service.feedback._MOST", 3)
    cv_id = site.ann.upload("/assistant").json()["cv_id"]
    said = {"path": "/personal_info/name", "verdict": "wrong", "value": "Somebody"}
    codes = [site.ann.post(f"{API}/cv/{cv_id}/feedback", json=said).status_code for _ in range(5)]
    assert codes == [201] * 3 + [422] * 2
    assert site.ann.post(f"{API}/cv/{kept_cv}/feedback", json=said).status_code == 201
