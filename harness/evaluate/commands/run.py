"""`cv-harness run`: replay → score → decide → show, once or at each planned look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from harness.base.canonical import pretty
from harness.base.clock import Clock, SystemClock
from harness.base.collector import collected_seldom
from harness.base.errors import UsageError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.base.types import Json
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.looks import batches
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.again import ask_again
from harness.evaluate.stages.ahead import scoring_ahead
from harness.evaluate.stages.deciding import decide
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.missing import missing_error
from harness.evaluate.stages.opened import Session, open_session
from harness.evaluate.stages.pages import MIGRATION
from harness.evaluate.stages.replaying import all_arms
from harness.evaluate.stages.scoring import score
from harness.evaluate.stages.sharded import Replays, open_engine, refuse_engine
from harness.evaluate.stages.showing import show
from harness.evaluate.stages.visiting import visit
from harness.replay.maker import OnRecord
from harness.replay.progress import ReplaySummary


def evaluate(
    project: Project,
    plan: Plan,
    *,
    listener: Listener | None = None,
    resume: str | None = None,
    clock: Clock | None = None,
    provider: Provider | None = None,
    migration: Mapping[str, Json] | None = None,
) -> Evaluation:
    """Replay what `plan` says (or go on with run `resume`), then score, decide and show it. provider: one that is open
    already, so that nobody waits for it. migration: what its page says of the change of model that it is part of.

    Ctrl-C ends the replay cleanly; what is there is scored and shown, and the verdict says that it is partial.
    Raises HarnessError: UsageError before anything is sent, ProviderUnavailableError, RecordingsMissingError.
    """
    refuse_engine(plan)
    gate_config(plan)  # what is wrong with the gates is said before anything is sent
    if plan.out is not None and plan.out.exists() and not plan.out.is_dir():
        raise UsageError(f"--out {plan.out} is a file", hint="name a folder")
    with open_session(
        project,
        plan,
        listener=listener or Silent(),
        clock=clock or SystemClock(),
        resume=resume,
        provider=provider,
    ) as session:
        if migration is not None:
            write_whole(session.run.folder / MIGRATION, pretty(dict(migration)))
        evaluation = _replay_and_look(session)
    missing = evaluation.replay.missing if evaluation.replay is not None else ()
    if missing and not plan.allow_missing:
        page = next(iter(evaluation.pages.values()), evaluation.folder)
        raise missing_error(project, plan, evaluation.folder, session.arms, missing, page, session.provider.wire)
    return replace(evaluation, notes=(*session.run.inputs.notes, *session.arms.notes))


@collected_seldom()
def _replay_and_look(session: Session) -> Evaluation:
    """Replay up to each planned look in turn, until one decides or the run ends early; every look is counted."""
    run = session.run
    made: list[ReplaySummary] = []
    with scoring_ahead(run, decided=True) as ahead, open_engine(session) as replays:
        planned = list(batches(run.inputs, run.plan))
        for batch in planned:
            try:
                summary = _replay(session, batch, ahead.take, replays)
            except TooExpensiveError as error:
                if not made:
                    raise
                run.listener.note(f"ending: {error}")
                run.store.set_status("interrupted", run.clock.now())
                evaluation = show(run, decide(run, score(run, ahead.scores())))
                break
            made.append(summary)
            decided = decide(run, score(run, ahead.scores()))
            if summary.complete and not summary.interrupted:
                again = ask_again(session, decided, _left(session), ahead.take)
                made += [again.summary] if again.summary is not None else []
                decided = decide(run, score(run, ahead.scores())) if again.changed else decided
            ended = any(each.interrupted or not each.complete for each in made)
            if ended and batch is not planned[-1]:  # also where Ctrl-C came with a look's last answer
                run.store.set_status("interrupted", run.clock.now())
            evaluation = show(run, decided)
            if ended or evaluation.decides:
                break
    return replace(evaluation, replay=summary)


def _replay(session: Session, batch: Inputs, on_record: OnRecord, replays: Replays) -> ReplaySummary:
    """Every arm on these documents: all together, but a service's ways in turn, as load is measured."""
    if session.run.plan.service is not None:
        return visit(session, batch, on_record)
    return replays(all_arms(session, batch, _left(session)), on_record)


def _left(session: Session) -> Decimal:
    """US dollars that the run may still cost, after all that its sessions have spent."""
    return max(Decimal(0), Decimal(str(session.run.plan.max_cost)) - session.run.store.spent())
