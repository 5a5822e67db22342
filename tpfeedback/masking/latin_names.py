"""Rules for personal names in English and Polish: after what announces them."""

from __future__ import annotations

from tpfeedback.masking.first_names import begins_with_first_name, polish_first_names
from tpfeedback.masking.rule import Rule, compiled, listed, stems

_SMALL = "a-zß-öø-ÿąćęłńóśźż"
_LARGE = "A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ"

# Capitals that begin a sentence after a title, titles that follow a title, and brands.
_NO_NAME = (
    "I|A|An|The|This|That|These|Those|It|Its|He|She|They|We|You|Your|Our|My|His|Her|Who|What|When|"
    "Where|Which|Why|How|And|Or|But|So|If|In|On|At|To|For|From|Of|With|By|As|No|Not|Is|Was|Are|"
    "Were|Has|Have|Had|Did|Do|Does|Can|Will|Would|Very|Great|Good|Bad|Nice|Please|Thank|Thanks|"
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|May|July|"
    "August|September|October|November|December|Cheers|"
    "Pepper|Martens?|Muscle|Kipling|Whippy|Bean|Fields|Price|Porter|Oetker|Gerard|"
    "Polecam|Dziękuję|Dziekuje|Dzięki|Serdecznie|Pozdrawiam|Jestem|Bardzo|Super|Wszystko|Nie|Towar|"
    "Sklep|Obsługa|Szybk\\w+|Kurier\\w*|Kierowc\\w+|Sprzedaw\\w+|Konsultant\\w*|Doktor\\w*|Manager\\w*|"
    "Menedżer\\w*|Kierowni\\w+|Profesor\\w*|Dyrektor\\w*|Prezes\\w*|Ekspedient\\w*|Magist\\w+|"
    "Mecenas\\w*|Inżynier\\w*|Redaktor\\w*|Kelner\\w*|Recepcjonist\\w*|Pielęgniar\\w+|Kasjer\\w*|"
    "Listonosz\\w*|Doradc\\w+|Boże|Bóg|Boga|Jezus\\w*|Która|Który|Od|Do|Za|Na|Ze|Z|W|To|Tak|Jak|Po|"
    "Przy|Gdy|Ale|Jest|Było|Była|Był|Zakup\\w*|Produkt\\w*|Przesyłk\\w+|Paczk\\w+|Kontakt\\w*|Pełn\\w+|"
    "Oby|Mam|Moje|Moja"
)
_WORD = (
    rf"(?!(?:{_NO_NAME})\b)(?:Mc|Mac|[OD]['’])?[{_LARGE}][{_SMALL}]+"
    rf"(?:['’\-][{_LARGE}][{_SMALL}]+)?"
)
_INITIAL = rf"(?:[{_LARGE}]\.)"
_NAME = rf"(?:(?:{_INITIAL} ?){{1,2}}{_WORD}|{_WORD}(?: {_INITIAL}| {_WORD}){{0,2}})"
# First names that more often are something else where they act: places, months, brands, words.
_NO_PERSON = (
    "Will|April|June|May|Sydney|Shannon|Jordan|Sofia|Charlotte|Florence|Victoria|Chelsea|Wendy|Jack|"
    "Sam|Grace|Faith|Hope|Joy|Dawn|Daisy|Amber|Ruby|Pat|Bill|Mark|Rob|Sue|Frank|Art|Dale|Dean|Lee|"
    "Ray|Rose|Holly|Penny|Crystal|Iris|Christian|Eve|Asia|Lily|Robin|Paris|Virginia|Carol|Gene|Ale|"
    "Ani|Ole|Lena|Diego|San|Santiago|Antonio|Jose|Francisco|Jan|Max|Drew|Chase|Alexa|Siri|Ada"
)
_ANY_WORD = r"[^\W\d_]{2,}"  # in whatever case: "PANI ANNA", "pan marek"
_ONE_CASE = rf"(?:[{_SMALL}]{{2,}}|[{_LARGE}]{{2,}})(?![\w'’\-])"

_ENGLISH_ROLES = """
manager supervisor waiter waitress server cashier driver courier agent advisor adviser receptionist
barista bartender barman operator host hostess steward stewardess representative rep assistant
clerk guide doctor nurse dentist stylist hairdresser technician engineer consultant employee
colleague mechanic chef owner postman concierge attendant teller banker therapist salesman
saleswoman trainer
"""
_PERSONS = "man woman guy lady girl boy gentleman person someone somebody chap bloke fella staff"
_POLISH_ROLES = """
kurier kierowc sprzedawc sprzedawczyn konsultant doradc kierowni kelner recepcjonist ekspedient
kasjer pracowni doktor lekar pielęgniar manager menedżer menadżer listonosz serwisant barist technik
fryzjer handlow mechanik przewodni
"""
_POLISH_ROLE = rf"{stems(_POLISH_ROLES)}[{_SMALL}]*"

# Brands that begin with a first name of their own, in lists and after Polish thanks.
_SHOPS = r"(?:Ben (?:&|and) )?Jerry['’]s|Wendy['’]s|Joe['’]s|Piotr i Paweł|Jan Niezbędny"
_THANKED = rf"(?!(?:{_SHOPS})\b){_NAME}(?!\w)"


_POLISH_SURNAME = (
    rf"[{_LARGE}][{_SMALL}]+(?:(?:s|c|dz)k(?:i(?:ego|emu|m)?|ie[jm]|[aą])|(?:wicz|czyk)\w{{0,3}})"
)
_DEGREE = r"(?:[Dd]r|mgr|(?:[Pp]rof|[Ll]ek|[Ii]nż|[Hh]ab|[Mm]ed|[Ss]tom|n)\.)"


def _polish_person(text: str) -> bool:
    """Tell "Tomkowi", "Annie-Marii" from brands, whose first half alone may be a first name."""
    first = text.split(maxsplit=1)[0].lower()
    return all(part in polish_first_names() for part in first.split("-"))


def _polish_name(text: str) -> bool:
    last = text.rsplit(maxsplit=1)[-1]
    return _polish_person(text) or compiled(_POLISH_SURNAME).fullmatch(last) is not None


def _named(text: str) -> bool:
    """Tell whether a word, in whatever case, is a first name and no other word."""
    return begins_with_first_name(text) and compiled(_NO_PERSON).fullmatch(text.title()) is None


def _polish_named(text: str) -> bool:
    return _polish_person(text) and _named(text)


def _no_other_word(text: str) -> bool:
    """Tell "MR SMITH" from "MR MUSCLE"."""
    return compiled(_NO_NAME).fullmatch(text.title()) is None


LATIN_NAMES = (
    Rule(
        "English title",
        "name",
        r"\b(?:M(?:r|rs|s|iss|x|ister)|D(?:r|octor)|Prof(?:essor)?|MR|MRS|MS|DR|mrs?|dr|prof)\b"
        r"\.? ?(?<=[ .])"
        rf"(?P<hit>{_NAME})",
        ("mr", "ms", "miss", "mx", "mister", "dr", "doctor", "prof"),
        script="latin",
    ),
    Rule(
        "English title, name in capitals",
        "name",
        r"\b(?i:mrs?|dr)\b\.? "
        rf"(?P<hit>(?:[OD]['’])?[{_LARGE}]{{2,}}(?:-[{_LARGE}]{{2,}})?)(?![\w'’])",
        ("mr", "dr"),
        holds=_no_other_word,
        script="latin",
    ),
    Rule(
        "English introduction",
        "name",
        r"\b(?i:names?(?:[’']s| is| was|:)|by the name of|"
        rf"(?:introduced|identified) (?:him|her)self as|who (?:is|was) called)"
        rf"[.,:]?\s(?P<hit>{_NAME})",
        ("name", "self as", " called"),
        script="latin",
    ),
    Rule(
        "English person named so",
        "name",
        rf"\b{stems(_PERSONS + _ENGLISH_ROLES)},? (?:who (?:is|was) |is |was |member )?"
        rf"(?:named|called|name of|goes by)\s(?P<hit>{_NAME})",
        ("named", "called", "name of", "goes by"),
        script="latin",
    ),
    Rule(
        "English role",
        "name",
        rf"\b{stems(_ENGLISH_ROLES)}(?:[,:]| is| was)? \(?(?P<hit>{_NAME})",
        tuple(_ENGLISH_ROLES.split()),
        holds=begins_with_first_name,
        script="latin",
    ),
    Rule(
        "English thanks",
        "name",
        r"\b(?i:thanks?(?: you)?(?: so much| very much)?(?: to)?|spoke (?:to|with)|ask for|"
        rf"(?:helped|served|assisted) by|kudos to|shout ?out to),? "
        rf"(?P<hit>{listed(_THANKED, ' (?:and|&)(?: to)? ', ' for ')})",
        ("thank", "spoke", "ask for", " by ", "kudos", "shout"),
        holds=begins_with_first_name,
        each=_THANKED,
        script="latin",
    ),
    Rule(
        "English name in capitals or small letters",
        "name",
        r"\b(?i:names?(?:[’']s| is| was)|thanks?(?: you)?(?: so much| very much)?(?: to)?|"
        rf"spoke (?:to|with)|(?:helped|served|assisted) by|(?:{'|'.join(_ENGLISH_ROLES.split())}))"
        rf",? (?P<hit>(?!(?i:{_SHOPS}))(?!(?i:ben (?:&|and)))(?:{_ONE_CASE}))",
        ("name", "thank", "spoke", " by ", *_ENGLISH_ROLES.split()),
        holds=_named,
        script="latin",
    ),
    Rule(
        "English first name that does something",
        "name",
        rf"(?<![^\s(,.!])(?P<hit>(?!(?:{_NO_PERSON})\b){_WORD}) "
        r"(?:was|helped|served|answered|told|said|explained|took|greeted|apologi[sz]ed|shouted|"
        r"ignored|sorted|went above|is (?:the best|amazing|great|so|very|always|a ))\b",
        (" was", " help", " serv", " answer", " told", " said", " explain", " took", " greet",
         " apolog", " shout", " ignore", " sort", " went", " is "),
        holds=begins_with_first_name,
        script="latin",
    ),
    Rule(
        "English signature",
        "name",
        r"(?i:regards|wishes|sincerely|yours (?:truly|faithfully)|cheers),?\s+"
        rf"(?P<hit>{_NAME})(?=[\s.,!]{{0,3}}\Z)",
        ("regards", "wishes", "sincerely", "yours", "cheers"),
        script="latin",
    ),
    Rule(
        "Polish title",
        "name",
        rf"\b[Pp]an(?:i|a|u|em|ie|ią|ny|na)?\b(?: {_POLISH_ROLE})? (?P<hit>{_NAME})",
        ("pan",),
        script="latin",
    ),
    Rule(
        "Polish degree",
        "name",
        rf"\b(?:{_DEGREE}\.? ){{1,4}}(?P<hit>{_NAME})",
        ("dr ", "dr.", "mgr", "prof.", "lek.", "inż.", "hab.", "med.", "stom."),
        script="latin",
    ),
    Rule(
        "Polish title in one letter",
        "name",
        rf"(?<![\w.])[Pp]\. ?(?P<hit>{_NAME})",
        ("p.",),
        holds=_polish_name,
        script="latin",
    ),
    Rule(
        "Polish title in capitals or small letters",
        "name",
        rf"\b(?i:pan(?:i|a|u|em|ią)?) (?P<hit>{_ANY_WORD})\b",
        ("pan",),
        holds=begins_with_first_name,
        script="latin",
    ),
    Rule(
        "Polish introduction",
        "name",
        r"\b(?i:nazywam się|nazywa się|(?:mam )?na imię(?: ma| miał| miała)?|o imieniu|imię:|"
        rf"przedstawiła? się jako|z tej strony) (?P<hit>{_NAME})",
        ("nazywa", "imię", "imieniu", "przedstawi", "z tej strony"),
        script="latin",
    ),
    Rule(
        "Polish role",
        "name",
        rf"\b{_POLISH_ROLE},? \(?(?P<hit>{_NAME})",
        tuple(_POLISH_ROLES.split()),
        holds=begins_with_first_name,
        script="latin",
    ),
    Rule(
        "Polish thanks",
        "name",
        r"\b(?i:dzi[ęe]kuj(?:ę|e|emy)|podzi[ęe]kow\w+|dzi[ęe]ki|wdzięczn\w+)"
        r"(?: (?i:bardzo|serdecznie|również|szczególnie|także|ci|wam)){0,2},?(?: (?i:dla))? "
        rf"(?:[Pp]an(?:i|a|u|em|ią)? )?(?P<hit>{listed(_THANKED, ' (?:i|oraz) ', ' za ')})",
        ("dziękuj", "dziekuj", "podzięk", "podziek", "dzięki", "dzieki", "wdzięczn"),
        holds=_polish_person,
        each=_THANKED,
        script="latin",
    ),
    Rule(
        "Polish name in capitals or small letters",
        "name",
        rf"\b(?i:(?:{'|'.join(_POLISH_ROLES.split())})[{_SMALL}]*|"
        r"dzi[ęe]kuj(?:ę|e|emy)|podzi[ęe]kowania dla|dzi[ęe]ki)(?: (?i:bardzo|serdecznie))?,? "
        rf"(?P<hit>{_ONE_CASE})",
        ("dziękuj", "dziekuj", "podzięk", "podziek", "dzięki", "dzieki", *_POLISH_ROLES.split()),
        holds=_polish_named,
        script="latin",
    ),
    Rule(
        "Polish signature",
        "name",
        rf"(?i:pozdrawiam|z poważaniem|pozdrowienia),?\s+(?P<hit>{_NAME})(?=[\s.,!]{{0,3}}\Z)",
        ("pozdrawiam", "poważaniem", "pozdrowienia"),
        holds=begins_with_first_name,
        script="latin",
    ),
)  # fmt: skip
