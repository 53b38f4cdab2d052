"""A project of as many people as asked for, and two arms' answers to their CVs, written as they are made.

The people are those of the gate split over and over, each with a name, an address and skills of its own, so that no
two goldens, texts or answers are alike and nothing is small only because it is shared.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.base.canonical import sha256
from harness.base.project import Project
from harness.corpus.manifest import load_manifest, write_manifest

ANSWERS = "answers.jsonl"
ROOT = Path(__file__).resolve().parents[1]
SLIPS = 0.25
"""Share of answers with a slip, in both arms alike."""


def grow(folder: Path, people: int, harm: float = 0.0, seed: int = 1) -> Path:
    """The project in `folder`, with the answers of baseline and candidate in its `answers.jsonl`. harm: share of
    people of whom the candidate loses a skill that the baseline has."""
    source = Project(ROOT)
    models = [each for each in load_manifest(source, verify=False) if each.split == "gate" and each.twin_of is None]
    goldens = [json.loads((source.goldens / f"{each.id}.json").read_text(encoding="utf-8")) for each in models]
    shutil.copytree(ROOT / "harness/assistants", folder / "assistants", ignore=shutil.ignore_patterns("*.py", "__*"))
    for place in ("fixtures/corpus", "goldens"):
        (folder / place).mkdir(parents=True)
    shutil.copyfile(source.contract, folder / "goldens/cv.schema.json")
    documents = []
    with (folder / ANSWERS).open("w", encoding="utf-8") as answers:
        for number in range(people):
            rng = random.Random(f"{seed}/{number}")
            model, golden = models[number % len(models)], copy.deepcopy(goldens[number % len(goldens)])
            name, cv = f"p{number:07}", golden["cv"]
            _own(cv, number)
            golden["accept"], golden["ambiguous"] = {}, []
            data = _text(cv).encode()
            (folder / f"fixtures/corpus/{name}.txt").write_bytes(data)
            (folder / f"goldens/{name}.json").write_text(json.dumps(golden, ensure_ascii=False), encoding="utf-8")
            documents.append(
                replace(model, id=name, path=f"{name}.txt", media_type="text/plain", sha256=sha256(data), persona=name)
            )
            lost = rng.random() < harm
            for arm in ("baseline", "candidate"):
                answer = slipped(cv, rng)
                if lost and arm == "candidate":
                    answer["skills"] = answer["skills"][1:]
                line = {
                    "document": name, "pipeline": arm, "answer": answer, "model": "grown",
                    "latency_ms": round(rng.lognormvariate(7.0, 0.4), 1),
                    "usage": {"input_tokens": 900 + number % 50, "output_tokens": 600 + rng.randrange(40)},
                }  # fmt: skip
                answers.write(json.dumps(line, ensure_ascii=False) + "\n")
    write_manifest(Project(folder), documents)
    return folder


def _own(cv: dict[str, Any], number: int) -> None:
    """Make the person one of its own."""
    info = cv["personal_info"]
    info["name"] = f"{info['name']} {_word(number)}"
    if info.get("email"):
        info["email"] = f"p{number}.{info['email']}"
    cv["skills"] = [*cv["skills"], f"{_word(number)} drafting"]


def _word(number: int) -> str:
    """A name that no other number has."""
    letters = ""
    while True:
        number, at = divmod(number, 100)
        letters = "bdfgklmnprstvz"[at % 14] + "aeiou"[at // 14 % 5] + "rnlst"[at // 70] + letters
        if not number:
            return letters.capitalize()


def _text(cv: dict[str, Any]) -> str:
    """The values of a CV, one a line."""
    lines: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if key != "id":
                    walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, str) and value:
            lines.append(value)

    walk(cv)
    return "\n".join(lines) + "\n"


def slipped(cv: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The CV as an arm answers it: now and then with a slip, of all kinds that there are."""
    answer = copy.deepcopy(cv)
    if rng.random() >= SLIPS:
        return answer
    kind = rng.randrange(5)
    roles = answer["work_experience"]
    if kind == 0 and answer["skills"]:
        answer["skills"].pop(rng.randrange(len(answer["skills"])))
    elif kind == 1 and roles:
        roles[0]["location"] = "Somewhere Else"
    elif kind == 2 and roles and roles[-1]["description"]:
        roles[-1]["description"].pop()
    elif kind == 3:
        answer["skills"].append("Invented trade")
    elif kind == 4 and roles:
        roles[0]["title"] = f"Senior {roles[0]['title']}"
    return answer
