"""A server that nobody here wrote, as it were: what it has and refuses is said by each test. Its model reads nothing
and answers from what it is given; it counts what it served."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from loopback import LoopbackServer, QuietHandler

Answer: TypeAlias = tuple[int, Any]
ANSWER = {"personal_info": {"name": "A"}}


def chat(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "model": "other-1",
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 80},
    } | changes


def responses(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "model": "other-1",
        "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": text}]}],
        "usage": {"input_tokens": 900, "output_tokens": 80},
    } | changes


def works(path: str, body: Any) -> Answer:
    """Answers on both wires."""
    text = json.dumps(ANSWER)
    return 200, responses(text) if path.endswith("/responses") else chat(text)


class OtherServer(LoopbackServer):
    """ask: answers a POST; models: ids that it lists, None for no list."""

    def __init__(self, ask: Callable[[str, Any], Answer] = works, models: list[str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ask, self.models = ask, models
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[str, Any, dict[str, str]]] = []
        self.begin()


class _Handler(QuietHandler):
    server: OtherServer

    def do_GET(self) -> None:
        if self.server.models is not None and self.path.rstrip("/").endswith("/models"):
            return self._say(200, {"object": "list", "data": [{"id": name} for name in self.server.models]})
        self._say(404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append((self.path, body, {name.lower(): said for name, said in self.headers.items()}))
        self._say(*self.server.ask(self.path, body))

    def _say(self, status: int, value: Any) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send(status, [("content-type", "application/json"), *self.server.headers.items()], data)
