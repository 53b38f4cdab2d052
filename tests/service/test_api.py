"""The product's endpoints, from outside."""

import contextlib
import json
import socket

import pytest
from service_site import API, LIMIT_S, REPOSITORY, Client

from harness.contract.check import check


@pytest.fixture
def site(shared):
    return shared


class TestLegacy:
    def test_an_upload_is_answered_after_the_first_pass_and_its_sections_follow(self, site):
        answer = site.ann.upload()
        assert answer.status_code == 200
        task_id = answer.json()["taskId"]
        assert site.ann.done(task_id)["status"] == "completed"
        sections = site.ann.get(f"{API}/cv/{task_id}").json()
        assert check(sections).valid
        assert len(sections["work_experience"]) >= 2
        assert all(role["description"] for role in sections["work_experience"])

    def test_the_answers_have_the_products_names_and_order(self, site):
        task_id = site.ann.upload().json()["taskId"]
        status = site.ann.done(task_id)
        assert list(status) == ["taskId", "status", "error", "created_at", "updated_at", "extractedDataSummary"]
        assert status["extractedDataSummary"]["work_experience"] >= 2
        assert site.ann.get(f"{API}/cv/tasks").json()[0] == status

    def test_the_legacy_endpoint_stays_legacy_when_everybody_has_the_assistant(self, site):
        task_id = site.ann.upload().json()["taskId"]
        site.ann.done(task_id)
        assert site.running.store.task(task_id).method == "legacy"


class TestAssistant:
    def test_the_answer_is_in_the_response_to_the_upload(self, site):
        answer = site.ann.upload("/assistant").json()
        assert (answer["success"], answer["method"]) == (True, "assistant")
        assert list(answer) == ["success", "cv_id", "data", "method"]
        assert check(answer["data"]).valid
        assert site.ann.get(f"{API}/feature-flags").json() == {"use_assistant_processing": True}
        assert site.ann.get(f"{API}/cv/{answer['cv_id']}").json() == answer["data"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"", 422, "upload_damaged"),
            (b"just a text", 415, "upload_unsupported"),
            (b"\x89PNG\r\n\x1a\n" + b"0" * 100, 415, "upload_unsupported"),
            (b"%PDF-1.7\nnot really", 422, "upload_damaged"),
            (b"%PDF-1.7" + b"0" * (2 * 1024 * 1024), 413, "upload_too_large"),
        ],
    )
    def test_bad_uploads_get_a_code_and_a_sentence(self, site, data, status, code):
        for way in ("", "/assistant"):
            answer = site.ann.upload(way, data)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (status, code)
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["title"].endswith(".")
            assert problem["instance"] == f"urn:request:{answer.headers['x-request-id']}"

    def test_too_much_is_refused_while_it_streams_in(self, site):
        """The refusal comes although the upload never ends."""
        host, port = site.service.url.removeprefix("http://").split(":")
        head = (
            f"POST {API}/cv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.settings.secrets['ann']}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' + b"0" * (5 << 19)
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as raw:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it answers before it has all of it
                raw.sendall(head.encode() + f"{len(form):x}\r\n".encode() + form + b"\r\n")
            assert raw.recv(1000).startswith(b"HTTP/1.1 413 ")

    def test_what_is_no_form_with_one_file_is_refused(self, site):
        for request in (
            {"json": {}},
            {"data": {"file": "text"}, "files": {"other": b"%PDF-"}},
            {"files": [("file", ("a", b"%PDF-1")), ("file", ("b", b"%PDF-1"))]},
            {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
            {"content": b"garbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        ):
            answer = site.ann.post(f"{API}/cv", **request)
            assert (answer.status_code, answer.json()["code"]) == (422, "upload_missing")

    @pytest.mark.parametrize(
        "body",
        [
            b'{"path": "/skills/\\ud800", "verdict": "wrong", "value": "x"}',
            b'{"path": "/skills\\u0000", "verdict": "wrong", "value": "x"}',
            b'{"path": "/work_experience/99999999999999999999/company", "verdict": "right"}',
            b'{"path": "/personal_info/name", "verdict": "wrong", "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"path": "/personal_info/name", "verdict": "wrong", "value": "' + b"x" * (3 << 20) + b'"}',
            b'{"path": "/personal_info/name", "verdict": "wrong", "value": "a\\ud800"}',
            b"\xff\xfe",
            b"",
        ],
        ids=[
            "half a character",
            "a zero byte",
            "far away",
            "deep",
            "long",
            "half a character in a value",
            "no UTF-8",
            "nothing",
        ],
    )
    def test_hostile_corrections_are_refused(self, site, body):
        cv_id = site.ann.upload("/assistant").json()["cv_id"]
        answer = site.ann.post(f"{API}/cv/{cv_id}/feedback", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (413, 422)
        assert answer.json()["code"] in ("invalid_request", "upload_too_large")

    def test_a_correction_with_a_zero_byte_can_be_kept(self, site):
        cv_id = site.ann.upload("/assistant").json()["cv_id"]
        body = b'{"path": "/personal_info/name", "verdict": "wrong", "value": "a\\u0000b"}'
        headers = {"Content-Type": "application/json"}
        assert site.ann.post(f"{API}/cv/{cv_id}/feedback", content=body, headers=headers).status_code == 201

    def test_foreign_missing_and_expired_tokens(self, site):
        task_id = site.ann.upload().json()["taskId"]
        site.ann.done(task_id)
        for path in (f"/cv/{task_id}", f"/cv/status/{task_id}"):
            answer = site.bob.get(API + path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert site.bob.delete(f"{API}/cv/{task_id}").status_code == 404
        assert site.bob.get(f"{API}/cv/tasks").json() == []
        with Client(base_url=site.service.url) as nobody:
            for header, code in (({}, "token_missing"), ({"Authorization": "Bearer x"}, "token_unknown")):
                for method, path in (("GET", "/cv/tasks"), ("POST", "/cv"), ("GET", "/feature-flags")):
                    answer = nobody.request(method, API + path, headers=header)
                    assert (answer.status_code, answer.json()["code"]) == (401, code)
                    assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_unknown_addresses_and_methods_have_the_same_shape(self, site):
        assert site.ann.get("/nothing").json()["code"] == "not_found"
        assert site.ann.put(f"{API}/cv").json()["code"] == "method_not_allowed"
        assert site.ann.get(f"{API}/cv/status/1").json()["code"] == "invalid_request"


def test_the_openapi_page_names_every_endpoint_with_its_problems_and_the_contract(site):
    page = site.ann.get("/openapi.json").json()
    text = json.dumps(page)
    assert {f"{API}/cv", f"{API}/cv/assistant", f"{API}/cv/status/{{task_id}}", f"{API}/cv/tasks"} <= set(page["paths"])
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in page["components"]["schemas"]
    responses = page["paths"][f"{API}/cv/assistant"]["post"]["responses"]
    assert {"200", "401", "413", "415", "422", "429", "502", "503", "504"} <= set(responses)
    assert page["components"]["schemas"]["CV"]["required"]


def test_docx_is_read_too(site):
    docx = next((REPOSITORY / "fixtures/corpus/cvs").glob("*.docx"))
    assert site.ann.upload("/assistant", docx).json()["success"] is True
