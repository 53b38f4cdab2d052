"""A run beside the bare SDK and other tools: the same calls to one server, which answers after 200 ms, 32 at a time.

`python -m bench.waiting [calls] [turns]`. The first is the loop that anyone would write: AsyncOpenAI, a semaphore, JSON
parsed. The run is `cv-harness run` as a person starts it: reading, journal, scoring, verdict and page included. Tools
that others evaluate with (`bench.peers`) take part where they are installed. Whole processes are timed, from start to
exit, in turns; ratios are of turns, because the machine may be busy with other work.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import peers
from harness.assistants.bundle import find_bundle
from harness.base.canonical import sha256
from harness.base.project import Project
from harness.corpus.manifest import load_manifest, write_manifest

LATENCY_S = 0.2
CONCURRENCY = 32
ROOT = Path(__file__).resolve().parents[1]
BARE, OURS = "bare SDK", "cv-harness"
_OF = ("wall_s", "cpu_s")
BARS = {500: 1.25, 5000: 1.15}
"""Wall time of a run ÷ the bare SDK's, by calls."""

_SERVER = """
import asyncio, json, re, sys
answers = json.load(open(sys.argv[1]))
latency = float(sys.argv[2])
def body_of(answer): return json.dumps({
    "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "gpt-4o-2024-08-06",
    "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": json.dumps(answer), "annotations": []}]}],
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None,
    "instructions": None, "metadata": {}, "temperature": 0.0, "top_p": 1.0,
    "usage": {"input_tokens": 900, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 600,
              "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 1500},
}).encode()
bodies = [body_of(answer) for answer in answers]
head = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n"
model = json.dumps({"id": "gpt-4o", "object": "model", "created": 1, "owned_by": "x"}).encode()

async def serve(reader, writer):
    try:
        while True:
            request = await reader.readuntil(b"\\r\\n\\r\\n")
            length = re.search(rb"(?i)content-length: *(\\d+)", request)
            if length:
                asked = await reader.readexactly(int(length[1]))
                await asyncio.sleep(latency)
                body = bodies[int(re.search(rb"Person (\\d+)", asked)[1]) % len(bodies)]
                writer.write(head % len(body) + body)
            else:
                writer.write(head % len(model) + model)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""

_BARE = """
import asyncio, json, sys
from openai import AsyncOpenAI

async def main(url, folder, calls, concurrency):
    from pathlib import Path
    client = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    bundle = json.loads((folder / "bundle.json").read_text())
    texts = [path.read_text() for path in sorted((folder / "fixtures/corpus").glob("*.txt"))]
    slots, answers = asyncio.Semaphore(concurrency), []

    async def ask(text):
        async with slots:
            made = await client.responses.create(
                model="gpt-4o", instructions=bundle["instructions"], input=text, store=False
            )
            answers.append(json.loads(made.output_text))

    await asyncio.gather(*(ask(texts[n % len(texts)]) for n in range(calls)))
    assert len(answers) == calls

asyncio.run(main(sys.argv[1], __import__("pathlib").Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
"""


@dataclass(frozen=True, slots=True)
class Took:
    """One process: wall and CPU seconds (its children included), peak resident memory of the largest, MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def timed(command: list[str], folder: Path) -> Took:
    """Run to the end. Raises CalledProcessError where it fails; a verdict's exit code is no failure."""
    environment = {**os.environ, "OPENAI_API_KEY": "none-needed-by-a-local-server", "CV_HARNESS_PROJECT": str(folder)}
    environment["PYTHONPATH"] = str(ROOT)
    environment["CV_HARNESS_CACHE"] = str(folder / "cache")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else compiling everybody's packages is what is measured
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told: list[bytes] = []
    assert process.stderr is not None
    errors = process.stderr
    listening = threading.Thread(target=lambda: told.append(errors.read()))
    listening.start()
    _, status, usage = os.wait4(process.pid, 0)
    listening.join()
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 10, 20):
        raise subprocess.CalledProcessError(process.returncode, command, stderr=b"".join(told)[-2000:])
    return Took(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def make_project(folder: Path, calls: int) -> Path:
    """A project of `calls` people in plain text with a golden each: the gate split's, over and over."""
    source = Project(ROOT)
    people = [each for each in load_manifest(source, verify=False) if each.split == "gate" and each.twin_of is None]
    goldens = [json.loads((source.goldens / f"{each.id}.json").read_text(encoding="utf-8")) for each in people]
    shutil.copytree(ROOT / "harness/assistants", folder / "assistants", ignore=shutil.ignore_patterns("*.py", "__*"))
    for place in ("fixtures/corpus", "goldens"):
        (folder / place).mkdir(parents=True)
    shutil.copyfile(source.contract, folder / "goldens/cv.schema.json")
    documents = []
    for number in range(calls):
        name, which = f"p{number:05}", number % len(people)
        data = f"Person {number}\n{json.dumps(goldens[which]['cv'], ensure_ascii=False, indent=1)}\n".encode()
        (folder / f"fixtures/corpus/{name}.txt").write_bytes(data)
        (folder / f"goldens/{name}.json").write_text(json.dumps(goldens[which]), encoding="utf-8")
        documents.append(
            replace(
                people[which],
                id=name,
                path=f"{name}.txt",
                media_type="text/plain",
                sha256=sha256(data),
                persona=name,
            )
        )
    write_manifest(Project(folder), documents)
    bundle = find_bundle(Project(folder), "cv-parser-pro").bundle
    (folder / "bundle.json").write_text(json.dumps({"instructions": bundle.instructions}), encoding="utf-8")
    (folder / "answers.json").write_text(json.dumps([_slip(each["cv"]) for each in goldens]), encoding="utf-8")
    return folder


def _slip(cv: dict[str, Any]) -> dict[str, Any]:
    """An answer with two slips, so that scoring has something to explain."""
    roles = [{**role, "location": "Somewhere Else"} for role in cv["work_experience"][:1]] + cv["work_experience"][1:]
    return {**cv, "work_experience": roles, "skills": cv["skills"][:-1]}


def compare(calls: int, turns: int) -> dict[str, list[Took]]:
    """Each tool's processes by its name, in turns, all against one server."""
    with tempfile.TemporaryDirectory(prefix="cv-harness-bench-") as there:
        folder = make_project(Path(there), calls)
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(folder / "answers.json"), str(LATENCY_S)], stdout=subprocess.PIPE
        )
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
            run = [
                sys.executable, "-m", "harness", "run", "-q", "--base-url", url, "--arms", "candidate", "--repeat", "1",
                "--concurrency", str(CONCURRENCY), "--max-cost", "1000",
            ]  # fmt: skip
            commands = {BARE: [sys.executable, "-c", _BARE, url, str(folder), str(calls), str(CONCURRENCY)], OURS: run}
            for peer, name in peers.installed().items():
                commands[name] = peers.command(peer, url, folder, calls, CONCURRENCY)
            found: dict[str, list[Took]] = {name: [] for name in commands}
            for _ in range(turns):
                for name, command in commands.items():
                    found[name].append(timed(command, folder))
                for made in ("reports", "fixtures/recordings", "logs"):
                    shutil.rmtree(folder / made, ignore_errors=True)
            return found
        finally:
            server.kill()
            server.wait()


def main(calls: int, turns: int) -> int:
    ideal = calls * LATENCY_S / CONCURRENCY
    print(
        f"{calls} calls of {1000 * LATENCY_S:.0f} ms, {CONCURRENCY} at a time (at least {ideal:.1f} s); {turns} turns, "
        f"load average {os.getloadavg()[0]:.1f} before\n\n"
        "| | wall s | CPU s | peak MB | wall ÷ bare SDK | CPU ÷ bare SDK |\n|---|---:|---:|---:|---:|---:|"
    )
    found = compare(calls, turns)
    for name, rows in found.items():
        row = [statistics.median(getattr(each, figure) for each in rows) for figure in ("wall_s", "cpu_s", "peak_mb")]
        walls, cpus = ([getattr(a, of) / getattr(b, of) for a, b in zip(rows, found[BARE], strict=True)] for of in _OF)
        print(
            f"| {name} | {row[0]:.2f} | {row[1]:.2f} | {row[2]:.0f} | {statistics.median(walls):.2f} "
            f"({min(walls):.2f} to {max(walls):.2f}) | {statistics.median(cpus):.2f} |"
        )
    print(f"\nload average {os.getloadavg()[0]:.1f} after")
    middle = statistics.median(run.wall_s / bare.wall_s for run, bare in zip(found[OURS], found[BARE], strict=True))
    bar = BARS.get(calls)
    return int(bar is not None and middle > bar)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [500, 3][len(given) :])))
