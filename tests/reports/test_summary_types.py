"""The types of summary.json are those of its schema."""

import make_summary_types


def test_the_types_of_the_tables_are_those_of_the_schema() -> None:
    assert make_summary_types.TARGET.read_text(encoding="utf-8") == make_summary_types.made()
