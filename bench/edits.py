"""What ordinary edits come to: each of forty edits of the shipped assistant through a whole run on the simulator.

`python -m bench.edits [--repeat 3] [--split gate] [--rows 9-16] [--write]` prints a table (edit, how it was read,
verdict, headline), or writes it into docs/edits.md: with `--rows` these rows alone are made again and the others stay,
and what stands below the table always stays. A row takes about 0.8 minutes on two idle cores. It is a table to be read
by people, with no bar: whether a verdict is sensible is for somebody who reads CVs to say.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.assistants.bundle import find_bundle, load_bundle, make_bundle, save_bundle
from harness.base.project import Project
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.evaluation import Evaluation

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs" / "edits.md"
AT_ONCE = 8
"""Candidates in one run."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A sentence of the shipped instructions and what stands in its place; "" adds at the end, or deletes."""

    before: str
    after: str

    @property
    def told(self) -> str:
        if not self.after:
            return f"− {self.before}"
        return f"+ {self.after}" if not self.before else f"{self.before} → {self.after}"


DATES = 'Write dates as a three-letter English month and a four-digit year, like "Jan 2021".'
BULLETS = "Copy bullets verbatim, without shortening, summarising or rephrasing them."
LANGUAGES = "List every human language that the CV names under `languages`, with its level as printed."
EMPLOYER = "Give the full name of the employer, including its division or department."
ROLES = "Include every role, even when the CV is long and lists many of them."
CERTIFICATES = "Never estimate the year or the issuer of a certificate."
SKILLS = "Give each skill as its own item, without its category heading."
PLACE_OF_WORK = "Put the place of work into `location`."
FAITHFUL = "Report only what the CV says, and never guess, complete or correct a value."
TITLES = (
    "When somebody held several titles at one employer in the same period, make it one role and join the titles "
    'with " / ".'
)
SUMMARY = "Copy the profile or summary paragraph into `summary`, word for word."
EDITS = (
    Edit("", '"03/2019 - heute" becomes "Mar 2019" and "Present".'),
    Edit("", "Do not add information that is not in the CV."),
    Edit("", "Think step by step."),
    Edit("", "Be precise, careful and professional."),
    Edit(DATES, "Write dates as MM/YYYY."),
    Edit(BULLETS, "Summarise each role in at most three bullets."),
    Edit(LANGUAGES, ""),
    Edit(EMPLOYER, "Keep employer names short."),
    Edit(CERTIFICATES, "Estimate the year of a certificate where the CV does not give it."),
    Edit(SKILLS, "Group the skills under their category headings."),
    Edit(DATES, "Write every date as a month in three English letters and the year, for example Feb 2020."),
    Edit(DATES, "Use the ISO form YYYY-MM-DD for all dates."),
    Edit(DATES, ""),
    Edit("", "Examples: 2019-03 → Mar 2019; seit 05/2020 → May 2020."),
    Edit('Write "Present" as the end date of a role or study that is still running.', ""),
    Edit('Write "Present" as the end date of a role or study that is still running.',
         'Write "now" as the end date of a role that is still running.'),
    Edit("Write the year alone, like \"2021\", where the CV gives no month.",
         "Where the CV gives no month, write January."),
    Edit(BULLETS, "Copy each bullet exactly as it is printed."),
    Edit(BULLETS, "Rephrase bullets so that they read well."),
    Edit(BULLETS, ""),
    Edit("", "Give no more than five bullets for a role."),
    Edit(ROLES, "List only the three most recent roles."),
    Edit(ROLES, ""),
    Edit(EMPLOYER, ""),
    Edit(TITLES, ""),
    Edit(TITLES, "Give every title a role of its own."),
    Edit(PLACE_OF_WORK, ""),
    Edit(FAITHFUL, ""),
    Edit(FAITHFUL, "Stay with the CV: no guesses, no corrections, nothing that is not printed."),
    Edit(CERTIFICATES, ""),
    Edit(SUMMARY, "Write a short summary of the person."),
    Edit(SUMMARY, ""),
    Edit("Put the LinkedIn address into `linkedin`.", ""),
    Edit("Keep the language of the CV and do not translate anything.", "Translate everything into English."),
    Edit("", "Alle Datumsangaben als Monat und Jahr, zum Beispiel „Jan 2021“."),
    Edit("", "N'invente rien qui ne soit pas dans le CV."),
    Edit("", "No resumas las viñetas."),
    Edit("Use an empty string for a value that the CV does not give, and an empty array for a section that it does not"
         " have.", 'Write "N/A" for a value that the CV does not give.'),
    Edit("", "Wrap the JSON in a Markdown code fence."),
    Edit("", "The reader is a recruiter in a hurry."),
)  # fmt: skip


def main() -> int:
    options = _options()
    project = Project(ROOT)
    rows: list[tuple[Edit, Mapping[str, Any], str]] = []
    with tempfile.TemporaryDirectory() as folder:
        first_row, last_row = options.rows
        for first in range(first_row - 1, last_row, AT_ONCE):
            chosen = EDITS[first : min(first + AT_ONCE, last_row)]
            bundles = [edited(project, edit, Path(folder) / f"{first + i}") for i, edit in enumerate(chosen)]
            plan = replace(
                Plan(),
                arms=("baseline", "candidate"),
                assistants=tuple(map(str, bundles)),
                splits=(options.split,),
                repeat=options.repeat,
            )
            rows += [(edit, *found) for edit, found in zip(chosen, _results(evaluate(project, plan)), strict=True)]
            print(f"{len(rows)} of {last_row - first_row + 1} edits", flush=True)
    text = _table(rows, options)
    if options.write:
        PLACE.write_text(_beside_what_stands(text, PLACE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="gate")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=_range, default=(1, len(EDITS)), metavar="N-N", help="only these, from 1")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    found = int(first), int(last or first)
    if not 1 <= found[0] <= found[1] <= len(EDITS):
        raise argparse.ArgumentTypeError(f"{text}: rows are 1 to {len(EDITS)}")
    return found


def _beside_what_stands(made: str, standing: str) -> str:
    """The page with the rows of the table `made` in it: other rows and what stands below the table are kept."""
    new = _rows_of(made)
    rows = {**_rows_of(standing), **new}
    order = {_cell(edit.told): place for place, edit in enumerate(EDITS)}
    lines = sorted((key for key in rows if key in order), key=lambda key: order[key])
    head = made[: made.index("\n", made.index("|---")) + 1]
    below = standing[standing.rindex("\n|") + 1 :].partition("\n")[2]
    return head + "".join(f"{rows[key]}\n" for key in lines) + below


def _rows_of(page: str) -> dict[str, str]:
    """The rows of the page's table by their first cell."""
    return {
        re.split(r"(?<!\\) \| ", line[2:], maxsplit=1)[0]: line
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith("| edit |")
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def edited(project: Project, edit: Edit, folder: Path) -> Path:
    """The folder of the shipped bundle with one sentence changed."""
    bundle = load_bundle(find_bundle(project).path)
    text = bundle.instructions
    if edit.before and edit.before not in text:
        raise SystemExit(f"the instructions do not have this sentence any more: {edit.before}")
    text = text.replace(edit.before, edit.after) if edit.before else f"{text.rstrip()}\n{edit.after}\n"
    made = make_bundle(
        name=bundle.name, description=bundle.description, model=bundle.model, parameters=bundle.parameters,
        instructions=text, output=bundle.output, schema=bundle.schema,
    )  # fmt: skip
    save_bundle(made, folder)
    return folder


def _results(evaluation: Evaluation) -> Iterator[tuple[Mapping[str, Any], str]]:
    for arm, verdict in evaluation.verdicts.items():
        summary = json.loads((evaluation.pages[arm].parent / "summary.json").read_text(encoding="utf-8"))
        yield summary, verdict.verdict


def _table(rows: list[tuple[Edit, Mapping[str, Any], str]], options: argparse.Namespace) -> str:
    n = rows[0][1]["run"]["documents"]
    lines = [
        "# What ordinary edits come to",
        "",
        f"Made by `python -m bench.edits --write` on the simulator: split {options.split}, {n} CVs, {options.repeat} "
        f"draw{'s' if options.repeat > 1 else ''} each, against the accepted assistant. SIMULATED: it "
        "shows what the tool says of an edit, not what a real model does.",
        "",
        "| edit | read as | verdict | why | CVs broken / fixed |",
        "|---|---|---|---|---|",
    ]
    for edit, summary, _ in rows:
        brief = summary["brief"]
        read = "; ".join(
            dict.fromkeys(one["read_as"] for one in summary.get("readings", ()) if one["change"] == "added")
        )
        flips = brief["flips"]
        counts = f"{flips['broken']} / {flips['fixed']}" if flips else "–"
        removed = "; ".join(one["read_as"] for one in summary.get("readings", ()) if one["change"] == "removed")
        cells = (edit.told, read or f"without: {removed}", brief["title"], brief["headline"], counts)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    raise SystemExit(main())
