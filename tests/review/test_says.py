"""Whether an answer gives one value, wherever in its field it stands."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.schema import LEAVES
from harness.review.says import says

CV = json.loads((Path(__file__).parents[2] / "goldens" / "a07.json").read_text(encoding="utf-8"))["cv"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("work_experience[].end_date", CV["work_experience"][1]["end_date"], True),
        ("work_experience[].end_date", "Mar 1999", False),
        ("work_experience[].description[]", CV["work_experience"][0]["description"][0], True),
        ("work_experience[].description[]", "nothing of the kind at all", False),
        ("languages[].language", CV["languages"][0]["language"], True),
        ("languages[].language", "Basque", False),
        ("personal_info.email", CV["personal_info"]["email"], True),
        ("skills[]", CV["skills"][0], True),
        ("skills[]", "Underwater welding", False),
    ],
)
def test_a_value_is_found_in_whatever_entry_it_stands(field, value, expected):
    assert says(CV, field, value, "") is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(CV)), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([leaf for leaf in LEAVES if not leaf.endswith(".id")]))
def test_no_answer_breaks_it(answer, field):
    assert says(answer, field, "Quartz Underwriting", "") in (True, False)
