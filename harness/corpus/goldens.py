"""Goldens: the expected contract object of each document, read with suspicion and written for diffs.

A golden file is `goldens/<document id>.json` = `{"cv", "provenance", "accept", "ambiguous"}`: the contract object,
where it comes from, further values that are also right by path, and the paths that stay out of critical gates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.base.canonical import pretty, sha256
from harness.base.errors import InvalidFileError
from harness.base.files import as_in_git, write_whole
from harness.base.given import content, json_of
from harness.base.project import Project
from harness.base.types import Json
from harness.contract.check import compile_checker
from harness.contract.schema import contract_schema
from harness.corpus.types import Golden, Provenance

_KEYS = ("cv", "provenance", "accept", "ambiguous")
_PROVENANCE = ("origin", "created", "by", "history", "reviewed")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(rf"(?:(?:{_MONTHS}) )?[0-9]{{4}}")
_DATE_KEYS = frozenset({"start_date", "end_date", "date", "year", "expiry"})
_STEP = re.compile(r"([A-Za-z_]+)((?:\[[0-9]+\])*)")


def golden_path(project: Project, document_id: str) -> Path:
    return project.goldens / f"{document_id}.json"


def load_golden(path: Path, contract: str | None = None) -> Golden:
    """The golden in `path`; its document id is the file's name. contract: the JSON Schema of those beside it, where it
    was read already.

    Raises InvalidFileError, which names the file, the place in it and the fix, for a missing file, bad JSON,
    unknown keys, a `cv` that breaks the contract, a date in another form than the contract's, ids that are not
    unique, and `accept` or `ambiguous` paths that lead nowhere.
    """
    data, raw = _read(path)
    for key in data:
        if key not in _KEYS:
            raise InvalidFileError(path, key, "unknown key", hint=f"known: {', '.join(_KEYS)}")
    if "cv" not in data:
        raise InvalidFileError(path, "", "the 'cv' is missing", hint='write {"cv": {contract object}, ...}')
    _check_cv(path, data["cv"], _contract_text(path) if contract is None else contract)
    return _golden(path, data, raw)


def same_golden(path: Path, expected: str) -> Golden:
    """The golden in `path`, which was checked before when its SHA-256 was `expected`. Raises InvalidFileError where it
    is another one by now."""
    data, raw = _read(path)
    if sha256(raw) != expected:
        raise InvalidFileError(path, "", "it changed while it was judged by", hint="judge the run again")
    return _golden(path, data, raw)


def _golden(path: Path, data: dict[str, Any], raw: bytes) -> Golden:
    provenance, reviewed = _provenance(path, data.get("provenance"))
    return Golden(
        document_id=path.stem,
        cv=data["cv"],
        provenance=provenance,
        accept=_accept(path, data["cv"], data.get("accept", {})),
        ambiguous=_ambiguous(path, data["cv"], data.get("ambiguous", [])),
        reviewed=reviewed,
        sha256=sha256(raw),
    )


def load_goldens(project: Project, ids: Iterable[str]) -> dict[str, Golden]:
    """The goldens of the documents `ids`, by id. Raises InvalidFileError for the first that is missing or wrong."""
    return {document_id: load_golden(golden_path(project, document_id)) for document_id in ids}


class Goldens(Mapping[str, Golden]):
    """Reviewed goldens by document id, each checked when it is taken in. A corpus that is no larger than most is held;
    of a larger one each golden is read again where it is asked for, and is refused where it is another one by then."""

    HELD = 2000
    """So many are held, about 20 kB each."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._hashes: dict[str, str] = {}
        self._held: dict[str, Golden] = {}
        self._contract: str | None = None

    def take_in(self, document_id: str, checked: str | None = None) -> bool:
        """Whether there is a reviewed golden of the document, which is one of these from now on. checked: the SHA-256
        of one of very many that was found to be that already. Raises InvalidFileError where it is wrong."""
        if checked is not None:
            self._held.clear()
            self._hashes[document_id] = checked
            return True
        path = golden_path(self._project, document_id)
        if not path.is_file():
            return False
        if self._contract is None:
            self._contract = _contract_text(path)
        golden = load_golden(path, self._contract)
        if not golden.reviewed:
            return False
        self._hashes[document_id] = golden.sha256
        if len(self._hashes) <= self.HELD:
            self._held[document_id] = golden
        else:
            self._held.clear()
        return True

    @property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of each, as it was taken in."""
        return self._hashes

    def __getitem__(self, document_id: str) -> Golden:
        if (held := self._held.get(document_id)) is not None:
            return held
        return same_golden(golden_path(self._project, document_id), self._hashes[document_id])

    def where(self, document_id: str) -> tuple[str, str] | None:
        """The file and its SHA-256, for another process; None where there is no golden."""
        expected = self._hashes.get(document_id)
        return None if expected is None else (str(golden_path(self._project, document_id)), expected)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._hashes

    def __iter__(self) -> Iterator[str]:
        return iter(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes)


def hashes_of(goldens: Mapping[str, Golden]) -> Mapping[str, str]:
    """SHA-256 of each golden, without reading any again."""
    if isinstance(goldens, Goldens):
        return goldens.hashes
    return {document_id: golden.sha256 for document_id, golden in goldens.items()}


def write_golden(project: Project, golden: Golden) -> Path:
    """Write a golden where `load_golden` finds it, after the same checks. Returns the file's path."""
    path = golden_path(project, golden.document_id)
    _check_cv(path, golden.cv, _contract_text(path))
    provenance: dict[str, Json] = {"origin": golden.provenance.origin, "created": golden.provenance.created}
    if golden.provenance.by:
        provenance["by"] = golden.provenance.by
    if not golden.reviewed:
        provenance["reviewed"] = False
    if golden.provenance.history:
        provenance["history"] = [dict(line) for line in golden.provenance.history]
    accept = {place: list(values) for place, values in sorted(golden.accept.items())}
    _accept(path, golden.cv, accept)
    ambiguous = sorted(golden.ambiguous)
    _ambiguous(path, golden.cv, ambiguous)
    data = {"cv": golden.cv, "provenance": provenance, "accept": accept, "ambiguous": ambiguous}
    with as_in_git(path):
        write_whole(path, pretty(data))
    return path


def leaves(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """The non-empty texts of a contract object with their paths (`work_experience[0].title`), ids left out."""
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "id":
                yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}[{number}]")


def value_at(cv: Json, path: str) -> Json:
    """What a contract object holds at `path`. Raises KeyError where the path leads nowhere."""
    value = cv
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        if match is None or not isinstance(value, Mapping) or match[1] not in value:
            raise KeyError(path)
        value = value[match[1]]
        for number in re.findall(r"[0-9]+", match[2]):
            if not isinstance(value, list) or int(number) >= len(value):
                raise KeyError(path)
            value = value[int(number)]
    return value


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        raw = content(path)
        data = json_of(path, raw.decode("utf-8"))
    except FileNotFoundError:
        raise InvalidFileError(
            path, "", "no golden for this document", hint="write one, for example with `cv-harness golden add`"
        ) from None
    except UnicodeDecodeError as error:
        raise InvalidFileError(path, f"byte {error.start}", "not UTF-8", hint="save it as UTF-8") from None
    if not isinstance(data, dict):
        raise InvalidFileError(path, "", "not an object", hint=f"a golden has the keys {', '.join(_KEYS)}")
    return data, raw


@lru_cache(maxsize=4)
def _validator(schema_text: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_text))


@lru_cache(maxsize=4)
def _holds(schema_text: str) -> Callable[[Any], bool]:
    """Whether a value keeps the schema, in microseconds; False also where only `jsonschema` can tell."""
    try:
        return compile_checker(json.loads(schema_text))
    except (ValueError, KeyError):
        return lambda _value: False


def _contract_text(path: Path) -> str:
    beside = path.with_name("cv.schema.json")
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    return json.dumps(contract_schema())


def _check_cv(path: Path, cv: Json, schema: str) -> None:
    errors = [] if _holds(schema)(cv) else sorted(_validator(schema).iter_errors(cv), key=_place_of)
    if errors:
        place = "cv" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in errors[0].absolute_path)
        more = f"; {len(errors) - 1} more" if len(errors) > 1 else ""
        raise InvalidFileError(
            path, place, f"breaks the contract: {errors[0].message}{more}", hint="correct it as cv.schema.json says"
        )
    seen: set[str] = set()
    for section in ("work_experience", "education", "projects", "certifications", "training"):
        for number, entry in enumerate(cv[section]):
            place = f"cv.{section}[{number}]"
            if entry["id"] in seen:
                raise InvalidFileError(path, place, f"id {entry['id']!r} occurs twice", hint="make it unique")
            seen.add(entry["id"])
            for key in _DATE_KEYS & entry.keys():
                text = entry[key]
                if text and not (text == "Present" and key in ("end_date", "date")) and not _DATE.fullmatch(text):
                    raise InvalidFileError(
                        path, f"{place}.{key}", f"{text!r} is no contract date", hint="write Jan 2021, 2021 or Present"
                    )


def _place_of(error: Any) -> list[str]:
    return list(map(str, error.path))


def _provenance(path: Path, data: Json) -> tuple[Provenance, bool]:
    if not isinstance(data, dict) or not isinstance(data.get("origin"), str) or not data["origin"]:
        raise InvalidFileError(
            path, "provenance", "says not where the golden comes from", hint='write {"origin": "person", ...}'
        )
    for key in data:
        if key not in _PROVENANCE:
            raise InvalidFileError(path, f"provenance.{key}", "unknown key", hint=f"known: {', '.join(_PROVENANCE)}")
    history = data.get("history", [])
    if not isinstance(history, list) or not all(isinstance(line, dict) for line in history):
        raise InvalidFileError(path, "provenance.history", "not a list of objects", hint="one object a change")
    found = Provenance(
        origin=data["origin"], created=str(data.get("created", "")), by=str(data.get("by", "")), history=tuple(history)
    )
    return found, data.get("reviewed", True) is not False


def _accept(path: Path, cv: Json, data: Json) -> dict[str, tuple[Json, ...]]:
    if not isinstance(data, dict):
        raise InvalidFileError(path, "accept", "not an object", hint='write {"skills[0]": ["alternative"]}')
    for place, values in data.items():
        if not isinstance(values, list) or not values:
            raise InvalidFileError(path, f"accept.{place}", "not a list of alternatives", hint="list them")
        _exists(path, cv, f"accept.{place}", place)
    return {place: tuple(values) for place, values in data.items()}


def _ambiguous(path: Path, cv: Json, data: Json) -> frozenset[str]:
    if not isinstance(data, list) or not all(isinstance(place, str) for place in data):
        raise InvalidFileError(path, "ambiguous", "not a list of paths", hint='write ["work_experience[0].title"]')
    for number, place in enumerate(data):
        _exists(path, cv, f"ambiguous[{number}]", place)
    return frozenset(data)


def _exists(path: Path, cv: Json, place: str, target: str) -> None:
    try:
        value_at(cv, target)
    except KeyError:
        raise InvalidFileError(
            path, place, f"the path {target!r} leads nowhere", hint="paths look like work_experience[0].company"
        ) from None
