"""A probed run on real CVs without goldens: said before, resumable, judged again, and its pages."""

import json
from dataclasses import replace

import pytest

from harness.base.errors import ExitCode, UsageError
from harness.cli.main import main
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.probe import probe
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages import probing, replaying
from harness.evaluate.stages.listener import Silent
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.probing import probe_set
from harness.replay.runs import find_run

PLAN = Plan(arms=("candidate",), repeat=1, probes=("upper_case", "employer_changed", "pronouns"))


class Told(Silent):
    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


@pytest.mark.long
def test_a_run_is_probed_resumed_and_judged_again(small_project, monkeypatch):
    project = small_project(["a02", "c05"])
    told = Told()
    real = replaying.replay

    async def ended(store, work, *rest, **options):
        if any("~" in document.id for document in work.documents):
            options["stop"].set()
        return await real(store, work, *rest, **options)

    monkeypatch.setattr(replaying, "replay", ended)
    probe(project, PLAN, listener=told)
    said = "2 CVs × (1 + at most 6 changed copies) × 1 answer each: at most 14 simulated"
    assert any(said in note for note in told.notes)
    assert find_run(project).status == "interrupted"
    monkeypatch.setattr(replaying, "replay", real)
    found = probe(project, PLAN, resume="")
    assert find_run(project).status == "complete"
    data = json.loads((found.evaluation.folder / "probes.json").read_text(encoding="utf-8"))
    assert data["documents"] == 2
    assert data["answers"] == len(found.result.pairs) == len(found.result.made.probes)
    assert {row["name"] for row in data["relations"]} == {"nothing", "upper_case", "employer_changed", "pronouns"}
    public = (found.evaluation.folder / "redacted" / "probes.json").read_text(encoding="utf-8")
    page = (found.evaluation.folder / "probes.html").read_text(encoding="utf-8")
    for pair in found.result.pairs:
        name = pair.first["personal_info"]["name"]
        assert name not in public
        assert pair.judged.document not in public
    assert "SIMULATED" in page
    assert "candidate: accuracy (F1) estimated without goldens" in page.partition('id="probes"')[0]
    assert 'id="probes"' in next(iter(found.evaluation.pages.values())).read_text(encoding="utf-8")
    gates = [gate.name for comparison in found.evaluation.verdict.comparisons for gate in comparison.gates]
    assert {"probe_invariance", "fairness_gap"} <= set(gates)
    again = judge(project, found.evaluation.folder, PLAN)
    assert again.verdict.comparisons == found.evaluation.verdict.comparisons
    with open_run(project, found.evaluation.folder, PLAN) as run:
        assert len(list(run.store.calls())) == 2 + len(found.result.made.probes)  # nothing was asked twice
        assert [one.id for one in probe_set(run).probes] == [one.id for one in found.result.made.probes]


@pytest.mark.long
def test_answers_to_copies_that_are_made_otherwise_today_are_not_judged(small_project, monkeypatch):
    project = small_project(["a02"])
    found = probe(project, PLAN)
    real = probing.probes_of

    def otherwise(*given):
        made = real(*given)
        changed = [(relation, replace(one, text=one.text + "\nmore") if relation.name == "upper_case" else one)
                   for relation, one in made.probes]  # fmt: skip
        return replace(made, probes=tuple(changed))

    monkeypatch.setattr(probing, "probes_of", otherwise)
    with open_run(project, found.evaluation.folder, PLAN) as run:
        again = probing.probe_result(run)
    old = {pair.judged.relation for pair in found.result.pairs}
    assert "upper_case" in old
    assert {pair.judged.relation for pair in again.pairs} == old - {"upper_case"}
    assert again.unjudged == {"candidate": 1}


def test_unknown_relations_and_what_costs_too_much_are_refused_before_anything_is_asked(small_project):
    project = small_project(["a02"])
    with pytest.raises(UsageError, match="no such relation"):
        probe(project, Plan(probes=("lower_case",)))
    assert not project.runs.exists()


@pytest.mark.long
def test_a_folder_in_which_nothing_can_be_read_ends_in_words_and_not_as_probed(
    small_project, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(small_project(["a02"]).root)
    own = tmp_path / "own"
    own.mkdir()
    for name in ("x.pdf", "again.pdf"):
        (own / name).write_bytes(b"%PDF-1.4 and nothing")
    with pytest.raises(SystemExit) as ended:
        main(["probe", "--cvs", str(own), "--arms", "candidate", "--relation", "upper_case"])
    assert ended.value.code == ExitCode.INCONCLUSIVE
    said = capsys.readouterr()
    assert "1 of the 2 files hold the same as another one and count once" in said.err
    assert "0 changed copies of 1 CV of 1 person" in said.out
    assert "Nothing was tested" in said.out
    assert "Not in the figures: 1 of 1 (1 damaged)." in said.out
    assert "│" not in said.out, "a table of nothing"
