"""What happened to each field between two arms, CV by CV: how many lost it, how many gained, and by which cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Literal, TypeAlias

from harness.reports.prepare import Leaf, Prepared
from harness.scoring.bullets import is_cut
from harness.scoring.explain import field_name
from harness.scoring.types import FieldOutcome

Cause: TypeAlias = Literal[
    "no answer", "missing", "missing with its entry", "elsewhere", "cut", "other number", "less exact", "changed"
]
"""Why a golden leaf is no longer right, as the scorer found it."""


@dataclass(slots=True)
class Story:
    """One field path in two arms, by the majority of draws.

    having: CVs with a golden value of it, judged in both arms. broken / fixed: CVs with a leaf of it that only the
    other arm / only the candidate has right; broken_whole: those that lost every leaf they had right. causes: of the
    broken leaves. example: (document, golden path) of the first broken leaf of the commonest cause.
    """

    field: str
    having: int = 0
    broken: list[str] = made_by(default_factory=list)
    broken_whole: int = 0
    fixed: list[str] = made_by(default_factory=list)
    causes: Counter[Cause] = made_by(default_factory=Counter)
    examples: dict[Cause, tuple[str, FieldOutcome]] = made_by(default_factory=dict)

    @property
    def cause(self) -> Cause | None:
        """The commonest cause of its broken leaves."""
        return self.causes.most_common(1)[0][0] if self.causes else None

    @property
    def net(self) -> int:
        """CVs broken less CVs fixed."""
        return len(self.broken) - len(self.fixed)


def stories(ready: Prepared, other: str) -> dict[str, Story]:
    """A story for each field path that both arms are asked for and some CV has, the most broken first."""
    if other not in ready.known_stories:
        telling = Telling(ready, other)
        for document in ready.main_documents:
            telling.take(document, ready.leaves(document, other), ready.leaves(document, ready.candidate))
        ready.known_stories[other] = telling.told
    told: dict[str, Story] = ready.known_stories[other]
    return dict(sorted(told.items(), key=lambda item: (-item[1].net, -len(item[1].broken), item[0])))


class Telling:
    """Stories as far as CVs were looked at."""

    def __init__(self, ready: Prepared, other: str) -> None:
        self.told: dict[str, Story] = {}
        self._ready = ready
        self._other = other

    def take(self, document: str, before: Mapping[str, Leaf], after: Mapping[str, Leaf]) -> None:
        """Look at a CV's leaves in the other arm and in the candidate."""
        right: Counter[str] = Counter()
        lost: dict[str, list[str]] = defaultdict(list)
        gained: set[str] = set()
        names: set[str] = set()
        for path, new in after.items():
            old = before.get(path)
            if old is None or not self._ready.asked(self._other, new.field):
                continue
            names.add(new.field)
            right[new.field] += old.majority
            if old.majority and new.lost:
                lost[new.field].append(path)
            elif old.lost and new.majority:
                gained.add(new.field)
        for name in names:
            self.told.setdefault(name, Story(name)).having += 1
        for name in gained:
            self.told[name].fixed.append(document)
        if lost:
            outcomes = _wrong_outcomes(self._ready, document)
            for name, paths in lost.items():
                _add_broken(self.told[name], document, paths, outcomes, whole=len(paths) == right[name])

    def take_right(self, fields: Iterable[str]) -> None:
        """The same of a CV in which both arms have every leaf of these fields right."""
        for name in fields:
            if self._ready.asked(self._other, name):
                self.told.setdefault(name, Story(name)).having += 1


def _wrong_outcomes(ready: Prepared, document: str) -> dict[str, tuple[FieldOutcome, bool]]:
    """The candidate's first outcome that is not right, by golden path, and whether its whole answer failed."""
    found: dict[str, tuple[FieldOutcome, bool]] = {}
    for case in ready.by_document[document].get(ready.candidate, ()):
        for outcome in case.score.odd() if case.score else ():
            if outcome.golden_path is not None and outcome.kind in ("near", "wrong", "missing"):
                found.setdefault(outcome.golden_path, (outcome, bool(case.score and case.score.failed)))
    return found


def _add_broken(
    story: Story,
    document: str,
    paths: Sequence[str],
    outcomes: dict[str, tuple[FieldOutcome, bool]],
    *,
    whole: bool,
) -> None:
    story.broken.append(document)
    story.broken_whole += whole
    for path in paths:
        outcome, failed = outcomes[path]
        cause = cause_of(outcome, failed=failed)
        story.causes[cause] += 1
        story.examples.setdefault(cause, (document, outcome))


def cause_of(outcome: FieldOutcome, *, failed: bool = False) -> Cause:
    """What the scorer found, in one of few words."""
    if failed:
        return "no answer"
    if "misplaced → " in outcome.note:
        return "elsewhere"
    if is_cut(outcome.note):
        return "cut"
    if outcome.kind == "missing":
        return "missing with its entry" if "entry missing" in outcome.note else "missing"
    if "number " in outcome.note:
        return "other number"
    return "less exact" if outcome.kind == "near" else "changed"


ENTRY_NAMES = {
    "work_experience[].company": "roles",
    "education[].institution": "studies",
    "projects[].name": "projects",
    "certifications[].name": "certificates",
    "languages[].language": "languages",
    "training[].name": "courses",
}
"""What an entry is called, by the field that names it."""
_SECTIONS = {path.partition("[")[0]: word for path, word in ENTRY_NAMES.items()}


def _same_section(path: str, other: str) -> bool:
    return path.partition("[")[0] == other.partition("[")[0]


def plural(field_path: str) -> str:
    """A field path in words, in the plural: "languages", "start dates of roles", "bullets of projects"."""
    if field_path in _SECTIONS:
        return _SECTIONS[field_path]
    head, of, owner = field_name(field_path).partition(" of ")
    many = owner.startswith("a ")
    owner = owner.removeprefix("a ")
    if not of and (place := _SHARED_NAMES.get(field_path.partition("[")[0])) and field_path.endswith(_SHARED_LEAVES):
        owner, many = place, True
    return f"{_many(head)} of {_many(owner) if many else owner}" if owner else _many(head)


_SHARED_NAMES = {"work_experience": "role", "education": "study"}
_SHARED_LEAVES = (".start_date", ".end_date", ".location")


def _many(noun: str) -> str:
    if noun.endswith("s") and not noun.endswith("ss"):
        return noun  # a list's name is a plural already
    if noun.endswith("y") and noun[-2:] not in ("ay", "ey", "oy"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ss", "x", "ch", "sh")) else f"{noun}s"


def told(story: Story) -> str:
    """One plain sentence about what the candidate does to a field, with its numbers; "" where nothing broke."""
    does = _does(story)
    return f"the assistant {does}{_among(story)}" if does else ""


def _does(story: Story) -> str:
    """What the commonest cause of its broken leaves is, up to where its CVs are counted."""
    names = plural(story.field)
    match story.cause:
        case None:
            return ""
        case "no answer":
            return f"gives no usable answer where {names} were right: they are lost in "
        case "missing":
            return f"{_leaves_out(story)} {names} in "
        case "missing with its entry" if story.field in ENTRY_NAMES:
            return f"{_leaves_out(story)} {ENTRY_NAMES[story.field]} in "
        case "missing with its entry":
            entries = next((word for path, word in ENTRY_NAMES.items() if _same_section(path, story.field)), "entries")
            return f"leaves out whole {entries}, and {names} with them, in "
        case "elsewhere":
            return f"puts {names} in another place in "
        case "cut":
            return f"cuts {names} short in "
        case "other number":
            return f"changes or drops numbers in {names} in "
        case "less exact":
            return f"gives {names} less exactly in "
        case "changed":
            return f"gives other {names} than before, and wrong ones, in "


def _leaves_out(story: Story) -> str:
    if story.broken_whole == len(story.broken):
        return "stopped giving"
    return "leaves out" if story.broken_whole else "leaves out some"


def _among(story: Story) -> str:
    """How many CVs of those that have the field, and of a part that lost all of theirs how many those are."""
    many, having, several = len(story.broken), story.having, "[]" in story.field
    what = "them" if several else "one"
    if having == 1:
        return f"the only CV that has {what}"
    every = "both" if having == 2 else f"all {having}"
    of = f"{every if many == having else f'{many} of the {having}'} CVs that have {what}"
    lost = story.cause in ("missing", "missing with its entry")
    part = several and lost and 0 < story.broken_whole < many
    return f"{of}, in {story.broken_whole} of these all of them" if part else of
