"""Every id and value of a run, of which none may stand in what is published."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from harness.base.known_models import is_known_by_name
from harness.base.types import Failure
from harness.corpus.types import Golden
from harness.gates.types import Case
from harness.reports.texts import Could, each_word, runs_of, strings, texts_of, words_of

LONGEST = 14
"""Words of a value that is looked for inside a sentence; longer ones are found by their beginning."""


class Known:
    """Ids and values of some cases and goldens. within: all texts that are published; then only those that could stand
    there, which is little of a large run."""

    def __init__(self, within: Iterable[str] | None = None) -> None:
        self.ids = Could(runs_of, within)
        self.values = Could(each_word, within, first=LONGEST)
        self._documents: set[str] = set()
        self._models: set[str] = set()

    def take(self, cases: Iterable[Case], goldens: Mapping[str, Golden]) -> None:
        """These cases, with the goldens of their documents."""
        for case in cases:
            document, answer = case.document, case.record.answer
            if case.record.source == "declared" and case.record.snapshot not in self._models:
                self._take_model(case.record.snapshot)
            if document.id not in self._documents:  # beside its answers, which say most of it again
                self._documents.add(document.id)
                self.ids.update((document.id, document.persona, document.path, document.twin_of or ""))
                self.ids.update((Path(document.path).name, Path(document.path).stem))
                if document.id in goldens:
                    self._take_golden(goldens[document.id])
            others = (reading.value for reading in case.record.readings if reading.value is not answer)
            for value in (answer, *others):
                if not isinstance(value, Failure):
                    self.values.update(texts_of(value))
            for reading in case.record.readings:
                self.values.update(step for rule in reading.violations for step in rule.pointer.split("/"))

    def take_others(self, goldens: Mapping[str, Golden], but: Container[str] | None = None) -> None:
        """The goldens of no document (but: of none of these) whose cases were taken."""
        known = self._documents if but is None else but
        for name in goldens:
            if name not in known:
                self._take_golden(goldens[name])

    def add(self, ids: Iterable[str], values: Iterable[str]) -> None:
        """What was found elsewhere."""
        self.ids.found.update(ids)
        self.values.found.update(values)

    def _take_model(self, name: str) -> None:
        """What a file calls its model is a stranger's text; all of it is looked for, however long it is."""
        self._models.add(name)
        if not is_known_by_name(name):
            words = words_of(name)
            self.values.update(" ".join(words[at : at + LONGEST]) for at in range(0, len(words), LONGEST))

    def _take_golden(self, golden: Golden) -> None:
        self.ids.add(golden.document_id)
        self.values.update(strings(golden.cv))
