"""An assistant on another model: what that model refuses of its parameters is mended, and every change is said."""

from __future__ import annotations

from dataclasses import dataclass

from harness.assistants.bundle import make_bundle
from harness.assistants.types import AssistantBundle
from harness.base.known_models import known_model
from harness.base.types import Json

_SAMPLING = ("temperature", "top_p")


@dataclass(frozen=True, slots=True)
class Moved:
    """mended: a sentence for each parameter that had to change; none where nothing is known of the model."""

    bundle: AssistantBundle
    mended: tuple[str, ...]


def moved(bundle: AssistantBundle, model: str) -> Moved:
    """`bundle` on `model`: another assistant, with its own hashes, as near to what it was as the model allows.

    A temperature that a model takes only without reasoning stays, and reasoning is turned off: so the answer is made as
    it was. One that it never takes is left out.
    """
    parameters = dict(bundle.parameters)
    mended = [*_reasoning(model, parameters), *_sampling(model, parameters), *_tokens(model, parameters)]
    return Moved(
        make_bundle(
            name=bundle.name,
            description=bundle.description,
            model=model,
            parameters=parameters,
            instructions=bundle.instructions,
            output=bundle.output,
            schema=bundle.schema,
            asked_over=bundle.asked_over,
        ),
        tuple(f"mended for {model}: {each}" for each in mended),
    )


def _reasoning(model: str, parameters: dict[str, Json]) -> list[str]:
    known, given = known_model(model), parameters.get("reasoning")
    if known is None or known.efforts is None or not isinstance(given, dict):
        return []
    if not known.efforts:
        del parameters["reasoning"]
        return ["reasoning is left out (the model does not reason)"]
    effort = given.get("effort")
    if effort is None or effort in known.efforts:
        return []
    parameters["reasoning"] = {**given, "effort": known.default_effort or known.efforts[0]}
    return [f"reasoning effort {effort} → {parameters['reasoning']['effort']} (it accepts {', '.join(known.efforts)})"]


def _sampling(model: str, parameters: dict[str, Json]) -> list[str]:
    known, given = known_model(model), [name for name in _SAMPLING if name in parameters]
    if known is None or not given or known.temperature in ("any", "unknown"):
        return []
    reasoning = parameters.get("reasoning") or {}
    if known.temperature == "without_reasoning" and "none" in (known.efforts or ()):
        if (reasoning.get("effort") or known.default_effort) == "none":
            return []
        if reasoning.get("effort") is None:
            parameters["reasoning"] = {**reasoning, "effort": "none"}
            return [f"reasoning effort none (it takes {' and '.join(given)} only so)"]
    for name in given:
        del parameters[name]
    them = "them" if len(given) > 1 else "it"
    why = (
        f"refuses {them}" if known.efforts is not None else f"takes {them} only without reasoning, if it can do without"
    )
    return [f"{' and '.join(given)} left out (it {why})"]


def _tokens(model: str, parameters: dict[str, Json]) -> list[str]:
    known, asked = known_model(model), parameters.get("max_output_tokens")
    if known is None or known.max_output_tokens is None or not isinstance(asked, int):
        return []
    if asked <= known.max_output_tokens:
        return []
    parameters["max_output_tokens"] = known.max_output_tokens
    return [f"max_output_tokens {asked} → {known.max_output_tokens} (it writes no more)"]
