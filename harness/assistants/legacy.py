"""The prompts of the two-pass pipeline: one for the metadata of a CV, one for the description of each role."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.assistants._toml import load_toml, read_text
from harness.base.canonical import digest
from harness.base.errors import InvalidFileError
from harness.base.given import json_of
from harness.base.project import Project
from harness.base.types import Json

LEGACY_FILE = "legacy.toml"
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class _Parameters(_Strict):
    temperature: Annotated[float, Field(ge=0, le=2)]
    max_tokens: Annotated[int, Field(ge=1)]


class _Pass(_Strict):
    prompt: str
    schema_: Annotated[str, Field(alias="schema")]
    parameters: _Parameters


class _LegacyFile(_Strict):
    model: Annotated[str, Field(min_length=1)]
    metadata: _Pass
    description: _Pass


@dataclass(frozen=True, slots=True)
class LegacyPrompts:
    """metadata, description: the prompts with their placeholders. parameters, schemas: by pass ("metadata",
    "description"). The schemas say what each pass is asked for; they are not sent. wire: digest of all that is.
    """

    model: str
    metadata: str
    description: str
    parameters: Mapping[str, Mapping[str, Json]]
    schemas: Mapping[str, Json]
    wire: str

    def metadata_prompt(self, cv_text: str) -> str:
        """The message of the first pass."""
        return render(self.metadata, {"cv_text": cv_text})

    def description_prompt(self, role: Mapping[str, Json], cv_text: str) -> str:
        """The message of one call of the second pass: the role's metadata as JSON and the whole CV again."""
        return render(self.description, {"role": json.dumps(role, ensure_ascii=False, indent=2), "cv_text": cv_text})


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced, in one pass: braces inside a value stay what they are.

    Raises KeyError for a placeholder without a value.
    """
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def load_legacy_prompts(project: Project | None = None) -> LegacyPrompts:
    """The prompts of the project where it has its own, else those of the package.

    Raises InvalidFileError naming file, place and fix.
    """
    own = project.assistants / "legacy" if project is not None else None
    return load_legacy(own if own and (own / LEGACY_FILE).is_file() else Path(__file__).parent / "legacy")


def load_legacy(folder: Path) -> LegacyPrompts:
    """The prompts in `folder`."""
    file = load_toml(folder / LEGACY_FILE, _LegacyFile)
    metadata = _prompt(folder / file.metadata.prompt, {"cv_text"})
    description = _prompt(folder / file.description.prompt, {"role", "cv_text"})
    parameters = {
        "metadata": file.metadata.parameters.model_dump(),
        "description": file.description.parameters.model_dump(),
    }
    return LegacyPrompts(
        model=file.model,
        metadata=metadata,
        description=description,
        parameters=parameters,
        schemas={
            "metadata": _schema(folder / file.metadata.schema_),
            "description": _schema(folder / file.description.schema_),
        },
        wire=digest(
            {
                "model": file.model,
                "metadata": metadata,
                "description": description,
                "parameters": parameters,
            }
        ),
    )


def _prompt(path: Path, wanted: set[str]) -> str:
    text = read_text(path).strip()
    found = set(_PLACEHOLDER.findall(text))
    if missing := wanted - found:
        raise InvalidFileError(path, "", f"the placeholder {{{{{min(missing)}}}}} is missing", hint="put it in")
    if unknown := found - wanted:
        known = ", ".join(f"{{{{{name}}}}}" for name in sorted(wanted))
        raise InvalidFileError(path, f"{{{{{min(unknown)}}}}}", "unknown placeholder", hint=f"known: {known}")
    if "json" not in text.lower():
        raise InvalidFileError(
            path, "", "the word JSON is missing", hint="JSON mode refuses a message without it; say it"
        )
    return text


def _schema(path: Path) -> Json:
    return json_of(path, read_text(path))
