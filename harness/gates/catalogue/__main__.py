"""`python -m harness.gates.catalogue` prints the table of gates that docs/gating.md holds."""

from __future__ import annotations

from harness.gates.catalogue import GATES
from harness.gates.definition import Definition


def table() -> str:
    """Every gate as a row of Markdown: what it is of, when it passes and fails, its default."""
    rows = [
        f"| `{gate.name}` | {gate.figure} | {gate.passes} | {gate.fails} | {_default(gate)} |"
        for gate in GATES.values()
    ]
    return "\n".join(["| gate | figure | passes | fails | default |", "|---|---|---|---|---|", *rows])


def _default(gate: Definition) -> str:
    """Its threshold, and where it decides if not everywhere."""
    said = f"M {gate.default:g}" if gate.key == "margin" else f"{gate.default:g}"
    if gate.level == "deciding":
        return said
    return f"{said}, deciding in `release`" if gate.in_release == "deciding" else f"{said}, advisory"


if __name__ == "__main__":
    print(table())
