"""What to say where a server refuses all calls of an arm alike: which path, what it has, and what to change."""

from __future__ import annotations

from harness.base.errors import ProviderUnavailableError
from harness.models.client import ModelClient, shown
from harness.replay.health import TurnedAwayError


async def explained(client: ModelClient, error: TurnedAwayError) -> ProviderUnavailableError:
    """`error` with the address that was asked, the models that the server lists, and the change that may help."""
    attempt = error.attempt
    listed = [each.id for each in await client.models() or ()]
    models = f"; its models: {shown(listed)}" if listed else ""
    where = f" by {client.endpoint.base_url}{error.path}" if error.path else ""
    return ProviderUnavailableError(
        f"{error.message.replace(' refused alike', f' refused alike{where}', 1)}{models}",
        hint=f"{_change(error.path, attempt.status, attempt.error, attempt.detail)}, then continue with --resume",
    )


def _change(path: str, status: int | None, code: str, detail: str) -> str:
    about_model = "model" in detail.lower() or "deployment" in detail.lower() or code == "model_not_found"
    if status in (404, 405) and about_model:
        return "correct the bundle's `model`, or give --model"
    if status in (404, 405) and path == "/responses":
        return "this server has no Responses API: check the base URL, or ask it over the other wire"
    if status in (404, 405):
        return "check the base URL: it ends where `/chat/completions` or `/responses` begins, often in /v1"
    return "take out of the bundle what this server does not accept, or ask one that does"
