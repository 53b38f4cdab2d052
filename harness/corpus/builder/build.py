"""Builds documents: content, page, file, golden, manifest. Selective, resumable, in several processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from harness.base.canonical import digest, pretty, sha256
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.builder import adverse, people
from harness.corpus.builder.compose import composed
from harness.corpus.builder.content import Content
from harness.corpus.builder.expect import expected_cv
from harness.corpus.builder.plan import MEDIA_TYPES, Planned, plan
from harness.corpus.builder.style import THEMES
from harness.corpus.check_text import besides_path
from harness.corpus.corpus_check import RECIPES
from harness.corpus.goldens import golden_path, write_golden
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.types import Document, Golden, Provenance

CREATED = "2026-11-22"
RECIPE = 4
"""Raise it when a producer's rendering changes in a way that the recipe digest cannot see."""

_LENGTHS = ((150, "short"), (300, "medium"), (500, "long"))


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one document: `changed` is False where its recipe was built already."""

    id: str
    path: str
    changed: bool


def content_of(planned: Planned) -> Content:
    """The content of a planned document, from the banks or from `people/`."""
    return composed(planned) if planned.roles else people.person(planned.twin_of or planned.id)


def recipe(planned: Planned) -> str:
    """Digest of everything that the file and golden of a document are made of, short of the code."""
    return digest(
        {
            "recipe": RECIPE,
            "content": repr(content_of(planned)),
            "style": _style_record(planned),
            "attack": planned.attack,
            "golden": expected(planned),
            "doubts": [dict(doubts(planned).accept), sorted(doubts(planned).ambiguous)],
        }
    )


def expected(planned: Planned) -> dict[str, Any]:
    """The contract object of a planned document."""
    content = content_of(planned)
    return expected_cv(adverse.content_after(content, planned.attack), planned.style)


def doubts(planned: Planned) -> people.Doubts:
    """What the golden of a planned document accepts besides its values, and what is open in it."""
    own = people.NO_DOUBTS if planned.roles else people.doubts(planned.twin_of or planned.id)
    attacked = adverse.doubts_after(content_of(planned), planned.attack)
    return people.Doubts({**own.accept, **attacked.accept}, own.ambiguous | attacked.ambiguous)


def build(
    project: Project,
    *,
    only: Iterable[str] = (),
    force: bool = False,
    jobs: int = 2,
    progress: Callable[[Built], None] | None = None,
) -> tuple[Built, ...]:
    """Build the documents `only` (all where empty), leaving out those whose recipe has not changed unless `force`.

    Every document is written with its golden as soon as it is ready and noted in the recipes file, so that a
    broken-off build goes on where it stopped. Raises UsageError for an unknown id, HarnessError where a producer
    is not installed.
    """
    every = {planned.id: planned for planned in plan()}
    wanted = list(dict.fromkeys(only)) or list(every)
    unknown = [name for name in wanted if name not in every]
    if unknown:
        raise UsageError(f"no such document in the matrix: {', '.join(unknown)}", hint="ids are in matrix.csv")
    recipes = _read_recipes(project)
    todo, results = [], []
    for name in wanted:
        planned = every[name]
        if _is_built(project, planned) and not force and recipes.get(name) == recipe(planned):
            results.append(Built(name, planned.path, changed=False))
        else:
            todo.append(name)
    try:
        with ProcessPoolExecutor(max_workers=jobs) as pool:
            pending = [pool.submit(_build_one, project, name) for name in todo]
            for done in as_completed(pending):
                name = done.result()
                recipes[name] = recipe(every[name])
                _write_recipes(project, recipes)
                results.append(Built(name, every[name].path, changed=True))
                if progress:
                    progress(results[-1])
    finally:
        update_manifest(project)
        update_besides(project)
    return tuple(sorted(results, key=lambda built: built.id))


def update_manifest(project: Project) -> None:
    """Write the manifest from what is built, keeping documents that the matrix does not know. A twin is listed once
    its original is built too."""
    planned = {one.id: one for one in plan()}
    kept = load_manifest(project, verify=False) if project.manifest.is_file() else ()
    documents = [document for document in kept if document.id not in planned]
    built = [one for one in planned.values() if _is_built(project, one)]
    ids = {one.id for one in built}
    documents += [_document(project, one) for one in built if not one.twin_of or one.twin_of in ids]
    write_manifest(project, documents)


def update_besides(project: Project) -> None:
    """Write down what each built document prints that its golden cannot hold: titles, labels, extra sections."""
    found = {one.id: list(adverse.besides(one, content_of(one))) for one in plan() if _is_built(project, one)}
    besides_path(project).write_text(pretty(dict(sorted(found.items()))), encoding="utf-8")


def _is_built(project: Project, planned: Planned) -> bool:
    return (project.corpus / planned.path).is_file() and golden_path(project, planned.id).is_file()


def _build_one(project: Project, name: str) -> str:
    planned = next(one for one in plan() if one.id == name)
    file = project.corpus / planned.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(adverse.rendered(planned, content_of(planned)))
    doubt = doubts(planned)
    write_golden(
        project,
        Golden(
            document_id=planned.id,
            cv=expected(planned),
            provenance=Provenance(origin="generated", created=CREATED, by="corpus builder"),
            accept=doubt.accept,
            ambiguous=doubt.ambiguous,
        ),
    )
    return name


def _document(project: Project, planned: Planned) -> Document:
    style = planned.style
    words = len(" ".join(_words(expected(planned))).split())
    tags = {
        "block": planned.block,
        "language": style.language,
        "layout": style.layout,
        "producer": style.producer,
        "media": _media(planned),
        "date_style": style.dates,
        "sector": planned.sector,
        "level": planned.level,
        "length": next((name for most, name in _LENGTHS if words <= most), "very-long"),
    }
    topic = next((trait for trait in style.traits if trait.startswith("topic:")), "")
    if topic:
        tags["topic"] = topic.removeprefix("topic:")
    if planned.twin:
        tags["twin"] = planned.twin
    if planned.attack:
        tags["attack"] = planned.attack
        canary = adverse.CANARIES.get(planned.attack, "")
        if canary:
            tags["canary"] = canary
    return Document(
        id=planned.id,
        path=planned.path,
        media_type=MEDIA_TYPES[planned.format],
        sha256=sha256((project.corpus / planned.path).read_bytes()),
        persona=planned.persona,
        split=planned.split,
        twin_of=planned.twin_of or None,
        tags=tags,
    )


def _media(planned: Planned) -> str:
    return planned.style.producer if planned.style.producer in ("scan", "image", "mixed") else planned.format


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _style_record(planned: Planned) -> dict[str, Any]:
    record = asdict(planned.style)
    record["traits"] = sorted(planned.style.traits)
    record["look"] = repr(THEMES[planned.style.theme])
    record["version"] = _version(planned.style.producer)
    return record


def _version(producer: str) -> str:
    name = {"libreoffice-docx": "python-docx", "libreoffice": "python-docx"}.get(producer, producer)
    if name not in ("weasyprint", "typst", "reportlab", "python-docx"):
        return ""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _read_recipes(project: Project) -> dict[str, str]:
    path = project.corpus / RECIPES
    if not path.is_file():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write_recipes(project: Project, recipes: dict[str, str]) -> None:
    project.corpus.mkdir(parents=True, exist_ok=True)
    (project.corpus / RECIPES).write_text(pretty(dict(sorted(recipes.items()))), encoding="utf-8")
