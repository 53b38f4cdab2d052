"""A page on loopback that shows the newest report of a folder, and shows it anew when there is a newer one.

It serves this machine alone: bound to 127.0.0.1, behind a path that nobody can guess, and for loopback's own names,
so that no web page elsewhere can have it fetched by the browser.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import secrets
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_SCRIPT = """
const frame = document.querySelector("iframe");
let seen = "";
async function look() {
  try {
    const stamp = await (await fetch("stamp", {cache: "no-store"})).text();
    if (stamp !== seen) {
      const place = seen && frame.contentWindow.scrollY;
      seen = stamp;
      if (place) frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, place), {once: true});
      frame.src = "page?" + encodeURIComponent(stamp);
    }
    document.title = "cv-harness watch";
  } catch { document.title = "cv-harness watch: ended"; }
  setTimeout(look, 500);
}
look();
"""
_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; script-src 'sha256-{_HASH}'; style-src 'unsafe-inline'; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_WRAPPER = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>cv-harness watch</title>'
    "<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>"
    f'<iframe title="The newest report"></iframe><script>{_SCRIPT}</script></html>'
)


class LivePage:
    """Serves `reports`'s newest page until it is left; `url` leads to it."""

    def __init__(self, reports: Path, port: int = 0) -> None:
        """port: 0 for any that is free. Raises OSError where it is taken."""
        token = secrets.token_urlsafe(16)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _handler(reports, token))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{token}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="live page", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(reports: Path, token: str) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").rpartition(":")[0]
            path = self.path.partition("?")[0]
            found = self._found(path) if host in ("127.0.0.1", "localhost") else None
            if found is None:
                self.send_error(404)
                return
            kind, body, policy = found
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def _found(self, path: str) -> tuple[str, bytes, str] | None:
            """Media type, body, policy of what stands at a path; the report has a policy of its own inside."""
            base = f"/{token}/"
            page = reports / "latest" / "index.html"
            if path == base:
                return "text/html", _WRAPPER.encode(), _POLICY
            if path == f"{base}stamp":
                stamp = f"{page.resolve().parent.name} {page.stat().st_mtime_ns}" if page.is_file() else ""
                return "text/plain", stamp.encode(), ""
            if path == f"{base}page" and page.is_file():
                return "text/html", page.read_bytes(), ""
            return None

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: the terminal belongs to what was saved."""

    return Handler
