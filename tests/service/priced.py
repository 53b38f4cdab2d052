"""A model that costs money, for services: the simulator's answers from a server that does not say what it is."""

import json
import threading
import urllib.request
from datetime import date
from decimal import Decimal

from loopback import LoopbackServer, QuietHandler

from harness.models.prices import cost
from harness.models.types import Usage


class Priced(LoopbackServer):
    """Counts US dollars at the list price of the model that each asks for."""

    def __init__(self, simulator):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = simulator.url.removesuffix("/v1")
        self.dollars, self.count = Decimal(0), threading.Lock()
        self.begin()


class _Handler(QuietHandler):
    def do_GET(self):
        self._say(404, b'{"error": {"message": "no such address", "code": "unknown_url"}}')

    def do_POST(self):
        data = self.rfile.read(int(self.headers["content-length"]))
        sent = {name: value for name, value in self.headers.items() if name.lower().startswith(("x-", "content-type"))}
        asked = urllib.request.Request(f"{self.server.behind}{self.path}", data, sent)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            said = answer.read()
        used = json.loads(said)["usage"]
        read, written = ("input", "output") if "input_tokens" in used else ("prompt", "completion")
        cached = used[f"{read}_tokens_details"]["cached_tokens"]
        usage = Usage(used[f"{read}_tokens"], cached_tokens=cached, output_tokens=used[f"{written}_tokens"])
        spent = cost(json.loads(data)["model"], usage, date.today())
        with self.server.count:
            self.server.dollars += spent
        self._say(200, said)

    def _say(self, status, data):
        self.send(status, [("content-type", "application/json")], data)
