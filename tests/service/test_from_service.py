"""Production's pairs as a run's answers, and users' corrections as golden candidates."""

import json

import pytest

from harness.base.clock import SystemClock
from harness.contract.schema import empty_cv
from harness.corpus.goldens import load_golden
from harness.evaluate.commands.from_service import evidence
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
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

    def keep(name, *said, answer=ANSWER, cv="Acme Dev", shadow=None, consent=True, kinds=("assistant",)):
        text = json.dumps(answer)
        store.add_task(
            Task(
                id=name, user="ann", tenant="t", request_id="r", way="assistant", decision="shadow", reason="r",
                state="completed", method="legacy", kind="pdf", consent=consent, answer=text,
                text=cv if consent else None,
            )
        )  # fmt: skip
        with store.session() as session:
            session.add_all(
                Pair(
                    id=f"{name[:16]}{number:016}", task_id=name, kind=kind, consent=consent, sampling=1.0, bundle="b",
                    text=cv if consent else None, answer=(json.dumps(shadow) if shadow else text) if consent else None,
                    agreement=1.0, valid=True, created_at=store.clock.now(),
                )
                for number, kind in enumerate(kinds)
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


def test_an_upload_that_only_legacy_read_twice_is_no_failure_of_the_assistant(production):
    keep, found = production
    keep("a" * 32)
    keep("b" * 32, kinds=("assistant", "control"))
    keep("c" * 32, kinds=("control",))  # the assistant's place in the queue was taken
    made = found()
    assert (made.pairs, made.controls) == (2, 1)
    lines = [json.loads(line) for line in made.answers.read_text().splitlines()]
    asked = {(line["document"][-1], line["pipeline"], line["repeat"]) for line in lines}
    both = {(name, arm, 0) for name in "ab" for arm in ("legacy", "candidate")}
    assert asked == both | {("b", "legacy", 1)}


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


@pytest.mark.long
def test_a_value_of_one_users_cv_in_the_answer_to_another_is_found(production):
    """It is told from the texts alone, which are there with the users' consent; no golden is needed."""
    keep, found = production
    towns = ("Ashby", "Bexley", "Corsham", "Didcot", "Evesham", "Frome", "Glossop", "Hexham")

    def person(number):
        name, phone = f"{towns[number]} Holloway{number}", f"+44 20 7946 01{number}{number}"
        email = f"{towns[number].lower()}@example.com"
        answer = ANSWER | {
            "personal_info": ANSWER["personal_info"] | {"name": name, "email": email, "phone": phone},
            "work_experience": [ANSWER["work_experience"][0] | {"company": f"{towns[number]} Instruments"}],
        }
        lines = (name, email, phone, f"{towns[number]} Instruments, Dev, Jan 2020 - Present", "Built it.")
        return answer, "\n".join(lines)

    for number in range(8):
        answer, cv = person(number)
        shadow = answer
        if number in (2, 5):
            shadow = answer | {
                "personal_info": answer["personal_info"] | {"phone": person(7)[0]["personal_info"]["phone"]}
            }
        keep(f"{number}" * 32, answer=answer, cv=cv, shadow=shadow)
    keep("e" * 32, answer=person(0)[0], cv=person(0)[1], consent=False)
    made = found()
    assert (made.pairs, made.without_consent) == (8, 1)
    verdict = evaluate(made.project, Plan(arms=("legacy", "candidate"), answers=made.answers, repeat=1)).verdict
    (gate,) = [gate for one in verdict.comparisons for gate in one.gates if gate.name == "cross_talk"]
    assert "another person's data in answers to 2 of 8 people's CVs" in gate.reason
    assert f"of upload-{'7' * 32}" in gate.reason
    assert gate.status != "PASS"
    assert verdict.verdict != "SHIP"
