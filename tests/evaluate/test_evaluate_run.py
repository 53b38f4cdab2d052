"""The main job on real files and the real simulator: run, accept, run again, resume, declared answers, own folder."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal

import pytest

from harness.base.errors import InvalidFileError, UsageError
from harness.corpus.goldens import load_golden
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.store import RunStore
from harness.review.acceptance import load_accepted
from harness.review.looks import looks

IDS = ["a01", "a02", "a09"]
QUICK = Plan(repeat=1)


def accept(project, **changes):
    given = {"reason": "first", "by": "A Person", "override": False, "environment": {}, **changes}
    return accept_run(project, None, **given)


def test_the_first_run_has_no_baseline_and_can_be_accepted(small_project):
    project = small_project(IDS)
    first = evaluate(project, QUICK)
    assert first.verdict.verdict in ("INCONCLUSIVE", "HOLD")
    assert set(first.manifest.documents) == set(IDS)
    for name in ("index.html", "verdict.json", "summary.json", "summary.md", "redacted/index.html"):
        assert (first.folder / name).stat().st_size > 500, name

    accept(project, override=first.verdict.verdict == "HOLD")
    second = evaluate(project, QUICK)
    assert second.verdict.identical
    assert second.verdict.verdict == "SHIP"
    assert second.verdict.source == "simulated"
    # legacy and baseline come from the recordings that acceptance committed
    assert _sources(second) == {"legacy": "recorded", "baseline": "recorded", "candidate": "simulated"}


def _sources(evaluation):
    with RunStore.open(evaluation.folder) as store:
        return {record.arm: record.source for record in store.records()}


def test_a_record_is_judged_as_the_store_keeps_it(small_project, monkeypatch):
    from harness.evaluate.commands import run

    seen = []

    def score(given, ahead, score=run.score):
        with RunStore.open(given.folder) as stored:
            seen.append((dict(ahead.records), {record.key: record for record in stored.records()}))
        return score(given, ahead)

    monkeypatch.setattr(run, "score", score)
    evaluate(small_project(IDS), QUICK)
    (held, stored), *_ = seen
    assert held == stored
    assert {repr(record) for record in held.values()} == {repr(record) for record in stored.values()}
    assert {key.arm for key in held} == {"legacy", "candidate"}


@pytest.mark.long
def test_the_same_run_twice_gives_the_same_answers_and_scores(small_project):
    project = small_project(IDS)
    one, two = evaluate(project, QUICK), evaluate(project, QUICK)
    tables = [json.loads((each.folder / "summary.json").read_text())["fields"] for each in (one, two)]
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-30],
        lambda data: b"",
        lambda data: b"version https://git-lfs.github.com/spec/v1\n",
        lambda data: b"<<<<<<< HEAD\n" + data,
    ],
)
def test_a_bad_pack_is_named_before_anything_is_asked(finished_project, damage):
    (pack, *_) = sorted(finished_project.recordings.glob("*/*.jsonl"))
    pack.write_bytes(damage(pack.read_bytes()))
    runs = sorted(finished_project.runs.iterdir())
    with pytest.raises(InvalidFileError) as caught:
        evaluate(finished_project, QUICK)
    assert str(pack) in str(caught.value)
    assert caught.value.exit_code == 2
    assert sorted(finished_project.runs.iterdir()) == runs, "nothing was begun"


def test_acceptance_is_refused_in_ci_without_a_reason_and_of_a_part(small_project):
    project = small_project(IDS)
    evaluate(project, replace(QUICK, limit=2))
    with pytest.raises(UsageError, match="never in CI"):
        accept(project, environment={"CI": "true"})
    with pytest.raises(UsageError, match="needs a reason"):
        accept(project, reason=" ")
    with pytest.raises(UsageError, match="only part"):
        accept(project, override=True)
    assert load_accepted(project, "simulator@x+seed1") is None


def test_declared_answers_are_judged_against_the_goldens(small_project, tmp_path):
    project = small_project(IDS)
    rows = []
    for name in IDS:
        cv = load_golden(project.goldens / f"{name}.json").cv
        worse = {**cv, "languages": [], "skills": []}
        rows.append({"document": name, "pipeline": "baseline", "answer": cv, "latency_ms": 900})
        rows.append({"document": name, "pipeline": "assistant", "answer": worse, "latency_ms": 800})
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    evaluation = evaluate(project, Plan(answers=path))
    assert evaluation.verdict.verdict in ("HOLD", "INCONCLUSIVE")  # three people: HOLD possible, SHIP never
    assert evaluation.verdict.source == "declared"
    summary = json.loads((evaluation.folder / "summary.json").read_text())
    assert summary["headline"]["baseline"]["f1"] == 1.0
    assert summary["headline"]["candidate"]["f1"] < 1.0


@pytest.mark.long
def test_declared_answers_may_have_an_anchor_that_small_losses_are_summed_against(small_project, tmp_path):
    project = small_project(IDS)
    rows = []
    for at, name in enumerate(IDS):
        cv = load_golden(project.goldens / f"{name}.json").cv
        worse = {**cv, "skills": []}
        # one loss more in the candidate; the others were accepted with earlier edits
        for arm, answer in (
            ("anchor", cv),
            ("baseline", worse if at < len(IDS) - 1 else cv),
            ("candidate", worse),
        ):
            rows.append({"document": name, "pipeline": arm, "answer": answer})
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    verdict = evaluate(project, Plan(answers=path)).verdict
    lost = {
        comparison.against: gate.affected
        for comparison in verdict.comparisons
        for gate in comparison.gates
        if gate.name == "lost_entries" and comparison.against in ("baseline", "anchor")
    }
    assert lost == {"baseline": 1, "anchor": len(IDS)}


@pytest.mark.long
def test_a_folder_of_own_cvs_makes_no_accuracy_claim(small_project, tmp_path):
    project = small_project(IDS)
    own = tmp_path / "own"
    own.mkdir()
    for path in sorted(project.corpus.rglob("*.*")):
        if path.name != "manifest.json":
            shutil.copyfile(path, own / path.name)
    (own / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    first = evaluate(project, QUICK)
    accept(project, override=first.verdict.verdict == "HOLD")
    evaluation = evaluate(project, Plan(cvs=own, repeat=1))
    assert evaluation.verdict.verdict != "SHIP"  # not even of the accepted assistant: nothing was shown
    assert "quality" in evaluation.verdict.not_measured
    summary = json.loads((evaluation.folder / "summary.json").read_text())
    assert all(row["f1"] is None for row in summary["headline"].values())
    assert len(summary["documents"]) == len(IDS) + 1
    assert summary["flips"] == {"baseline": None, "legacy": None}
    pairs = {frozenset(pair["arms"]): pair for pair in summary["agreement"]}
    assert len(pairs) == 3
    assert all(pair["n"] == len(IDS) for pair in pairs.values())
    assert pairs[frozenset({"candidate", "baseline"})]["f1"] == 1.0
    assert "two arms can be wrong together" in (evaluation.folder / "redacted" / "summary.md").read_text()


def test_sequential_mode_looks_after_each_planned_number_of_people(small_project):
    project = small_project([*IDS, "a10"])
    evaluate(project, QUICK)
    accept(project, override=True)
    other = _reworded(project, "Report only what the CV says", "Say only what the CV says")
    plan = replace(QUICK, sequential=(2, 4), assistants=(str(other),))
    evaluation = evaluate(project, plan)
    assert len({record.document_id for record in _records(evaluation)}) == 4
    lines = (project.reports / "looks.jsonl").read_text().splitlines()
    assert len(lines) == 2  # four people never SHIP, so both planned looks were taken
    assert evaluation.verdict.look == 2
    # each look cost what it added; the baseline and legacy came from recordings, which were paid for before
    costs = [Decimal(json.loads(line)["cost"]) for line in lines]
    asked = [record.cost for record in _records(evaluation) if record.source == "simulated"]
    assert min(costs) > 0
    assert sum(costs) == sum(asked)
    assert len(asked) < len(_records(evaluation))


def _reworded(project, before, after):
    bundle = project.root / "assistants" / "cv-parser-pro"
    other = project.root / "other"
    shutil.copytree(bundle, other)
    path = other / "instructions.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return other


def _records(evaluation):
    with RunStore.open(evaluation.folder) as store:
        return list(store.records())


def test_a_complete_run_cannot_be_resumed(small_project):
    project = small_project(IDS[:1])
    evaluate(project, QUICK)
    with pytest.raises(UsageError, match="complete"):
        evaluate(project, QUICK, resume="")


def test_a_part_of_the_gate_split_is_no_look(finished_project):
    project = finished_project
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nThink step by step.\n", encoding="utf-8")
    before = len(list(looks(project)))
    evaluate(project, Plan(repeat=1, only=("a01",)))
    assert len(list(looks(project))) == before
    evaluate(project, Plan(repeat=1))
    assert len(list(looks(project))) == before + 1
