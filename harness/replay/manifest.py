"""A run's manifest: made when it starts, kept in the run store, read again by whoever compares runs."""

from __future__ import annotations

import json
import platform
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import harness
from harness.assistants.types import AssistantBundle
from harness.base.canonical import pretty
from harness.base.errors import InvalidFileError
from harness.base.project import Project
from harness.base.types import Json
from harness.contract.schema import contract_digest
from harness.models.prices import price_table_version
from harness.replay import settings
from harness.replay.types import Arm, DocHashes, Manifest, NewRun

VERSION = 1
RUN_ID = re.compile(r"\d{8}-\d{6}-(?:\d{3}-)?[0-9a-f]{4}")
"""Older runs have no milliseconds."""
PENDING = "pending"
"""Outcome of a document whose text has not been read yet."""

_PACKAGES = (
    "bpe-openai",
    "genai-prices",
    "jsonschema",
    "numpy",
    "openai",
    "pandas",
    "phonenumbers",
    "pydantic",
    "pypdf",
    "pypdfium2",
    "python-docx",
    "rapidfuzz",
    "scipy",
)
_HASHES = {field.name: None for field in fields(DocHashes)}.keys()
_OPTIONAL = frozenset({"text", "golden"})
_SECRET = re.compile(r"\b(sk|pk|Bearer)[-_ ][A-Za-z0-9._-]{8,}")


def new_manifest(project: Project, new: NewRun, now: datetime) -> Manifest:
    """The manifest of a run that starts `now` (UTC).

    Texts are not read yet; the run store adds what they were. Keys in the command are blotted out.
    """
    commit, dirty = git_state(project.root)
    return Manifest(
        run_id=new_run_id(now, _newest(project)),
        started=now.isoformat(timespec="seconds"),
        finished=None,
        status="running",
        arms=new.arms,
        documents={
            document.id: DocHashes(document.sha256, None, PENDING, new.goldens.get(document.id))
            for document in new.documents
        },
        selection=dict(new.selection),
        contract=contract_digest(),
        scorer=new.scorer,
        prices=price_table_version(),
        seed=new.seed,
        commit=commit,
        dirty=dirty,
        packages=package_versions(),
        command=tuple(_SECRET.sub("***", word) for word in new.command),
        harness=harness.__version__,
        concurrency=new.concurrency,
        settings=new.settings,
    )


def new_run_id(now: datetime, newest: str = "") -> str:
    """An id that sorts by when its run began, to the millisecond: `20261122-130501-412-ab12`.

    newest: the newest id that is there, "" for none; the new one sorts after it also where the clock says the same.
    """
    while newest.startswith(f"{now:%Y%m%d-%H%M%S}-") and _moment(now) <= newest[: len(_moment(now))]:
        now += timedelta(milliseconds=1)
    return f"{_moment(now)}-{secrets.token_hex(2)}"


def _moment(now: datetime) -> str:
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}"


def _newest(project: Project) -> str:
    there = project.runs.iterdir() if project.runs.is_dir() else ()
    return max((folder.name for folder in there if RUN_ID.fullmatch(folder.name)), default="")


def git_state(root: Path) -> tuple[str, bool]:
    """The commit that is checked out and whether tracked files differ from it; ("", False) without git."""
    commit = _git(root, "rev-parse", "HEAD")
    return commit, bool(commit and _git(root, "status", "--porcelain", "--untracked-files=no"))


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""  # no git, or none that answers: the manifest says "" for the commit
    return done.stdout.strip() if done.returncode == 0 else ""


@cache
def package_versions() -> Mapping[str, str]:
    """Versions of Python and of the packages that can move a figure; those that are not installed are left out."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def to_json(manifest: Manifest) -> str:
    """The manifest as the JSON that `manifest_schema` describes."""
    value: dict[str, Json] = {"format": "cv-harness manifest", "version": VERSION} | asdict(
        replace(manifest, documents={})
    )
    value["documents"] = {name: _hashes_to_json(hashes) for name, hashes in manifest.documents.items()}
    value["arms"] = [_arm_to_json(arm) for arm in manifest.arms]
    value["settings"] = settings.to_json(manifest.settings)
    return pretty(value)


def with_status(text: str, manifest: Manifest) -> str:
    """`to_json` of a manifest of which only status and end are other than in `text`, which `to_json` wrote: of a large
    run it is long."""
    for name, value in (("status", manifest.status), ("finished", manifest.finished)):
        text, many = re.subn(
            rf'^( +"{name}": )(?:null|"[^"]*")(,?)$',
            lambda found, value=value: f"{found[1]}{json.dumps(value, ensure_ascii=False)}{found[2]}",  # type: ignore[misc]
            text,
            flags=re.MULTILINE,
        )
        if many != 1:
            return to_json(manifest)
    return text


def _hashes_to_json(hashes: DocHashes) -> dict[str, Json]:
    return {name: getattr(hashes, name) for name in _HASHES}


def from_json(text: str, path: Path) -> Manifest:
    """Inverse of `to_json`. Raises InvalidFileError naming `path` and the place where the schema is broken."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidFileError(path, "manifest", f"not JSON: {error}") from None
    _check(value, path)
    return _made_of(value)


def as_stored(manifest: Manifest) -> Manifest:
    """What `to_json` writes of it, as it is read again: it keeps to the schema by the types it was made of. Hashes come
    back as they are, and of a large run there are many."""
    whole = _made_of(json.loads(to_json(replace(manifest, documents={}))))
    return replace(whole, documents=dict(manifest.documents))


def _made_of(value: dict[str, Any]) -> Manifest:
    del value["format"], value["version"]
    return Manifest(
        **value
        | {
            "arms": tuple(_arm_from_json(arm) for arm in value["arms"]),
            "documents": {name: _hashes_from_json(hashes) for name, hashes in value["documents"].items()},
            "command": tuple(value["command"]),
            "settings": settings.from_json(value["settings"]),
        }
    )


def _hashes_from_json(value: dict[str, Any]) -> DocHashes:
    """Most documents have the same outcome and reader, and share them."""
    return DocHashes(**value | {"outcome": sys.intern(value["outcome"]), "reader": sys.intern(value["reader"])})


def _check(value: Json, path: Path) -> None:
    from jsonschema import Draft202012Validator

    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise InvalidFileError(
            path,
            "manifest",
            f"version {version}, this cv-harness reads up to {VERSION}",
            hint="open it with the cv-harness version that wrote it, or a newer one",
        )
    documents = value.get("documents") if isinstance(value, dict) else None
    if isinstance(documents, dict) and all(map(_are_hashes, documents.values())):
        value = value | {"documents": {}}  # checked already, and quicker where there are thousands
    error = next(iter(Draft202012Validator(manifest_schema()).iter_errors(value)), None)
    if error is not None:
        raise InvalidFileError(path, f"manifest{error.json_path.removeprefix('$')}", error.message)


def _are_hashes(value: Json) -> bool:
    """Whether the schema's part for one document holds."""
    if not isinstance(value, dict) or value.keys() != _HASHES:
        return False
    return all(isinstance(text, str) or (text is None and name in _OPTIONAL) for name, text in value.items())


def _arm_to_json(arm: Arm) -> dict[str, Json]:
    return {
        "id": arm.id,
        "pipeline": arm.pipeline,
        "bundle": None if arm.bundle is None else asdict(arm.bundle),
        "model": arm.model,
        "origin": arm.origin,
        "draws": [arm.draws.start, arm.draws.stop],
        "policy": arm.policy,
    }


def _arm_from_json(value: dict[str, Any]) -> Arm:
    bundle = value["bundle"]
    return Arm(
        **value
        | {
            "bundle": None if bundle is None else AssistantBundle(**bundle),
            "draws": range(*value["draws"]),
        }
    )


def _object(properties: dict[str, Json], *, optional: Iterable[str] = ()) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in set(optional)],
        "additionalProperties": False,
    }


@cache
def manifest_schema() -> Json:
    """JSON Schema (2020-12) of the manifest."""
    text, flag, count = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}
    texts = {"type": "object", "additionalProperties": text}
    maybe_text = {"type": ["string", "null"]}
    bundle = _object(
        {
            "name": text,
            "description": text,
            "model": text,
            "parameters": {"type": "object"},
            "instructions": text,
            "output": {"enum": ["json_schema", "json_object", "text"]},
            "schema": True,
            "version": text,
            "wire": text,
            "asked_over": {"enum": ["", "responses", "chat"]},
        },
        optional=("asked_over",),  # of runs from before there was a choice
    )
    arm = _object(
        {
            "id": {"type": "string", "minLength": 1},
            "pipeline": text,
            "bundle": {"anyOf": [{"type": "null"}, bundle]},
            "model": text,
            "origin": text,
            "draws": {"type": "array", "prefixItems": [count, count], "minItems": 2, "maxItems": 2},
            "policy": {"enum": ["call", "record_first", "replay_only", "as_recorded"]},
        }
    )
    hashes = _object({"file": text, "text": maybe_text, "outcome": text, "golden": maybe_text, "reader": text})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Manifest of a run",
        **_object(
            {
                "format": {"const": "cv-harness manifest"},
                "version": {"const": VERSION},
                "run_id": {"type": "string", "minLength": 1},
                "started": text,
                "finished": maybe_text,
                "status": {"enum": ["running", "complete", "interrupted"]},
                "arms": {"type": "array", "items": arm},
                "documents": {"type": "object", "additionalProperties": hashes},
                "selection": {"type": "object"},
                "contract": text,
                "scorer": text,
                "prices": text,
                "seed": {"type": "integer"},
                "commit": text,
                "dirty": flag,
                "packages": texts,
                "command": {"type": "array", "items": text},
                "harness": text,
                "concurrency": count,
                "settings": settings.SCHEMA,
            }
        ),
    }
