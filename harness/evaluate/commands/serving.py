"""The service, composed: which assistant it serves, where its model is, how two answers are compared.

`serve` prepares everything once and starts the worker processes; `worker` is what each of them runs.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.assistants.bundle import find_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.base.clock import SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.evaluate.commands.prober import Prober
from harness.evaluate.setup.provider import endpoint_at
from harness.models.endpoints import Endpoint, is_simulated, other_endpoint, simulator_endpoint
from harness.models.profiles import endpoint_of
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.probes.catalogue import chosen
from harness.review.acceptance import load_accepted
from harness.review.agreement import agreement_of
from harness.service import erasure
from harness.service.database import existing, migrate
from harness.service.durable import forget_rows
from harness.service.flags import Flags, write_stage
from harness.service.logs import set_up
from harness.service.metrics import MULTIPROCESS
from harness.service.running import Parts
from harness.service.settings import RetentionRules, ServiceSettings, from_environment, to_environment
from harness.service.store import Store
from harness.service.tokens import new_token
from harness.simulator.process import start

if TYPE_CHECKING:
    from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and in how many processes the service listens."""

    host: str
    port: int
    workers: int


def parts_of(settings: ServiceSettings) -> Parts:
    """The assistant (the accepted one, or the one that was named), legacy's prompts, the model's address."""
    project = Project.find(settings.project)
    accepted = load_accepted(project, settings.origin)
    if settings.assistant:
        bundle = find_bundle(project, settings.assistant).bundle
    elif accepted is not None:
        bundle = accepted[1]
    else:
        bundle = find_bundle(project).bundle
    return Parts(
        bundle=bundle,
        accepted=accepted is not None and accepted[0].wire == bundle.wire,
        prompts=load_legacy_prompts(project),
        endpoint=_endpoint(settings),
        agreement=lambda legacy, other: agreement_of(other, legacy, LEGACY_FIELDS),
    )


def worker() -> FastAPI:
    """The application of one worker process, set up from its environment."""
    from harness.service.app import create_app

    settings = from_environment()
    set_up(settings.log_level)
    return create_app(settings, parts_of(settings))


@contextlib.contextmanager
def model_at(
    project: Project, provider: str, base_url: str, seed: int = 7, clock_scale: float = 0.0
) -> Iterator[Endpoint]:
    """Where the model is while the block runs: the simulator, which is started and ends with it, an address, or an
    endpoint by name. Raises UsageError for a name that is none, and without its key."""
    if provider == "simulator" and not base_url:
        with start(seed=seed, clock_scale=clock_scale) as simulator:
            yield simulator_endpoint(simulator.url, simulator.origin)
    elif base_url:
        yield endpoint_at(base_url)
    else:
        yield endpoint_of(provider, project)


def serve(settings: ServiceSettings, listening: Listening) -> None:
    """Prepare the database and start the worker processes; returns when they have ended.

    What is wrong with address, flags, assistant or database is said here, once, and not by every worker.
    """
    import uvicorn

    _refuse_taken(listening)
    Flags(Path(settings.flags))
    parts_of(settings)
    chosen(settings.probes.relations)
    migrate(settings.database)
    with tempfile.TemporaryDirectory(prefix="cv-harness-metrics-") as folder:
        environment = to_environment(settings)
        if listening.workers > 1:
            environment[MULTIPROCESS] = folder
        os.environ.update(environment)
        options: dict[str, Any] = {
            "host": listening.host,
            "port": listening.port,
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "timeout_graceful_shutdown": int(settings.deadlines.drain),
        }
        prober = Prober(settings)
        prober.start()
        try:
            uvicorn.run(f"{__name__}:worker", factory=True, workers=listening.workers, **options)
        finally:
            prober.end()


def _refuse_taken(listening: Listening) -> None:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((listening.host, listening.port))
    except OSError as error:
        raise UsageError(
            f"cannot listen on {listening.host}:{listening.port}: {error.strerror or error}", hint="give another --port"
        ) from None


def with_token(settings: ServiceSettings) -> tuple[ServiceSettings, str]:
    """Settings with a token made for this start, where none is configured, and the token."""
    if settings.tokens:
        return settings, ""
    secret, token = new_token("demo")
    return replace(settings, tokens=(token.entry(),)), secret


def prepare_flags(path: Path) -> bool:
    """Write a flag file with the flag off where there is none; whether it was written."""
    if path.exists():
        return False
    write_stage(path, "off")
    return True


def durable_url(database: str) -> str:
    """Where the durable-execution library keeps its rows: beside a SQLite file, inside a PostgreSQL database."""
    if not database.startswith("sqlite:///"):
        return database
    path = Path(database.removeprefix("sqlite:///"))
    return f"sqlite:///{path.with_name(path.stem + '.durable' + path.suffix)}"


def _endpoint(settings: ServiceSettings, environ: Mapping[str, str] | None = None) -> Endpoint:
    if is_simulated(settings.origin):
        return simulator_endpoint(settings.base_url, settings.origin)
    if "://" not in settings.origin:
        return endpoint_of(settings.origin, Project.find(settings.project), environ)
    endpoint = other_endpoint(settings.base_url, environ)
    if endpoint.origin != settings.origin:
        raise HarnessError(f"{settings.base_url} is not {settings.origin}")
    return endpoint


def forget_person(database: str, user: str) -> int:
    """Erase a person; how many tasks there were. A running service notices that its tasks are gone."""
    with _store(database) as store:
        tasks = list(erasure.tasks_of_person(store, user))
        forget_rows(durable_url(database), tasks)
        erased = erasure.erase_tasks(store, tasks)
        erasure.forget_hits(store, user)
        _scrub(store)
        return erased


def retain_now(database: str, task_days: float, pair_days: float) -> tuple[int, int]:
    """Erase what is too old; how many tasks, and pairs whose contents went."""
    rules = RetentionRules(task_days=task_days, pair_days=pair_days)
    with _store(database) as store:
        tasks = list(erasure.too_old(store, rules))
        forget_rows(durable_url(database), tasks)
        erased = erasure.erase_tasks(store, tasks)
        cleared = erasure.clear_old_contents(store, rules)
        _scrub(store)
        return erased, cleared


@contextlib.contextmanager
def _store(database: str) -> Iterator[Store]:
    with existing(database) as engine:
        migrate(database)
        yield Store(engine, SystemClock())


def _scrub(store: Store) -> None:
    if not erasure.scrub_files(store):
        raise HarnessError(
            "the rows are erased, but the database's log still holds them: a long reader is in the way",
            hint="run the command again; a running service does it by its timer as well",
        )
