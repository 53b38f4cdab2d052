"""A change of model before anything is asked: whether it can be tried at all, what it changes in the bundle, which
draws it takes, what it will cost; and the note on disk that lets it go on where it was left."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from harness.assistants.bundle import as_toml
from harness.assistants.lint import lint
from harness.assistants.model_change import Moved, moved
from harness.base.canonical import digest, pretty
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import write_whole
from harness.base.listed_models import Listed, listed_models, shutdown_of
from harness.base.project import Project
from harness.evaluate.setup.arms import build_arms
from harness.evaluate.setup.estimate import Expected, expected, totals
from harness.evaluate.setup.lengths import Material
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, named_provider
from harness.review.acceptance import Accepted, load_accepted, slot

AA_DRAWS = 2
"""Of each model, one beside the other: what a model differs from itself by."""
CHOICES = (3, 5)
"""Draws of the comparison; which of them, the spread between the first two says."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of model that can be tried. gone: `source` is shut down, so that only what is recorded of it stands
    beside the new one. moves: the accepted assistant on each of `targets`."""

    source: str
    targets: tuple[str, ...]
    origin: str
    accepted: Accepted
    folder: Path
    gone: bool
    moves: tuple[Moved, ...]
    notes: tuple[str, ...]


def change_of(project: Project, plan: Plan, source: str, targets: Sequence[str], today: date) -> Change:
    """Raises UsageError where it cannot be tried: nothing is accepted, `source` is not what is accepted, a target is,
    was shut down, or cannot work."""
    provider = named_provider(project, plan)
    found = load_accepted(project, provider.origin)
    where = f"--base-url {plan.base_url}" if plan.base_url else f"--provider {plan.provider}"
    if found is None:
        raise UsageError(
            f"nothing is accepted for {slot(provider.origin)} yet, so there is no model to leave",
            hint=f"`cv-harness record {where}`, `cv-harness run {where}`, look at it, then `cv-harness accept`",
        )
    accepted, bundle = found
    targets = tuple(dict.fromkeys(targets))
    if bundle.model in targets:
        raise UsageError(
            f"{bundle.model} is what is accepted for {slot(provider.origin)} since {accepted.accepted[:10]}",
            hint="`cv-harness runs` and the page of that run show what was decided; name another model to go to",
        )
    if bundle.model != source:
        raise UsageError(
            f"the accepted assistant of {slot(provider.origin)} is on {bundle.model}, not on {source}",
            hint=f"`cv-harness migrate-model {bundle.model} {' '.join(targets)}`",
        )
    listed = listed_models(project, provider.origin)
    ends = shutdown_of(source, listed)
    gone = ends is not None and ends <= today
    moves = tuple(moved(bundle, target) for target in targets)
    notes = [note for move in moves for note in _checked(move, today, listed)]
    if gone:
        notes.append(
            f"{source} was shut down on {ends}: its recorded answers (draws {accepted.first_draw} to "
            f"{accepted.first_draw + accepted.draws - 1}) stand for it, and their time and cost are of that day"
        )
    folder = project.baseline / slot(provider.origin) / "bundle"
    return Change(source, targets, provider.origin, accepted, folder, gone, moves, tuple(notes))


def _checked(move: Moved, today: date, listed: Mapping[str, Listed]) -> Iterator[str]:
    """Notes of what is not known. Raises UsageError for the first error that lint finds."""
    for finding in lint(move.bundle, today, listed):
        if finding.severity == "error":
            raise UsageError(f"{move.bundle.model}: {finding.place}: {finding.message}", hint=finding.hint)
        if finding.place == "model":
            yield f"{finding.message}; {finding.hint}"


def differences(change: Change, before: str) -> Iterator[str]:
    """The accepted `assistant.toml` (`before`) beside what each target is tried with, as a diff, and why."""
    for move in change.moves:
        yield f"{change.source} → {move.bundle.model}"
        lines = difflib.unified_diff(before.splitlines(), as_toml(move.bundle).splitlines(), lineterm="", n=0)
        yield from (f"  {line}" for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")
        yield from (f"  ({each})" for each in move.mended)


@dataclass(frozen=True, slots=True)
class Stages:
    """The plans of a change's two stages. First each model twice; then the comparison, of `draws` draws from where
    the first ended."""

    change: Change
    plan: Plan
    first_draw: int

    @property
    def against_itself(self) -> Plan:
        return self._of(self.first_draw, AA_DRAWS, ("baseline", "candidate"))

    def comparison(self, draws: int) -> Plan:
        return self._of(self.first_draw + AA_DRAWS, draws, ("legacy", "baseline", "candidate"))

    def _of(self, first: int, draws: int, arms: tuple[str, ...]) -> Plan:
        return replace(
            self.plan,
            arms=arms,
            assistants=(str(self.change.folder),),
            models=self.change.targets,
            fresh=True,
            first_draw=first,
            repeat=draws,
            recorded=("legacy", "anchor", "baseline") if self.change.gone else ("legacy", "anchor"),
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What the stages will take. first: of each model against itself; by_draws: of the comparison, by its draws. None
    where a model has no price."""

    first: Sequence[Expected]
    by_draws: dict[int, Sequence[Expected]]

    def dollars(self, draws: int) -> Decimal | None:
        """US dollars of both stages, at the full price of input."""
        one, two = totals(self.first)[1], totals(self.by_draws[draws])[1]
        return None if one is None or two is None else one + two


def cost_of(project: Project, stages: Stages, provider: Provider, given: Material) -> Cost:
    """What both stages will ask. given: texts and goldens of the CVs."""

    def asked(plan: Plan) -> Sequence[Expected]:
        return expected(build_arms(project, plan, provider, given.recordings, given.on).arms, given)

    return Cost(asked(stages.against_itself), {draws: asked(stages.comparison(draws)) for draws in CHOICES})


@dataclass(frozen=True, slots=True)
class Note:
    """What a begun change keeps: `identity` of what was asked for, its first draw, the draws that were planned (0: not
    yet), what `plan` said, the run that compares ("" while there is none)."""

    identity: str
    first_draw: int
    draws: int = 0
    planned: tuple[str, ...] = ()
    run: str = ""


def identity(change: Change, plan: Plan, documents: Sequence[str]) -> str:
    """What must be the same for a begun change to go on."""
    return digest(
        {
            "from": change.accepted.wire,
            "to": [move.bundle.wire for move in change.moves],
            "origin": change.origin,
            "documents": list(documents),
            "profile": plan.profile,
        }
    )


def note_file(project: Project, change: Change) -> Path:
    """Where a change is noted: `reports/migrations/<digest>.json`."""
    name = digest([change.origin, change.source, list(change.targets)])[:16]
    return project.reports / "migrations" / f"{name}.json"


def read_note(path: Path, wanted: str) -> Note | None:
    """The note of a begun change; None where there is none, or it was of something else. Raises InvalidFileError."""
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        note = Note(**{**found, "planned": tuple(found["planned"])})
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidFileError(path, "", "no note of a change of model", hint="delete it, or give --anew") from error
    return note if note.identity == wanted else None


def write_note(path: Path, note: Note) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, pretty(asdict(note)))
