"""Reading an answer and checking a final object, rung by rung."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.types import Failure
from harness.contract.check import check
from harness.contract.read import is_odd, read
from harness.contract.schema import empty_cv
from harness.contract.types import Rung


def role(**changes):
    return {
        "id": "work-1",
        "company": "Northgate Foods",
        "title": "Planner",
        "start_date": "Jan 2021",
        "end_date": "Present",
        "location": "",
        "description": [],
        "skills": [],
        **changes,
    }


def cv(*roles):
    return {**empty_cv(), "work_experience": list(roles)}


def test_a_clean_answer_reaches_the_top():
    reading = read(json.dumps(cv(role())))
    assert (reading.rung, reading.repairs) == (Rung.STRICT, ())


@pytest.mark.parametrize(
    ("wrap", "repair"),
    [
        ("```json\n%s\n```", "code fence removed"),
        ("Here is the CV:\n%s\nAnything else?", "text around the object removed"),
        ("\ufeff%s", "byte-order mark removed"),
    ],
)
def test_a_repair_is_named_and_never_credited(wrap, repair):
    reading = read(wrap % json.dumps(cv(role())))
    assert reading.value == cv(role())
    assert reading.rung is Rung.REPAIRED
    assert repair in reading.repairs


def test_trailing_commas_are_repaired_outside_strings_only():
    reading = read('{"a": "x,}", "b": [1, 2,],}', schema={"type": "object"})
    assert reading.value == {"a": "x,}", "b": [1, 2]}
    assert reading.repairs == ("trailing comma removed",)


def test_an_answer_that_was_cut_off_is_not_repaired():
    text = json.dumps(cv(role()))
    reading = read(text[: len(text) // 2])
    assert isinstance(reading.value, Failure)
    assert (reading.value.kind, reading.value.code) == ("unparseable", "cut_off")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("I cannot help with that.", "no_json"),
        ("[1, 2]", "not_an_object:array"),
        ('{"a": NaN}', "broken_json"),
        ('{"a": 1 "b": 2}', "broken_json"),
        ('{"a":' * 100_000, "too_deep"),
        ('{"a":' * 700 + "1" + "}" * 700, "too_deep"),
        ('{"a": 1e999}', "broken_json"),
        (None, "empty"),
    ],
)
def test_what_is_no_json_object_says_why(text, code):
    assert read(text).value == Failure("unparseable", code)


def test_lone_surrogates_become_text():
    reading = read('{"a": "x\\ud800"}', schema={"type": "object"})
    assert reading.value == {"a": "x\ufffd"}
    assert reading.repairs == ("lone surrogate replaced",)


@given(st.text(st.sampled_from('\\uUdD89aAfF0"\x00\ud800\udbff\udfffé\uffff😀'), max_size=12))
def test_odd_texts_are_those_that_one_pattern_finds(text):
    pattern = "[\x00\ud800-\udfff]|" + r"\\u(?i:d[89a-f]|0000)"
    assert is_odd(text) == (re.search(pattern, text) is not None)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_reading_never_raises(text):
    assert read(text).rung in Rung


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_checking_never_raises(value):
    assert check(value).rung in Rung


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"description": "one\ntwo"}, "/work_experience/0/description", "type"),
        ({"skills": None}, "/work_experience/0/skills", "type"),
        ({"id": ""}, "/work_experience/0/id", "minLength"),
    ],
)
def test_a_broken_rule_is_named_by_its_pointer(change, pointer, rule):
    contract = check(cv(role(**change)))
    assert contract.rung is Rung.JSON
    assert [(found.pointer, found.rule) for found in contract.violations] == [(pointer, rule)]


def test_a_renamed_field_is_missing_and_unknown():
    renamed = role()
    renamed["job_title"] = renamed.pop("title")
    messages = {found.message for found in check(cv(renamed)).violations}
    assert messages == {"missing: title", "not in the contract: job_title"}


def test_messages_carry_no_values():
    contract = check(cv(role(skills="Ada Lovelace")))
    assert "Ada" not in str(contract.violations)


@pytest.mark.parametrize("date", ["Jan 2021", "2021", "", "Present"])
def test_contract_dates(date):
    assert check(cv(role(end_date=date))).date_problems == ()


@pytest.mark.parametrize("date", ["January 2021", "2021-01", "01/2021", "2019 – 2021", "present", "Current", "2021 "])
def test_dates_off_the_contract_stop_one_rung_below(date):
    contract = check(cv(role(end_date=date)))
    assert contract.rung is Rung.SCHEMA
    assert [found.pointer for found in contract.date_problems] == ["/work_experience/0/end_date"]


def test_present_is_no_start_date():
    assert len(check(cv(role(start_date="Present"))).date_problems) == 1


def test_ids_are_unique_within_the_cv_section():
    contract = check(cv(role(), role(company="Other")))
    assert contract.rung is Rung.SCHEMA
    assert [found.pointer for found in contract.id_problems] == ["/work_experience/1/id"]


def test_placeholders_are_noted():
    assert [found.pointer for found in check(cv(role(location="N/A"))).placeholders] == ["/work_experience/0/location"]


@pytest.mark.parametrize(
    "text", ['{"a": 1, "b": [], "a": 2}', '{"b": [{"a": 1, "a": 2}], "a": 2}', 'Well: {"a": 1, "a": 2} so be it']
)
def test_a_key_that_stands_twice_is_a_named_repair(text):
    reading = read(text, schema={"type": "object"})
    assert reading.value["a"] == 2
    assert reading.rung is Rung.REPAIRED
    assert "duplicate key, the last one kept" in reading.repairs


@pytest.mark.parametrize(
    "before",
    ["<think>The CV says {name} and [roles].</think>\n", 'As {"name": "x"} shows: ', "{ braces }\n{\n\n", 'a "{" b '],
)
def test_a_brace_before_the_object_loses_nothing(before):
    reading = read(f"{before}{json.dumps(cv(role()))}\nThat is {{all}}.")
    assert reading.value == cv(role())
    assert reading.repairs == ("text around the object removed",)


@pytest.mark.parametrize("code", ["broken_json", "cut_off"])
def test_an_object_inside_a_broken_one_is_no_answer(code):
    whole = json.dumps(cv(role()))
    broken = whole.replace('"skills"', "skills", 1) if code == "broken_json" else whole[:-3]
    assert read(f"<think>{{x}}</think>{broken}").value == Failure("unparseable", code)


def test_nul_and_other_control_characters_are_named_repairs():
    assert read('{"a": "x\\u0000y"}', schema={"type": "object"}).repairs == ("NUL removed",)
    reading = read('{"a": "x\x00y\x01"}', schema={"type": "object"})
    assert reading.value == {"a": "xy"}
    assert reading.repairs == ("control characters removed",)
    assert read(b'{"a": "\xff"}', schema={"type": "object"}).repairs == ("bytes that are no UTF-8 replaced",)
