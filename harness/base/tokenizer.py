"""OpenAI's `o200k_base` tokenizer, without a network and without a second of waiting."""

from __future__ import annotations

import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Protocol

from harness.base.errors import HarnessError
from harness.base.memory import let_go_of

_BINDINGS = "bpe_openai._bindings"


class Tokenizer(Protocol):
    def count(self, text: str) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, tokens: list[int]) -> str: ...


@cache
def tokenizer() -> Tokenizer:
    """The tokenizer; the first call loads the vocabulary (about 0.1 s). Give it text without lone surrogates."""
    bindings = _bindings()
    found: Tokenizer = bindings.tokenizer_for_encoding("o200k_base")
    if bindings.__file__ is not None:
        let_go_of(Path(bindings.__file__))  # 34 MB of constants, from which the vocabulary is made
    return found


def encodable(text: str) -> str:
    """The text with lone surrogates replaced, since they have no UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _bindings() -> ModuleType:
    """The tokenizer's compiled module, without its package: importing that parses every vocabulary in Python,
    which takes a second, for tables that nothing here needs."""
    if _BINDINGS in sys.modules:
        return sys.modules[_BINDINGS]
    package = find_spec("bpe_openai")
    spec = PathFinder.find_spec(_BINDINGS, package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise HarnessError("the tokenizer is missing", hint="install cv-harness again, with bpe-openai")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
