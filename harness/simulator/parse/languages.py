"""The section of human languages: names and levels, however they are set."""

from __future__ import annotations

import re

from harness.simulator.parse.dates import fold
from harness.simulator.parse.lexicon import LANGUAGES
from harness.simulator.parse.lists import STARS
from harness.simulator.parse.model import Language
from harness.simulator.parse.sections import Line

_LANGUAGE = re.compile(rf"(?<![^\W\d_])(?:{LANGUAGES})(?![^\W\d_])")


def read_languages(lines: tuple[Line, ...]) -> list[Language]:
    """Human languages with their levels: each name opens an item, what follows it is the level."""
    text = "\n".join(line.text for line in lines)
    folded = fold(text)
    matches = list(_LANGUAGE.finditer(folded))
    found: list[Language] = []
    for number, match in enumerate(matches):
        stop = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        name = text[match.start() : match.end()]
        between = text[match.end() : stop]
        before = text[matches[number - 1].end() if number else 0 : match.start()]
        level = between
        if not re.search(r"\w", between.split("\n")[0]) and "\n" in between:
            level = between.split("\n")[1] if between.count("\n") >= 1 else ""
        else:
            level = between.split("\n")[0]
        if number + 1 < len(matches):
            level = re.split(r"[,;|•·](?=[^()]*$)", level)[0] if "(" not in level else level
        level = re.sub(r"^[\s:：–—\-(（,|\t•·=]+|[\s,;|•·)）、，،\t–—.&]+$", "", level)
        level = re.sub(r"[\s,;]+(?:and|und|et|y|e|i|ed)$", "", level).strip()
        level = re.sub(r"\s*[)(]\s*$", "", level) if level.count("(") != level.count(")") else level
        if not level and re.match(
            r"^\s*(?:native|fluent|basic|conversational|muttersprache|advanced)\b", before.split("\n")[-1].lower()
        ):
            level = before.split("\n")[-1].strip(" :–-")
        level = STARS.sub("", level)
        if found and found[-1].name == name and not level:
            continue
        if re.match(r"^(?:language|literature|sprache)\b", level.lower()):
            level = re.sub(r"^\w+[\s:–-]*", "", level)
        found.append(Language(name, level))
    unknown = [line for line in lines if not _LANGUAGE.search(fold(line.text))] if found else list(lines)
    for line in unknown:
        if found and not re.match(r"^[^\W\d]+(?: [^\W\d]+)?\s*(?:[:：(]|\s[–-]\s|\t)", line.text):
            continue
        for part in re.split(r"[,;|•·\t]", line.text):
            pieces = re.split(r"\s*[:：(–—]\s*|\s+-\s+", part.strip(" )"), maxsplit=1)
            if pieces[0].strip():
                found.append(Language(pieces[0].strip(), pieces[1].strip(" )") if len(pieces) > 1 else ""))
    return found
