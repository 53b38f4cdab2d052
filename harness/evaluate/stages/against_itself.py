"""Each model beside itself, before one is put beside the other: two draws of each, how far they differ, and how many
draws the comparison therefore takes. A run of its own, which decides nothing and is no look."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from harness.base.clock import Clock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.arms import begun_arms, build_arms
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.migration import CHOICES, Cost
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import OpenRun, Session, new_store
from harness.evaluate.stages.replaying import all_arms, replay_part
from harness.evaluate.stages.scoring import score
from harness.gates.noise import TWIN, noise_floor
from harness.gates.planning import effect
from harness.gates.planning import plan as needed
from harness.gates.types import Case, Estimate
from harness.models.recordings import RecordingStore
from harness.replay.runs import RunInfo, discard_unbegun
from harness.replay.store import RunStore

MARGIN = 0.02
"""Drop of mean F1 that the comparison must be able to exclude: that of the accuracy gate."""


@dataclass(frozen=True, slots=True)
class Itself:
    """One model beside itself. difference: of mean F1, second draw less first, per person, with a 95 % interval.
    draw_sd: of one draw's F1 around its CV's mean; churn: share of golden values that come out otherwise in the other
    draw; None where not measured."""

    arm: str
    model: str
    difference: Estimate
    draw_sd: float | None
    churn: float | None
    people: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What the stage came to. done: every record is there. spent: US dollars of all its sessions. unknown: calls of
    which nobody knows the end."""

    models: tuple[Itself, ...]
    done: bool
    spent: Decimal
    unknown: int


def measure(
    project: Project,
    plan: Plan,
    provider: Provider,
    inputs: Inputs,
    begun: RunInfo | None,
    *,
    listener: Listener,
    clock: Clock,
) -> Measured:
    """Ask each arm of `plan` for its two draws, or go on with the run `begun`; Ctrl-C ends it, and nothing is lost."""
    recordings = RecordingStore.of(project)
    chosen = replace(inputs, selection={**inputs.selection, "aa": True})
    arms = (
        build_arms(project, plan, provider, recordings, clock.now().date())
        if begun is None
        else begun_arms(project, begun, chosen, provider)
    )
    arms = replace(arms, arms=tuple(arm for arm in arms.arms if arm.id not in ("anchor", "before")))
    store = new_store(project, plan, chosen, arms, provider, clock) if begun is None else _opened(begun)
    with _no_trace(store), store:
        run = OpenRun(project, plan, chosen, store, listener, clock)
        session = Session(run, provider, arms, recordings)
        left = max(Decimal(0), Decimal(str(plan.max_cost)) - store.spent())
        part = replace(
            all_arms(session, chosen, left), told="asking each model twice: what does it differ from itself by?"
        )
        summary = replay_part(session, part)
        done = summary.complete and not summary.interrupted
        cases = score(run).cases if done else ()
        models = tuple(_itself(arm.id, arm.model, cases) for arm in arms.arms) if done else ()
        return Measured(models, done, store.spent(), summary.unknown_calls)


def _opened(begun: RunInfo) -> RunStore:
    return RunStore.open(begun.folder, write=True)


@contextlib.contextmanager
def _no_trace(store: RunStore) -> Iterator[None]:
    """A run that ends with an error before anything was sent leaves none."""
    try:
        yield
    except UsageError:
        discard_unbegun(store.folder)
        raise


def _itself(arm: str, model: str, cases: Sequence[Case]) -> Itself:
    own = [case for case in cases if case.record.arm == arm]
    draws = sorted({case.record.draw for case in own})
    second = set(draws[len(draws) // 2 :]) if len(draws) > 1 else set()
    one = [case for case in own if case.record.draw not in second]
    two = [replace(case, record=replace(case.record, arm=arm + TWIN)) for case in own if case.record.draw in second]
    noise = noise_floor([*one, *two], arm)
    found = effect(one, two)
    sd, churn = noise.get("draw_sd"), noise.get("churn")
    return Itself(arm, model, found, sd, churn, found.clusters)


@dataclass(frozen=True, slots=True)
class Planned:
    """How many draws the comparison takes, and why, in sentences."""

    draws: int
    told: tuple[str, ...]


def plan_draws(measured: Measured, people: int, plan: Plan, cost: Cost) -> Planned:
    """The fewest draws with which `people` are enough to exclude a drop of mean F1 by `MARGIN` at the spread of the
    model that differs most from itself; what --max-cost leaves may be fewer. The sentences say where it is not
    enough."""
    spreads = [each.draw_sd for each in measured.models if each.draw_sd is not None]
    if not spreads:
        return Planned(CHOICES[0], (f"no noise was measured: {CHOICES[0]} answers to each CV, as a run has",))
    rows = {row.draws: row for row in needed(MARGIN, draw_sd=max(spreads), draws=CHOICES, config=gate_config(plan))}
    enough = [draws for draws in CHOICES if rows[draws].cvs <= people]
    wanted = min(enough, default=CHOICES[-1])
    told = [
        f"spread of one answer at most {max(spreads):.4f} of F1: to exclude a drop by {100 * MARGIN:.0f} points takes "
        + " or ".join(f"{row.cvs} people with {draws} answers each" for draws, row in rows.items())
        + f"; here are {people}, so {wanted} answers each"
    ]
    if not enough:
        told.append(f"that may not be enough: {rows[wanted].cvs - people} more people would be")
    affordable = [draws for draws in CHOICES if (found := cost.dollars(draws)) is None or found <= plan.max_cost]
    if wanted not in affordable and affordable:
        told.append(f"--max-cost {plan.max_cost:.2f} leaves {max(affordable)} answers of {wanted}")
        wanted = max(affordable)
    return Planned(wanted, tuple(told))
