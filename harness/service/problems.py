"""What goes wrong, as the caller sees it: one shape (problem+json, RFC 9457), one code a failure, one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.base.types import Failure

MEDIA_TYPE = "application/problem+json"
TYPE = "https://cv-harness.invalid/problems/"

CODES: Mapping[str, tuple[int, str]] = {
    "http_version": (400, "Ask with HTTP/1.1."),
    "token_missing": (401, "Send the token as `Authorization: Bearer …`."),
    "token_unknown": (401, "This token is not known here."),
    "token_expired": (401, "This token has expired; ask for a new one."),
    "not_found": (404, "There is nothing here under this address, or it is not yours."),
    "method_not_allowed": (405, "This address does not take this method."),
    "not_done": (409, "The CV is still being read; ask for its status first."),
    "task_failed": (409, "This CV could not be read, so there is no result."),
    "legacy_retired": (410, "This endpoint is retired; upload to `/api/career-ark/cv/assistant`."),
    "upload_too_large": (413, "The file is larger than 2 MB; save it smaller, for example without pictures."),
    "upload_unsupported": (415, "This is no PDF or Word file; upload the CV as PDF or DOCX."),
    "invalid_request": (422, "The request is not as described."),
    "upload_missing": (422, "Send the CV as a multipart form with one file in the field `file`."),
    "upload_encrypted": (422, "The file is protected by a password; save it without one."),
    "upload_damaged": (422, "The file is damaged and cannot be opened; save it again."),
    "upload_without_text": (422, "There is no text in the file, only pictures; export it from the word processor."),
    "upload_too_long": (422, "The file holds more text than a CV can have."),
    "upload_unreadable": (422, "The text in the file could not be read; save it again."),
    "too_many_uploads": (429, "Too many uploads in a minute; wait a moment."),
    "internal": (500, "Something went wrong here; the request was not finished."),
    "model_failed": (502, "The model could not read this CV now; try again."),
    "assistant_failed": (502, "The assistant could not answer now; try again."),
    "assistant_refused": (502, "The assistant declined to read this file."),
    "assistant_filtered": (502, "The assistant's answer was withheld by a content filter."),
    "assistant_truncated": (502, "The assistant's answer was cut off."),
    "assistant_unparseable": (502, "The assistant's answer could not be read."),
    "assistant_contract": (502, "The assistant's answer does not have the form it must have."),
    "assistant_rate_limited": (503, "The assistant is overloaded; try again in a moment."),
    "assistant_breaker_open": (503, "The assistant is switched off for a moment after failures; try again."),
    "fallbacks_exhausted": (503, "The service is overloaded; try again in a minute."),
    "storage": (503, "The service cannot keep anything right now; try again in a moment."),
    "stopping": (503, "The service is being restarted; try again in a moment."),
    "assistant_timeout": (504, "The assistant took too long."),
    "deadline": (504, "Reading this CV took too long; try again."),
}
"""Status and sentence of each code."""

_OF_EXTRACTION = {
    "encrypted": "upload_encrypted",
    "corrupt": "upload_damaged",
    "unsupported": "upload_unsupported",
    "too_large": "upload_too_long",
    "timeout": "upload_unreadable",
    "no_text_layer": "upload_without_text",
    "garbled": "upload_unreadable",
}


class Problem(Exception):
    """Raised anywhere in a request; becomes the response. more: further members of the problem object."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def status(self) -> int:
        return CODES[self.code][0]

    def body(self, request_id: str) -> dict[str, Any]:
        return {
            "type": TYPE + self.code,
            "title": CODES[self.code][1],
            "status": self.status,
            "code": self.code,
            "detail": self.detail or CODES[self.code][1],
            "instance": f"urn:request:{request_id}",
            **self.more,
        }


def of_outcome(outcome: str) -> Problem:
    """The problem of a file that has no readable text; `outcome` as the readers name it."""
    return Problem(_OF_EXTRACTION[outcome])


def assistant_code(failure: Failure) -> str:
    """The code of an assistant's failure, as the pipelines name it."""
    match failure.kind, failure.code:
        case _, "timeout":
            return "assistant_timeout"
        case _, "refused":
            return "assistant_refused"
        case _, "content_filter":
            return "assistant_filtered"
        case _, "truncated":
            return "assistant_truncated"
        case "unparseable", _:
            return "assistant_unparseable"
        case _, "rate_limit_exceeded" | "slow_down" | "insufficient_quota":
            return "assistant_rate_limited"
        case _:
            return "assistant_failed"
