"""summary.json: the tables behind every face of the verdict. Faces render it and compute nothing."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

from harness.assistants.types import AssistantBundle
from harness.base.canonical import digest, sha256
from harness.base.errors import UsageError
from harness.base.types import Json, Source
from harness.corpus.goldens import Goldens
from harness.corpus.types import Golden
from harness.gates.types import Verdict
from harness.replay import settings
from harness.reports import tables_quality, tables_running
from harness.reports.brief import brief
from harness.reports.changes import bundle_changes, bundle_facts
from harness.reports.labels import arm_label, few, gate_name, run_label
from harness.reports.prepare import Judged, Prepared, mean, prepare, rounded, uncollected
from harness.reports.summary_types import (
    Arm,
    Cost,
    Document,
    DocumentArm,
    Flips,
    GoldenAuditRow,
    Provenance,
    Run,
    Summary,
    Trend,
)
from harness.reports.tables_apart import TablesApart, tables_apart
from harness.reports.tables_doubts import golden_suspects
from harness.reports.tables_quality import flip_of
from harness.reports.tables_sections import sections_table

SCHEMA_VERSION = 1
SHOWN = 1000
"""CVs that a summary and a page have rows and details of; a page of them opens at once."""


@uncollected()
def build_summary(
    judged: Judged,
    *,
    trend: Sequence[Mapping[str, Json]] = (),
    blame: Mapping[str, Json] | None = None,
    agreement: Sequence[Mapping[str, Json]] = (),
    readings: Sequence[Mapping[str, Json]] = (),
    monthly_cvs: int = 0,
    on_row: Callable[[Document], None] | None = None,
    apart: Callable[[], TablesApart] | None = None,
) -> Summary:
    """The tables of one decided run, as JSON values (`summary.schema.json` describes them).

    trend: records of accepted versions, oldest first. blame: what blame.json holds. agreement: pairs of arms on CVs
    without goldens (`harness.review.agreement`). readings: how the simulator read each sentence of the edit. on_row:
    given the row of every CV where there are more than `SHOWN`, of which the summary has only the most telling ones.
    apart: `tables_apart` of the same run, where they are made elsewhere meanwhile.
    """
    verdict, goldens, texts = judged.verdict, judged.goldens, judged.texts
    ready = prepare(judged.cases, verdict, judged.manifest, judged.fills)
    bundles = {arm.id: arm.bundle for arm in judged.manifest.arms}
    facts = {arm: _Facts.of(ready, arm) for arm in ready.by_arm}
    suspects = golden_suspects(ready, goldens, texts)
    flips = {name: tables_quality.flips(ready, getattr(ready, name)) for name in ("baseline", "legacy")}
    worst = _worst(ready)
    documents = list(_documents(ready, suspects, _shown(ready, worst, flips), on_row))
    counted = apart() if apart is not None else tables_apart(ready, monthly_cvs, judged.attempts)
    tables: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "run": _run(ready, verdict, facts),
        "arms": _arms(ready, facts),
        "roles": {"candidate": ready.candidate, "baseline": ready.baseline, "legacy": ready.legacy},
        "next_steps": next_steps(verdict),
        "headline": counted["headline"],
        "fields": counted["fields"],
        "slices": tables_quality.slices(ready),
        "latency": counted["latency"],
        "cost": _cost(ready, bundles, counted["cost"]),
        "schema": counted["schema"],
        "errors": tables_running.errors(ready),
        "hallucinations": tables_quality.hallucinations(ready, {arm: of.invented for arm, of in facts.items()}),
        "changes": bundle_changes(bundles.get(ready.baseline), bundles.get(ready.candidate)),
        "flips": flips,
        "documents": documents,
        "worst": worst[: tables_quality.WORST],
        "flaky": tables_quality.flaky(ready),
        "golden_audit": {"rows": suspects, "n": len(set(goldens) & set(texts) & set(ready.documents))},
        "trend": _trend(trend),
        "blame": dict(blame) if blame is not None else None,
        "agreement": [dict(pair) for pair in agreement],
        "readings": [dict(reading) for reading in readings],
        "provenance": _provenance(ready, goldens, bundles, facts),
    }
    tables["brief"] = brief(ready, verdict, cast(Summary, tables))  # the brief is about all other tables
    return _shortened(cast(Summary, tables), len(ready.documents))


def _shortened(summary: Summary, cvs: int) -> Summary:
    """A summary that says how many CVs it shows, where those are not all."""
    if len(summary["documents"]) < cvs:
        summary["run"]["shown"] = len(summary["documents"])
        for table in (summary["flips"]["baseline"], summary["flips"]["legacy"]):
            if table is not None:
                table["documents"] = table["documents"][:SHOWN]
    return summary


def _cost(ready: Prepared, bundles: Mapping[str, AssistantBundle | None], found: Cost) -> Cost:
    of_sections = sections_table(bundles.get(ready.candidate), bundles.get(ready.baseline), ready)
    return {**found, "sections": of_sections} if of_sections else found


@cache
def summary_schema() -> dict[str, Json]:
    """The JSON Schema (2020-12) of summary.json. Treat it as read-only."""
    text = (resources.files("harness.reports") / "summary.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Json] = json.loads(text)
    return schema


def check_summary(given: Json) -> Summary:
    """`given` if it is a summary that this harness reads; UsageError for another version or shape."""
    from jsonschema import Draft202012Validator

    version = given.get("schema_version") if isinstance(given, Mapping) else None
    hint = "make it again: cv-harness report RUN"
    if version != SCHEMA_VERSION:
        raise UsageError(f"summary.json has schema version {version!r}, this harness reads {SCHEMA_VERSION}", hint=hint)
    error = next(iter(Draft202012Validator(summary_schema()).iter_errors(given)), None)
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path)
        raise UsageError(f"summary.json at /{place}: {error.message[:200]}", hint=hint)
    return cast(Summary, dict(given))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one pass over an arm's cases says of where its answers come from. with_golden: main documents; invented: the
    places, among its cases, of those with hallucinations."""

    sources: Counter[Source]
    snapshots: frozenset[str]
    with_golden: frozenset[str]
    invented: Sequence[int]

    @classmethod
    def of(cls, ready: Prepared, arm: str) -> _Facts:
        sources: Counter[Source] = Counter()
        snapshots, judged = set(), set()
        invented = array("Q")
        for place, case in enumerate(ready.by_arm[arm]):
            sources[case.record.source] += 1
            snapshots.add(case.record.snapshot)
            if case.score is not None and case.score.has_golden:
                judged.add(case.document.id)
            if case.score is not None and case.score.hallucinations:
                invented.append(place)
        known = frozenset(judged.intersection(ready.main_documents))
        return cls(sources, frozenset(snapshots - {""}), known, invented)


def _run(ready: Prepared, verdict: Verdict, facts: Mapping[str, _Facts]) -> Run:
    manifest = ready.manifest
    return {
        "run_id": manifest.run_id,
        "started": manifest.started,
        "finished": manifest.finished,
        "status": manifest.status,
        "selection": dict(manifest.selection),
        "documents": len(ready.main_documents),
        "copies": len(ready.documents) - len(ready.main_documents),
        "personas": len({d.persona for d in ready.documents.values()}),
        "with_golden": len(frozenset[str]().union(*(each.with_golden for each in facts.values()))),
        "draws": {arm.id: len(arm.draws) for arm in manifest.arms if arm.id in ready.by_arm},
        "records": {arm: len(ready.by_arm[arm]) for arm in ready.arms},
        "label": run_label(verdict.source, verdict.origin),
    }


def _arms(ready: Prepared, facts: Mapping[str, _Facts]) -> list[Arm]:
    rows: list[Arm] = []
    for arm in ready.manifest.arms:
        if arm.id not in ready.by_arm:
            continue
        sources = facts[arm.id].sources
        rows.append(
            {
                "id": arm.id,
                "pipeline": arm.pipeline,
                "model": arm.model,
                "snapshots": sorted(facts[arm.id].snapshots),
                "origin": arm.origin,
                "draws": len(arm.draws),
                "policy": arm.policy,
                "sources": {str(source): number for source, number in sources.items()},
                "label": arm_label(arm.origin, sources),
                "bundle": bundle_facts(arm.bundle),
            }
        )
    return rows


def next_steps(verdict: Verdict) -> list[str]:
    """What would change this verdict, read off the gates that did not pass; [] for a SHIP."""
    if verdict.verdict == "SHIP":
        return []
    better: list[str] = []
    waiting: dict[tuple[str, ...], list[str]] = {}
    settle: dict[tuple[int, str], list[str]] = {}
    other: list[str] = []
    for comparison in verdict.comparisons:
        for gate in comparison.gates:
            if gate.level != "deciding":
                continue
            name = gate_name(gate)
            if gate.unconfirmed:
                waiting.setdefault(gate.unconfirmed, []).append(f"{name} against {comparison.against}")
            if gate.status == "FAIL":
                where = f" ({', '.join(gate.fields[:3])})" if gate.fields else ""
                better.append(f"{name} against {comparison.against}: the candidate must get better{where}")
            elif gate.status == "INCONCLUSIVE" and gate.more_cvs:
                settle.setdefault((gate.more_cvs, comparison.against), []).append(name)
            elif gate.status == "INCONCLUSIVE":
                other.append(f"{name} against {comparison.against}: more CVs will not help; {gate.reason}")
    again = [
        f"two more answers to {few(which)} would tell whether it shows again: {', '.join(names)}"
        for which, names in waiting.items()
    ]
    more = [
        f"{count} more {'CV' if count == 1 else 'CVs'} would settle {', '.join(names)} against {against}"
        for (count, against), names in sorted(settle.items())
    ]
    told = {gate.reason for comparison in verdict.comparisons for gate in comparison.gates}
    unmet = [reason for reason in verdict.reasons if reason.partition(" (against ")[0] not in told]
    return better + again + more + other + (unmet if verdict.verdict == "INCONCLUSIVE" else [])


def _trend(records: Sequence[Mapping[str, Json]]) -> list[Trend]:
    """Accepted versions with their strict F1, and what else changed with each of them."""
    rows: list[Trend] = []
    for number, record in enumerate(records):
        figures = record.get("summary") or {}
        before = records[number - 1] if number else record
        rows.append(
            {
                "accepted": record.get("accepted", ""),
                "version": record.get("version", ""),
                "model": record.get("model", ""),
                "by": record.get("by", ""),
                "reason": record.get("reason", ""),
                "verdict": record.get("verdict", ""),
                "override": bool(record.get("override")),
                "look": record.get("look"),
                "f1": figures.get("f1"),
                "lower": figures.get("lower"),
                "upper": figures.get("upper"),
                "n": figures.get("personas", figures.get("n")),
                "marks": [
                    name
                    for name in ("model", "contract", "scorer", "goldens", "corpus")
                    if record.get(name) != before.get(name)
                ],
            }
        )
    return rows


def _shown(ready: Prepared, worst: Sequence[str], flips: Mapping[str, Flips | None]) -> frozenset[str]:
    """The CVs that the summary has rows of: all, or as many as a page takes: copies apart, half of them those in which
    most broke, the others those that the candidate read worst."""
    if len(ready.documents) <= SHOWN:
        return frozenset(ready.documents)
    found = flips["baseline"] or flips["legacy"]
    broken = [row["document"] for row in (found["documents"] if found else ()) if row["broken"]]
    told = dict.fromkeys((*broken[: SHOWN // 2], *worst, *broken, *ready.documents))
    return frozenset(list(told)[:SHOWN])


def _documents(
    ready: Prepared,
    suspects: Sequence[GoldenAuditRow],
    shown: frozenset[str],
    on_row: Callable[[Document], None] | None,
) -> Iterator[Document]:
    """One row a CV (copies too): how each arm read it, how it flipped, and the fields with something wrong in it."""
    suspect = Counter(row["document"] for row in suspects)
    every = on_row is not None and len(shown) < len(ready.documents)
    for name in ready.documents:
        if every or name in shown:
            row = _document(ready, name, suspect[name])
            if every and on_row is not None:
                on_row(row)
            if name in shown:
                yield row


def _document(ready: Prepared, name: str, suspects: int) -> Document:
    document, old = ready.documents[name], ready.baseline or ready.legacy
    judged, flip = flip_of(ready, old, name)
    return {
        "document": name,
        "persona": document.persona,
        "split": document.split,
        "media_type": document.media_type,
        "twin_of": document.twin_of,
        "tags": dict(document.tags),
        "arms": {arm: _document_arm(ready, name, arm) for arm in ready.by_document[name]},
        "class": flip["class"] if flip else "unchanged" if judged else "",
        "fixed": flip["fixed"] if flip else 0,
        "broken": flip["broken"] if flip else 0,
        "both_wrong": flip["both_wrong"] if flip else 0,
        "suspects": suspects,
    }


def _document_arm(ready: Prepared, name: str, arm: str) -> DocumentArm:
    cases = ready.by_document[name][arm]
    wrong: dict[str, Counter[str]] = {}
    for case in cases:
        for outcome in case.score.odd() if case.score else ():
            if outcome.kind in ("wrong", "missing", "invented"):
                wrong.setdefault(outcome.field, Counter())[outcome.kind] += 1
    failed = [failure for c in cases if (failure := c.record.failure) is not None]
    return {
        "f1": rounded(ready.f1(name, arm), 4),
        "draws": len(cases),
        "failed": len(failed),
        "valid": sum(1 for c in cases if c.score is not None and c.score.contract.valid),
        "hallucinations": max((len(c.score.hallucinations) for c in cases if c.score), default=0),
        "lost_entries": max((len(c.score.lost_entries) for c in cases if c.score), default=0),
        "latency_ms": rounded(mean(c.record.latency_ms for c in cases), 1),
        "tokens": rounded(mean(float(c.record.usage.total) for c in cases if c.record.usage_known), 1),
        "bad": {field: [k["wrong"], k["missing"], k["invented"]] for field, k in wrong.items()},
        "failure": f"{failed[0].kind}: {failed[0].code}" if failed else "",
    }


def _worst(ready: Prepared) -> list[str]:
    """Ids of the CVs that the candidate read worst: lowest strict F1 first, of those with a score, without copies."""
    scored = ((rounded(ready.f1(name, ready.candidate), 4), name) for name in ready.main_documents)
    known = sorted((f1, name) for f1, name in scored if f1 is not None)
    return [name for _, name in known[:SHOWN]]


def _provenance(
    ready: Prepared,
    goldens: Mapping[str, Golden],
    bundles: Mapping[str, AssistantBundle | None],
    facts: Mapping[str, _Facts],
) -> Provenance:
    manifest = ready.manifest
    sources = sum((each.sources for each in facts.values()), Counter[Source]())
    golden_hashes = {name: hashes.golden for name, hashes in manifest.documents.items() if hashes.golden}
    return {
        "harness": manifest.harness,
        "commit": manifest.commit,
        "dirty": manifest.dirty,
        "command": list(manifest.command),
        "seed": manifest.seed,
        "concurrency": manifest.concurrency,
        "contract": manifest.contract,
        "scorer": manifest.scorer,
        "prices": manifest.prices,
        "corpus": digest({name: hashes.file for name, hashes in manifest.documents.items()}),
        "texts": digest({name: hashes.text for name, hashes in manifest.documents.items()}),
        "goldens": digest(golden_hashes) if golden_hashes else None,
        "goldens_n": len(golden_hashes),
        "goldens_reviewed": _reviewed(golden_hashes, goldens),
        "readers": dict(Counter(hashes.reader for hashes in manifest.documents.values() if hashes.reader)),
        "instructions": {arm: sha256(bundle.instructions) for arm, bundle in bundles.items() if bundle is not None},
        "sources": {str(source): number for source, number in sources.items()},
        "records": sum(sources.values()),
        "packages": dict(manifest.packages),
        "settings": settings.to_json(manifest.settings),
    }


def _reviewed(names: Iterable[str], goldens: Mapping[str, Golden]) -> int:
    """How many of these documents have a golden that counts; those of `Goldens` all do."""
    return sum(name in goldens and (isinstance(goldens, Goldens) or goldens[name].reviewed) for name in names)
