"""docs/commands.md: every command with its options, written from the commands themselves (`make docs`)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLACE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
_HEAD = """# Commands

Written from the commands themselves by `make docs`; a test holds it to them. `--project DIR` and `--debug` may stand
anywhere. Exit codes: 0 SHIP, 10 HOLD, 20 INCONCLUSIVE, 2 usage or configuration, 3 harness failure, 4 recordings
missing.
"""


def reference() -> str:
    """The page: a section for each command and group, in the order of `cv-harness --help`."""
    import typer

    from harness.cli.main import app

    return "\n".join([_HEAD, *_sections(typer.main.get_command(app), "cv-harness")])


def _sections(command: Any, name: str) -> Iterator[str]:
    for child_name, child in command.commands.items():
        full = f"{name} {child_name}"
        if hasattr(child, "commands"):
            yield from _sections(child, full)
        else:
            yield _section(child, full)


def _section(command: Any, name: str) -> str:
    usage = " ".join(_argument(one) for one in command.params if one.param_type_name == "argument")
    lines = [f"## {name}{f' {usage}' if usage else ''}", "", _prose(command.help), ""]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    documented = [one for one in command.params if one.param_type_name == "argument" and getattr(one, "help", "")]
    if options or documented:
        lines += ["| | |", "|---|---|"]
        lines += [f"| `{_argument(one)}` | {_prose(one.help)} |" for one in documented]
        lines += [f"| {_names(one)} | {_prose(one.help)}{_default(one)} |" for one in options]
        lines.append("")
    return "\n".join(lines)


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name or "").strip("[]").upper()
    return name if parameter.required else f"[{name}]"


def _names(option: Any) -> str:
    """`--tag TEXT`, `-q`: every spelling, and what a value is called."""
    value = "" if option.is_flag else f" {(option.metavar or 'VALUE').strip('<>')}"
    return ", ".join(f"`{name}{value if name.startswith('--') else ''}`" for name in option.opts)


def _default(option: Any) -> str:
    given = option.default
    if option.is_flag or given is None or given in ("", [], ()) or callable(given) or "default" in (option.help or ""):
        return ""
    return f" Default: `{given}`."


def _prose(text: str | None) -> str:
    return re.sub(r"\s+", " ", (text or "").strip()).replace("|", "\\|")


if __name__ == "__main__":
    PLACE.write_text(reference(), encoding="utf-8")
    print(PLACE, file=sys.stderr)
