"""Agreement of arms where there are no goldens."""

from dataclasses import replace

from harness.contract.schema import empty_cv
from harness.corpus.types import Document
from harness.gates.types import Case
from harness.models.types import Usage
from harness.replay.types import Record
from harness.review.agreement import agreement_of, agreements
from harness.scoring.score import score

ALL = frozenset({"personal_info.name", "skills[]", "languages[].language"})


def case(arm, document, cv, golden=None):
    record = Record(
        document, arm, 0, cv, "completed", (), (), (), "t", None, 0.0, 0.0, "simulated", Usage(), True, None, 1, 1
    )
    return Case(Document(document, "", "", "", document, "none"), record, score(cv, golden))


def cv(name, *skills):
    empty = empty_cv()
    return {**empty, "personal_info": {**empty["personal_info"], "name": name}, "skills": list(skills)}


def test_agreement_is_per_cv_and_per_field():
    cases = [
        case("candidate", "d1", cv("Ada Byron", "Chess", "Rust")),
        case("baseline", "d1", cv("Ada Byron", "Chess", "Go")),
        case("candidate", "d2", cv("Max Born")),
        case("baseline", "d2", cv("Max Born")),
    ]
    (found,) = agreements(cases, {"candidate": ALL, "baseline": ALL})
    assert (found.one, found.two, found.n) == ("candidate", "baseline", 2)
    assert found.documents[0] == ("d1", 2 / 3)
    assert found.fields[0] == ("skills[]", 0.5, 4)
    assert found.f1 == (2 / 3 + 1) / 2


def test_fields_that_one_arm_is_not_asked_for_do_not_count():
    cases = [case("candidate", "d1", cv("Ada Byron", "Chess")), case("legacy", "d1", cv("", "Chess"))]
    (found,) = agreements(cases, {"candidate": ALL, "legacy": frozenset({"skills[]"})})
    assert found.f1 == 1.0


def test_documents_with_goldens_are_left_to_accuracy():
    golden = cv("Ada Byron")
    cases = [case(arm, "d1", golden, golden) for arm in ("candidate", "baseline")]
    assert agreements(cases, {}) == ()
    assert agreements([replace(each, score=None) for each in cases], {}) == ()


def test_identical_answers_agree_entirely():
    said = {
        **cv("Ada Byron", "Chess", "Chess"),
        "work_experience": [{"company": "Works", "description": ["Filed"] * 3}],
    }
    (found,) = agreements([case("candidate", "d1", said), case("baseline", "d1", said)], {})
    assert found.f1 == 1.0


def test_an_agreement_is_the_same_to_the_last_digit_in_every_process():
    """Answers are summed in the order of their documents and draws, not in a set's."""
    said = {
        (place, more): cv("Ada", *map(str, range(3 + place + more))) for place in range(30) for more in (0, 1, 3, 7)
    }
    cases, means = [], {}
    for place in range(30):
        for draw, more in enumerate((1, 3, 7)):
            made = (
                case("candidate", f"d{place:02}", said[place, more]),
                case("baseline", f"d{place:02}", said[place, 0]),
            )
            cases += [replace(one, record=replace(one.record, draw=draw)) for one in made]
        each = [agreement_of(said[place, more], said[place, 0], frozenset()) for more in (1, 3, 7)]
        means[f"d{place:02}"] = sum(each) / 3
    (found,) = agreements(cases, {})
    assert dict(found.documents) == means
    assert found.f1 == sum(means.values()) / 30
