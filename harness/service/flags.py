"""Which way an upload goes: the flag, in flagd's file format, evaluated through OpenFeature.

The file is watched here and not by flagd's own watcher, because a kill switch must also work where an *older* file is
copied into its place (that watcher compares times only), and because a file that parses but means nothing must not
replace the last good state either.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from openfeature import api
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import OpenFeatureError
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata

from harness.base.canonical import pretty, sha256
from harness.base.errors import InvalidFileError
from harness.base.files import write_whole
from harness.service.tokens import Identity

FLAG = "cv-import"
SHARE = "cv-import-share"
"""The evaluator in the file that holds the percentage; rules for users and tenants stand before it."""

Way: TypeAlias = Literal["legacy", "shadow", "assistant"]
WAYS: tuple[Way, ...] = ("legacy", "shadow", "assistant")
Stage: TypeAlias = Literal["off", "shadow", "5", "25", "50", "100"]
STAGES: tuple[Stage, ...] = ("off", "shadow", "5", "25", "50", "100")

CHECK_S = 0.25
"""Seconds between two looks at the file; the kill switch is in effect within a second."""

_TRIALS = tuple(f"trial-{number}" for number in range(64))


@dataclass(frozen=True, slots=True)
class Decision:
    """Which way, and why: travels with the request. reason: OpenFeature's, in lower case. flags: digest of the file's
    content that decided."""

    way: Way
    reason: str
    flags: str


class _Provider(AbstractProvider):
    """flagd's evaluation of one set of flags, as an OpenFeature provider."""

    def __init__(self) -> None:
        super().__init__()
        self.core = FlagdCore()

    def get_metadata(self) -> Metadata:
        return Metadata("flagd file")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        return self.core.resolve_boolean_value(flag_key, default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        return self.core.resolve_string_value(flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        return self.core.resolve_integer_value(flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        return self.core.resolve_float_value(flag_key, default_value, evaluation_context)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Any,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        return self.core.resolve_object_value(flag_key, default_value, evaluation_context)


class Flags:
    """The flag file of one process. problem: why the file as it stands is not in effect, "" while it is. off: nobody
    gets the assistant, not even beside legacy."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidFileError where there is no usable state to start from."""
        self.path = path
        self.problem = ""
        self.digest = ""
        self.off = False
        self._seen: tuple[int, ...] | None = None
        self._provider = _Provider()
        self._domain = f"cv-import-{uuid.uuid4().hex}"
        self.refresh()
        if self.problem:
            raise InvalidFileError(path, "", self.problem, hint="correct it, or remove it to start with the flag off")
        api.set_provider_and_wait(self._provider, self._domain)
        self._client = api.get_client(self._domain)

    def refresh(self) -> bool:
        """Look at the file; True where its effect changed or it became broken or whole."""
        before = (self.digest, self.problem)
        try:
            state = os.stat(self.path)
            seen = (state.st_mtime_ns, state.st_size, state.st_ino, state.st_ctime_ns)
            if seen == self._seen:
                return False
            content = self.path.read_bytes()
            flags = checked(content)
            self.off = flags["flags"][FLAG]["state"] == "DISABLED"
            self._provider.core.set_flags(flags)
            self._seen, self.digest, self.problem = seen, sha256(content)[:12], ""
        except OSError as error:
            self._seen, self.problem = None, f"cannot be read: {error.strerror}"
        except ValueError as error:
            self._seen, self.problem = seen, str(error)
        return before != (self.digest, self.problem)

    def decide(self, identity: Identity) -> Decision:
        """The way of this user's upload; legacy where the flag is off or cannot be evaluated."""
        context = EvaluationContext(identity.user, {"tenant": identity.tenant})
        details = self._client.get_string_details(FLAG, "legacy", context)
        way: Way = next((each for each in WAYS if each == details.value), "legacy")
        return Decision(way, str(details.error_code or details.reason or "unknown").lower(), self.digest)


def checked(content: bytes) -> dict[str, Any]:
    """The flags in a file's bytes. Raises ValueError saying what is wrong, also where they parse and mean nothing."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    flag = data.get("flags", {}).get(FLAG) if isinstance(data, dict) and isinstance(data.get("flags"), dict) else None
    if not isinstance(flag, dict):
        raise ValueError(f"there is no flag {FLAG!r} in it")
    variants = flag.get("variants")
    if not isinstance(variants, dict) or not variants or not set(map(str, variants.values())) <= set(WAYS):
        raise ValueError(f"the variants of {FLAG!r} must be {', '.join(WAYS)}")
    for shares in (*_fractions(flag), *_fractions(data.get("$evaluators"))):
        _check_shares(shares, variants)
    core = FlagdCore()
    try:
        core.set_flags(json.loads(content))
        for user in _TRIALS if flag.get("state") == "ENABLED" else ():
            found = core.resolve_string_value(FLAG, "", EvaluationContext(user, {"tenant": "default"}))
            if found.value not in WAYS:
                raise ValueError(f"{FLAG!r} gives {found.value!r}, and no default variant")
    except (OpenFeatureError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"not as flagd reads it: {getattr(error, 'error_message', None) or error}") from None
    return dict(data)


def _fractions(node: Any) -> Iterator[Any]:
    """The arguments of every `fractional` in a rule."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "fractional":
                yield value
            yield from _fractions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _fractions(value)


def _check_shares(shares: Any, variants: Mapping[str, Any]) -> None:
    """flagd passes over a share that it cannot read, and everybody gets the default. Raises ValueError."""
    if not isinstance(shares, list) or not shares:
        raise ValueError("`fractional` must be a list of shares")
    for share in shares if isinstance(shares[0], list) else shares[1:]:
        known = isinstance(share, list) and 1 <= len(share) <= 2 and share[0] in variants
        if not known or not all(type(weight) is int and weight >= 0 for weight in share[1:]):
            raise ValueError(f"no share of a variant: {json.dumps(share)}")


def default_flags(stage: Stage = "off") -> dict[str, Any]:
    """A new flag file: everybody by the share, and nobody by name."""
    return _at_stage(
        {
            "$schema": "https://flagd.dev/schema/v0/flags.json",
            "flags": {
                FLAG: {
                    "state": "ENABLED",
                    "variants": {way: way for way in WAYS},
                    "defaultVariant": "legacy",
                    "targeting": {"$ref": SHARE},
                }
            },
        },
        stage,
    )


def write_stage(path: Path, stage: Stage) -> None:
    """Bring the file to a stage; rules for users and tenants stay. off: nobody, whatever the rules say.

    The file is replaced in one step, so that no service reads half of it. A broken file stands in nobody's way to
    `off`: it is kept beside the new one. Raises InvalidFileError where another stage is asked of a broken file.
    """
    content = path.read_bytes() if path.exists() else None
    try:
        data = default_flags(stage) if content is None else _at_stage(checked(content), stage)
    except ValueError as error:
        if stage != "off" or content is None:
            raise InvalidFileError(path, "", str(error), hint="correct it first") from None
        write_whole(path.with_name(f"{path.name}.broken"), content)
        data = default_flags("off")
    write_whole(path, pretty(data))


def stage_of(data: Mapping[str, Any]) -> str:
    """The stage of a file's content; "other" where its share was written by hand."""
    if data["flags"][FLAG].get("state") == "DISABLED":
        return "off"
    share = data.get("$evaluators", {}).get(SHARE)
    return next((stage for stage in STAGES[1:] if share == _share(stage)), "other")


def _at_stage(data: dict[str, Any], stage: Stage) -> dict[str, Any]:
    """On the way to a stage nothing but the state and the share changes."""
    flag = data["flags"][FLAG]
    if stage == "off":
        flag = flag | {"state": "DISABLED"}
        share = data.get("$evaluators", {}).get(SHARE, _share("shadow"))
    else:
        flag, share = flag | {"state": "ENABLED"}, _share(stage)
    return data | {
        "flags": data["flags"] | {FLAG: flag},
        "$evaluators": data.get("$evaluators", {}) | {SHARE: share},
    }


def _share(stage: Stage) -> dict[str, Any]:
    """The assistant's bucket comes first and starts at 0, so that it only grows."""
    percent = 0 if stage in ("off", "shadow") else int(stage)
    shares = [["assistant", percent], ["shadow", 100 - percent]]
    return {"fractional": [share for share in shares if share[1]]}
