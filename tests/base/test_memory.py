"""What a process holds of memory, measured in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says what is resident")

_HELD = """
from pathlib import Path

def held(kind):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024
"""


def _said(program: str) -> list[float]:
    told = subprocess.run([sys.executable, "-c", _HELD + program], capture_output=True, text=True, check=True).stdout
    return [float(word) for word in told.split()]


@_LINUX
def test_the_vocabulary_is_held_once() -> None:
    """Not beside it the pages of the file that it was made from; and it counts as ever."""
    counted, grown = _said("""
from harness.base.tokenizer import tokenizer
before = held("RssFile")
tokenizer()
grown = held("RssFile") - before
print(tokenizer().count("tiktoken is great!"), grown)
""")
    assert counted == 6
    assert grown < 10, f"{grown:.0f} MB"


@_LINUX
def test_what_was_freed_between_others_is_given_back() -> None:
    before, after = _said("""
from harness.base.memory import give_back
made = [bytes(2000) for _ in range(20_000)]
kept = made[::10]
del made
before = held("RssAnon")
give_back()
print(before, held("RssAnon"))
""")
    assert after < before - 20, f"{before:.0f} MB, then {after:.0f}"
