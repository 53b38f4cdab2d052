"""A score is the same to the byte whatever was scored before it, and what is remembered for that is bounded."""

import copy
import gc
import random
import tracemalloc
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.corpus.types import Golden, Provenance
from harness.scoring.reading import Known, read_cv
from harness.scoring.score import score
from harness.scoring.serial import to_dict

SECTIONS = ("work_experience", "education", "projects", "certifications", "languages", "training")
ODD = (None, "", [], {}, True, False, 0, 1, 1.0, -0.0, float("nan"), 1e308, 10**40, "1", "True", "N/A", "-", "\x00")
ODD_STRINGS = ("\ud800", "\u202eabc", "2020", "Java", "Globex GmbH")
ODDER = (2020, 2020.0, ["a", "a"], [["a"], "a"], {"company": "Acme Ltd"}, [[[[["deep"]]]]])


def golden(cv, **more):
    return Golden("cv-1", copy.deepcopy(cv), Provenance("person", "2026-01-01"), **more)


def shown(answer, by, text):
    """All of a score, with the types of its values."""
    found = score(answer, by, text)
    return repr(found), repr(to_dict(found))


def alone(answer, by, text):
    """The same beside a golden that no other answer was scored by."""
    return shown(copy.deepcopy(answer), replace(by), text)


def entries(cv):
    return [(name, at) for name in SECTIONS if isinstance(cv.get(name), list) for at in range(len(cv[name]))]


def change(cv, turn):
    """One of the ways in which a draw differs from another, or a hostile one from all."""
    (name, at), other = turn.choice(entries(cv) or [("skills", 0)]), turn.choice(SECTIONS)
    entry = cv.get(name, [])[at] if entries(cv) else {}
    odd = copy.deepcopy(turn.choice((*ODD, *ODD_STRINGS, *ODDER)))
    match turn.randrange(10) if isinstance(entry, dict) and entry else 9:
        case 0:
            cv.setdefault(other, []).insert(0, cv[name].pop(at))
        case 1:
            cv[name].insert(0, copy.deepcopy(entry))
        case 2:
            turn.shuffle(cv[name])
        case 3:
            entry[turn.choice(list(entry))] = odd
        case 4:
            cv[name][at] = dict(sorted(entry.items(), reverse=True))
        case 5:
            del entry[turn.choice(list(entry))]
        case 6:
            entry["grade"] = odd
        case 7:
            entry["description"] = "\n".join(map(str, entry.get("description") or ["x"]))
        case 8:
            key = turn.choice(list(entry))
            entry[key] = unicodedata.normalize("NFD", str(entry[key]))
        case _:
            cv[turn.choice((*SECTIONS, "skills", "personal_info", "new"))] = odd


def changed(cv, seed):
    turn, told = random.Random(seed), copy.deepcopy(cv)
    for _ in range(turn.randrange(5)):
        if any(not isinstance(told.get(name, []), list) for name in SECTIONS):
            break
        change(told, turn)
    return told


@pytest.mark.long
@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(seeds=st.lists(st.integers(0, 10**6), min_size=2, max_size=8), order=st.randoms(use_true_random=False))
def test_any_answers_in_any_order(cv, text, seeds, order):
    goldens = [
        golden(cv),
        golden(cv, accept={"work_experience[0].title": ("Lead", "")}),
        golden(cv, ambiguous=frozenset({"work_experience[1]", "skills"})),
        *(golden({**cv, "skills": [f"Skill {at}"]}) for at in range(7)),
    ]
    told = [(changed(cv, seed), by, page) for seed in seeds for by in goldens[:3] for page in (text, None)]
    told += [(changed(cv, seeds[0]), by, text) for by in goldens]
    order.shuffle(told)
    for answer, by, page in [*told, *told]:
        assert shown(copy.deepcopy(answer), by, page) == alone(answer, by, page)


def some_answers(cv):
    return [cv, *(changed(cv, seed) for seed in range(12))]


def test_more_goldens_than_are_remembered(cv, text):
    goldens = [golden({**cv, "skills": [f"Skill {at}"]}) for at in range(10)]
    first = [shown(cv, by, text) for by in goldens]
    assert [shown(cv, by, text) for by in goldens] == first
    assert [alone(cv, by, text) for by in goldens] == first


def test_two_threads_at_once(cv, text):
    goldens, answers = [golden({**cv, "skills": [f"Skill {at}"]}) for at in range(3)], some_answers(cv)[:5]
    asked = [(answer, by) for answer in answers for by in goldens]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda one: shown(*one, text), asked + asked[::-1]))
    expected = [alone(*one, text) for one in asked]
    assert found == expected + expected[::-1]


@pytest.mark.parametrize("place", ["name", "company", "bullet", "skills"])
def test_an_answer_that_is_changed_afterwards(cv, answer, text, place):
    """Lists and objects in place of a value are shown as they were, to each answer its own."""
    match place:
        case "name":
            answer["personal_info"]["name"] = ["Anna", "Smith"]
        case "company":
            answer["work_experience"][0]["company"] = {"is": ["Acme"]}
        case "bullet":
            answer["work_experience"][0]["description"][0] = ["Led a team", "of 12"]
        case _:
            answer["skills"] = [{"name": "Python"}, ["Java"]]
    by, before = golden(cv), copy.deepcopy(answer)
    score(answer, by, text)

    def spoil(value):
        for one in list(value.values() if isinstance(value, dict) else value):
            if isinstance(one, (dict, list)):
                spoil(one)
        if isinstance(value, dict):
            value["late"] = "late"
        else:
            value.append("late")

    spoil(answer)
    assert shown(before, by, text) == alone(before, by, text)


def test_what_says_nothing_is_remembered_within_bounds():
    """Sixty answers of forty kilobytes each, in which there is no value."""
    known = Known()
    gc.collect()
    tracemalloc.start()
    try:
        for at in range(60):
            read_cv({"languages": [{"language": {"-" * 40_000 + str(at): None}}]}, known)
        assert tracemalloc.get_traced_memory()[0] < 1_200_000
    finally:
        tracemalloc.stop()
