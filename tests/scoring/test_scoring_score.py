import copy
from dataclasses import replace
from json import dumps as dump

import pytest

from harness.base.types import Failure
from harness.contract.types import Rung
from harness.corpus.types import Golden, Provenance
from harness.scoring.metrics import correction_cost, golden_review
from harness.scoring.score import score
from harness.scoring.serial import to_dict

ERRORS = ("near", "wrong", "missing", "invented", "duplicate")


def errors(found):
    return {(one.golden_path or one.answer_path, one.kind) for one in found.outcomes if one.kind in ERRORS}


def outcome(found, path):
    return next(one for one in found.outcomes if path in (one.golden_path, one.answer_path))


def golden(cv, **more):
    return Golden("cv-1", cv, Provenance("person", "2026-01-01"), **more)


def test_an_answer_equal_to_its_golden(cv, answer, text):
    found = score(answer, cv, text)
    assert (found.f1, found.precision, found.recall, found.lenient_f1) == (1.0, 1.0, 1.0, 1.0)
    assert not errors(found)
    assert not found.hallucinations
    assert not found.lost_entries
    assert found.contract.rung == Rung.FORM
    assert found.order.reverse_chronological
    assert found.order.share == 1.0
    assert correction_cost(found) == 0
    assert all(one.grounded and text[slice(*one.evidence)] for one in found.outcomes)


@pytest.mark.parametrize("given", [None, True, 3, "text", [], [[1]], Failure("provider", "timeout")])
def test_no_answer(cv, text, given):
    found = score(given, cv, text)
    assert found.failed
    assert found.f1 == 0.0
    assert {one.kind for one in found.outcomes} == {"missing"}
    assert found.lost_entries == ("work_experience[0]", "work_experience[1]", "education[0]")
    assert found.contract.rung == Rung.BYTES
    assert score(given, {}, text).f1 == 0.0


def test_an_empty_object_is_an_answer(cv):
    found = score({}, cv)
    assert not found.failed
    assert found.f1 == 0.0
    assert score({}, {}).f1 == 1.0


def test_without_a_golden_only_contract_and_grounding_are_judged(answer, text):
    answer["skills"].append("Falconry")
    found = score(answer, None, text)
    assert not found.has_golden
    assert found.f1 is None
    assert found.contract.rung == Rung.FORM
    assert [one.answer for one in found.hallucinations] == ["Falconry"]
    assert not found.counts


def test_a_lost_role_and_a_made_up_one_are_two_errors(cv, answer):
    answer["work_experience"][1] = {
        "id": "x",
        "company": "Zephyr Bakery",
        "title": "Baker",
        "start_date": "1999",
        "end_date": "2001",
        "location": "",
        "description": ["Baked bread before dawn"],
        "skills": [],
    }
    found = score(answer, cv)
    assert found.lost_entries == ("work_experience[1]",)
    kinds = [one.kind for one in found.outcomes if one.kind in ERRORS]
    assert kinds.count("missing") == 6
    assert kinds.count("invented") == 5


def test_promotions_in_one_company_stay_apart(cv, answer):
    first = cv["work_experience"][0]
    before = first | {
        "id": "w0",
        "title": "Engineer",
        "start_date": "2017",
        "end_date": "Dec 2018",
        "description": ["Fixed lathes"],
    }
    cv["work_experience"].insert(1, before)
    found = score(answer, cv)
    assert found.lost_entries == ("work_experience[1]",)
    assert not any(one.kind == "wrong" for one in found.outcomes)


def test_repeated_gigs_are_no_duplicates(cv, answer):
    for side in (cv, answer):
        gig = side["work_experience"][1]
        side["work_experience"].append(
            gig | {"id": "w3", "start_date": "2012", "end_date": "2013", "description": ["Tuned pianos"]}
        )
    assert score(answer, cv).f1 == 1.0
    answer["work_experience"].pop()
    assert score(answer, cv).lost_entries == ("work_experience[2]",)


def test_an_invented_role_given_twice_is_invented_once(cv, answer):
    made_up = {"id": "x", "company": "Globex", "title": "Pilot", "start_date": "2001", "end_date": "2002"}
    answer["work_experience"].append(answer["work_experience"][0] | made_up)
    once = score(answer, cv)
    answer["work_experience"].append(answer["work_experience"][-1] | {"id": "y"})
    twice = score(answer, cv)
    assert sum(one.kind == "invented" for one in twice.outcomes) == sum(one.kind == "invented" for one in once.outcomes)
    assert twice.precision == once.precision
    assert {one.kind for one in twice.outcomes} - {one.kind for one in once.outcomes} == {"duplicate"}


def test_a_role_of_the_same_head_with_other_bullets_is_another_role(cv, answer):
    again = answer["work_experience"][0] | {"id": "again", "description": ["Baked sourdough for a village market."]}
    answer["work_experience"].append(again)
    found = score(answer, cv)
    assert "duplicate" not in {one.kind for one in found.outcomes}
    assert any(one.kind == "invented" for one in found.outcomes)


def test_a_role_given_twice_is_reported_but_not_counted(cv, answer):
    answer["work_experience"].append(answer["work_experience"][0] | {"id": "again"})
    found = score(answer, cv)
    assert found.f1 == 1.0
    assert {one.kind for one in found.outcomes if one.kind in ERRORS} == {"duplicate"}
    assert correction_cost(found) == 10  # each of its values is one to take out


def test_a_certificate_under_training_is_misplaced(cv, answer):
    one = answer["certifications"].pop()
    answer["training"].append(
        {"id": "t", "name": one["name"], "provider": one["issuer"], "date": one["year"], "details": []}
    )
    found = score(answer, cv)
    assert outcome(found, "certifications[0].name").note.startswith("misplaced → training[0].name")
    assert outcome(found, "training[0].name").kind == "wrong"
    assert not any(one.kind == "invented" for one in found.outcomes)
    assert correction_cost(found) == 3


def test_a_key_of_another_name_is_missing_and_found(cv, answer):
    role = answer["work_experience"][0]
    role["job_title"] = role.pop("title")
    found = score(answer, cv)
    assert outcome(found, "work_experience[0].title").note == "misplaced → work_experience[0].job_title"
    assert found.contract.rung == Rung.JSON


def test_broken_shapes_are_read_for_what_they_say(cv, answer):
    role = answer["work_experience"][0]
    role["description"] = "\n".join(role["description"])
    role["skills"] = "Python, Java"
    answer["languages"] = ["German"]
    answer["certifications"][0]["year"] = 2020
    answer["projects"] = None
    found = score(answer, cv)
    assert errors(found) == {("languages[0].proficiency", "missing")}
    assert found.contract.rung == Rung.JSON


def test_empty_null_missing_and_placeholder_are_no_values(cv, answer):
    answer["personal_info"]["portfolio"] = "N/A"
    answer["work_experience"][1]["location"] = None
    del answer["education"][0]["location"]
    answer["skills"].append("unknown")
    assert score(answer, cv).f1 == 1.0


def test_degree_and_field_in_one_value_count_on_the_side_that_has_them(cv, answer):
    answer["education"][0] |= {"degree": "BSc Physics", "field": ""}
    found = score(answer, cv)
    assert found.f1 == found.precision == found.recall == 1.0
    assert outcome(found, "education[0].degree").note == "boundary"
    assert score(cv, answer).f1 == 1.0


class TestGrounding:
    def test_made_up_and_substituted_values_are_hallucinations(self, cv, answer, text):
        answer["certifications"][0]["expiry"] = "2031"
        answer["work_experience"][1]["company"] = "Initech"
        answer["education"][0]["start_date"] = "Sep 2011"
        found = score(answer, cv, text)
        assert {one.answer for one in found.hallucinations} == {"2031", "Initech", "Sep 2011"}

    def test_values_that_only_the_golden_lacks_are_for_review(self, cv, answer, text):
        cv["skills"].remove("C++")
        found = score(answer, cv, text)
        assert [one.answer for one in golden_review(found)] == ["C++"]
        assert not found.hallucinations

    def test_golden_values_that_the_text_lacks_are_defects(self, cv, answer, text):
        cv["personal_info"]["phone"] = "+44 20 7946 0999"
        found = score(answer, cv, text)
        lacking = [one.golden_path for one in found.outcomes if "golden not in the text" in one.note]
        assert lacking == ["personal_info.phone"]

    def test_a_missing_value_shows_where_it_stands_in_the_text(self, cv, answer, text):
        answer["work_experience"].pop()
        found = outcome(score(answer, cv, text), "work_experience[1].end_date")
        assert found.grounded is None
        assert text[slice(*found.evidence)] == "12/2018"

    def test_without_a_text_nothing_is_grounded(self, cv, answer):
        assert all(one.grounded is None and one.evidence is None for one in score(answer, cv).outcomes)


class TestGoldenWithAlternatives:
    def test_an_accepted_alternative_is_right(self, cv, answer):
        answer["work_experience"][1]["company"] = "Initech"
        answer["skills"][0] = "Snake charming"
        answer["work_experience"][0]["description"][2] = "Made coffee for everyone on Fridays"
        accept = {
            "work_experience[1].company": ("Initech",),
            "skills[0]": ("Snake Charming",),
            "work_experience[0].description[2]": ("Made coffee for everyone on Fridays",),
        }
        assert score(answer, cv).f1 < 1.0
        found = score(answer, golden(cv, accept=accept))
        assert found.f1 == 1.0
        assert outcome(found, "work_experience[1].company").note == "accepted alternative"

    def test_an_alternative_that_names_the_entry_finds_it(self, cv, answer):
        answer["work_experience"][1] |= {
            "company": "Initech",
            "title": "Tester",
            "description": ["Other words entirely here"],
        }
        accept = {"work_experience[1].company": ("Initech",), "work_experience[1].title": ("Tester",)}
        assert not score(answer, golden(cv, accept=accept)).lost_entries

    def test_leaving_out_may_be_accepted(self, cv, answer):
        answer["personal_info"]["location"] = ""
        found = score(answer, golden(cv, accept={"personal_info.location": ("",)}))
        assert found.f1 == 1.0
        assert outcome(found, "personal_info.location").kind == "absent"

    def test_ambiguous_values_are_marked(self, cv, answer):
        answer["work_experience"][1]["title"] = "Cook"
        answer["work_experience"][1]["location"] = "Oslo"
        found = score(answer, golden(cv, ambiguous=frozenset({"work_experience[1]"})))
        assert outcome(found, "work_experience[1].title").note == "ambiguous"
        assert outcome(found, "work_experience[1].location").note.endswith("ambiguous")
        assert outcome(found, "work_experience[0].title").note == ""


class TestOrder:
    def test_oldest_first(self, cv, answer):
        answer["work_experience"].reverse()
        found = score(answer, cv)
        assert found.f1 == 1.0
        assert found.order.reverse_chronological is False
        assert found.order.share == 0.0

    def test_what_cannot_be_told_is_no_fault(self, cv, answer):
        for role, (start, end) in zip(
            answer["work_experience"], [("2018", "2019"), ("Mar 2018", "Jun 2019")], strict=True
        ):
            role["start_date"], role["end_date"] = start, end
        assert score(answer, cv).order.reverse_chronological is True

    def test_one_entry_has_no_order(self, cv, answer):
        for side in (cv, answer):
            del side["work_experience"][1]
        found = score(answer, cv)
        assert found.order.reverse_chronological is None
        assert found.order.share is None


def test_the_arguments_are_not_changed(cv, answer, text):
    answer["work_experience"].reverse()
    before = copy.deepcopy((answer, cv))
    score(answer, cv, text)
    assert (answer, cv) == before


def test_an_answer_is_scored_as_if_there_was_no_other_before_it(cv, answer, text):
    """What draws and arms say alike is judged once: not what only looks alike, stands elsewhere or has another text."""
    turned, extra = copy.deepcopy(answer), copy.deepcopy(answer)
    turned["work_experience"].reverse()
    extra["work_experience"][1]["employer"] = extra["education"][0]["grade"] = "Globex GmbH"
    extra["skills"] = "Python, Go"
    told = [answer, turned, extra, {**answer, "skills": []}]
    for year in (1.0, 1, True, "1", None, [1], [True], {"a": 1}):
        told.append(copy.deepcopy(answer))
        told[-1]["education"][0]["start_date"] = told[-1]["skills"][0] = told[-1]["personal_info"]["phone"] = year
    one = golden(cv, accept={"work_experience[0].title": ("Lead",)}, ambiguous=frozenset({"education[0]"}))
    for given in (*told, *reversed(told)):
        for page in (text, None, text.upper()):
            found, alone = score(given, one, page), score(given, replace(one), page)
            assert dump(to_dict(found)) == dump(to_dict(alone))
