"""`cv-harness doctor`: whether this machine and a server can do what a run asks of them, and what to do where not."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Literal, TypeAlias

from harness.assistants.bundle import find_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.assistants.lint import SOON_DAYS
from harness.assistants.model_change import moved
from harness.assistants.types import AssistantBundle
from harness.base.clock import SystemClock
from harness.base.errors import HarnessError, InvalidFileError, UsageError
from harness.base.known_models import checked, known_model
from harness.base.listed_models import FILE, read_lists, update
from harness.base.project import Project
from harness.corpus.readers.ocr import has_ocr
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.models.client import ListedModel, ModelClient, shown
from harness.models.prices import cost, own_prices
from harness.models.probe import Probed, probe, question
from harness.models.recordings import RecordingStore
from harness.models.retry import RetryPolicy
from harness.models.types import Attempt, Usage, Wire

Status: TypeAlias = Literal["ok", "warning", "failed"]
_FREE_BYTES = 2**30
_SKEW_S = 30.0
_AT_ONCE = 3
_PATIENCE_S = 10.0
_TOO_QUICK_MS = 50.0


@dataclass(frozen=True, slots=True)
class Check:
    """One line. do: what to do; "" where nothing is."""

    name: str
    status: Status
    said: str
    do: str = ""


def examined(project: Project, plan: Plan, *, update_catalogue: bool = False) -> Iterator[Check]:
    """What is there on this machine, then what the plan's server can do. A few short questions are asked of it.
    update_catalogue: keep what it lists in the project's models.toml."""
    yield from _machine(project)
    recordings = RecordingStore.of(project)
    try:
        bundle = find_bundle(project, plan.assistants[0]).bundle
        if plan.models:
            bundle = moved(bundle, plan.models[0]).bundle
        with open_provider(project, plan, recordings) as provider:
            if update_catalogue:
                yield asyncio.run(catalogued(project, provider, SystemClock().now().date()))
            yield from asyncio.run(_asked(project, provider, bundle))
    except InvalidFileError as error:
        yield Check("settings", "failed", error.message, error.hint)
    except UsageError as error:
        yield Check("key", "failed", error.message, error.hint)
    except HarnessError as error:
        yield Check("server", "failed", error.message, error.hint)


async def catalogued(project: Project, provider: Provider, today: date) -> Check:
    """Keep what the server lists today, and say what is new, what is gone, and what has no price."""
    if provider.simulated or provider.endpoint is None:
        do = "give --provider NAME, with its key"
        return Check("listed", "failed", f"{provider.origin} is asked for nothing: no list was written", do)
    async with ModelClient(provider.endpoint) as client:
        there = await client.models()
    if not there:
        do = "name models in the endpoint's `models`; prices and dates stay those of the harness's own tables"
        return Check("listed", "failed", f"{provider.origin} lists no models: nothing was written", do)
    changes = update(project, provider.origin, [(each.id, each.shutdown) for each in there], today)
    unpriced = [name for name in changes.new if cost(name, Usage(1000, output_tokens=1000), today) is None]
    said = [f"{len(there)} models listed on {today}, kept in {FILE}"]
    for what, names in (("new", changes.new), ("new without a price", unpriced), ("gone", changes.gone),
                        ("back", changes.back)):  # fmt: skip
        said += [f"{what}: {shown(list(names))}"] if names else []
    if changes.kept:
        said.append(f"{changes.kept} shutdown dates that it does not say are kept")
    do = "add prices of those that you use to harness/models/prices.toml" if unpriced else ""
    return Check("listed", "ok", "; ".join(said), do)


async def _asked(project: Project, provider: Provider, bundle: AssistantBundle) -> list[Check]:
    if provider.endpoint is None:
        said = f"no key for {provider.origin}: only recordings are replayed"
        return [Check("key", "failed", said, "set the variable that its `key` names")]
    async with ModelClient(provider.endpoint) as client:
        return [check async for check in _server(project, client, bundle)]


async def _server(project: Project, client: ModelClient, bundle: AssistantBundle) -> AsyncIterator[Check]:
    endpoint, today = client.endpoint, SystemClock().now().date()
    greeting = await client.greeting()
    if greeting.status is None:
        yield Check(
            "server", "failed", f"no answer from {endpoint.base_url}: {greeting.said}", "check address and network"
        )
        return
    if greeting.status in (401, 403):
        yield Check("key", "failed", f"{endpoint.base_url} {client.refusing(greeting.status)}", client.key_hint)
        return
    yield Check("server", "ok", f"{endpoint.origin}: {endpoint.base_url} answers in {greeting.ms:.0f} ms")
    skew = greeting.skew_s
    if skew is not None and abs(skew) > _SKEW_S:
        yield Check("clock", "warning", f"this machine's clock is {skew:+.0f} s beside the server's", "set it right")
    listed = await client.models()
    for check in _models(project, client, bundle, listed, today):
        yield check
    found: dict[Wire, Probed] = {}
    for wire in ("responses", "chat"):
        found[wire] = await probe(client, question(bundle, wire))
        wait_s = RetryPolicy(patience=_PATIENCE_S).wait_s(found[wire].attempt)
        if wait_s is not None:  # once may be chance
            await asyncio.sleep(wait_s)
            found[wire] = await probe(client, question(bundle, wire))
    pairs: tuple[tuple[Wire, Wire], ...] = (("responses", "chat"), ("chat", "responses"))
    for wire, other in pairs:
        yield _wire(wire, found[wire], bundle.asked_over or endpoint.wire, found[other])
    used = found[bundle.asked_over or endpoint.wire]
    if used.attempt.outcome == "answered":
        for check in _answer(used):
            yield check
        yield await _slots(client, bundle, used)


def _models(
    project: Project, client: ModelClient, bundle: AssistantBundle, listed: Sequence[ListedModel] | None, today: date
) -> Iterator[Check]:
    there = {each.id: each for each in listed or ()}
    if not there:
        yield Check("models", "warning", "the server lists no models: whether it has yours shows at the first call")
    asked = {bundle.model: "the assistant", load_legacy_prompts(project).model: "legacy"}
    for model, whose in asked.items():
        name = client.endpoint.name_of(model)
        if there and name not in there:
            status: Status = "warning" if whose == "legacy" else "failed"
            do = (
                'set legacy = "retired", or replay its recordings'
                if whose == "legacy"
                else "correct the bundle's `model`, give --model, or name it in the endpoint's `models`"
            )
            yield Check("models", status, f"{whose}'s {name} is not there; it has {shown(sorted(there))}", do)
            continue
        known = known_model(model)
        ends = there[name].shutdown if name in there else ""
        ends = ends or (known.shutdown.isoformat() if known is not None and known.shutdown is not None else "")
        yield _lifetime(model, whose, ends, known.replacement if known is not None else "", today)
        if cost(model, Usage(1000, output_tokens=1000), today) is None:
            yield Check("price", "warning", f"{model} has no price: its cost is not known, and cannot be capped",
                        "add it to harness/models/prices.toml")  # fmt: skip


def _lifetime(model: str, whose: str, ends: str, instead: str, today: date) -> Check:
    try:
        left = (date.fromisoformat(ends[:10]) - today).days if ends else None
    except ValueError:
        left = None
    if left is None:
        return Check("models", "ok", f"{whose}: {model}, no shutdown announced")
    do = f"try {instead}" if instead else "try another model"
    if left <= 0:
        return Check("models", "failed", f"{whose}: {model} was shut down on {ends[:10]}", do)
    said = f"{whose}: {model}, shut down on {ends[:10]}, in {left} days"
    return Check("models", "warning" if left < SOON_DAYS else "ok", said, do if left < SOON_DAYS else "")


def _wire(wire: Wire, found: Probed, used: Wire, other: Probed) -> Check:
    last, mine = found.attempt, wire == used
    if last.outcome != "answered":
        status: Status = "failed" if mine else "ok"
        said = last.detail or f"status {last.status}: {last.error}"
        do = _instead(wire, last, other) if mine else ""
        return Check(wire, status, f"not usable: {said}" + ("" if mine else " (and not used)"), do)
    if found.enforced:
        return Check(wire, "ok", "answers, and keeps to the strict schema" + ("" if mine else " (not used)"))
    return Check(
        wire,
        "failed" if mine else "ok",
        "answers, but takes a strict schema and does not keep it" + ("" if mine else " (not used)"),
        "use the other wire if that one keeps it; else what breaks the contract here is the server's, not the "
        "assistant's" if mine else "",
    )  # fmt: skip


def _instead(wire: Wire, failed: Attempt, other: Probed) -> str:
    """What to do where the wire that is used does not answer."""
    if other.attempt.outcome == "answered":
        better = "" if other.enforced else ", though it does not keep to the schema"
        return (
            f'set wire = "{"chat" if wire == "responses" else "responses"}" for this endpoint: that one answers{better}'
        )
    status = failed.status or 0
    if failed.outcome == "incomplete":
        return "it cuts off a short answer: look at its own limits (context, most tokens)"
    if status in (401, 403):
        return "check the key, and what it may use"
    if 300 <= status < 400:
        return "redirects are not followed: put that address into base_url"
    if status == 400:
        return 'a server without strict schemas can be asked with output = "json_object", which is another assistant'
    if status in (404, 405):
        return "check the base URL: it ends where `/responses` and `/chat/completions` begin, often in /v1"
    if failed.error == "timeout":
        return "raise `timeouts.first_byte` of this endpoint, or look at the server"
    return "look at the server, and ask again"


def _answer(found: Probed) -> Iterator[Check]:
    if found.attempt.usage is None:
        yield Check("tokens", "warning", "the server counts no tokens: cost is estimated by our own counts")
    else:
        cached = "" if found.tells_cached else "; no cached tokens among them, so every input token counts in full"
        yield Check("tokens", "ok", f"counted by the server{cached}")
    limits = [name for name in found.attempt.headers if name.startswith("x-ratelimit-limit")]
    said = ", ".join(f"{name.removeprefix('x-ratelimit-limit-')} {found.attempt.headers[name]}" for name in limits)
    if limits:
        yield Check("limits", "ok", f"the server says: {said} (a minute)")
    else:
        yield Check("limits", "warning", "no headers say how much is left a minute",
                    "set requests_per_minute and tokens_per_minute for this endpoint")  # fmt: skip


async def _slots(client: ModelClient, bundle: AssistantBundle, alone: Probed) -> Check:
    """Whether several requests at once take as long as one after the other."""
    wire = bundle.asked_over or client.endpoint.wire
    one = alone.attempt.total_ms or 0.0
    if one < _TOO_QUICK_MS:
        return Check("at once", "ok", "answers too quickly to tell how many at a time")
    clock = SystemClock()
    begin = clock.monotonic_ms()
    await asyncio.gather(*(probe(client, question(bundle, wire, draw)) for draw in range(1, _AT_ONCE + 1)))
    took = clock.monotonic_ms() - begin
    if took > 0.75 * _AT_ONCE * one:
        return Check(
            "at once", "warning", f"{_AT_ONCE} requests at once took {took / one:.1f} times as long as one",
            "set concurrency = 1 for this endpoint: else one waits for the other, and latency is not the model's",
        )  # fmt: skip
    return Check("at once", "ok", f"{_AT_ONCE} requests at once took {took / one:.1f} times as long as one")


def _machine(project: Project) -> Iterator[Check]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("versions", "ok", f"cv-harness {version('cv-harness')}, Python {python}, openai {version('openai')}")
    lists = "".join(f"; {origin}'s list of {found.checked}" for origin, found in sorted(read_lists(project).items()))
    prices = f"own prices of {own_prices().checked}, genai-prices {version('genai-prices')}"
    yield Check("catalogue", "ok", f"models as known on {checked()}; {prices}{lists}")
    free = shutil.disk_usage(project.root).free
    room = f"{free / 2**30:.1f} GB free"
    yield Check("disk", "ok", room) if free >= _FREE_BYTES else Check("disk", "warning", room, "`cv-harness prune`")
    found = shutil.which("tesseract")
    if found is None:
        yield (
            Check("scans", "ok", "rapidocr reads them (Latin letters)")
            if has_ocr()
            else Check("scans", "warning", "pictures of text cannot be read", "install tesseract, or `make ocr`")
        )
    else:
        listed = subprocess.run([found, "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
        languages = [line.strip() for line in listed.stdout.splitlines()[1:] if line.strip()]
        yield Check("scans", "ok", f"tesseract reads {shown(languages, 12)}")
    if shutil.which("catdoc") is None:
        yield Check("doc files", "warning", "no catdoc: .doc files cannot be read", "install catdoc")
    else:
        yield Check("doc files", "ok", "catdoc is there")
