"""The smallest text that shows a loss, on a real run; and what is refused before anything is asked."""

import pytest

from harness.base.errors import UsageError
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.commands.shrink import Allowance, shrink_run
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.replay.runs import find_run, runs

PLAN = Plan(repeat=2)


@pytest.mark.long
def test_a_lost_language_shrinks_to_its_line_and_its_heading(small_project):
    project = small_project(["a01", "a09", "a11"])
    evaluate(project, PLAN)
    accept_run(project, None, reason="first", by="A", override=True, environment={})
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("List every human language that the CV names under `languages`, with its level as printed.", ""),
        encoding="utf-8",
    )
    evaluate(project, PLAN)
    info = find_run(project)
    there = len(runs(project))

    def shrunk(document, path="languages[].language", most=200):
        return shrink_run(project, info, PLAN, document, path=path, allowed=Allowance(1, most, 1), listener=Silent())

    with pytest.raises(UsageError, match="is not in run"):
        shrunk("zz")
    with pytest.raises(UsageError, match="lost no personal_info"):
        shrunk("a01", "personal_info.name")
    lost = next(document for document in ("a01", "a09", "a11") if _lost(project, info, document))
    found = shrunk(lost)
    assert found.target.value in found.shrunk.text
    assert len(found.shrunk.text) < found.before / 10
    assert found.shrunk.minimal
    assert found.calls > 0
    capped = shrunk(lost, most=3)
    assert capped.shrunk.tested == 3
    assert not capped.shrunk.minimal
    assert len(runs(project)) == there  # parts of a CV are not left behind


def _lost(project, info, document):
    try:
        shrink_run(
            project, info, PLAN, document, path="languages[].language", allowed=Allowance(1, 1, 1), listener=Silent()
        )
    except UsageError:
        return False
    return True
