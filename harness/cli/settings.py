"""Settings: flag > environment (`CV_HARNESS_*`) > `[tool.cv-harness]` in the project's pyproject.toml > default.

Each value keeps where it came from (`cv-harness config` shows it); unknown keys are refused with the nearest name.
"""

from __future__ import annotations

import difflib
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from harness.base import given
from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project

PREFIX = "CV_HARNESS_"
_NOT_SETTINGS = frozenset(
    {
        "CV_HARNESS_PROJECT", "CV_HARNESS_CACHE",
        "CV_HARNESS_SERVICE", "CV_HARNESS_SERVICE_TOKEN", "CV_HARNESS_SERVICE_TOKENS", "CV_HARNESS_DATABASE",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run takes from configuration. `gates` is handed to the gates room, which checks it itself."""

    provider: str = field(default="simulator", metadata={"help": "simulator, openai, or another endpoint by name"})
    base_url: str = field(default="", metadata={"help": "another server that speaks OpenAI's wire format"})
    model: str = field(default="", metadata={"help": "model in place of the candidate bundle's own"})
    assistant: str = field(default="cv-parser-pro", metadata={"help": "bundle that is the candidate"})
    repeat: int = field(
        default=3,
        metadata={"help": "how often each CV is asked, in each arm; 1 is a quick look that cannot SHIP often"},
    )
    concurrency: int = field(default=8, metadata={"help": "calls in flight at most"})
    seed: int = field(default=7, metadata={"help": "seeds the simulator, the order of calls and the statistics"})
    profile: str = field(default="ci", metadata={"help": "ci | release: what a SHIP must have measured"})
    legacy: str = field(
        default="active", metadata={"help": "active | advisory (no say) | retired (no say, never asked)"}
    )
    phone_region: str = field(default="GB", metadata={"help": "country of phone numbers without a prefix"})
    monthly_volume: int = field(default=0, metadata={"help": "CVs a month, for the cost forecast; 0: none is made"})
    max_cost: float = field(default=5.0, metadata={"help": "US dollars that a run may cost before it asks for more"})
    confirm_above: float = field(
        default=1.0, metadata={"help": "US dollars above which a run shows its estimate and asks, on a terminal"}
    )
    keep_runs: int = field(default=30, metadata={"help": "runs kept in reports/runs; older ones may be pruned"})
    gates: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "[tool.cv-harness.gates]: see docs/gating.md"}
    )


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings with the origin of each value: "default", "pyproject.toml", "$CV_HARNESS_X" or "--flag"."""

    settings: Settings
    origins: Mapping[str, str]


def resolve(project: Project, flags: Mapping[str, Any] | None = None) -> Resolved:
    """The settings in force. `flags`: options given on the command line, None where not given.

    Raises InvalidFileError or UsageError naming the place of an unknown key or a value of the wrong type.
    """
    known = {spec.name: spec for spec in fields(Settings)}
    values: dict[str, Any] = {}
    origins = dict.fromkeys(known, "default")

    for key, value in _file_table(project).items():
        if key == "endpoints":
            continue  # the servers' own tables: harness/models/profiles.py
        name = key.replace("-", "_")
        place = f"[tool.cv-harness] {key}"
        if name not in known:
            raise InvalidFileError(project.settings, place, "unknown setting", hint=_nearest(name, known))
        values[name] = _typed(
            name, value, lambda problem, place=place: InvalidFileError(project.settings, place, problem)
        )
        origins[name] = project.settings.name
    _check_gates(project, values.get("gates", {}))

    for variable, text in os.environ.items():
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known or name == "gates":
            raise UsageError(f"${variable} is no setting", hint=_nearest(name, known))
        values[name] = _typed(name, text, lambda problem, variable=variable: UsageError(f"${variable}: {problem}"))
        origins[name] = f"${variable}"

    for name, value in (flags or {}).items():
        if value is not None:
            values[name] = _typed(name, value, lambda problem, name=name: UsageError(f"--{name}: {problem}"))
            origins[name] = "--" + name.replace("_", "-")

    settings = Settings(**values)
    _check(settings, origins)
    return Resolved(settings, origins)


def _check_gates(project: Project, gates: Mapping[str, Any]) -> None:
    """Raise InvalidFileError for what is a setting of its own, and would be said twice in the gates' table."""
    for name in ("legacy", "profile"):
        if name in gates:
            raise InvalidFileError(
                project.settings,
                f"[tool.cv-harness.gates] {name}",
                "is no setting of the gates",
                hint=f'set it one level up: {name} = "…" in [tool.cv-harness]',
            )


def _file_table(project: Project) -> Mapping[str, Any]:
    if not project.settings.is_file():
        return {}
    try:
        table = tomllib.loads(given.text(project.settings))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidFileError(project.settings, "", f"no valid TOML: {error}") from error
    tools = table.get("tool", {})
    tool = tools.get("cv-harness", {}) if isinstance(tools, dict) else None
    if not isinstance(tool, dict):
        raise InvalidFileError(project.settings, "[tool.cv-harness]", "expected a table")
    return tool


def _typed(name: str, value: Any, complain: Any) -> Any:
    default = getattr(Settings(), name)
    if name == "gates":
        if isinstance(value, Mapping):
            return value
        raise complain("expected a table")
    kind = type(default)
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            raise complain(f"expected a number, got {value!r}") from None
    raise complain(f"expected {'a text' if kind is str else 'a number'}, got {value!r}")


def _check(settings: Settings, origins: Mapping[str, str]) -> None:
    choices = {
        "profile": ("ci", "release"),
        "legacy": ("active", "advisory", "retired"),
    }
    for name, allowed in choices.items():
        value = getattr(settings, name)
        if value not in allowed:
            raise UsageError(f"{name} ({origins[name]}): {value!r} is none of {', '.join(allowed)}")
    for name in ("max_cost", "confirm_above"):
        if not math.isfinite(getattr(settings, name)):
            raise UsageError(f"{name} ({origins[name]}): {getattr(settings, name)} is no amount of money")
    least = {"repeat": 1, "concurrency": 1, "monthly_volume": 0, "keep_runs": 1, "max_cost": 0, "confirm_above": 0}
    for name, bound in least.items():
        if getattr(settings, name) < bound:
            raise UsageError(f"{name} ({origins[name]}): must be at least {bound}")


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {found[0]}?" if found else f"settings are: {', '.join(known)}"
