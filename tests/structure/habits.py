"""Habits of the code that no other lint knows: `python tests/structure/habits.py`, a part of `make check`.

No function over 60 lines or with over 8 parameters, no file over 400 lines; an import inside a function only where it
keeps something slow out of the start: the module imported, or what it imports itself, is a slow package. A command of
the command line loads what it needs when it is called. Prints what breaks a habit (and with `--list` every import
inside a function); the exit code says whether something does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES, PARAMETERS, FILE = 60, 8, 400
PLATFORM = frozenset({"fcntl", "msvcrt"})
"""What not every platform has."""
QUICK = frozenset({"typer", "h11", "markupsafe", "harness", *sys.stdlib_module_names})
"""Packages that cost next to nothing to import, and what the command line needs anyway."""
SLOW = frozenset({"harness.simulator.directives", "harness.corpus.readers.read", "harness.corpus.readers.here"})
"""Modules of our own that take long to load: 300 patterns are compiled in one, and only a simulated edit needs them;
another brings all readers, the third the patterns of cleaning, and a run whose texts are known needs none."""
COMMANDS = "harness.cli"
"""Options of a command are its parameters, and reading them takes lines; and whoever asks for help waits for no run."""
GENERATED = frozenset({"harness.reports.summary_types", "harness.service.migrations.versions.0001_the_first_tables"})


@dataclass(slots=True)
class Module:
    """A module as its text says. lines: how many there are; imports: what is imported when it is imported; inside:
    (line, what) in functions."""

    name: str
    path: Path
    tree: ast.Module
    lines: int
    imports: set[str] = field(default_factory=set)
    inside: list[tuple[int, str]] = field(default_factory=list)


def modules() -> dict[str, Module]:
    """Every module of the harness by name."""
    found = {}
    for path in sorted((ROOT / "harness").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = read(name, path, path.read_text(encoding="utf-8"))
    return found


def read(name: str, path: Path, text: str) -> Module:
    module = Module(name, path, ast.parse(text), text.count("\n"))
    _sort_imports(module.tree, module, inside=False)
    return module


def _sort_imports(node: ast.AST, module: Module, *, inside: bool) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ("TYPE_CHECKING" in ast.unparse(child.test) or inside):
            continue  # for the type checker alone, or what only one platform has
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            for name in _imported(child):
                if inside:
                    module.inside.append((child.lineno, name))
                else:
                    module.imports.add(name)
        _sort_imports(child, module, inside=inside or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Full names: `from a.b import c` may mean the module a.b.c, or a name in a.b."""
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
    else:
        yield from (f"{node.module}.{each.name}" for each in node.names)


def slow(known: Mapping[str, Module]) -> Mapping[str, str]:
    """The first slow package that each imported name brings with it; names that bring none are left out."""

    def module_of(name: str) -> str:
        return name if name in known else name.rpartition(".")[0]

    reasons: dict[str, str] = {}
    for module in known.values():
        for name in module.imports:
            if name.partition(".")[0] not in QUICK:
                reasons[module.name] = name.partition(".")[0]
    changed = True
    while changed:
        changed = False
        for module in known.values():
            for name in module.imports:
                of = module_of(name)
                if module.name not in reasons and of in reasons:
                    reasons[module.name] = reasons[of]
                    changed = True
    return reasons


@cache
def _reason(name: str) -> str:
    """What slow package importing `name` would load; "" for none."""
    package = name.partition(".")[0]
    if package != "harness":
        return "" if package in QUICK else package
    known = _known()
    of = name if name in known else name.rpartition(".")[0]
    if of in SLOW:
        return of
    return _slow().get(of, "")


@cache
def _known() -> dict[str, Module]:
    return modules()


@cache
def _slow() -> Mapping[str, str]:
    return slow(_known())


def functions(module: Module) -> Iterator[tuple[str, int, int]]:
    """(name, lines, parameters) of every function and method; `self` and `cls` are no parameters."""
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = len(given) - bool(given and given[0].arg in ("self", "cls"))
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1, count


def broken(given: Iterable[Module]) -> Iterator[str]:
    """A line for each habit that these modules break."""
    for module in given:
        where = module.path.relative_to(ROOT)
        if module.name in GENERATED:
            continue
        if module.lines > FILE:
            yield f"{where}: more than {FILE} lines"
        if module.name.startswith(COMMANDS):
            continue
        for name, long, parameters in functions(module):
            if long > LINES:
                yield f"{where}: {name} has more than {LINES} lines"
            if parameters > PARAMETERS:
                yield f"{where}: {name} takes more than {PARAMETERS} parameters"
        for name in dict.fromkeys(name for _, name in module.inside):
            if name not in PLATFORM and not _reason(name):
                yield f"{where}: {name} is quick to import, so it is imported at the top"


def main(arguments: list[str]) -> int:
    if "--list" in arguments:
        for module in _known().values():
            for line, name in module.inside:
                print(f"{module.path.relative_to(ROOT)}:{line}: {name} ({_reason(name) or 'quick'})")
    found = list(broken(_known().values()))
    for line in found:
        print(line)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
