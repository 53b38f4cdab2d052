"""The list of runs: what was edited, on what, what came of it; and a broken run that breaks nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import synthetic_run
from synthetic_run import Synthetic

from harness.gates.serial import verdict_to_dict
from harness.replay.runs import RunInfo
from harness.reports import runs_page

PLANT = "<script>alert(1)</script>"


def info_of(run: Synthetic, folder: Path, summary: dict[str, object]) -> RunInfo:
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps(verdict_to_dict(run.verdict)), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (folder / "index.html").write_text("page", encoding="utf-8")
    return RunInfo(folder.name, folder, run.manifest, 10, 10, False)


def test_a_row_says_the_edit_the_verdict_and_where_the_page_is(
    run: Synthetic, summary: dict[str, object], tmp_path: Path
) -> None:
    (row,) = runs_page.rows([info_of(run, tmp_path / "runs" / "r1", summary)], tmp_path)
    assert row.verdict == "HOLD"
    assert row.page == "runs/r1/index.html"
    assert "Keep the employer name short" in row.edit
    assert row.headline == summary["brief"]["headline"]  # type: ignore[index]
    assert "field accuracy" in row.gates
    assert "HOLD" in runs_page.line(row)
    assert "edit: " in runs_page.line(row)


def test_a_broken_run_is_a_row_that_says_why(run: Synthetic, summary: dict[str, object], tmp_path: Path) -> None:
    unreadable = RunInfo("r0", tmp_path / "r0", None, 0, 0, False, "no manifest")
    torn = info_of(run, tmp_path / "r1", summary)
    (torn.folder / "verdict.json").write_text('{"verdict": "SH', encoding="utf-8")
    found = runs_page.rows([unreadable, torn], tmp_path)
    assert [row.problem != "" for row in found] == [True, True]
    assert runs_page.line(found[0]) == "r0  broken: no manifest (`cv-harness prune` removes it)"
    assert "verdict.json cannot be read" in runs_page.render(found).decode()


def test_the_page_takes_no_markup_from_an_edit(run: Synthetic, summary: dict[str, object], tmp_path: Path) -> None:
    edited = synthetic_run.bundle(synthetic_run.INSTRUCTIONS + PLANT)
    arms = tuple(replace(arm, bundle=edited) if arm.id == "candidate" else arm for arm in run.manifest.arms)
    planted = replace(run, manifest=replace(run.manifest, arms=arms))
    (row,) = runs_page.rows([info_of(planted, tmp_path / "r1", summary)], tmp_path)
    assert PLANT in row.edit
    assert PLANT not in runs_page.render([row]).decode()


def test_selections_in_words(run: Synthetic) -> None:
    def said(**selection: object) -> str:
        return runs_page.selection_of(replace(run.manifest, selection=selection))  # type: ignore[arg-type]

    assert said(splits=["gate", "sealed"]) == "gate+sealed"
    assert said(splits=["dev"], only=["a0*"], limit=3) == "dev · only a0* · limit 3"
    assert said(folder="inbox") == "a folder"
    assert said(answers="a.jsonl") == "answers"
    assert said(blame=True) == "blame"
