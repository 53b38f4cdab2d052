"""The shape of the code: its habits, the map in the docs, and what the command line loads before it does anything."""

import subprocess
import sys

import draw_map
import habits
import pytest


@pytest.mark.long
def test_no_habit_is_broken() -> None:
    assert list(habits.broken(habits.modules().values())) == []


@pytest.mark.long
def test_the_habits_see_what_breaks_them() -> None:
    parameters = ", ".join(f"p{number}" for number in range(9))
    long = ["def long():", "    import json", *["    pass"] * 59, f"def wide({parameters}): ...", *["#"] * 339]
    module = habits.read("harness.long", habits.ROOT / "harness" / "long.py", "\n".join(long) + "\n")
    assert [line.removeprefix("harness/long.py: ") for line in habits.broken([module])] == [
        "more than 400 lines",
        "long has more than 60 lines",
        "wide takes more than 8 parameters",
        "json is quick to import, so it is imported at the top",
    ]
    slow = {name: reason for name, reason in habits._slow().items() if name == "harness.reports.plots"}
    assert habits._reason("openai.resources") == "openai"
    assert habits._reason("json") == ""
    assert slow == {}


def test_the_command_line_starts_without_a_slow_package() -> None:
    """`cv-harness --help` and a mistyped option answer at once: scipy and the SDK come with what needs them."""
    script = (  # what an environment's own .pth files load is not the command line's
        "import sys; before = set(sys.modules); import harness.cli.main; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) - sys.stdlib_module_names <= {"harness", "typer", "shellingham", "annotated_doc"}


def test_the_pictures_of_the_architecture_are_those_of_the_imports() -> None:
    text = draw_map.DOCS.read_text(encoding="utf-8")
    assert draw_map.drawn(text) == text
