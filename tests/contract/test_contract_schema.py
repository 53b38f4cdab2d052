"""The contract's derived forms: the strict variant, the typed view, the compiled checker."""

import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from harness.contract import view
from harness.contract.check import by_jsonschema, check, checker_of_contract, compile_checker, violations
from harness.contract.schema import LEAVES, SECTIONS, contract_schema, empty_cv, strict_schema
from harness.contract.types import Rung

CONTRACT = contract_schema()


def instances(schema, *, broken):
    """Values shaped like `schema`; with `broken`, each part may be something else."""
    junk = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just([]), st.just({}))
    match schema["type"]:
        case "string":
            base = st.text(min_size=schema.get("minLength", 0), max_size=5)
        case "array":
            base = st.lists(instances(schema["items"], broken=broken), max_size=2)
        case "object":
            fields = {name: instances(child, broken=broken) for name, child in schema["properties"].items()}
            if broken:
                base = st.fixed_dictionaries(
                    {}, optional={**fields, "job_title": st.text(max_size=2)}
                ) | st.fixed_dictionaries(fields)
            else:
                base = st.fixed_dictionaries(fields)
    return st.one_of(base, base, base, junk) if broken else base


@settings(max_examples=60, deadline=None)
@given(instances(CONTRACT, broken=True) | instances(CONTRACT, broken=False))
def test_compiled_checker_agrees_with_jsonschema(value):
    assert checker_of_contract()(value) == Draft202012Validator(CONTRACT).is_valid(value)


PASS = {
    "type": "object",
    "required": ["roles", "name", "note"],
    "properties": {
        "roles": {"type": "array", "items": CONTRACT["properties"]["work_experience"]["items"]},
        "name": {"type": "string", "minLength": 2},
    },
}


@settings(max_examples=150, deadline=None)
@given(instances(CONTRACT, broken=True) | instances(PASS, broken=True), st.sampled_from([CONTRACT, PASS]))
def test_violations_are_told_as_jsonschema_tells_them(value, schema):
    told = sorted(by_jsonschema(value, schema), key=lambda one: (one.pointer, one.rule, one.message))
    assert list(violations(value, schema)) == told[:50]


def test_a_schema_with_a_keyword_of_its_own_is_checked_by_jsonschema():
    schema = {"type": "object", "properties": {"name": {"type": "string", "pattern": "^A"}}}
    assert violations({"name": "Ada"}, schema) == ()
    assert [(one.pointer, one.rule) for one in violations({"name": "Bo"}, schema)] == [("/name", "pattern")]


@settings(max_examples=40, deadline=None)
@given(instances(CONTRACT, broken=True) | instances(CONTRACT, broken=False))
def test_strict_variant_differs_only_in_empty_ids(value):
    strict = Draft202012Validator(strict_schema()).is_valid(value)
    broken = violations(value, CONTRACT)
    assert strict == all(rule.rule == "minLength" and rule.pointer.endswith("/id") for rule in broken)


def test_compiled_checker_refuses_a_keyword_it_does_not_know():
    with pytest.raises(ValueError, match="pattern"):
        compile_checker({"type": "string", "pattern": "x"})


def _objects(schema):
    if schema["type"] == "object":
        yield schema
        for child in schema["properties"].values():
            yield from _objects(child)
    elif schema["type"] == "array":
        yield from _objects(schema["items"])


def test_strict_variant_is_in_openais_subset():
    allowed = {"type", "description", "properties", "required", "additionalProperties", "items"}
    for node in _objects(strict_schema()):
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
        for child in (node, *node["properties"].values()):
            assert set(child) <= allowed
    assert len(list(_objects(strict_schema()))) < 100


def _shape(kind):
    if kind is str:
        return "string"
    if typing.get_origin(kind) is list:
        return [_shape(typing.get_args(kind)[0])]
    return {name: _shape(child) for name, child in typing.get_type_hints(kind).items()}


def _schema_shape(schema):
    match schema["type"]:
        case "string":
            return "string"
        case "array":
            return [_schema_shape(schema["items"])]
        case _:
            return {name: _schema_shape(child) for name, child in schema["properties"].items()}


def test_typed_view_is_the_schema():
    assert _shape(view.Cv) == _schema_shape(CONTRACT)


def test_field_paths_cover_every_section():
    assert {path.split("[")[0].split(".")[0] for path in LEAVES} == set(SECTIONS)
    assert "work_experience[].description[]" in LEAVES
    assert "personal_info.name" in LEAVES
    assert "skills[]" in LEAVES


def test_the_empty_cv_is_valid():
    assert check(empty_cv()).rung is Rung.STRICT
