"""A language model and a server that nobody here wrote, on loopback: record, run, accept, change, run, over both wires.

Opt-in, because it needs a server: CV_HARNESS_REAL_MODEL is its base URL (docs/models.md says how to start one), and
without it there is nothing here to run. CV_HARNESS_REAL_WIRES (default "chat,responses") and CV_HARNESS_REAL_OUTPUT
(default "json_schema") say what the server has.
"""

from __future__ import annotations

import json
import os
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from harness.base.types import Failure
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.models.recordings import RecordingStore
from harness.replay.store import RunStore

URL = os.environ.get("CV_HARNESS_REAL_MODEL", "")
WIRES = os.environ.get("CV_HARNESS_REAL_WIRES", "chat,responses").split(",")
OUTPUT = os.environ.get("CV_HARNESS_REAL_OUTPUT", "json_schema")
CVS = ["a01", "a02"]
MOST_TOKENS = int(os.environ.get("CV_HARNESS_REAL_TOKENS", "300"))
"""Of an answer: a tiny model on a CPU writes some twenty a second, and is cut off rather than waited for."""


def served() -> str:
    """The first model that the server lists."""
    with urllib.request.urlopen(f"{URL}/models", timeout=30) as answer:
        return str(json.load(answer)["data"][0]["id"])


def project_on(made: Path, wire: str) -> None:
    """Names the server `local`, and has the bundle ask for what a tiny model can give."""
    (made / "pyproject.toml").write_text(
        f'[tool.cv-harness.endpoints.local]\nbase_url = "{URL}"\nkey = ""\nwire = "{wire}"\nconcurrency = 1\n'
        f'models = {{"gpt-4o" = "{served()}"}}\n'
        "[tool.cv-harness.endpoints.local.timeouts]\nfirst_byte = 600\nwhole = 900\n",
        encoding="utf-8",
    )
    bundle = made / "assistants" / "cv-parser-pro" / "assistant.toml"
    text = bundle.read_text(encoding="utf-8").replace("16384", str(MOST_TOKENS))
    bundle.write_text(text.replace('output = "json_schema"', f'output = "{OUTPUT}"'), encoding="utf-8")


def measured(folder: Path) -> list[dict[str, object]]:
    with RunStore.open(folder) as store:
        return [
            {
                "arm": record.arm,
                "document": record.document_id,
                "source": record.source,
                "failure": record.answer.code if isinstance(record.answer, Failure) else "",
                "tokens": [record.usage.input_tokens, record.usage.output_tokens],
                "seconds": None if record.latency_ms is None else round(record.latency_ms / 1000.0, 1),
                "snapshot": record.snapshot,
            }
            for record in store.records()
        ]


if URL:  # not a skip: without a server there is no test, in CI neither

    @pytest.mark.parametrize("wire", WIRES)
    def test_record_run_accept_change_run(small_project, monkeypatch, tmp_path, wire):
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        project = small_project(CVS)
        project_on(project.root, wire)
        plan = Plan(repeat=1, arms=("candidate",), provider="local", concurrency=1, max_cost=1e6, force=True)
        recorded = record(project, plan, listener=Silent())
        assert recorded.summary.sent == len(CVS)
        assert RecordingStore(project.recordings).count("local") == len(CVS)

        first = evaluate(project, plan)
        assert first.replay.sent == 0, "what is recorded is not asked for again"
        rows = measured(first.folder)
        assert all(row["tokens"][1] > 0 and row["seconds"] and row["snapshot"] for row in rows), rows
        accept_run(project, None, reason="a tiny model", by="A Person", override=True, environment={})

        path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
        path.write_text(path.read_text("utf-8") + "\nWrite every date as YYYY-MM.\n", encoding="utf-8")
        second = evaluate(project, replace(plan, arms=("baseline", "candidate")))
        assert second.replay.sent == len(CVS), "the candidate is asked, the baseline replayed"
        rows += measured(second.folder)
        assert {row["source"] for row in rows if row["arm"] == "baseline"} == {"recorded"}
        assert second.verdict.verdict in ("HOLD", "INCONCLUSIVE"), "two CVs ship nothing"
        assert next(iter(second.pages.values())).is_file()
        print(
            json.dumps({"wire": wire, "output": OUTPUT, "verdict": second.verdict.verdict, "records": rows}, indent=1)
        )
