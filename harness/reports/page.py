"""The dashboard: index.html (full, stays local) and its redacted copy (may be published). Offline, script-safe.

It renders verdict.json, summary.json and the records, and computes no figure of its own. Everything that a
decision needs is static HTML and SVG; the one script (named by its hash in the Content-Security-Policy) only
sorts, filters and drills down.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from harness.base.visible import UNSEEN
from harness.contract.types import Rung
from harness.gates.types import Comparison, Gate, Status, Verdict
from harness.reports import details, first_screen, labels, plots, shards
from harness.reports.bars import bar
from harness.reports.changes import edit_lines
from harness.reports.filters import asset, environment, flipped, markup
from harness.reports.glossary import WORDS, verdict_words
from harness.reports.prepare import Judged, prepare, uncollected
from harness.reports.probes import context
from harness.reports.redaction import Redactor
from harness.reports.summary_types import Slice, Summary

HARD_CAP = 3_000_000
"""Bytes; a page above it keeps its details in linked pages beside it."""

PARTS = "cvs"
RUNG_WORDS = {
    Rung.BYTES: "no JSON ↓",
    Rung.REPAIRED: "repaired",
    Rung.JSON: "JSON, schema broken",
    Rung.SCHEMA: "schema kept",
    Rung.STRICT: "dates and ids too",
    Rung.FORM: "written as in the CV ↑",
}
_STATUS_ORDER: tuple[Status, ...] = ("FAIL", "INCONCLUSIVE", "NOT_MEASURED", "PASS", "NOT_APPLICABLE")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was written. `bytes`: of the page itself; `parts`: linked pages beside it, if it was too large."""

    path: Path
    bytes: int
    parts: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Pictures:
    """The plots of latency as SVG: the curve of all arms, and a histogram for each pair of them."""

    ecdf: str
    ratios: tuple[str, ...]
    cvs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Pages of CVs as data URIs, by document; the redacted page shows none."""


def drawn(summary: Summary) -> Pictures:
    """Draw them: a third of a second that the full page and the redacted one share."""
    latency, label = summary["latency"], summary["run"]["label"]["mark"]
    pairs = latency["pairs"]
    ratios = (plots.ratios(pair, f"ratio{number}", label, pairs) for number, pair in enumerate(pairs))
    return Pictures(plots.ecdf(latency, summary["roles"], label), tuple(ratios))


@uncollected()
def render(
    out: Path,
    judged: Judged,
    summary: Summary,
    *,
    redactor: Redactor | None = None,
    public: tuple[Path, Redactor] | None = None,
    pictures: Pictures | None = None,
    probed: Mapping[str, Any] | None = None,
    cap: int = HARD_CAP,
) -> Rendered:
    """Write one page to `out` (its folder must exist). With a redactor it is the redacted one.

    public: where the redacted page goes too, made from the same tables in the same pass. pictures: `drawn(summary)`,
    where it was drawn already. Over `cap` bytes the per-CV details go to linked pages in the folder `<name>-cvs` beside
    the page (a page opened from file:// may not fetch).
    """
    pictures = pictures or drawn(summary)
    pages = [(out, redactor), *([public] if public is not None else [])]
    made = _details(judged, summary, [each for _, each in pages], pictures)
    packed = shards.shards(made, len(pages))
    written = [
        _written(path, judged.verdict, summary, data, pictures, redactor=each, probed=probed, cap=cap)
        for (path, each), data in zip(pages, packed, strict=True)
    ]
    return written[0]


def _written(
    out: Path,
    verdict: Verdict,
    summary: Summary,
    packed: list[str],
    pictures: Pictures,
    *,
    redactor: Redactor | None,
    probed: Mapping[str, Any] | None,
    cap: int,
) -> Rendered:
    """One page with its details, or with links to them."""
    if redactor is not None:
        verdict, summary = redactor.verdict(verdict), redactor.summary(summary)
    index = shards.packed(shards.index(summary))
    if sum(map(len, packed)) <= cap:
        body = _page(verdict, summary, packed, index, pictures, redacted=redactor is not None, probed=probed)
        if len(body) <= cap:
            out.write_bytes(body)
            return Rendered(out, len(body))
    folder = out.with_name(f"{out.stem}-{PARTS}")
    folder.mkdir(exist_ok=True)
    names = [f"part-{number:03d}.html" for number in range(len(packed))]
    written = []
    for number, (name, data) in enumerate(zip(names, packed, strict=True)):
        path = folder / name
        path.write_bytes(_part(summary, number, data, f"../{out.name}", names))
        written.append(path)
    linked = [f"{folder.name}/{name}" for name in names]
    body = _page(verdict, summary, [], index, pictures, redacted=redactor is not None, parts=linked, probed=probed)
    out.write_bytes(body)
    return Rendered(out, len(body), tuple(written))


def _details(
    judged: Judged, summary: Summary, redactors: Sequence[Redactor | None], pictures: Pictures
) -> Iterable[list[dict[str, Any]]]:
    """Of each CV what each page shows of it."""
    ready = prepare(judged.cases, judged.verdict, judged.manifest, judged.fills)
    goldens, texts = judged.goldens, judged.texts
    suspects: dict[str, set[str]] = {}
    for suspect in summary["golden_audit"]["rows"]:
        suspects.setdefault(suspect["document"], set()).add(suspect["path"])
    for row in summary["documents"]:
        name = row["document"]
        table = details.table(ready, name, frozenset(suspects.get(name, ())), judged.attempts)
        shown = []
        for redactor in redactors:
            found = details.detail(ready, table, golden=goldens.get(name), text=texts.get(name), redactor=redactor)
            if redactor is None:
                found["pages"] = list(pictures.cvs.get(name, ()))
            shown.append(found)
        yield shown


def _page(
    verdict: Verdict,
    summary: Summary,
    packed: Sequence[str],
    index: str,
    pictures: Pictures,
    *,
    redacted: bool,
    parts: Sequence[str] = (),
    probed: Mapping[str, Any] | None = None,
) -> bytes:
    from harness.review.blame import LEVEL

    by_name = {row["document"]: row for row in summary["documents"]}
    drawn: dict[str, str] = {}
    totals = [row["tokens"]["total"] for row in summary["cost"]["arms"].values() if row["tokens"]]
    text = (
        environment()
        .get_template("page.html.j2")
        .render(
            v=verdict,
            s=summary,
            arms={arm["id"]: arm for arm in summary["arms"]},
            sections=_sections(verdict, summary, probed=probed is not None),
            verdict_words=verdict_words(verdict, summary),
            words=WORDS,
            few_moved=labels.FEW_MOVED,
            read_as=labels.READ_AS,
            blind=labels.blind(verdict),
            nothing_new=labels.nothing_new(verdict, summary),
            not_read=labels.not_read(summary),
            blame_level=f"{100 * (1 - LEVEL):g} %",
            bounds_head=labels.bounds_head(verdict),
            agreement_note=labels.AGREEMENT,
            gate_counts=_gate_counts(verdict),
            open_gates=first_screen.open_gates(verdict)[: first_screen.NAMED],
            alarms=first_screen.alarms(verdict, summary, drawn),
            tiles=first_screen.tiles(verdict, summary, drawn),
            reasons=first_screen.reasons(verdict),
            edit_lines=edit_lines(summary),
            edit_runs=collapsed(summary["changes"]["instructions"], 0) if summary["changes"] else [],
            comparison_gates=[_split(comparison, drawn) for comparison in verdict.comparisons],
            field_groups=[(name, list(rows)) for name, rows in groupby(summary["fields"], key=lambda r: r["section"])],
            other=summary["roles"]["baseline"] or summary["roles"]["legacy"] or "nothing",
            slices=_slices(summary["slices"]) if summary["fields"] else [],
            headline=any(row["f1"] is not None for row in summary["headline"].values()),
            rungs=[(rung.name, words) for rung, words in RUNG_WORDS.items()],
            most_tokens=max(totals, default=1.0) or 1.0,
            diff_runs=collapsed(summary["changes"]["instructions"]) if summary["changes"] else [],
            worst=[by_name[name] for name in summary["worst"]],
            command=shlex.join(summary["provenance"]["command"]),
            plots=_plots(summary, pictures),
            redacted=redacted,
            **context(probed),
            linked=f"{parts[0].rpartition('/')[0]}" if parts else "",
            **_data(packed, index, {"size": shards.SHARD, "parts": list(parts) or None, "back": None}),
        )
    )
    return text.encode("utf-8", "replace")


def _plots(summary: Summary, pictures: Pictures) -> dict[str, Any]:
    pairs = zip(summary["latency"]["pairs"], pictures.ratios, strict=True)
    return {
        "ecdf": markup(pictures.ecdf),
        "ratios": [(pair, markup(picture)) for pair, picture in pairs],
        "trend": markup(plots.trend(summary["trend"])),
    }


def _part(summary: Summary, number: int, data: str, back: str, names: Sequence[str]) -> bytes:
    """A linked page with the details of up to 25 CVs; `names` of all of them, so that it leads to its neighbours."""
    rows = summary["documents"][number * shards.SHARD : (number + 1) * shards.SHARD]
    beside = {
        "before": names[number - 1] if number else None,
        "next": names[number + 1] if number + 1 < len(names) else None,
    }
    index = shards.packed(shards.index({**summary, "documents": rows}))
    text = (
        environment()
        .get_template("part.html.j2")
        .render(
            s=summary,
            number=number + 1,
            back=back,
            **_data([data], index, {"size": shards.SHARD, "parts": None, "back": f"{back}#cvs", **beside}),
        )
    )
    return text.encode("utf-8", "replace")


def _data(packed: Sequence[str], index: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Script, styles and data blocks as they stand in the page; base64 and escaped JSON cannot end a script."""
    script = re.sub(r"(?m)^\s*(//.*)?\n?", "", asset("page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return {
        "script": markup(script),
        "script_hash": f"sha256-{digest}",
        "css": markup(asset("page.css")),
        "config": markup(safe_json({**config, "unseen": UNSEEN.pattern})),
        "index": markup(index),
        "shards": [markup(data) for data in packed],
    }


def safe_json(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can close the element or open a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _sections(verdict: Verdict, summary: Summary, *, probed: bool) -> list[tuple[str, str, str, str]]:
    """Anchor, name, a figure worth seeing in the navigation, and what it counts."""
    failing = sum(1 for c in verdict.comparisons for g in c.gates if g.level == "deciding" and g.status == "FAIL")
    broken = sum(1 for claim in verdict.claims if claim.verdict == "BROKEN")
    flips = summary["flips"]["baseline"]
    candidate = summary["roles"]["candidate"]
    failed = sum(row["arms"].get(candidate, 0) for row in summary["errors"]["rows"])
    hallucinations = summary["hallucinations"]["arms"]
    invented = hallucinations[candidate]["values"] if candidate in hallucinations else 0
    old = summary["roles"]["baseline"]
    before = hallucinations[old]["values"] if old in hallucinations else None
    more = str(invented or "") if before is None else f"{invented - before:+d}".replace("-", "−").replace("+0", "")
    was = f", {before} in the baseline's" if before is not None else ""
    changed = flipped(flips) if flips else 0
    return [
        ("gates", "Gates", f"{failing} ✕" if failing else "", "gates that failed"),
        ("claims", "Claims", f"{broken} ✕" if broken else "", "promises broken"),
        ("fields", "Fields", "", ""),
        *([("agreement", "Agreement", "", "")] if summary["agreement"] else []),
        *([("probes", "Probes", "", "")] if probed else []),
        ("latency", "Latency", "", ""),
        ("cost", "Tokens and cost", "", ""),
        ("schema", "Contract", "", ""),
        ("errors", "Errors", str(failed or ""), "answers that failed"),
        ("hallucinations", "Hallucinations", more, f"{invented} invented values in the candidate's answers{was}"),
        ("diff", "What changed", str(changed or ""), "CVs broken, fixed or both"),
        ("worst", "Worst CVs", "", ""),
        ("cvs", "All CVs", str(len(summary["documents"])), "copies included"),
        ("trend", "Trend, stability", "", ""),
        ("provenance", "Provenance", "", ""),
    ]


def _slices(rows: Sequence[Slice]) -> list[tuple[str, list[Slice]]]:
    """Slices by tag, those that people ask for first; the largest values of a tag first."""
    tags: dict[str, list[Slice]] = {}
    for row in rows:
        tags.setdefault(row["tag"], []).append(row)
    asked = [tag for tag in ("language", "layout", "length", "media") if tag in tags]
    order = [*asked, *(tag for tag in tags if tag not in asked)]
    return [(tag, sorted(tags[tag], key=lambda row: (-row["n"], row["value"]))) for tag in order]


def _gate_counts(verdict: Verdict) -> list[tuple[str, int]]:
    counts = Counter(g.status for c in verdict.comparisons for g in c.gates if g.level == "deciding")
    return [(status, counts[status]) for status in _STATUS_ORDER if counts[status]]


def _split(comparison: Comparison, drawn: dict[str, str]) -> tuple[list[tuple[Gate, Any]], list[tuple[Gate, Any]]]:
    """A comparison's gates with their pictures: those that failed or are open, and those that may be folded."""
    rows = [(gate, markup(bar(gate, drawn))) for gate in _ordered(comparison.gates)]
    told = [row for row in rows if row[0].status in ("FAIL", "INCONCLUSIVE")]
    return told, [row for row in rows if row not in told]


def _ordered(gates: Sequence[Gate]) -> list[Gate]:
    """Deciding before advisory, then worst status first, else as decided."""
    return sorted(gates, key=lambda g: (g.level != "deciding", _STATUS_ORDER.index(g.status)))


def collapsed(runs: Sequence[Sequence[str]], context: int = 2) -> list[tuple[str, str]]:
    """Runs of a word diff with long unchanged stretches folded to `context` lines at either side of a change.

    [] where nothing changed. Folded stretches carry the mark "~".
    """
    if all(mark == "=" for mark, _ in runs):
        return []
    out: list[tuple[str, str]] = []
    for number, (mark, text) in enumerate(runs):
        lines = text.splitlines(keepends=True)
        if mark != "=" or len(lines) <= 2 * context + 2:
            out.append((mark, text))
            continue
        head = "" if number == 0 else "".join(lines[:context])
        tail = "" if number == len(runs) - 1 or not context else "".join(lines[-context:])
        hidden = len(lines) - (context if head else 0) - (context if tail else 0)
        out += [("=", head), ("~", f"{hidden} unchanged lines"), ("=", tail)]
    return [(mark, text) for mark, text in out if text]
