"""Bundles: loading, refusing, finding, writing, and the two digests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.assistants.bundle import (
    find_bundle,
    list_bundles,
    load_bundle,
    make_bundle,
    save_bundle,
)
from harness.base.canonical import pretty
from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.contract.schema import strict_schema

HERE = Path(__file__).resolve().parents[2] / "harness" / "assistants"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "assistants" / "mine"
    shutil.copytree(HERE / "cv-parser-pro", copy)
    return copy


def _edit(folder: Path, old: str, new: str, file: str = "assistant.toml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_product_bundle_is_what_the_product_uses() -> None:
    bundle = load_bundle(HERE / "cv-parser-pro")
    assert bundle.name == "CV Parser Pro"
    assert bundle.description == "Advanced CV/Resume parser for structured data extraction"
    assert (bundle.model, bundle.output) == ("gpt-4o", "json_schema")
    assert bundle.parameters == {"temperature": 0, "max_output_tokens": 16384}
    assert bundle.schema == strict_schema()


def test_rules_are_in_the_instructions_and_nowhere_else() -> None:
    """A rule that the schema repeats in prose would survive the deletion of its sentence."""

    def prose(node: object, *, names: bool = False) -> list[str]:
        if isinstance(node, dict):
            own = [] if names else [str(node[word]) for word in ("description", "title") if word in node]
            inner = (prose(value, names=key == "properties" and not names) for key, value in node.items())
            return own + [text for found in inner for text in found]
        return []

    assert prose({"properties": {"description": {"description": "x"}}}) == ["x"]
    assert prose(load_bundle(HERE / "cv-parser-pro").schema) == []


def test_only_what_is_sent_changes_the_wire_digest(folder: Path) -> None:
    before = load_bundle(folder)
    _edit(folder, "Advanced", "Very advanced")
    renamed = load_bundle(folder)
    assert renamed.wire == before.wire
    assert renamed.version != before.version
    _edit(folder, "Copy bullets verbatim, without shortening, summarising or rephrasing them.\n", "", "instructions.md")
    edited = load_bundle(folder)
    assert len({edited.wire, before.wire}) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"gpt-4o"', '"gpt-6-luna"'),
        ("temperature = 0", "temperature = 0.1"),
        ("temperature = 0\n", ""),
        ('output = "json_schema"', 'output = "json_object"'),
    ],
)
def test_every_sent_part_changes_the_wire_digest(folder: Path, old: str, new: str) -> None:
    before = load_bundle(folder)
    _edit(folder, old, new)
    assert load_bundle(folder).wire != before.wire


def test_what_means_the_same_is_the_same_version(folder: Path) -> None:
    before = load_bundle(folder)
    _edit(folder, "temperature = 0\n", "temperature = 0.0\n")
    path = folder / "instructions.md"
    path.write_bytes(b"\n" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert load_bundle(folder).version == before.version


def test_a_schema_that_is_not_sent_does_not_count(folder: Path) -> None:
    _edit(folder, 'output = "json_schema"', 'output = "text"')
    before = load_bundle(folder)
    (folder / "own.json").write_text('{"type": "object"}', encoding="utf-8")
    _edit(folder, 'schema = "contract"', 'schema = "own.json"')
    assert load_bundle(folder).wire == before.wire


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("model =", "modle =", "line 6, modle: unknown key (did you mean `model`?)"),
        ("temperature =", "temprature =", "parameters.temprature: unknown key (did you mean `temperature`?)"),
        ("temperature = 0", "seed = 1", "parameters.seed: unknown key (known keys: temperature"),
        ("temperature = 0", 'temperature = "0"', "parameters.temperature: input should be a valid number"),
        ("temperature = 0", "temperature = 3", "less than or equal to 2"),
        ("16384", "1.5", "parameters.max_output_tokens: input should be a valid integer"),
        ('name = "CV Parser Pro"\n', "", "name: this key is missing (add `name = …`)"),
        ('output = "json_schema"', 'output = "xml"', "output: input should be 'json_schema'"),
        ("temperature = 0", "reasoning = { efort = 'low' }", "did you mean `effort`?"),
        ('"instructions.md"', '"../../secret.md"', "without a path"),
        ('"instructions.md"', '"missing.md"', "missing.md: there is no such file"),
        ("[parameters]", "[parameters", "not TOML"),
        ('schema = "contract"', 'schema = "own.json"', "own.json: there is no such file"),
    ],
)
def test_a_mistake_is_named_with_file_place_and_fix(folder: Path, old: str, new: str, words: str) -> None:
    _edit(folder, old, new)
    with pytest.raises(InvalidFileError) as caught:
        load_bundle(folder)
    assert words in str(caught.value)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\n \n", "empty"), (b"caf\xe9", "not UTF-8")],
)
def test_instructions_must_be_text(folder: Path, content: bytes, words: str) -> None:
    (folder / "instructions.md").write_bytes(content)
    with pytest.raises(InvalidFileError, match=words):
        load_bundle(folder)


@pytest.mark.parametrize(("content", "words"), [("{", "line 1, column 2: bad JSON"), ("[]", "is an object")])
def test_an_own_schema_must_be_one(folder: Path, content: str, words: str) -> None:
    _edit(folder, 'schema = "contract"', 'schema = "own.json"')
    (folder / "own.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=words):
        load_bundle(folder)


@pytest.mark.parametrize("output", ["json_schema", "json_object", "text"])
def test_a_saved_bundle_loads_as_the_same_version(tmp_path: Path, output: str) -> None:
    made = make_bundle(
        name='Quote " and \\ and ü',
        description="two\nlines",
        model="gpt-6-luna",
        parameters={"temperature": 0.2, "max_output_tokens": 4000, "reasoning": {"effort": "none"}, "verbosity": "low"},
        instructions="Say “ä”.\n\nReturn JSON.\n",
        output=output,  # type: ignore[arg-type]
        schema=strict_schema(),
    )
    save_bundle(made, tmp_path / "saved")
    assert load_bundle(tmp_path / "saved") == made


def test_bundles_are_found_by_slug_name_and_path(folder: Path, tmp_path: Path) -> None:
    project = Project(tmp_path)
    found = find_bundle(project, "mine")
    assert found.slug == "mine"
    assert found.bundle == load_bundle(folder)
    assert find_bundle(project, "CV Parser Pro").path == folder
    assert find_bundle(project, str(folder)).bundle == found.bundle
    assert find_bundle(project, str(folder / "assistant.toml")).slug == "mine"
    assert [entry.slug for entry in list_bundles(project)] == ["mine"]


def test_an_unknown_bundle_says_which_there_are(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no assistant `mien`.*bundles here: mine"):
        find_bundle(Project(tmp_path), "mien")


def test_the_legacy_prompts_are_no_bundle(tmp_path: Path) -> None:
    shutil.copytree(HERE / "legacy", tmp_path / "assistants" / "legacy")
    assert list_bundles(Project(tmp_path)) == ()


def test_a_schema_file_is_written_for_people(tmp_path: Path) -> None:
    save_bundle(load_bundle(HERE / "cv-parser-pro"), tmp_path)
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == pretty(strict_schema())


def test_a_link_of_a_bundle_leads_nowhere_else(folder: Path, tmp_path: Path) -> None:
    """What it leads to would be sent to a model and shown in reports: a key, another one's file."""
    own = folder / "instructions.md"
    secret = tmp_path / "secret"
    own.rename(secret)
    own.symlink_to(secret)
    with pytest.raises(InvalidFileError, match="leads out of"):
        load_bundle(folder)
    shared = folder.parent / "shared.md"
    secret.rename(shared)
    own.unlink()
    own.symlink_to(shared)
    assert load_bundle(folder).wire
    own.unlink()
    own.symlink_to("/dev/zero")
    with pytest.raises(InvalidFileError, match="leads out of"):
        load_bundle(folder)
