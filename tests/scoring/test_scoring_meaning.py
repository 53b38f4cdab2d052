"""What means the same and what does not, in kinds that no table was made for; the CV's text as the judge."""

import pytest

from harness.scoring.comparators import compare, similar_skill
from harness.scoring.score import score
from harness.scoring.witness import Witness

VALUES = [
    ("name", "Müller-Lüdenscheidt, Karl-Heinz", "Karl-Heinz Müller-Lüdenscheidt", "correct"),
    ("name", "Dr. med. Ilse A. B. Brandt", "Ilse A.B. Brandt", "correct"),
    ("name", "José María de la Cruz", "Jose Maria de la Cruz", "correct"),
    ("name", "Ng Wei Ling", "Wei Ling Ng", "correct"),
    ("name", "Anna Kowalska", "Anna Kowalski", "near|wrong"),
    ("name", "Jean-Luc Martin", "Jean Luc Martin", "correct"),
    ("name", "李小龙", "李小红", "near|wrong"),
    ("email", "Kim.O'Neil@uni-example.ac.uk", "kim.o'neil@uni-example.ac.uk", "correct"),
    ("email", "k.oneil@example.com", "koneil@example.com", "wrong"),
    ("email", "<kim@example.org>", "mailto:kim@example.org", "correct"),
    ("phone", "+49 (0) 89 1234567", "089 / 123 45 67", "correct"),
    ("phone", "+33 6 12 34 56 78", "06 12 34 56 78", "correct"),
    ("phone", "+33 6 12 34 56 78", "+33 6 12 34 56 87", "wrong"),
    ("phone", "+1 (415) 555-0132", "415.555.0132", "correct"),
    ("phone", "030 901820 oder 0171 5550123", "0171 5550123", "correct"),
    ("phone", "030 901820 oder 0171 5550123", "0171 901820", "wrong"),
    ("phone", "+353 1 555 0100; +353 86 555 0101", "+353 86 555 0101", "correct"),
    ("phone", "+81-3-5555-0123", "03-5555-0123", "correct"),
    ("phone", "+34 600 555 012", "+351 600 555 012", "wrong"),
    (
        "linkedin",
        "https://de.linkedin.com/in/ilse-brandt-4a1b?trk=public",
        "linkedin.com/in/ilse-brandt-4a1b",
        "correct",
    ),
    ("linkedin", "linkedin.com/in/ilse-brandt", "linkedin.com/school/ilse-brandt", "wrong"),
    ("linkedin", "www.linkedin.com/in/ilse-brandt", "xing.com/profile/ilse-brandt", "wrong"),
    ("linkedin", "linkedin.com/in/ilse-brandt/en", "linkedin.com/in/ilse-brandt", "correct"),
    ("linkedin", "LinkedIn: ilsebrandt", "linkedin.com/in/ilsebrandt", "correct"),
    ("portfolio", "https://github.com/ilseb?tab=repositories", "github.com/ilseb", "correct"),
    ("portfolio", "stackoverflow.com/users/1234/ilse", "stackoverflow.com/users/4321/ilse", "wrong"),
    ("portfolio", "orcid.org/0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0098", "wrong"),
    ("portfolio", "http://www.ilse.example/#about", "ilse.example", "correct"),
    ("portfolio", "youtube.com/watch?v=abc123", "youtube.com/watch?v=xyz789", "wrong"),
    ("portfolio", "behance.net/ilse", "behance.net/ilse/gallery", "near"),
    ("organisation", "Marks & Spencer plc", "Marks and Spencer", "correct"),
    ("organisation", "B & Q", "B&Q", "correct"),
    ("organisation", "P. J. Hayes & Co.", "P.J. Hayes & Co", "correct"),
    ("organisation", "Deutsche Bahn AG", "Deutsche Bank AG", "near|wrong"),
    ("organisation", "U.S. Steel", "US Steel", "correct"),
    ("organisation", "S. C. Johnson", "SC Johnson", "correct"),
    ("organisation", "Procter & Gamble", "P&G", "near|wrong|correct"),
    ("organisation", "株式会社日立製作所", "日立製作所", "correct"),
    ("organisation", "ООО Ромашка", "Ромашка", "correct"),
    ("organisation", "North West Ambulance Service", "North East Ambulance Service", "near|wrong"),
    ("title", "R&D Engineer", "R & D Engineer", "correct"),
    ("title", "Head of Sales", "Deputy Head of Sales", "near|wrong"),
    ("title", "Senior Analyst", "Junior Analyst", "near|wrong"),
    ("title", "Leiter Einkauf", "Stellvertretender Leiter Einkauf", "near|wrong"),
    ("date", "March 2018", "märz 2018", "correct"),
    ("date", "Aug 2019", "elokuu 2019", "correct"),
    ("date", "Aug 2019", "2019. augusztus", "correct"),
    ("date", "Aug 2019", "8월 2019", "correct"),
    ("date", "Aug 2019", "Agustus 2019", "correct"),
    ("date", "Aug 2019", "серпень 2019", "correct"),
    ("date", "Aug 2019", "Αύγουστος 2019", "correct"),
    ("date", "Aug 2019", "rugpjūtis 2019", "correct"),
    ("date", "Aug 2019", "Lúnasa 2019", "correct"),
    ("date", "Oct 2019", "říjen 2019", "correct"),
    ("date", "Jul 2019", "červenec 2019", "correct"),
    ("date", "Jun 2019", "červenec 2019", "wrong"),
    ("date", "Jun 2021", "2021年6月卒業見込み", "correct"),
    ("date", "Jun 2021", "erwartet: Juni 2021", "correct"),
    ("date", "Jun 2021", "juin 2021 (prévu)", "correct"),
    ("date", "2019", "Autumn 2019", "correct"),
    ("date", "2019", "2019 H2", "correct"),
    ("date", "Q1 2019", "Q2 2019", "wrong"),
    ("date", "Present", "tot heden", "correct"),
    ("date", "Present", "по настоящее время", "correct"),
    ("date", "Present", "현재", "correct"),
    ("date", "Mar 2019", "3/19", "correct"),
    ("date", "Mar 2019", "mar.-19", "correct"),
    ("date", "Mar 2019", "2019/3", "correct"),
    ("date", "Jan 2019", "2019-10", "wrong"),
    ("degree", "M.Sc. Chemistry", "MSc Chemistry", "correct"),
    ("place", "München, Deutschland", "Munich, Germany", "correct"),
    ("place", "Paris, France", "Paris, Texas", "near|wrong"),
    ("language", "Svenska", "Swedish", "correct"),
    ("text", "ISO 9001:2015 Lead Auditor", "ISO 14001:2015 Lead Auditor", "near|wrong"),
]
SKILLS = [
    ("Phlebotomy", "Phlebotmy", "Phlebotomy", False),
    ("Phlebotomy", "Phlebotmy", "Phlebotmy", True),
    ("Nephrology", "Neurology", "Nephrology", False),
    ("Arbitration", "Arbitrage", "Arbitration", False),
    ("Causal inference", "Casual inference", "Causal inference", False),
    ("Terraform", "Terrafrom", "Terraform", False),
    ("Terraform", "Terrafrom", "Terrafrom", True),
    ("Spectrometry", "Spectroscopy", "Spectrometry", False),
    ("Optimisation", "Optimization", "Optimisation", True),
    ("Stationery design", "Stationary design", "Stationery design", False),
    ("Hydrology", "Hydraulics", "Hydrology", False),
    ("Insulin therapy", "Insulin theraphy", "Insulin therapy", False),
    ("Insulin therapy", "Insulin theraphy", "Insulin theraphy", True),
    ("Kundenbetreuung", "Kundenbetreung", "Kundenbetreuung", False),
    ("Kundenbetreuung", "Kundenbetreung", "Kundenbetreung", True),
]
# golden, answer, kinds of the golden's bullet, whether it is a hallucination (None: either)
STATEMENTS = [
    ("Cut onboarding time from 12 to 4 weeks", "Cut onboarding time from 4 to 12 weeks", "wrong", True),
    ("Hired 14 nurses for the night shift", "Fired 14 nurses for the night shift", "wrong", True),
    ("Opened three branches in the Midlands", "Closed three branches in the Midlands", "wrong", True),
    ("Reported to the Deputy Director of Finance", "Reported to the Director of Finance", "wrong", None),
    ("Audits passed without findings in 2021", "Audits passed with findings in 2021", "wrong", True),
    ("Kept defects below 2 % of output", "Kept defects above 2 % of output", "wrong", True),
    ("Saved £40k a year on print", "Saved €40k a year on print", "wrong", True),
    ("Saved £40k a year on print", "Saved £40 a year on print", "wrong", None),
    ("Delivered the rollout in 6 weeks", "Delivered the rollout in 6 months", "wrong", True),
    ("Mentored two apprentices through their exams", "Mentored 2 apprentices through their exams", "correct", None),
    ("Increased throughput by 1,250 units", "Increased throughput by 1.250 units", "correct", None),
    ("Umsatz um 12 % gesteigert", "Umsatz um 12 % gesenkt", "wrong", True),
    ("Keine Arbeitsunfälle in drei Jahren", "Arbeitsunfälle in drei Jahren", "wrong", None),
    ("Leitung eines Teams von 8 Personen", "Mitarbeit in einem Team von 8 Personen", "wrong|none", True),
    ("Budget von 3 Mio. € verantwortet", "Budget von 3 Mrd. € verantwortet", "wrong", True),
    ("Réduction des délais de 20 %", "Augmentation des délais de 20 %", "wrong", True),
    ("Encadré une équipe de 6 personnes", "Assisté une équipe de 6 personnes", "wrong", True),
    ("Aumenté las ventas un 15 % en dos años", "Reduje las ventas un 15 % en dos años", "wrong", True),
    ("Gestione di tutti i fornitori", "Gestione di alcuni fornitori", "wrong", True),
    ("Zwiększyłem sprzedaż o 15%", "Zmniejszyłem sprzedaż o 15%", "wrong", True),
    ("Ökade försäljningen med 15 %", "Minskade försäljningen med 15 %", "wrong", True),
    ("Увеличил продажи на 15 %", "Сократил продажи на 15 %", "wrong", True),
    ("コストを15%削減した", "コストを15%増加させた", "wrong|none", True),
    ("管理500万元预算", "管理500亿元预算", "wrong", True),
    ("הגדלתי את המכירות ב-15%", "הקטנתי את המכירות ב-15%", "wrong", True),
    ("خفضت التكاليف بنسبة 15%", "زادت التكاليف بنسبة 15%", "wrong", True),
    ("매출을 15% 증가시켰다", "매출을 15% 감소시켰다", "wrong", True),
    ("Wrote end-to-end tests for the checkout", "Wrote end to end tests for the checkout", "correct", None),
    ("Ran the co-operative's annual audit", "Ran the cooperative's annual audit", "correct", None),
    ("Trained staff in first aid", "Trained staff in first-aid", "correct", None),
    ("Prepared payroll for 90 employees each month", "Prepared payroll for 90 employees each week", "wrong", True),
    ("Won the regional sales prize twice", "Won the regional sales prize", "wrong", None),
    ("Built dashboards in Tableau for the board", "Built dashboards in Looker for the board", "wrong", True),
    ("Presented findings to Acme's leadership", "Presented findings to Globex's leadership", "wrong", True),
    ("Wrote clear manuals for new colleagues", "Wrote excellent manuals for new colleagues", "near", True),
    (
        "Organised the summer fair, booked performers, sold tickets",
        "Booked performers; sold tickets; organised the summer fair",
        "correct",
        None,
    ),
    (
        "Maintained the herb garden and the greenhouse",
        "Maintained the greenhouse and the herb garden",
        "near|correct",
        None,
    ),
    ("Handled overnight deliveries at the depot", "Handled deliveries at the depot", "near", False),
    ("Reviewed symmetric key protocols", "Reviewed asymmetric key protocols", "wrong", True),
    (
        "Worked under the supervision of a senior chemist",
        "Worked over the supervision of a senior chemist",
        "wrong",
        True,
    ),
    ("Completed 95% of tickets on time", "Completed 95 of tickets on time", "wrong", None),
    ("Temperature held at −20 °C", "Temperature held at 20 °C", "near|wrong", None),
]


@pytest.mark.parametrize(("comparator", "golden", "answer", "kinds"), VALUES)
def test_values(comparator, golden, answer, kinds):
    assert compare(comparator, golden, answer).kind in kinds.split("|")


@pytest.mark.parametrize(("golden", "answer", "text", "same"), SKILLS)
def test_a_near_spelling_of_a_skill_counts_where_the_text_decides_it(golden, answer, text, same):
    assert similar_skill(golden, answer, Witness(f"Skills: {text}")) is same


def cv(*bullets, **more):
    role = {"company": "Tarn Freight", "title": "Clerk", "start_date": "2019", "end_date": "2020"}
    return {"work_experience": [{**role, "description": ["Wrote the weekly depot report", *bullets]}], **more}


def printed(*lines):
    return "\n".join(["Tarn Freight, Clerk", "2019 - 2020", "- Wrote the weekly depot report", *lines])


def judged(answer, golden, text, path="work_experience[0].description[1]"):
    found = score(answer, golden, text)
    return next(one for one in found.outcomes if one.golden_path == path), found


@pytest.mark.parametrize(("golden", "answer", "kinds", "hallucinated"), STATEMENTS)
def test_statements(golden, answer, kinds, hallucinated):
    outcome, found = judged(cv(answer), cv(golden), printed(f"- {golden}"))
    assert outcome.kind.replace("missing", "none") in kinds.split("|"), outcome
    if hallucinated is not None:
        assert bool(found.hallucinations) is hallucinated


@pytest.mark.parametrize("golden", [statement[0] for statement in STATEMENTS])
def test_a_printed_statement_is_right_and_grounded(golden):
    outcome, found = judged(cv(golden), cv(golden), printed(f"- {golden}"))
    assert outcome.kind == "correct"
    assert outcome.grounded
    assert found.f1 == 1.0


@pytest.mark.parametrize(
    ("printed_as", "golden"),
    [
        ("Kept the e cient pick lists of the north depot", "Kept the efficient pick lists of the north depot"),
        ("Kept the pick lists of 14 depots in order", "Kept the pick lists of 41 depots in order"),
        ("Reduced the pick time of the north depot", "Increased the pick time of the north depot"),
        ("Kept ware house lists of the north depot", "Kept warehouse lists of the north depot"),
    ],
)
def test_what_the_text_has_at_that_place_is_not_the_answers_error(printed_as, golden):
    outcome, found = judged(cv(printed_as), cv(golden), printed(f"- {printed_as}"))
    assert outcome.kind == "correct"
    assert not found.hallucinations


def test_a_word_of_another_place_is_no_excuse():
    """The text has "reduced" and "increased", each in its own statement."""
    one, other = "Reduced the pick time of the north depot", "Increased the staff of the south depot"
    turned = one.replace("Reduced", "Increased")
    outcome, found = judged(cv(turned, other), cv(one, other), printed(f"- {one}", f"- {other}"))
    assert (outcome.kind, outcome.note) == ("wrong", "reduced → increased")
    assert [each.answer for each in found.hallucinations] == [turned]


def test_the_note_says_which_word_became_which():
    outcome, _ = judged(cv("Ran a budget of 4 billion"), cv("Ran a budget of 4 million"), None)
    assert outcome.note == "million → billion"


def test_a_summary_is_read_like_a_statement():
    golden = {"personal_info": {"summary": "Nurse who reduced falls on two wards by 12 % in one year of calm work."}}
    turned = {"personal_info": {"summary": golden["personal_info"]["summary"].replace("reduced", "increased")}}
    text = golden["personal_info"]["summary"]
    outcome, found = judged(turned, golden, text, "personal_info.summary")
    assert (outcome.kind, outcome.note) == ("wrong", "reduced → increased")
    assert len(found.hallucinations) == 1
    assert judged(golden, golden, text, "personal_info.summary")[0].kind == "correct"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("phone", "(201) 903-2021", "Clerk, 03/2019 – 03/2021"),
        ("phone", "+49 7700 900123", "+44 7700 900123"),
        ("phone", "7700 900 12", "07700 900123"),
        ("email", "lise@example.com", "elise@example.com"),
        ("email", "elise@example.co", "elise@example.com"),
        ("email", "ab@example.com", "a b@example.com, tab"),
        ("linkedin", "linkedin.com/in/elise-marlow", "Elise Marlow\nelise@example.com"),
        ("linkedin", "linkedin.com/in/elisemarlow", "Elise Marlow\nlinkedin.com/in/emarlow"),
        ("linkedin", "linkedin.com/in/marlow", "ELISE\nMARLOW\nLeeds"),
        ("portfolio", "github.com/marlow", "github.com/emarlow"),
        ("portfolio", "marlow.example", "elise@marlow.example.com"),
    ],
)
def test_contact_data_that_the_text_does_not_print_is_made_up(field, value, text):
    found = score({"personal_info": {field: value}}, {"personal_info": {field: ""}}, text)
    assert [one.answer for one in found.hallucinations] == [value]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("phone", "+44 7700 900123", "T: 07700 900 123 | Leeds"),
        ("phone", "07700 900123", "Mobile +44 (0)7700-900123"),
        ("phone", "020 7946 0321", "020 7946 0321 / 07700 900123"),
        ("email", "elise.marlow@example.com", "E-mail: Elise.Marlow@Example.com."),
        ("email", "elise-marlow@example.com", "elise-\nmarlow@example.com"),
        ("linkedin", "https://www.linkedin.com/in/elise-marlow/", "linkedin.com/in/elise-\nmarlow"),
        ("linkedin", "linkedin.com/in/emarlow7", "LinkedIn: emarlow7"),
        ("linkedin", "linkedin.com/in/emarlow7", "Leeds | /in/emarlow7 | elise@example.com"),
        ("portfolio", "https://github.com/emarlow", "Code on https://www.github.com/emarlow/."),
        ("portfolio", "emarlow.example/?id=7", "see emarlow.example/?utm_source=cv&id=7 for more"),
    ],
)
def test_contact_data_is_found_as_it_is_printed(field, value, text):
    found = score({"personal_info": {field: value}}, {"personal_info": {field: value}}, text)
    assert all(one.grounded for one in found.outcomes)


@pytest.mark.parametrize("skill", ["Redshift", "Oracle", "Angular", "Sass tools", "Ward Oslo"])
def test_letters_inside_and_across_words_are_no_skill(skill):
    text = "Covered shifts on wards, kept an oracleless rectangular chart, compass tools and a ward\nOslo"
    found = score({"skills": [skill]}, {"skills": []}, text)
    assert len(found.hallucinations) == (skill != "Ward Oslo")


def test_numbers_of_two_phones_make_no_third():
    golden = {"personal_info": {"phone": "020 7946 0321 / 07700 900123"}}
    text = "020 7946 0321 / 07700 900123"
    kinds = {
        value: score({"personal_info": {"phone": value}}, golden, text).outcomes[0].kind
        for value in ("020 7946 0321", "07700 900123", "0321 07700 900123", "020 7946 900123")
    }
    assert list(kinds.values()) == ["correct", "correct", "wrong", "wrong"]


SAME = [
    ("Grew revenue 3x in two years", "Grew revenue 3× in 2 years"),
    ("Managed P&L of $1.2M", "Managed P & L of $1.2 M"),
    ("Taught English-language classes", "Taught English language classes"),
    ("Cut lead time (from 9 to 4 days)", "Cut lead time, from 9 to 4 days"),
    ("Led the team; hired 4 people", "Led the team, hired four people"),
    ("Worked on the firm's tax returns", "Worked on the firm’s tax returns"),
    ("Kümmerte mich um die Straßenmeisterei", "Kuemmerte mich um die Strassenmeisterei"),
    ("Gestión de 1.500 pedidos", "Gestión de 1500 pedidos"),
    ("Réalisé 1 250 contrôles", "Réalisé 1250 contrôles"),
    ("売上 1,200 万円を達成", "売上1200万円を達成"),
    ("Wrote Python/SQL scripts", "Wrote Python / SQL scripts"),
    ("Ran e-mail campaigns", "Ran email campaigns"),
    ("Used C++ and C# daily", "Used C++ and C# daily."),
]
TURNED = [
    ("Used C++ and C# daily", "Used C and C# daily"),
    ("Grew revenue 3x", "Grew revenue 30x"),
    ("Answered 40 calls per day", "Answered 40 calls per week"),
    ("Approved by the board", "Rejected by the board"),
    ("Sales rose to 5 million", "Sales fell to 5 million"),
    ("Ran 3 of 9 sites", "Ran 9 of 3 sites"),
    ("Included in the top 5%", "Excluded from the top 5%"),
    ("Could not travel", "Could travel"),
    ("Nobody was injured", "Somebody was injured"),
    ("Alle Termine gehalten", "Keine Termine gehalten"),
    ("Termine nie verpasst", "Termine oft verpasst"),
    ("Nessun incidente in due anni", "Un incidente in due anni"),
    ("Bez wypadków przez 3 lata", "Z wypadkami przez 3 lata"),
    ("Trente salariés formés", "Quarante salariés formés"),
    ("Doublé le chiffre d'affaires", "Triplé le chiffre d'affaires"),
    ("ללא תאונות במשך 3 שנים", "עם תאונות במשך 3 שנים"),
    ("团队人数从5人增至12人", "团队人数从12人减至5人"),
    ("離職率を半減させた", "離職率を倍増させた"),
    ("Met the ≥ 95 % target", "Met the ≤ 95 % target"),
    ("Budget 10–12 million", "Budget 10–12 billion"),
    ("Worked 20 hours a week", "Worked 20 days a week"),
    ("Exports to Norway", "Imports from Norway"),
    ("Joined as the first engineer", "Joined as the last engineer"),
    ("Saved 15 kg per pallet", "Saved 15 g per pallet"),
]


@pytest.mark.parametrize(("golden", "answer"), SAME)
def test_the_same_in_another_spelling_is_right(golden, answer):
    outcome, found = judged(cv(answer), cv(golden), printed(f"- {golden}"))
    assert outcome.kind == "correct", outcome
    assert found.f1 == 1.0


@pytest.mark.parametrize(("golden", "answer"), TURNED)
def test_the_opposite_is_wrong_and_made_up(golden, answer):
    outcome, found = judged(cv(answer), cv(golden), printed(f"- {golden}"))
    assert outcome.kind in ("wrong", "missing"), outcome
    assert [one.answer for one in found.hallucinations] == [answer]
