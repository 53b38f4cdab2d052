import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.values.find import haystack
from harness.values.folding import fold_text
from harness.values.normalise import fold, normalise, same_but_accents, squeeze, tokens, words


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Senior   Engineer, ", "senior engineer"),
        ("“Smart” – quoted", 'smart" - quoted'),
        ("co\u00adoper\u200bate\ufeff", "cooperate"),
        ("ﬁnance ﬂow", "finance flow"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("• bullet.", "bullet"),
        ("manage-\nment", "management"),
        ("Anna-\nMaria", "anna-maria"),
        ("40 %", "40%"),
        ("1,000 and 1.000 and 1'000", "1000 and 1000 and 1000"),
        ("0.125 and 3.1415", "0.125 and 3.1415"),
        (".NET", ".net"),
        ("... and", "and"),
        ("١٢٣", "123"),
        ("Straße", "strasse"),
    ],
)
def test_normal_form(text, normal):
    assert normalise(text) == normal


@settings(deadline=None)
@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None)
@given(st.text(alphabet="aZ.,-'%1 0\n\u00a0\u200bé•ﬁ½()–", max_size=40))
def test_normalising_twice_changes_nothing_where_it_has_much_to_do(text):
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C, C++, C# and .NET", ("c", "c++", "c#", "and", ".net")),
        ("Node.js/CI/CD", ("node.js/ci/cd",)),
        ("R&D at AT&T", ("r&d", "at", "at&t")),
        ("full-stack", ("full", "stack")),
        ("O’Brien's", ("o'brien's",)),
        ("3.5 of 4,0", ("3.5", "of", "4,0")),
        ("שָׁלוֹם עולם", ("שָׁלוֹם", "עולם")),
    ],
)
def test_words(text, found):
    assert words(text) == found


def test_scripts_without_spaces_are_tokenised_by_character():
    assert tokens("東京大学 2019") == ("東", "京", "大", "学", "2019")
    assert tokens("データ分析") == ("デ", "ー", "タ", "分", "析")
    assert words("東京大学") == ("東京大学",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Müller", "Mueller", True),
        ("Müller", "Muller", True),
        ("Łódź", "Lodz", True),
        ("Sørensen", "Soerensen", True),
        ("résumé", "resume", True),
        ("أحمد", "احمد", True),
        ("バス", "ハス", False),  # voiced marks are no accents
        ("Muller", "Miller", False),
    ],
)
def test_accents(one, other, same):
    assert same_but_accents(one, other) is same


def test_squeezing_keeps_symbols():
    assert squeeze("Java Script") == squeeze("JavaScript")
    assert len({squeeze(text) for text in ("C", "C++", "C#")}) == 3


@settings(deadline=None)
@given(st.text(max_size=200))
@example("\x08-\x80")
def test_every_stretch_of_a_folded_text_maps_back_into_the_given_one(text):
    hay = haystack(text)
    offsets = [hay.given_offset(at) for at in range(len(hay.text))]
    assert all(0 <= offset <= len(text) for offset in offsets)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_leaves_no_capitals(text):
    assert fold(text) == fold(fold(text))


def test_a_letter_after_a_hyphen_stays_whatever_stands_beside_it() -> None:
    assert fold_text("ﬁne co-équipier").text == "fine co-équipier"
    assert fold_text("ﬁne co-\nequipier").text == "fine coequipier"


_LONG_TEXTS = st.builds(
    lambda kinds, places: "".join(kinds[at % len(kinds)] if at % 3 else "Ab 1."[at % 5] for at in places),
    st.lists(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40),
    st.lists(st.integers(0, 1000), min_size=200, max_size=300),
)


@given(_LONG_TEXTS)
@example("한" * 100 + "각" * 100 + "\u1100\u1161" * 50)
@example("α\u0345\u0301" * 100)
@example("ꭰ İSTANBUL ẞ " * 40)
def test_a_long_text_folds_as_its_parts_would(text: str) -> None:
    # one character appended puts it the long way round: a backtick is nothing that kinds of characters can take
    assert fold(text) == fold(text + "`")[:-1]
