"""A second process that has the cases of a large run too: deciding and showing hold the interpreter, and what is asked
here runs on another core meanwhile."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import reduction
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from harness.base.collector import SELDOM
from harness.base.helping import begin, told
from harness.corpus.types import Document, Golden
from harness.evaluate.stages.large import Filed, StoredTexts, lazy_cases, nameless
from harness.gates.lazy import LazyCases
from harness.gates.types import Case
from harness.replay.store import RunStore
from harness.replay.types import Manifest
from harness.replay.writer import unwritable

FROM = 8000
"""Records of a run from which on there is enough to do: beginning takes a second of processor time."""
_TOGETHER = 2000
"""Documents that are handed over at a time."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """What the second process has. cases: with documents that have no tags; manifest: without documents."""

    cases: LazyCases
    manifest: Manifest
    goldens: Mapping[str, Golden]
    store: RunStore
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What it has between two questions. add: takes in a case; read: documents whose texts are in the store."""

    cases: LazyCases
    add: Callable[[Document, str], None]
    manifest: Manifest
    goldens: Mapping[str, Golden]
    folder: Path
    read: Collection[str]


_KEPT: list[_Kept] = []


@dataclass(frozen=True)
class _Parcel:
    """What the process is begun with, handed over in a file without a name. Given as it is, it would go through a pipe,
    into which whoever begins a process writes for ever where that ends before it has read all."""

    filed: Filed
    manifest: Manifest
    goldens: Mapping[str, Golden]
    folder: Path

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            file = nameless(self.folder)
            weakref.finalize(self, file.close)  # and not before the process has it
            reduction.dump((self.filed, self.manifest, self.goldens, self.folder), file)
            file.flush()
        except OSError as error:
            raise unwritable(self.folder, error) from error
        return _unpacked, (reduction.DupFd(file.fileno()),)


def _unpacked(file: Any) -> _Parcel:
    """In the other process. file: a `DupFd`."""
    with os.fdopen(file.detach(), "rb") as parcel:
        parcel.seek(0)
        return _Parcel(*pickle.load(parcel))


class Second:
    """The process, which begins with the first question and ends with this object."""

    def __init__(self, cases: LazyCases, manifest: Manifest, goldens: Mapping[str, Golden], folder: Path) -> None:
        assert isinstance(cases.beside, Filed)
        parcel = _Parcel(cases.beside, replace(manifest, documents={}), goldens, folder)
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin, initargs=(parcel,))
        self._cases = cases
        self._told: list[Future[None]] = []
        weakref.finalize(self, _ended, self._pool)

    def ask(self, work: Callable[Concatenate[Here, P], T], *given: P.args, **named: P.kwargs) -> Asked[T]:
        """Have a function of a module called there. Questions are answered one after the other. Raises HarnessError
        where the process is gone."""
        with told():
            if not self._told:
                rows = ((replace(document, tags={}), arms) for document, arms in self._cases.rows())
                while some := list(islice(rows, _TOGETHER)):
                    self._told.append(self._pool.submit(_take_in, some))
            future: Future[T] = self._pool.submit(_answer, work, *given, **named)
        return Asked(future, self._told, self)


def _ended(pool: ProcessPoolExecutor) -> None:
    """What is still asked of the process is asked for nobody; at work, or stopped by a person, it would hold up the end
    of this one. The pool has no public way to end it, and forgets it when it shuts down."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for each in processes:
        each.kill()


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A question to the second process."""

    future: Future[T]
    before: Sequence[Future[None]]
    """By which the process came to know the cases."""
    by: Second
    """Which ends when nobody has it any more."""

    def result(self) -> T:
        """Its answer, once it is there. Raises what was raised there."""
        with told():
            for each in self.before:
                each.result()
            return self.future.result()

    def cancel(self) -> bool:
        """Whether it will not be answered: False where that was begun."""
        return self.future.cancel()


def second_of(cases: Sequence[Case], manifest: Manifest, goldens: Mapping[str, Golden], folder: Path) -> Second | None:
    """None where the cases are held, few, or there is no core for it."""
    if not isinstance(cases, LazyCases) or len(cases) < FROM or (os.cpu_count() or 1) < 2:
        return None
    return Second(cases, manifest, goldens, folder)


def _begin(parcel: _Parcel) -> None:
    begin()
    gc.set_threshold(*SELDOM)
    cases, add = lazy_cases(parcel.filed)
    with RunStore.open(parcel.folder) as store:
        read = store.file_hashes().keys()
    _KEPT.append(_Kept(cases, add, parcel.manifest, parcel.goldens, parcel.folder, read))


def _take_in(rows: Iterable[tuple[Document, Sequence[str]]]) -> None:
    for document, arms in rows:
        for arm in arms:
            _KEPT[0].add(document, arm)


def _answer(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """The store is open no longer than this: whoever reads it is in the way of the run that folds its log."""
    kept = _KEPT[0]
    with RunStore.open(kept.folder) as store:
        here = Here(kept.cases, kept.manifest, kept.goldens, store, StoredTexts(store, kept.read))
        return work(here, *given, **named)
