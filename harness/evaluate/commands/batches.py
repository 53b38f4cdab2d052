"""`cv-harness batches`: the batches of a run, as this project and the server know them, and how to end them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import open_provider
from harness.evaluate.stages.batching import told
from harness.models.batch import BatchJob
from harness.models.batch_server import BatchServer, LostBatchError
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint
from harness.models.recordings import RecordingStore
from harness.replay.runs import RunInfo
from harness.replay.store import RunStore


def batches(project: Project, info: RunInfo, plan: Plan, *, cancel: bool = False) -> Iterator[str]:
    """A line about each batch of the run; with `cancel` each one that is still under way is ended. The run's store is
    only read: what was answered before the end is collected by `run --resume`.

    Raises UsageError where there is no key, ProviderUnavailableError."""
    with RunStore.open(info.folder) as store:
        every, left = store.jobs(), {job.id for job in store.jobs(only_open=True)}
    over = [job for job in every if job.id not in left]
    for job in over:
        yield f"{job.batch or 'never made':30} {job.model}: collected"
    if not every:
        yield f"run {info.run_id} sent no batch; `cv-harness run --batch` does"
    if not left:
        return
    if not plan.base_url and plan.provider == "simulator":
        yield f"{len(left)} batches ended with the simulator of their run; `cv-harness run --resume` asks again"
        return
    with _asked(project, plan) as endpoint:
        yield from asyncio.run(_told(endpoint, [job for job in every if job.id in left], cancel))


@contextmanager
def _asked(project: Project, plan: Plan) -> Iterator[Endpoint]:
    with open_provider(project, replace(plan, answers=None, service=None), RecordingStore.of(project)) as provider:
        if provider.endpoint is None:
            from harness.models.profiles import endpoint_of

            endpoint_of(plan.provider, project)  # says which key is not set
        else:
            yield provider.endpoint


async def _told(endpoint: Endpoint, jobs: list[BatchJob], cancel: bool) -> list[str]:
    lines = []
    async with ModelClient(endpoint) as client:
        server = BatchServer(client)
        for job in jobs:
            batch = job.batch or await server.find(job)
            if not batch:
                lines.append(f"{'never made':30} {job.model}: `cv-harness run --resume` asks for it")
                continue
            try:
                if cancel:
                    await server.cancel(batch)
                state = await server.state(batch)
            except LostBatchError:
                lines.append(f"{batch:30} {job.model}: the server does not know it")
                continue
            lines.append(f"{batch:30} {job.model}: {told(state, time.time() - job.begun.timestamp(), time.time())}")
    if cancel:
        lines.append("cancelled; what was answered before is collected, and the rest asked again, by `run --resume`")
    return lines
