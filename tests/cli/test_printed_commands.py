"""Every command that the code prints can be typed: it is there, its options are, and what stands beside them may."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
_PRINTED = re.compile(r"`cv-harness ([a-z][^`\n]*)`|\(cv-harness ([a-z][^)\n]*)\)")
_OF_ALL = ("--project", "--debug")
_MEANT = re.compile(r"…|[\[\]']")
"""What stands for something else: what a sentence leaves out, and brackets around what may be."""
_VALUE = "1"
COMMANDS: Any = typer.main.get_command(app)


def _texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, with _VALUE where one is put in."""
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else _VALUE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
            yield node.value


def printed() -> list[tuple[str, str]]:
    """(file, command) of each in the sources, and in the docs that a person reads."""
    found = []
    for path in sorted((ROOT / "harness").rglob("*.py")):
        if "cv-harness " not in (source := path.read_text(encoding="utf-8")):
            continue
        texts = _texts(ast.parse(source))
        found += [(path.name, one or two) for text in texts for one, two in _PRINTED.findall(text)]
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        found += [(path.name, one or two) for one, two in _PRINTED.findall(text)]
    return sorted(set(found))


def _wrong(command: str) -> str:
    """Why a command cannot be typed; "" where it can."""
    words = shlex.split(_MEANT.sub("", command.partition(" | ")[0]), comments=True)
    known = COMMANDS
    while words and hasattr(known, "commands"):
        name = words.pop(0).removesuffix(_VALUE)
        if name not in known.commands:
            return f"no command {name!r}"
        known = known.commands[name]
    if known.name == "simulate" or words[:1] == [_VALUE]:  # the simulator's own options; options that are put in
        return ""
    options = {name: one for one in known.params for name in (*one.opts, *one.secondary_opts)} if words else {}
    places = sum(99 if one.nargs != 1 else 1 for one in known.params if one.param_type_name == "argument")
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        for alternative in re.split(r"[|/](?=--)", word) if word.startswith("--") else [word]:
            if alternative.startswith("-"):
                name, _, value = alternative.strip(",.;:").partition("=")
                if name in _OF_ALL or name == "--help":
                    continue
                if name not in options:
                    return f"no option {name}"
                taken = not options[name].is_flag and not value and at < len(words) and not words[at].startswith("-")
                at += taken
            else:
                places -= 1
    return "more words than it takes" if places < 0 else ""


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("run --resume --run 1", ""),
        ("run --resume 1", "more words than it takes"),
        ("run --resum", "no option --resum"),
        ("walk 1", "no command 'walk'"),
        ("recordings verif", "no command 'verif'"),
        ("migrate-model gpt-4o gpt-6-luna gpt-6-sol --yes", ""),
        ("record --only a --limit 2", ""),
    ],
)
def test_what_cannot_be_typed_is_found(command: str, wrong: str) -> None:
    assert _wrong(command) == wrong


@pytest.mark.long
def test_every_printed_command_can_be_typed() -> None:
    found = printed()
    assert len(found) > 100
    assert [(*each, why) for each in found if (why := _wrong(each[1]))] == []
