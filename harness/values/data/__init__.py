"""Tables of the values room: one JSON file a topic, each with a version. Data only.

They are read once, on first use. Whoever edits one raises its version and the scorer's (a test holds them together).
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The table `name` (without ".json"), with its comments left out."""
    content = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return {key: value for key, value in json.loads(content).items() if not key.startswith("_")}
