"""Markdown, terminal, JUnit and CSV: the same verdict, and nobody's text gets out of its place."""

from __future__ import annotations

import copy
import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from conftest import KEY, summary_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from synthetic_run import Synthetic

from harness.reports import junit, labels, markdown, terminal, watched
from harness.reports.export import guarded, table, write_csv
from harness.reports.redaction import Redactor

HOSTILE = (
    "![x](http://evil.example/p.png) [l](javascript:alert(1)) <img src=x> @team | `a` \x1b[31mred\x1b]0;t\x07 \u202eabc"
)


@pytest.fixture(scope="module")
def hostile() -> Synthetic:
    return synthetic_run.make(6, 1, plant=HOSTILE)


def test_markdown_says_the_verdict_first_and_can_be_found_again(run: Synthetic, summary: dict[str, Any]) -> None:
    lines = markdown.render(run.verdict, summary).splitlines()
    assert lines[0] == markdown.MARKER
    assert lines[2].startswith("## ⛔ HOLD: CV Parser Pro")
    assert "SIMULATED" in lines[4]


def test_markdown_has_every_gate_claim_and_reason(run: Synthetic, summary: dict[str, Any]) -> None:
    text = markdown.render(run.verdict, summary)
    for name in ("field accuracy", "critical values", "hallucinations", "tokens", "cost", "latency p50"):
        assert f"| {name} " in text
    assert "KEPT" in text
    assert "NOT SHOWN" in text
    assert "44 more CVs would settle cost against baseline" in text
    assert "−4.1 pts" in text


def test_hostile_text_makes_no_markdown(hostile: Synthetic) -> None:
    text = markdown.render(hostile.verdict, summary_of(hostile))
    assert "![x]" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "<img" not in text
    assert "@team" not in text
    assert "http://" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)
    rows = [line for line in text.splitlines() if line.startswith("| ✕ FAIL")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 10 for row in rows)


def test_markdown_stays_under_its_limit_whatever_there_is(run: Synthetic, summary: dict[str, Any]) -> None:
    many = replace(run.verdict, reasons=tuple(f"reason {i} " + "ä" * 300 for i in range(400)))
    text = markdown.render(many, summary)
    assert len(text.encode()) < markdown.LIMIT
    assert text.rstrip().endswith("the rest is in the report._")


@given(st.text())
@example("0000000 at `0000000`")
@example("\\deadbee-1`")
def test_escaped_text_is_one_line_without_live_signs(text: str) -> None:
    """But for the code spans, of letters and digits alone, in which what may be a commit's hash stands."""
    told = re.sub(r"(?<!\\)((?:\\\\)*)`[0-9A-Za-z-]+`", r"\1", markdown.escape(text))
    assert "\n" not in told
    assert "<" not in told
    assert "@" not in told
    assert not re.search(r"(?<!\\)(?:\\\\)*[`\[\]|]", told.replace("\\\\", ""))


def test_the_terminal_reads_without_colour(run: Synthetic, summary: dict[str, Any]) -> None:
    text = terminal.render(run.verdict, summary, width=110, verbose=True)
    assert "\x1b" not in text
    assert "✕ HOLD" in text
    for words in ("✕ FAIL", "? INCONCLUSIVE", "✓ PASS", "not measured", "[SIMULATED]", "strict F1", "−4.1 pts"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 110


def test_the_terminal_passes_no_control_character_on(hostile: Synthetic) -> None:
    text = terminal.render(hostile.verdict, summary_of(hostile), width=300)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_the_terminal_takes_no_markup_from_a_reason(run: Synthetic, summary: dict[str, Any]) -> None:
    told = replace(run.verdict, reasons=("[bold]x[/bold] :smile: [link=http://a]y[/link]",))
    assert "[bold]x[/bold] :smile: [link=http://a]y[/link]" in terminal.render(told, summary, width=200)


def test_the_terminal_ends_with_the_verdict_in_forty_lines(run: Synthetic, summary: dict[str, Any]) -> None:
    lines = terminal.render(run.verdict, summary, width=120).splitlines()
    assert len(lines) <= 40
    place = next(i for i, line in enumerate(lines) if line.startswith("✕ HOLD"))
    assert place > len(lines) - 10
    assert summary["brief"]["headline"] in lines[place]
    assert any(action["command"] in line for action in summary["brief"]["actions"] for line in lines[place:])
    full = terminal.render(run.verdict, summary, width=120, verbose=True)
    assert "Claims" in full
    assert "Claims" not in "\n".join(lines)


def test_few_people_are_one_line_instead_of_a_row_for_each_open_gate(run: Synthetic, summary: dict[str, Any]) -> None:
    few = {**summary, "run": {**summary["run"], "documents": 1, "personas": 1, "copies": 0}}
    text = terminal.render(run.verdict, few, width=120)
    assert "? INCONCLUSIVE" not in text
    assert "✕ FAIL" in text
    assert re.search(r"\d+ gates? (is|are) open: 1 CV of 1 person, too few to close (it|them); cv-harness plan", text)
    assert "? INCONCLUSIVE" in terminal.render(run.verdict, few, width=120, verbose=True)


def test_more_gates_than_fit_a_screen_are_counted(run: Synthetic, summary: dict[str, Any]) -> None:
    first = run.verdict.comparisons[0]
    gate = next(gate for gate in first.gates if gate.status == "FAIL")
    many = replace(run.verdict, comparisons=(replace(first, gates=(gate,) * 30),))
    text = terminal.render(many, summary, width=120)
    assert text.count("✕ FAIL") == terminal.GATES
    assert f"and {30 - terminal.GATES} more that failed or are open: --verbose" in text
    assert terminal.render(many, summary, width=120, verbose=True).count("✕ FAIL") == 30


def test_quiet_is_one_line(run: Synthetic, summary: dict[str, Any]) -> None:
    line = terminal.one_line(run.verdict, summary)
    assert "\n" not in line
    assert line == f"✕ HOLD [SIMULATED]: {summary['brief']['headline']}"


def test_the_comment_is_short_and_begins_with_the_marker_it_is_found_by(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    text = markdown.comment(run.verdict, summary)
    assert text.startswith(markdown.MARKER + "\n")
    assert len(text.splitlines()) < 40
    assert "| ✓ PASS |" not in text
    for action in summary["brief"]["actions"]:
        assert f"`{action['command']}`" in text


def test_junit_properties_are_flat_text_that_xml_can_hold(hostile: Synthetic) -> None:
    found = junit.properties(hostile.verdict, summary_of(hostile))
    assert found["verdict"] == "HOLD"
    assert found["label"] == "SIMULATED"
    assert found["n.candidate"] == "6"
    suite = ET.Element("properties")
    for name, value in found.items():
        ET.SubElement(suite, "property", name=name, value=value)
    assert ET.fromstring(ET.tostring(suite)).attrib == {}


def test_a_gates_properties_carry_its_figures(run: Synthetic) -> None:
    found = junit.gate_properties(run.verdict.comparisons[0].gates[0], "baseline")
    assert found["status"] == "FAIL"
    assert found["delta"] == "−4.1 pts"
    assert found["bounds"] == "[−5.3, −2.9] pts"
    assert found["n"] == "60"


def waiting(run: Synthetic) -> Synthetic:
    """The run with a gate that waits for further draws of three CVs."""
    one, *rest = run.verdict.comparisons
    gates = tuple(
        replace(gate, unconfirmed=("cv-0002", "cv-0005", "cv-0007")) if gate.name == "critical" else gate
        for gate in one.gates
    )
    return replace(run, verdict=replace(run.verdict, comparisons=(replace(one, gates=gates), *rest)))


def test_every_face_names_the_cvs_that_a_gate_waits_for(run: Synthetic) -> None:
    open_run = waiting(run)
    found = summary_of(open_run)
    told = "two more answers to cv-0002, cv-0005, cv-0007 would tell whether it shows again: critical values against"
    assert told in terminal.render(open_run.verdict, found, width=400, verbose=True)
    assert told in markdown.render(open_run.verdict, found)
    waits = [gate for gate in open_run.verdict.comparisons[0].gates if gate.unconfirmed]
    assert [junit.gate_properties(gate, "baseline")["unconfirmed"] for gate in waits] == ["cv-0002,cv-0005,cv-0007"]
    assert "unconfirmed" not in junit.gate_properties(run.verdict.comparisons[0].gates[0], "baseline")


def test_the_cvs_that_a_gate_waits_for_are_renamed_like_all_others(run: Synthetic) -> None:
    open_run = waiting(run)
    redactor = Redactor.of(run.cases, run.goldens, key=KEY)
    verdict, found = redactor.verdict(open_run.verdict), redactor.summary(summary_of(open_run))
    names = [redactor.document(name) for name in ("cv-0002", "cv-0005", "cv-0007")]
    (gate,) = [gate for gate in verdict.comparisons[0].gates if gate.unconfirmed]
    assert list(gate.unconfirmed) == names
    for text in (
        terminal.render(verdict, found, width=400, verbose=True),
        markdown.render(verdict, found),
        " ".join(junit.gate_properties(gate, "baseline").values()),
    ):
        assert names[0] in text
        assert "cv-0002" not in text


def test_long_lists_of_waiting_cvs_are_cut(run: Synthetic) -> None:
    assert labels.few(["a", "b", "c"], 3) == "a, b, c"
    assert labels.few(["a", "b", "c"], 2) == "a, b and 1 more"


def test_two_one_sided_bounds_are_never_called_an_interval(run: Synthetic, summary: dict[str, Any]) -> None:
    for text in (terminal.render(run.verdict, summary, width=200, verbose=True), markdown.render(run.verdict, summary)):
        assert text.count("bounds, 95 % each") == len(run.verdict.comparisons) + 1  # the gates and the claims
        assert "interval" not in text
    bolder = replace(run.verdict, provenance={"confidence": 0.9})
    assert "bounds, 90 % each" in markdown.render(bolder, summary)


def test_a_ship_of_the_accepted_assistant_says_that_nothing_new_was_decided(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    same = synthetic_run.make(6, 1, identical=True)
    version = same.manifest.arms[1].bundle.version
    record = {"accepted": "2026-11-20T08:00:00+00:00", "version": version, "look": 4, "verdict": "SHIP"}
    known = summary_of(same, trend=[{"accepted": "2026-10-01T08:00:00+00:00", "version": "other", "look": 1}, record])
    told = "Nothing new was decided"
    for face in (lambda s: terminal.render(same.verdict, s, width=300), lambda s: markdown.render(same.verdict, s)):
        assert f"{told}: it was accepted on 2026-11-20 at look 4, verdict then SHIP." in face(known)
        assert f"{told}." in face(summary_of(same))  # accepted elsewhere: nothing is known of it
    assert told not in terminal.render(run.verdict, summary, width=300)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_tables_hold_every_record_and_leaf(run: Synthetic, tmp_path: Path) -> None:
    cases, leaves, gates, fields = write_csv(tmp_path, run.cases, run.verdict)
    assert fields.read_text(encoding="utf-8").startswith("arm,field,")
    rows = read(cases)
    assert len(rows) == len(run.cases)
    assert rows[0]["document"] == "cv-0000"
    expected = sum(len(c.score.outcomes) for c in run.cases if c.score)
    assert len(read(leaves)) == expected
    assert [row["status"] for row in read(gates)][:2] == ["FAIL", "FAIL"]


def test_redacted_csv_tables_hold_no_value_and_no_id(run: Synthetic, tmp_path: Path) -> None:
    redactor = Redactor.of(run.cases, run.goldens, key=KEY)
    text = "".join(p.read_text("utf-8") for p in write_csv(tmp_path, run.cases, run.verdict, redactor=redactor))
    assert "cv-0000" not in text
    for golden in run.goldens.values():
        assert golden.cv["personal_info"]["name"] not in text
        assert golden.cv["work_experience"][0]["company"] not in text


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    cell = str(guarded(text))
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1),
        min_size=2,
        max_size=2,
    )
)
@settings(deadline=None)  # the first one imports what writes tables
def test_csv_cells_come_back_as_they_were_guarded(cells: list[str]) -> None:
    read = list(csv.reader(io.StringIO(table(["a", "b"], [cells]), newline="")))
    assert read[1] == [str(guarded(cell)) for cell in cells]


def test_numbers_stay_numbers() -> None:
    assert guarded(-1.5) == -1.5
    assert guarded("-1.5") == "'-1.5"


def test_every_face_says_that_agreement_is_no_accuracy(run: Synthetic, summary: dict[str, Any]) -> None:
    agreeing = {**summary, "agreement": synthetic_run.agreement(run)}
    for text in (terminal.render(run.verdict, agreeing, width=400), markdown.render(run.verdict, agreeing)):
        assert "agreement is no accuracy, two arms can be wrong together" in text
        assert "candidate and baseline agree .625 (F1 of one against the other, 2 CVs)" in text
    assert "two arms can be wrong" not in terminal.render(run.verdict, summary)
    assert "two arms can be wrong" not in markdown.render(run.verdict, summary)


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "±0.0 pts"), (-0.0004, "±0.0 pts"), (0.0004, "±0.0 pts"), (-0.0006, "−0.1 pts"), (0.021, "+2.1 pts")],
)
def test_nothing_has_no_sign(value: float, told: str) -> None:
    assert labels.points(value) == told


@pytest.mark.parametrize(
    ("value", "told"), [(-0.0004, "0.0 %"), (0.0, "0.0 %"), (-0.0006, "−0.1 %"), (-0.05, "−5.0 %")]
)
def test_no_share_is_less_than_nothing_by_rounding(value: float, told: str) -> None:
    assert labels.percent(value) == told


def test_a_save_is_told_with_its_verdict_the_fields_that_moved_and_how_sure_that_is(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    told = watched.lines(run.verdict, summary)
    assert told[0].startswith("✕ HOLD [SIMULATED]")
    moved = {row["name"]: row for row in summary["brief"]["moved"]}
    assert moved
    for line in told:
        assert "\n" not in line
        for name, row in moved.items():
            if line.strip().startswith((f"✕ {name} ", f"✓ {name} ", f"± {name} ")):
                assert ("may be noise" in line) is not row["beyond_noise"]
                assert f"broken in {len(row['broken'])} " in line or not row["broken"]
                net = len(row["fixed"]) - len(row["broken"])
                assert line.strip()[0] == ("✓" if net > 0 else "✕" if net else "±")
    same = synthetic_run.make(6, 1, identical=True)
    quiet = watched.lines(same.verdict, summary_of(same))
    assert quiet[0].startswith("✓ SHIP")


def test_a_model_without_a_price_is_unpriced_and_no_latency_is_no_heading(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    assert "Compared (latency SIMULATED)" in terminal.render(run.verdict, summary, width=200)
    told = copy.deepcopy(summary)
    for cost, late in zip(told["cost"]["arms"].values(), told["latency"]["arms"].values(), strict=True):
        cost["per_1000"] = cost["per_cv"] = None
        late |= {"n": 0, "p50": None, "p95": None}
    text = terminal.render(run.verdict, told, width=200)
    assert "Compared (no latency measured)" in text
    assert text.count("unpriced") == len(told["arms"])
    assert markdown.render(run.verdict, told).count("| unpriced |") == len(told["arms"])
