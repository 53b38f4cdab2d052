"""What servers list of their models, as it was last asked: `models.toml` in the project, written by `cv-harness doctor
--update-catalogue`. A list says ids and days; what a model refuses is in the harness's own table, what it costs in the
price tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harness.base.errors import InvalidFileError
from harness.base.files import write_whole
from harness.base.known_models import known_model
from harness.base.project import Project

FILE = "models.toml"
_LONGEST_ID, _MOST = 200, 5_000
_HEAD = """\
# Models that servers list, by `cv-harness doctor --provider NAME --update-catalogue`. Commit it. An id says nothing of
# a price: one that neither genai-prices nor harness/models/prices.toml knows is unpriced.
# seen: the first day on which it was listed; gone: the first on which it was not any more; shutdown: as announced.
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as a server lists it. gone: since when it does not."""

    seen: date
    shutdown: date | None = None
    gone: date | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new list changed: ids that were not there before, that are gone since, and that came back."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class List:
    """One server's list, and the day on which it was asked for."""

    checked: date
    models: Mapping[str, Listed]


def listed_models(project: Project, origin: str) -> Mapping[str, Listed]:
    """The models that a server listed when it was last asked; none where it never was. Raises InvalidFileError."""
    found = read_lists(project).get(origin)
    return found.models if found is not None else {}


def shutdown_of(model: str, listed: Mapping[str, Listed]) -> date | None:
    """When a model is shut down: as its server says, else as the harness's own table does; None where neither does."""
    there, known = listed.get(model), known_model(model)
    said = there.shutdown if there is not None else None
    return said or (known.shutdown if known is not None else None)


def read_lists(project: Project) -> dict[str, List]:
    """Every server's list, by origin. Raises InvalidFileError."""
    path = project.root / FILE
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("servers", {})
        return {origin: _list(entry) for origin, entry in table.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidFileError(path, "", f"no list of models: {error}", hint="delete it, and ask again") from error


def _list(entry: Mapping[str, Any]) -> List:
    models = {
        name: Listed(**{key: _day(value) for key, value in each.items()}) for name, each in entry["models"].items()
    }
    return List(_day(entry["checked"]), models)


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is no day")
    return value


def update(project: Project, origin: str, there: Iterable[tuple[str, str]], today: date) -> Changes:
    """Write what `origin` lists today: ids, and the day on which each is shut down as the server says it ("" where it
    does not; then the day that was known is kept). What it lists no more stays, marked with the day."""
    lists = read_lists(project)
    before = lists[origin].models if origin in lists else {}
    now = dict(_readable(there))
    models = {
        name: replace(
            before.get(name, Listed(today)), gone=None, shutdown=ends or before.get(name, Listed(today)).shutdown
        )
        for name, ends in now.items()
    }
    gone = {name: replace(one, gone=one.gone or today) for name, one in before.items() if name not in now}
    lists[origin] = List(today, {**models, **gone})
    write_whole(project.root / FILE, _toml(lists))
    return Changes(
        new=tuple(sorted(now.keys() - before.keys())),
        gone=tuple(sorted(name for name in gone if before[name].gone is None)),
        back=tuple(sorted(name for name in now if name in before and before[name].gone is not None)),
        kept=sum(1 for name, ends in now.items() if not ends and models[name].shutdown is not None),
    )


def _readable(there: Iterable[tuple[str, str]]) -> Iterable[tuple[str, date | None]]:
    """Ids that can be an id, with their day; a server may say anything."""
    for name, ends in list(there)[:_MOST]:
        if not name or len(name) > _LONGEST_ID or not name.isprintable() or not name.isascii():
            continue
        try:
            yield name, date.fromisoformat(ends[:10]) if ends else None
        except ValueError:
            yield name, None


def _toml(lists: Mapping[str, List]) -> str:
    lines = [_HEAD]
    for origin, found in sorted(lists.items()):
        lines += [f"[servers.{json.dumps(origin)}]", f"checked = {found.checked}", ""]
        for name, one in sorted(found.models.items()):
            days = {"seen": one.seen, "shutdown": one.shutdown, "gone": one.gone}
            lines.append(f"[servers.{json.dumps(origin)}.models.{json.dumps(name)}]")
            lines += [*(f"{key} = {day}" for key, day in days.items() if day is not None), ""]
    return "\n".join(lines)
