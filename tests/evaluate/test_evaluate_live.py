"""The page that refreshes itself: on loopback, for this machine and its own names alone."""

import os
import urllib.error
import urllib.request

import pytest

from harness.evaluate.commands.live import LivePage


@pytest.fixture
def reports(tmp_path):
    run(tmp_path, "one")
    return tmp_path


def run(reports, name):
    folder = reports / "runs" / name
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f"<title>{name}</title><p id=which>{name}</p>", encoding="utf-8")
    beside = reports / ".latest.new"
    beside.symlink_to(folder, target_is_directory=True)
    os.replace(beside, reports / "latest")


def fetch(url, host=None):
    asked = urllib.request.Request(url, headers={"Host": host} if host else {})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.read().decode(), answer.headers


def test_it_serves_the_newest_page_and_says_when_there_is_another(reports):
    with LivePage(reports) as live:
        assert live.url.startswith("http://127.0.0.1:")
        wrapper, headers = fetch(live.url)
        assert "iframe" in wrapper
        for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'"):
            assert rule in headers["Content-Security-Policy"]
        assert "one" in fetch(f"{live.url}page?x")[0]
        before = fetch(f"{live.url}stamp")[0]
        run(reports, "two")
        assert fetch(f"{live.url}stamp")[0] != before
        assert "two" in fetch(f"{live.url}page")[0]


@pytest.mark.parametrize("path", ["", "../", "page", "..%2f..%2fetc/passwd"])
def test_without_its_path_nothing_is_served(reports, path):
    with LivePage(reports) as live:
        root = live.url.rsplit("/", 2)[0]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{root}/{path}")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{live.url}{path or 'runs'}x")


def test_a_foreign_name_for_this_machine_gets_nothing(reports):
    with LivePage(reports) as live, pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(live.url, host="evil.example:80")


def test_before_the_first_report_there_is_none(tmp_path):
    with LivePage(tmp_path) as live:
        assert fetch(f"{live.url}stamp")[0] == ""
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{live.url}page")
