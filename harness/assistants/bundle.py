"""Assistant bundles: a folder with `assistant.toml`, its instructions and, if it wants one, its own schema.

Loading refuses what it does not know, so that a misspelt parameter never silently changes an assistant.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from harness.assistants._toml import load_toml, read_text
from harness.assistants.types import AssistantBundle, OutputMode
from harness.base.canonical import digest, pretty
from harness.base.errors import InvalidFileError, UsageError
from harness.base.given import json_of
from harness.base.project import Project
from harness.base.types import Json

BUNDLE_FILE = "assistant.toml"
DEFAULT_BUNDLE = "cv-parser-pro"
CONTRACT = "contract"
"""The value of `schema` that means the contract itself."""

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Reasoning(_Strict):
    """How much a reasoning model thinks before it answers."""

    effort: Effort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class Parameters(_Strict):
    """What may be set beside model and instructions: the request keys of `responses.create` that make sense for
    one answer without tools. `verbosity` goes into `text`."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    reasoning: Reasoning | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class BundleFile(_Strict):
    """`assistant.toml`."""

    name: Annotated[str, Field(min_length=1, max_length=256)]
    description: str = ""
    model: Annotated[str, Field(min_length=1)]
    output: OutputMode = "json_schema"
    wire: Literal["", "responses", "chat"] = ""
    schema_: Annotated[str, Field(alias="schema")] = CONTRACT
    instructions: str = "instructions.md"
    parameters: Parameters = Parameters()

    @field_validator("schema_", "instructions")
    @classmethod
    def _beside(cls, value: str) -> str:
        if Path(value).name != value or value in ("", ".", ".."):
            raise ValueError("the name of a file in the bundle's own folder, without a path")
        return value


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A bundle and where it is. slug: the folder's name."""

    slug: str
    path: Path
    bundle: AssistantBundle


def make_bundle(
    *,
    name: str,
    description: str,
    model: str,
    parameters: dict[str, Json],
    instructions: str,
    output: OutputMode,
    schema: Json,
    asked_over: Literal["", "responses", "chat"] = "",
) -> AssistantBundle:
    """A bundle with its two digests computed.

    Surrounding blank lines of the instructions are not part of it. `wire` leaves out name and description, and
    the schema where it is not sent.
    """
    instructions = instructions.strip()
    sent: dict[str, Json] = {
        "model": model,
        "parameters": parameters,
        "instructions": instructions,
        "output": output,
        "schema": schema if output == "json_schema" else None,
        **({"wire": asked_over} if asked_over else {}),  # said by few: what the others were stays what it is
    }
    whole = {**sent, "schema": schema, "name": name, "description": description}
    return AssistantBundle(
        name=name,
        description=description,
        model=model,
        parameters=parameters,
        instructions=instructions,
        output=output,
        schema=schema,
        version=digest(whole),
        wire=digest(sent),
        asked_over=asked_over,
    )


def load_bundle(folder: Path | str) -> AssistantBundle:
    """The bundle in `folder`. Raises InvalidFileError naming file, place and fix."""
    folder = Path(folder)
    file = load_toml(folder / BUNDLE_FILE, BundleFile)
    path = folder / file.instructions
    instructions = read_text(_inside(folder, path))
    if not instructions.strip():
        raise InvalidFileError(path, "", "the instructions are empty", hint="write at least one sentence")
    return make_bundle(
        name=file.name,
        description=file.description,
        model=file.model,
        parameters=_plain(file.parameters),
        instructions=instructions,
        output=file.output,
        schema=_schema(folder, file.schema_),
        asked_over=file.wire,
    )


def instructions_file(folder: Path) -> Path:
    """The file that holds the instructions of the bundle in `folder`. Raises InvalidFileError."""
    return folder / load_toml(folder / BUNDLE_FILE, BundleFile).instructions


def save_bundle(bundle: AssistantBundle, folder: Path) -> None:
    """Write `bundle` as a folder that loads as the same version, with its schema as a file, so that a later
    contract does not change it. The folder is made; files already in it are overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / BUNDLE_FILE).write_text(as_toml(bundle), encoding="utf-8")
    (folder / "instructions.md").write_text(bundle.instructions + "\n", encoding="utf-8")
    (folder / "schema.json").write_text(pretty(bundle.schema), encoding="utf-8")


def list_bundles(project: Project) -> tuple[BundleEntry, ...]:
    """Every bundle of the project, by slug. A broken one raises, as loading it would."""
    root = project.assistants
    folders = sorted(file.parent for file in root.glob(f"*/{BUNDLE_FILE}")) if root.is_dir() else []
    return tuple(BundleEntry(folder.name, folder, load_bundle(folder)) for folder in folders)


def find_bundle(project: Project, name_or_path: str = DEFAULT_BUNDLE) -> BundleEntry:
    """The bundle named by its slug, by the name in its file, or by the path of its folder or `assistant.toml`.

    A slug of the project wins over a path. Raises UsageError naming what there is.
    """
    folder = bundle_folder(project, name_or_path)
    if folder is not None:
        return BundleEntry(folder.resolve().name, folder, load_bundle(folder))
    entries = list_bundles(project)
    named = [entry for entry in entries if entry.bundle.name == name_or_path]
    if len(named) == 1:
        return named[0]
    known = ", ".join(entry.slug for entry in entries) or "none"
    raise UsageError(
        f"no assistant `{name_or_path}`: neither a bundle of this project nor a folder with {BUNDLE_FILE}",
        hint=f"bundles here: {known}",
    )


def bundle_folder(project: Project, name_or_path: str) -> Path | None:
    """The folder of the bundle with that slug or path, whether it loads or not; None where there is none."""
    slug = project.assistants / name_or_path
    if name_or_path == Path(name_or_path).name and (slug / BUNDLE_FILE).is_file():
        return slug
    path = Path(name_or_path)
    folder = path.parent if path.name == BUNDLE_FILE else path
    return folder if (folder / BUNDLE_FILE).is_file() else None


def _plain(parameters: Parameters) -> dict[str, Json]:
    """What the file sets, in the file's terms; 0.0 becomes 0, so that equal numbers are equal digests."""
    return {key: _number(value) for key, value in parameters.model_dump(exclude_none=True).items()}


def _number(value: Json) -> Json:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _inside(folder: Path, path: Path) -> Path:
    """`path` of a bundle, which goes to a model and into reports. Raises InvalidFileError where it is not in the
    folder or in a bundle beside it: a link may lead to a key."""
    home = folder.resolve().parent
    if not path.resolve().is_relative_to(home):
        raise InvalidFileError(path, "", f"leads out of {home}", hint="copy the file there: links may lead anywhere")
    return path


def _schema(folder: Path, named: str) -> Json:
    if named == CONTRACT:
        from harness.contract.schema import strict_schema

        return strict_schema()
    path = folder / named
    schema = json_of(path, read_text(_inside(folder, path)))
    if not isinstance(schema, dict):
        raise InvalidFileError(path, "", "a JSON Schema is an object", hint='start with {"type": "object", …}')
    return schema


def as_toml(bundle: AssistantBundle) -> str:
    """`assistant.toml` of a bundle; a JSON string, number or array of them is TOML as it stands."""
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in (
            ("name", bundle.name),
            ("description", bundle.description),
            ("model", bundle.model),
            ("instructions", "instructions.md"),
            ("output", bundle.output),
            ("wire", bundle.asked_over),
            ("schema", "schema.json"),
        )
        if value or key != "wire"
    ]
    plain = {key: value for key, value in bundle.parameters.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in bundle.parameters.items() if isinstance(value, dict)}
    for title, table in (("parameters", plain), *((f"parameters.{key}", value) for key, value in tables.items())):
        lines += ["", f"[{title}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"
