"""Disturbances that harm entries, bullets and skills: exactly the touched values are to be reported."""

from __future__ import annotations

import copy
import random
import re

from bench.disturb import (
    AGAIN,
    BAD,
    CLOSE_OR_BAD,
    GONE_OR_CLOSE,
    LOST,
    MADE_UP,
    MOVED,
    Cv,
    Touched,
    find_entry,
    harming,
    leaf_paths,
    leaf_values,
    same_role,
)

# Harmful: entries ------------------------------------------------------------------------------------------------


@harming("role lost", "every value of it missing; a lost entry")
def _lose_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = same_role(golden, answer, rng)
    if picked is None or len(answer["work_experience"]) < 2:
        return None
    index, role, found = picked
    answer["work_experience"] = [one for one in answer["work_experience"] if one is not found]
    path = f"work_experience[{index}]"
    return Touched(dict.fromkeys(leaf_paths(path, role), LOST), lost={path})


@harming("last roles lost", "every value of them missing; lost entries")
def _lose_last(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    many = len(golden["work_experience"])
    if len(answer["work_experience"]) != many or many < 4:
        return None
    answer["work_experience"] = answer["work_experience"][: many - 2]
    paths = [f"work_experience[{index}]" for index in range(many - 2, many)]
    leaves = [
        leaf
        for index, path in zip(range(many - 2, many), paths, strict=True)
        for leaf in leaf_paths(path, golden["work_experience"][index])
    ]
    return Touched(dict.fromkeys(leaves, LOST), lost=set(paths))


@harming("role made up", "every value of it invented, hallucinations")
def _make_up_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    role = {
        "id": "work-new",
        "company": "Zephyrine Bakeries",
        "title": "Confectioner",
        "start_date": "Feb 1988",
        "end_date": "Oct 1989",
        "location": "Oban, Scotland",
        "description": ["Kneaded sourdough loaves before dawn in a listed mill"],
        "skills": ["Patisserie"],
    }
    answer["work_experience"].append(role)
    return Touched(
        answer=dict.fromkeys(leaf_values("work_experience", role), MADE_UP),
        hallucinated={"Zephyrine Bakeries", "Confectioner"},
    )


@harming("role replaced by another", "all of one missing, all of the other invented")
def _replace_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    lost = _lose_role(golden, answer, rng)
    made_up = _make_up_role(golden, answer, rng)
    if lost is None or made_up is None:
        return None
    return Touched(lost.golden, made_up.answer, lost=lost.lost, hallucinated=made_up.hallucinated)


@harming("role twice", "every value of the second a duplicate; F1 as before")
def _role_twice(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = same_role(golden, answer, rng)
    if picked is None:
        return None
    again = copy.deepcopy(picked[2])
    again["id"] = "work-again"
    answer["work_experience"].append(again)
    return Touched(
        answer=dict.fromkeys(leaf_values("work_experience", again), AGAIN),
        same_f1=True,
        claims={f"work_experience[{picked[0]}]"},
    )


@harming("two roles run into one", "one lost; its bullets found in the other, noted as misplaced")
def _collapse(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["work_experience"]) != len(golden["work_experience"]) or len(golden["work_experience"]) < 3:
        return None
    kept, gone = answer["work_experience"][1], answer["work_experience"][2]
    if not isinstance(kept["description"], list) or kept["description"] != golden["work_experience"][1]["description"]:
        return None
    lost = golden["work_experience"][2]
    if gone["description"] != lost["description"]:
        return None
    kept["description"] = [*kept["description"], *gone["description"]]
    answer["work_experience"].remove(gone)
    paths = list(leaf_paths("work_experience[2]", lost))
    return Touched(
        dict.fromkeys(paths, LOST),
        {("work_experience[].description[]", bullet): MOVED for bullet in lost["description"]},
        lost={"work_experience[2]"},
        moved={path for path in paths if "description" in path},
    )


@harming("study lost", "every value of it missing; a lost entry")
def _lose_study(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = find_entry(answer, "education", golden["education"][1])
    if found is None:
        return None
    answer["education"].remove(found)
    return Touched(dict.fromkeys(leaf_paths("education[1]", golden["education"][1]), LOST), lost={"education[1]"})


@harming("training dropped", "every value of it missing")
def _drop_training(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if not answer["training"]:
        return None
    answer["training"] = []
    return Touched(
        {leaf: LOST for index, one in enumerate(golden["training"]) for leaf in leaf_paths(f"training[{index}]", one)}
    )


@harming("certificate under training", "missing there, noted as misplaced; wrong here")
def _under_training(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    one = golden["certifications"][0]
    found = find_entry(answer, "certifications", one)
    if found is None:
        return None
    answer["certifications"].remove(found)
    answer["training"].append(
        {"id": "training-new", "name": one["name"], "provider": one["issuer"], "date": one["year"], "details": []}
    )
    paths = {f"certifications[0].{name}" for name in ("name", "issuer", "year")}
    extra = {
        ("training[].name", one["name"]): MOVED,
        ("training[].provider", one["issuer"]): MOVED,
        ("training[].date", one["year"]): MOVED,
    }
    return Touched(dict.fromkeys(paths, LOST), extra, moved=paths)


@harming("language lost", "language and level missing")
def _lose_language(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["languages"]) != len(golden["languages"]):
        return None
    answer["languages"].pop()
    last = len(golden["languages"]) - 1
    return Touched({f"languages[{last}].language": LOST, f"languages[{last}].proficiency": LOST})


# Harmful: bullets ------------------------------------------------------------------------------------------------


def _bullet(golden: Cv, answer: Cv, rng: random.Random) -> tuple[str, list[str], int, str] | None:
    """Golden path of a bullet that the answer still has verbatim, the answer's list, its index there, its text."""
    picked = same_role(golden, answer, rng, bullets=1)
    if picked is None:
        return None
    index, role, found = picked
    at = rng.randrange(len(role["description"]))
    text = role["description"][at]
    if text not in found["description"]:
        return None
    return f"work_experience[{index}].description[{at}]", found["description"], found["description"].index(text), text


@harming("bullet lost", "that bullet missing")
def _lose_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, _ = picked
    del bullets[at]
    return Touched({path: LOST})


@harming("bullet made up", "that bullet invented, a hallucination")
def _make_up_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = same_role(golden, answer, rng, bullets=1)
    if picked is None:
        return None
    text = "Won a national prize for underwater basket weaving at the Lisbon congress"
    picked[2]["description"].append(text)
    return Touched(
        answer={("work_experience[].description[]", text): MADE_UP},
        hallucinated={text},
        claims={f"work_experience[{picked[0]}]"},
    )


@harming("bullet cut", "that bullet missing or near")
def _cut_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, text = picked
    words = text.split()
    bullets[at] = " ".join(words[: max(2, len(words) * rng.choice((3, 4, 5, 7)) // 10)])
    return Touched({path: GONE_OR_CLOSE})


@harming("number in a bullet changed (40 %, 400 %)", "that bullet wrong")
def _bullet_number(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    for _ in range(8):
        picked = _bullet(golden, answer, rng)
        if picked and re.search(r"\d", picked[3]):
            path, bullets, at, text = picked
            bullets[at] = re.sub(r"\d+", lambda found: found[0] + "0", text, count=1)
            return Touched({path: BAD})
    return None


@harming("number in a bullet lost", "that bullet wrong")
def _bullet_number_lost(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    for _ in range(8):
        picked = _bullet(golden, answer, rng)
        if picked and re.search(r"\d", picked[3]):
            path, bullets, at, text = picked
            bullets[at] = " ".join(re.sub(r"\d+%?", "many", text).split())
            return Touched({path: BAD})
    return None


@harming("bullet turned round (not)", "that bullet wrong")
def _negated(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None or len(picked[3].split()) < 10:
        return None
    path, bullets, at, text = picked
    bullets[at] = "Never " + text[0].lower() + text[1:]
    return Touched({path: BAD}, hallucinated={bullets[at]})


@harming("bullet paraphrased", "that bullet missing, the new one invented")
def _paraphrase(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, _ = picked
    bullets[at] = "Took ownership of key initiatives and drove measurable business value across stakeholders"
    return Touched(
        {path: LOST}, {("work_experience[].description[]", bullets[at]): MADE_UP}, hallucinated={bullets[at]}
    )


@harming("bullet moved to another role", "missing there, noted as misplaced; wrong here")
def _move_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None or len(answer["work_experience"]) < 2:
        return None
    path, bullets, at, text = picked
    others = [
        role["description"]
        for role in answer["work_experience"]
        if isinstance(role["description"], list) and role["description"] is not bullets
    ]
    if not others or len(bullets) < 2:
        return None
    del bullets[at]
    rng.choice(others).append(text)
    return Touched({path: LOST}, {("work_experience[].description[]", text): MOVED}, moved={path})


@harming(
    "statement added to a bullet", "the answer's bullet near or wrong; invented where more was added than was there"
)
def _grown(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, text = picked
    bullets[at] = f"{text}, winning praise from delighted executives worldwide"
    return Touched(
        answer={("work_experience[].description[]", bullets[at]): CLOSE_OR_BAD | MADE_UP}, claims={path.split(".")[0]}
    )


# Harmful: skills -------------------------------------------------------------------------------------------------


@harming("skill lost", "that skill missing")
def _lose_skill(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    at = rng.randrange(len(golden["skills"]))
    if golden["skills"][at] not in answer["skills"]:
        return None
    answer["skills"].remove(golden["skills"][at])
    return Touched({f"skills[{at}]": LOST})


@harming("skill made up", "that skill invented, a hallucination")
def _make_up_skill(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    answer["skills"].append("Falconry")
    return Touched(answer={("skills[]", "Falconry"): MADE_UP}, hallucinated={"Falconry"})


@harming("skill replaced by a look-alike (Java, JavaScript; C, C++, C#)", "that skill wrong")
def _skill_look_alike(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    look_alike = {
        "JavaScript": "Java",
        "Java": "JavaScript",
        "C++": "C",
        "C#": "C",
        "Project Management": "Product Management",
        "React": "React Native",
        "R": "Rust",
    }
    for at, skill in enumerate(golden["skills"]):
        if (
            skill in look_alike
            and look_alike[skill] not in golden["skills"]
            and skill in answer["skills"]
            and skill != "R"
        ):
            answer["skills"][answer["skills"].index(skill)] = look_alike[skill]
            return Touched({f"skills[{at}]": BAD})
    return None


@harming("skill twice, once by another name", "the second a duplicate; F1 as before")
def _skill_twice(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    other = {"JavaScript": "JS", "Kubernetes": "K8s", "PostgreSQL": "Postgres", "Amazon Web Services": "AWS"}
    for skill in golden["skills"]:
        if skill in other and skill in answer["skills"]:
            answer["skills"].append(other[skill])
            return Touched(answer={("skills[]", other[skill]): AGAIN}, same_f1=True)
    return None


@harming("all skills null", "all skills missing")
def _null_skills(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["skills"] or ()) != len(golden["skills"]):
        return None
    answer["skills"] = []
    return Touched({f"skills[{index}]": LOST for index in range(len(golden["skills"]))})
