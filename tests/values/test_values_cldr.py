"""The compact files say what the installed CLDR says."""

import json
from pathlib import Path

import pytest

from harness.values import cldr, data
from harness.values.dates import CvDate, parse_date

FOLDER = Path(data.__file__).parent


@pytest.mark.parametrize("name", ["months", "measures", "regions"])
def test_the_files_are_what_babel_says(name):
    """Made anew with `python -m harness.values.cldr`."""
    assert json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) == getattr(cldr, name)()


@pytest.mark.parametrize("language", cldr.LANGUAGES)
def test_every_language_s_months_are_months(language):
    from babel import Locale

    for number, name in Locale.parse(language).months["format"]["wide"].items():
        if not any(character.isdigit() for character in name) and name.replace(" ", "").isalpha():
            found = parse_date(f"{name} 2019")
            assert found is not None
            assert found in (CvDate(2019, number), CvDate(2019, {10: 11}.get(number, 0)))
