"""How a run was asked for: what its manifest keeps beside arms, documents and seeds, so that it can be judged and
resumed as it was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from harness.base.types import Json

Way: TypeAlias = Literal["", "batch", "background", "background-2h", "background-8h"]
"""How a model is asked: call by call, in batches, or in the background, within so many hours."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """origin: of the answers. provider: simulator, or the name of an endpoint. profile: of the gates. fresh: no
    recordings for any arm. sequential: planned looks, in people. repeat: draws; None where an older run does not say.
    legacy_wire, accepted: hashes of the legacy prompts and of the accepted assistant. unreviewed: documents whose
    golden did not count. cvs, answers: absolute paths of what was judged in place of the corpus. recorded: which
    answers become recordings, "" where an older run does not say: all of them in the committed packs, those of every
    arm on this machine, or the references' alone. probes: the relations that the run was probed with, none for a plain
    run. way: of asking."""

    origin: str = ""
    provider: str = "simulator"
    base_url: str = ""
    profile: str = "ci"
    reader: Literal["common", "product"] = "common"
    fresh: bool = False
    sequential: tuple[int, ...] = ()
    repeat: int | None = None
    legacy_wire: str | None = None
    accepted: str | None = None
    unreviewed: tuple[str, ...] = ()
    cvs: str | None = None
    answers: str | None = None
    recorded: Literal["", "committed", "every arm", "references"] = ""
    probes: tuple[str, ...] = ()
    way: Way = ""


_LISTS = frozenset({"sequential", "unreviewed", "probes"})
_TEXT: Json = {"type": "string"}
_MAYBE_TEXT: Json = {"type": ["string", "null"]}

SCHEMA: Json = {
    "type": "object",
    "properties": {
        "origin": _TEXT,
        "provider": _TEXT,
        "base_url": _TEXT,
        "profile": _TEXT,
        "reader": {"enum": ["common", "product"]},
        "fresh": {"type": "boolean"},
        "sequential": {"type": "array", "items": {"type": "integer"}},
        "repeat": {"type": ["integer", "null"]},
        "legacy_wire": _MAYBE_TEXT,
        "accepted": _MAYBE_TEXT,
        "unreviewed": {"type": "array", "items": _TEXT},
        "cvs": _MAYBE_TEXT,
        "answers": _MAYBE_TEXT,
        "recorded": {"enum": ["", "committed", "every arm", "references"]},
        "probes": {"type": "array", "items": _TEXT},
        "way": {"enum": list(get_args(Way))},
    },
}
"""JSON Schema of the settings in a manifest. What a newer version adds is passed over, what an older one did not say
has its default: both can still be read."""


def to_json(settings: RunSettings) -> dict[str, Json]:
    """As the manifest and summary.json hold them, by name."""
    found = asdict(settings)
    return {name: list(found[name]) if name in _LISTS else found[name] for name in sorted(found)}


def from_json(given: Mapping[str, Any]) -> RunSettings:
    """Inverse of `to_json`, for what `SCHEMA` allows."""
    known = {each.name: given[each.name] for each in fields(RunSettings) if each.name in given}
    return RunSettings(**known | {name: tuple(known[name]) for name in _LISTS & known.keys()})
