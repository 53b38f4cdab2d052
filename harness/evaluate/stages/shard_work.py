"""A shard's own stages, in whichever process makes it: reading, calls, scoring, into a store of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import harness
from harness.assistants.legacy import load_legacy_prompts
from harness.base.clock import SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import part_of_inputs
from harness.evaluate.setup.provider import open_provider
from harness.evaluate.stages.ahead import scoring_ahead
from harness.evaluate.stages.merging import opened_when_free
from harness.evaluate.stages.opened import OpenRun, Session
from harness.evaluate.stages.replaying import Part, Shared, replay_part
from harness.evaluate.stages.scoring import score_run
from harness.evaluate.stages.sharding import ShardEnd, ShardJob, failed_with
from harness.models.recordings import RecordingStore
from harness.models.shared import Ask, Share
from harness.pipelines.declared import DeclaredAnswers, load_answers
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.store import FILE
from harness.scoring import SCORER_VERSION

VERSION = f"{harness.__version__}/{SCORER_VERSION}"
"""What driver and workers have to agree on."""
_REPORTED_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Driver:
    """Whoever began the shard. lease: what it knows this try by. ask: of the run's account. report: how far the shard
    is, with notes for a person; True where it has to end."""

    lease: str
    ask: Ask
    report: Callable[[str, Progress | None, tuple[str, ...]], bool]


def make_shard(job: ShardJob, driver: Driver, portion: float) -> ShardEnd:
    """Make what is missing in the shard's store, and score it. portion: of the run's documents."""
    with _Reporter(driver) as reporter:
        if reporter.has_to_end():
            return ShardEnd(None)
        try:
            return ShardEnd(_make(job, driver, portion, reporter))
        except HarnessError as error:
            return failed_with(error)


def _make(job: ShardJob, driver: Driver, portion: float, reporter: _Reporter) -> ReplaySummary:
    _refuse_elsewhere(job)
    project, plan = Project(job.root), job.plan
    recordings = RecordingStore.of(project)
    answers = _answers(plan.answers) if plan.answers is not None else DeclaredAnswers()
    inputs = part_of_inputs(project, job.documents, job.paths, job.places, answers)
    with open_provider(project, plan, recordings) as provider, opened_when_free(job.folder) as store:
        if provider.origin != job.origin:
            raise UsageError(f"the worker would ask {provider.origin}, the run asks {job.origin}")
        if job.asks and (provider.endpoint is None or (provider.endpoint.keyless and not job.keyless)):
            raise UsageError(
                f"a worker has no key for {job.origin}",
                hint="set it in the environment that its node's `ray start` gets: keys are never sent over Ray",
            )
        run = OpenRun(project, plan, inputs, store, reporter, SystemClock())
        arms = ArmSet(store.manifest().arms, load_legacy_prompts(project))
        shared = Shared(Share(driver.lease, driver.ask), portion, reporter.on_end)
        part = Part(arms, inputs, Decimal(0), f"shard {job.name}", shared)
        with scoring_ahead(run) as ahead:
            summary = replay_part(Session(run, provider, arms, recordings), part, ahead.take)
            score_run(store, inputs, ahead.scores())
    return summary


def _refuse_elsewhere(job: ShardJob) -> None:
    """Raises UsageError on a node that is not set up as the driver's."""
    if job.version != VERSION:
        raise UsageError(
            f"a worker has cv-harness/scorer {VERSION}, the run {job.version}",
            hint="install the same version on every node",
        )
    if not (job.folder / FILE).is_file():
        raise UsageError(
            f"a worker does not see {job.folder}",
            hint="the project has to lie on storage that every node mounts at the same place",
        )


@lru_cache(maxsize=1)
def _answers(path: Path) -> DeclaredAnswers:
    """A worker makes many shards of one run, and reads the file once."""
    return load_answers(path)


class _Reporter:
    """Listens to a shard being made, and tells its driver how far it is, from a thread of its own."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._notes: list[str] = []
        self._ended = False
        self._then: list[Callable[[], object]] = []
        self._thread = threading.Thread(target=self._report, name="shard's progress", daemon=True)

    def __enter__(self) -> _Reporter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def has_to_end(self) -> bool:
        return self._tell()

    def on_end(self, then: Callable[[], object]) -> None:
        with self._lock:
            self._then.append(then)
            ended = self._ended
        if ended:
            then()

    def stage(self, name: str) -> None:
        """Stages of one shard among many are nobody's news."""

    def note(self, text: str) -> None:
        with self._lock:
            self._notes.append(text)

    def progress(self, progress: Progress) -> None:
        self._progress = progress

    def _report(self) -> None:
        while not self._over.wait(_REPORTED_EVERY_S):
            self._tell()
        self._tell()

    def _tell(self) -> bool:
        with self._lock:
            notes, self._notes = tuple(self._notes), []
        if self._driver.report(self._driver.lease, self._progress, notes) and not self._ended:
            with self._lock:
                self._ended = True
                then = list(self._then)
            for each in then:
                each()
        return self._ended
