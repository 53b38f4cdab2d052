"""Ray, as far as a run needs it: a cluster that is there or started here, one actor with the account, a task a shard.

Keys reach workers only through the environment that their node was started with, and no text of a CV passes through
Ray: workers read and write the project's storage.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError, UsageError
from harness.evaluate.stages.hub import Hub
from harness.evaluate.stages.shard_work import Driver, make_shard
from harness.evaluate.stages.sharding import ShardEnd, ShardJob
from harness.models.shared import Limits

_OBJECTS = 100_000_000
"""Bytes of Ray's object store: what passes through it is small."""
_WAITING = 100_000
"""Calls that may wait in the actor at a time: a bound that is met would keep out whoever gives leave back."""


class WorkerDiedError(Exception):
    """A worker, or its whole node, is gone."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is connected. began: whether it was started here."""

    ray: Any
    began: bool

    def processors(self) -> int:
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def hub(self, limit: Decimal, spent: Decimal, on: date, limits: Limits) -> Any:
        """The actor, on this process's node, which the run does not outlive. It ends with this process."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(self.ray.get_runtime_context().get_node_id(), soft=False)
        options = {"num_cpus": 0, "max_concurrency": _WAITING, "scheduling_strategy": here}
        return self.ray.remote(Hub).options(**options).remote(limit, spent, on, limits)

    async def make(self, job: ShardJob, lease: str, hub: Any, portion: float) -> ShardEnd:
        """Have a worker make the shard. Raises WorkerDiedError, and HarnessError where our own code broke in it."""
        task = self.ray.remote(_make).options(num_cpus=1, max_retries=0, name=f"shard {job.name}")
        failed = self.ray.exceptions
        try:
            return await self._result(task.remote(job, lease, hub, portion))
        except failed.RayTaskError as error:
            cause = error.cause if isinstance(error.cause, Exception) else error
            raise HarnessError(
                f"a worker broke at shard {job.name}: {type(cause).__name__}: {str(cause)[:300]}",
                hint="`--resume` goes on; cv-harness must be installed on every node",
            ) from error
        except failed.RayError as error:  # the worker was killed, its node went, its memory was used up
            raise WorkerDiedError(type(error).__name__) from error

    async def _result(self, reference: Any) -> ShardEnd:
        end = await asyncio.wrap_future(reference.future())
        assert isinstance(end, ShardEnd)
        return end


def _make(job: ShardJob, lease: str, hub: Any, portion: float) -> ShardEnd:
    """In a worker."""
    import ray

    def ask(method: str, *given: object) -> Awaitable[Any]:
        return asyncio.wrap_future(getattr(hub, method).remote(*given).future())

    def report(*given: Any) -> bool:
        return bool(ray.get(hub.report.remote(*given)))

    return make_shard(job, Driver(lease, ask, report), portion)


def refuse_without_ray() -> None:
    """Raises UsageError where Ray is not installed."""
    if find_spec("ray") is None:
        raise UsageError("--engine ray needs Ray", hint="python -m pip install 'cv-harness[ray]'")


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """The cluster at an address, or with "" one that is started here and ends with the block. Raises UsageError."""
    refuse_without_ray()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else each start warns of what is not used here
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR", "namespace": "cv-harness"}
    folder = Path(tempfile.mkdtemp(prefix="cvh-"))  # Ray opens its own folder to everybody; this one it does not
    try:
        if address:
            _connect(ray, address, quiet)
        else:
            os.environ.pop("RAY_ADDRESS", None)
            ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=_OBJECTS,
                _temp_dir=str(folder / "ray"),
                **quiet,
            )
        try:
            yield Cluster(ray, not address)
        finally:
            ray.shutdown()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connect(ray: Any, address: str, quiet: dict[str, Any]) -> None:
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        if host and port.isdecimal():  # Ray itself tries for a minute
            socket.create_connection((host, int(port)), timeout=10).close()
        ray.init(address=address, **quiet)
    except (ConnectionError, OSError, OverflowError, ValueError, RuntimeError, ImportError) as error:
        raise UsageError(
            f"no Ray cluster at {address}: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}",
            hint="`ray status` shows whether it runs; leave --ray-address out to start one here",
        ) from error
