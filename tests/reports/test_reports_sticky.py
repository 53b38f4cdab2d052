"""The pull request's one comment, by the workflow's own script against a `gh` that keeps its comments in a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from synthetic_run import Synthetic

from harness.reports import markdown
from harness.reports.markdown import MARKER

ROOT = Path(__file__).resolve().parents[2]
BOT = "github-actions[bot]"
RUN = "https://git.example.com/team/cvs/actions/runs/77"

needs_jq = pytest.mark.skipif(
    shutil.which("jq") is None and not os.environ.get("CI"), reason="jq, which gh --jq stands for, is not installed"
)
pytestmark = needs_jq

GH = """\
import json, os, subprocess, sys
from pathlib import Path

home = Path(os.environ["GH_HOME"])
words = sys.argv[1:]
assert words.pop(0) == "api" and os.environ["GH_TOKEN"]
given = {}
while len(words) > 1 or words[0].startswith("-"):
    at = next(i for i, word in enumerate(words) if word.startswith("-"))
    name = words.pop(at)
    given[name] = True if name == "--paginate" else words.pop(at)
(path,) = words
path, _, query = path.partition("?")
method = given.get("-X", "POST" if "-F" in given else "GET")
with (home / "asked").open("a") as log:
    log.write(f"{method} {path}\\n")
if method in (home / "down").read_text().split():
    sys.exit("gh: HTTP 502")
comments = json.loads((home / "comments.json").read_text())
if method == "GET":
    assert path == "repos/team/cvs/issues/5/comments", path
    size = int(query.removeprefix("per_page=")) if query else 30
    for first in range(0, max(1, len(comments)), size):
        page = json.dumps(comments[first : first + size])
        subprocess.run(["jq", "-r", given["--jq"]], input=page, text=True, check=True)
        if "--paginate" not in given:
            break
    sys.exit()
name, _, value = given["-F"].partition("=")
assert name == "body" and value.startswith("@")
body = Path(value[1:]).read_text()
if method == "POST":
    assert path == "repos/team/cvs/issues/5/comments", path
    new = max((one["id"] for one in comments), default=1000) + 1
    comments.append({"id": new, "user": {"login": "github-actions[bot]"}, "body": body})
else:
    one = next((one for one in comments if path == f"repos/team/cvs/issues/comments/{one['id']}"), None)
    if method != "PATCH" or one is None:
        sys.exit("gh: Not Found (HTTP 404)")
    one["body"] = body
(home / "comments.json").write_text(json.dumps(comments))
print(json.dumps(comments[-1]))
"""


class Place:
    """A pull request's comments, and the step that runs against them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        gh = folder / "bin" / "gh"
        gh.write_text(f"#!{sys.executable} -IS\n{GH}", encoding="utf-8")
        gh.chmod(0o755)
        self.write([])
        (folder / "down").write_text("", encoding="utf-8")
        workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "evals.yml").read_text(encoding="utf-8"))
        (step,) = (one for one in workflow["jobs"]["comment"]["steps"] if "run" in one)
        self.script: str = step["run"]
        self.named: set[str] = set(step["env"])

    def write(self, comments: Iterable[dict[str, Any]]) -> None:
        (self.folder / "comments.json").write_text(json.dumps(list(comments)), encoding="utf-8")

    @property
    def comments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.folder / "comments.json").read_text(encoding="utf-8"))
        return found

    @property
    def asked(self) -> list[str]:
        log = self.folder / "asked"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def push(self, text: str | None, *, down: str = "") -> subprocess.CompletedProcess[str]:
        """Run the step as a runner does, with this comment.md; down: methods that GitHub answers with an error."""
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        (self.folder / "asked").unlink(missing_ok=True)
        (self.folder / "down").write_text(down, encoding="utf-8")
        if text is not None:
            (work / "comment.md").write_text(text, encoding="utf-8")
        given = {"GH_TOKEN": "t", "NUMBER": "5", "RUN": RUN}
        assert set(given) == self.named
        own = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "GH_HOME": str(self.folder)}
        return subprocess.run(
            ["bash", "-e", "-c", self.script], cwd=work, capture_output=True, text=True, check=False,
            env={**given, **own, "GITHUB_REPOSITORY": "team/cvs"},
        )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def said(number: int, text: str = "looks good", by: str = "a-person") -> dict[str, Any]:
    return {"id": number, "user": {"login": by}, "body": text}


def verdict(word: str) -> str:
    return f'{MARKER}\n\n## {word}\n\n`$(touch pwned)` "quoted" \\ $HOME\n'


def test_the_first_push_comments_and_each_later_one_changes_that_comment(place: Place) -> None:
    place.write([said(1)])
    for word in ("HOLD", "INCONCLUSIVE", "SHIP"):
        done = place.push(verdict(word))
        assert done.returncode == 0, done.stderr
        other, own = place.comments
        assert other == said(1)
        assert own["body"].startswith(verdict(word))
        assert own["body"].count(RUN) == 1
    assert not list(place.folder.rglob("pwned"))


@pytest.mark.long
def test_its_comment_is_found_behind_many_others(place: Place) -> None:
    many = [said(number) for number in range(1, 251)]
    place.write([*many, said(900, verdict("HOLD"), BOT), *(said(number) for number in range(1000, 1040))])
    assert place.push(verdict("SHIP")).returncode == 0
    assert len(place.comments) == 291
    assert place.comments[250]["body"].startswith(verdict("SHIP"))
    assert place.asked[-1] == "PATCH repos/team/cvs/issues/comments/900"


@pytest.mark.long
@pytest.mark.parametrize(
    "foreign",
    [
        said(1, verdict("HOLD")),
        said(1, f"> {verdict('HOLD')}", BOT),
        said(1, "<!-- another bot's -->\n" + verdict("HOLD"), BOT),
        said(1, "", BOT),
    ],
)
def test_what_somebody_else_wrote_stays_as_it_is(place: Place, foreign: dict[str, Any]) -> None:
    place.write([foreign])
    for word in ("HOLD", "SHIP"):
        assert place.push(verdict(word)).returncode == 0
    assert place.comments[0] == foreign
    assert [one["body"].startswith(verdict("SHIP")) for one in place.comments] == [False, True]


@pytest.mark.long
@pytest.mark.parametrize(("there", "down"), [(True, "GET"), (False, "GET"), (True, "PATCH"), (False, "POST")])
def test_where_github_fails_the_step_fails_and_nothing_comes_twice(place: Place, there: bool, down: str) -> None:
    before = [said(1), *([said(2, verdict("HOLD"), BOT)] if there else [])]
    place.write(before)
    done = place.push(verdict("SHIP"), down=down)
    assert done.returncode != 0
    assert "502" in done.stderr
    assert place.comments == before
    assert place.push(verdict("SHIP")).returncode == 0
    assert len(place.comments) == 2


@pytest.mark.parametrize("text", [None, "## SHIP\n", f"\n{MARKER}\n"])
def test_nothing_is_posted_that_could_not_be_found_again(place: Place, text: str | None) -> None:
    assert place.push(text).returncode == (0 if text is None else 1)
    assert place.asked == []


def test_what_is_written_for_a_run_comes_once(place: Place, run: Synthetic, summary: dict[str, Any]) -> None:
    text = markdown.comment(run.verdict, summary)
    for _ in range(2):
        assert place.push(text).returncode == 0
    assert [one["body"].startswith(text) for one in place.comments] == [True]
