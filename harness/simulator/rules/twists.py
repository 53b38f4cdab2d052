"""What turns an order for the wanted into one for something else: "in your own words", "as its website has it".

The words are known, and each stands in many a plain sentence; it is what they are joined to that tells.
"""

from __future__ import annotations

import re

_TONGUE = r"(?:english|german|french|spanish|italian|one language)"
_ANY = re.compile(
    r"\bin (?:your|plain|simple|other|better|fewer|its|their)(?: own)? words\b|\byour (?:own )?words\b"
    r"|\bout of the (?:record|answer|output|json|result)\b|\btwice\b|\bby (?:level|importance|relevance|length|size)\b"
    r"|\b(?:one|a single one) (?:for each|per)\b(?! (?:item|line|bullet|skill|element|entry|array))"
    r"|\bwithin (?:each|every)\b"
    r"|\bas (?:its|their|his|her|our) (?!own\b)\w+ (?:has|have|had|calls?|writes?|says?|prints?|would)\b"
    r"|\bas yours\b|\bwhat (?:matters|counts|is (?:relevant|important|needed))\b|\bthat (?:matters?|counts?)\b"
    r"|\b(?:best|better|nicest|strongest|most (?:important|relevant|recent \w+ only))\b(?! practice)"
    r"|, or (?:the \w+'s|write|one|use|give|make|an?|your)\b|\band (?:not|stop) (?:more|there|at)\b"
    r"|\b(?:from|between) (?:[abc][12]|one|1) (?:to|and) (?:[abc][12]|\d)\b|\bgood (?:ones?|grades?)\b|\bare good\b"
    r"|\b(?:is|are) (?:important|relevant|needed)\b|\b(?:important|relevant) (?:is|are)\b|\bin doubt\b|\bas (?:a"
    r"|an) (?:good|bad) \w+\b",
    re.I,
)
_UNSAID = re.compile(r"\beven (?:when|if|where) [^,;]{0,40}\bnot (?:in|on|printed|given|named|there|say)\b", re.I)
_OF = {
    "translation": r"\bdates?\b|\bmonths?\b|\"present\"|\breader\b|\b(?:our|the|this) (?:page|market|users?)\b"
    r"|\bsimple\b|\bout\b"
    r"|\brecord english\b",
    "order": r"\btogether\b|\bstudies (?:by|oldest|before|after|last)\b|\bbullets?\b|\bskills?\b|\bone (?:for|per)\b",
    "all_roles": r"\bin one line\b|\bunder (?:its|their)\b|\bonce\b",
    "company_name": rf"\b(?:in|into) {_TONGUE}\b|\blegal\b|\bwebsites?\b|\binstead of the employer\b|\bparent\b"
    r"|\bwith (?:its|the|their|a) (?!(?:full |whole |complete )?(?:division|department|unit|branch|business"
    r"|subsidiar|name|employer|company))\w+",
    "present_word": r"\bgives? (?:none|no)\b|\bcurrent employer\b|\"present\"[”\"]? and (?!not\b|never\b|no\b"
    r"|nothing\b)"
    r"|\bnewest\b|\blast\b|\bevery role\b(?! (?:that|which|still))|\bmissing\b",
    "date_format": r"\bwith jan(?:uary)?\b|\byears like\b|\bin (?:one|a single) field\b|\blanguage of\b"
    r"|\ball studies\b",
    "bullet_wording": rf"\b(?:in|into|to) {_TONGUE}\b|\blanguage of the (?:reader|page)\b"
    r"|\b(?:short|long|important|main|good|clear|key) (?:bullets?|statements?|duties|achievements)\b",
    "bullet_split": r"\bfirst\b|\bwith its\b|\bfull sentence\b",
    "skills_split": r"\b(?:deserves?|has|have|gets?|needs?|comes? with) (?:an?|its|their) (?!own\b)\w+"
    r"|\bwith (?:its|their|the|a) (?!own\b)\w+|\blower case\b|\bcommon name\b",
    "include.summary": r"\b(?:every|each) (?:record|cv|answer)\b|\bshould have\b|\balways (?:has|have)\b",
    "include.linkedin": r"\bonly\b|\buser ?names?\b|\bhandles?\b|\bname into\b|\bbuilt\b",
    "include.links": r"\bevery address\b|\bemployer|\bas its\b",
    "include.role_skills": r"\bwhole cv\b|\bfrom (?:its|the|their) (?:title|employer|bullets?|name|cv)\b"
    r"|\bwith the skills of\b",
    "courses": r"\bthat award (?:a|certificates?)\b",
    "include.training": r"\bthat award (?:a|certificates?)\b",
    "ids": r"\bid[`'\"]? of\b|\bfor each employer\b|\binitials\b",
    "titles_at_one_company": r"\bwhatever\b|\bat all\b|\ball titles\b",
    "task": r"\bbetter\b|\bshort\w*\b|\bimprov\w*\b|\bbrief\w*\b|\benglish\b|\bnot say\b|\bshould\b|\brank\w*\b"
    r"|\bbest\b|\bjudge\b"
    r"|\btranslat\w*\b|\bsummar\w*\b|\bclean\w*\b|\bcorrect\w*\b",
}
"""By slot: what its plain sentence has not."""
_FORBIDDEN = {"invention": r"\b(?:value|year|month|issuer|one|thing|date)s? that you (?:can|could|know|find"
r"|may)\b|\bwithout need\b"
    r"|\bmore than (?:one|once)\b|\bunless\b|\blower\b|\bby hand\b|\b(?:is|are) known\b|\bfollows? from\b"}  # fmt: skip
"""By slot: what takes back half of a prohibition."""


def twisted(slot: str, sentence: str, *, forbids: bool) -> bool:
    """Whether a sentence that was read as asking for the wanted says something else about it. forbids: it is a
    prohibition, whose words name what is not to be done."""
    if _UNSAID.search(sentence) or (slot in _FORBIDDEN and re.search(_FORBIDDEN[slot], sentence, re.I)):
        return True
    if forbids:
        return False
    return _ANY.search(sentence) is not None or (slot in _OF and re.search(_OF[slot], sentence, re.I) is not None)
