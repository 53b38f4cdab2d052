"""Production's pairs as a run's answers, and users' corrections as golden candidates."""

import json

import pytest

from harness.base.clock import SystemClock
from harness.contract.schema import empty_cv
from harness.corpus.goldens import load_golden
from harness.evaluate.commands.from_service import evidence
from harness.service.database import migrate, open_engine
from harness.service.store import Store
from harness.service.tables import Feedback, Pair, Task

ANSWER = empty_cv() | {
    "work_experience": [
        {"id": "work-1", "company": "Acme", "title": "Dev", "location": "", "start_date": "Jan 2020",
         "end_date": "Present", "description": ["Built it."], "skills": []}
    ]
}  # fmt: skip


@pytest.fixture
def production(tmp_path, monkeypatch):
    """A function that keeps an answered upload with a pair, and what its user said of it."""
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    url = f"sqlite:///{tmp_path}/s.db"
    migrate(url)
    engine = open_engine(url)
    store = Store(engine, SystemClock())

    def keep(name, *said, answer=ANSWER):
        text = json.dumps(answer)
        store.add_task(
            Task(
                id=name, user="ann", tenant="t", request_id="r", way="assistant", decision="shadow", reason="r",
                state="completed", method="legacy", kind="pdf", text="Acme Dev", consent=True, answer=text,
            )
        )  # fmt: skip
        with store.session() as session:
            session.add(
                Pair(
                    id=name, task_id=name, kind="assistant", consent=True, sampling=1.0, bundle="b", text="Acme Dev",
                    answer=text, agreement=1.0, valid=True, created_at=store.clock.now(),
                )
            )  # fmt: skip
            for number, (path, verdict, value) in enumerate(said):
                session.add(
                    Feedback(
                        id=f"{name}-{number}", task_id=name, path=path, verdict=verdict,
                        value=None if value is None else json.dumps(value), created_at=store.clock.now(),
                    )
                )  # fmt: skip

    yield keep, lambda: evidence(url, tmp_path / "evidence", None)
    engine.dispose()


def test_a_correction_makes_a_candidate_and_one_that_breaks_the_contract_is_named(production):
    keep, found = production
    keep("a" * 32, ("/work_experience/0/company", "wrong", "Quillmark"))
    keep("b" * 32, ("/work_experience/0/start_date", "wrong", "last Tuesday, O'Secret"))
    keep("c" * 32)
    made = found()
    assert made.pairs == 3
    assert made.candidates == (f"upload-{'a' * 32}",)
    golden = load_golden(made.project.goldens / f"upload-{'a' * 32}.json")
    assert golden.cv["work_experience"][0]["company"] == "Quillmark"
    assert not golden.reviewed, "it does not gate before a person has accepted it"
    (problem,) = made.unusable
    assert problem.startswith(f"upload-{'b' * 32} (")
    assert "start_date" in problem
    (note,) = [note for note in made.notes if "no golden" in note]
    assert "1 corrected answers make no golden" in note
    assert "O'Secret" not in note, "a value is a person's"


def test_a_correction_that_is_taken_back_is_as_if_it_had_not_been(production):
    keep, found = production
    path = "/work_experience/0/start_date"
    keep("a" * 32, (path, "wrong", "nonsense"), (path, "right", None))
    made = found()
    assert made.unusable == ()
    assert load_golden(made.project.goldens / f"upload-{'a' * 32}.json").cv == ANSWER


def test_the_last_word_counts_and_right_ones_change_nothing(production):
    keep, found = production
    path = "/work_experience/0/company"
    keep("a" * 32, (path, "wrong", "Blunder"), (path, "wrong", "Acme"), ("/work_experience/0/title", "right", None))
    made = found()
    golden = load_golden(made.project.goldens / f"upload-{'a' * 32}.json")
    assert golden.cv["work_experience"][0]["company"] == "Acme"
    assert golden.cv["work_experience"][0]["title"] == "Dev"
    assert [line["action"] for line in golden.provenance.history] == ["wrong", "wrong", "right"]
    assert made.unusable == ()
