"""The page as a file: static, self-contained, safe, redacted where it should be."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import KEY, judged, page_of, summary_of
from synthetic_run import Synthetic

from harness.reports import details, shards
from harness.reports.page import collapsed, render, safe_json
from harness.reports.prepare import Judged, prepare
from harness.reports.redaction import Redactor

ASSETS = Path(details.__file__).with_name("assets")


def inflated(page: Path) -> list[Any]:
    """What the page's script would read: index and shards."""
    blocks = re.findall(r'<script type="application/octet-stream" id="[^"]+">([^<]+)</script>', page.read_text("utf-8"))
    return [json.loads(gzip.decompress(base64.b64decode(block))) for block in blocks]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def elements(page: Path) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(page.read_text("utf-8"))
    return parser.seen


def test_the_policy_allows_the_one_script_and_nothing_else(page: Path) -> None:
    text = page.read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.S)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert policy[1] == (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:"
        "; form-action 'none'; base-uri 'none'"
    )


@pytest.mark.parametrize(
    "page", [path for path in sorted(ASSETS.glob("*.html.j2")) if "<!doctype html>" in path.read_text("utf-8")]
)
def test_no_page_sends_a_form_or_moves_its_addresses(page: Path) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page.read_text("utf-8"))
    rules = [rule.strip() for rule in policy.split(";")]
    assert {"default-src 'none'", "form-action 'none'", "base-uri 'none'"} <= set(rules)
    assert not any("unsafe" in rule and not rule.startswith("style-src") for rule in rules)


def test_nothing_in_the_page_leads_out_of_it(planted_page: Path) -> None:
    for tag, attributes in elements(planted_page):
        assert tag not in ("img", "iframe", "link", "object", "embed", "form", "base")
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#")


def test_planted_text_stays_text(planted_page: Path) -> None:
    text = planted_page.read_text("utf-8")
    assert "<img src=x" not in text
    assert "<script>document.title" not in text
    assert "{{7*7}}" in text  # not evaluated either
    assert "&lt;img src=x onerror=" in text


@pytest.mark.parametrize(
    "element",
    [
        'id="verdict"', 'id="claims"', 'id="gates"', 'id="fields"', 'id="latency"', 'id="cost"', 'id="schema"',
        'id="errors"', 'id="hallucinations"', 'id="diff"', 'id="worst"', 'id="cv"', 'id="trend"', 'id="flaky"',
        'id="golden-audit"', 'id="provenance"',
    ],
)  # fmt: skip
def test_every_section_has_its_anchor(page: Path, element: str) -> None:
    assert page.read_text("utf-8").count(element) == 1


def test_ids_are_unique(page: Path) -> None:
    ids = [attributes["id"] for _, attributes in elements(page) if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_label_stands_in_the_header_and_beside_every_latency(page: Path) -> None:
    text = page.read_text("utf-8")
    latency = text[text.index('<section id="latency">') : text.index('<section id="cost">')]
    assert text.index("SIMULATED") < text.index('<section id="verdict"')
    rows = re.split(r"<tr><th scope=\"?row\"?>", latency)[1:]
    assert len(rows) == 3
    assert all("SIMULATED" in row for row in rows)
    assert latency.count("SIMULATED") >= len(rows) + 3  # the heading and the plots say it too


def test_live_figures_carry_no_label(tmp_path: Path) -> None:
    run = synthetic_run.make(8, 1, source="live")
    text = page_of(run, tmp_path / "live.html").read_text("utf-8")
    assert "SIMULATED" not in re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    assert "REPLAYED" in text  # the baseline came from recordings


def test_the_same_run_gives_the_same_bytes(run: Synthetic, page: Path, tmp_path: Path) -> None:
    assert page_of(run, tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_a_page_over_the_cap_keeps_its_details_beside_it(run: Synthetic, tmp_path: Path) -> None:
    rendered = render(tmp_path / "index.html", judged(run), summary_of(run), cap=200_000)
    assert rendered.bytes < 200_000
    assert [path.relative_to(tmp_path).as_posix() for path in rendered.parts] == [
        "index-cvs/part-000.html",
        "index-cvs/part-001.html",
        "index-cvs/part-002.html",
    ]
    assert "Keep the two together" in (tmp_path / "index.html").read_text("utf-8")
    index, details_ = inflated(rendered.parts[2])
    assert (
        [row[0] for row in index["rows"]] == [item["id"] for item in details_] == [f"cv-{i:04d}" for i in range(50, 60)]
    )


def test_a_redacted_page_holds_no_id_no_text_and_no_value(run: Synthetic, redacted_page: Path) -> None:
    text = redacted_page.read_text("utf-8") + json.dumps(inflated(redacted_page), ensure_ascii=False)
    for golden in run.goldens.values():
        info = golden.cv["personal_info"]
        for value in (info["name"], info["email"], info["phone"], info["summary"]):
            assert value not in text
        for role in golden.cv["work_experience"]:
            assert role["company"] not in text
            assert all(bullet not in text for bullet in role["description"])
    assert "Scrum Master" not in text
    assert not re.search(r"cv-\d{4}\b", text)
    assert not re.search(r"person-\d{4}", text)
    assert "synthetic-1" in text  # the rest is there


def test_a_redacted_drill_down_still_says_which_leaves_differ(redacted_page: Path) -> None:
    index, first, *_ = inflated(redacted_page)
    assert [row[0] for row in index["rows"]][:25] == [item["id"] for item in first]
    row = next(row for item in first for row in item["rows"] if "m" in row)
    assert set(row) <= {"p", "f", "a", "m", "new"}
    assert all(item["text"] is None and item["golden"] is None and item["command"] is None for item in first)


def test_planted_text_is_redacted_too(planted: Synthetic, tmp_path: Path) -> None:
    page = page_of(planted, tmp_path / "redacted.html", redacted=True)
    text = page.read_text("utf-8").replace("&#39;", "'").replace("&#34;", '"').replace("&lt;", "<")
    data = json.dumps(inflated(page))
    assert "pwned" not in data
    # instructions, and the verdict's reasons about them, are no CV: there the planted text stays, as text
    diff = text[text.index('<section id="diff">') : text.index('<section id="worst">')]
    assert "pwned" in diff
    assert "Mallory" not in text


def test_the_same_key_gives_the_same_pseudonyms_and_another_key_others(run: Synthetic) -> None:
    one, two = (Redactor.of(run.cases, run.goldens, key=KEY) for _ in range(2))
    other = Redactor.of(run.cases, run.goldens)
    assert one.document("cv-0001") == two.document("cv-0001") != other.document("cv-0001")


@pytest.mark.parametrize(
    ("sentence", "gone"),
    [
        ("“Java” stands for “JavaScript” in 3 CVs", "Java"),
        ("cv-0001 and cv-0002 lost work_experience[].company", "cv-0001"),
        ("write to ada.brook@example.org or +44 20 7946 0111", "ada.brook"),
        ("see https://example.org/ada", "example.org"),
        ("wrong: University of Leeds in 2 CVs", "Leeds"),
        ("languages[].language: Polish → German in 3 CVs", "Polish"),
        ("accuracy: F1 94.0 % → 90.0 %, University of Leeds in 2 CVs by 2027-01-14", "Leeds"),
    ],
)
def test_sentences_lose_values_and_keep_their_sense(sentence: str, gone: str) -> None:
    redactor = Redactor(["cv-0001", "cv-0002"], ["University of Leeds", "Polish"], key=KEY)
    told = redactor.text(sentence)
    assert gone not in told
    for kept in ("94.0 % → 90.0 %", "2027-01-14"):
        assert (kept in sentence) == (kept in told)
    for word in re.findall(r"work_experience\[\]\.company|languages\[\]\.language|in \d CVs", sentence):
        assert word in told


def test_unknown_keys_of_an_answer_do_not_leave_in_a_pointer() -> None:
    redactor = Redactor([], [])
    assert redactor.pointer("/work_experience/*/company") == "/work_experience/*/company"
    assert redactor.pointer("/personal_info/Ada Brook") == "/personal_info/‹unknown key›"


def test_evidence_offsets_count_as_javascript_does() -> None:
    run = synthetic_run.make(1, 1)
    text = "🙂🙂" + run.texts["cv-0000"]
    shifted = tuple(
        replace(
            case,
            score=replace(
                case.score,
                outcomes=tuple(
                    replace(o, evidence=(o.evidence[0] + 2, o.evidence[1] + 2) if o.evidence else None)
                    for o in case.score.outcomes
                ),
            ),
        )
        for case in run.cases
    )
    ready = prepare(shifted, run.verdict, run.manifest)
    table = details.table(ready, "cv-0000", frozenset(), None)
    shown = details.detail(ready, table, golden=run.goldens["cv-0000"], text=text)
    units = text.encode("utf-16-le")
    row = next(r for r in shown["rows"] if r["p"] == "personal_info.email")
    before = sum(sum(r["e"]) for r in shown["rows"][: shown["rows"].index(row)] if "e" in r)
    start, length = before + row["e"][0], row["e"][1]
    assert units[2 * start : 2 * (start + length)].decode("utf-16-le") == row["g"]
    assert row["a"][1] == [0]


def test_rows_come_in_contract_order(run: Synthetic) -> None:
    ready = prepare(run.cases, run.verdict, run.manifest)
    shown = details.detail(ready, details.table(ready, "cv-0005", frozenset(), None), golden=None, text=None)
    paths = [row["p"] for row in shown["rows"] if "new" not in row]
    assert paths[0] == "personal_info.name"
    assert paths.index("work_experience[1].company") < paths.index("work_experience[1].title")
    assert paths.index("work_experience[1].title") < paths.index("work_experience[2].company")


def test_embedded_json_cannot_end_its_script() -> None:
    text = safe_json({"a": "</script><!--", "b": "&\u2028"})
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == {"a": "</script><!--", "b": "&\u2028"}


def test_packed_data_survive_lone_surrogates() -> None:
    assert json.loads(gzip.decompress(base64.b64decode(shards.packed({"a": "x\ud800y"})))) == {"a": "x?y"}


def test_details_stand_in_groups_in_the_order_in_which_they_were_made() -> None:
    made = [({"id": f"{number} {'x' * (100_000 // number)}"}, {"id": -number}) for number in range(1, 8)]
    found = [
        [json.loads(gzip.decompress(base64.b64decode(each))) for each in page] for page in shards.shards(made, 2, 3)
    ]
    assert found == [[[each[page] for each in made[at : at + 3]] for at in (0, 3, 6)] for page in (0, 1)]


def test_long_unchanged_stretches_of_a_diff_are_folded() -> None:
    same = "".join(f"line {i}\n" for i in range(12))
    folded = collapsed([["=", same], ["-", "old\n"], ["+", "new\n"], ["=", same]])
    assert folded[0] == ("~", "10 unchanged lines")
    assert folded[-1] == ("~", "10 unchanged lines")
    assert collapsed([["=", same]]) == []


def test_a_run_without_comparisons_goldens_or_texts_still_renders(tmp_path: Path) -> None:
    run = synthetic_run.make(3, 1)
    bare = replace(run.verdict, verdict="INCONCLUSIVE", comparisons=(), claims=(), reasons=())
    manifest = replace(run.manifest, arms=run.manifest.arms[2:])
    cases = [
        replace(c, score=None, document=replace(c.document, tags={})) for c in run.cases if c.record.arm == "candidate"
    ]
    from harness.reports.summary import build_summary

    judged = Judged(cases, bare, manifest)
    rendered = render(tmp_path / "bare.html", judged, build_summary(judged))
    text = rendered.path.read_text("utf-8")
    assert "no accuracy is claimed" in text
    assert "Nothing to compare with" in text


def test_a_run_without_goldens_shows_agreement_and_claims_no_accuracy(page: Path, tmp_path: Path) -> None:
    run = synthetic_run.without_goldens(synthetic_run.make(6, 1))
    agreement = synthetic_run.agreement(run)
    text = page_of(run, tmp_path / "full.html", agreement=agreement).read_text("utf-8")
    assert "agreement is no accuracy, two arms can be wrong together" in text
    assert "Accuracy was not judged:" in text
    assert "that flipped" not in text
    section = text[text.index('<section id="agreement">') : text.index('<section id="latency">')]
    assert section.count('href="#cv=cv-0000"') == 1
    assert "skills[]" in section
    assert "personal_info.name" not in section
    hidden = page_of(run, tmp_path / "redacted.html", redacted=True, agreement=agreement).read_text("utf-8")
    assert "skills[]" in hidden
    assert "cv-0000" not in hidden
    assert 'id="agreement"' not in page.read_text("utf-8")


def test_the_first_screen_names_the_gates_that_are_not_passed(page: Path) -> None:
    text = page.read_text("utf-8")
    first = text[text.index('<section id="verdict"') : text.index('<section id="claims">')]
    named = re.findall(r'([✕?]) <a href="#gates-(\w+)">([^<]+)</a>', first)
    assert named == [
        ("✕", "baseline", "field accuracy"),
        ("✕", "baseline", "critical values"),
        ("?", "baseline", "cost"),
    ]
    assert first.index("SIMULATED") < first.index("class=why")  # the word is never seen without it


def test_the_navigation_counts_what_the_candidate_did(page: Path, summary: dict[str, Any]) -> None:
    (told,) = re.findall(
        r"<span>Hallucinations</span><b title=\"(\d+) invented values in the candidate&#39;s answers, (\d+) in the "
        r"baseline&#39;s\">([+−]\d+)</b>",
        page.read_text("utf-8"),
    )
    arms = summary["hallucinations"]["arms"]
    mine, theirs = arms["candidate"]["values"], arms["baseline"]["values"]
    assert told[:2] == (str(mine), str(theirs))
    assert int(told[2].replace("−", "-")) == mine - theirs


def test_what_is_wrong_as_before_is_not_listed_as_a_flip(run: Synthetic, tmp_path: Path) -> None:
    changed = summary_of(run)
    fixed = {"document": "cv-0001", "class": "fixed", "fixed": 1, "broken": 0, "both_wrong": 0, "fields": []}
    same = {**fixed, "document": "cv-0002", "class": "both_wrong", "fixed": 0, "both_wrong": 3}
    changed["flips"]["baseline"]["documents"] = [same, fixed]
    out = render(tmp_path / "flips.html", Judged(run.cases, run.verdict, run.manifest), changed).path
    text = out.read_text("utf-8")
    listed = text[text.index('<h3 id="flips">') : text.index('<section id="worst">')]
    assert re.findall('"#cv=([^"]+)"', listed) == ["cv-0001"]


def test_static_weight_with_every_gate_stays_in_its_budget(run: Synthetic, tmp_path: Path) -> None:
    text = page_of(synthetic_run.with_every_gate(run), tmp_path / "all.html").read_text("utf-8")
    static = re.sub(r'<script type="application/octet-stream".*?</script>', "", text, flags=re.S)
    assert text.count('class="bar ') > 40
    assert len(static.encode()) <= 150_000


def test_an_edit_that_flips_no_cv_says_so(page: Path, tmp_path: Path) -> None:
    run = synthetic_run.make(6, 1, identical=True)
    assert "No CV flipped." in page_of(run, tmp_path / "same.html").read_text("utf-8")
    assert "No CV flipped." not in page.read_text("utf-8")


def test_a_gate_says_which_cvs_it_waits_for(run: Synthetic, page: Path, tmp_path: Path) -> None:
    one, *rest = run.verdict.comparisons
    names = tuple(f"cv-{number:04d}" for number in range(8))
    gates = (replace(one.gates[1], unconfirmed=names), *one.gates[2:])
    waiting = replace(run, verdict=replace(run.verdict, comparisons=(replace(one, gates=gates), *rest)))
    text = page_of(waiting, tmp_path / "full.html").read_text("utf-8")
    (told,) = re.findall("<p>waits for two more answers to (.*?)</p>", text)
    assert re.findall('"#cv=([^"]+)"', told) == list(names[:6])
    assert told.endswith(" and 2 more")
    hidden = page_of(waiting, tmp_path / "redacted.html", redacted=True).read_text("utf-8")
    assert "waits for two more answers to" in hidden
    assert not re.search(r"cv-\d{4}\b", hidden)
    assert "waits for two" not in page.read_text("utf-8")


def test_the_first_screen_of_the_accepted_assistant_says_that_nothing_was_decided(page: Path, tmp_path: Path) -> None:
    run = synthetic_run.make(6, 1, identical=True)
    text = page_of(run, tmp_path / "same.html").read_text("utf-8")
    first = text[text.index('<section id="verdict"') : text.index('<section id="claims">')]
    assert "<p>Nothing new was decided.</p>" in first
    assert "Nothing new" not in page.read_text("utf-8")


def test_only_two_sided_intervals_are_called_so(page: Path) -> None:
    text = page.read_text("utf-8")
    decided = text[text.index('<section id="gates">') : text.index('<section id="fields">')]
    assert decided.count("bounds, 95 % each") == decided.count("<table")  # the claims' and each table of gates
    assert "interval" not in decided


@pytest.mark.parametrize(
    "sentence",
    [
        "accuracy fell with the candidate and rose in legacy",
        "Accuracy fell. Research is no skill of ours",
        "it was accepted on 2026-11-28T16:20:00+00:00",
        "asked in the order of the runs",
    ],
)
def test_common_words_and_dates_stay_in_the_report(sentence):
    redactor = Redactor([], ["and", "with", "Accuracy", "Research", "in the", "Kestrelworks", "Baker"], key=KEY)
    assert redactor.text(sentence) == sentence
    assert "Kestrelworks" not in redactor.text(f"{sentence} at Kestrelworks")
    assert "Baker" not in redactor.text(f"{sentence} by Baker")
