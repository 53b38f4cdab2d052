"""Makes harness/reports/summary_types.py from summary.schema.json: `python tests/reports/make_summary_types.py`."""

from __future__ import annotations

import json
import keyword
import subprocess
import sys
from pathlib import Path
from typing import Any

REPORTS = Path(__file__).resolve().parents[2] / "harness" / "reports"
SCHEMA, TARGET = REPORTS / "summary.schema.json", REPORTS / "summary_types.py"
HEAD = '''"""summary.json as types, so that who builds a table and who shows it agree on its columns.

Made from summary.schema.json, which says what each figure means: change the schema, then run
`python tests/reports/make_summary_types.py`.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Types:
    """The classes of a schema, each after those that it names."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._defs = schema.get("$defs", {})
        self._bodies: dict[str, str] = {}
        for name, body in self._defs.items():
            self._of(body, _camel(name))
        self._of(schema, "Summary")

    def text(self) -> str:
        return HEAD + "".join(f"\n\n{body}" for body in self._bodies.values())

    def _of(self, schema: Any, name: str) -> str:
        """The type of a schema; an object with properties becomes a class of that name."""
        if schema is True:
            return "Any"
        if "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            return self._of(self._defs[target], _camel(target))
        if "const" in schema or "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema.get('enum', [schema.get('const')])))}]"
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self._of(each, name) for each in schema["anyOf"]))
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return " | ".join(self._kind(kind, schema, name) for kind in kinds) or "Any"

    def _kind(self, kind: str, schema: dict[str, Any], name: str) -> str:
        if kind == "array":
            if "prefixItems" in schema:
                return "list[Any]"
            return f"list[{self._of(schema.get('items', True), _singular(name))}]"
        if kind != "object":
            return PLAIN[kind]
        if "properties" in schema:
            return self._class(schema, name)
        values = schema.get("additionalProperties", True)
        return f"dict[str, {self._of(values, _singular(name)) if values else 'Any'}]"

    def _class(self, schema: dict[str, Any], name: str) -> str:
        """The class's name, which is longer where another one has it already."""
        required = set(schema.get("required", ()))
        rows = {}
        for key, value in schema["properties"].items():
            kind = self._of(value, name + _camel(key) if name != "Summary" else _camel(key))
            rows[key] = kind if key in required else f"NotRequired[{kind}]"
        while self._bodies.get(name, body := _body(name, rows)) != body:
            name += "Table"
        self._bodies[name] = body
        return name


def _body(name: str, rows: dict[str, str]) -> str:
    if any(keyword.iskeyword(key) for key in rows):
        inside = ", ".join(f'"{key}": {kind}' for key, kind in rows.items())
        return f'{name} = TypedDict("{name}", {{{inside}}})\n'
    return f"class {name}(TypedDict):\n" + "".join(f"    {key}: {kind}\n" for key, kind in rows.items())


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s") if not name.endswith("ss") else name


def formatted(text: str) -> str:
    """As `ruff format` leaves it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def made() -> str:
    return formatted(Types(json.loads(SCHEMA.read_text(encoding="utf-8"))).text())


if __name__ == "__main__":
    TARGET.write_text(made(), encoding="utf-8")
