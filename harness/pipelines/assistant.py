"""The assistant: one call with the versioned bundle answers the whole contract object."""

from __future__ import annotations

from harness.assistants.types import AssistantBundle
from harness.base.types import Failure, Json
from harness.contract.schema import LEAVES, strict_schema
from harness.models.calls import assistant_frame, framed_call
from harness.models.latency import path_ms
from harness.models.types import Caller, Wire
from harness.pipelines.reading import answer_of
from harness.pipelines.types import Phase, PipelineInput, PipelineResult

CONTENT_FIELDS = frozenset(path for path in LEAVES if not path.endswith("[].id"))
"""Field paths that carry content: all of the contract's but the generated ids."""


class AssistantPipeline:
    """One call, over the wire that its bundle asks for, else over `wire`. Its answer is read against the schema it was
    sent, or else the contract."""

    def __init__(self, bundle: AssistantBundle, wire: Wire = "responses") -> None:
        self._frame = assistant_frame(bundle, wire)
        own = bundle.output == "json_schema" and bundle.schema != strict_schema()
        self._asked: Json | None = bundle.schema if own else None

    @property
    def name(self) -> str:
        return "assistant"

    @property
    def fills(self) -> frozenset[str]:
        """The whole contract, whatever the bundle's schema leaves out: that is missing, not unasked."""
        return CONTENT_FIELDS

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        attempts = await call(framed_call(self._frame, given.text, draw))
        found = answer_of(attempts, self._asked)
        return PipelineResult(
            answer=found.value,
            readings=(found.reading,) if found.reading else (),
            attempts=attempts,
            phases=(Phase("assistant", 1, path_ms(attempts)),),
            state="failed" if isinstance(found.value, Failure) else "completed",
            notes=(found.note,) if found.note else (),
        )
