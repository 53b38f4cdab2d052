"""Turns statements round, word by word, in the corpus's languages: what a careless or malicious rewrite would do."""

from __future__ import annotations

import re

_PAIRS = {
    "en": (
        "increased/reduced increase/decrease raised/lowered improved/worsened grew/shrank growing/shrinking "
        "growth/decline million/billion thousand/million all/none every/no most/few before/after above/below "
        "over/under more/fewer higher/lower faster/slower first/last led/assisted managed/supported "
        "senior/junior head/deputy with/without weekly/monthly daily/yearly weeks/months days/years "
        "hours/days minutes/hours won/lost opened/closed hired/dismissed half/double twice/once two/three "
        "four/five six/seven up/down internal/external cut/raised cutting/raising reducing/increasing "
        "reduced/increased raising/lowering never/always from/without introduced/abolished kept/dropped "
        "each/no one/nine three/two five/four eight/six ten/two"
    ),
    "de": (
        "gesteigert/gesenkt steigerung/senkung erhöht/reduziert alle/keine mehr/weniger über/unter vor/nach "
        "mit/ohne leitung/unterstützung geleitet/unterstützt leitete/unterstützte millionen/milliarden "
        "wochen/monate tage/jahre zwei/drei drei/zwei vier/fünf fünf/vier sechs/sieben jährlich/monatlich "
        "wöchentlich/täglich nie/immer und/ohne"
    ),
    "fr": (
        "augmentation/réduction réduction/augmentation tous/aucun toutes/aucune plus/moins avant/après "
        "avec/sans million/milliard millions/milliards semaines/mois jours/ans deux/trois trois/deux "
        "quatre/cinq cinq/quatre direction/assistance hebdomadaire/mensuel premier/dernier pour/sans et/sans"
    ),
    "es": (
        "aumento/reducción reducción/aumento todos/ningún todas/ninguna más/menos antes/después con/sin "
        "millones/billones semanas/meses días/años dos/tres tres/dos cuatro/cinco cinco/cuatro "
        "semanal/mensual primer/último para/sin y/sin"
    ),
    "it": (
        "aumento/riduzione riduzione/aumento tutti/nessun tutte/nessuna più/meno prima/dopo con/senza "
        "milioni/miliardi settimane/mesi giorni/anni due/tre tre/due quattro/cinque cinque/quattro "
        "settimanale/mensile primo/ultimo per/senza e/senza"
    ),
    "pt": (
        "aumento/redução redução/aumento todos/nenhum todas/nenhuma mais/menos antes/depois com/sem "
        "milhões/bilhões semanas/meses dias/anos dois/três três/dois quatro/cinco cinco/quatro semanal/mensal "
        "para/sem e/sem"
    ),
    "pl": (
        "zwiększenie/zmniejszenie wszystkich/żadnych więcej/mniej przed/po z/bez milionów/miliardów "
        "tygodni/miesięcy dni/lat dwa/trzy trzy/dwa cztery/pięć pięć/cztery tygodniowy/miesięczny "
        "pierwszy/ostatni dla/bez i/bez"
    ),
    "ja": "増加/減少 増/減 向上/低下 全/一部 万/億 以上/以下 週/月 年/月 人/億 円/ドル 開始/終了 前/後 名/万 件/万",
    "zh": "增加/减少 提高/降低 提升/降低 全部/部分 万/亿 以上/以下 周/月 年/月 开始/结束 前/后 名/万 人/万",
    "he": "הגדלתי/הקטנתי כל/אף עם/ללא לפני/אחרי מיליון/מיליארד שבועות/חודשים שנים/ימים שני/שלושה יותר/פחות את/ללא",
}
_CURRENCIES = {"£": "€", "€": "$", "$": "€", "¥": "$"}
_NUMBER = re.compile(r"(?<![\d.,])[1-9]\d*(?![\d.,])")


def turned(statement: str, language: str) -> list[str]:
    """Every way in which one word, currency or number of a statement turns it round (often none)."""
    found = []
    for pair in _PAIRS[language].split():
        one, _, other = pair.partition("/")
        pattern = re.escape(one) if language in ("ja", "zh") else rf"(?<![\w-]){re.escape(one)}(?![\w-])"
        place = re.search(pattern, statement, re.IGNORECASE)
        if place:
            word = other.capitalize() if place[0][:1].isupper() else other
            found.append(statement[: place.start()] + word + statement[place.end() :])
    for sign, other in _CURRENCIES.items():
        if sign in statement:
            found.append(statement.replace(sign, other, 1))
    number = _NUMBER.search(statement)
    if number:
        found.append(statement[: number.end()] + "0" + statement[number.end() :])
    if language == "en":
        was = re.search(r"\b(?:was|were|is|are|has|had)\b", statement)
        found.append(
            statement[: was.end()] + " not" + statement[was.end() :]
            if was
            else f"Never {statement[0].lower()}{statement[1:]}"
        )
    return found
