"""Breaks lines that matter, one at a time, and runs the tests of their room: what survives is in no test's sight.

`make mutate`, or `python tests/mutate.py --seconds 480 harness/scoring/align.py harness/replay`. Works on a copy of
what git tracks, with cosmic-ray's operators, on a sample that a seed chooses (`--sample` for each file). Prints each
survivor (file, line, what was changed), and a table.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported: a fork inherits no threads
import pytest
import scipy.special  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
MATTER = (
    "harness/scoring/align.py",
    "harness/scoring/judge.py",
    "harness/gates/rules.py",
    "harness/gates/condense.py",
    "harness/replay/store.py",
    "harness/replay/writer.py",
    "harness/replay/shards.py",
    "harness/models/caller.py",
    "harness/models/budget.py",
    "harness/reports/redaction.py",
)
ROOMS = {"models": ("models", "replay")}
"""Rooms whose tests a room is held by, where those are not its own alone."""


def tests_of(path: Path) -> list[str]:
    """The test files that hold a module, those that name it first: a broken line mostly fails in the first seconds."""
    room = path.parts[1]
    files = [file for name in ROOMS.get(room, (room,)) for file in sorted((ROOT / "tests" / name).glob("test_*.py"))]
    named = f"{'.'.join(path.with_suffix('').parts)} "
    files.sort(key=lambda file: f"from {named}" not in file.read_text(encoding="utf-8"))
    return [str(file.relative_to(ROOT)) for file in files]


def copy_to(folder: Path) -> None:
    """What git tracks, as it is in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.split(b"\0") if name and (ROOT / os.fsdecode(name)).is_file()]
    packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=b"\0".join(names), capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)


def mutate(copy: Path, path: Path, options: argparse.Namespace, until: float) -> Counter[str]:
    """How a sample of the mutants of one file ended; survivors are printed."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator
    from cosmic_ray.work_db import WorkDB, use_db

    session, config, source = copy / "session.sqlite", copy / "mutate.toml", (copy / path).read_text(encoding="utf-8")
    session.unlink(missing_ok=True)
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{path}"\ntimeout = 1.0\nexcluded-modules = []\ntest-command = ""\n'
    )
    listing = [sys.executable, "-m", "cosmic_ray.cli", "init", config.name, session.name]
    subprocess.run(listing, cwd=copy, check=True, stdout=subprocess.DEVNULL)
    with use_db(str(session), WorkDB.Mode.open) as database:
        every = [item.mutations[0] for item in database.pending_work_items]
    items = sorted((item for item in every if not _dull(item)), key=lambda item: (item.start_pos, item.operator_name))
    ended: Counter[str] = Counter(of=len(items))
    tests = options.tests or tests_of(path)
    if _ended(copy, tests, options.longest) != "survived":
        sys.exit(f"the tests of {path} do not pass as they are, within {options.longest:.0f} s")
    for item in random.Random(f"{options.seed} {path}").sample(items, min(options.sample, len(items))):
        if time.monotonic() > until:
            break
        operator = get_operator(item.operator_name)(**item.operator_args)
        mutated = mutate_code(source, operator, item.occurrence)
        if mutated is None:
            continue
        (copy / path).write_text(mutated, encoding="utf-8")
        outcome = _ended(copy, tests, options.longest)
        (copy / path).write_text(source, encoding="utf-8")
        ended[outcome] += 1
        if outcome == "survived":
            changed = difflib.unified_diff(source.splitlines(), mutated.splitlines(), lineterm="", n=0)
            print(
                f"survived: {path}:{item.start_pos[0]} {item.operator_name}",
                *list(changed)[3:],
                sep="\n    ",
                flush=True,
            )
    return ended


def _ended(copy: Path, tests: list[str], longest: float) -> str:
    """What became of a mutant: killed by a test, timed out, or survived. The tests run in a fork of this process, which
    has imported everything but the harness: most mutants are dead before an interpreter would have started."""
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        os._exit(int(pytest.main(["-q", "-x", "-p", "no:xdist", "-m", "not long", *tests])))
    until = time.monotonic() + longest
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return "killed" if status else "survived"
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timed out"


def _dull(mutation: Any) -> bool:
    """Whether a mutant is of a kind that no test is meant to see: of annotations (`X | None`)."""
    return "BitOr" in mutation.operator_name


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("paths", nargs="*", default=MATTER)
    given.add_argument("--seconds", type=float, default=480.0)
    given.add_argument("--sample", type=int, default=6)
    given.add_argument("--tests", nargs="*", help="these test files, not all of the room's")
    given.add_argument("--longest", type=float, default=240.0, help="seconds of one mutant; one that hangs is killed")
    given.add_argument("--seed", type=int, default=1)
    options = given.parse_args()
    files = [
        file.relative_to(ROOT)
        for name in options.paths
        for file in (sorted((ROOT / name).rglob("*.py")) if (ROOT / name).is_dir() else [ROOT / name])
    ]
    until = time.monotonic() + options.seconds
    table: list[tuple[Path, Counter[str]]] = []
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        copy_to(Path(folder))
        for file in files:
            if time.monotonic() > until:
                break
            table.append((file, mutate(Path(folder), file, options, until)))
    print("| file | mutants | tried | killed | timed out | survived |\n|---|---|---|---|---|---|")
    for file, ended in table:
        figures = [sum(ended.values()) - ended["of"], ended["killed"], ended["timed out"], ended["survived"]]
        print(f"| `{file}` | {ended['of']} | {' | '.join(map(str, figures))} |")
    if left := len(files) - len(table):
        print(f"{left} files were left when the time was over: --seconds gives more")


if __name__ == "__main__":
    main()
