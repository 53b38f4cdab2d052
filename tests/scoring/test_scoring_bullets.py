import pytest

from harness.scoring.bullets import cover, times_said
from harness.scoring.score import score

LONG = "Reorganised the night shift of the central warehouse so that forty vans left before seven every morning"


def kinds(side, other):
    return [found.kind for found in cover(side, other)]


@pytest.mark.parametrize(
    ("golden", "answer", "kind"),
    [
        (LONG, LONG.upper() + ".", "correct"),
        (LONG, LONG.replace("central ", ""), "near"),  # one of seventeen words is information
        (LONG, " ".join(LONG.split()[:12]), "wrong"),  # a number went with the end
        (LONG.replace("seven", "breakfast"), " ".join(LONG.split()[:12]), "near"),
        (LONG, " ".join(LONG.split()[:4]), "none"),
        (LONG, "Took ownership of logistics and drove measurable value for stakeholders", "none"),
        ("Cut cost by 40 % in two years across stores", "Cut cost by 40% in two years across stores", "correct"),
        ("Cut cost by 40% in two years across stores", "Cut cost by 400% in two years across stores", "wrong"),
        ("Cut cost by 40% in two years across stores", "Cut cost by much in two years across stores", "wrong"),
        ("Served 1,200 clients in two regions", "Served 1200 clients in two regions", "correct"),
        (
            "Built and ran eleven services in Java for the payments team of the bank",
            "Built and ran eleven services in JavaScript for the payments team of the bank",
            "wrong",
        ),
        ("Wrote full-stack features", "Wrote fullstack features", "correct"),
        ("Écrit des résumés pour la presse", "Ecrit des resumes pour la presse", "correct"),
        ("売上を20%改善しました", "売上を20%改善しました。", "correct"),
        ("売上を20%改善しました", "売上を25%改善しました", "wrong"),
    ],
)
def test_one_bullet_against_another(golden, answer, kind):
    assert kinds([golden], [answer]) == [kind]


def test_a_negation_turns_a_statement_round():
    assert kinds([LONG + " but not on Sundays"], [LONG + " but on Sundays"]) == ["wrong"]


def test_splitting_joining_and_reordering_cost_nothing():
    parts = [
        "Reorganised the night shift of the central warehouse",
        "so that forty vans left before seven every morning",
    ]
    assert kinds([LONG], parts) == ["correct"]
    assert kinds([LONG], parts[::-1]) == ["correct"]
    assert kinds(parts, [LONG]) == ["correct", "correct"]
    assert kinds(parts, ["; ".join(parts[::-1])]) == ["correct", "correct"]


def test_a_bullet_that_says_another_one_word_for_word_is_spoken_for():
    golden = [
        "Audited the returns desk, together with the union representatives",
        "Taught apprentices, together with the union representatives",
    ]
    assert kinds(golden, golden[:1]) == ["correct", "none"]


def test_cut_and_changed_bullets_say_so(cv, answer):
    bullets = answer["work_experience"][0]["description"]
    bullets[0] = "Led a team of"
    bullets[1] = bullets[1].replace("40%", "400%")
    notes = {one.golden_path: one.note for one in score(answer, cv).outcomes if one.kind in ("wrong", "missing")}
    assert notes == {
        "work_experience[0].description[0]": "cut after 4 of 9 words",
        "work_experience[0].description[1]": "number 40 → 400",
    }


def test_truncation_costs_recall_and_invention_costs_precision(cv, answer):
    answer["work_experience"][0]["description"][1] = "Cut cost by 40%"
    found = score(answer, cv)
    assert found.recall < 1.0
    assert found.precision == 1.0
    answer["work_experience"][0]["description"][1] = cv["work_experience"][0]["description"][1]
    answer["work_experience"][0]["description"].append("Won prizes for gardening")
    found = score(answer, cv)
    assert found.recall == 1.0
    assert found.precision < 1.0


def test_a_bullet_of_another_role_is_wrong_there_and_missing_here(cv, answer):
    moved = answer["work_experience"][0]["description"].pop(0)
    answer["work_experience"][1]["description"].append(moved)
    found = {one.golden_path or one.answer_path: one for one in score(answer, cv).outcomes}
    assert found["work_experience[0].description[0]"].kind == "missing"
    assert found["work_experience[0].description[0]"].note == "misplaced → work_experience[1].description[2]"
    assert found["work_experience[1].description[2]"].kind == "wrong"


def test_a_repeated_bullet_is_a_duplicate_unless_the_golden_says_it_as_often(cv, answer):
    answer["work_experience"][1]["description"].append("wrote C++ code for robots")
    assert [one.kind for one in score(answer, cv).outcomes if one.kind != "correct"] == ["duplicate"]
    assert times_said("at night", ["Tested at night, coded at night"]) == 2


def test_counts_of_both_sides(cv, answer):
    role = answer["work_experience"][0]
    role["description"] = ["; ".join(role["description"])]
    counts = score(answer, cv).counts["work_experience[].description[]"]
    assert (counts.correct, counts.golden, counts.answer, counts.more_correct) == (5, 5, 3, -2)
    assert counts.precision == counts.recall == counts.f1 == 1.0
