"""Where answers come from in one evaluation: the embedded simulator, OpenAI, another server, or nobody."""

from __future__ import annotations

import contextlib
import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

from harness.base.project import Project
from harness.evaluate.setup.deployed import ORIGIN, origin_of
from harness.evaluate.setup.plan import Plan
from harness.models.endpoints import (
    OPENAI_URL,
    Endpoint,
    clean_url,
    other_endpoint,
    simulator_endpoint,
)
from harness.models.profiles import endpoint_of, find_profile, unasked
from harness.models.recordings import RecordingStore
from harness.models.types import Wire
from harness.simulator.process import origin as simulator_origin
from harness.simulator.process import start_when_called
from harness.simulator.weaknesses import suffix


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Goes to the address that was named, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


_DIRECT = urllib.request.build_opener(_Unmoved, urllib.request.ProxyHandler({}))
"""To this machine: no proxy leads there."""
_NAMED_IN_S = 30
"""A simulator names itself at once; on a machine that is busy with other things it may take seconds, and one that is
taken for another server would have its answers filed as a model's."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`endpoint` is None where nothing can be asked and only recordings are replayed (no key); `unasked_wire` is then
    the wire that they were made over."""

    origin: str
    endpoint: Endpoint | None
    unasked_wire: Wire = "responses"

    @property
    def simulated(self) -> bool:
        return self.origin.startswith("simulator@")

    @property
    def wire(self) -> Wire:
        """Over which an assistant is asked whose bundle does not say."""
        return self.endpoint.wire if self.endpoint is not None else self.unasked_wire

    @property
    def costs_money(self) -> bool:
        return self.endpoint is not None and not self.simulated


@contextlib.contextmanager
def open_provider(project: Project, plan: Plan, recordings: RecordingStore) -> Iterator[Provider]:
    """The provider of a plan; a simulator is started where it is asked, and ends with the block.

    Without its key, an endpoint's recordings are replayed where there are any. Raises UsageError where there are none.
    """
    if plan.answers is not None:
        yield Provider("declared", None)
    elif plan.service is not None:
        yield Provider(origin_of(plan.service), None)
    elif plan.provider == "simulator" and not plan.base_url:
        origin = simulator_origin(plan.seed)
        with start_when_called(plan.seed, at_once="candidate" in plan.arms or plan.fresh) as url:
            yield Provider(origin, simulator_endpoint(url, origin))
    else:
        yield _remote(project, plan, recordings)


def named_provider(project: Project, plan: Plan) -> Provider:
    """The provider of a plan by name alone: nothing is started, no key is looked for, and nothing can be asked."""
    if plan.provider == "simulator" and not plan.base_url:
        origin = simulator_origin(plan.seed)
        return Provider(origin, Endpoint(origin, "", ""))
    if not plan.base_url:
        return Provider(plan.provider, unasked(plan.provider, project))
    url = clean_url(plan.base_url)
    return Provider("openai" if url == OPENAI_URL else url, Endpoint(url, url, ""))


def _remote(project: Project, plan: Plan, recordings: RecordingStore) -> Provider:
    if plan.base_url:
        endpoint = endpoint_at(plan.base_url)
        return Provider(endpoint.origin, endpoint)
    profile = find_profile(plan.provider, project)
    if profile.key and not os.environ.get(profile.key, "").strip() and recordings.count(plan.provider):
        return Provider(plan.provider, None, profile.wire)
    return Provider(plan.provider, endpoint_of(plan.provider, project))


def endpoint_at(base_url: str) -> Endpoint:
    """The server at an address that somebody gave; a simulator is known as such. Raises UsageError."""
    base_url = clean_url(base_url)
    return _simulator_at(base_url) or other_endpoint(base_url)


def _simulator_at(base_url: str) -> Endpoint | None:
    """A simulator that somebody started alone names itself, so that its answers are never taken for a model's."""
    if urlsplit(base_url).hostname not in ("127.0.0.1", "::1", "localhost"):
        return None
    try:
        with _DIRECT.open(f"{base_url.rstrip('/').removesuffix('/v1')}/sim/version", timeout=_NAMED_IN_S) as answer:
            said = json.loads(answer.read(10_000))
        origin = f"simulator@{said['version']}+seed{said['seed']}{suffix(said.get('weaknesses', ()))}"
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # no simulator: another server, or nobody; the first call will tell
    if not ORIGIN.fullmatch(origin):
        return None
    return simulator_endpoint(base_url, origin)
