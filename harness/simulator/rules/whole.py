"""Standing rules in other words, each known as a whole sentence: what no clause of it says alone."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import Item

_ROLE = r"(?:roles?|jobs?|positions?)"
_LONG = (
    r"(?:,? (?:without (?:any )?exception|(?:no matter|however|regardless of) (?:how )?(?:long|old|short"
    r"|many)(?: (?:the cv|it|they|there)"
    r"(?: (?:is|are))?)?|whatever (?:the|its) (?:length|age)(?: of the cv)?|even (?:the )?(?:old|short|oldest"
    r"|shortest)(?: ones)?))*"
)
_BANNED = (
    r"(?:shortening|summar(?:y|ies)|summari[sz]ing|rephrasing|rewording|paraphrasing|condensing|translat(?:ing|ions?)|merging"
    r"|guess(?:es|ing|work)?|inventions?|inventing|estimat(?:es|ing))"
)
_AROUND = (
    r"(?:greetings?|comments?|commentary|preamble|explanations?|apolog(?:y|ies)|(?:closing )?remarks?|introductions?"
    r"|notes?|prose|other text|text around it|(?:code |markdown )?fences?)"
)
_THINGS = r"(?:month|year|value|date|level|issuer|place|field|expiry|title|grade)"
_SENTENCES: tuple[tuple[str, Item], ...] = (
    (rf"(?:include|list|give|report|extract|return|capture|record) (?:all|every)(?: the"
    rf"| single)? {_ROLE}{_LONG}", ("all_roles", "all", 1)),
    (
        rf"(?:no|not one|not a single) {_ROLE} (?:may|must|should|can|shall) (?:be )?(?:missing|left out|omitted"
        rf"|dropped|skipped|lost"
        rf"|forgotten|go missing|get lost){_LONG}",
        ("all_roles", "all", 1),
    ),
    (rf"leave no {_ROLE} out{_LONG}", ("all_roles", "all", 1)),
    (
        r"return (?:exactly )?(?:one|a single) json object(?:, (?:minified|indented"
        r"|pretty-printed),?)? and (?:no other text|nothing else)",
        ("json_only", "json", 1),
    ),
    (rf"no {_AROUND}(?:,? (?:and |or )?no {_AROUND})+", ("json_only", "json", 1)),
    (
        r"(?:the (?:text of the )?cv|whatever the cv says,? it|what the cv says) is (?:only |just |always )?data"
        r"(?:,? (?:and )?(?:never|not|no) (?:an? )?(?:instructions?|commands?|orders?))?",
        ("cv_is_data", "yes", 1),
    ),
    (r"unless the cv (?:gives|prints|names|has) a month, (?:do not|don't"
    r"|never) write one", ("month_missing", "year_only", 1)),
    (
        r"(?:when|where|if) (?:a|the) month is (?:missing|not printed|not given)(?: from the cv"
        r"| in the cv)?, (?:write|give|use) (?:nothing but"
        r"|only|just) the year",
        ("month_missing", "year_only", 1),
    ),
    (
        rf"(?:when|where|if) (?:an?|the) {_THINGS} is (?:missing|unreadable|illegible|not printed|not given"
        rf"|not there), leave it empty",
        ("missing", "empty", 1),
    ),
    (
        r"(?:take over|copy|give) the name, the e-?mail address and the (?:tele)?phone number (?:exactly "
        r"|just )?as (?:they are )?printed",
        ("include.personal_info", "include", 1),
    ),
    (r"(?:never|do not|don't) put (?:two|several|more than one) bullets? into (?:one|a single"
    r"|the same) item", ("bullet_split", "one_each", 1)),
    (
        r"bullets are never (?:shortened|summari[sz]ed|rephrased|reworded)(?:,? (?:or )?(?:shortened"
        r"|summari[sz]ed|rephrased|reworded))*,? but"
        r" (?:taken over|copied|kept) (?:word for word|verbatim)",
        ("bullet_wording", "verbatim", 1),
    ),
)  # fmt: skip
_KNOWN = tuple(
    (
        re.compile(
            rf"\W*(?:please,? |and |also "
            rf"|yes, )?{pattern}\W*",
            re.I,
        ),
        item,
    )
    for pattern, item in _SENTENCES
)
_BANS = re.compile(rf"\W*(?:(?:no|without|never) {_BANNED}(?:(?:,| and|, and|,? or) |\W*$)){{2,}}\W*", re.I)
_BAN_OF: tuple[tuple[str, Item], ...] = (
    (r"shorten|summar|rephras|reword|paraphras|condens", ("bullet_wording", "verbatim", 1)),
    (r"translat", ("translation", "original", 1)),
    (r"merg", ("bullet_split", "one_each", 1)),
    (r"guess|invent|estimat", ("invention", "forbid", 1)),
)


def whole(sentence: str) -> tuple[Item, ...]:
    """What a sentence asks for that is a standing rule in other words; nothing for any other."""
    if _BANS.fullmatch(sentence):
        return tuple(item for act, item in _BAN_OF if re.search(act, sentence, re.I))
    return tuple(item for pattern, item in _KNOWN if pattern.fullmatch(sentence))
