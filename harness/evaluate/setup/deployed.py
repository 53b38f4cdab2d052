"""A running CV-import service that is to be measured: what it says of itself, and its ways."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from harness.base.errors import ProviderUnavailableError
from harness.pipelines.http import Flavour, Service

WAYS: Mapping[str, tuple[str, Flavour]] = {
    "legacy-http": ("legacy", "legacy"),
    "candidate-http": ("candidate", "assistant"),
}
"""What `--arms` may name with `--service`: the run's arm, and the service's way behind it."""


ORIGIN = re.compile(r"[A-Za-z0-9.:/@+_\-\[\]]{1,200}")
MOST_BYTES, PATIENCE_S = 2**20, 10
"""Of what a service says of itself, which is a page of JSON."""


def about(service: Service) -> Mapping[str, Any]:
    """What `/readyz` says: origin, models, assistant, flags; nothing where the service has no such page.

    Raises ProviderUnavailableError where nobody answers, it is not ready, or what it says has no end or no beginning.
    """
    import httpx2

    started, data = time.monotonic(), b""
    try:
        asked = httpx2.stream(
            "GET", f"{service.base_url}/readyz", timeout=PATIENCE_S, headers={"accept-encoding": "identity"}
        )
        with asked as answer:
            for piece in answer.iter_raw():  # as it comes: what it would unpack to has no limit
                data += piece
                if len(data) > MOST_BYTES or time.monotonic() - started > PATIENCE_S:
                    raise _unready(service, f"says more of itself than {MOST_BYTES >> 20} MB or {PATIENCE_S} s hold")
    except httpx2.HTTPError as error:
        raise ProviderUnavailableError(
            f"no service answers at {service.base_url}: {type(error).__name__}", hint="start it with `cv-harness serve`"
        ) from None
    if answer.status_code >= 500:
        raise _unready(service, f"is not ready (status {answer.status_code})")
    try:
        said = json.loads(data) if answer.status_code == 200 else {}
    except (ValueError, RecursionError):
        said = {}
    return said if isinstance(said, dict) else {}


def _unready(service: Service, why: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(f"the service at {service.base_url} {why}", hint="look at its /readyz and its log")


def origin_of(service: Service) -> str:
    """Where the service's answers come from: its model's origin as `/readyz` names it (so that a simulator behind it is
    seen as one), else the service's own address. A name of other letters than names of origins have is none."""
    origin = about(service).get("origin")
    return origin if isinstance(origin, str) and ORIGIN.fullmatch(origin) else service.base_url
