"""The simulator as a server on one's own machine: whom it answers, and for how long it can be kept busy."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from harness.simulator import edge
from harness.simulator.directives import read_sentences
from harness.simulator.http import Reply, Request
from harness.simulator.parse.bounds import LONGEST_LINE, bounded_lines
from harness.simulator.parse.cv import parse_cv
from harness.simulator.server import Server, Settings

UNITS = (
    "a",
    "a-",
    "1-",
    "1-1-",
    "a.",
    "1 ",
    "2020 ",
    "www.",
    "+1 ",
    "| a ",
    "é",
    "漢",
    "a\tb\t",
    " ",
    "Jan 2020 - ",
    "a@",
)


def asked(path: str, body: object = None, method: str = "GET", **headers: str) -> Reply:
    data = b"" if body is None else json.dumps(body).encode()
    return asyncio.run(Server(Settings()).handle(Request(method, path, {"host": "127.0.0.1:8000", **headers}, data)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "[::1]:8000", "LOCALHOST"])
def test_control_paths_answer_this_machine(host: str) -> None:
    assert asked("/sim/version", host=host).status == 200
    assert asked("/sim/version", host=host, origin="http://localhost:3000").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example.com"},
        {"host": "127.0.0.1.evil.example.com"},
        {"host": "evil.example.com:80@127.0.0.1.nip.io"},
        {"host": ""},
        {"host": "[::1"},
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:3000"},
    ],
)
@pytest.mark.parametrize("path", ["/sim/requests", "/sim/stats", "/sim/faults", "/sim/version"])
def test_control_paths_answer_no_page_of_the_web(path: str, headers: dict[str, str]) -> None:
    assert asked(path, **headers).status == 403
    assert asked(path, {"faults": []}, "POST", **headers).status == 403


@pytest.mark.fast_cases(3)
@pytest.mark.parametrize("unit", UNITS)
def test_a_text_of_no_meaning_is_parsed_in_no_time(unit: str) -> None:
    text = (unit * 60_000)[:60_000]
    begin = time.process_time()
    parse_cv.__wrapped__(f"WORK EXPERIENCE\n{text}\nEDUCATION\n")
    read_sentences.__wrapped__(text[:20_000])
    assert time.process_time() - begin < 5  # half a minute before


def test_a_request_that_takes_too_long_is_refused_and_the_next_one_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(*_: object) -> str:
        while True:
            time.sleep(0.001)

    body = {"model": "gpt-4o", "input": "A CV", "store": False}
    with monkeypatch.context() as stuck:
        stuck.setattr("harness.simulator.server.limited", lambda: edge.limited(0.1))
        stuck.setattr("harness.simulator.server.think", forever)
        reply = asked("/v1/responses", body, "POST")
    assert reply.status == 400
    assert json.loads(reply.body)["error"]["code"] == "takes_too_long"
    assert asked("/v1/responses", body, "POST").status == 200


def test_long_lines_are_broken_where_nothing_is_lost() -> None:
    text = "word " * 2_000 + "\n" + "x" * 5_000 + "\nshort"
    broken = bounded_lines(text)
    assert max(map(len, broken.split("\n"))) <= LONGEST_LINE
    assert broken.replace("\n", "") == text.replace("\n", "")
    assert "wo\nrd" not in broken
    assert bounded_lines("short\nlines\n") == "short\nlines\n"
