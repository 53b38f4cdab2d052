"""`cv-harness migrate-model FROM TO…`: the whole change of a model. What is refused is mended and shown, what it costs
is asked, each model is put beside itself, then beside the other on draws that nobody has seen, at the number of draws
that their spread asks for. It goes on where it was left, whatever ended it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.assistants.bundle import as_toml, load_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.base.clock import Clock, SystemClock
from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.corpus.text import Extractor
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.estimate import TooExpensiveError, totals
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.lengths import Material
from harness.evaluate.setup.migration import (
    CHOICES,
    Change,
    Cost,
    Note,
    Stages,
    change_of,
    cost_of,
    differences,
    identity,
    note_file,
    read_note,
    write_note,
)
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, named_provider, open_provider
from harness.evaluate.stages.against_itself import Measured, measure, plan_draws
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Asks, Listener, Silent
from harness.evaluate.stages.owed import record_owed
from harness.evaluate.stages.preflight import read_texts, table
from harness.models.profiles import endpoint_of
from harness.models.recordings import RecordingStore
from harness.replay.runs import RunInfo, run_folders, run_info


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a change of model came to. evaluation: None where it was ended before the comparison began; already: it
    was made before, and nothing was asked now."""

    change: Change
    evaluation: Evaluation | None
    already: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    """A change of model while it is made. begun: an earlier session of it left a note."""

    project: Project
    stages: Stages
    inputs: Inputs
    path: Path
    listener: Listener
    clock: Clock
    begun: bool


def migrate(
    project: Project,
    plan: Plan,
    source: str,
    targets: tuple[str, ...],
    *,
    anew: bool = False,
    listener: Listener | None = None,
    clock: Clock | None = None,
) -> Migrated:
    """The change of the accepted assistant from `source` to each of `targets`, for at most `plan.max_cost` US dollars
    in all its stages and sessions.

    Raises UsageError before anything is asked, and where the answer is no; ProviderUnavailableError as a run does.
    """
    listener, clock = listener or Silent(), clock or SystemClock()
    change = change_of(project, plan, source, targets, clock.now().date())
    for line in (*differences(change, as_toml(load_bundle(change.folder))), *change.notes):
        listener.note(line)
    recordings = RecordingStore.of(project)
    record_owed(project, recordings, listener)
    inputs = load_inputs(project, plan)
    path = note_file(project, change)
    mine = identity(change, plan, [document.id for document in inputs.documents])
    found = None if anew else read_note(path, mine)
    note = found or Note(mine, recordings.next_draw(change.origin))
    job = _Job(project, Stages(change, plan, note.first_draw), inputs, path, listener, clock, found is not None)
    if job.begun:
        listener.note("going on with the change that was begun (--anew begins another one, with new answers)")
    done = _compared(job, note)
    if done is not None and done.status == "complete":
        listener.note(f"it was compared already, in run {done.run_id}: nothing is asked (--anew asks anew)")
        evaluation = judge(project, done.folder, job.stages.comparison(note.draws), listener=listener)
        return Migrated(change, evaluation, already=True)
    cost = _agreed(job, recordings)
    write_note(path, note)
    try:
        return _in_stages(job, note, cost)
    except KeyboardInterrupt:
        listener.note("interrupted between its stages: give the same command again, it goes on and asks nothing twice")
        raise
    except ProviderUnavailableError as error:
        hint = error.hint.replace("continue with --resume", "give the same command again: it goes on")
        raise ProviderUnavailableError(error.message, hint=hint) from error


def _in_stages(job: _Job, note: Note, cost: Cost) -> Migrated:
    """Each model beside itself, then beside the other."""
    stages = job.stages
    first = _once(stages.against_itself)
    with open_provider(job.project, first, RecordingStore.of(job.project)) as provider:
        if provider.endpoint is None:
            endpoint_of(first.provider, job.project)  # says that there is no key: recordings know no new model
        begun = _begun(job, stages.against_itself)
        measured = measure(job.project, first, provider, job.inputs, begun, listener=job.listener, clock=job.clock)
        if not measured.done:
            return Migrated(stages.change, None)
        if not note.draws:
            people = len({document.persona for document in job.inputs.documents if document.twin_of is None})
            planned = plan_draws(measured, people, stages.plan, cost)
            note = replace(note, draws=planned.draws, planned=planned.told)
            write_note(job.path, note)
        for line in (*told(measured), *note.planned):
            job.listener.note(line)
        left = max(Decimal(0), Decimal(str(stages.plan.max_cost)) - measured.spent)
        compared = _compared(job, note)
        evaluation = evaluate(
            job.project,
            replace(_once(stages.comparison(note.draws)), max_cost=float(left)),
            listener=job.listener,
            resume=compared.run_id if compared is not None else None,
            clock=job.clock,
            provider=provider,
            migration=_kept(stages, measured, note, cost),
        )
    return Migrated(stages.change, evaluation)


def _once(plan: Plan) -> Plan:
    """It was asked about as a whole, so its stages ask nothing."""
    return replace(plan, confirm_above=math.inf)


def _agreed(job: _Job, recordings: RecordingStore) -> Cost:
    """What both stages cost, said, and asked where somebody bills and nothing was begun. Raises UsageError for a no,
    TooExpensiveError where not even the fewest draws are within --max-cost."""
    plan, listener = job.stages.plan, job.listener
    provider = named_provider(job.project, plan)
    with Extractor(reader=plan.reader) as extractor:
        texts = read_texts(job.inputs, extractor)
    legacy, today = load_legacy_prompts(job.project), job.clock.now().date()
    cost = cost_of(
        job.project,
        job.stages,
        provider,
        Material(texts, job.inputs.goldens, legacy, recordings, today, provider.wire),
    )
    lines = list(_cost_lines(cost, len(texts), provider))
    if provider.simulated:
        listener.note(lines[-1])
        return cost
    least, most = (cost.dollars(draws) for draws in (CHOICES[0], CHOICES[-1]))
    if least is None and provider.origin == "openai":
        raise UsageError(lines[-1], hint="add the price to harness/models/prices.toml: the cost cannot be capped")
    if least is not None and float(least) > plan.max_cost and not job.begun:
        enough = f"{1.2 * float(most or least):.2f}"
        raise TooExpensiveError(
            f"{lines[-1]}, more than --max-cost {plan.max_cost:.2f}",
            hint=f"give --max-cost {enough}, or try it on fewer CVs with --limit",
        )
    if job.begun or plan.confirm_above == math.inf or not isinstance(listener, Asks):
        for line in lines:
            listener.note(line)
    elif not listener.confirm("\n".join(lines)):
        raise UsageError("nothing was asked: the answer was no", hint="--yes asks nothing, --limit N makes it smaller")
    return cost


def _cost_lines(cost: Cost, cvs: int, provider: Provider) -> Iterator[str]:
    least, most = CHOICES[0], CHOICES[-1]
    yield f"{cvs} CVs; first each model twice:"
    yield from table(cost.first)
    yield f"then beside each other, {least} answers of each (up to {most} where their spread asks for it):"
    yield from table(cost.by_draws[least])
    low, high = cost.dollars(least), cost.dollars(most)
    calls = totals(cost.first)[0] + totals(cost.by_draws[least])[0]
    free = " (simulated: free, these are the dollars that the models would take)" if provider.simulated else ""
    if low is None or high is None:
        yield f"about {calls} calls; what they cost is not known (a model is unpriced){free}"
    else:
        yield f"about {calls} calls for about ${low:.2f} in all, up to ${high:.2f} with {most} draws{free}"


def _begun(job: _Job, plan: Plan) -> RunInfo | None:
    """The newest run of this change on the draws of `plan`: the same assistants on the same models, whatever was typed
    to begin it."""
    wanted = {move.bundle.wire for move in job.stages.change.moves}
    aa = plan == job.stages.against_itself
    for folder in run_folders(job.project):
        info = run_info(folder)
        if info.manifest is None or not info.manifest.settings.fresh or ("aa" in info.manifest.selection) != aa:
            continue
        candidates = [arm for arm in info.manifest.arms if arm.id.split(":")[0] == "candidate"]
        wires = {arm.bundle.wire for arm in candidates if arm.bundle is not None}
        if wires == wanted and {arm.draws.start for arm in candidates} == {plan.first_draw}:
            return info
    return None


def _compared(job: _Job, note: Note) -> RunInfo | None:
    """The run that compares the models, where it was begun."""
    return _begun(job, job.stages.comparison(note.draws)) if note.draws else None


def told(measured: Measured) -> Iterator[str]:
    """Sentences: what each model differs from itself by."""
    for each in measured.models:
        found = each.difference
        if found.value is None:
            yield f"{each.model} beside itself: not measured"
            continue
        low, high = found.lower, found.upper
        bounds = f" [{100 * low:+.1f}, {100 * high:+.1f}]" if low is not None and high is not None else ""
        churn = f", {100 * each.churn:.1f} % of values come out otherwise" if each.churn is not None else ""
        yield f"{each.model} beside itself: F1 {100 * found.value:+.1f} points{bounds}, {each.people} people{churn}"


def _kept(stages: Stages, measured: Measured, note: Note, cost: Cost) -> dict[str, Json]:
    """migration.json of the run that compares, as its page shows it. estimate, spent: US dollars; spent: before it."""
    estimate = cost.dollars(note.draws)
    rows: list[dict[str, Any]] = []
    for each in measured.models:
        found = asdict(each.difference)
        delta = {name: found[name] for name in ("value", "lower", "upper")} | {"n": each.people}
        rows.append(
            {"arm": each.arm, "model": each.model, "difference": delta, "draw_sd": each.draw_sd, "churn": each.churn,
             "people": each.people}
        )  # fmt: skip
    return {
        "from": stages.change.source,
        "to": list(stages.change.targets),
        "aa": rows,
        "planned": list(note.planned),
        "estimate": None if estimate is None else float(estimate),
        "spent": float(measured.spent),
        "unknown": measured.unknown,
    }
