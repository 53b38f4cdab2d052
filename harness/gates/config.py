"""Every constant of the decision, in one validated place.

A gate is configured by name, or by `name@against` (`tokens@legacy`) where one comparison differs from the rest.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from harness.base.errors import UsageError
from harness.base.types import Json, Source
from harness.gates.catalogue import GATES
from harness.gates.constants import AGAINST, SCOPES, Constants, LegacyMode, Profile, Rule
from harness.gates.types import Level


def _defaults(profile: Profile) -> dict[str, Rule]:
    rules = {name: Rule(gate.level_in(profile), gate.default, gate.sources) for name, gate in GATES.items()}
    for name, gate in GATES.items():
        for against, changes in gate.overrides.items():
            rules[f"{name}@{against}"] = replace(rules[name], **changes)
    return rules


@dataclass(frozen=True, slots=True)
class GateConfig(Constants):
    """One decision's constants, read and checked. Build with `for_profile` or `from_mapping`."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: _defaults("ci"))

    @classmethod
    def for_profile(cls, profile: Profile) -> GateConfig:
        if profile == "ci":
            return cls()
        return cls(profile="release", requires=frozenset(SCOPES), rules=_defaults("release"), ship_personas=59)

    @classmethod
    def from_mapping(cls, given: Mapping[str, Json], place: str = "gates") -> GateConfig:
        """The configuration that a settings table describes, on top of its profile's defaults.

        Raises UsageError naming the key, what is wrong, and the nearest key that exists.
        """
        profile = given.get("profile", "ci")
        if profile not in get_args(Profile):
            raise _refuse(f"{place}.profile", f"{profile!r} is no profile", "use ci or release")
        config = cls.for_profile(profile)
        rules = dict(config.rules)
        changes: dict[str, Any] = {}
        for key, value in sorted(given.items(), key=lambda item: "@" in item[0]):  # a gate before its comparisons
            if key == "profile":
                continue
            name, _, against = key.partition("@")
            if name in GATES and (not against or against in AGAINST):
                rules[key] = _rule(rules.get(key, rules[name]), name, value, f"{place}.{key}")
            elif key in _SCALARS:
                changes[key] = _scalar(key, value, f"{place}.{key}")
            else:
                near = difflib.get_close_matches(key, [*GATES, *_SCALARS, "profile"], n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"gates are {', '.join(GATES)}"
                raise _refuse(f"{place}.{key}", "unknown key", hint)
        for key in [name for name in given if name in GATES and isinstance(given[name], Mapping)]:
            for against in AGAINST:  # a change of the gate's level holds for its comparisons too
                override = f"{key}@{against}"
                if override in rules and override not in given and "level" in given[key]:
                    rules[override] = replace(rules[override], level=rules[key].level)
        return replace(config, rules=rules, **changes)

    def describe(self) -> tuple[tuple[str, str, str], ...]:
        """(key, value, meaning) of each constant, for `cv-harness config`."""
        rows: list[tuple[str, str, str]] = [("profile", self.profile, "ci or release")]
        for name, (_, meaning) in _SCALARS.items():
            rows.append((name, _show(getattr(self, name)), meaning))
        for name, rule in self.rules.items():
            gate = GATES[name.split("@")[0]]
            rows.append((f"{name}.level", rule.level, "deciding, or advisory: shown, without a say"))
            rows.append((f"{name}.{gate.key}", f"{rule.threshold:g}", gate.meaning))
            rows.append((f"{name}.sources", _show(rule.sources), "sources whose figures count"))
        return tuple(rows)


_SCALARS: Mapping[str, tuple[tuple[float, float] | None, str]] = {
    "legacy": (None, "active, advisory or retired"),
    "requires": (None, "scopes without which nothing ships"),
    "ship_personas": ((20, 100_000), "fewer people than this never ship"),
    "confidence": ((0.5, 0.9999), "confidence of each one-sided bound"),
    "alpha": ((0.0001, 0.2), "family-wise level of the exact tests"),
    "effect": ((0.0, 1.0), "smallest share of CVs by which an exact test may fail"),
    "min_affected": ((1, 1000), "fewest changed CVs for an exact test to fail"),
    "confirm_draws": ((2, 100), "answers that confirm an event when all show it"),
    "unconfirmed": ((0.0, 0.2), "level at which an assistant's own noise, or a rate, does not explain a count"),
    "parts": ((0.0, 0.2), "level, over all fields and over all slices, at which one of them holds"),
    "parts_doubt": ((0.0, 0.5), "the same at which one keeps the edit waiting"),
    "net_margin": ((0.001, 1.0), "net rate of people who got worse that a passing count must exclude"),
    "net_margin_most": ((0.001, 1.0), "the same where people change both ways as two equal assistants would"),
    "lean": ((0.0, 0.2), "level at which people who changed both ways lean one way"),
    "surprise": ((0.0, 0.2), "level at which confirmed people are more than those who got better let expect"),
    "one_way": ((1, 1000), "people worse in single answers, and nobody better, that are asked again"),
    "unanswered": ((0.0, 1.0), "share of people without a usable answer over which nothing ships"),
    "drop": ((0.0, 1.0), "a catastrophe drops F1 by more than this"),
    "drop_sds": ((1.0, 20.0), "and by more than this many robust standard deviations"),
    "sd_floor": ((0.0, 1.0), "smallest standard deviation believed"),
    "resamples": ((999, 1_000_000), "bootstrap resamples and random sign flips"),
    "seed": ((0, 2**32), "seed of all resampling"),
    "looks": (None, "planned numbers of CVs, equally spaced, in sequential mode"),
    "poll_ms": ((0.0, 600_000.0), "the page's polling interval, for the waiting-time claims"),
    "upload_ms": ((0.0, 600_000.0), "upload time added to both pipelines in the waiting-time claims"),
}

_WHOLE = {"ship_personas", "min_affected", "confirm_draws", "one_way", "resamples", "seed"}


def _refuse(place: str, problem: str, hint: str) -> UsageError:
    return UsageError(f"{place}: {problem}", hint=hint)


def _number(value: Json, low: float, high: float, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _refuse(place, f"{value!r} is not a number from {low:g} to {high:g}", "correct the value")
    return value


def _strings(value: Json, allowed: tuple[str, ...], place: str) -> frozenset[str]:
    if not isinstance(value, list | tuple) or any(item not in allowed for item in value):
        raise _refuse(place, f"{value!r} is not a list of {', '.join(allowed)}", "correct the list")
    return frozenset(value)


def _scalar(key: str, value: Json, place: str) -> Any:
    if key == "legacy":
        if value not in get_args(LegacyMode):
            raise _refuse(place, f"{value!r} is no mode", "use active, advisory or retired")
        return value
    if key == "requires":
        return _strings(value, SCOPES, place)
    if key == "looks":
        if not isinstance(value, list | tuple) or not all(isinstance(n, int) and n > 0 for n in value):
            raise _refuse(place, f"{value!r} is not a list of numbers of CVs", 'for example "20, 40, 60"')
        steps = {b - a for a, b in zip((0, *value), value, strict=False)}
        if len(steps) > 1 or any(step <= 0 for step in steps):
            raise _refuse(place, f"{list(value)} is not equally spaced", "for example [20, 40, 60]")
        return tuple(value)
    bounds = _SCALARS[key][0]
    assert bounds is not None
    number = _number(value, *bounds, place)
    if key in _WHOLE:
        if number != int(number):
            raise _refuse(place, f"{value!r} is not a whole number", "correct the value")
        return int(number)
    return float(number)


def _rule(rule: Rule, name: str, value: Json, place: str) -> Rule:
    if not isinstance(value, Mapping):
        raise _refuse(place, "is not a table", f"for example {{ {GATES[name].key} = {GATES[name].default:g} }}")
    changes: dict[str, Any] = {}
    for key, item in value.items():
        if key == "level":
            if item not in get_args(Level):
                raise _refuse(f"{place}.level", f"{item!r} is no level", "use deciding or advisory")
            changes["level"] = item
        elif key == GATES[name].key:
            changes["threshold"] = float(_number(item, 0.0, GATES[name].high, f"{place}.{key}"))
        elif key == "sources":
            changes["sources"] = _strings(item, get_args(Source), f"{place}.sources")
        else:
            raise _refuse(f"{place}.{key}", "unknown key", f"use level, {GATES[name].key} or sources")
    return replace(rule, **changes)


def _show(value: object) -> str:
    if isinstance(value, frozenset | tuple):
        items = value if isinstance(value, tuple) else sorted(value, key=str)
        return ", ".join(str(item) for item in items) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
