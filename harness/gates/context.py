"""What surrounds the figures: whether this is the accepted assistant, and what else a SHIP needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from harness.base.types import Json
from harness.gates.claims import claims_of
from harness.gates.config import GateConfig
from harness.gates.evidence import Evidence, by_persona
from harness.gates.known import Reservations, Standing
from harness.gates.observation import UNUSABLE
from harness.gates.pairs import Pair
from harness.gates.types import Claim, Comparison
from harness.replay.types import Arm, Manifest


@dataclass(frozen=True, slots=True)
class Context:
    """What `judge` must know beside the pairs.

    unmet: reasons that alone forbid SHIP (a partial selection, an interrupted run …). goldens: whether any CV has
    a golden. blinded: reasons for which harm that is shown may be the simulator's own. aside: comparisons made
    elsewhere (twins), asked for once the others are made. debts: by gate, documents in which something was lost already
    when the baseline was accepted. behind: gates that the accepted assistant fails against legacy, worked out where
    asked. scale: robust noise of a persona's F1 difference from the noise floor, None where not measured.
    """

    candidate: str = "candidate"
    origin: str = ""
    source: str = ""
    look: int = 1
    identical: bool = False
    goldens: bool = True
    unmet: tuple[str, ...] = ()
    scale: float | None = None
    noise_floor: Mapping[str, Json] = field(default_factory=dict)
    provenance: Mapping[str, Json] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    aside: Callable[[], tuple[Comparison, ...]] = tuple
    blinded: tuple[str, ...] = ()
    debts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    behind: Callable[[], frozenset[str]] = frozenset


def identical(evidence: Evidence, candidate: str) -> bool:
    """Whether the candidate sends exactly what the accepted assistant sends, to the same place."""
    mine, accepted = evidence.arms.get(candidate), evidence.arms.get("baseline")
    if mine is None or accepted is None or mine.bundle is None or accepted.bundle is None:
        return False
    return (
        mine.bundle.wire == accepted.bundle.wire
        and mine.model == accepted.model
        and mine.origin == accepted.origin
        and mine.pipeline == accepted.pipeline
    )


def context_of(
    evidence: Evidence,
    candidate: str,
    config: GateConfig,
    pairs: Sequence[Pair],
    standing: Standing,
    reservations: Reservations,
    recorded: Mapping[str, str],
) -> Context:
    """Everything `judge` needs beside the pairs, but for comparisons made elsewhere. recorded: as in `References`."""
    arm = evidence.arms.get(candidate)
    goldens = any(case.score is not None and case.score.has_golden for case in evidence.cases.get(candidate, ()))
    same, noise = identical(evidence, candidate), standing.noise
    return Context(
        candidate=candidate,
        origin=arm.origin if arm else "",
        source=evidence.source(candidate),
        look=standing.look,
        identical=same and not standing.moved,
        goldens=goldens,
        unmet=(
            *reservations.unmet,
            *((standing.moved,) if same and standing.moved else ()),
            *_unmet(evidence, candidate, config, pairs, reservations.unjudged, goldens),
        ),
        blinded=(
            *reservations.blind,
            *(
                f"the simulator understood this sentence before it was reworded, and does not now, so what got worse "
                f"may be the simulator's own: “{_short(text)}”"
                for text in reservations.reworded
            ),
        ),
        scale=_scale(noise, max((pair.draws[0] for pair in pairs), default=1)),
        noise_floor=dict(noise)
        if noise
        else {"measured": False, "note": "no A/A yet: the line of a catastrophe comes from this run alone"},
        provenance=_provenance(evidence, candidate, arm, config)
        | {f"{name}_recorded": days for name, days in recorded.items()},
        claims=claims_of(evidence, candidate, config, recorded=said_recorded(recorded, "legacy")),
        debts=standing.debts,
    )


def said_recorded(recorded: Mapping[str, str], arm: str) -> str:
    """The sentence about when an arm's answers were made; "" where that is not known."""
    first, _, last = recorded.get(arm, "").partition("/")
    when = f"between {first} and {last}" if last else f"on {first}"
    return f"{arm}'s answers were recorded {when}" if first else ""


def _scale(noise: Mapping[str, Json] | None, draws: int) -> float | None:
    """The noise floor's sd of a CV's F1 difference, brought to this run's number of draws."""
    found = (noise or {}).get("difference_sd")
    if not isinstance(found, int | float) or found <= 0:
        return None
    return float(found) * sqrt(float((noise or {}).get("draws", draws)) / max(1, draws))


_NO_BASELINE = {
    "": "there is no accepted baseline to compare with: accept one first (cv-harness accept RUN)",
    "declared": "there is no baseline to compare with: add answers of the pipeline “baseline”",
    "http": "a running service has no baseline beside it: whether its assistant may ship, `cv-harness run` says",
}
"""Why nothing was compared with the baseline, by the candidate's pipeline."""


def _unmet(
    evidence: Evidence,
    candidate: str,
    config: GateConfig,
    pairs: Sequence[Pair],
    unjudged: tuple[str, ...],
    goldens: bool,
) -> list[str]:
    manifest = evidence.manifest
    found: list[str] = []
    if candidate not in evidence.cases:
        found.append(f"the run has no answers of {candidate}")
    if not goldens:
        found.append("no CV here has a golden: contract, grounding and cost were checked, accuracy was not")
    if "baseline" not in evidence.cases:
        pipeline = evidence.arms[candidate].pipeline if candidate in evidence.arms else ""
        found.append(_NO_BASELINE.get(pipeline, _NO_BASELINE[""]))
    if manifest.status != "complete":
        found.append(f"the run is {manifest.status}: resume it (cv-harness run --resume --run {manifest.run_id})")
    if missing := manifest.selection.get("missing"):
        found.append(f"{missing} left out of the answers: a part is enough to find harm, not to ship")
    elif manifest.selection.get("partial"):
        found.append(_part(manifest))
    found.extend(f"the simulator cannot judge this sentence: “{_short(text)}”" for text in unjudged)
    mute, asked = _mute(evidence, candidate)
    if mute > config.unanswered * asked:
        found.append(
            f"{mute} of {asked} people have no usable answer of {candidate}: "
            f"more than {config.unanswered:.0%} of the evidence is missing".replace("%", " %")
        )
    broken = sorted({name for pair in pairs if config.heard(pair.against) for name in pair.harness_failures})
    if broken:
        found.append(f"the harness itself failed on {len(broken)} CVs ({', '.join(broken[:3])}): run them again")
    if config.profile == "release":
        source = evidence.source(candidate)
        if source == "recorded":
            found.append("a release is decided on fresh answers, and these are recorded (--pair-live)")
        splits = {case.document.split for case in evidence.cases.get(candidate, ())}
        if "sealed" not in splits and "gate" in splits:
            found.append("a release is decided on the gate and the sealed split together (--sealed)")
    return found


def _part(manifest: Manifest) -> str:
    of = manifest.selection.get("of")
    files = f"{len(manifest.documents)} of {of} files were" if of else "a part of the files was"
    return f"only {files} run, copies included: enough to find harm, not to ship"


def _mute(evidence: Evidence, candidate: str) -> tuple[int, int]:
    """(people of whom most of the candidate's answers never came or cannot be read, people asked about)."""
    seen, _ = evidence.observations(candidate)
    people = by_persona(seen, evidence.documents)
    mute = 0
    for documents in people.values():
        answers = [one for document in documents for one in seen[document].values()]
        mute += 2 * sum(one.failure.startswith(UNUSABLE) for one in answers) > len(answers)
    return mute, len(people)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 120 else plain[:119] + "…"


def _provenance(evidence: Evidence, candidate: str, arm: Arm | None, config: GateConfig) -> dict[str, Json]:
    manifest = evidence.manifest
    described: dict[str, Json] = {"id": candidate}
    if arm is not None:
        described |= {"pipeline": arm.pipeline, "model": arm.model, "draws": len(arm.draws)}
        if arm.bundle is not None:
            described |= {"name": arm.bundle.name, "version": arm.bundle.version, "wire": arm.bundle.wire}
    return {
        "candidate": described,
        "run_id": manifest.run_id,
        "started": manifest.started,
        "commit": manifest.commit,
        "dirty": manifest.dirty,
        "contract": manifest.contract,
        "scorer": manifest.scorer,
        "prices": manifest.prices,
        "harness": manifest.harness,
        "selection": dict(manifest.selection),
        "seed": config.seed,
        "confidence": config.confidence,
    }
