"""How CVs spell dates and name their sections: seven date spellings, six sets of English titles, other languages."""

from __future__ import annotations

from harness.corpus.builder.content import Date, End

DATE_STYLES = ("mmm_yyyy", "month_yyyy", "mm_yyyy", "iso", "short", "year", "words")

KEYS = (
    "summary",
    "experience",
    "education",
    "skills",
    "projects",
    "certifications",
    "languages",
    "training",
    "contact",
)

TITLES: dict[str, dict[str, str]] = {
    "classic": dict(
        zip(
            KEYS,
            (
                "Profile",
                "Work Experience",
                "Education",
                "Skills",
                "Projects",
                "Certifications",
                "Languages",
                "Training",
                "Contact",
            ),
            strict=True,
        )
    ),
    "formal": dict(
        zip(
            KEYS,
            (
                "Professional Summary",
                "Employment History",
                "Academic Background",
                "Core Competencies",
                "Selected Projects",
                "Licences and Certificates",
                "Language Skills",
                "Courses and Training",
                "Contact Details",
            ),
            strict=True,
        )
    ),
    "capitals": dict(
        zip(
            KEYS,
            (
                "SUMMARY",
                "PROFESSIONAL EXPERIENCE",
                "EDUCATION",
                "TECHNICAL SKILLS",
                "PERSONAL PROJECTS",
                "CERTIFICATES",
                "LANGUAGES",
                "PROFESSIONAL DEVELOPMENT",
                "CONTACT",
            ),
            strict=True,
        )
    ),
    "personal": dict(
        zip(
            KEYS,
            (
                "About me",
                "My career so far",
                "Studies",
                "What I am good at",
                "Things I have built",
                "Badges and licences",
                "Languages I speak",
                "Courses taken",
                "Get in touch",
            ),
            strict=True,
        )
    ),
    "short": dict(
        zip(
            KEYS,
            (
                "Profile:",
                "Experience:",
                "Education:",
                "Skills:",
                "Projects:",
                "Certificates:",
                "Languages:",
                "Courses:",
                "Contact:",
            ),
            strict=True,
        )
    ),
    "public": dict(
        zip(
            KEYS,
            (
                "1. Personal Statement",
                "2. Career History",
                "3. Education and Qualifications",
                "4. Key Skills",
                "5. Projects",
                "6. Professional Certifications",
                "7. Languages",
                "8. Further Training",
                "Contact",
            ),
            strict=True,
        )
    ),
}

_FOREIGN_TITLES = {
    "de": "Profil|Berufserfahrung|Ausbildung|Kenntnisse|Projekte|Zertifikate|Sprachen|Weiterbildung|Kontakt",
    "fr": "Profil|Expérience professionnelle|Formation|Compétences|Projets|Certifications|Langues"
    "|Formation continue|Coordonnées",
    "es": "Perfil|Experiencia laboral|Formación académica|Competencias|Proyectos|Certificaciones|Idiomas"
    "|Cursos|Contacto",
    "it": "Profilo|Esperienza professionale|Istruzione|Competenze|Progetti|Certificazioni|Lingue|Corsi|Contatti",
    "pl": "Profil|Doświadczenie zawodowe|Wykształcenie|Umiejętności|Projekty|Certyfikaty|Języki|Szkolenia|Kontakt",
    "pt": "Perfil|Experiência profissional|Formação académica|Competências|Projetos|Certificações|Idiomas"
    "|Formação complementar|Contacto",
    "ja": "自己紹介|職務経歴|学歴|スキル|プロジェクト|資格|語学|研修|連絡先",
    "zh": "个人简介|工作经历|教育背景|专业技能|项目|证书|语言|培训|联系方式",
    "he": "תמצית|ניסיון תעסוקתי|השכלה|מיומנויות|פרויקטים|תעודות|שפות|הכשרות|פרטי קשר",
}
for _language, _titles in _FOREIGN_TITLES.items():
    TITLES[_language] = dict(zip(KEYS, _titles.split("|"), strict=True))

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
}
_CONTRACT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PRESENT = {
    "de": "heute",
    "fr": "aujourd'hui",
    "es": "actualidad",
    "it": "oggi",
    "pl": "obecnie",
    "pt": "presente",
    "ja": "現在",
    "zh": "至今",
    "he": "היום",
}
_ENGLISH_PRESENT = {
    "mmm_yyyy": "Present",
    "month_yyyy": "Present",
    "mm_yyyy": "Current",
    "iso": "present",
    "short": "Now",
    "year": "Present",
}
_FROM_TO = {
    "en": ("From {} to {}", "Since {}"),
    "de": ("{} bis {}", "seit {}"),
    "fr": ("de {} à {}", "depuis {}"),
    "es": ("de {} a {}", "desde {}"),
    "it": ("da {} a {}", "da {} a oggi"),
    "pl": ("{} do {}", "od {}"),
    "pt": ("de {} a {}", "desde {}"),
    "he": ("{} עד {}", "מאז {}"),
}


def date_words(language: str) -> str:
    """The words that dates are spelt with, English ones aside."""
    return " ".join((MONTHS.get(language, ""), _PRESENT.get(language, ""), *_FROM_TO.get(language, ()))).strip()


def contract_date(date: End, style: str) -> str:
    """The date in contract form, given what `style` prints: no month where it prints none."""
    if date is None:
        return ""
    if date == "present":
        return "Present"
    assert isinstance(date, Date)
    if date.month == 0 or style == "year":
        return f"{date.year}"
    return f"{_CONTRACT_MONTHS[date.month - 1]} {date.year}"


def spell(date: Date, style: str, language: str) -> str:
    """A date as the CV prints it."""
    if language in ("ja", "zh"):
        return f"{date.year}年{date.month}月" if date.month and style != "year" else f"{date.year}年"
    if date.month == 0 or style == "year":
        return f"{date.year}"
    name = MONTHS[language].split()[date.month - 1]
    match style:
        case "mmm_yyyy":
            return f"{name[:3] if language == 'en' else name} {date.year}"
        case "month_yyyy" | "words":
            return f"{name} {date.year}"
        case "mm_yyyy":
            return f"{date.month:02d}/{date.year}"
        case "iso":
            return f"{date.year}-{date.month:02d}"
        case "short":
            return f"{name[:3]} '{date.year % 100:02d}"
    raise ValueError(f"unknown date style {style!r}")


def spell_period(start: Date | None, end: End, style: str, language: str) -> str:
    """A period as the CV prints it; "" where neither end is known."""
    if start is None and end is None:
        return ""
    if start is None:
        return spell(end, style, language) if isinstance(end, Date) else _present(style, language)
    first = spell(start, style, language)
    if end is None:
        return first
    if style == "words" and language in _FROM_TO:
        both, since = _FROM_TO[language]
        return since.format(first) if end == "present" else both.format(first, _end(end, style, language))
    joint = {"month_yyyy": " - ", "iso": " to " if language == "en" else " – ", "year": "–"}.get(style, " – ")
    return f"{first}{joint}{_end(end, style, language)}"


def _end(end: End, style: str, language: str) -> str:
    return spell(end, style, language) if isinstance(end, Date) else _present(style, language)


def _present(style: str, language: str) -> str:
    return _ENGLISH_PRESENT.get(style, "Present") if language == "en" else _PRESENT[language]
