"""Who the CV is about: name, addresses, place, summary."""

from __future__ import annotations

import re

from harness.simulator.parse.dates import fold
from harness.simulator.parse.phrases import is_place, org_score, place_score, title_score
from harness.simulator.parse.sections import Line, Section, heading_kind

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(
    r"(?:https?://|www\.)[^\s|•·<>()\[\]\"]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me|co|uk"
    r"|de|fr|es|it|pl|pt|example|app|tech|design|info|eu|blog|page|site)/[^\s|•·<>()\[\]\",]*"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me|example|app|tech|design|page|site)(?![\w@.])",
    re.I,
)
PHONE = re.compile(
    r"(?<![\w/.-])(?:\+|00)?\(?\d[\d\s().\-–/]{6,18}\d(?:\s?(?:ext|x|Durchwahl)\.?\s?\d{1,5})?(?![\w/-]|\.\d)", re.I
)
_CARD = re.compile(
    r"^(?:curriculum vitae|curriculum|resume|résumé|cv|lebenslauf|vita|履歴書|简历|職務経歴書|السيرة الذاتية|קורות "
    r"חיים|hoja de vida|życiorys)\b[\s:–—-]*",
    re.I,
)
_LABEL = re.compile(
    r"^(?:name|e-?mail|mail|phone|mobile|mob|tel(?:efono|efon|ephone|éfono|éphone|efone)?|cell|t|m|e|a|p"
    r"|w|address|location|based in|lives in|home|adresse|anschrift|wohnort|ort|direccion|dirección|"
    r"ubicacion|ubicación|domicilio|indirizzo|residenza|citta|città|adres|miejsce zamieszkania"
    r"|miejscowość|morada|endereco|endereço|localidade|localidad|ville|lieu|domicile|linkedin|portfolio"
    r"|website|web|site|"
    r"github|gitlab|homepage|url|blog|profile|nom|nombre|nome|imie i nazwisko|imię i nazwisko|telefon"
    r"|handy|mobil|portable|telemovel|telemóvel|movil|móvil|cellulare|住所|所在地|電話|电话|地址|邮箱|メール|姓名|氏名|"
    r"الاسم|الهاتف|البريد الإلكتروني|البريد|العنوان|الموقع|שם|טלפון|דוא\"ל|אימייל|כתובת|מקום מגורים|日期)\s*[.:：]\s*",
    re.I,
)
_PLACE_LABEL = re.compile(
    r"^(?:address|location|based in|lives in|home|adresse|anschrift|wohnort|ort|direcci[oó]n|ubicaci[oó]n"
    r"|domicilio|indirizzo|residenza|citt[aà]|adres|miejsce zamieszkania|miejscowość|morada|"
    r"endere[cç]o|localidade?|localidad|ville|lieu|domicile|住所|所在地|地址|العنوان|الموقع|כתובת|מקום מגורים"
    r"|a)\s*[.:：]\s*(.+)$",
    re.I,
)
_SEPARATORS = re.compile(r"\t+|\s*[|¦•·●▪◦✉☎⚲✆📧📞📍]\s*|\s{3,}|\s+[–—]\s+|;\s")
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "y",
        "e",
        "i",
        "zu",
        "zur",
        "ter",
        "ten",
        "mac",
        "mc",
        "st",
        "o'",
    ]
)


def emails(text: str) -> list[str]:
    return [match.group(0).strip(".'") for match in EMAIL.finditer(text)]


def phone_in(text: str) -> str:
    """The first telephone number of a text, as printed."""
    for match in PHONE.finditer(EMAIL.sub(" ", URL.sub(" ", text))):
        digits = re.sub(r"\D", "", match.group(0))
        if (
            7 <= len(digits) <= 15
            and not re.fullmatch(r"(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d", match.group(0).strip())
            and not re.fullmatch(
                r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{4}\s*[-–]\s*\d{1,2}[./]\d{4}|\d{8}",
                match.group(0).strip(),
            )
        ):
            return match.group(0).strip(" .-–/")
    return ""


def links_in(text: str) -> list[str]:
    """Web addresses of a text, mail domains left out."""
    bare = EMAIL.sub(" ", text)
    return [match.group(0).rstrip(".,;)") for match in URL.finditer(bare)]


_SITE = re.compile(
    r"(?:web(?:site)?|portfolio|homepage|url|blog|site(?: web)?|sito(?: web)?|p[aá]gina web|strona(?: www)?)"
    r"\s*[:：]\s*(\S+\.\S+)",
    re.I,
)


def labelled_site(lines: list[Line]) -> str:
    """A web address that only its label gives away ("Web: somebody.example.ie")."""
    for line in lines:
        match = _SITE.fullmatch(line.text)
        if match and "@" not in match.group(1):
            return match.group(1)
    return ""


def reach_line(text: str) -> bool:
    """A line that holds an e-mail address and a telephone number: part of the head, wherever it stands."""
    return bool(EMAIL.search(text) and phone_in(text)) and len(text.split()) < 16


def split_links(links: list[str]) -> tuple[str, str]:
    """LinkedIn address and the first other one."""
    linkedin = next((link for link in links if re.search(r"linkedin\.[a-z]+/", link, re.I)), "")
    rest = [link for link in links if not re.search(r"linkedin\.|mailto:|maps\.|xing\.", link, re.I)]
    return linkedin, rest[0] if rest else ""


def find_name(lines: list[Line], mail: str) -> tuple[str, int]:
    """The person's name and its line: the line that looks like a name and agrees with the e-mail address."""
    tokens = {token for token in re.split(r"[^a-z]+", fold(mail.split("@")[0])) if len(token) > 2}
    joined = re.sub(r"[^a-z]", "", fold(mail.split("@")[0]))
    best, chosen, where = 0.0, "", -1
    for index, line in enumerate(lines):
        if line.bullet:
            continue
        text = _CARD.sub("", line.text).strip()
        label = re.match(r"^(?:name|nom|nombre|nome|imi[eę] i nazwisko|姓名|氏名|الاسم|שם)\s*[:：]\s*(.+)$", text, re.I)
        candidates = [label.group(1)] if label else [text, *_SEPARATORS.split(text)[:2], text.split(",")[0]]
        for candidate in candidates:
            candidate = candidate.strip(" ,|–-")
            score = _name_likeness(candidate)
            if score <= 0:
                continue
            words = re.findall(r"[a-z]+", fold(candidate))
            hits = sum(1 for word in words if word in tokens or (len(word) > 2 and word in joined))
            score += 1.2 * hits + (2.0 if label else 0.0) + max(0.0, 1.0 - index * 0.12)
            if index > 8 and not hits:
                score -= 1.5
            score -= 0.01 * len(candidate)
            if score > best:
                best, chosen, where = score, candidate, index
    chosen = re.sub(r",?\s+(?:ph\.?d|md|mba|msc|bsc|cpa|pmp|rn|mrcp|fca|aca|cfa|esq)\.?$", "", chosen, flags=re.I)
    return chosen, where


def _name_likeness(text: str) -> float:
    if not text or len(text) > 48 or re.search(r"\d|@|://|[:;!?]", text):
        return 0.0
    kind, sure = heading_kind(text)
    if sure and kind:
        return 0.0
    words = text.split()
    if re.fullmatch(r"[\u3040-\u9fff\u30a0-\u30ff]{2,5}(?:[\s\u3000][\u3040-\u9fff\u30a0-\u30ff]{1,6})?", text):
        return 1.2
    if re.fullmatch(r"[\u0590-\u06ff\s'\"-]{4,40}", text) and 2 <= len(words) <= 4:
        return 1.0
    if not 2 <= len(words) <= 6 or text.endswith("."):
        return 0.0
    proper = [word for word in words if word[:1].isupper() or fold(word) in _PARTICLES]
    if len(proper) != len(words):
        return 0.0
    score = 1.0 - title_score(text) * 0.8 - org_score(text) * 0.7 - (1.0 if place_score(text) >= 2 else 0.0)
    return score + (0.3 if len(words) in (2, 3) else 0.0)


def find_place(lines: list[Line], name: str, known: frozenset[str]) -> str:
    """Where the person lives."""
    for line in lines:
        match = _PLACE_LABEL.match(line.text)
        if match:
            return _clean_place(match.group(1))
    for line in lines:
        if line.bullet:
            continue
        for part in _SEPARATORS.split(line.text):
            inner = _PLACE_LABEL.match(part.strip())
            if inner:
                return _clean_place(inner.group(1))
            bare = part.strip(" ,")
            if not bare or bare == name or EMAIL.search(bare) or URL.search(bare) or phone_in(bare):
                continue
            parts = bare.split(",")
            if len(parts) >= 3 and re.search(r"\d", parts[0] + parts[1]) and is_place(",".join(parts[-2:]), known):
                return bare
            if (
                title_score(bare) < 1
                and is_place(re.sub(r"^\d{4,5}\s+|,?\s*\d{5}$", "", bare), known)
                and place_score(bare) >= 1.5
            ):
                return bare
    for line in lines:
        parts = [part.strip(" ,") for part in _SEPARATORS.split(line.text) if part.strip(" ,")]
        reach = [part for part in parts if EMAIL.search(part) or URL.search(part) or phone_in(part)]
        rest_parts = [
            part
            for part in parts
            if part not in reach
            and part != name
            and len(part.split()) <= 4
            and not re.search(r"\d{3}|:|@", part)
            and not re.fullmatch(
                r"(?i)linked ?in|portfolio|web(?:site)?|git ?hub|e-?mail|cv|homepage|profile|blog", part
            )
        ]
        if reach and len(rest_parts) == 1 and title_score(rest_parts[0]) < 1 and org_score(rest_parts[0]) < 1:
            return rest_parts[0]
    for line in lines:
        rest = EMAIL.sub("", URL.sub("", line.text))
        number = phone_in(rest)
        if number:
            rest = rest.replace(number, "")
        rest = rest.strip(" ,|·•–-")
        if rest != line.text and rest != name and place_score(rest) >= 1.5 and title_score(rest) < 1:
            return rest
    return ""


def lone_place(lines: tuple[Line, ...], name: str) -> str:
    """A short line of a contact section that is no address of any other kind: the place."""
    left = [
        line.text
        for line in lines
        if not EMAIL.search(line.text)
        and not URL.search(line.text)
        and not phone_in(line.text)
        and line.text != name
        and len(line.text.split()) <= 4
        and re.match(r"[^\W\d]", line.text)
        and title_score(line.text) < 1
        and not re.fullmatch(r"(?i)linked ?in|portfolio|web(?:site)?|git ?hub|e-?mail|homepage", line.text.strip())
    ]
    return left[0].strip(" ,") if len(left) == 1 else ""


def _clean_place(text: str) -> str:
    return re.split(r"\s*[|•·\t]\s*|\s{3,}", text)[0].strip(" ,")


def summary_of(sections: list[Section], head: list[Line]) -> str:
    """The profile paragraph: of its section, else a long paragraph in the head."""
    for section in sections:
        if section.kind == "summary":
            lines = [line.text for line in section.lines if not _contact_only(line.text)]
            if lines:
                return " ".join(lines)
    prose = [
        line.text
        for line in head
        if len(line.text.split()) >= 10
        and line.text.rstrip().endswith((".", "!", "。"))
        and not EMAIL.search(line.text)
        and not URL.search(line.text)
    ]
    if prose:
        first = head.index(next(line for line in head if line.text == prose[0]))
        out = [prose[0]]
        for line in head[first + 1 :]:
            if line.text in prose or (
                not out[-1].endswith(".") and not phone_in(line.text) and not EMAIL.search(line.text)
            ):
                out.append(line.text)
            else:
                break
        return " ".join(out)
    return ""


def _contact_only(text: str) -> bool:
    rest = EMAIL.sub("", URL.sub("", text))
    number = phone_in(rest)
    rest = rest.replace(number, "") if number else rest
    return rest != text and len(re.findall(r"\w+", _LABEL.sub("", rest))) < 4
