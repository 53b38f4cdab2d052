"""A replay in a process of its own, to be killed: legacy and assistant against a simulator, on made-up texts.

`python replay_child.py PROJECT SIMULATOR_URL ORIGIN [RUN_FOLDER]`: a new run, or the one in RUN_FOLDER continued.
Prints the run's folder, then one line for each call that ended.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from harness.assistants.bundle import load_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.base.canonical import sha256
from harness.base.project import Project
from harness.corpus.types import Document, Extraction
from harness.models.caller import Terms, build_caller
from harness.models.client import ModelClient
from harness.models.endpoints import simulator_endpoint
from harness.models.limiter import Limiter
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import Pipeline
from harness.replay.engine import Pace, Work, replay
from harness.replay.manifest import new_manifest
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.store import RunStore
from harness.replay.types import Arm, NewRun

CONCURRENCY = 6
FOLDER = Path(__file__).parents[2] / "harness" / "assistants"
BUNDLE = load_bundle(FOLDER / "cv-parser-pro")
PEOPLE = ("Ada Quill", "Ben Marsh", "Cora Vane", "Dov Lark", "Esme Holt", "Finn Oake", "Gwen Pryor", "Hugo Sands")


def cv_text(name: str) -> str:
    place = PEOPLE.index(name)
    roles = "\n\n".join(
        f"{title}, {company} {name.split()[1]} Ltd\nMar {2010 + 3 * n} - Feb {2013 + 3 * n}\n"
        f"- Led the {title.lower()} work of a team of {place + n + 2}.\n- Cut costs by {10 + place}%."
        for n, (title, company) in enumerate((("Clerk", "North"), ("Analyst", "Hill"), ("Manager", "Vale")))
    )
    mail = name.lower().replace(" ", ".")
    return f"{name}\n{mail}@example.com\nLeeds\n\nWORK EXPERIENCE\n\n{roles}\n\nSKILLS\nExcel, Budgeting, SQL\n"


def documents() -> tuple[Document, ...]:
    return tuple(
        Document(f"cv-{n}", f"{n}.txt", "text/plain", sha256(cv_text(name)), name, "gate")
        for n, name in enumerate(PEOPLE)
    )


def arms(origin: str) -> tuple[Arm, ...]:
    legacy = load_legacy_prompts()
    return (
        Arm("legacy", "legacy", None, legacy.model, origin, range(1)),
        Arm("candidate", "assistant", BUNDLE, BUNDLE.model, origin, range(2)),
    )


def store_of(project: Project, origin: str, folder: str | None) -> RunStore:
    if folder is not None:
        return RunStore.open(Path(folder), write=True)
    new = NewRun(arms(origin), tuple(documents()), scorer="none", seed=1, concurrency=CONCURRENCY)
    return RunStore.create(project, new_manifest(project, new, datetime.now(UTC)))


async def run(store: RunStore, url: str, origin: str) -> ReplaySummary:
    async def extract(document: Document) -> Extraction:
        text = cv_text(document.persona)
        return Extraction("ok", text, sha256(text), "test")

    def pipeline_of(arm: Arm) -> Pipeline:
        return LegacyPipeline(load_legacy_prompts()) if arm.bundle is None else AssistantPipeline(arm.bundle)

    told = 0

    def tell(progress: Progress) -> None:
        nonlocal told
        while told < progress.calls:
            told += 1
            print(told, flush=True)

    limiter = Limiter(CONCURRENCY)
    async with ModelClient(simulator_endpoint(url, origin)) as client:
        return await replay(
            store,
            Work(
                documents(),
                arms(origin),
                extractions=extract,
                pipeline_of=pipeline_of,
                caller_of=lambda arm: build_caller(
                    origin=origin, policy="call", journal=store.journal(), client=client, terms=Terms(limiter)
                ),
            ),
            Pace(CONCURRENCY, seed=1),
            on_event=tell,
        )


def main(root: str, url: str, origin: str, folder: str | None = None) -> None:
    with store_of(Project(Path(root)), origin, folder) as store:
        print(store.folder, flush=True)
        summary = asyncio.run(run(store, url, origin))
    assert summary.complete, summary


if __name__ == "__main__":
    main(*sys.argv[1:])
