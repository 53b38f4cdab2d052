"""Endpoint profiles: what is known of a server by its name. Shipped ones in `endpoints.toml`, a project's own in
`[tool.cv-harness.endpoints.NAME]` of its pyproject.toml, which win key by key."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.models.endpoints import KEY_LIKE, NO_KEY, OPENAI_URL, Endpoint, Timeouts, clean_url, key_in

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_TAKEN = ("simulator", "declared")
_PLACEHOLDER = "YOUR-"
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_NEEDED = ("model", "input", "messages", "instructions")
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(gt=0, strict=True)]
_HEADER = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
_Sent = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")]
_Named = Annotated[str, Field(min_length=1)]
_SECRET = frozenset({"authorization", "proxy-authorization", "api-key", "x-api-key", "cookie"})
"""Headers whose value is one."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ProfileTimeouts(_Strict):
    """Seconds: until a connection stands, until the first byte (and between any two), for the whole answer."""

    connect: _Positive = 10.0
    first_byte: _Positive = 300.0
    whole: _Positive = 600.0


class Profile(_Strict):
    """One server. key: the variable that holds it, "" for a server without keys. headers, query: sent with every
    request; `${VARIABLE}` stands for the environment's. wire: of the assistant, where its bundle does not say. models:
    what this server calls a model, by the model's own name, which is that of prices, lint and shutdown dates. drop,
    rename: parameters that it does not take. A minute's requests and tokens: None for no limit of ours.
    attempts, retries: of one call, and again in a whole run. batch_lines, batch_megabytes: most of one batch.
    background: it keeps responses made in the background although every call says `store: false`."""

    base_url: str
    key: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = "OPENAI_API_KEY"
    headers: Mapping[Annotated[str, Field(pattern=_HEADER)], _Sent] = {}
    query: Mapping[_Named, _Sent] = {}
    wire: Literal["responses", "chat"] = "responses"
    models: Mapping[_Named, _Named] = {}
    drop: tuple[str, ...] = ()
    rename: Mapping[_Named, _Named] = {}
    requests_per_minute: _Count | None = None
    tokens_per_minute: _Count | None = None
    concurrency: _Count | None = None
    attempts: Annotated[_Count, Field(le=20)] = 4
    retries: Annotated[int, Field(ge=0, strict=True)] | None = None
    timeouts: ProfileTimeouts = ProfileTimeouts()
    batch_lines: Annotated[_Count, Field(le=50_000)] = 50_000
    batch_megabytes: Annotated[_Count, Field(le=200)] = 200
    background: bool = False


def profiles(project: Project | None = None) -> Mapping[str, Profile]:
    """Every profile by name. Raises InvalidFileError naming the place of what is wrong."""
    own = _own_tables(project)
    found = {}
    for name in dict.fromkeys((*_shipped(), *own)):
        path, place = (project.settings if project else Path("pyproject.toml")), f"[tool.cv-harness.endpoints.{name}]"
        if name in _TAKEN or not _NAME.fullmatch(name):
            raise InvalidFileError(path, place, "no name for a server", hint="lower-case letters, digits, . _ -")
        table = own.get(name, {})
        if not isinstance(table, dict):
            raise InvalidFileError(path, place, "expected a table")
        found[name] = _profile(path, place, name, {**_shipped().get(name, {}), **table})
    return found


def find_profile(name: str, project: Project | None = None) -> Profile:
    """The profile of that name. Raises UsageError naming those that there are, or what is left to fill in."""
    known = profiles(project)
    if name not in known:
        near = difflib.get_close_matches(name, (*known, "simulator"), n=1)
        hint = f"did you mean {near[0]}?" if near else f"simulator, {', '.join(known)}, or one of your own"
        raise UsageError(
            f"--provider {name}: no such endpoint", hint=f"{hint} ([tool.cv-harness.endpoints.{name}] makes one)"
        )
    return known[name]


def described(project: Project) -> dict[str, dict[str, str | bool]]:
    """Every server that is known by name, for a person: address, wire, the key's variable and whether it is set (not
    the key), and where it is described."""
    own = _own_tables(project)
    return {
        name: {
            "base_url": profile.base_url,
            "wire": profile.wire,
            "key": profile.key,
            "key_set": bool(os.environ.get(profile.key, "").strip()) if profile.key else False,
            "origin": project.settings.name + (", shipped" if name in _shipped() else "") if name in own else "shipped",
        }
        for name, profile in profiles(project).items()
    }


def endpoint_of(name: str, project: Project | None = None, environ: Mapping[str, str] | None = None) -> Endpoint:
    """The endpoint that a profile describes; its origin is the profile's name. Raises UsageError, also where the key or
    a variable of a header is not set."""
    return _endpoint(name, find_profile(name, project), os.environ if environ is None else environ)


def unasked(name: str, project: Project | None = None) -> Endpoint:
    """The same without its key: nothing can be asked of it, only what is known of it."""
    return _endpoint(name, find_profile(name, project), None)


def _endpoint(name: str, profile: Profile, environ: Mapping[str, str] | None) -> Endpoint:
    if _PLACEHOLDER in profile.base_url:
        raise UsageError(
            f"--provider {name}: its address is only an example: {profile.base_url}",
            hint=f'put [tool.cv-harness.endpoints.{name}] with base_url = "…" into pyproject.toml',
        )
    secrets: list[str] = []
    filled = {
        part: {key: _filled(value, environ, secrets) for key, value in table.items()}
        for part, table in (("headers", profile.headers), ("query", profile.query))
    }
    return Endpoint(
        origin=name,
        base_url=clean_url(profile.base_url),
        key=key_in(environ, profile.key) if profile.key and environ is not None else NO_KEY,
        key_variable=profile.key,
        headers=filled["headers"],
        query=filled["query"],
        secrets=tuple(secrets),
        wire=profile.wire,
        models=profile.models,
        drop=profile.drop,
        rename=profile.rename,
        requests_per_minute=profile.requests_per_minute,
        tokens_per_minute=profile.tokens_per_minute,
        concurrency=profile.concurrency,
        attempts=profile.attempts,
        retries=profile.retries,
        timeouts=Timeouts(
            connect=profile.timeouts.connect, read=profile.timeouts.first_byte, total=profile.timeouts.whole
        ),
        batch_lines=profile.batch_lines,
        batch_megabytes=profile.batch_megabytes,
        background=profile.background,
    )


def _filled(value: str, environ: Mapping[str, str] | None, secrets: list[str]) -> str:
    def fill(found: re.Match[str]) -> str:
        if environ is None:
            return ""
        given = environ.get(found[1], "")
        if not given:
            raise UsageError(
                f"{found[1]} is not set, and a header or query of the endpoint needs it", hint=f"export {found[1]}=…"
            )
        if not given.isascii() or not given.isprintable():
            raise UsageError(
                f"{found[1]} cannot be sent: it has unprintable characters", hint="set it again without line breaks"
            )
        secrets.append(given)
        return given

    return _VARIABLE.sub(fill, value)


def _profile(path: Path, place: str, name: str, table: Mapping[str, Any]) -> Profile:
    try:
        profile = Profile.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        near = difflib.get_close_matches(where, Profile.model_fields, n=1)
        hint = f"did you mean {near[0]}?" if near else f"keys are: {', '.join(Profile.model_fields)}"
        unknown = first["type"] == "extra_forbidden"
        raise InvalidFileError(
            path, f"{place} {where}", first["msg"], hint=hint if unknown else "docs/models.md says what each key takes"
        ) from None
    for name_of, value in (*profile.headers.items(), *profile.query.items()):
        secret = name_of.casefold() in _SECRET and not _VARIABLE.search(value)
        if secret or KEY_LIKE.search(value.encode("utf-8", "replace")):
            raise InvalidFileError(path, place, "holds what looks like a key", hint="write ${VARIABLE} in its place")
    needed = next((each for each in (*profile.drop, *profile.rename) if each in _NEEDED), "")
    if needed:
        raise InvalidFileError(
            path, place, f"no request goes without `{needed}`", hint="leave it out of drop and rename"
        )
    try:
        host = clean_url(profile.base_url)
    except UsageError as error:
        hint = error.hint if "http" in error.hint else "a query goes into `query`, a key into the variable of `key`"
        raise InvalidFileError(path, f"{place} base_url", error.message, hint=hint) from None
    if name == "openai" and host != OPENAI_URL:
        raise InvalidFileError(path, f"{place} base_url", "is not OpenAI's", hint="give this server a name of its own")
    if "store" in profile.drop and ("openai.com" in host or "azure.com" in host):
        raise InvalidFileError(
            path, f"{place} drop", "`store` is what keeps CVs from being kept there", hint="leave it in"
        )
    return profile


def _own_tables(project: Project | None) -> Mapping[str, Any]:
    if project is None or not project.settings.is_file():
        return {}
    try:
        table = tomllib.loads(project.settings.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidFileError(project.settings, "", f"no valid TOML: {error}") from error
    tool = table.get("tool", {})
    ours = tool.get("cv-harness", {}) if isinstance(tool, dict) else {}
    found = ours.get("endpoints", {}) if isinstance(ours, dict) else {}
    if not isinstance(found, dict):
        raise InvalidFileError(project.settings, "[tool.cv-harness.endpoints]", "expected a table for each server")
    return found


@cache
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("endpoints.toml").read_text(encoding="utf-8"))
