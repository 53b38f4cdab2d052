"""Errors as the API sends them: status, and a body with message, type, param and code."""

from __future__ import annotations


class ApiError(Exception):
    """The request is answered with this error instead of a completion."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.param, self.code, self.kind = status, message, param, code, kind
        self.headers = headers or {}

    def body(self) -> dict[str, object]:
        return {
            "error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code},
        }


def bad(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A 400."""
    return ApiError(400, message, param=param, code=code)
