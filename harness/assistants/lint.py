"""What is wrong, or soon will be, with an assistant, before anything is paid for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from harness.assistants.bundle import Parameters, load_bundle
from harness.assistants.sentences import sentences
from harness.assistants.strict_subset import outside_subset
from harness.assistants.types import AssistantBundle
from harness.base.errors import InvalidFileError
from harness.base.known_models import KnownModel, known_model
from harness.base.listed_models import Listed, shutdown_of

_NO_LIST: Mapping[str, Listed] = MappingProxyType({})
SOON_DAYS = 60
"""A shutdown so near is a warning: a new model has to be tried, decided on and rolled out before it."""

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """error: the assistant will not work; warning: it works, but look. place: which part of the bundle."""

    severity: Severity
    code: str
    place: str
    message: str
    hint: str


def lint(bundle: AssistantBundle, today: date, listed: Mapping[str, Listed] = _NO_LIST) -> tuple[Finding, ...]:
    """Findings about a bundle, errors first. listed: what its server lists (`harness.base.listed_models`)."""
    found = [
        *_model(bundle, today, listed.get(bundle.model)),
        *_parameters(bundle),
        *_output(bundle),
        *_instructions(bundle),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity != "error"))


def lint_folder(folder: Path, today: date) -> tuple[Finding, ...]:
    """Findings about the bundle in `folder`; a file that does not load is one."""
    try:
        bundle = load_bundle(folder)
    except InvalidFileError as error:
        if re.split(r"[ .]", error.place)[-1] in ("prompt", "prompt_id"):
            return (_hosted_prompt(error.place),)
        return (Finding("error", "file", f"{error.path} {error.place}".strip(), error.problem, error.hint),)
    return lint(bundle, today)


def _hosted_prompt(place: str) -> Finding:
    return Finding(
        "error",
        "hosted-prompt",
        place,
        "reusable prompts of OpenAI are shut down on 2026-11-30",
        "write the text into instructions.md and leave `prompt` out",
    )


def _model(bundle: AssistantBundle, today: date, listed: Listed | None) -> Iterator[Finding]:
    known = known_model(bundle.model)
    if listed is not None and listed.gone is not None:
        gone = f"the server listed `{bundle.model}` no more on {listed.gone}"
        yield Finding("warning", "not-listed", "model", gone, "`cv-harness doctor` shows what it has")
    ends = shutdown_of(bundle.model, {bundle.model: listed} if listed is not None else {})
    if known is None and listed is not None:
        yield Finding(
            "warning",
            "unknown-model",
            "model",
            f"`{bundle.model}` is listed since {listed.seen}, and what it refuses is not known",
            "what it refuses shows at its first call; add what you know to harness/base/models.toml",
        )
    elif known is None:
        yield Finding(
            "warning",
            "unknown-model",
            "model",
            f"nothing is known about `{bundle.model}`: neither its shutdown nor what it refuses",
            "check the name; add what you know to harness/base/models.toml",
        )
    elif known.unknown:
        yield Finding(
            "warning",
            "little-known",
            "model",
            f"of `{bundle.model}` is not known {', '.join(known.unknown)}",
            "what it refuses shows at its first call; add what you know to harness/base/models.toml",
        )
    if ends is not None:
        instead = f"try {known.replacement}" if known is not None and known.replacement else "try another model"
        days = (ends - today).days
        if days <= 0:
            gone = f"`{bundle.model}` was shut down on {ends}"
            yield Finding("error", "model-shut-down", "model", gone, instead)
        elif days < SOON_DAYS:
            soon = f"`{bundle.model}` is shut down on {ends}, in {days} days"
            yield Finding("warning", "model-shuts-down-soon", "model", soon, f"{instead} in good time")


def _parameters(bundle: AssistantBundle) -> Iterator[Finding]:
    for name in bundle.parameters:
        if name == "prompt":
            yield _hosted_prompt("parameters.prompt")
        elif name not in Parameters.model_fields:
            known = ", ".join(Parameters.model_fields)
            message = f"unknown parameter `{name}`"
            yield Finding("error", "unknown-parameter", f"parameters.{name}", message, f"known: {known}")
    model = known_model(bundle.model)
    if model is not None:
        yield from _refused(bundle, model)


def _refused(bundle: AssistantBundle, model: KnownModel) -> Iterator[Finding]:
    """Parameters that the model is known to answer with a 400."""
    reasoning = bundle.parameters.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
    if reasoning is not None and model.efforts == ():
        yield Finding(
            "error", "no-reasoning", "parameters.reasoning", f"`{bundle.model}` does not reason", "leave it out"
        )
    elif effort is not None and model.efforts is not None and effort not in model.efforts:
        message = f"`{bundle.model}` does not accept reasoning effort `{effort}`"
        fix = "one of: " + ", ".join(model.efforts)
        yield Finding("error", "effort", "parameters.reasoning.effort", message, fix)
    for name in ("temperature", "top_p"):
        if name not in bundle.parameters:
            continue
        place = f"parameters.{name}"
        if model.temperature == "never":
            yield Finding("error", "sampling", place, f"`{bundle.model}` refuses {name}", f"leave {name} out")
        elif model.temperature == "without_reasoning" and (effort or model.default_effort) != "none":
            message = f'`{bundle.model}` takes {name} only with reasoning effort "none"'
            fix = f'leave {name} out, or set reasoning = {{ effort = "none" }}'
            yield Finding("error", "sampling", place, message, fix)
    asked = bundle.parameters.get("max_output_tokens")
    place = "parameters.max_output_tokens"
    if asked is None:
        message = "no bound on the answer: a runaway answer is paid for to its end"
        most = f", at most {model.max_output_tokens}" if model.max_output_tokens is not None else ""
        yield Finding("warning", "unbounded", place, message, f"set it{most}")
    elif model.max_output_tokens is not None and asked > model.max_output_tokens:
        message = f"`{bundle.model}` writes at most {model.max_output_tokens} tokens"
        yield Finding("error", "too-many-tokens", place, message, f"set {model.max_output_tokens} or less")


def _output(bundle: AssistantBundle) -> Iterator[Finding]:
    if bundle.output == "json_schema":
        for pointer, reason in outside_subset(bundle.schema):
            place = f"schema {pointer or '/'}"
            yield Finding("error", "strict-subset", place, reason, "strict structured outputs refuse it; change it")
    elif bundle.output == "json_object" and "json" not in bundle.instructions.lower():
        message = "JSON mode refuses a request that does not say JSON"
        yield Finding("error", "json-word", "instructions", message, 'write "Return one JSON object."')
    elif bundle.output == "text":
        message = "nothing makes the model answer in JSON"
        yield Finding("warning", "no-format", "output", message, 'set output = "json_schema"')


def _instructions(bundle: AssistantBundle) -> Iterator[Finding]:
    seen: set[str] = set()
    for sentence in sentences(bundle.instructions):
        if sentence in seen:
            yield Finding("warning", "repeated", "instructions", f"said twice: {sentence}", "delete one of them")
        seen.add(sentence)
