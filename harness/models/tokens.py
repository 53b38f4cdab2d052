"""Token counts without a network: OpenAI's `o200k_base`."""

from __future__ import annotations

import sys
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

from harness.base.errors import HarnessError

_BINDINGS = "bpe_openai._bindings"


def count(text: str) -> int:
    """Tokens of `text`, special tokens taken as the plain text that they are in a CV.

    The first call loads the vocabulary.
    """
    return int(_tokenizer().count(text.encode("utf-8", "replace").decode("utf-8")))


@cache
def _tokenizer() -> Any:
    return _bindings().tokenizer_for_encoding("o200k_base")


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
