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
        self._code = 0
        self.feed(given)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._code += tag == "code"
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def seen(text: str) -> _Seen:
    options = cmarkgfm.Options.CMARK_OPT_UNSAFE | cmarkgfm.Options.CMARK_OPT_FOOTNOTES
    return _Seen(cmarkgfm.github_flavored_markdown_to_html(text, options))


LIVE = re.compile(r"(?<!\w)@\w|#\d|\bgh-\d", re.IGNORECASE)
"""What GitHub makes a link of, and tells people of, after the renderer is done."""
OURS = {"h2", "h3", "p", "strong", "em", "ul", "ol", "li", "blockquote", "sub", "code", "br", "table", "thead", "tbody"}
OURS |= {"tr", "th", "td"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_escaped_text_is_nothing_but_text_in_githubs_renderer(hostile: str) -> None:
    told = markdown.escape(hostile)
    for context in (
        "x {} y",
        "- x {}",
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
        assert not LIVE.search("".join(found.texts)), context


def test_a_live_reference_would_be_seen() -> None:
    for given in ("@user", "see #12", "GH-12"):
        assert LIVE.search("".join(seen(given).texts))
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
    assert not LIVE.search("\n".join(found.texts))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows
    assert found.tags.count("tr") == len(rows) - sum(line.startswith("|---") for line in rows)
