"""Where a model is: address, origin and key. The key comes from the environment and is shown nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from harness.base.errors import UsageError
from harness.base.types import Json
from harness.models.types import Wire

OPENAI_URL = "https://api.openai.com/v1"
KEY_VARIABLE = "OPENAI_API_KEY"
SIMULATOR_KEY = "simulator"
NO_KEY = "none"
"""Sent to a server that needs no key."""
_SHORTEST_SECRET = 20
KEY_LIKE = re.compile(rb"\bsk-[A-Za-z0-9_*\-]{6,}")
_ESCAPES = re.compile(rb"\\u00[2-7]"), re.compile(rb"%[2-7]")
"""How every escape of a printable ASCII character begins, as JSON or an address has it. Apart: one pattern of both is
ten times slower to look for."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is the longest silence; a model that writes a long answer is silent until it is done.
    `total` bounds the whole attempt, so that a server that trickles bytes cannot hold it."""

    connect: float = 10.0
    write: float = 60.0
    read: float = 300.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """origin: "openai", "simulator@<version>+seed<n>", a profile's name, or a base URL without credentials.

    The rest is what a profile says of the server (`profiles.py`): which variable holds its key, what is sent with every
    request, what it calls models and parameters, how much a minute and in one batch, how patient to be.
    secrets: values of the environment that its headers hold.
    """

    origin: str
    base_url: str
    key: str = field(repr=False)
    key_variable: str = KEY_VARIABLE
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    wire: Wire = "responses"
    models: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrency: int | None = None
    attempts: int = 4
    retries: int | None = None
    timeouts: Timeouts = Timeouts()
    batch_lines: int = 50_000
    batch_megabytes: int = 200
    background: bool = False

    @property
    def keyless(self) -> bool:
        return self.key == NO_KEY

    def name_of(self, model: str) -> str:
        """What the server calls a model."""
        return self.models.get(model, model)

    def body(self, body: Mapping[str, Json]) -> dict[str, Json]:
        """A request as this server takes it."""
        kept = {self.rename.get(name, name): value for name, value in body.items() if name not in self.drop}
        return kept | {"model": self.name_of(str(body.get("model", "")))}

    @property
    def simulated(self) -> bool:
        return is_simulated(self.origin)

    @property
    def loopback(self) -> bool:
        """Whether it is a plain server on this machine, to which no proxy leads."""
        parts = urlsplit(self.base_url)
        return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")

    def scrub(self, data: bytes, *, failed: bool) -> bytes:
        """`data` without the key. Of a failed response, whose message may quote part of a key, without anything
        that looks like one. A short key is a placeholder that a server without keys was given, maybe a word."""
        for secret in (self.key, *self.secrets):
            plain = secret.encode("utf-8")
            if len(plain) < _SHORTEST_SECRET:
                continue
            if secret.isascii() and not any(escape.search(data) for escape in _ESCAPES):
                data = data.replace(plain, b"[key]")  # quicker, and the same where nothing is escaped
            else:
                data = _any_spelling(secret).sub(b"[key]", data)
        return KEY_LIKE.sub(b"[key]", data) if failed else data

    def scrub_text(self, text: str) -> str:
        """`text` without the key and without anything that looks like one."""
        return self.scrub(text.encode("utf-8", "replace"), failed=True).decode("utf-8", "replace")


@lru_cache(maxsize=16)
def _any_spelling(secret: str) -> re.Pattern[bytes]:
    """The secret as it is, and with any of its characters escaped as JSON or an address does."""
    return re.compile(b"".join(map(_any_escape, secret)))


def _any_escape(letter: str) -> bytes:
    plain = letter.encode("utf-8")
    address = "".join(f"%{byte:02x}" for byte in plain).encode()
    return rb"(?:%s|\\{1,8}u(?i:%04x)|(?i:%s))" % (re.escape(plain), ord(letter), address)


def is_simulated(origin: str) -> bool:
    return origin.startswith("simulator@")


def openai_endpoint(environ: Mapping[str, str] | None = None) -> Endpoint:
    """OpenAI itself. Raises UsageError where there is no key."""
    return Endpoint("openai", OPENAI_URL, _key(environ))


def simulator_endpoint(url: str, origin: str) -> Endpoint:
    """The simulator at `url` (with or without `/v1`), which needs no key and never gets one."""
    parts = urlsplit(url)
    base = url.rstrip("/") + ("/v1" if parts.path in ("", "/") else "")
    return Endpoint(origin, base, SIMULATOR_KEY, background=True, timeouts=_STARTING)


_STARTING = Timeouts(connect=60.0)
"""It may just be starting, on a machine that others keep busy."""


def other_endpoint(base_url: str, environ: Mapping[str, str] | None = None) -> Endpoint:
    """A server that speaks OpenAI's wire format, asked without a key where none is set: it may need none, and says
    so where it does. Raises UsageError for an address that is none, and for a key that cannot be sent."""
    clean = clean_url(base_url)
    if clean == OPENAI_URL:
        return openai_endpoint(environ)
    given = (os.environ if environ is None else environ).get(KEY_VARIABLE, "").strip()
    return Endpoint(clean, clean, _key(environ) if given else NO_KEY)


def clean_url(base_url: str) -> str:
    """The address in one writing. Raises UsageError where it is none, or where it holds what may be a secret: an
    address names the origin of recordings and stands in reports."""
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("the base URL is not an http or https address", hint="write it like https://host/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        holds = "credentials" if parts.username is not None or parts.password is not None else "a query or fragment"
        raise UsageError(
            f"the base URL holds {holds}, which would end up in reports",
            hint=f"put the key into {KEY_VARIABLE} and leave it out of the address",
        )
    if KEY_LIKE.search(base_url.encode("utf-8", "replace")):
        raise UsageError("the base URL holds what looks like a key", hint=f"put the key into {KEY_VARIABLE}")
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), "", ""))


def _key(environ: Mapping[str, str] | None) -> str:
    return key_in(os.environ if environ is None else environ, KEY_VARIABLE)


def key_in(environ: Mapping[str, str], variable: str) -> str:
    """The key that a variable holds. Raises UsageError where there is none, or one that cannot be sent."""
    key = environ.get(variable, "").strip()
    if not key:
        raise UsageError(
            f"no key: {variable} is not set",
            hint=f"export {variable}=…, or use --provider simulator, which needs none",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(
            f"{variable} is no key: it has spaces or unprintable characters",
            hint="set it again without line breaks or quotes",
        )
    return key
