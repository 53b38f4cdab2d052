"""The shapes of requests and responses, for the OpenAPI page and the typed client."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.contract.schema import contract_schema
from harness.service.problems import CODES, MEDIA_TYPE


class TaskStarted(BaseModel):
    """The task of an upload to the legacy endpoint, once the first pass is done."""

    taskId: str


class TaskStatus(BaseModel):
    """A task. extractedDataSummary: entries by section, null until it is done."""

    taskId: str
    status: Literal["pending", "metadata_extracted", "completed", "completed_with_errors", "failed"]
    error: str | None
    created_at: Annotated[str, Field(examples=["2026-11-28T16:00:00Z"])]
    updated_at: str
    extractedDataSummary: dict[str, int] | None


class AssistantAnswer(BaseModel):
    """The answer of the assistant's endpoint. method: "legacy" where the automatic fallback answered."""

    success: Literal[True]
    cv_id: str
    data: Annotated[dict[str, Any], Field(description="The contract object: see the schema `CV`.")]
    method: Literal["assistant", "legacy"]


class FeatureFlags(BaseModel):
    use_assistant_processing: bool


class FeedbackKept(BaseModel):
    feedback_id: str


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in ("token_missing", "token_unknown", "token_expired", "invalid_request", *codes, "internal", "storage"):
        status, title = CODES[code]
        entry = found.setdefault(
            status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}},
        )
        entry["description"] = f"{entry['description']} `{code}`: {title}".strip()
    return found


UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The CV: PDF, DOCX or DOC, at most 2 MB.",
                        },
                        "consent": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "description": "The user lets text and answers be kept to compare the two ways.",
                        },
                    },
                }
            }
        },
    }
}


def links(field: str) -> dict[int | str, dict[str, Any]]:
    """What can be done with the id that an upload's answer names in `field`, as OpenAPI links."""
    ends = {"status": "cv_status", "sections": "cv_sections", "feedback": "give_feedback", "deletion": "delete_cv"}
    found = {
        name: {"operationId": operation, "parameters": {"task_id": f"$response.body#/{field}"}}
        for name, operation in ends.items()
    }
    return {200: {"links": found}}


def complete(openapi: dict[str, Any]) -> dict[str, Any]:
    """The generated page with what the generator cannot know: the contract and the problem shape."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["CV"] = {key: value for key, value in contract_schema().items() if key not in ("$schema", "$id")}
    schemas["AssistantAnswer"]["properties"]["data"] = {"$ref": "#/components/schemas/CV"}
    for schema in ("HTTPValidationError", "ValidationError"):
        schemas.pop(schema, None)
    return openapi
