"""Synthetic runs for the tests and the benchmark of the reports: cases, texts, goldens, a manifest, a verdict.

Nothing here goes through the scorer or the gates: outcomes are made together with the answers, so that a test
knows exactly what a table must say.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from synthetic_people import at, leaves, person, put, text_of
from synthetic_verdict import estimate, verdict

from harness.assistants.types import AssistantBundle
from harness.base.canonical import digest, sha256
from harness.base.types import Failure
from harness.contract.schema import LEAVES
from harness.contract.types import Contract, Reading, Rung, Violation
from harness.corpus.types import Document, Golden, Provenance
from harness.gates.catalogue import GATES
from harness.gates.types import Case, Estimate, Gate, Verdict
from harness.models.types import Usage
from harness.pipelines.types import Phase
from harness.replay.types import Arm, DocHashes, Manifest, Record
from harness.scoring.types import Counts, FieldOutcome, Order, Score

INSTRUCTIONS = """You turn a CV into structured data.

Give only what the CV says. Leave a field empty where the CV does not say it.

Write dates as `MMM YYYY`, or as `YYYY` where the CV gives no month. A running role ends with `Present`.

Keep the full employer name, with its division.

List the newest role first. Give one achievement or duty per bullet, as printed.

List languages with the level that the CV names.
"""
EDITED = INSTRUCTIONS.replace(
    "Keep the full employer name, with its division.", "Keep the employer name short and easy to read."
).replace("List languages with the level that the CV names.\n", "")


def bundle(instructions: str = INSTRUCTIONS, model: str = "gpt-4o", **parameters: Any) -> AssistantBundle:
    given = {"temperature": 0, "max_output_tokens": 8000, **parameters}
    wire = digest([model, given, instructions])
    return AssistantBundle(
        name="CV Parser Pro",
        description="Advanced CV/Resume parser for structured data extraction",
        model=model,
        parameters=given,
        instructions=instructions,
        output="json_schema",
        schema={"type": "object"},
        version=digest(["v", wire]),
        wire=wire,
    )


@dataclass(frozen=True)
class Synthetic:
    """Everything that a report is made from."""

    cases: tuple[Case, ...]
    goldens: Mapping[str, Golden]
    texts: Mapping[str, str]
    manifest: Manifest
    verdict: Verdict


LEGACY_FILLS = ("work_experience", "education", "certifications")
FILLS = {"legacy": frozenset(path for path in LEAVES if path.startswith(LEGACY_FILLS))}


def answered(
    rng: random.Random, golden: Mapping[str, Any], text: str, arm: str, rates: Mapping[str, float]
) -> tuple[dict[str, Any], list[FieldOutcome]]:
    """An answer that differs from the golden in known places, and the outcomes that say so."""
    answer = copy.deepcopy(dict(golden))
    outcomes: list[FieldOutcome] = []
    for field, path in leaves(golden):
        value = at(golden, path)
        rate = rates.get(field, rates["*"])
        if arm == "legacy" and not field.startswith(LEGACY_FILLS):
            put(answer, path, "")
            outcomes.append(FieldOutcome(field, path, None, value, None, "missing"))
        elif rng.random() < rate:
            kind = rng.choice(["wrong", "missing", "near"])
            given = {"wrong": "Something Else Ltd", "missing": "", "near": value.split(",")[0] + " Co"}[kind]
            put(answer, path, given)
            outcomes.append(
                FieldOutcome(
                    field,
                    path,
                    path if given else None,
                    value,
                    given or None,
                    kind,  # type: ignore[arg-type]
                    "token-F1 .71" if kind == "near" else "",
                    None,
                    False if kind == "wrong" else None,
                )
            )
        else:
            start = text.find(value)
            outcomes.append(
                FieldOutcome(
                    field,
                    path,
                    path,
                    value,
                    value,
                    "correct",
                    "",
                    (start, start + len(value)) if start >= 0 else None,
                    True,
                )
            )
    if rng.random() < rates["invent"]:
        answer["certifications"] = [
            *answer["certifications"],
            {"id": "c9", "name": "Scrum Master", "issuer": "Agile Board", "year": "2021", "expiry": ""},
        ]
        for key, value in (("name", "Scrum Master"), ("issuer", "Agile Board"), ("year", "2021")):
            outcomes.append(
                FieldOutcome(
                    f"certifications[].{key}",
                    None,
                    f"certifications[1].{key}",
                    None,
                    value,
                    "invented",
                    "",
                    None,
                    False,
                )
            )
    return answer, outcomes


def scored(outcomes: list[FieldOutcome], contract: Contract, failed: bool = False) -> Score:
    counts: dict[str, Counts] = {}
    for o in outcomes:
        counts[o.field] = counts.get(o.field, Counts()) + Counts(
            int(o.kind == "correct"), int(o.kind == "near"), int(o.golden is not None), int(o.answer is not None)
        )
    total = sum(counts.values(), Counts())
    precision = total.correct / total.answer if total.answer else 0.0
    recall = total.correct / total.golden if total.golden else 0.0
    f1 = 2 * total.correct / (total.golden + total.answer) if total.golden + total.answer else 1.0
    lenient = 2 * (total.correct + 0.5 * total.near) / (total.golden + total.answer) if total.golden else 1.0
    return Score(
        f1=f1,
        precision=precision,
        recall=recall,
        lenient_f1=lenient,
        counts=counts,
        outcomes=tuple(outcomes),
        contract=contract,
        order=Order(True, 1.0),
        hallucinations=tuple(o for o in outcomes if o.kind == "invented" and o.grounded is False),
        lost_entries=(),
        scorer="synthetic-1",
        failed=failed,
    )


RATES: dict[str, dict[str, float]] = {
    "legacy": {"*": 0.05, "invent": 0.08},
    "baseline": {"*": 0.025, "invent": 0.01},
    "candidate": {
        "*": 0.025,
        "invent": 0.02,
        "work_experience[].company": 0.35,
        "languages[].language": 0.5,
        "languages[].proficiency": 0.5,
    },
}


def make(
    n: int = 12,
    draws: int = 2,
    *,
    seed: int = 7,
    roles: int = 3,
    plant: str = "",
    source: str = "simulated",
    identical: bool = False,
) -> Synthetic:
    """A run of `n` CVs through three arms. `plant` goes, as hostile text, into a name, a bullet, a document id,
    a file name, a schema violation, a failure, a tag, the verdict's reasons and the candidate's instructions."""
    rng = random.Random(seed)
    origin = "simulator@1+seed7" if source == "simulated" else "openai"
    base = bundle()
    new = base if identical else bundle(EDITED + plant, temperature=0.1)
    arms = (
        Arm("legacy", "legacy", None, "gpt-4o-2024-08-06", origin, range(draws)),
        Arm("baseline", "assistant", base, base.model, origin, range(draws), "record_first"),
        Arm("candidate", "assistant", new, new.model, origin, range(draws)),
    )
    cases: list[Case] = []
    goldens: dict[str, Golden] = {}
    texts: dict[str, str] = {}
    hashes: dict[str, DocHashes] = {}
    for number in range(n):
        cv = person(rng, roles if number % 5 else roles + 3)
        if plant and number == 0:
            cv["personal_info"]["name"] = f"Mallory {plant}"
            cv["work_experience"][0]["description"][0] += f" {plant}"
        text = text_of(cv)
        id_ = f"cv-{number:04d}" + (plant if plant and number == 1 else "")
        document = Document(
            id=id_,
            path=f"pdf/{id_}{plant if number == 2 else ''}.pdf",
            media_type="application/pdf",
            sha256=sha256(id_),
            persona=f"person-{number:04d}",
            split="gate",
            tags={
                "language": "de" if number % 7 == 3 else "en",
                "layout": ["one-column", "sidebar-left", "table"][number % 3],
                "length": "long" if number % 5 == 0 else "short",
                **({"block": plant} if plant and number == 3 else {}),
            },
        )
        golden = Golden(id_, cv, Provenance("generated", "2026-11-01"), sha256=digest(cv))
        goldens[id_], texts[id_] = golden, text
        hashes[id_] = DocHashes(document.sha256, sha256(text), "ok", golden.sha256, "pypdf")
        base_latency = rng.lognormvariate(8.3, 0.35)
        cases += [
            _case(rng, document, golden, text, arm, draw, base_latency, number, plant, source, identical)
            for arm in arms
            for draw in arm.draws
        ]
    manifest = Manifest(
        run_id="20261122T120000-7f3a",
        started="2026-11-22T12:00:00+00:00",
        finished="2026-11-22T12:00:41+00:00",
        status="complete",
        arms=arms,
        documents=hashes,
        selection={"split": "gate"},
        contract=sha256("contract"),
        scorer="synthetic-1",
        prices="genai-prices 0.2.1 (2026-11-01)",
        seed=7,
        commit="0123456789abcdef0123456789abcdef01234567",
        dirty=True,
        packages={"openai": "3.51.0", "pydantic": "2.12.0"},
        command=("cv-harness", "run", "--split", "gate", "--repeat", str(draws)),
        harness="0.1.0",
        concurrency=8,
    )
    return Synthetic(tuple(cases), goldens, texts, manifest, verdict(n, arms, source, plant, identical))


def without_goldens(run: Synthetic) -> Synthetic:
    """The same answers, with nothing to judge them by."""
    cases = tuple(
        replace(
            case,
            score=replace(
                case.score,
                f1=None,
                precision=None,
                recall=None,
                lenient_f1=None,
                counts={},
                outcomes=(),
                has_golden=False,
            ),
        )
        for case in run.cases
    )
    return replace(run, cases=cases, goldens={})


def with_every_gate(run: Synthetic) -> Synthetic:
    """The run with as many gates a comparison as a real verdict has: those that are not there yet pass."""
    n = len(run.texts)

    def passing(name: str, against: str) -> Gate:
        counted = GATES[name].metric.startswith("CVs")
        delta = Estimate(0.0, None, 0.049, n, n, "count") if counted else estimate(0.0, 0.001 * (1 + len(name)), n)
        label, tail = GATES[name].label, "newly so" if counted else "no worse"
        reason = f"{label}: 0 of {n} CVs {tail} against the {against}; in truth it may be up to 4.9 %"
        level, arm = estimate(0.02 if counted else 0.93, 0.01, n), estimate(0.02 if counted else 0.94, 0.01, n)
        threshold = 1.0 if counted else -0.02
        return Gate(
            name, GATES[name].metric, "deciding", level, arm, delta, threshold, "PASS", reason, scope=GATES[name].scope
        )

    comparisons = tuple(
        replace(
            comparison,
            gates=comparison.gates
            + tuple(
                passing(name, comparison.against)
                for name, definition in GATES.items()
                if definition.scope == "quality"
                and not name.startswith("twin")
                and name not in {gate.name for gate in comparison.gates}
            ),
        )
        for comparison in run.verdict.comparisons
    )
    return replace(run, verdict=replace(run.verdict, comparisons=comparisons))


def agreement(run: Synthetic) -> list[dict[str, Any]]:
    """How far two arms agree, as a summary takes it."""
    documents = [{"document": name, "f1": f1} for name, f1 in zip(run.texts, (0.5, 0.75), strict=False)]
    fields = [{"field": "skills[]", "f1": 0.25, "leaves": 12}, {"field": "personal_info.name", "f1": 1.0, "leaves": 4}]
    return [{"arms": ["candidate", "baseline"], "f1": 0.625, "n": 2, "fields": fields, "documents": documents}]


def _case(
    rng: random.Random,
    document: Document,
    golden: Golden,
    text: str,
    arm: Arm,
    draw: int,
    base_latency: float,
    number: int,
    plant: str,
    source: str,
    identical: bool,
) -> Case:
    # An identical candidate repeats the baseline's answers: same seed for both.
    own = random.Random(f"{document.id}/{'baseline' if identical and arm.id == 'candidate' else arm.id}/{draw}")
    rates = RATES["baseline" if identical and arm.id == "candidate" else arm.id]
    answer: Any
    answer, outcomes = answered(own, golden.cv, text, arm.id, rates)
    roles = len(golden.cv["work_experience"])
    passes = 1 + roles if arm.id == "legacy" else 1
    violations: tuple[Violation, ...] = ()
    rung = Rung.STRICT
    state = "completed"
    if arm.id == "legacy" or (arm.id == "candidate" and not identical and number % 11 == 4):
        rung = Rung.JSON
        violations = (
            Violation("/work_experience/0/description", "type", "is not of type 'array'"),
            Violation(f"/personal_info/{plant or 'extra'}", "additionalProperties", f"unexpected {plant}"),
        )
    contract = Contract(rung, violations)
    failed = arm.id == "candidate" and not identical and number % 17 == 6
    if failed:
        answer = Failure("unparseable", "truncated", f"output cut off at the token limit {plant}")
        outcomes = [
            replace(o, kind="missing", answer=None, answer_path=None, evidence=None)
            for o in outcomes
            if o.golden is not None
        ]
        contract = Contract(Rung.BYTES, (Violation("", "json", "no JSON object"),))
        state = "failed"
    factor = {"legacy": 2.6, "baseline": 1.0, "candidate": 0.95}[arm.id]
    if identical and arm.id == "candidate":
        factor = 1.0
    latency = base_latency * factor * own.lognormvariate(0, 0.12)
    phases = (
        (Phase("pass1", 1, latency * 0.3), *(Phase(f"pass2[{i}]", 1, latency * 0.7 / roles) for i in range(roles)))
        if arm.id == "legacy"
        else (Phase("assistant", 1, latency),)
    )
    tokens = len(text) // 4
    usage = Usage((tokens + 400) * passes, 1024 if arm.id == "legacy" else 0, 0, 900 if passes == 1 else 1100, 0)
    record = Record(
        document_id=document.id,
        arm=arm.id,
        draw=draw,
        answer=answer,
        state=state,
        readings=(Reading(answer, rung, ("fence stripped",) if number % 13 == 5 else (), violations),),
        phases=phases,
        notes=(f"role 2 skipped: timeout {plant}",) if arm.id == "legacy" and number % 9 == 8 else (),
        text_sha256=sha256(text),
        latency_ms=latency,
        queue_ms=12.0,
        retry_ms=400.0 if number % 10 == 9 else 0.0,
        source="recorded" if arm.id == "baseline" and source == "live" else source,  # type: ignore[arg-type]
        usage=usage,
        usage_known=True,
        cost=Decimal(usage.input_tokens * 25 + usage.output_tokens * 100) / Decimal(10_000_000),
        calls=passes,
        attempts=passes + (1 if number % 10 == 9 else 0),
        snapshot="gpt-4o-2024-08-06",
    )
    return Case(document, record, scored(outcomes, contract, failed))
