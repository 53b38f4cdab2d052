"""Sections that are lists: skills, certificates, courses, projects."""

from __future__ import annotations

import re

from harness.simulator.parse.blocks import anchor_of, is_skill_line, looks_like_prose, split_items, statements, unwrap
from harness.simulator.parse.dates import find_period, fold, without
from harness.simulator.parse.lexicon import SKILL_LABELS
from harness.simulator.parse.model import Certificate, Course, Moment, Undertaking
from harness.simulator.parse.sections import Line

_CELLS = re.compile(r"\t+|\s*[|¦•·●▪]\s*|\s{3,}")
STARS = re.compile(r"(?:(?<!\s)\s+|)(?:(?<![★☆●○■□▪▫*])[★☆●○■□▪▫*]{2,}|\b\d\s?/\s?(?:5|10)\b|\b\d{1,3}\s?%)\s*$")
_EXPIRY = re.compile(
    r"(?:valid (?:until|to|through|till)|expires?(?: on| in)?|expiry(?: date)?:?|exp\.?:?|gultig bis"
    r"|valable jusqu[’'](?:a|en|au)|valable jusque|expire(?: en| le)?|"
    r"valido hasta|valida hasta|vigente hasta|caduca(?: en)?|valido ate|valida ate|valido fino al?"
    r"|scadenza:?|scade(?: nel)?|wazny do|wazne do|wazna do|有效期至|有効期限[:：]?|"
    r"صالحة حتى|صالح حتى|בתוקף עד|renewal(?: due)?)\s*"
)


def read_skills(lines: tuple[Line, ...], width: int) -> list[tuple[str, tuple[str, ...]]]:
    """Skill groups: category ("" where none) and members."""
    groups: list[tuple[str, tuple[str, ...]]] = []
    loose: list[str] = []
    joined = _join_commas(lines, width)
    for text in joined:
        cells = [cell.strip() for cell in re.split(r"\t+", text) if cell.strip()]
        category, content = "", text
        label = re.match(r"^([^,;:：|•()]{2,40})\s*[:：]\s*(?=\S)(.+)$", text)
        if label:
            category, content = label.group(1).strip(), label.group(2)
        elif len(cells) == 2 and "," in cells[1] and "," not in cells[0]:
            category, content = cells[0], cells[1]
        else:
            dash = re.match(r"^([^,;|•()]{2,30}?)\s+[–—-]\s+([^–—]*,[^–—]*)$", text)
            if dash and "," not in dash.group(1):
                category, content = dash.group(1), dash.group(2)
        items = [STARS.sub("", item).strip() for item in split_items(content)]
        items = [_level_off(item) for item in items if item and not re.fullmatch(r"[\d\W]+", item)]
        if looks_like_prose(content) and "," in content and len(content.split()) > 18 and not category:
            items = _from_prose(content)
        if len(items) == 1 and len(items[0].split()) > 9:
            items = _from_prose(items[0])
        if category:
            groups.append((category, tuple(items)))
        else:
            loose.extend(items)
    if loose:
        groups.append(("", tuple(loose)))
    return groups


def _join_commas(lines: tuple[Line, ...], width: int) -> list[str]:
    """Lines, those that break inside an enumeration joined."""
    out: list[str] = []
    capital = sum(line.text[:1].isupper() for line in lines) >= 0.7 * len(lines)
    for line in lines:
        if (
            (out and not line.bullet and not line.gap and (out[-1].rstrip().endswith((",", "|", "·", "•", ";", "/"))))
            or (
                out
                and capital
                and not line.bullet
                and not line.gap
                and re.fullmatch(r"[a-zà-ž]{4,}(?: [a-zà-ž]+)?", line.text)
                and "," not in out[-1]
                and len(out[-1]) < 30
            )
            or (
                out
                and not line.bullet
                and not line.gap
                and ("," in out[-1] or "·" in out[-1] or "|" in out[-1])
                and len(out[-1]) > 0.6 * width
                and not re.match(r"^[^,]{2,40}[:：]\s", line.text)
                and (line.text[:1].islower() or len(out[-1]) + len(line.text.split(",")[0]) > 0.9 * width)
                and width < 140
            )
        ):
            out[-1] = f"{out[-1]} {line.text}"
        else:
            out.append(line.text)
    return out


def _level_off(item: str) -> str:
    return re.sub(
        r"\s*(?:\((?:advanced|expert|intermediate|basic|beginner|proficient|fortgeschritten|experte"
        r"|grundkenntnisse|gut|sehr gut|avance|avancé|intermediaire|intermédiaire|debutant)\)|"
        r"\s[–-]\s(?:advanced|expert|intermediate|basic|beginner|proficient))$",
        "",
        item,
        flags=re.I,
    ).strip()


def _from_prose(text: str) -> list[str]:
    """Skills named in a sentence: its capitalised words that do not open it, and enumerated short phrases."""
    items: list[str] = []
    for sentence in re.split(r"(?<=[.;])\s+", text):
        for part in re.split(r",|;|\band\b|\bsowie\b|\bund\b|\bet\b|\by\b|\be\b|\bi\b", sentence):
            match = re.search(
                r"(?<!^)\b((?:[A-Z][\w.+#/-]*|\.NET)(?:\s+[A-Z0-9][\w.+#/-]*)*)\s*[.)]?\s*$", " " + part.strip()
            )
            if match:
                items.append(match.group(1).rstrip("."))
            elif 0 < len(part.split()) <= 3 and part.strip(" ."):
                items.append(part.strip(" ."))
    return items


def _fields(text: str) -> list[str]:
    """Name and further facts of a one-line entry."""
    cells = [cell.strip(" ,;") for cell in _CELLS.split(text) if re.search(r"\w", cell)]
    if len(cells) > 1:
        return cells
    parts = [part.strip() for part in split_items(text)] if re.search(r"[,，、،]", text) else [text.strip()]
    if len(parts) > 1:
        return parts
    dashes = [part.strip() for part in re.split(r"\s+[–—-]\s+", text) if part.strip()]
    if len(dashes) > 1:
        return dashes
    match = re.match(r"^(.*\S)\s*\(([^()]{3,60})\)$", text)
    return [match.group(1), match.group(2)] if match else [text.strip()]


def _entry_lines(lines: tuple[Line, ...], width: int) -> list[list[str]]:
    """Lines of each entry in a list of one-line or few-line entries."""
    joined = unwrap(list(lines), width)
    if joined and joined[0].bullet and not all(line.bullet for line in joined):
        joined = _whole_bullets(joined)
    bullets = sum(line.bullet for line in joined)
    if (
        not bullets
        and joined
        and max(len(line.text) for line in joined) <= 30
        and any(find_period(line.text) for line in joined)
    ):
        narrow: list[list[str]] = [[]]
        for line in joined:
            narrow[-1] = [" ".join([*narrow[-1], line.text])]
            if find_period(line.text):
                narrow.append([])
        if len([group for group in narrow if group]) < len(joined) and not any(
            _only_date(line.text) for line in joined
        ):
            return [group for group in narrow if group]
    if bullets and bullets == len(joined):
        return [[line.text] for line in joined]
    dated = [line for line in joined if find_period(line.text)]
    only_dates = [line for line in dated if _only_date(line.text)]
    if only_dates and len(only_dates) * 2 >= len(dated):
        groups: list[list[str]] = []
        first_dated = joined[0] in only_dates
        for line in joined:
            if (
                (line in only_dates and first_dated)
                or not groups
                or (not first_dated and groups[-1] and any(_only_date(text) for text in groups[-1]))
            ):
                groups.append([line.text])
            else:
                groups[-1].append(line.text)
        return groups
    if bullets:
        groups = []
        for line in joined:
            if line.bullet and groups and not joined[0].bullet:
                groups[-1].append("\u2022" + line.text)
            else:
                groups.append([line.text])
        return groups
    if any(line.gap for line in joined[1:]) and not all(line.gap for line in joined[1:]):
        groups = []
        for line in joined:
            if line.gap or not groups:
                groups.append([line.text])
            else:
                groups[-1].append(line.text)
        return groups
    return [[line.text] for line in joined]


def _whole_bullets(lines: list[Line]) -> list[Line]:
    """Lines without a bullet belong to the one before, unless that ends with its date."""
    whole: list[Line] = []
    for line in lines:
        if whole and not line.bullet and not find_period(whole[-1].text):
            whole[-1] = Line(f"{whole[-1].text} {line.text}", True, whole[-1].gap)
        else:
            whole.append(line)
    return whole


def _only_date(text: str) -> bool:
    period = find_period(text)
    return period is not None and not re.search(r"\w", without(text, period))


def read_certificates(lines: tuple[Line, ...], width: int) -> list[Certificate]:
    """Certificates: name, issuer, year, expiry."""
    found: list[Certificate] = []
    groups = _entry_lines(lines, width)
    bare = [_take_date(_take_expiry("\t".join(group))[0])[0] for group in groups]
    separated = any(len(_CELLS.split(text)) > 1 or "," in text for text in bare)
    for group in groups:
        text = "\t".join(part.removeprefix("\u2022") for part in group)
        text = re.sub(r"\s*\(([^()]*,[^()]*\d{4}[^()]*)\)", r", \1", text)
        text, expiry = _take_expiry(text)
        text, year = _take_date(text)
        parts = _fields(text)
        if separated and len(parts) == 2 and f"({parts[1]})" in text:
            parts = [text]
        if not parts or not re.search(r"[^\W\d]", parts[0]):
            continue
        name, issuer = parts[0], ", ".join(part for part in parts[1:] if re.search(r"[^\W\d]", part))
        issuer = re.sub(
            r"^(?:issued by|by|issuer|von|par|por|da|ausgestellt von|delivre par|délivré par|emitido por"
            r"|rilasciato da|wydany przez|wyd\.)[:\s]+",
            "",
            issuer,
            flags=re.I,
        )
        found.append(Certificate(name.strip(" ,;:–—-"), issuer.strip(" ,;()"), year, expiry))
    return found


def _take_expiry(text: str) -> tuple[str, Moment | None]:
    match = _EXPIRY.search(fold(text))
    if not match:
        return text, None
    period = find_period(text[match.end() :])
    if period is None:
        return text, None
    moment = period.end or period.start
    rest = text[match.end() + period.stop :]
    left = re.sub(r"[\s,;(|–—\t-]+$", "", text[: match.start()])
    right = re.sub(r"^[\s)]+", "", rest)
    return (f"{left} {right}".strip() if right else left), moment


def _take_date(text: str) -> tuple[str, Moment | None]:
    period = find_period(text)
    if period is None:
        return text, None
    rest = without(text, period)
    return rest, period.end or period.start


def read_courses(lines: tuple[Line, ...], width: int) -> list[Course]:
    """Courses: name, provider, date, details."""
    found: list[Course] = []
    for group in _entry_lines(lines, width):
        details = [part.removeprefix("\u2022") for part in group if part.startswith("\u2022")]
        head = [part for part in group if not part.startswith("\u2022")]
        if found and not head:
            found[-1] = Course(found[-1].name, found[-1].provider, found[-1].date, (*found[-1].details, *details))
            continue
        text, date = _take_date("\t".join(head))
        parts = _fields(text)
        if not parts or not re.search(r"[^\W\d]", parts[0]):
            continue
        if found and len(parts) == 1 and date is None and looks_like_prose(parts[0]):
            found[-1] = Course(found[-1].name, found[-1].provider, found[-1].date, (*found[-1].details, parts[0]))
            continue
        extra = [part for part in parts[2:] if re.search(r"[^\W\d]", part)]
        found.append(
            Course(
                parts[0].strip(" ,;:–—-"), parts[1].strip(" ,;()") if len(parts) > 1 else "", date, (*extra, *details)
            )
        )
    return found


def read_projects(lines: tuple[Line, ...], width: int) -> list[Undertaking]:
    """Projects: name, date, statements, technologies."""
    found = (_project(group, width) for group in _projects_lines(lines, width))
    return [project for project in found if project.name]


def _projects_lines(lines: tuple[Line, ...], width: int) -> list[list[Line]]:
    """The lines of each project."""
    groups: list[list[Line]] = []
    glyphs = any(line.bullet for line in lines)
    dated = {
        index
        for index, line in enumerate(lines)
        if not line.bullet and anchor_of(line, single=True) and len(line.text) < 110
    }
    all_bullets = all(line.bullet or is_skill_line(line.text) for line in lines)
    for index, line in enumerate(lines):
        new = not groups
        if groups:
            previous = lines[index - 1]
            if all_bullets:
                new = line.bullet
            elif index in dated and index - 1 not in dated:
                lone = _only_date(line.text)
                new = not lone or (lone and _leads(lines, dated))
            elif line.bullet or is_skill_line(line.text):
                new = False
            elif glyphs:
                new = (previous.bullet or is_skill_line(previous.text)) and not _wrapped(previous, line, width)
            elif is_skill_line(previous.text):
                new = not _leads(lines, dated)
            elif dated:
                new = False
            else:
                new = line.gap or (
                    len(line.text.split()) <= 5 and looks_like_prose(previous.text) and not line.text.endswith(".")
                )
        if new:
            groups.append([])
        groups[-1].append(line)
    return groups


def _project(group: list[Line], width: int) -> Undertaking:
    head = list(group)
    name_line = head.pop(0)
    text, date, start = _name_and_date(name_line.text)
    if not text and head:
        text, later, later_start = _name_and_date(head.pop(0).text)
        date, start = date or later, start or later_start
    if head and date is None and _only_date(head[0].text):
        _, date, start = _name_and_date(head.pop(0).text)
    bullets: list[str] = []
    parts = [part.strip() for part in re.split(r"\t+|\s+[|]\s+|:\s+|\s+[–—]\s+", text, maxsplit=1)]
    technologies: list[str] = []
    if len(parts) == 2:
        text = parts[0]
        match = SKILL_LABELS.match(fold(parts[1]))
        inner, inner_date, inner_start = _name_and_date(parts[1])
        date, start = date or inner_date, start or inner_start
        if match:
            technologies.extend(split_items(parts[1][match.end() :]))
        elif inner:
            bullets.append(inner)
    bracket = re.match(r"^(.{2,60}?)\s*\(([^()]*,[^()]*)\)$", text)
    if bracket:
        text = bracket.group(1)
        technologies.extend(split_items(bracket.group(2)))
    more, tools = statements(head, width)
    return Undertaking(text.strip(" ,;:–—-"), date, start, (*bullets, *more), (*technologies, *tools))


def _leads(lines: tuple[Line, ...], dated: set[int]) -> bool:
    """Whether dates stand on their own line above names."""
    return bool(dated) and min(dated) == 0 and _only_date(lines[0].text)


def _wrapped(previous: Line, line: Line, width: int) -> bool:
    return (
        len(previous.text) > 0.7 * width
        and width < 140
        and (line.text[:1].islower() or (len(line.text.split()) <= 3 and len(previous.text) > 0.85 * width))
    )


def _name_and_date(text: str) -> tuple[str, Moment | None, Moment | None]:
    period = anchor_of(Line(text), single=True)
    if period is None:
        return text, None, None
    return (
        without(text, period).replace("\t", " – ")
        if period.begin and period.stop < len(text)
        else without(text, period),
        period.end or period.start,
        period.start,
    )
