"""Markdown in GitHub's own renderer (cmark-gfm): whatever a model, a CV or a bundle says stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
import synthetic_run
from conftest import summary_of

from harness.reports import markdown

SHA = "0123456789abcdef0123456789abcdef01234567"
HOSTILE = (
    "https://evil.example/x", "HTTP://evil.example", "ftp://evil.example", "www.evil.example", "wWw.evil.example",
    "mailto:a@evil.example", "xmpp:a@evil.example", "a.b+c@evil.example", "<https://evil.example>", "<a@evil.example>",
    "[a](https://evil.example)", "![a](https://evil.example/x.png)", "[a]: https://evil.example", "[a][b]", "[^1]",
    "@everyone", "@org/team", "(@user)", "x @user", "&#64;user", "#12", "org/repo#12", "GH-12", "gh-12", "repo@" + SHA,
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<!-- cv-harness verdict -->", "</td></tr></table>",
    "<details><summary>x", "&lt;b&gt;", "a | b | c", "\\| a", "| --- |", "`code`", "``` \nx\n```", "~~~", "~~gone~~",
    "*a* **b** _c_ __d__", "# head", "x\n# head", "x\n\n- [ ] task", "x\n===", "x\n---", "> quote", "1. one", "+ plus",
    SHA, SHA[:7], SHA.upper(), "(" + SHA[:12], "a " + SHA[:7] + "..." + SHA[7:14], "org/repo@" + SHA[:7],
    "x@" + SHA[:7],
    "`" + SHA + "`", "``" + SHA, SHA + "`" + SHA, "_" + SHA[:9] + "_", "1234567", "cv-" + SHA[:12], "gh-1234567",
    "org/repo/issues/12", "x/pull/1", "/discussions/7", "#" + SHA[:7], "org#12", ":octocat:", "a:+1:",
    "#1,#2", "@" + SHA,
    "| " + SHA, SHA + "\\", "\\" + SHA, "- list", "+ list", "1. one", "12) one", "=== x", "    " + SHA, "> " + SHA[:8],
    "$x$", "$$x$$", "\\", "\\\\", "a\u2028# b", "\u202e@resu", "{{7*7}}", "a  \nb", "\tcode",
)  # fmt: skip


class _Seen(HTMLParser):
    """What a browser would see: elements, addresses, and text outside of code, in which GitHub looks for names."""

    def __init__(self, given: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.comments: list[str] = []
        self.texts: list[str] = []
        self.shown = ""
        self._code = 0
        self.feed(given)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "code":  # of words that look like hashes: nothing but another letter form
            self._code += 1
        else:
            self.tags.append(tag)
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.shown += data
        if not self._code:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def seen(text: str) -> _Seen:
    options = cmarkgfm.Options.CMARK_OPT_UNSAFE | cmarkgfm.Options.CMARK_OPT_FOOTNOTES
    return _Seen(cmarkgfm.github_flavored_markdown_to_html(text, options))


LIVE = re.compile(
    r"(?<!\w)@\w|#\d|\bgh-\d|/(?:issues|pull|discussions)/\d|:(?!\d{1,2}:)[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])",
    re.IGNORECASE,
)
"""What GitHub makes a link or a picture of after the renderer is done, outside of code, in each text by itself: people
and teams, issues by number or path, commits by 7 to 40 hexadecimal digits (its documentation, "Autolinked
references and URLs"; GitHub Desktop's filters, which are public, ask for more around each, so that this is the
stricter model)."""
OURS = {"h2", "h3", "p", "strong", "em", "ul", "ol", "li", "blockquote", "sub", "code", "br", "table", "thead", "tbody"}
OURS |= {"tr", "th", "td"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_escaped_text_is_nothing_but_text_in_githubs_renderer(hostile: str) -> None:
    told = markdown.escape(hostile)
    for context in (
        "x {} y",
        "- x {}",
        "{}",
        "- {}",
        "1. {}",
        "## {}",
        "**x {}**",
        "> **x**: {} (y).",
        "| a | b |\n|---|---|\n| {} | z |",
        "<sub>r {}</sub>",
    ):
        found = seen(context.format(told))
        alone = seen(context.format("plain"))
        assert found.tags == alone.tags, context
        assert found.addresses == []
        assert found.comments == []
        assert not any(map(LIVE.search, found.texts)), context
        assert _plain(hostile) in _plain(found.shown), "and it says the same"


def _plain(text: str) -> str:
    """Without white space, controls and what is not to be seen."""
    return re.sub(r"[\s\x00-\x1f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069]", "", text)


def test_a_live_reference_would_be_seen() -> None:
    for given in ("@user", "see #12", "GH-12", SHA, SHA[:7], "a/b@" + SHA, "a/b/pull/3", ":+1:"):
        assert any(map(LIVE.search, seen(given).texts))
        assert not any(map(LIVE.search, seen(f"`{given}`").texts))
    assert seen("https://evil.example").addresses == ["https://evil.example"]
    assert "img" in seen("<img src=x>").tags


@pytest.mark.parametrize("write", [markdown.render, markdown.comment])
def test_a_hostile_run_is_inert_in_githubs_renderer(write: Any) -> None:
    plant = " ".join(HOSTILE[:40])
    planted = synthetic_run.make(20, 1, plant=plant)
    summary = summary_of(planted)
    verdict = replace(planted.verdict, reasons=(*planted.verdict.reasons, *HOSTILE))
    text = write(verdict, summary)
    found = seen(text)
    assert set(found.tags) <= OURS
    assert found.addresses == []
    assert found.comments == [" cv-harness verdict "]
    told = [
        re.sub(r"· commit [0-9a-f]{7,40}\b", "", each) for each in found.texts
    ]  # the commit of the run: a link to it
    assert not any(map(LIVE.search, told)), [each for each in told if LIVE.search(each)]
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows
    assert found.tags.count("tr") == len(rows) - sum(line.startswith("|---") for line in rows)
