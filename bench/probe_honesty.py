"""How far the estimate without goldens can be trusted: estimated beside true accuracy, field by field, on the corpus.

`python -m bench.probe_honesty [--limit 30] [--write]` probes the baseline, legacy and assistants that are harmed in
known ways, as they would be probed without goldens, then looks the goldens up. Some harms are edits of the instructions
(the simulator follows them), others are done to the baseline's answers: by chance, or every time. It prints two tables,
or writes them into docs/probes.md, and what pages say of them into harness/reports/assets/honesty.json.
"""

from __future__ import annotations

import argparse
import copy
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.edits import BULLETS, DATES, EMPLOYER, LANGUAGES, ROLES, Edit, edited
from harness.base.canonical import pretty
from harness.base.project import Project
from harness.base.types import Failure
from harness.evaluate.commands.probe import probe
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.evaluate.stages.probe_report import grounding
from harness.evaluate.stages.probing import Pair
from harness.probes.estimate import TELLING, FieldEstimate, beside, estimates
from harness.probes.judge import Asked, judge
from harness.replay.store import RunStore
from harness.scoring.metrics import micro
from harness.scoring.score import score

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs" / "probes.md"
FIGURES = ROOT / "harness" / "reports" / "assets" / "honesty.json"
LEAST = 25
"""A field with fewer golden leaves is left out of the table of fields."""
WORDED = {
    "bullets summarised": Edit(BULLETS, "Summarise each role in at most three bullets."),
    "languages not asked for": Edit(LANGUAGES, ""),
    "employers shortened": Edit(EMPLOYER, "Keep employer names short."),
    "three roles only": Edit(ROLES, "Include only the three most recent roles."),
    "dates as MM/YYYY": Edit(DATES, "Write dates as MM/YYYY."),
}
Harm = Callable[[dict[str, Any], random.Random], None]


def _role_lost(cv: dict[str, Any], rng: random.Random) -> None:
    if len(cv["work_experience"]) > 1 and rng.random() < 0.4:
        cv["work_experience"].pop(rng.randrange(len(cv["work_experience"])))


def _studies_dropped(cv: dict[str, Any], rng: random.Random) -> None:
    if rng.random() < 0.5:
        cv["education"] = []


def _swapped(cv: dict[str, Any], rng: random.Random) -> None:
    if rng.random() < 0.5:
        for role in cv["work_experience"]:
            role["company"], role["title"] = role["title"], role["company"]


def _numbers(cv: dict[str, Any], rng: random.Random) -> None:
    for role in cv["work_experience"]:
        role["description"] = [
            re.sub(r"\d{2,}", lambda found: str(int(found[0]) + 7), said) if rng.random() < 0.3 else said
            for said in role["description"]
        ]


def _skills_invented(cv: dict[str, Any], rng: random.Random) -> None:
    cv["skills"] += [one for one in ("Falconry", "Glassblowing", "Beekeeping") if rng.random() < 0.6]


def _names_cut(cv: dict[str, Any], rng: random.Random) -> None:
    if rng.random() < 0.4:
        cv["personal_info"]["name"] = cv["personal_info"]["name"].split(" ")[0]


DONE: Mapping[str, tuple[Harm, bool]] = {
    "a role lost now and then": (_role_lost, False),
    "half of the answers without studies": (_studies_dropped, False),
    "numbers wrong now and then": (_numbers, False),
    "skills made up": (_skills_invented, False),
    "names cut now and then": (_names_cut, False),
    "half of the people always without studies": (_studies_dropped, True),
    "half of the people's employers and titles always swapped": (_swapped, True),
}
"""Harms done to answers. True: the same in all answers of a person, so that no change shows it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One assistant: estimated and true F1 by field. whole: what a page says of it beside the baseline, and what is
    true; alone: what it says of it where nothing else is probed."""

    name: str
    estimated: Mapping[str, float]
    true: Mapping[str, float]
    whole: tuple[float, float]
    alone: float


def measure(limit: int) -> list[Row]:
    project = Project(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        edits = enumerate(WORDED.values())
        paths = [str(edited(project, edit, Path(folder) / f"harmed-{number}")) for number, edit in edits]
        plan = Plan(
            arms=("legacy", "baseline", "candidate"), assistants=tuple(paths), repeat=1, limit=limit, probes=TELLING
        )
        found = probe(project, plan, listener=Silent())
    inputs = load_inputs(project, plan, verify=False)
    rows = []
    with RunStore.open(found.evaluation.folder) as store:
        texts = {name: one.text for name, one in store.extractions()}
        firsts = {
            (record.document_id, record.arm): record.answer
            for record in store.records()
            if record.document_id in inputs.goldens
        }
    read = [(answer, texts[document]) for (document, of), answer in firsts.items() if of == "baseline"]
    pairs = [pair for pair in found.result.pairs if pair.judged.arm == "baseline"]
    reference, _ = estimates([pair.judged for pair in pairs], grounding(read))
    arms = dict(zip(("candidate", *(f"candidate:{n}" for n in range(2, len(WORDED) + 1))), WORDED, strict=True))
    for arm, name in (("baseline", "baseline"), ("legacy", "legacy"), *arms.items()):
        answers = {document: answer for (document, of), answer in firsts.items() if of == arm}
        pairs = [pair for pair in found.result.pairs if pair.judged.arm == arm]
        rows.append(_row(name, answers, [pair.judged for pair in pairs], (inputs.goldens, texts), reference))
    baseline = {document: answer for (document, of), answer in firsts.items() if of == "baseline"}
    pairs = [pair for pair in found.result.pairs if pair.judged.arm == "baseline"]
    for name, (harm, stuck) in DONE.items():
        answers = {document: _harmed(answer, harm, name, document, "" if stuck else "first")
                   for document, answer in baseline.items()}  # fmt: skip
        judged = [one for pair in pairs if (one := _again(pair, harm, name, stuck)) is not None]
        rows.append(_row(name, answers, judged, (inputs.goldens, texts), reference))
    return rows


def _harmed(answer: Any, harm: Harm, name: str, document: str, draw: str) -> Any:
    if isinstance(answer, Failure) or not isinstance(answer, dict):
        return answer
    changed = copy.deepcopy(answer)
    harm(changed, random.Random(f"{name}:{document}:{draw}"))
    return changed


def _again(pair: Pair, harm: Harm, name: str, stuck: bool) -> Any:
    document = pair.judged.document
    first = _harmed(pair.first, harm, name, document, "" if stuck else "first")
    answer = _harmed(pair.answer, harm, name, document, "" if stuck else pair.probe.id)
    asked = Asked(document, pair.judged.persona, name, 0, pair.probe.relation, pair.probe.probe)
    return judge(asked, first, answer)


def _row(
    name: str,
    answers: Mapping[str, Any],
    judged: Sequence[Any],
    known: tuple[Mapping[str, Any], Mapping[str, str]],
    reference: Sequence[FieldEstimate],
) -> Row:
    """known: goldens and texts. reference: the baseline's fields."""
    goldens, texts = known
    alone, said = estimates(judged, grounding((answer, texts[document]) for document, answer in answers.items()))
    fields, whole = beside(alone, [reference])
    counts = micro(score(answer, goldens[document], texts[document]) for document, answer in answers.items())
    true = {field: of.f1 for field, of in counts.items() if of.golden >= LEAST}
    estimated = dict.fromkeys(true, 0.0) | {one.field: one.estimate for one in fields if one.field in true}
    leaves = sum(of.golden for of in counts.values())
    right = sum(of.f1 * of.golden for of in counts.values()) / leaves
    return Row(name, estimated, true, (whole or 0.0, right), said or 0.0)


def table(rows: Sequence[Row], limit: int) -> str:
    """Two tables in Markdown: assistants, and fields."""
    lines = [
        f"{len(rows)} assistants on {limit} CVs of the gate split, simulated; F1 over all fields, weighted by how many "
        "values they have. Estimated: as a page says it, of an assistant that is probed beside the baseline; alone: "
        "where nothing else is probed.", "",
        "| assistant | alone | estimated F1 | true F1 | estimated − true |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {row.name} | {row.alone:.3f} | {row.whole[0]:.3f} | {row.whole[1]:.3f} | "
              f"{row.whole[0] - row.whole[1]:+.3f} |"
              for row in sorted(rows, key=lambda row: -row.whole[1])]  # fmt: skip
    said = figures(rows, limit)
    lines += ["", f"Rank correlation over assistants: {said['rank']:.2f}. Estimated − true: {said['mean']:+.3f} on "
              f"average, {said['least']:+.3f} to {said['most']:+.3f}.", ""]  # fmt: skip
    lines += ["| field | rank correlation | mean of estimated − true | mean distance | worst | where |",
              "|---|---|---|---|---|---|"]  # fmt: skip
    for field in _shared(rows):
        pairs = [(row.estimated[field], row.true[field], row.name) for row in rows]
        gaps = [one - two for one, two, _ in pairs]
        worst = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
        lines.append(
            f"| `{field}` | {_rank(pairs)} | {sum(gaps) / len(gaps):+.3f} | "
            f"{sum(map(abs, gaps)) / len(gaps):.3f} | {worst[0] - worst[1]:+.2f} | {worst[2]} |"
        )
    return "\n".join(lines)


def figures(rows: Sequence[Row], limit: int) -> dict[str, Any]:
    """The same in a few figures. mean, least, most: of estimated − true over assistants; worst: of one field, with one
    assistant."""
    from scipy.stats import spearmanr

    gaps = [row.whole[0] - row.whole[1] for row in rows]
    worst, field, where = max(
        ((row.estimated[field] - row.true[field], field, row.name) for row in rows for field in _shared(rows)),
        key=lambda one: abs(one[0]),
    )
    rank = float(spearmanr([row.whole[0] for row in rows], [row.whole[1] for row in rows]).statistic)
    found: dict[str, Any] = {"rank": rank, "mean": sum(gaps) / len(gaps), "least": min(gaps), "most": max(gaps)}
    found = {key: round(value, 3) for key, value in (found | {"worst": worst}).items()}
    return {"assistants": len(rows), "documents": limit, **found, "field": field, "where": where}


def _shared(rows: Sequence[Row]) -> list[str]:
    """Fields of which every assistant has figures."""
    return sorted(set.intersection(*(set(row.true) for row in rows)))


def _rank(pairs: Iterable[tuple[float, float, str]]) -> str:
    from scipy.stats import spearmanr

    ones, twos = zip(*((round(one, 3), round(two, 3)) for one, two, _ in pairs), strict=True)
    if len(set(ones)) == 1 or len(set(twos)) == 1:
        return "all alike"
    return f"{spearmanr(ones, twos).statistic:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=30, help="CVs")
    parser.add_argument("--write", action="store_true", help="into docs/probes.md")
    options = parser.parse_args()
    rows = measure(options.limit)
    made = table(rows, options.limit)
    if not options.write:
        print(made)
        return
    text = PLACE.read_text(encoding="utf-8")
    marked = re.compile(r"(<!-- honesty: made by python -m bench.probe_honesty --write -->\n).*?(\n<!-- end -->)", re.S)
    assert marked.search(text)
    FIGURES.write_text(pretty(figures(rows, options.limit)), encoding="utf-8")
    PLACE.write_text(marked.sub(lambda found: f"{found[1]}{made}{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
