"""Draws the pictures of docs/architecture.md from the imports: `python tests/structure/draw_map.py`.

A picture stands between two markers as a Mermaid graph, which GitHub and most editors draw. An arrow leads from who
imports to what is imported; arrows that others imply are left out, so that the lines can be followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import grimp

DOCS = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"


def rooms(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    """Each room of the harness with the rooms that it imports."""
    return _edges(graph, lambda name: name.split(".")[1] if name.count(".") >= 1 and name != "harness.__main__" else "")


def stages(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    """Each file of evaluate's stages with those that it imports."""
    prefix = "harness.evaluate.stages."
    return _edges(graph, lambda name: name.removeprefix(prefix) if name.startswith(prefix) else "")


def _edges(graph: grimp.ImportGraph, node_of: Callable[[str], str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        node = node_of(module)
        if not node:
            continue
        others = {node_of(each) for each in graph.find_modules_directly_imported_by(module)}
        found.setdefault(node, set()).update(others - {"", node})
    return found


def reduced(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """The arrows without those that a longer way implies. Raises ValueError where there is a circle."""
    reach: dict[str, set[str]] = {}

    def below(node: str, way: tuple[str, ...] = ()) -> set[str]:
        if node in way:
            raise ValueError(f"a circle: {' → '.join((*way, node))}")
        if node not in reach:
            reach[node] = set(edges.get(node, ())).union(*(below(each, (*way, node)) for each in edges.get(node, ())))
        return reach[node]

    return sorted(
        (node, target)
        for node, targets in edges.items()
        for target in targets
        if not any(target in below(other) for other in targets if other != target) and below(node)
    )


def mermaid(edges: Mapping[str, Iterable[str]]) -> str:
    lines = [f"    {node} --> {target}" for node, target in reduced(edges)]
    return "\n".join(["```mermaid", "graph TD", *lines, "```"])


def drawn(text: str) -> str:
    """The document with both pictures as the imports are now."""
    graph = grimp.build_graph("harness")
    for name, edges in (("rooms", rooms(graph)), ("stages", stages(graph))):
        marked = re.compile(f"(<!-- {name}: made by tests/structure/draw_map.py -->\n).*?(\n<!-- end -->)", re.DOTALL)
        assert marked.search(text), f"no place for the picture of {name}"
        text = marked.sub(lambda found, edges=edges: f"{found[1]}{mermaid(edges)}{found[2]}", text)
    return text


if __name__ == "__main__":
    DOCS.write_text(drawn(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
