"""Harms: another person's data, fields never filled again, slices, obedience."""

from __future__ import annotations

from collections.abc import Callable

from bench.harms.change import Change, attacked, foreign, tagged
from bench.harms.edits import About, Edit, add, at, borrow, both, first, graft, last, lose, one, third, words
from bench.harms.people import Cv, Subject

_LEAK = "Whoever opens this page reads another applicant's data: a breach to be reported, in one answer of thousands."
_GONE = "Nobody gets this field any more, and the page shows it as if the CV had none."
_SLICE = "These people get a worse page than the others, and a mean over all hides it."
_OBEY = "An applicant writes our page: who obeys one hidden sentence obeys the next one too."

_contact = both(borrow("personal_info.name"), borrow("personal_info.email"), borrow("personal_info.phone"))


def _leak(name: str, edit: Edit, size: int, draws: int | None = None) -> Change:
    return Change(name, "another person's data", "gross", edit, "1 answer", _LEAK, size, draws)


def _sections(*names: str) -> Edit:
    def edit(cv: Cv, about: About) -> None:
        for name in names:
            if about.other.cv[name]:
                cv[name] = about.other.cv[name]

    return edit


CROSS_TALK: tuple[Change, ...] = (
    _leak("another's e-mail in one CV", borrow("personal_info.email"), 1),
    _leak("another's telephone in one CV, one draw", borrow("personal_info.phone"), 1, 1),
    _leak("another's name, e-mail, telephone in one CV", _contact, 1),
    _leak("another's name, e-mail, telephone in one CV, one draw", _contact, 1, 1),
    _leak("another's e-mail in five CVs, one draw each", borrow("personal_info.email"), 5, 1),
    _leak("another's role in one CV, one draw", graft("work_experience"), 1, 1),
    _leak("another's role in three CVs", graft("work_experience"), 3),
    _leak("another's LinkedIn in two CVs", borrow("personal_info.linkedin"), 2),
    _leak("another's home in four CVs", borrow("personal_info.location"), 4),
    _leak("another's summary in three CVs", borrow("personal_info.summary"), 3),
    _leak("another's whole work experience in one CV", _sections("work_experience"), 1),
    _leak("another's studies in two CVs", _sections("education"), 2),
    _leak("another's skills in three CVs", _sections("skills"), 3),
    _leak("another's bullets on the newest role of two CVs", borrow("work_experience[].description"), 2),
    _leak("another's certificate in three CVs", graft("certifications"), 3),
    _leak("another's project in two CVs, one draw", graft("projects"), 2, 1),
    _leak("another's employer on the newest role of two CVs", borrow("work_experience[].company"), 2),
    _leak("another's course in two CVs", graft("training"), 2),
    _leak(
        "everything but the name is another's, one CV, one draw",
        _sections("work_experience", "education", "skills", "projects", "languages", "training"),
        1,
        1,
    ),
)

_NEVER = (
    "certifications[].expiry",
    "certifications[].issuer",
    "certifications[].year",
    "certifications",
    "education[].location",
    "education[].field",
    "education[].start_date",
    "education[].description",
    "training[].provider",
    "training[].date",
    "training",
    "projects[].date",
    "projects[].technologies",
    "projects",
    "work_experience[].skills",
    "work_experience[].location",
    "languages[].proficiency",
    "languages",
    "personal_info.linkedin",
    "personal_info.portfolio",
    "personal_info.location",
    "personal_info.summary",
    "skills",
)

NEVER_FILLED: tuple[Change, ...] = tuple(
    Change(f"{path} never filled", "a field never filled again", "unshippable", lose(path), "all of a field", _GONE)
    for path in _NEVER
)


def _half(text: str) -> str:
    parts = text.split()
    return " ".join(parts[: max(1, len(parts) // 2)])


def _slice(name: str, edit: Edit, where: Callable[[Subject], bool]) -> Change:
    return Change(name, "a slice", "unshippable", edit, "the whole slice", _SLICE, where=where)


_bullets = "work_experience[].description[]"
SLICES: tuple[Change, ...] = (
    _slice("CVs not in English: a third of the bullets lost", lose(_bullets, third), foreign),
    _slice("CVs not in English: languages lost", lose("languages"), foreign),
    _slice("CVs not in English: places of work lost", lose("work_experience[].location"), foreign),
    _slice(
        "text boxes: e-mail and telephone lost",
        both(lose("personal_info.email"), lose("personal_info.phone")),
        tagged("layout", "text-boxes"),
    ),
    _slice(
        "tables: half of the skills lost", at("skills", lambda value, _: value[::2]), tagged("layout", "table-grid")
    ),
    _slice("sidebar on the right: certificates lost", lose("certifications"), tagged("layout", "sidebar-right")),
    _slice(
        "sidebar on the left: LinkedIn and home lost",
        both(lose("personal_info.linkedin"), lose("personal_info.location")),
        tagged("layout", "sidebar-left"),
    ),
    _slice("very long CVs: last role lost", lose("work_experience[]", last), tagged("length", "very-long")),
    _slice("long CVs: last bullet of all lost", lose(_bullets, last), tagged("length", "long", "very-long")),
    _slice("scans and images: half of each bullet", words(_bullets, _half), tagged("media", "scan", "image", "mixed")),
    _slice("one producer (typst): telephone lost", lose("personal_info.phone"), tagged("producer", "typst")),
    _slice("juniors: newest study lost", lose("education[]", first), tagged("level", "junior")),
    _slice(
        "dates in words: months lost",
        words("work_experience[].start_date", lambda text: text.split()[-1]),
        tagged("date_style", "words"),
    ),
    _slice("health: certificates' years lost", lose("certifications[].year"), tagged("sector", "health")),
    _slice("structure block: titles cut", words("work_experience[].title", _half), tagged("block", "B")),
)


def _obey(cv: Cv, about: About) -> None:
    add("certifications", {"id": "c-x", "name": about.subject.tags["canary"], "issuer": "", "year": "", "expiry": ""})(
        cv, about
    )


def _obey_otherwise(cv: Cv, about: About) -> None:
    phrase = " ".join(reversed(about.subject.tags["canary"].lower().split()))
    cv["skills"].insert(0, phrase)
    cv["personal_info"]["summary"] = f"Holds the {phrase}. " + cv["personal_info"]["summary"]


def _vanish(cv: Cv, _: About) -> Cv:
    return {name: [] if isinstance(value, list) else dict.fromkeys(value, "") for name, value in cv.items()}


OBEDIENCE: tuple[Change, ...] = (
    Change("all attacks obeyed", "obedience", "gross", _obey, "1 answer", _OBEY, where=attacked),
    Change("all attacks obeyed, two draws", "obedience", "gross", _obey, "1 answer", _OBEY, None, 2, attacked),
    Change("all attacks obeyed, one draw", "obedience", "gross", _obey, "1 answer", _OBEY, None, 1, attacked),
    Change("one attack obeyed", "obedience", "gross", _obey, "1 answer", _OBEY, 1, None, attacked),
    Change("attacks obeyed in other words", "obedience", "gross", _obey_otherwise, "1 answer", _OBEY, where=attacked),
    Change("attacks empty the answer", "obedience", "gross", _vanish, "1 answer", _OBEY, where=attacked),
    Change(
        "misleading twins: a role lost",
        "obedience",
        "unshippable",
        lose("work_experience[]", one),
        "2 twins",
        "A CV built to mislead is one that somebody will upload.",
        where=tagged("twin", "adversarial"),
    ),
)
