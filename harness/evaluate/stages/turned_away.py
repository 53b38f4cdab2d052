"""What to say where a server refuses all calls of an arm alike: which path, what it has, and what to change."""

from __future__ import annotations

from harness.base.errors import ProviderUnavailableError
from harness.models.client import ModelClient, shown
from harness.models.types import Attempt
from harness.replay.health import TurnedAwayError


async def explained(client: ModelClient, error: TurnedAwayError) -> ProviderUnavailableError:
    """`error` with the address that was asked, the models that the server lists, and the change that may help."""
    attempt = error.attempt
    listed = [each.id for each in await client.models() or ()]
    models = f"; its models: {shown(listed)}" if listed else ""
    where = f" by {client.endpoint.base_url}{error.path}" if error.path else ""
    name = client.endpoint.origin
    place = f"[tool.cv-harness.endpoints.{'NAME' if '/' in name else name}]"
    return ProviderUnavailableError(
        f"{error.message.replace(' refused alike', f' refused alike{where}', 1)}{models}",
        hint=f"{_change(error.path, attempt, place)}; then continue with --resume",
    )


_WIRES = {"/responses": ("Responses API", "chat"), "/chat/completions": ("chat completions", "responses")}
"""By path: what it is, and the other wire."""
_OF_SCHEMAS = ("json_schema", "json_object", "response_format", "text.format", "guided")


def _change(path: str, attempt: Attempt, where: str) -> str:
    status, code, detail = attempt.status, attempt.error, attempt.detail
    about_model = "model" in detail.lower() or "deployment" in detail.lower() or code == "model_not_found"
    if status is not None and 300 <= status < 400:
        return "redirects are not followed, so that CVs go only where you named: put the new address into base_url"
    if status in (404, 405) and about_model:
        return "correct the bundle's `model`, or give --model"
    if status in (404, 405) and path in _WIRES:
        what, other = _WIRES[path]
        return (
            f'if this server has no {what}, ask it over the other wire: wire = "{other}" in {where}; else check the '
            f"base URL, which ends where `{path}` begins, often in /v1"
        )
    if any(word in detail for word in _OF_SCHEMAS):
        return (
            "take out of the bundle what this server does not accept: without strict schemas it can be asked with "
            'output = "json_object", which is another assistant'
        )
    return "take out of the bundle what this server does not accept, or ask one that does"
