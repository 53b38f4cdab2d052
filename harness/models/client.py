"""The one client: each `send` is one HTTP request through the official SDK, and its result is an `Attempt`.

The SDK never retries here (`retry.py` does) and never parses an answer (`answers.py` does). Redirects are not
followed: a CV goes to the address that was named and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from harness.base.clock import Clock, SystemClock
from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.types import Json, Source
from harness.models.answers import (
    Answer,
    completed_in_name_only,
    interpret,
    kept_headers,
    milliseconds,
    one_line,
)
from harness.models.bounded import MOST_RESPONSE_BYTES, TooLargeError, UndecodableError, bound
from harness.models.endpoints import Endpoint, Timeouts
from harness.models.types import Attempt, Call, Frame, Wire

if TYPE_CHECKING:
    import httpx2

PATHS: Mapping[Wire, str] = {"responses": "/responses", "chat": "/chat/completions"}
_HEADERS_AT = "harness.headers_at_ms"
_MOST_FILE_BYTES = 4 * 2**30
"""Of a batch's results, which are read line by line: 50,000 answers of 80 KB."""
_MOST_FRAMES = 64
_LATE = "no complete response in time"
_HEADERS_TOO_LARGE = 431
"""The status that h11 names in its error where the headers, or a part between chunks, are over 100 kB: an answer came,
and asked again it would be as large and be paid for again."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model as a server lists it. shutdown: as the server writes the day; "" where it does not say."""

    id: str
    shutdown: str = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    """status: None where nothing answered, and `said` why. ms: until it did. skew_s: our clock minus the server's; None
    where it does not say."""

    status: int | None
    said: str
    ms: float
    skew_s: float | None


@dataclass(frozen=True, slots=True)
class Received:
    """A response as received; status None where none came."""

    answer: Answer
    status: int | None = None
    body: bytes | None = None
    headers: dict[str, str] | None = None
    headers_at_ms: float | None = None


class ModelClient:
    """Sends calls to one endpoint. Use it as an async context manager, or `aclose` it. The SDK, half a second to load,
    is opened with the first request (`open`: now): whoever finds all answers recorded never waits for it."""

    def __init__(self, endpoint: Endpoint, *, timeouts: Timeouts | None = None, clock: Clock | None = None) -> None:
        self.endpoint = endpoint
        self._timeouts = timeouts or endpoint.timeouts
        self._clock = clock or SystemClock()
        self._around: dict[tuple[Frame, str], list[bytes]] = {}
        """By frame and cache key: the JSON before and after a text."""

    def __repr__(self) -> str:
        return f"ModelClient({self.endpoint.origin!r})"

    @property
    def origin(self) -> str:
        return self.endpoint.origin

    @cached_property
    def sdk(self) -> Any:
        """The SDK, opened at its first use."""
        return self._open()

    def open(self) -> ModelClient:
        """Load all that a first call would wait for."""
        _ = self.sdk
        return self

    async def __aenter__(self) -> ModelClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        if "sdk" in self.__dict__:
            await self.sdk.close()

    async def send(
        self,
        call: Call,
        *,
        attempt_id: str,
        number: int = 1,
        queue_ms: float = 0.0,
        retry_wait_ms: float = 0.0,
        cache_key: str = "",
    ) -> Attempt:
        """Send `call` once. Whatever the server does is in the attempt; only cancellation comes out as such.

        cache_key: names pipeline and run to the provider's prompt cache, so that one does not warm it for another.
        """
        _ = self.sdk  # loaded before the clock runs
        started = self._clock.now()
        begin = self._clock.monotonic_ms()
        raw = await self.exchange(call, cache_key)
        end = self._clock.monotonic_ms()
        headers = raw.headers or {}
        return Attempt(
            id=attempt_id,
            call_key=call.key,
            number=number,
            started=started,
            queue_ms=queue_ms,
            retry_wait_ms=retry_wait_ms,
            headers_ms=None if raw.headers_at_ms is None else raw.headers_at_ms - begin,
            total_ms=end - begin,
            model_ms=milliseconds(headers, "openai-processing-ms"),
            status=raw.status,
            usage=raw.answer.usage,
            request_id=headers.get("x-request-id"),
            source=self.source,
            outcome=raw.answer.outcome,
            body=raw.body,
            slept_ms=milliseconds(headers, "x-sim-slept-ms") or 0.0,
            error=raw.answer.error,
            text=raw.answer.text,
            snapshot=raw.answer.snapshot,
            draw=call.draw,
            detail=raw.answer.detail,
            headers=headers,
        )

    async def check(self, model: str) -> None:
        """Ask once whether the server is there, takes the key and knows `model`, before a run begins.

        Raises ProviderUnavailableError or UsageError. A server without a list of models passes.
        """
        import openai

        where, name = self.endpoint.base_url, self.endpoint.name_of(model)
        try:
            async with asyncio.timeout(self._timeouts.connect * 2):
                await self.sdk.models.with_raw_response.retrieve(name)
        except (openai.APIConnectionError, TimeoutError, TooLargeError, UndecodableError) as error:
            raise ProviderUnavailableError(
                f"no answer from {where}: {self.reason(error)}",
                hint="check the address and the network, or use --provider simulator",
            ) from None
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ProviderUnavailableError(f"{where} {self.refusing(error.status_code)}", hint=self.key_hint) from None
        except openai.NotFoundError as error:
            # Servers without this path answer 404 as well: their list says whether they have the model.
            listed = await self.models()
            known = [each.id for each in listed or ()]
            if name not in known and (known or error.code == "model_not_found"):
                raise UsageError(
                    f"{where} knows no model `{name}`" + (f", only {shown(known)}" if known else ""),
                    hint="correct the bundle's `model`, give --model, or name it in the endpoint's `models`",
                ) from None
        except openai.APIStatusError:
            # A passing fault is the retry's business, and not every compatible server lists its models.
            return

    def refusing(self, status: int) -> str:
        """That the server lets nobody in without its key, or with this one."""
        said = "wants a key, and none was sent" if self.endpoint.keyless else "refuses the key"
        return f"{said} (status {status})"

    @property
    def key_hint(self) -> str:
        """What to do about a key that was refused or is missing."""
        variable = self.endpoint.key_variable
        if self.endpoint.keyless:
            return (
                f"export {variable}=… with this server's key"
                if variable
                else "name its variable as the endpoint's `key`"
            )
        return f"check {variable}, and that its account may use this server"

    async def greeting(self) -> Greeting:
        """How the server answers a first, free request. Never raises but for cancellation."""
        import openai

        begin, now = self._clock.monotonic_ms(), self._clock.now()
        try:
            async with asyncio.timeout(self._timeouts.connect * 2):
                raw = await self.sdk.models.with_raw_response.list()
            response = raw.http_response
        except openai.APIStatusError as error:
            response = error.response
        except (openai.OpenAIError, TimeoutError, TooLargeError, UndecodableError) as error:
            return Greeting(None, self.reason(error), 0.0, None)
        took = self._clock.monotonic_ms() - begin
        try:
            said = parsedate_to_datetime(response.headers.get("date", ""))
            skew = (now - said).total_seconds()
        except (ValueError, TypeError):
            skew = None
        return Greeting(response.status_code, "", took, skew)

    async def models(self) -> tuple[ListedModel, ...] | None:
        """What the server says that it has; None where it does not say. Never raises but for cancellation."""
        import openai

        try:
            async with asyncio.timeout(self._timeouts.connect * 2):
                raw = await self.sdk.models.with_raw_response.list()
            value = json.loads(raw.http_response.content)
        except (openai.OpenAIError, TimeoutError, TooLargeError, UndecodableError, ValueError, RecursionError):
            return None
        listed = value.get("data") if isinstance(value, dict) else None
        return tuple(_listed(listed)) if isinstance(listed, list) else None

    @property
    def source(self) -> Source:
        """Of the figures of what it answers."""
        return "simulated" if self.endpoint.simulated else "live"

    def _open(self) -> Any:
        import openai

        from harness.models.connections import open_http

        http = open_http(self._timeouts, loopback=self.endpoint.loopback)
        http.event_hooks = {"response": [self._begin_response]}
        sdk = openai.AsyncOpenAI(
            api_key=self.endpoint.key,
            base_url=self.endpoint.base_url,
            timeout=http.timeout,
            max_retries=0,
            default_headers=dict(self.endpoint.headers),
            default_query=dict(self.endpoint.query),
            http_client=http,
        )
        if self.endpoint.origin != "openai":
            # What the environment says about an OpenAI account is nobody else's business.
            sdk.organization = None
            sdk.project = None
            sdk.admin_api_key = None
        return sdk

    async def _begin_response(self, response: httpx2.Response) -> None:
        response.extensions[_HEADERS_AT] = self._clock.monotonic_ms()
        bound(response, _MOST_FILE_BYTES if response.request.url.path.endswith("/content") else MOST_RESPONSE_BYTES)

    async def exchange(self, call: Call, cache_key: str = "") -> Received:
        """One request, and what came back; only cancellation comes out as such."""
        import httpx2

        # By the SDK's way for whatever it has no method for: of what it knows by name it goes through every part.
        asked = self.sdk.post(
            self.endpoint.base_url + PATHS[call.wire],
            content=self._written(call, cache_key),
            cast_to=httpx2.Response,
            options={"headers": {"x-sim-draw": str(call.draw)}},
        )
        return await self._answered(asked, call.wire, call.body)

    def _written(self, call: Call, cache_key: str) -> bytes:
        """The request as this server takes it, as JSON. Of those in one frame all but the text is written once."""
        if call.frame is None:
            return self._json(call.body, cache_key)
        around = self._around.get((call.frame, cache_key))
        if around is None:
            mark = uuid.uuid4().hex
            around = self._json(call.frame.filled(mark), cache_key).split(_json(mark))
            if len(self._around) >= _MOST_FRAMES:
                self._around.clear()
            self._around[call.frame, cache_key] = around
        return _json(call.text).join(around)

    def _json(self, body: Mapping[str, Json], cache_key: str) -> bytes:
        return _json(self.endpoint.body({**body, "prompt_cache_key": cache_key} if cache_key else body))

    async def look(self, response_id: str) -> Received:
        """A response that is being made in the background, as it stands."""
        import httpx2

        asked = self.sdk.get(f"/responses/{quote(response_id, safe='')}", cast_to=httpx2.Response)
        return await self._answered(asked, "responses", {})

    async def _answered(self, ask: Awaitable[httpx2.Response], wire: Wire, body: Mapping[str, Json]) -> Received:
        import openai

        try:
            async with asyncio.timeout(self._timeouts.total):
                response = await ask
            return self._received(response, wire, body)
        except openai.APIStatusError as error:
            return self._received(error.response, wire, body)
        except (openai.APIConnectionError, TimeoutError, TooLargeError, UndecodableError) as error:
            code = _broken_off(error)
            return Received(Answer("failed", code, _LATE if code == "timeout" else self.reason(error)))
        except openai.OpenAIError as error:
            return Received(Answer("failed", "sdk_error", self.reason(error)))

    def _received(self, response: httpx2.Response, wire: Wire, asked: Mapping[str, Json]) -> Received:
        failed = not response.is_success
        body = self.endpoint.scrub(response.content, failed=failed)
        headers = {name: self.endpoint.scrub_text(value) for name, value in kept_headers(response.headers).items()}
        answer = completed_in_name_only(interpret(wire, response.status_code, body), asked)
        if response.has_redirect_location:
            to = self.endpoint.scrub_text(response.headers["location"])
            answer = replace(answer, detail=one_line(f"status {response.status_code}: it redirects to {to}"))
        return Received(
            answer=answer,
            status=response.status_code,
            body=body,
            headers=headers,
            headers_at_ms=response.extensions.get(_HEADERS_AT),
        )

    def reason(self, error: BaseException) -> str:
        """Why a connection failed, in a few words: the innermost cause, without addresses or keys."""
        while error.__cause__ is not None:
            error = error.__cause__
        said = one_line(str(error))
        named = f"{type(error).__name__}: {said}" if said else type(error).__name__
        return self.endpoint.scrub_text(named)


def shown(names: Sequence[str], most: int = 8) -> str:
    """A few names for a person."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _json(value: Json) -> bytes:
    """As the SDK writes it."""
    return _ENCODER.encode(value).encode("utf-8")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _listed(items: list[Any]) -> Iterator[ListedModel]:
    for item in items[:10_000]:
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str) and name:
            ends = item.get("shutdown_date")
            yield ListedModel(one_line(name, 100), one_line(ends, 40) if isinstance(ends, str) else "")


def _broken_off(error: BaseException) -> str:
    """The code of a request without a whole response: "unreachable" where no connection came about, so that nothing
    was sent; else "too_large", "timeout", or "connection" where it broke off."""
    import httpx2
    import openai

    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)

    def met(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    # of what h11 raised the innermost cause is a copy without the hint, made while it was handled
    if met(TooLargeError) or getattr(causes[-1].__context__, "error_status_hint", 0) == _HEADERS_TOO_LARGE:
        return "too_large"
    if met(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol, httpx2.ProxyError):
        return "unreachable"
    return "timeout" if met(openai.APITimeoutError, TimeoutError) else "connection"
