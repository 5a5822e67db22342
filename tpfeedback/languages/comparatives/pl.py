"""Polish comparisons: "taniej niż w Biedronce", "u konkurencji szybciej"."""

from __future__ import annotations

import re

from tpfeedback.languages.comparatives import ComparativeWords, any_of, denials, forms, name_forms

NAMES = name_forms(
    """
    biedronka biedronce biedronki biedronką biedronkę
    allegro
    lidl lidlu lidla
    empik empiku empiku empiku
    amazon amazonie amazonu
    ceneo
    media_expert media_expercie media_experta
    rtv_euro_agd euro_rtv_agd
    x-kom x-komie
    morele
    zalando
    rossmann rossmannie rossmanna
    żabka żabce żabki
    auchan
    carrefour carrefourze
    ikea ikei
    inpost inpostu inpostem
    dpd
    dhl
    mbank mbanku
    ing
    aliexpress
    """
)
BETTER = (
    r"(?<!\bnie\s)(?:lepiej|lepsz\w+|szybciej|szybsz\w+|taniej|ta[ńn]sz\w+|wygodniej\w*|milsz\w+"
    r"|smaczniejsz\w+"
    r"|korzystniej\w*|sprawniej\w*|[łl]adniejsz\w+|solidniejsz\w+|wi[ęe]ksz\w+\swyb[óo]r"
    r"|ni[żz]sz\w+\s(?:cen\w+|koszt\w*)|cen\w+\s(?:(?!nie\s)\w+\s){0,2}ni[żz]sz\w+"
    r"|atrakcyjniejsz\w+)"
)
WORSE = (
    r"(?<!\bnie\s)(?:gorzej|gorsz\w+|wolniej\w*|dro[żz]ej|dro[żz]sz\w+|d[łl]u[żz]ej|s[łl]absz\w+"
    r"|s[łl]abiej"
    r"|wy[żz]sz\w+\s(?:cen\w+|koszt\w*)|cen\w+\s(?:(?!nie\s)\w+\s){0,2}wy[żz]sz\w+|mniejsz\w+"
    r"\swyb[óo]r)"
)
_PLACES = (
    r"sklep\w*|bank\w*|firm\w*|hotel\w*|restauracj\w+|aptek\w+|sieci\w*|miejsc\w*|stron\w*"
    r"|portal\w*|serwis\w*"
    r"|marek|mark\w+|producent\w*|modeli?\w*|telefon\w*|sprzedaw\w+|kurier\w*|operator\w*"
    r"|market\w*|ksi[ęe]garni\w*"
    r"|lokal\w*|przychodni\w*|s[łl]uchawk\w*|produkt\w*|urz[ąa]dze\w+|aparat\w*"
)
OTHERS = (
    rf"(?:wielu\s|wszystkich\s|wi[ęe]kszo[śs]ci\s)?(?:inn(?:ych|ym|ymi|e|ej|y|a|ego)"
    rf"|pozosta[łl]\w+|podobn\w+|konkurencyjn\w+|stacjonarn\w+)\s(?:\w+\s)?(?:{_PLACES})"
    r"|konkurenc\w+|konkurent\w+|innych(?!\s(?:kraj\w+|nawet\s\w+)|\s\w*(?:klient|os[óo]b|ludzi"
    r"|opini))|(?:sklep\w+|salon\w+|ksi[ęe]garni\w*)\sstacjonarn\w+|gdzie\s?indziej|gdziekolwiek"
    r"(?:\sindziej)?|wsz[ęe]dzie\s?indziej"
    r"|pozosta[łl]ych|w\sinnym\smiejscu"
)
NAME = (
    rf"{any_of(NAMES)}|(?-i:[A-ZŁŚŻĆ][\w&'’-]*[a-ząćęłńóśźż][\w&'’-]*"
    rf"(?:[\s.][A-ZŁŚŻĆ][\w&'’-]+){{0,2}}|[A-Z]{{3,5}}(?!\w))"
)
_IN = r"(?:(?:w|we|na|u|z|ze|od|do)\s)?"
_THAN = r"(?:ni[żz]|ani[żz]eli)"
_NO = (
    r"(?<!\w)(?:nie(?!\s(?:tylko|do[śs][ćc]|polec\w+|m[óo]wi[ąa]c|wspomin\w+|warto|radz\w+|wiem"
    r"|rozumiem|licz[ąa]c))|nigdy|nigdzie|nikt|nikogo|nikomu|nic|niczego|[żz]ad(?:en|n\w+)|ani"
    r"|ma[łl]o\s(?:kto|kt[óo]r\w+|gdzie))(?!\w)"
)
_SAID = (
    r"(?<!\w)nie\s(?:\w+\s){0,2}?(?:powie\w*|m[óo]wi\w*|s[ąa]dz\w*|my[śs]l\w*|uwa[żz]am|wydaje"
    r"|twierdz\w*|zauwa[żz]y\w*|widz\w*|wierz\w*|pew\w+|prawda|tak)(?:\s\w+){0,2}?,?"
    r"\s(?:[żz]e|[żz]eby|aby|by|i[żz]|jakoby|czy)(?!\w)"
    r"|(?<!\w)(?:nie\s(?:ma|znam|widzia\w+)|[żz]ad(?:en|n\w+)|nikt)(?:\s\w+){0,3}?,?"
    r"\s(?:kt[óo]r\w+|gdzie|kto)(?!\w)"
)
_PAUSE = (
    r"[.!?;:,()\n–—]|\s-\s|(?<!\w)(?:a|ale|lecz|cho[ćc]|chocia[żz]|gdy|kiedy|bo|wi[ęe]c|[żz]e"
    r"|[żz]eby|czemu|dlaczego|kt[óo]r\w+|jednak|natomiast|za[śs]|ni[żz])(?!\w)"
    r"|(?<!ej\s)(?<!sz[yaei]\s)(?<!\w)(?:i|oraz)(?!\w)"
)

COMPARATIVES = ComparativeWords(
    hint=re.compile(r"ni[żz]|konkuren|inn|indziej|\bod\b|jak|\w{3}iej\b|[żz]ej\b|[żz]sz|lepiej"
                    r"|pozosta|por[óo]wn|przeciwie|odr[óo][żz]|to,? co", re.IGNORECASE),
    forms=forms(
        (
            ("equal", r"(?<!\w)(?<!nikt\s)(?<!nigdzie\s)(?P<apart>nie)\s(?:jest\s|s[ąa]\s)?"
                      r"(?:gorsz\w+|gorzej|lepsz\w+|lepiej"
                      r"|dro[żz]sz\w+|dro[żz]ej|ta[ńn]sz\w+|taniej|wolniej)(?:\s\w+){0,2}?,?\s(?:"
                      r"<than>|od)\s<in>(?P<rival><others>|(?P<name><who>))"),
            ("loss", r"(?<!\w)(?P<apart>nie)\s(?:jest\s|s[ąa]\s)?(?:tak|a[żz]\stak|taki\w*)\s\w+,?"
                     r"\sjak\s<in>"
                     r"(?P<rival><others>|(?P<name><who>))"),
            ("equal", r"(?<!\w)(?:(?:tak|tyle)\ssamo|taki\w*\ssam\w*|takie\ssame|tak\sjak"
                      r"|por[óo]wnywaln\w+)(?:\s\w+){0,2}?,?\s(?:jak|z|do|co)\s<in>(?P<rival>"
                      r"<others>|(?P<name><who>))"),
            ("win", r"(?<!\w)<better>(?:\s\w+){0,3}?,?\s<than>\s(?:np\.?\s)?<in>(?P<rival><others>"
                    r"|(?P<name><who>))"),
            ("loss", r"(?<!\w)<worse>(?:\s\w+){0,3}?,?\s<than>\s(?:np\.?\s)?<in>(?P<rival><others>"
                     r"|(?P<name><who>))"),
            ("win", r"(?<!\w)<better>(?:\s\w+)?\sod\s(?P<rival><others>|(?P<name><who>))"),
            ("loss", r"(?<!\w)<worse>(?:\s\w+)?\sod\s(?P<rival><others>|(?P<name><who>))"),
            ("loss", r"(?<!\w)lepiej\s(?P<apart>(?:<fill>\s){0,2}?(?!nie\s)\w+[ćc]\s(?:<fill>\s)?)"
                     r"(?:w|we|na|u|do|z)\s(?P<rival><others>|(?P<name><known>))"),
            ("loss", r"(?<!\w)lepiej\s(?:<fill>\s){0,3}?(?:w|we|na|u|do|z)\s(?P<rival><others>|"
                     r"(?P<name><known>))"),
            ("loss", r"(?<!\w)lepiej\s(?P<apart>(?:<fill>\s)?(?!nie\s)\w+[ćc]\s)"
                     r"(?P<rival>gdzie\s?indziej)"),
            ("loss", r"(?<!\w)lepiej\s(?:<fill>\s){0,2}?(?P<rival>gdzie\s?indziej)"),
            ("loss", r"(?<!\w)<better>\s(?P<rival>gdzie\s?indziej|(?:w|na|u)\s(?:konkurencj\w+|inn"
                     r"(?:ych|ym)\s(?:<places>)|(?P<name><known>)))"),
            ("win", r"(?<!\w)<worse>\s(?P<rival>gdzie\s?indziej|(?:w|na|u)\s(?:konkurencj\w+|inn"
                    r"(?:ych|ym)\s(?:<places>)|(?P<name><known>)))"),
            ("loss", r"(?<!\w)(?<!ni[żz]\s)(?:w|we|u|na(?!\sinny\s))\s(?P<rival><others>|(?P<name>"
                     r"<known>))(?:\s(?!nawet|niby)\w+){0,3}?\s(?P<said><better>)(?!\sni[żz])"
                     r"(?!\w)"),
            ("win", r"(?<!\w)(?<!ni[żz]\s)(?:w|we|u|na(?!\sinny\s))\s(?P<rival><others>|(?P<name>"
                    r"<known>))(?:\s(?!nawet|niby)\w+){0,3}?\s(?P<said><worse>)(?!\sni[żz])(?!\w)"),
            ("loss", r"(?<!\w)(?P<rival>konkurencja|konkurenci|inne\s(?:<places>)|gdzie\s?indziej)"
                     r"(?:\s\w+){0,2}?\s(?P<said><better>)(?!\sni[żz])(?!\w)"),
            ("win", r"(?<!\w)(?P<rival>konkurencja|konkurenci|inne\s(?:<places>)|gdzie\s?indziej)"
                    r"(?:\s\w+){0,2}?\s(?P<said><worse>)(?!\sni[żz])(?!\w)"),
            ("win", r"(?<!\w)w\spor[óo]wnaniu\s(?:ze?|do)\s(?P<rival><others>|(?P<name><who>)),?"
                    r"(?:\s(?!nie\s)\w+){0,4}?\s(?P<said><better>)(?!\sni[żz])(?!\w)"),
            ("loss", r"(?<!\w)w\spor[óo]wnaniu\s(?:ze?|do)\s(?P<rival><others>|(?P<name><who>)),?"
                     r"(?:\s(?!nie\s)\w+){0,4}?\s(?P<said><worse>)(?!\sni[żz])(?!\w)"),
            ("open", r"(?<!\w)(?:w\s(?:przeciwie[ńn]stwie\sdo|odr[óo][żz]nieniu\sod)|nie\sto,?\sco"
                     r"\s(?:w|u))\s(?P<rival><others>|(?P<name><who>))"),
        ),
        **{"in": _IN}, than=_THAN, who=NAME, known=any_of(NAMES), places=_PLACES, others=OTHERS,
        better=BETTER, worse=WORSE, fill=r"(?!nie\s)\w+",
    ),
    no_rival=re.compile(
        r"(?:ja|my|wy|pan\w*|pa[ńn]stw\w+|wcze[śs]niej|kiedy[śs]|zwykle|w\ssklepie|zawsze|polsc\w+"
        r"|polska|warszaw\w+"
        r"|europ\w+|chin\w+|zachod\w+|wschod\w+|hiszpani\w+|w[łl]o(?:ch|sz)\w+|grecj\w+|egip\w+"
        r"|turcj\w+|inn\w+\skraj\w*|upper|niemcz\w+|stycz\w+|lut\w+|mar(?:ca|zec)|kwiet\w+|maj\w*"
        r"|czerw\w+|lip(?:ca|iec)|sierp\w+"
        r"|wrze\w+|pa[źz]dz\w+|listop\w+|grud\w+|to|ten|ta|te|nic|bo|jak|za|razu|tego|dzi[śs]"
        r"|god\w+|poniedzia\w+"
        r"|wtork\w+|[śs]rod\w+|czwart\w+|pi[ąa]t\w+|inne\s(?:opini|osob)\w+)(?!\w)",
        re.IGNORECASE,
    ),
    past=re.compile(r"\b(?:kiedy[śs]|wcze[śs]niej|dawniej)\b", re.IGNORECASE),
    names=NAMES,
    denied=denials(_NO, _SAID, _PAUSE),
    denied_after=re.compile(
        r"(?:\s\w+){0,2}?,?\s(?:nigdzie\s|nigdy\s|jeszcze\s)*nie\s(?:znajd\w+|znalaz\w+|kupi\w*"
        r"|jad\w+|widzia\w+|spotka\w+|dostan\w+|by[łl]\w+|b[ęe]dzie|ma)(?!\w)",
        re.IGNORECASE,
    ),
    endings=("a", "ą", "e", "ę", "i", "o", "u", "y", "ie", "em", "om", "ów", "ze", "ach", "owi"),
)  # fmt: skip
