"""CVs in a bucket of a server that speaks S3, on loopback: found, read, listed in Parquet, and a whole run of them
beside the same run of the folder. Beside the extras ray and parquet it needs
`python -m pip install s3fs 'moto[server]'`; then `python -m bench.s3`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.corpus.folder import documents_from_folder
from harness.corpus.remote import documents_at
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.store import RunStore

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a-secret-key-that-nobody-may-find"
NAMES = ("a b+c.pdf", "sub/50%.pdf", "sub/d#1?.pdf", "\u00fc/Lebenslauf.docx", "e&f=g.docx")
"""What is awkward in an address."""


@contextmanager
def bucket() -> Iterator[Any]:
    """An empty bucket `cvs`, as s3fs sees it; address and credentials are in the environment, where s3fs looks."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stderr=subprocess.DEVNULL)
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if server.poll() is not None:
                    raise SystemExit("moto's server did not start: python -m pip install 'moto[server]'") from None
                time.sleep(0.1)
        import s3fs

        storage = s3fs.S3FileSystem()
        storage.mkdir("cvs")
        yield storage
    finally:
        server.terminate()
        server.wait()


def fill(storage: Any, folder: Path) -> None:
    """The same files in the folder and below s3://cvs/team, which has marks of folders, a hidden file, a neighbour."""
    files = (
        sorted((ROOT / "fixtures/corpus").rglob("*.pdf"))[:3] + sorted((ROOT / "fixtures/corpus").rglob("*.docx"))[:2]
    )
    for name, file in zip(NAMES, files, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(file.read_bytes())
        storage.pipe(f"cvs/team/{name}", file.read_bytes())
    for name, data in (("team/", b""), ("team/sub/", b""), ("team/.hidden/no.txt", b"No"), ("team2/no.txt", b"No")):
        storage.pipe(f"cvs/{name}", data)


def listed(storage: Any) -> str:
    """A list beside the bucket's files, of all whose names are no query."""
    import pyarrow
    from pyarrow import parquet

    documents, places = documents_at("s3://cvs/team")
    rows = [
        {"path": places[each.id].removeprefix("s3://cvs/"), "sha256": each.sha256, "id": each.id}
        for each in documents
        if "?" not in places[each.id]
    ]
    with storage.open("cvs/list.parquet", "wb") as file:
        parquet.write_table(pyarrow.Table.from_pylist(rows), file)
    return "s3://cvs/list.parquet"


def texts(folder: Path) -> dict[str, str]:
    with RunStore.open(folder) as store:
        return {name: extraction.text for name, extraction in store.extractions()}


def figures(folder: Path) -> Any:
    """Of the summary: what is of the answers, and not of the run."""
    found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return {name: found[name] for name in ("fields", "headline", "slices", "hallucinations", "errors")}


def said(address: str) -> str:
    begun = time.monotonic()
    try:
        documents_at(address)
    except HarnessError as error:
        return f"{address}: {time.monotonic() - begun:.1f} s, {error}"
    raise AssertionError(f"{address} was taken")


def main() -> None:
    with bucket() as storage, tempfile.TemporaryDirectory(prefix="cvh-") as made:
        there = Path(made)
        fill(storage, there / "cvs")
        here, (found, _) = documents_from_folder(there / "cvs"), documents_at("s3://cvs/team")
        assert {(each.sha256, each.media_type) for each in here} == {(each.sha256, each.media_type) for each in found}
        project = Project(there / "project")
        subprocess.run(
            [sys.executable, "-m", "harness", "init", str(project.root)], check=True, stdout=subprocess.DEVNULL
        )
        plan = Plan(arms=("baseline", "candidate"), repeat=1)
        on_ray = replace(plan, cvs="s3://cvs/team", engine="ray", shards=2)
        runs = {}
        for name, planned in (
            ("folder", replace(plan, cvs=str(there / "cvs"))),
            ("bucket", replace(plan, cvs="s3://cvs/team")),
            ("bucket in two shards", on_ray),
            ("list in the bucket", replace(plan, cvs=listed(storage))),
        ):
            os.environ["CV_HARNESS_CACHE"] = str(there / "cache" / name.replace(" ", "-"))
            begun = time.monotonic()
            runs[name] = evaluate(project, planned).folder
            print(
                f"{name}: {len(texts(runs[name]))} CVs, {time.monotonic() - begun:.1f} s; load {os.getloadavg()[0]:.1f}"
            )
        for name in ("bucket", "bucket in two shards"):
            assert texts(runs["folder"]) == texts(runs[name])
            assert figures(runs["folder"]) == figures(runs[name])
        assert texts(runs["list in the bucket"]).items() <= texts(runs["bucket"]).items()
        kept = [path for path in there.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
        assert not kept, kept
        print("figures and texts are those of the folder; the secret is in no file of project and cache")
        print(said("s3://cvs/nothing"), said("s3://nothing/cvs"), sep="\n")
        type(storage).clear_instance_cache()
        del os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_ACCESS_KEY_ID"]
        print(said("s3://cvs/team"))
        os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": SECRET}
        os.environ["AWS_ENDPOINT_URL"] = f"http://somebody:{SECRET}@127.0.0.1:9"
        type(storage).clear_instance_cache()
        refused = said("s3://cvs/team")
        assert SECRET not in refused
        print(refused)


if __name__ == "__main__":
    main()
