"""Names and contacts are replaced everywhere, the same in text and golden, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.review.pseudonyms import Pseudonyms, guess_name

CV = """\
Curriculum Vitae
Senior Software Engineer
Zoë van der Meer
zoe.meer@meermail.example | +31 (0)6 1234 5678 | https://www.linkedin.com/in/zoe-meer/ | github.com/zmeer | zoemeer.dev
Experience
2018 - 2021  Engineer, Booking.com, Amsterdam
01/2019 - 03/2021  Consultant, van Dam der Grote B.V.; budget 1.200.000 EUR
I will meer doen. ZOË VAN DER MEER led it; Meer's talk, by Zoë (@zoemeer).
Node.js/React, ASP.NET/C#, socket.io
"""
SECRETS = ("Zoë", "Meer", "zoe.meer", "zoe-meer", "zmeer", "zoemeer", "1234 5678", "MEER", "ZOË")


def test_a_person_is_gone_and_the_rest_stays():
    names = Pseudonyms("s", guess_name(CV))
    assert names.name == "Zoë van der Meer"
    text = names.text(CV)
    assert [secret for secret in SECRETS if secret in text] == []
    for kept in ("2018 - 2021", "01/2019 - 03/2021", "Booking.com", "van Dam der Grote", "I will meer doen",
                 "1.200.000", "Node.js/React", "ASP.NET/C#", "socket.io"):  # fmt: skip
        assert kept in text, kept


def test_text_and_golden_get_the_same_pseudonyms_however_a_contact_is_written():
    names = Pseudonyms("s", guess_name(CV))
    text = names.text(CV)
    golden = names.value(
        {
            "id": "zoe",
            "name": "Zoë van der Meer",
            "phone": "+31 6 12345678",
            "linkedin": "linkedin.com/in/zoe-meer",
            "links": ["https://github.com/zmeer"],
            "company": "Booking.com",
            "none": None,
        }
    )
    assert golden["id"] == "zoe"
    assert golden["company"] == "Booking.com"
    assert golden["none"] is None
    for key in ("name", "phone", "linkedin"):
        assert golden[key] in text, key
    assert golden["links"][0] in text


def test_the_secret_decides_and_the_own_name_is_never_its_pseudonym():
    text = "Alex Arden\nalex@arden.example\nAlex worked."
    found = {Pseudonyms(str(secret), "Alex Arden").text(text) for secret in range(40)}
    assert len(found) > 10
    assert not any("Arden" in each or "Alex" in each for each in found)


def test_pseudonyms_are_not_replaced_again():
    names = Pseudonyms("s", guess_name(CV))
    once = names.text(CV)
    assert names.text(once) == once


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CURRICULUM VITAE\nJane Q. Doe\n", "Jane Q. Doe"),
        ("Data Analyst\nAcme Holding\nMary Poppins\nmary@x.example", "Mary Poppins"),
        ("a résumé in lower case\nno name here at all", ""),
        ("", ""),
    ],
)
def test_the_name_is_guessed_from_the_first_lines(text, name):
    assert guess_name(text) == name


words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9)
numbers = st.builds(
    "{}{}{}".format,
    st.sampled_from(["+44 ", "0", "(030) ", "+1-", "Tel.0", "00 49 "]),
    st.integers(100, 999).map(str),
    st.builds(lambda sep, a, b: f"{sep}{a}{sep}{b}", st.sampled_from([" ", "-", "", "‑", "/"]),
              st.integers(200, 999), st.integers(1000, 1899)),
)  # fmt: skip


@given(user=words, host=words, site=words, number=numbers, filler=st.lists(words, max_size=5))
def test_no_address_number_or_link_survives(user, host, site, number, filler):
    email, link = f"{user}.{host}@{host}.example", f"www.{site}.example/{user}"
    between = " ".join(filler)
    text = f"Jane Doe\n{email} | {number} | {link}\n{between} {number}\nmailto:{email}, see {link}."
    replaced = Pseudonyms("s", "Jane Doe").text(text)
    assert email not in replaced
    assert link not in replaced
    assert "".join(filter(str.isdigit, number))[-7:] not in "".join(filter(str.isdigit, replaced))
