"""One redaction layer for every output that leaves the machine: page, Markdown, JUnit, JSON, exports.

CVs are personal data. A redacted output holds no CV text, no value of a golden or an answer, no file name, and
document ids only as keyed hashes. What is structured is dropped by its place; sentences (reasons, notes) are
searched for values as a second line of defence.
"""

from __future__ import annotations

import hmac
import re
import secrets
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, cast, get_args

from harness.base.known_models import is_known_by_name
from harness.base.types import Json
from harness.contract.schema import contract_schema
from harness.contract.types import Rung
from harness.corpus.types import Golden
from harness.gates.catalogue import GATES
from harness.gates.types import Case, Claim, Comparison, Gate, Verdict
from harness.replay.settings import RunSettings
from harness.reports import summary_types
from harness.reports.known import LONGEST, Known
from harness.reports.summary_types import Agreement, AgreementDocument, Arm, Document, Summary
from harness.reports.texts import RUN, WORD, word_key, words_of
from harness.scoring.types import OutcomeKind
from harness.values.lexicon import is_word

HIDDEN = "‹redacted›"

_PATH = re.compile(r"[a-z_]+(\[\d*\])?(\.[a-z_]+(\[\d*\])?)*")
_RUN_ID = re.compile(r"\d{8}-\d{6}-(?:\d{3}-)?[0-9a-f]{4}")
_PLAIN_TAG = re.compile(r"[a-z0-9][a-z0-9_.+-]{0,30}")
_TAGS = frozenset({"language", "layout", "producer", "length", "date_style", "media", "block", "sector", "level"})
_OWN_WORDS = frozenset(gate.label.casefold() for gate in GATES.values()) | frozenset(GATES)
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.-]+|https?://\S+|www\.\S+"
    r"|(?<![\w-])(?!\d{4}-\d\d-\d\d(?:\b|T)|\d{8}-\d{6}-[0-9a-f]{4}\b)\+?\d[\d ()/-]{7,}\d(?!\w)"
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*+(?:”|\Z)|«[^»]*+(?:»|\Z)|`[^`]*`|'[^']*'(?!\w)|‘[^’]*+(?:’|\Z)")
_HASH = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}")
_STEP = re.compile(r"[^.\[\]]+")
_OPTION = re.compile(r"--[a-z][a-z-]{1,30}")
_NUMBERS = re.compile(r"\d[\d.,]*")
_ARGUMENTS = """
cv-harness run record report rescore compare blame watch export accept runs plan prune golden corpus assistant simulator
openai gate dev sealed none ci release common product legacy baseline candidate anchor legacy,baseline,candidate
baseline,candidate json_schema json_object text
"""
_OUR_ARGUMENTS = frozenset(_ARGUMENTS.split())
"""Words of a command that are ours; every other one may be a name, a folder or a file of somebody."""

_MEMBERS = frozenset(name for kind in vars(summary_types).values() for name in getattr(kind, "__annotations__", ()))
_PARTS = _OUR_ARGUMENTS.union(
    _MEMBERS, RunSettings.__annotations__, get_args(OutcomeKind), Rung.__members__, ("partial", "splits", "completed")
)
"""What a summary is made of. A document of such a name says nothing of anybody by it; taken for its name, the word
would be replaced where a page looks for it."""

_PLACES = frozenset({"folder", "answers", "cvs", "file", "files"})
"""Members that name a folder or a file, wherever they are."""

_WORDS_OF_EVERYONE = """
a an and are as at be been but by for from had has have he her his i if in into is it its me my no not of on or our out
she so than that the their them then there these they this those to up us was we were what when which who will with you
your all any both each every few more most no only other over same some such under
"""
_FUNCTION_WORDS = frozenset(_WORDS_OF_EVERYONE.split())
_NOBODY = _FUNCTION_WORDS - {"will"}
"""Names of documents that say nothing of anybody: replaced, they would take the word out of every sentence."""
_DROPPED = {
    "hallucinations": frozenset({"value", "why"}),
    "golden_audit": frozenset({"golden", "answer", "why"}),
    "schema": frozenset({"message"}),
    "errors": frozenset({"detail"}),
}


class Redactor:
    """Knows the ids and the values of one run. Same key, same pseudonyms."""

    def __init__(self, ids: Iterable[str], values: Iterable[str], *, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._names = _names()
        self._ids = {n: self._hash(n) for n in ids if n and n not in _PARTS and not self._harmless(n)}
        self._phrases: dict[str, list[str]] = {}
        for name in self._ids:
            run = RUN.search(name)
            if name.casefold() not in _NOBODY and (run is None or run[0] != name):
                self._phrases.setdefault(run[0] if run else "", []).append(name)
        self._values: set[tuple[str, ...]] = set()
        for value in values:
            words = tuple(words_of(value))
            if words and sum(map(len, words)) >= 3 and value not in self._names:
                self._values.add(words[:LONGEST])

    @classmethod
    def of(
        cls,
        cases: Iterable[Case],
        goldens: Mapping[str, Golden] | None = None,
        *,
        key: bytes | None = None,
        within: Iterable[str] | None = None,
    ) -> Redactor:
        """A redactor that knows everything these cases and goldens hold. within: all texts that it will be given; then
        it knows only what those could hold, which is little of a large run."""
        known, goldens = Known(within), goldens or {}
        known.take(cases, goldens)
        known.take_others(goldens)
        return cls.knowing(known, key=key)

    @classmethod
    def knowing(cls, known: Known, *, key: bytes | None = None) -> Redactor:
        """A redactor that knows what was found."""
        return cls(known.ids.found, known.values.found, key=key)

    def _hash(self, name: str) -> str:
        return "cv-" + hmac.digest(self._key, name.encode("utf-8", "surrogatepass"), "sha256").hex()[:10]

    def document(self, name: str) -> str:
        """The pseudonym of a document or persona."""
        return self._ids.get(name) or self._hash(name)

    def text(self, sentence: str) -> str:
        """A sentence without ids, quoted strings, contact data and known values."""
        sentence = self._without_ids(sentence)
        sentence = _QUOTED.sub(lambda m: m[0] if self._harmless(m[0][1:-1]) else HIDDEN, sentence)
        sentence = _CONTACT.sub(HIDDEN, sentence)
        return self._without_values(sentence)

    def _without_ids(self, sentence: str) -> str:
        """Ids replaced where they stand as words, longest first. A phrase is looked for only where its first word
        stands, so that a run of many CVs costs no more a sentence than one of few."""
        runs = {"", *RUN.findall(sentence)}
        phrases = [name for run in runs for name in self._phrases.get(run, ())]
        for name in sorted(phrases, key=len, reverse=True):
            sentence = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self._ids[name], sentence)
        return RUN.sub(lambda m: m[0] if m[0].casefold() in _NOBODY else self._ids.get(m[0], m[0]), sentence)

    def _harmless(self, quoted: str) -> bool:
        """Field paths and names of gates are ours, not a CV's."""
        return quoted.casefold() in _OWN_WORDS or (
            bool(_PATH.fullmatch(quoted)) and quoted.split(".")[0].split("[")[0] in self._names
        )

    def _without_values(self, sentence: str) -> str:
        found = list(WORD.finditer(sentence))
        words = [word_key(match[0]) for match in found]
        out, place, i = [], 0, 0
        while i < len(words):
            size = self._longest(words, i)
            common = bool(size) and _is_common(words[i : i + size], sentence, found[i])
            if size and not common and not self._harmless(found[i][0]):
                out += [sentence[place : found[i].start()], HIDDEN]
                place = found[i + size - 1].end()
            i += 1 if common else max(size, 1)
        return "".join(out) + sentence[place:]

    def _longest(self, words: list[str], start: int) -> int:
        for size in range(min(LONGEST, len(words) - start), 0, -1):
            if tuple(words[start : start + size]) in self._values:
                return size
        return 0

    def pointer(self, pointer: str) -> str:
        """A JSON pointer in which only names of the contract and indices stay."""
        parts = pointer.split("/")
        return "/".join(p if p in self._names or p in ("", "*") or p.isdigit() else "‹unknown key›" for p in parts)

    def path(self, path: str) -> str:
        """A path of a field in which only names of the contract and indices stay."""
        return _path(path)

    def model(self, names: str) -> str:
        """Who is said to have made declared answers, which is text of whoever wrote their file: names with commas
        between, of which those stay that models are known by."""
        return ",".join(name if name == "" or is_known_by_name(name) else HIDDEN for name in names.split(","))

    def verdict(self, verdict: Verdict) -> Verdict:
        """The verdict with its sentences searched and its documents renamed."""
        return replace(
            verdict,
            reasons=tuple(map(self.text, verdict.reasons)),
            not_measured={scope: self.text(why) for scope, why in verdict.not_measured.items()},
            comparisons=tuple(map(self._comparison, verdict.comparisons)),
            claims=tuple(map(self._claim, verdict.claims)),
            noise_floor=self._walk(verdict.noise_floor, frozenset()),
            provenance=self._provenance(verdict.provenance),
        )

    def _provenance(self, provenance: Mapping[str, Json]) -> dict[str, Json]:
        told: dict[str, Any] = self._walk(provenance, frozenset())
        of = provenance.get("candidate")
        if isinstance(of, Mapping) and of.get("pipeline") == "declared":
            told["candidate"]["model"] = self.model(str(of.get("model", "")))
        return told

    def _comparison(self, comparison: Comparison) -> Comparison:
        comparable = comparison.comparable
        return replace(
            comparison,
            comparable=replace(
                comparable,
                documents=tuple(map(self.document, comparable.documents)),
                excluded={self.document(name): self.text(why) for name, why in comparable.excluded.items()},
                refused={scope: self.text(why) for scope, why in comparable.refused.items()},
                notes=tuple(map(self.text, comparable.notes)),
            ),
            gates=tuple(map(self._gate, comparison.gates)),
        )

    def _gate(self, gate: Gate) -> Gate:
        return replace(
            gate,
            reason=self.text(gate.reason),
            fields=tuple(name if self._harmless(name) else self.text(name) for name in gate.fields),
            documents=tuple(map(self.document, gate.documents)),
            unconfirmed=tuple(map(self.document, gate.unconfirmed)),
        )

    def _claim(self, claim: Claim) -> Claim:
        return replace(claim, note=self.text(claim.note))

    def summary(self, summary: Summary) -> Summary:
        """summary.json without CV values. The instructions' diff stays: instructions are no CV."""
        out: dict[str, Any] = dict(summary)
        out["run"] = {**summary["run"], "selection": self._walk(summary["run"]["selection"], frozenset())}
        for table in ("brief", "next_steps", "flips", "worst", "flaky", "trend", "blame"):
            out[table] = self._walk(out[table], frozenset())
        for table, dropped in _DROPPED.items():
            out[table] = self._walk(out[table], dropped)
        self._rename_models(out, summary["arms"])
        out["brief"]["actions"] = [
            {"what": self.text(action["what"]), "command": self._command(action["command"])}
            for action in summary["brief"]["actions"]
        ]
        out["brief"]["may_ship"] = self.text(summary["brief"].get("may_ship", ""))
        out["brief"]["sign_off"] = {
            **summary["brief"]["sign_off"],
            "accepted": self.text(summary["brief"]["sign_off"]["accepted"]),
        }
        out["agreement"] = [self._agreement(pair) for pair in summary["agreement"]]
        out["documents"] = [self._document_row(row) for row in summary["documents"]]
        out["slices"] = [
            {**row, "value": self._tag(row["tag"], row["value"])} for row in summary["slices"] if row["tag"] in _TAGS
        ]
        provenance: dict[str, Any] = dict(summary["provenance"])
        provenance["command"] = [self._argument(a) for a in provenance["command"]]
        provenance["settings"] = self._walk(provenance["settings"], frozenset())
        out["provenance"] = provenance
        return cast(Summary, out)

    def _rename_models(self, out: dict[str, Any], arms: Iterable[Arm]) -> None:
        """In the arms themselves, and in the two places that repeat their models."""
        told = {arm["id"]: self.model(arm["model"]) for arm in arms if arm["pipeline"] == "declared"}
        if not told:
            return
        out["arms"] = [
            {**arm, "model": told[arm["id"]], "snapshots": sorted(set(map(self.model, arm["snapshots"])))}
            if arm["id"] in told
            else arm
            for arm in arms
        ]
        if out["brief"].get("heading"):
            out["brief"]["heading"] = " → ".join(map(self.model, out["brief"]["heading"].split(" → ")))
        if table := out.get("contenders"):
            rows = [{**row, "model": told.get(row["arm"], row["model"])} for row in table["rows"]]
            out["contenders"] = {**table, "rows": rows}

    def _agreement(self, pair: Agreement) -> Agreement:
        rows: list[AgreementDocument] = [
            {"document": self.document(row["document"]), "f1": row["f1"]} for row in pair["documents"]
        ]
        return {**pair, "documents": rows}

    def _document_row(self, row: Document) -> Document:
        return {
            **row,
            "document": self.document(row["document"]),
            "persona": self.document(row["persona"]),
            "twin_of": self.document(row["twin_of"]) if row["twin_of"] else None,
            "tags": {tag: self._tag(tag, value) for tag, value in row["tags"].items() if tag in _TAGS},
        }

    def _tag(self, tag: str, value: str) -> str:
        return value if tag in _TAGS and _PLAIN_TAG.fullmatch(value) else HIDDEN

    def _command(self, command: str) -> str:
        """A command without paths and names; ids of runs say nothing of a CV."""
        words = shlex.split(command)
        return " ".join(word if _RUN_ID.fullmatch(word) else self._argument(word) for word in words)

    def _argument(self, argument: str) -> str:
        name, mark, value = argument.partition("=")
        if _OPTION.fullmatch(name):
            return f"{name}{mark}{self._argument(value)}" if mark else name
        ours = argument in _OUR_ARGUMENTS or _NUMBERS.fullmatch(argument) or _RUN_ID.fullmatch(argument)
        if ours or (mark and name in _TAGS and _PLAIN_TAG.fullmatch(value)):
            return argument
        return "‹path›" if "/" in argument or "\\" in argument else "‹argument›"

    def _walk(self, value: Json, dropped: frozenset[str]) -> Json:
        if isinstance(value, Mapping):
            return {self._key_name(k): self._member(k, v, dropped) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._walk(item, dropped) for item in value]
        if not isinstance(value, str):
            return value
        if value in self._ids:
            return self._ids[value]
        return value if self._harmless(value) or _HASH.fullmatch(value) else self.text(value)

    def _member(self, name: str, value: Json, dropped: frozenset[str]) -> Json:
        if name in dropped or (name in _PLACES and isinstance(value, str)):
            return HIDDEN if value not in (None, "") else value
        if name in ("only", "tags") and isinstance(value, (list, tuple)):
            return [self._argument(str(each)) for each in value]
        if name == "pointer":
            return self.pointer(str(value))
        if name in ("path", "golden_path", "answer_path") and isinstance(value, str):
            return self.path(value)
        return self._walk(value, dropped)

    def _key_name(self, name: str) -> str:
        return self._ids.get(name) or (name if self._harmless(name) or _HASH.fullmatch(name) else self.text(name))


def _is_common(words: list[str], sentence: str, found: re.Match[str]) -> bool:
    """Whether a value that stands in a sentence is a word of ours as well: a word of English as English writes it
    there, or nothing but "and", "of the". It names nobody."""
    if all(word in _FUNCTION_WORDS for word in words):
        return True
    if len(words) > 1 or not is_word(words[0], ("en",)):
        return False
    begins = not sentence[: found.start()].rstrip() or sentence[: found.start()].rstrip()[-1] in ".!?"
    return found[0].islower() or (begins and found[0][1:].islower())


@lru_cache(4096)
def _path(path: str) -> str:
    return _STEP.sub(lambda m: m[0] if m[0] in _names() or m[0].isdigit() else "‹unknown key›", path)


@cache
def _names() -> frozenset[str]:
    """Names of the contract's own members."""
    return frozenset(_property_names(contract_schema()))


def _property_names(schema: Json) -> Iterable[str]:
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {})
        for member in schema.values():
            yield from _property_names(member)
