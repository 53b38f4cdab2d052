"""How one service is set up: a frozen value that travels to the worker processes through their environment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from harness.base.errors import InvalidFileError

VARIABLE = "CV_HARNESS_SERVICE"
"""Where worker processes find the settings."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. request: of an upload to the assistant's endpoint, fallback included. assistant: at most this much of
    it for the assistant. task: one process's work on a legacy task. shadow: the assistant beside legacy.
    drain: how long a stopping process waits for what is under way."""

    request: float = 120.0
    assistant: float = 60.0
    task: float = 900.0
    shadow: float = 90.0
    drain: float = 30.0


@dataclass(frozen=True, slots=True)
class FallbackRules:
    """breaker_failures of the last breaker_window assistant answers open the breaker for breaker_open_s seconds, then
    one probe decides. a_minute: fallbacks that all workers together may make in a minute."""

    enabled: bool = True
    breaker_window: int = 20
    breaker_failures: int = 10
    breaker_open_s: float = 30.0
    a_minute: int = 60


@dataclass(frozen=True, slots=True)
class ShadowRules:
    """rate: share of the uploads decided for shadow that are shadowed. control: share of those that get legacy a
    second time instead of the assistant (the noise floor). queue: waiting ones a process, beyond which they are
    dropped. at_once: running ones a process. dollars_a_day: of all workers together."""

    rate: float = 1.0
    control: float = 0.1
    queue: int = 32
    at_once: int = 2
    dollars_a_day: float = 10.0


@dataclass(frozen=True, slots=True)
class GuardRules:
    """Limits over the last window_s seconds, from `least` assistant requests on; over one of them the flag goes off."""

    enabled: bool = False
    window_s: float = 300.0
    least: int = 20
    error_rate: float = 0.05
    broken_rate: float = 0.05
    fallback_rate: float = 0.2
    p95_ms: float = 60_000.0


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days until tasks, and pairs with the text and answers a user consented to, are erased by the timer."""

    task_days: float = 30.0
    pair_days: float = 30.0
    every_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class ProbeRules:
    """every_s: seconds between times that a sample of consented uploads is probed; 0: never. sample: uploads a time,
    fewer where all of them would cost more than dollars_a_run, which is within what shadow.dollars_a_day leaves.
    relations: by name or family; none means those that an estimate of accuracy is made of. figures: the file in which
    the prober leaves its figures."""

    every_s: float = 0.0
    sample: int = 20
    relations: tuple[str, ...] = ()
    dollars_a_run: float = 1.0
    figures: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """database: SQLAlchemy URL. durable: where the durable-execution library keeps its rows (ids only). flags: the
    flagd file. tokens: `sha256 user tenant expires` entries, see `tokens`. origin, base_url: of the model.
    assistant: name or folder of a bundle, "" for the accepted one. project: root of the harness project.
    workers: processes of the service, which share the account's limits a minute.
    legacy_retired: the assistant answers everybody, whatever the flag says, and nobody answers in its place."""

    database: str
    durable: str
    flags: str
    origin: str
    base_url: str
    project: str
    assistant: str = ""
    tokens: tuple[str, ...] = field(default=(), repr=False)
    uploads_a_minute: int = 5
    upload_bytes: int = 2 * MEGABYTE
    keep_uploads: bool = False
    legacy_retired: bool = False
    kinds: tuple[str, ...] = ("pdf", "docx", "doc")
    model_requests: int = 16
    model_attempts: int = 3
    workers: int = 1
    readers: int = 2
    dead_after_s: float = 10.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str = ""
    deadlines: Deadlines = field(default_factory=Deadlines)
    fallback: FallbackRules = field(default_factory=FallbackRules)
    shadow: ShadowRules = field(default_factory=ShadowRules)
    guard: GuardRules = field(default_factory=GuardRules)
    retention: RetentionRules = field(default_factory=RetentionRules)
    probes: ProbeRules = field(default_factory=ProbeRules)

    @property
    def sqlite(self) -> bool:
        return self.database.startswith("sqlite")


_ADAPTER: TypeAdapter[ServiceSettings] = TypeAdapter(ServiceSettings)


def to_environment(settings: ServiceSettings) -> dict[str, str]:
    """The variable that carries the settings to a worker process."""
    return {VARIABLE: _ADAPTER.dump_json(settings).decode()}


def read_further(settings: ServiceSettings, path: Path) -> ServiceSettings:
    """`settings` with what a JSON file says beside them (`{"shadow": {"queue": 64}}`). Raises InvalidFileError."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        whole = json.loads(_ADAPTER.dump_json(settings))
        for name, value in given.items():
            if name not in whole:
                raise ValueError(f"unknown setting {name!r}")
            unknown = set(value) - set(whole[name]) if isinstance(whole[name], dict) else ()
            if unknown:
                raise ValueError(f"unknown setting {name}.{sorted(unknown)[0]}")
            whole[name] = whole[name] | value if isinstance(whole[name], dict) else value
        return _ADAPTER.validate_python(whole)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidFileError(path, ".".join(map(str, first["loc"])), first["msg"]) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InvalidFileError(path, "", str(error), hint="JSON of settings by name; see docs/service.md") from None


def from_environment() -> ServiceSettings:
    """The settings this worker process was started with. Raises KeyError where it was not started by `serve`."""
    return _ADAPTER.validate_json(os.environ[VARIABLE])
