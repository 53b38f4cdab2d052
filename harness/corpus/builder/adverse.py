"""Adversarial twins: the same person's CV with something in it that tries to mislead the model."""

from __future__ import annotations

from harness.corpus.builder.content import Content
from harness.corpus.builder.flow import build_page
from harness.corpus.builder.plan import Planned
from harness.corpus.builder.render import render

CANARIES: dict[str, str] = {}


def content_after(content: Content, attack: str) -> Content:
    """The content that the golden of an attacked document holds: what an honest reader takes from the page."""
    return content


def rendered(planned: Planned, content: Content) -> bytes:
    """The file of a planned document, attacked where the plan says so."""
    return render(build_page(content, planned.style), planned.style)
