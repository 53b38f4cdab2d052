"""What must hold for every CV, whatever is in it."""

import copy
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.replay.serial import dump
from harness.scoring.layout import ENTRIES, FIELDS
from harness.scoring.metrics import counts_on
from harness.scoring.score import score
from harness.scoring.serial import from_dict, to_dict, to_json

relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(["personal_info", "work_experience", "skills", "company", "description", "name", "id", "x"])
            | st.text(max_size=4),
            children,
            max_size=5,
        )
    ),
    max_leaves=25,
)

WORDS = [
    "harbour",
    "lantern",
    "orchard",
    "violin",
    "meadow",
    "copper",
    "thunder",
    "granite",
    "saffron",
    "walnut",
    "ember",
    "pilgrim",
]
phrases = st.lists(st.sampled_from(WORDS), min_size=2, max_size=6, unique=True).map(" ".join)
dates = st.sampled_from(["", "2011", "Jan 2012", "Mar 2013", "2014", "Dec 2015", "Present"])


@st.composite
def cvs(draw):
    """Contract objects whose entries are told apart by what they say."""

    def some(make, most=3):
        return [make(number) for number in range(draw(st.integers(0, most)))]

    bullets = st.lists(phrases, max_size=3, unique_by=lambda text: frozenset(text.split()))
    names = draw(st.permutations(WORDS))
    return {
        "personal_info": {
            name: draw(st.sampled_from(["", value]))
            for name, value in {
                "name": "Ilse Brand",
                "email": "ilse@example.com",
                "phone": "+44 20 7946 0111",
                "location": "Oslo",
                "linkedin": "linkedin.com/in/ilse",
                "portfolio": "",
                "summary": "Keeps bees and books",
            }.items()
        },
        "work_experience": some(
            lambda n: {
                "id": f"w{n}",
                "company": f"{names[n]} works",
                "title": draw(phrases),
                "start_date": draw(dates),
                "end_date": draw(dates),
                "location": draw(st.sampled_from(["", "Oslo"])),
                "description": draw(bullets),
                "skills": draw(st.lists(st.sampled_from(WORDS), max_size=3, unique=True)),
            }
        ),
        "education": some(
            lambda n: {
                "id": f"e{n}",
                "institution": f"{names[n + 4]} school",
                "degree": draw(st.sampled_from(["", "BSc", "MA"])),
                "field": draw(st.sampled_from(["", "Physics"])),
                "start_date": "",
                "end_date": draw(dates),
                "location": "",
                "description": [],
            },
            2,
        ),
        "skills": draw(st.lists(st.sampled_from(WORDS), max_size=5, unique=True)),
        "projects": some(
            lambda n: {
                "id": f"p{n}",
                "name": names[n + 7],
                "date": draw(dates),
                "description": draw(bullets),
                "technologies": [],
            },
            2,
        ),
        "certifications": some(
            lambda n: {"id": f"c{n}", "name": names[n + 9], "issuer": "Board", "year": draw(dates), "expiry": ""}, 2
        ),
        "languages": [
            {"language": one, "proficiency": "B2"}
            for one in draw(st.lists(st.sampled_from(["German", "Polish"]), unique=True))
        ],
        "training": [],
    }


def judged(found):
    """Outcomes without paths: what became of which value."""
    return sorted((one.field, str(one.golden), str(one.answer), one.kind) for one in found.outcomes)


@relaxed
@given(cvs())
def test_an_answer_equal_to_its_golden_is_right(cv):
    found = score(cv, cv)
    assert found.f1 == found.precision == found.recall == found.lenient_f1 == 1.0
    assert {one.kind for one in found.outcomes} <= {"correct"}
    assert set(found.counts) <= set(FIELDS)


@pytest.mark.long
@relaxed
@given(cvs(), cvs(), st.randoms(use_true_random=False))
def test_order_changes_nothing_but_the_order(golden, answer, rng):
    shuffled = copy.deepcopy(answer)
    for section in ENTRIES:
        rng.shuffle(shuffled[section.name])
        for entry in shuffled[section.name]:
            for value in entry.values():
                if isinstance(value, list):
                    rng.shuffle(value)
    rng.shuffle(shuffled["skills"])
    one, other = score(answer, golden), score(shuffled, golden)
    assert judged(one) == judged(other)
    assert one.f1 == other.f1
    assert one.counts == other.counts


@pytest.mark.long
@relaxed
@given(cvs(), cvs())
def test_ids_change_nothing(golden, answer):
    renamed = copy.deepcopy(answer)
    for section in ENTRIES:
        for number, entry in enumerate(renamed[section.name]):
            if "id" in entry:
                entry["id"] = f"other-{number}"
    assert score(answer, golden).outcomes == score(renamed, golden).outcomes


@pytest.mark.long
@relaxed
@given(cvs(), cvs())
def test_swapping_sides_swaps_precision_and_recall(one, other):
    there, back = score(one, other), score(other, one)
    assert there.precision == pytest.approx(back.recall)
    assert there.recall == pytest.approx(back.precision)
    assert there.f1 == pytest.approx(back.f1)


@relaxed
@given(cvs(), st.data())
def test_taking_a_right_value_away_never_raises_recall(cv, data):
    """Of an answer that is right everywhere, so that the alignment stays what it is."""
    places = [(one["description"], at) for one in cv["work_experience"] for at in range(len(one["description"]))]
    places += [(cv["skills"], at) for at in range(len(cv["skills"]))]
    if not places:
        return
    answer = copy.deepcopy(cv)
    number = data.draw(st.integers(0, len(places) - 1))
    taken = [(one["description"], at) for one in answer["work_experience"] for at in range(len(one["description"]))]
    taken += [(answer["skills"], at) for at in range(len(answer["skills"]))]
    values, at = taken[number]
    del values[at]
    assert score(answer, cv).recall <= score(cv, cv).recall


@pytest.mark.long
@relaxed
@given(cvs(), cvs())
def test_adding_a_made_up_value_never_raises_precision(golden, answer):
    more = copy.deepcopy(answer)
    more["skills"].append("Falconry")
    assert score(more, golden).precision <= score(answer, golden).precision


@relaxed
@given(cvs(), cvs())
def test_counts_agree_with_outcomes(golden, answer):
    """Golden leaves are exactly the outcomes with a golden path; right ones exactly the correct among them."""
    found = score(answer, golden)
    for field, counts in found.counts.items():
        mine = [one for one in found.outcomes if one.field == field and one.golden_path]
        assert counts.golden == len(mine)
        assert counts.correct == sum(one.kind == "correct" for one in mine)
        assert counts.near == sum(one.kind == "near" for one in mine)
        assert 0 <= counts.correct + counts.more_correct <= counts.answer
    total = counts_on(found)
    assert len({one.golden_path for one in found.outcomes if one.golden_path}) == total.golden


@settings(deadline=None, max_examples=150)
@given(json_values, json_values, st.none() | st.text(max_size=60))
def test_no_json_value_makes_it_fail(answer, golden, text):
    found = score(answer, golden, text)
    assert found.f1 is None or 0.0 <= found.f1 <= 1.0
    assert from_dict(to_dict(found)).outcomes == found.outcomes or "nan" in repr(found)
    assert to_json(found) == dump(to_dict(found))


def test_hostile_values():
    deep = []
    for _ in range(50_000):
        deep = [deep]
    for value in (
        {"skills": deep},
        {"work_experience": deep, "personal_info": {"name": deep}},
        {"unknown": deep},
        {"skills": [10**6000, float("nan"), True, {"a": "\ud800"}]},
        {"work_experience": [{"company": "\x00\x1b[31m" * 50, "description": ["a " * 5000]}] * 50},
        {"skills": ["x" * 100_000] * 3},
    ):
        assert score(value, {"skills": ["Python"]}, "Python " * 100).f1 is not None


@pytest.mark.parametrize("seed", range(5))
def test_the_same_arguments_give_the_same_score(seed):
    rng = random.Random(seed)
    cv = {"skills": rng.sample(WORDS, 5), "work_experience": [{"company": word, "title": "Cook"} for word in WORDS]}
    answer = {
        "skills": rng.sample(WORDS, 5),
        "work_experience": [{"company": word, "title": "Chef"} for word in WORDS[::-1]],
    }
    assert score(answer, cv, "Cook") == score(copy.deepcopy(answer), copy.deepcopy(cv), "Cook")
