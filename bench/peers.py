"""The same calls and a comparison with the golden by tools that others evaluate with, each a script of its own.

A tool takes part where it is installed (`python -m pip install 'cv-harness[peers]'`, or in the environment of another
interpreter that `BENCH_PEERS` names: they bring many packages). Each is used as its manual shows for one's own task: it
asks, keeps the answers, and says for each whether it is the golden. None of them keeps a journal that a killed run goes
on from, scores a CV field by field or draws a page, which the run beside them does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_CASES = """
import json, sys
from pathlib import Path
url, folder, calls, concurrency = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
instructions = json.loads((folder / "bundle.json").read_text())["instructions"]
texts = [path.read_text() for path in sorted((folder / "fixtures/corpus").glob("*.txt"))]
goldens = [json.loads(path.read_text())["cv"] for path in sorted((folder / "goldens").glob("p*.json"))]
"""
_PYDANTIC_EVALS = (
    _CASES
    + """
from openai import AsyncOpenAI
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EqualsExpected

client = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)

async def ask(text):
    made = await client.responses.create(model="gpt-4o", instructions=instructions, input=text, store=False)
    return json.loads(made.output_text)

cases = [
    Case(name=str(n), inputs=texts[n % len(texts)], expected_output=goldens[n % len(goldens)]) for n in range(calls)
]
report = Dataset(name="cvs", cases=cases, evaluators=[EqualsExpected()]).evaluate_sync(
    ask, max_concurrency=concurrency, progress=False
)
assert len(report.cases) == calls, report.failures[:1]
"""
)
_INSPECT = (
    _CASES
    + """
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import Score, accuracy, scorer
from inspect_ai.solver import generate, system_message

@scorer(metrics=[accuracy()])
def same():
    async def score(state, target):
        return Score(value=float(json.loads(state.output.completion) == json.loads(target.text)))
    return score

samples = [
    Sample(id=n + 1, input=texts[n % len(texts)], target=json.dumps(goldens[n % len(goldens)])) for n in range(calls)
]
task = Task(dataset=samples, solver=[system_message(instructions.replace("{", "{{").replace("}", "}}")), generate()],
            scorer=same())
(log,) = eval(
    task, model="openai/gpt-4o", model_base_url=url, model_args={"responses_api": True, "responses_store": False},
    max_connections=concurrency, max_samples=concurrency, max_tasks=1, log_dir=str(folder / "logs"), display="none",
)
assert log.status == "success" and log.results.completed_samples == calls, log.error
"""
)
PEERS = {"pydantic_evals": _PYDANTIC_EVALS, "inspect_ai": _INSPECT}


def python() -> str:
    return os.environ.get("BENCH_PEERS") or sys.executable


def installed() -> dict[str, str]:
    """Name and version of each that is there, by the name that it is imported by."""
    asked = "import importlib.metadata as m, sys\nfor name in sys.argv[1:]:\n    print(name, m.version(name))"
    found = {}
    for name in PEERS:
        said = subprocess.run([python(), "-c", asked, name], capture_output=True, text=True, check=False)
        if not said.returncode:
            found[name] = said.stdout.strip().replace("_", "-")
    return found


def command(name: str, url: str, folder: Path, calls: int, concurrency: int) -> list[str]:
    return [python(), "-c", PEERS[name], url, str(folder), str(calls), str(concurrency)]
