"""The page at `/`: three files, built from `frontend/`, under a policy that lets nothing else run."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""No inline script or style, nothing from elsewhere; a text can never become markup (trusted types)."""

_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}


def _file(name: str, media_type: str) -> Response:
    return Response(resources.files(__name__).joinpath(name).read_bytes(), media_type=media_type, headers=_HEADERS)


@router.get("/")
def document() -> Response:
    """The page. It needs no token itself: everything it asks for does."""
    return _file("index.html", "text/html")


@router.get("/page/career-ark.js")
def script() -> Response:
    return _file("career-ark.js", "text/javascript")


@router.get("/page/style.css")
def style() -> Response:
    return _file("style.css", "text/css")
