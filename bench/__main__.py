"""`python -m bench`: every benchmark, or the named ones. Exit code 1 where one says that it missed its bar."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALL = (
    "perturbation",
    "scoring",
    "reading",
    "layers",
    "replay",
    "waiting",
    "growth",
    "recordings",
    "gates",
    "dashboard",
    "watch",
)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark {unknown[0]!r}: {', '.join(ALL)}", file=sys.stderr)
        return 2
    missed = []
    for name in names or ALL:
        print(f"\n== {name}", flush=True)
        # each in a process of its own, so that memory and imports are its own too
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=root, check=False)
        if done.returncode:
            missed.append(name)
    if missed:
        print(f"\nbelow their bars: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
