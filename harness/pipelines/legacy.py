"""The two-pass pipeline as the service runs it: metadata first, then one call per role with the whole text again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.assistants.legacy import LegacyPrompts
from harness.base.types import Failure, Json
from harness.contract.types import Reading
from harness.models.calls import chat_call
from harness.models.latency import path_ms
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.combine import Described, as_objects, combine
from harness.pipelines.reading import answer_of, failure_text
from harness.pipelines.types import Phase, PipelineInput, PipelineResult

LEGACY_FIELDS = frozenset(
    [
        *(f"work_experience[].{name}" for name in ("company", "title", "start_date", "end_date", "location")),
        "work_experience[].description[]",
        "work_experience[].skills[]",
        *(f"education[].{name}" for name in ("institution", "degree", "start_date", "end_date")),
        *(f"certifications[].{name}" for name in ("name", "issuer", "year")),
    ]
)
_ROLE_FIELDS = ("job_title", "company", "start_date", "end_date", "location")


@dataclass(slots=True)
class _Task:
    """A running task. state: pending → metadata_extracted → completed | completed_with_errors, or failed."""

    state: str = "pending"
    readings: list[Reading] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: int = 0

    def error(self, note: str) -> None:
        self.notes.append(note)
        self.errors += 1

    def take(self, phase: str, attempts: tuple[Attempt, ...], schema: Json) -> Json | Failure:
        """Keep what a call brought, and read its answer."""
        found = answer_of(attempts, schema)
        self.attempts.extend(attempts)
        self.phases.append(Phase(phase, 1, path_ms(attempts)))
        if found.reading is not None:
            self.readings.append(found.reading)
        if found.note:
            self.notes.append(f"{phase}: {found.note}")
        return found.value

    def result(self, answer: Json | Failure) -> PipelineResult:
        return PipelineResult(
            answer=answer,
            readings=tuple(self.readings),
            attempts=tuple(self.attempts),
            phases=tuple(self.phases),
            state=self.state,
            notes=tuple(self.notes),
        )


class LegacyPipeline:
    """1 + R chat completions for a CV with R roles, one after the other (`at_once`: the roles' together, which makes
    no difference but in time). A role whose call fails stays without
    description and skills, and is named in the notes; sections that no pass asks for come empty."""

    def __init__(self, prompts: LegacyPrompts, *, at_once: bool = False) -> None:
        self._prompts = prompts
        self._at_once = at_once

    @property
    def name(self) -> str:
        return "legacy"

    @property
    def fills(self) -> frozenset[str]:
        return LEGACY_FIELDS

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        task, prompts = _Task(), self._prompts
        request = chat_call(
            prompts.model,
            prompts.parameters["metadata"],
            prompts.metadata_prompt(given.text),
            draw,
            {"instructions": prompts.metadata, "input": given.text},
        )
        found = task.take("pass1", await call(request), prompts.schemas["metadata"])
        if isinstance(found, Failure):
            task.state = "failed"
            return task.result(found)
        task.state = "metadata_extracted"

        sections = {}
        for name in ("work_experiences", "education", "certifications"):
            sections[name], problems = as_objects(found.get(name), name)
            for problem in problems:
                task.error(problem)
        roles = sections["work_experiences"]
        requests = [self._request(role, given.text, draw) for role in roles]
        answers = await _all(call, requests) if self._at_once else ()
        described = []
        for place, request in enumerate(requests, start=1):
            attempts = answers[place - 1] if self._at_once else await call(request)
            described.append(self._described(task, attempts, f"{place} of {len(roles)}"))
        task.state = "completed_with_errors" if task.errors else "completed"
        return task.result(combine(roles, described, sections["education"], sections["certifications"]))

    def _request(self, role: Mapping[str, Json], text: str, draw: int) -> Call:
        prompts = self._prompts
        metadata = {name: role[name] for name in _ROLE_FIELDS if isinstance(role.get(name), str)}
        return chat_call(
            prompts.model,
            prompts.parameters["description"],
            prompts.description_prompt(metadata, text),
            draw,
            {"instructions": prompts.description, "role": json.dumps(metadata, sort_keys=True), "input": text},
        )

    def _described(self, task: _Task, attempts: tuple[Attempt, ...], place: str) -> Described | None:
        """Pass 2 for one role; None where it failed. `place`: "3 of 7"."""
        phase = f"pass2[{place.partition(' ')[0]}]"
        found = task.take(phase, attempts, self._prompts.schemas["description"])
        if isinstance(found, Failure):
            task.error(f"role {place} skipped: {failure_text(found)}")
            return None
        return Described(found.get("description", []), found.get("skills", []))


async def _all(call: Caller, requests: Sequence[Call]) -> list[tuple[Attempt, ...]]:
    """Every call, to its end; then raises the first error."""
    found = await asyncio.gather(*map(call, requests), return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return [each for each in found if not isinstance(each, BaseException)]
