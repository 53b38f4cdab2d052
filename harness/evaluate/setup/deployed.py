"""A running CV-import service that is to be measured: what it says of itself, and its ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.base.errors import ProviderUnavailableError
from harness.pipelines.http import Flavour, Service

WAYS: Mapping[str, tuple[str, Flavour]] = {
    "legacy-http": ("legacy", "legacy"),
    "candidate-http": ("candidate", "assistant"),
}
"""What `--arms` may name with `--service`: the run's arm, and the service's way behind it."""


def about(service: Service) -> Mapping[str, Any]:
    """What `/readyz` says: origin, models, assistant, flags; nothing where the service has no such page.

    Raises ProviderUnavailableError where nobody answers, or it is not ready.
    """
    import httpx2

    try:
        answer = httpx2.get(f"{service.base_url}/readyz", timeout=10)
        said = answer.json() if answer.status_code == 200 else {}
    except httpx2.HTTPError as error:
        raise ProviderUnavailableError(
            f"no service answers at {service.base_url}: {type(error).__name__}", hint="start it with `cv-harness serve`"
        ) from None
    except ValueError:
        said = {}
    if answer.status_code >= 500:
        raise ProviderUnavailableError(f"the service at {service.base_url} is not ready (status {answer.status_code})")
    return said if isinstance(said, dict) else {}


def origin_of(service: Service) -> str:
    """Where the service's answers come from: its model's origin as `/readyz` names it (so that a simulator behind it is
    seen as one), else the service's own address."""
    origin = about(service).get("origin")
    return origin if isinstance(origin, str) and origin else service.base_url
