"""Weaknesses of the simulator, on by flag only, are seen by probes and hardly by goldens."""

import re

import pytest

from harness.evaluate.commands.evidence import evidence
from harness.evaluate.commands.probe import probe
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.probing import of_arm
from harness.probes.gaps import axis_of
from harness.replay.runs import find_run
from harness.simulator.process import start

IDS = ["a01", "a02", "a05", "a07", "a09", "a11", "a15", "a19", "a21", "b03", "b05", "b07"]


def probed(project, url, *relations):
    return probe(project, Plan(arms=("candidate",), repeat=1, base_url=url, probes=relations))


@pytest.mark.long
def test_probes_see_a_bias_by_script_an_order_and_dropped_studies_that_a_sound_reader_does_not_show(small_project):
    project = small_project(IDS)
    with start(weaknesses=("script", "order", "older")) as weak, start() as sound:
        assert weak.origin == f"{sound.origin}+weak-older-order-script"
        bad = probed(project, weak.url, "name_scripts", "older", "sections_reordered")
        good = probed(project, sound.url, "name_scripts", "older", "sections_reordered")
    assert bad.result.manifest.settings.origin == weak.origin
    for result, shown in ((bad.result, True), (good.result, False)):
        judged = of_arm(result, "candidate")
        script = axis_of(judged, "name_scripts")
        names = {one.group: one.value for one in script.figures if one.measure == "name"}
        assert (names["arabic:women"] < 0.2) == shown
        assert names["english:women"] > 0.8
        studies = {one.group: one.value for one in axis_of(judged, "older").figures if one.measure == "entries"}
        assert (studies["as_is"] - studies["30_years"] > 0.4) == shown
    moved = [one for one in of_arm(bad.result, "candidate") if one.relation == "sections_reordered" and one.lost]
    still = [one for one in of_arm(good.result, "candidate") if one.relation == "sections_reordered" and one.lost]
    assert len(moved) > len(still)
    _is_evidence(project, bad, weak.origin)


@pytest.mark.long
def test_probes_see_a_reader_that_loses_the_last_word_of_a_name_with_marked_letters(small_project):
    project = small_project(IDS[:6])
    right = {}
    with start(weaknesses=("diacritics",)) as weak, start() as sound:
        for kind, server in (("weak", weak), ("sound", sound)):
            judged = of_arm(probed(project, server.url, "names").result, "candidate")
            of = [one for one in judged if one.relation == "names" and one.named is not None]
            for group in ("vietnamese", "english"):
                named = [one.named for one in of if one.variant.startswith(group)]
                assert len(named) >= 8
                right[kind, group] = sum(named) / len(named)
    assert right["weak", "vietnamese"] < 0.4 < 0.8 <= right["sound", "vietnamese"]
    assert right["weak", "english"] >= 0.8


def _is_evidence(project, bad, origin):
    """One document for an auditor: what was found, sources, hashes, and nothing of a CV."""
    written = evidence(find_run(project, bad.evaluation.folder.name), project.root / "out")
    html = written.html.read_text(encoding="utf-8")
    assert written.pdf is None or written.pdf.read_bytes().startswith(b"%PDF")
    assert "SIMULATED" in html
    assert origin in html
    assert "Arabic, women" in html
    assert "29 CFR 1607.4(D)" in html
    assert "src=" not in html
    assert "<script" not in html
    for pair in bad.result.pairs:
        for value in (pair.judged.document, pair.first["personal_info"]["name"], pair.first["personal_info"]["email"]):
            assert not value or not re.search(rf"\b{re.escape(value)}\b", html)  # a digest may hold "a19"
