"""Every save is replayed, with the simulator kept alive; what it did is said with the verdict's word."""

import pytest

from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.commands.watch import saves
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent

PLAN = Plan(repeat=1, arms=("baseline", "candidate"))
IDS = ["a01", "a02", "a09", "a11"]


@pytest.mark.long
def test_saves_are_told_one_by_one(small_project):
    project = small_project(IDS)
    evaluate(project, Plan(repeat=1))
    accept_run(project, None, reason="first", by="A", override=True, environment={})
    folder = project.root / "assistants" / "cv-parser-pro"
    path = folder / "instructions.md"
    text = path.read_text(encoding="utf-8")
    toml = (folder / "assistant.toml").read_text(encoding="utf-8")
    steps = iter(
        [
            lambda: path.write_text(text.replace("List every human language", "Never list a language"), "utf-8"),
            lambda: (folder / "assistant.toml").write_text(toml + "\nnonsense = [\n", "utf-8"),
            lambda: (folder / "assistant.toml").write_text(toml, "utf-8"),
        ]
    )
    watched = saves(project, PLAN, folder, Silent(), wait=lambda _seconds: next(steps)())
    first = next(watched)
    assert first.lines[0].startswith("✓ SHIP [SIMULATED]")
    assert any("no value of any CV changed sides" in line for line in first.lines)
    second = next(watched)
    assert second.lines[0].split()[1] in ("HOLD", "INCONCLUSIVE")
    assert any(line.strip().startswith("✕ languages") for line in second.lines)
    assert any("read as " in line and "languages" in line for line in second.lines)
    assert second.page.is_file()
    third = next(watched)
    assert third.error is not None
    assert third.lines == ()
    assert next(watched).error is None
    watched.close()
