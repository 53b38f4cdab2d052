"""A whole service on loopback, in this process or as `cv-harness serve`, over the embedded simulator."""

import json
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

pytest.importorskip("fastapi", reason="the service extra is not installed: pip install '.[service]'")

from service_site import LIMIT_S, REPOSITORY, Client, running_service

from harness.evaluate.commands.serving import durable_url
from harness.service.flags import write_stage
from harness.service.settings import Deadlines, FallbackRules, ServiceSettings
from harness.service.tokens import new_token
from harness.simulator.process import start


@pytest.fixture(scope="session")
def simulator():
    with start(seed=7) as running:
        yield running


@pytest.fixture
def faults(simulator):
    """A function that breaks the simulator's answers for the test's time."""

    def plan(*plans):
        _post(f"{simulator.control_url}/faults", list(plans))

    yield plan
    plan()


def _post(url, value):
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def make_settings(folder, simulator):
    """Settings of a service of its own in `folder`: SQLite, the flag off, one user ("ann") and another ("bob")."""
    secrets, entries = {}, []
    for user in ("ann", "bob"):
        secrets[user], token = new_token(user)
        entries.append(token.entry())
    write_stage(folder / "flags.json", "off")
    database = f"sqlite:///{folder}/service.db"
    made = ServiceSettings(
        database=database,
        durable=durable_url(database),
        flags=str(folder / "flags.json"),
        origin=simulator.origin,
        base_url=simulator.url,
        project=str(REPOSITORY),
        tokens=tuple(entries),
        uploads_a_minute=10_000,
        readers=1,
        dead_after_s=2.0,
        log_level="error",
        deadlines=Deadlines(drain=5.0),
        fallback=FallbackRules(a_minute=10_000),
    )
    return SimpleNamespace(value=made, secrets=secrets, flags=folder / "flags.json")


@pytest.fixture
def settings(simulator, tmp_path):
    return make_settings(tmp_path, simulator)


@contextmanager
def serving(settings, stage="off", parts=None, **changes):
    write_stage(settings.flags, stage)
    with running_service(replace(settings.value, **changes), parts) as service:
        clients = [
            Client(base_url=service.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S)
            for secret in settings.secrets.values()
        ]
        try:
            yield SimpleNamespace(
                service=service, running=service.running, settings=settings, ann=clients[0], bob=clients[1]
            )
        finally:
            for client in clients:
                client.close()


@pytest.fixture
def serve(settings):
    """A function that starts the service with changed settings: `with serve(stage="100") as site`."""

    def starting(**changes):
        return serving(settings, **changes)

    return starting


@pytest.fixture(scope="module")
def shared(simulator, tmp_path_factory):
    """One service for the tests of a module that leave it as it is: everybody has the assistant."""
    with serving(make_settings(tmp_path_factory.mktemp("shared"), simulator), stage="100") as site:
        yield site
