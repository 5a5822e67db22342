"""Polish durations: "półtorej godziny", "kilka dni", with or without diacritics."""

from __future__ import annotations

import re

from tpfeedback.languages.durations import (
    DAY,
    FRACTIONS,
    HALF_DAY,
    HOUR,
    MINUTE,
    MONTH,
    SECOND,
    SOME,
    WEEK,
    YEAR,
    DurationWords,
    Meaning,
    meanings,
    near,
    sentence_end,
    somewhere,
    spaced_tokens,
    then,
)

_PLAIN = str.maketrans("ąćęłńóśźż", "acelnoszz")
_STEMS = {"minutow": MINUTE, "godzinn": HOUR, "dniow": DAY, "tygodniow": WEEK, "miesieczn": MONTH}
_PREFIXES = {
    "pol": (0.5,) * 3, "poltora": (1.5,) * 3, "dwu": (2.0,) * 3, "trzy": (3.0,) * 3,
    "cztero": (4.0,) * 3, "piecio": (5.0,) * 3, "dziesiecio": (10.0,) * 3,
    "pietnasto": (15.0,) * 3, "kilku": SOME,
}  # fmt: skip
_ENDINGS = ["y", "a", "e", "ego", "ej", "emu", "ym", "ych", "ymi"]
_ADJECTIVES = {
    f"{prefix}{stem}{ending}": Meaning(
        "whole", (number[0] * unit, number[1] * unit, number[2] * unit)
    )
    for prefix, number in _PREFIXES.items()
    for stem, unit in _STEMS.items()
    for ending in [*_ENDINGS, *(["i", "iego", "iej"] if stem == "dniow" else [])]
}

# Without diacritics, as words are looked up.
WORDS = {
    **_ADJECTIVES,
    **meanings(
        "number",
        {
            1: "jeden jedna jedne jednego jednej jednym", 1.5: "poltora poltorej",
            2: "dwa dwie dwoch dwu dwom dwoma dwiema", 3: "trzy trzech trzem trzema",
            4: "cztery czterech czterem", 5: "piec pieciu", 6: "szesc szesciu",
            7: "siedem siedmiu", 8: "osiem osmiu", 9: "dziewiec dziewieciu",
            10: "dziesiec dziesieciu", 11: "jedenascie", 12: "dwanascie dwunastu",
            13: "trzynascie", 14: "czternascie czternastu", 15: "pietnascie pietnastu",
            16: "szesnascie", 17: "siedemnascie", 18: "osiemnascie", 19: "dziewietnascie",
            20: "dwadziescia dwudziestu", 30: "trzydziesci trzydziestu",
            40: "czterdziesci czterdziestu", 50: "piecdziesiat", 60: "szescdziesiat",
            70: "siedemdziesiat", 80: "osiemdziesiat", 90: "dziewiecdziesiat", 100: "sto stu",
            SOME: "kilka kilku kilkoma pare paru", (15, 11, 19): "kilkanascie kilkunastu",
            (40, 20, 99): "kilkadziesiat kilkudziesieciu",
        },
    ),
    **meanings("half", {0.5: "pol polowa polowe", 0.25: "cwierc czwarte"}),
    **meanings("half", FRACTIONS, spelled=False),
    **meanings("unit", {SECOND: "sekunda sekundy sekund sekunde sek"}),
    **meanings(
        "unit",
        {
            MINUTE: "minuty minut minutach minutami min minutki", HOUR: "godziny godzin godzinach "
            "godzinami godz h", DAY: "dni dniach dniami doby dob", WEEK: "tygodnie tygodni "
            "tygodniach tyg", MONTH: "miesiace miesiecy miesiacach mies", YEAR: "lata lat latach",
            15.0: "kwadranse kwadransow kwadransach",
        },
    ),
    **meanings(
        "unit",
        {
            MINUTE: "minuta minute minutke", HOUR: "godzina godzine godzinie godzinke",
            DAY: "dzien dnia dniu doba dobe dobie", WEEK: "tydzien tygodnia tygodniu",
            MONTH: "miesiac miesiaca miesiacu", YEAR: "rok roku", 15.0: "kwadrans kwadransie",
        },
        alone=True,
    ),
    **meanings("whole", {30: "polgodziny", YEAR / 2: "polroku", HALF_DAY: "poldnia"}),
    **meanings("whole", {(4 * WEEK, 2 * WEEK, 9 * WEEK): "tygodniami"}),
    **meanings("to", {0: "- – — ~ do lub albo czy , /"}),
    **meanings("link", {0: "i oraz"}),
    **meanings("between", {0: "miedzy pomiedzy"}),
    **meanings("and", {0: "a"}),
    **meanings("more", {0: "+"}),
    **meanings(
        "filler",
        {0: "roboczych robocze roboczy roboczego pelnych pelne pelny pelna dobre dobra dobrych "
            "dlugich dlugie calych ciu u ech tu miu dodatkowych"},
    ),
}  # fmt: skip


def _plain(word: str) -> str:
    return word.lower().translate(_PLAIN)


DURATIONS = DurationWords(
    hint=re.compile(r"sek|min|godz|[\d½¼¾]\s?h|dni|dzie|dn|dob|dób|ty[dg]|mies|rok|lat|kwadr|p[oó][lł]",
                    re.IGNORECASE),
    tokens=spaced_tokens(WORDS, r"(?:godziny|godz|h)\b", _plain),
    sentence_end=sentence_end(),
    alone_after=near(
        r"(?:po|za|ponad|prawie|około|okolo|niecał[aąey]|niecal[aey]|przez|cał[yaą]|cal[ya]|w"
        r"\sciągu"
        r"|w\sciagu|już|juz|minęł[ao]|minal|minął|ok\.?|jakąś|jakiś|mniej\sniż|więcej\sniż|dłużej"
        r"\sniż"
        r"|minimum|max\.?|maksymalnie|czeka\w+|trwa\w*|(?:od|prze)?sta(?:[łl][ae]?m?|li\w*)|sp[ęe]dzi\w*|dobr[yaą]|spóźni\w+\s(?:się\s)?o|zajęł[ao])"
    ),
    range_before=near(r"od|mi[ęe]dzy|pomi[ęe]dzy"),
    over_before=near(
        r"ponad|(?:wi[ęe]cej|d[łl]u[żz]ej)\sni[żz]|co\snajmniej|przynajmniej|minimum"
        r"|min\.?|powy[żz]ej"
        r"|nie\smniej\sni[żz]|>"
    ),
    under_before=near(
        r"(?:w\s)?niec[ae][łl][aąyeę]\w*|w\snieca[łl]\w+|mniej\sni[żz]|w\s(?:prze)?ci[ąa]gu|w"
        r"\strakcie|do|"
        r"nie\s(?:d[łl]u[żz]ej|wi[ęe]cej)\sni[żz]|maksymalnie|max\.?|maks\.?|poni[żz]ej|kr[óo]cej"
        r"\sni[żz]|<"
    ),
    about_before=near(r"oko[łl]o|ok\.?|prawie|jakie[śs]|jak[ąa][śs]|mniej\swi[ęe]cej|blisko|niemal"
                      r"|~"
                      r"|z\sreguły"),
    denied_before=near(
        r"(?:nigdy(?:\snie(?:\sby[łl]o)?)?|nie|ani\srazu)(?:\s(?:nie|mus\w+|trzeba(?:\sby[łl]o)?|b[ęe]d(?:[ęe]|zie\w+)|nigdy"
        r"|zdarzy[łl]o\s(?:mi|nam)\ssi[ęe])){0,3}"
        r"(?:\s(?:(?:czeka|sta[łl]|stoi|sta[ćc]|oczek)\w*"
        r"(?:\s(?!(?:i|a|ale|bo|[żz]e|lub|tak|tyle|d[łl]ugo)\b)\w+){0,4}"
        r"|(?:trwa|zaj[ęemm]|zabra)\w*(?:\s(?:to|mi|nam))?))?"
    ),
    over_after=then(r"(?:lub|albo|i)\s(?:wi[ęe]cej|d[łl]u[żz]ej)|z\s(?:hakiem|ok[łl]adem)|\+"
                    r"|minimum"),
    denied_after=then(
        r"(?:(?!(?:i|a|ale|bo)\b)\w+\s){0,2}nie\s(?:czeka\w*|trzeba|mus\w+|sta[łl]\w*|trwa\w*)"
    ),
    about_after=then(r"mniej\swi[ęe]cej|około|okolo"),
    refused_before={
        "how often": near(r"razy?\s(?:w|na)|dzie[ńn]\spo|co\s\w+\s(?:lub|albo|czy)|ma|maj[ąa]"
                          r"|ka[żz]d\w+"
                          r"|co|\d*(?:z[łl](?:ot\w+)?|pln|euro|usd|dolar\w*|[€$£])\s(?:za|na)|na|codziennie|w"
                          r"\sdzie[ńn]"),
        "a stretch of the calendar": near(
            r"ostatni\w*|zesz[łl]\w+|poprzedni\w*|pierwsz\w+|nast[ęe]pn\w+|najbli[żz]sz\w+|t(?:ego"
            r"|ym|ych|ej|en)"
            r"|drugi\w*|kolejn\w+|tamt\w+|dnia|koniec|ko[ńn]ca|pocz[ąa]tk\w+"
        ),
        "time of the day": near(r"od|przed|do\sgodz\.?|godz\.?|godzin\w+|dni[ua]"),
        "term": somewhere(
            r"(?:gwarancj\w*|umow\w+|abonament\w*|lokat\w*|kredyt\w*|rat\w?|wa[żz]n\w+|zwrot\w*"
            r"\sdo|r[ęe]kojmi\w*"
            r"|promocj\w*|bezp[łl]atn\w+)\W+(?:(?!czeka|realiz)\w+\W+){0,3}\Z"
        ),
        "use": somewhere(
            r"(?:klient\w*|u[żz]ywa\w*|u[żz]ytk\w+|korzysta\w*|mieszka\w*|pobyt\w*"
            r"|posiada\w*|od"
            r"|odkurza\w*|chodzi[łl]\w*|dzia[łl]a\w*|pracuj\w*|mam|kupuj\w+|bateri\w+"
            r"|akumulator\w*|wytrzyma\w*|wiek\w*"
            r"|syn\w*|c[óo]rk\w*|dziecko"
            r"|starcza|trzyma|[łl]adowani\w+|wycieczk\w*|urlop\w*)\W+(?:(?!czeka|dosta|dostaw|wys"
            r"|prze|pacz|zam)\w+\W+){0,4}\Z"
        ),
        "promised": near(
            r"(?:zamiast|oferuj\w+|gwarantuj\w+|obiec\w+|deklar\w+|mia[łl][aoy]?\s(?:by[ćc]"
            r"|dotrze[ćc]|przyj[śs][ćc]|dosta[ćc])"
            r"|podan\w+|podaj[ąea]\w*|termin\w*|informacj\w+,?\s[żz]e|nie\ss[ąa]\ste)(?:\s(?!czeka"
            r"|a\b|dosta[łl]|otrzyma)\w+){0,5}"
        ),
        "idiom": near(r"ostatniej|lada|z\s\w+\sna|dob(?:ę|y)\sna"),
    },
    refused_after={
        "how often": then(r"(?:na|w)\s(?:dob[ęe]|tydzie[ńn]|dzie[ńn]|tygodniu|miesi[ąa]cu|roku)|/"
                          r"\s*7|7\sdni"),
        "a point in time": then(
            r"temu|wstecz|po\spremierze|wcze[śs]niej|przed\s\w+|rano|wieczorem|do\s(?:przodu"
            r"|ty[łl]u)"
            r"|(?:stycz|lut|mar[ce]|kwie|maj|czerw|lip|sierp|wrze|pa[źz]dz|listop|grud)\w*"
        ),
        "term": then(r"gwarancj\w*|r[ęe]kojmi\w*|umowy|abonament\w*|za\sdarmo|gratis|promocj\w*"
                     r"|wa[żz]no[śs]ci"),
        "use": then(r"(?:\w+\s)?(?:u[żz]ytkowani\w*|u[żz]ywa\w*|u[żz]ywani\w*|u[żz]ytku|pracy"
                    r"|korzysta\w*|noszeni\w*"
                    r"|jazdy|gry|testow\w*|eksploat\w*|klient\w*)|(?:i\s(?:si[ęe]\s)?)?(?:odkle"
                    r"|odpad|rozpad|p[ęe]k[łln]|rozlec|zepsu|pad[łl]"
                    r"|przesta|dzia[łl]a)\w*"
                    r"|pobyt\w*|wakacj\w*|urlop\w*"),
        "way": then(r"(?:pieszo|spacer\w*|drogi|jazdy|lotu|piechot\w+|autem|samochodem|autobusem"
                    r"|od\s(?:centrum|domu|morza|pla[żz]y|przystanku|metra|dworca|stacji|rynku))"),
        "idiom": then(r"uwagi|ciszy|s[łl]awy"),
    },
    refused_framed={
        "time of the day": re.compile(
            r"\d\s?godzin(?:ie|a)\]|(?<!\w)o\s\[\d|\[\d\d?\.\d\d", re.IGNORECASE
        ),
        "stay": re.compile(
            r"(?<!\w)sp[ęe]dzi\w*\W+(?:(?!czeka|oczek|kolej|infolin|telefon)\w+\W+){0,4}\[[^\]]*\]"
            r"(?!(?:\W+\w+){0,3}?\W+(?:czeka|oczek|kolej|infolin|telefon))",
            re.IGNORECASE,
        ),
        "way": re.compile(
            r"\A(?!.*czeka).*(?<!\w)do\s(?:morza|pla[żz]y|metra|centrum|przystanku)\W+"
            r"(?:(?:mam|jest|tylko)\W+)?\[",
            re.IGNORECASE | re.DOTALL,
        ),
    },
    waiting=somewhere(r"czeka\w*|op[óo][źz]ni\w*|trwa\w*|zwrot\w*|zw[łl]ok\w*"),
)  # fmt: skip
