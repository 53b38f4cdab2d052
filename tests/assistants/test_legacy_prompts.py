"""The two-pass prompts: exactly the service's parameters, and rendering that hostile text cannot bend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.assistants.legacy import load_legacy, load_legacy_prompts, render
from harness.base.errors import InvalidFileError
from harness.base.project import Project

HERE = Path(__file__).resolve().parents[2] / "harness" / "assistants" / "legacy"


def test_the_parameters_are_the_services() -> None:
    prompts = load_legacy_prompts()
    assert prompts.model == "gpt-4o-2024-08-06"
    assert prompts.parameters == {
        "metadata": {"temperature": 0.2, "max_tokens": 2000},
        "description": {"temperature": 0.2, "max_tokens": 800},
    }


def test_the_prompts_carry_the_cv_and_the_role() -> None:
    prompts = load_legacy_prompts()
    assert "THE CV TEXT" in prompts.metadata_prompt("THE CV TEXT")
    shown = prompts.description_prompt({"job_title": "Köchin", "company": "Café"}, "THE CV TEXT")
    assert '"job_title": "Köchin"' in shown
    assert "THE CV TEXT" in shown
    assert "{{" not in shown


def test_the_first_pass_asks_for_no_descriptions() -> None:
    asked = load_legacy_prompts().schemas["metadata"]["properties"]
    assert set(asked) == {"work_experiences", "education", "certifications"}
    assert "description" not in asked["work_experiences"]["items"]["properties"]


def test_the_schemas_are_schemas_and_match_the_prompts_own_example() -> None:
    prompts = load_legacy_prompts()
    for name, text in (("metadata", prompts.metadata), ("description", prompts.description)):
        schema = prompts.schemas[name]
        jsonschema.Draft202012Validator.check_schema(schema)
        example = text[text.index("\n{\n") : text.index("\n}\n") + 2]
        jsonschema.validate(json.loads(example), schema)


@given(st.text(), st.text())
def test_braces_in_a_cv_stay_what_they_are(cv: str, role: str) -> None:
    assert render("a {{cv_text}} b {{role}} c", {"cv_text": cv, "role": role}) == f"a {cv} b {role} c"


def test_a_cv_cannot_pull_in_another_value() -> None:
    assert render("{{cv_text}}|{{role}}", {"cv_text": "{{role}}", "role": "secret"}) == "{{role}}|secret"


def _copy(tmp_path: Path) -> Path:
    copy = tmp_path / "assistants" / "legacy"
    shutil.copytree(HERE, copy)
    return copy


def test_a_project_may_have_its_own(tmp_path: Path) -> None:
    copy = _copy(tmp_path)
    (copy / "metadata.md").write_text("Return JSON. {{cv_text}}", encoding="utf-8")
    own, shipped = load_legacy_prompts(Project(tmp_path)), load_legacy_prompts()
    assert own.metadata == "Return JSON. {{cv_text}}"
    assert own.wire != shipped.wire
    assert load_legacy_prompts(Project(tmp_path / "elsewhere")).wire == shipped.wire


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("metadata.md", "Return JSON.", "placeholder {{cv_text}} is missing"),
        ("description.md", "Return JSON. {{cv_text}}", "placeholder {{role}} is missing"),
        ("metadata.md", "JSON {{cv_text}} {{name}}", "{{name}}: unknown placeholder"),
        ("metadata.md", "{{cv_text}}", "the word JSON is missing"),
        ("metadata.schema.json", "{", "bad JSON"),
        ("legacy.toml", 'model = "x"', "this key is missing"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, file: str, text: str, words: str) -> None:
    copy = _copy(tmp_path)
    (copy / file).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFileError) as caught:
        load_legacy(copy)
    assert words in str(caught.value)
