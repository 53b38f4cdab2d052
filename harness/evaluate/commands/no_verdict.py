"""The report of an evaluation that came to no verdict: so that whoever looks for one finds the reason."""

from __future__ import annotations

from harness.base.files import private_folder, write_whole
from harness.base.project import Project
from harness.evaluate.stages.pages import REDACTED
from harness.evaluate.stages.showing import point_latest
from harness.reports.markdown import escape


def no_verdict(project: Project, reason: str) -> None:
    """Write `reports/no-verdict/summary.md` (and its redacted copy), and let `reports/latest` lead to it.

    reason: in words that may be published.
    """
    folder = project.reports / "no-verdict"
    text = f"# cv-harness: no verdict\n\nNothing was judged, so nothing may ship on it.\n\n{escape(reason)}\n"
    for place in (folder, folder / REDACTED):
        write_whole(private_folder(place) / "summary.md", text, private=True)
    point_latest(project, folder)
