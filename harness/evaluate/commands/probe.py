"""`cv-harness probe`: the CVs of a run, changed in known ways, through the same arms; no golden is needed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.text import Extractor
from harness.evaluate.setup.arms import ArmSet, recording_arms
from harness.evaluate.setup.estimate import expected, refuse_over, totals
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.deciding import decide
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Asks, Listener, Silent
from harness.evaluate.stages.opened import Session, open_session
from harness.evaluate.stages.preflight import material
from harness.evaluate.stages.probing import ProbeResult, probe_inputs, probe_set
from harness.evaluate.stages.replaying import Part, all_arms, replay_part
from harness.evaluate.stages.scoring import score
from harness.evaluate.stages.showing import show
from harness.probes.catalogue import chosen, most_probes


@dataclass(frozen=True, slots=True)
class ProbedRun:
    """A probed run: its evaluation as any run's, and what its probes found."""

    evaluation: Evaluation
    result: ProbeResult


def probe(
    project: Project,
    plan: Plan,
    *,
    listener: Listener | None = None,
    resume: str | None = None,
    clock: Clock | None = None,
    provider: Provider | None = None,
) -> ProbedRun:
    """Ask every arm about the unchanged CVs, then about what the relations of `plan.probes` make of them. Raises what
    `evaluate` raises, and UsageError for an unknown relation, before anything is sent."""
    gate_config(plan)
    relations = chosen(plan.probes)
    plan = replace(plan, probes=tuple(one.name for one in relations))
    with open_session(
        project, plan, listener=listener or Silent(), clock=clock or SystemClock(), resume=resume, provider=provider
    ) as session:
        session = replace(session, arms=_asked(session))
        session = _agreed(session, most_probes(relations))
        run = session.run
        made = None
        replayed = replay_part(session, all_arms(session, run.inputs, _left(session)))
        if replayed.complete and not replayed.interrupted:
            run.store.set_status("interrupted", run.clock.now())  # until the probes are asked about, too
            made = probe_set(run)
            told = f"{len(made.probes)} changed copies of {len(run.inputs.documents)} CVs"
            replayed = replay_part(session, Part(session.arms, probe_inputs(run, made), _left(session), told))
        decided = decide(run, score(run), made)
        assert decided.probes is not None
        evaluation = show(run, decided)
    return ProbedRun(replace(evaluation, replay=replayed), decided.probes)


def _asked(session: Session) -> ArmSet:
    """Every arm may be asked: nothing is recorded of changed CVs. What was paid for is recorded, and not paid twice;
    simulated answers are made anew."""
    if not session.provider.simulated:
        return recording_arms(session.arms)
    return replace(session.arms, arms=tuple(replace(arm, policy="call") for arm in session.arms.arms))


def _agreed(session: Session, probes: int) -> Session:
    """Say before the first call how many there will be at most and what they may cost, and ask where that is over the
    plan's sum; then nobody is asked again. A run that goes on says what is left as it comes to it. Raises
    TooExpensiveError, and UsageError where the answer is no."""
    run, arms = session.run, session.arms
    if run.store.done():
        return session
    count = len(run.inputs.documents)
    draws = sum(len(arm.draws) for arm in arms.arms)
    if not session.provider.costs_money:
        cvs, answers = f"{count} CV{'s' * (count != 1)}", f"{draws} answer{'s' * (draws != 1)} each"
        free = f"{cvs} × (1 + at most {probes} changed copies) × {answers}: at most "
        run.listener.note(f"{free}{count * (1 + probes) * draws} simulated answers (free)")
        return session
    with Extractor(reader=run.plan.reader) as extractor:
        calls, dollars = totals(expected(arms.arms, material(session, arms, run.inputs, extractor)))
    times = 1 + probes
    whole = dollars * times if dollars is not None else None
    limit = run.plan.max_cost
    said = refuse_over(whole, calls * times, limit, may_be_free=session.provider.origin != "openai")
    said = f"{said} at most, for {probes} changed copies of each CV"
    if whole is None or float(whole) <= run.plan.confirm_above or not isinstance(run.listener, Asks):
        run.listener.note(said)
    elif not run.listener.confirm(said):
        raise UsageError("nothing was asked: the answer was no", hint="--yes asks nothing, --limit N makes it smaller")
    return replace(session, run=replace(run, plan=replace(run.plan, confirm_above=math.inf)))


def _left(session: Session) -> Decimal:
    return max(Decimal(0), Decimal(str(session.run.plan.max_cost)) - session.run.store.spent())
