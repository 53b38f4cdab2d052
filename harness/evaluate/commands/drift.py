"""`cv-harness drift`: the accepted assistant on fresh draws against its own recordings. Nothing of ours changed, so
what moves is the model."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from harness.base.canonical import canonical, sha256
from harness.base.clock import Clock, SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.base.types import Failure, Json
from harness.evaluate.setup.arms import AA
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, named_provider, open_provider
from harness.evaluate.stages.ahead import scoring_ahead
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.missing import missing_error
from harness.evaluate.stages.opened import Session, open_session
from harness.evaluate.stages.replaying import all_arms, replay_part
from harness.evaluate.stages.scoring import score
from harness.gates.drift import MEASURES, rank
from harness.gates.types import Case
from harness.models.recordings import RecordingStore
from harness.replay.runs import find_run
from harness.review.acceptance import Accepted, load_accepted
from harness.review.drift_series import (
    VERSION,
    Drawn,
    Look,
    OfCv,
    Series,
    append,
    earlier,
    path_of,
    read_looks,
    series_of,
)
from harness.scoring import SCORER_VERSION


class NoLookError(HarnessError):
    """The fresh draws are not all there, so nothing was added to the series."""


def drift(
    project: Project,
    plan: Plan,
    *,
    listener: Listener,
    resume: bool = False,
    clock: Clock | None = None,
) -> Series:
    """Ask the accepted assistant on `plan.repeat` draws that nobody has seen, rank the answers among its earlier ones,
    and add the look to the series. resume: go on with the newest run, which was one of drift and was interrupted.

    Raises UsageError where nothing is accepted or asked, RecordingsMissingError where its recordings are not here,
    NoLookError where the run was interrupted or nothing was answered.
    """
    recordings = RecordingStore.of(project)
    clock = clock or SystemClock()
    with open_provider(project, plan, recordings) as provider:
        accepted, looks = _known(project, provider)
        if provider.endpoint is None:
            raise UsageError(f"no key for {provider.origin}, and drift asks it", hint="`cv-harness doctor` says which")
        plan = replace(
            plan,
            arms=("baseline",),
            fresh=False,
            repeat=accepted.draws,
            first_draw=accepted.first_draw,
            again=_unseen(recordings, provider.origin, looks, plan.repeat),
        )
        if resume and all(arm.id != AA for arm in find_run(project, None).readable().arms):
            raise UsageError("the newest run is none of drift", hint="leave --resume out")
        asked = open_session(
            project, plan, listener=listener, clock=clock, resume="" if resume else None, provider=provider
        )
        with asked as session:
            cases = _answered(session)
        of_series = [look for look in looks if look.series == series_of(accepted, SCORER_VERSION)]
        look = _look(session, accepted, cases, of_series)
    append(project, look)
    return _series(project, look.origin, accepted)


def series(project: Project, plan: Plan) -> Series:
    """What was found so far; nothing is asked. Raises UsageError where nothing is accepted."""
    provider = named_provider(project, plan)
    return _series(project, provider.origin, _known(project, provider)[0])


def _series(project: Project, origin: str, accepted: Accepted) -> Series:
    looks = read_looks(project, origin)
    mine = tuple(look for look in looks if look.series == series_of(accepted, SCORER_VERSION))
    return Series(accepted, mine, len(looks) - len(mine), str(path_of(project, origin)))


def _known(project: Project, provider: Provider) -> tuple[Accepted, tuple[Look, ...]]:
    found = load_accepted(project, provider.origin)
    if found is None:
        raise UsageError(
            f"no assistant is accepted for {provider.origin}, so there is nothing to hold fresh answers against",
            hint="`cv-harness run`, look at it, then `cv-harness accept`; --provider names another origin",
        )
    if found[0].origin != provider.origin:
        raise UsageError(
            f"the baseline was made on {found[0].origin}, and this is {provider.origin}",
            hint="answers of different origins never stand in for one another: accept a run of this one first",
        )
    return found[0], read_looks(project, provider.origin)


def _unseen(recordings: RecordingStore, origin: str, looks: Sequence[Look], count: int) -> range:
    """Draws that neither this machine nor an earlier look has asked for."""
    first = max([recordings.next_draw(origin), *(look.draws[0] + look.draws[1] for look in looks)])
    return range(first, first + count)


def _answered(session: Session) -> tuple[Case, ...]:
    """The recorded draws and the fresh ones, scored. Raises where they are not all there."""
    run = session.run
    with scoring_ahead(run) as ahead:
        summary = replay_part(session, all_arms(session, run.inputs, Decimal(str(run.plan.max_cost))), ahead.take)
        if summary.missing:
            raise missing_error(
                run.project, run.plan, run.folder, session.arms, summary.missing, run.folder, session.provider.wire
            )
        if summary.interrupted or not summary.complete:
            raise NoLookError(
                "the fresh answers are not complete: no look was added", hint="`cv-harness drift --resume` goes on"
            )
        return tuple(score(run, ahead.scores()).cases)


def _look(session: Session, accepted: Accepted, cases: Sequence[Case], looks: Sequence[Look]) -> Look:
    by_arm: dict[str, dict[str, list[Case]]] = {"baseline": defaultdict(list), AA: defaultdict(list)}
    for case in sorted(cases, key=lambda case: case.record.draw):
        by_arm[case.record.arm][case.document.id].append(case)
    fresh = [case for of in by_arm[AA].values() for case in of]
    failed = sum(_unusable(case) for case in fresh)
    goldens = session.run.inputs.goldens
    cvs = {
        name: OfCv(goldens[name].sha256[:16] if name in goldens else "", *_drawn(by_arm["baseline"][name], now))
        for name, now in sorted(by_arm[AA].items())
    }
    if failed == len(fresh):
        raise NoLookError(
            f"none of {len(fresh)} fresh tries gave an answer: no look was added", hint="`cv-harness doctor`"
        )
    draws = next(arm.draws for arm in session.arms.arms if arm.id == AA)
    series = series_of(accepted, SCORER_VERSION)
    return Look(
        version=VERSION,
        series=series,
        at=session.run.clock.now().isoformat(timespec="seconds"),
        run_id=session.run.folder.name,
        origin=session.provider.origin,
        model=accepted.model,
        draws=(draws.start, len(draws)),
        snapshots=(_snapshots(case for of in by_arm["baseline"].values() for case in of), _snapshots(fresh)),
        failed=failed,
        cvs=cvs,
        ranks={measure: _ranks(measure, cvs, looks, f"{series} {draws.start}") for measure in MEASURES},
    )


def _ranks(measure: str, cvs: Mapping[str, OfCv], looks: Sequence[Look], seed: str) -> tuple[float, ...]:
    """Each fresh answer's rank among the earlier ones of its CV, in an order that is the same on every machine."""
    lots = random.Random(sha256(f"{measure} {seed}"))
    found = []
    for name, of_cv in cvs.items():
        bag = earlier(looks, name, of_cv.golden, measure)
        if bag is None:
            continue
        bag = bag or [value for each in of_cv.recorded if (value := each.of(measure)) is not None]
        for each in of_cv.now:
            value, lot = each.of(measure), lots.random()
            if value is None:
                continue
            if bag:
                found.append(round(rank(value, bag, lot), 9))
            bag.append(value)
    return tuple(found)


def _drawn(recorded: Sequence[Case], now: Sequence[Case]) -> tuple[tuple[Drawn, ...], tuple[Drawn, ...]]:
    """Both sides of one CV in figures. The first recorded draw is what likeness is told by, so it has none itself."""
    usable = [case for case in recorded if not _unusable(case)]
    first = usable[0].record.answer if usable else None
    values = None if first is None or isinstance(first, Failure) else _values(first)
    then = tuple(_figures(case, None if number == 0 else values) for number, case in enumerate(usable))
    return then, tuple(_figures(case, values) for case in now if not _unusable(case))


def _figures(case: Case, first: Counter[tuple[str, str]] | None) -> Drawn:
    quality = None if case.score is None or case.score.f1 is None else round(case.score.f1, 6)
    answer = case.record.answer
    if isinstance(answer, Failure):
        return Drawn(quality, None, None)
    likeness = None
    if first is not None:
        mine = _values(answer)
        every = (mine | first).total()
        likeness = round((mine & first).total() / every, 6) if every else 1.0
    return Drawn(quality, float(len(canonical(answer))), likeness)


def _values(value: Json, path: str = "") -> Counter[tuple[str, str]]:
    """Leaves by their path without places in lists: what is in another order is the same."""
    if isinstance(value, dict):
        parts = [_values(each, f"{path}.{name}") for name, each in value.items()]
    elif isinstance(value, list):
        parts = [_values(each, f"{path}[]") for each in value]
    else:
        return Counter([(path, canonical(value).decode("utf-8", "replace"))])
    return sum(parts, Counter())


def _unusable(case: Case) -> bool:
    """Whether there is no answer of the model: a server's fault, ours, or a CV that cannot be read. What it answered
    and nobody can parse is one, and a refusal is too."""
    answer = case.record.answer
    return isinstance(answer, Failure) and answer.kind != "unparseable" and answer.code != "refused"


def _snapshots(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(sorted({name for case in cases for name in case.record.snapshot.split(",") if name}))
