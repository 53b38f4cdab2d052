"""The replay of a run in shards on a Ray cluster: cut, made side by side, merged as they end. What comes after it is
done as for any other run."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harness.base.errors import HarnessError, UsageError
from harness.corpus.text import Extractor
from harness.corpus.types import Document
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.enforcement import tell_unenforced
from harness.evaluate.stages.merging import absorb_shard
from harness.evaluate.stages.opened import Session
from harness.evaluate.stages.preflight import check
from harness.evaluate.stages.ray_cluster import Cluster, WorkerDiedError, open_cluster, refuse_without_ray
from harness.evaluate.stages.replaying import ENDING_TOLD, Part, check_models, heard, limits_of, replay_part, tell_end
from harness.evaluate.stages.shard_work import VERSION
from harness.evaluate.stages.sharding import (
    ShardEnd,
    ShardJob,
    sizes,
    to_make,
    whole_progress,
    whole_summary,
)
from harness.models.budget import Budget
from harness.models.client import ModelClient
from harness.models.shared import Limits, Share
from harness.models.types import ASKING
from harness.replay.health import to_ask_again
from harness.replay.maker import OnRecord
from harness.replay.progress import ReplaySummary
from harness.replay.recorded import keep
from harness.replay.shards import cut

Replays = Callable[[Part, OnRecord], ReplaySummary]
_SHOWN_EVERY_S = 1.0
_DEATHS = 5
"""Workers that may die at one shard before it is thought to be what kills them."""


@contextlib.contextmanager
def open_engine(session: Session) -> Iterator[Replays]:
    """What makes the records of a part: this process, or a cluster that is connected for as long as the block."""
    plan = session.run.plan
    if plan.engine == "local":
        yield lambda part, on_record: replay_part(session, part, on_record)
        return
    session.run.listener.stage("connecting to Ray" if plan.ray_address else "starting Ray")
    with open_cluster(plan.ray_address) as cluster:
        yield lambda part, _: replay_sharded(session, part, cluster)


def refuse_engine(plan: Plan) -> None:
    """Raises UsageError for a plan that cannot be made in shards, before anything is begun."""
    if plan.engine == "local":
        return
    if plan.way:
        raise UsageError("--engine ray asks call by call", hint="leave --batch or --background out")
    if plan.service is not None:
        raise UsageError("--engine ray does not measure a service", hint="leave --service or --engine out")
    if plan.shards is not None and plan.shards < 1:
        raise UsageError("--shards must be at least 1")
    refuse_without_ray()


def replay_sharded(session: Session, part: Part, cluster: Cluster) -> ReplaySummary:
    """Make every record of the part that is not in the store yet, and keep what was asked as recordings. Ctrl-C ends
    it cleanly, and what the shards have is merged. Raises as `replay_part` does."""
    session.run.listener.stage(part.told)
    summary = asyncio.run(_Sharded(session, part, cluster).replay())
    keep(session.run.store, session.recordings)
    return summary


@dataclass(slots=True)
class _Sharded:
    """One such replay."""

    session: Session
    part: Part
    cluster: Cluster
    hub: Any = None
    problem: HarnessError | None = None

    async def replay(self) -> ReplaySummary:
        run, provider = self.session.run, self.session.provider
        began, before = time.monotonic(), run.store.spent()
        stop = asyncio.Event()
        client = ModelClient(provider.endpoint) if provider.endpoint is not None and provider.costs_money else None
        try:
            if client is not None:
                await check_models(client, [arm for arm in self.part.arms.arms if arm.policy in ASKING])
                with Extractor(reader=run.plan.reader) as extractor:
                    check(self.session, self.part.arms, self.part.inputs, self.part.budget, extractor)
            run.store.set_status("running")
            with heard(stop, run.listener, ENDING_TOLD) as ending:
                summary = await self._in_shards(stop, began)
            complete = self._whole(summary) and not ending.asked
            left = len(to_ask_again(run.store, self.part.arms.arms))
            unknown = sum(not call.in_batch for call in run.store.unknown_calls())
            summary = replace(
                summary,
                complete=complete and not left,
                interrupted=summary.interrupted or ending.asked,
                to_ask_again=left,
                unknown_calls=unknown,
            )
            if self.problem is None:
                tell_end(run.listener, summary)
                if client is not None:
                    await self._tell_unenforced(client)
                    summary = replace(summary, cost=await self.hub.spent.remote() - before)
            run.store.set_status("complete" if summary.complete else "interrupted", run.clock.now())
            if self.problem is not None:
                raise self.problem
            return summary
        except BaseException:
            run.store.set_status("interrupted", run.clock.now())
            raise
        finally:
            if client is not None:
                await client.aclose()

    async def _in_shards(self, stop: asyncio.Event, began: float) -> ReplaySummary:
        run = self.session.run
        before, day = run.store.spent(), date.fromisoformat(run.store.manifest().started[:10])
        self.hub = self.cluster.hub(before + self.part.budget, before, day, self._limits())
        documents = to_make(run.store, self.part.inputs, self.part.arms.arms)
        each = sum(len(arm.draws) for arm in self.part.arms.arms)
        everything, there = len(self.part.inputs.documents), len(self.part.inputs.documents) - len(documents)
        kept = there * each
        beat = asyncio.ensure_future(self._show((everything, everything * each, there, kept), began))
        ends = [asyncio.ensure_future(self._make(job, len(documents))) for job in self._jobs(documents)]
        stopping = asyncio.ensure_future(self._end_when(stop))
        try:
            summaries = [end.summary for end in await asyncio.gather(*ends)]
        finally:
            for task in (beat, stopping, *ends):
                task.cancel()
            await asyncio.gather(beat, stopping, *ends, return_exceptions=True)
        made = [summary for summary in summaries if summary is not None]
        whole = whole_summary(made, kept, time.monotonic() - began)
        return replace(whole, interrupted=whole.interrupted or len(made) < len(summaries))

    def _limits(self) -> Limits:
        run, endpoint = self.session.run, self.session.provider.endpoint
        if endpoint is not None and self.session.provider.costs_money:
            return limits_of(run.plan, endpoint)
        return Limits(run.plan.concurrency, run.plan.concurrency)

    def _jobs(self, documents: list[Document]) -> list[ShardJob]:
        """Cut the documents into shards, in their order, each with what the run has of it already."""
        run, session = self.session.run, self.session
        manifest, name = replace(run.store.manifest(), arms=self.part.arms.arms), secrets.token_hex(3)
        jobs: list[ShardJob] = []
        for size in sizes(len(documents), self.cluster.processors(), run.plan.shards) if documents else ():
            begin = sum(len(job.documents) for job in jobs)
            chosen = tuple(documents[begin : begin + size])
            names = [document.id for document in chosen]
            jobs.append(
                ShardJob(
                    root=run.project.root,
                    folder=cut(run.project, run.store, manifest, f"{name}-{len(jobs):04}", names),
                    plan=replace(run.plan, command=(), gates={}),
                    documents=chosen,
                    paths={each: path for each in names if (path := run.inputs.paths.get(each)) is not None},
                    places={each: run.inputs.places[each] for each in names if each in run.inputs.places},
                    origin=session.provider.origin,
                    asks=session.provider.endpoint is not None,
                    keyless=session.provider.endpoint is not None and session.provider.endpoint.keyless,
                    version=VERSION,
                )
            )
        return jobs

    async def _make(self, job: ShardJob, documents: int) -> ShardEnd:
        """A shard, made by one worker after the other until one lives to its end, and merged."""
        run = self.session.run
        for number in range(_DEATHS):
            lease = f"{job.name}.{number}"
            try:
                end = await self.cluster.make(job, lease, self.hub, len(job.documents) / documents)
            except WorkerDiedError as error:
                run.listener.note(f"the worker of shard {job.name} died ({error}): the shard goes on from where it was")
            except HarnessError as error:
                end = ShardEnd(None, ("HarnessError", error.message, error.hint))
                break
            else:
                break
            finally:
                await self.hub.gone.remote(lease)
        else:
            died = f"{_DEATHS} workers died at shard {job.name} ({', '.join(each.id for each in job.documents[:5])} …)"
            end = ShardEnd(None, ("HarnessError", died, "`--resume` goes on; their nodes' logs say why they died"))
        if (problem := end.problem()) is not None:
            self.problem = self.problem or problem
            await self.hub.end.remote()
        await asyncio.to_thread(absorb_shard, run.store, job.folder, run.inputs)
        return end

    async def _end_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        await self.hub.end.remote()

    async def _show(self, before: tuple[int, int, int, int], began: float) -> None:
        run, told = self.session.run, set[str]()
        while True:
            parts, notes = await self.hub.whole.remote()
            newest = {lease.rpartition(".")[0]: part for lease, part in sorted(parts.items())}
            run.listener.progress(whole_progress(before, list(newest.values()), time.monotonic() - began))
            for note in notes:
                if note not in told:
                    told.add(note)
                    run.listener.note(note)
            await asyncio.sleep(_SHOWN_EVERY_S)

    def _whole(self, summary: ReplaySummary) -> bool:
        return not (summary.interrupted or summary.missing or summary.ended or self.problem)

    async def _tell_unenforced(self, client: ModelClient) -> None:
        run = self.session.run

        def ask(method: str, *given: object) -> asyncio.Future[Any]:
            return asyncio.wrap_future(getattr(self.hub, method).remote(*given).future())

        account = Share("driver", ask)
        budget: Budget = account.budget(date.fromisoformat(run.store.manifest().started[:10]), run.listener.note)
        wire = self.session.provider.wire
        await tell_unenforced(client, run.store, self.part.arms.arms, wire, budget, run.listener)
        await account.settled()
