"""Rules for personal names in Russian: after what announces them, with patronymic or initials."""

from __future__ import annotations

from tpfeedback.masking.first_names import begins_with_first_name, first_names
from tpfeedback.masking.rule import Rule, compiled, listed, stems

# Capitals that begin a sentence after a title or a role, and titles that follow a title.
_NO_NAME = (
    "Я|Мы|Вы|Он|Она|Они|Это|Этот|Все|Всё|Всем|Как|Так|Но|Не|На|За|По|При|Что|Когда|Очень|Спасибо|"
    "Здравствуйте|Добрый|Банк\\w*|Отделени\\w+|Офис\\w*|Прошу|Была|Был|Было|Хочу|Мне|Меня|Сегодня|"
    "Уважаем\\w+|Директор\\w*|Президент\\w*|Министр\\w*|Менеджер\\w*|Ваш\\w*|Наш\\w*|Быстро|Вежлив\\w+"
)
_WORD = rf"(?!(?:{_NO_NAME})\b)[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INITIAL = r"[А-ЯЁ]\."
_NAME = (
    rf"(?:(?:{_INITIAL} ?){{1,2}}{_WORD}"
    rf"|{_WORD}(?: {_INITIAL}(?: ?{_INITIAL})?|(?: {_WORD}){{1,2}})?)"
)
_ANY_WORD = r"[^\W\d_]{2,}"  # in whatever case: "меня зовут анна"
_ONE_CASE = r"(?:[а-яё]{2,}|[А-ЯЁ]{2,})(?![\w\-])"
# Forms of first names that are other words too, cities among them.
_NO_PERSON = (
    "Люд(?:[ие]|ей)|Люб(?:ой|и)|Любов\\w+|Жене|Семена|Семенем|Кост(?:и|ей)|Лили[ию]|Аллей|Лени|Леней|Колей|"
    "Тоней|Свети|Лиан\\w{1,2}|Соф(?:[аыеу]|ой)|Аркади[июя]|Свет[аеуы]?|Светом|Надежд\\w*|Вер[аыеуо]й?|Любовь|Любви|Слав[аыеуо]й?|Роман\\w*|Марк\\w*|Ян|"
    "Владимир\\w{0,2}|Арт[её]м\\w{0,2}|Ева|Кол[яиею]|Вал[яиеюом]й?|Лен[аыеу]|Гал[яиею]|Пол[яиею]|"
    "Пет[яиею]|Дан[ауеомы]{0,2}|Данил\\w*|Жень?|Макар\\w*|Соня|Сони|Март[аеуы]|Ин[гн]а|Рай|"
    "Том\\w{0,2}|Август\\w*|Жанн?\\w?|Ир[уе]|Лик\\w|Тон[аыеу]?|Тоня|Эмма|Кир[аыеу]|Ян[аеуы]"
)
_SURNAME = (
    r"[А-ЯЁ][а-яё]+(?:ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|овой|евой|ёвой|иной|ову|еву|ёву|ину|овым|"
    r"евым|иным|ский|ская|ской|ского|скому|ским|скую|цкий|цкая|цкой|цкого|ко|юк|чук|ян|дзе|швили|"
    r"оглы|кызы)\b"
)
# Employers and places with the ending of a surname.
_NO_SURNAME = (
    r"(?i:тинькофф\w*|яндекс\w*|сбер\w*|росси\w+|москов\w+|питерск\w+|российск\w+|русск\w+|"
    r"магазин\w*|казанск\w+|[а-яё]+банк\w*|берлин\w*|клин\w*|пекин\w*|минско\w+|ленинск\w+|"
    r"советск\w+|невск\w+|моск\w+|ростов\w*|псков\w*|саратов\w*|тамбов\w*|киев\w*|азов\w*|"
    r"кировск\w+|королёв\w*|домодедово|иваново|внуково|шереметьево)"
)
_ROLES = """
менеджер сотрудник сотрудниц оператор консультант специалист кассир продавец продавц курьер
водител администратор официант врач доктор мастер директор управляющ бариста таксист инженер
эксперт юрист стоматолог медсестр консьерж представител агент девушк парен парн служащ работник
работниц куратор тренер преподавател учител горничн портье гид стюард хостес техник монтажник
логист оценщик риэлтор нотариус стилист парикмахер повар охранник руководител начальник начальниц
заведующ волонтер волонтёр
"""


def _person(text: str) -> bool:
    """Tell a person after a role ("менеджер Анна", "врач Петрова") from the role's employer."""
    words = text.replace(".", ". ").split()
    if compiled(_NO_SURNAME).fullmatch(words[0]):
        return False
    return any(
        word.endswith(".") or word.lower() in first_names() or compiled(_SURNAME).fullmatch(word)
        for word in words
    )


# What is capitalised after thanks, has the form of a first name and thanks no person.
_NOT_THANKED = (
    r"Люди|Марке|Слав[аеуы] (?:Бог|Господ|Аллах|Всевыш)\w*|Марк\w? (?:энд|и Спенсер|Форм[эе]л)\w*"
)
_THANKED = (
    rf"(?:(?!{_NO_SURNAME}\b){_SURNAME} )?(?!(?:{_NOT_THANKED})\b){_WORD}\b"
    rf"(?: (?!{_NO_SURNAME}\b){_SURNAME})?"
)


def _thanked(text: str) -> bool:
    return any(word.lower() in first_names() for word in text.replace("-", " ").split())


def _named(text: str) -> bool:
    """Tell whether words, in whatever case, begin with a first name that is no other word."""
    first = text.split(maxsplit=1)[0]
    return begins_with_first_name(first) and not compiled(_NO_PERSON).fullmatch(first.capitalize())


RUSSIAN_NAMES = (
    Rule(
        "Russian title",
        "name",
        r"\b(?i:г-(?:н\w{0,2}|ж\w{1,2})|гр\.|господин\w{0,2}|госпож\w{1,2}|гражданин\w{0,2}|"
        r"гражданк\w{1,2}|тов\.|товарищ\w{0,2}|д-р\w{0,2}|проф\.) "
        rf"(?P<hit>{_NAME})",
        ("г-", "гр.", "господин", "госпож", "граждан", "тов", "д-р", "проф."),
        script="cyrillic",
    ),
    Rule(
        "Russian introduction",
        "name",
        r"\b(?i:зовут|звали|звать|по имени|(?:мо[её]|е[её]|его) имя|назвал(?:ся|ась)|"
        r"представил(?:ся|ась)(?: как| именем)?)[:\-–—]? (?:е[её] |его |меня )?"
        rf"(?P<hit>{_NAME})",
        ("зовут", "звал", "звать", "имя", "имени", "представил"),
        script="cyrillic",
    ),
    Rule(
        "Russian introduction in small letters",
        "name",
        rf"\b(?i:(?:меня|е[её]|его) зовут|по имени) (?P<hit>{_ANY_WORD})",
        ("зовут", "по имени"),
        holds=begins_with_first_name,
        script="cyrillic",
    ),
    Rule(
        "Russian patronymic",
        "name",
        rf"(?:{_SURNAME} )?[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+"
        r"(?:(?:[ое]в|ьи)ич(?:а|у|ем|е)?|[ое]вн(?:а|ы|е|у|ой)|инична|иничн[ыеу]|ьич(?:а|у|ом|е)?)\b"
        rf"(?: {_SURNAME})?",
        ("ович", "евич", "овн", "евн", "иничн", "ьич"),
        script="cyrillic",
    ),
    Rule(
        "Russian patronymic in capitals or small letters",
        "name",
        r"\b(?i:[а-яё]{3,} [а-яё]+"
        r"(?:(?:[ое]в|ьи)ич(?:а|у|ем|е)?|[ое]вн(?:а|ы|е|у|ой)|инична|иничн[ыеу]|ьич(?:а|у|ом|е)?))\b",
        ("ович", "евич", "овн", "евн", "иничн", "ьич"),
        holds=begins_with_first_name,
        script="cyrillic",
    ),
    Rule(
        "Russian initials",
        "name",
        rf"\b[А-ЯЁ][а-яё]+ {_INITIAL} ?{_INITIAL}|\b{_INITIAL} ?{_INITIAL} ?[А-ЯЁ][а-яё]+",
        (".",),
        script="cyrillic",
    ),
    Rule(
        "Russian role",
        "name",
        rf"\b{stems(_ROLES)}[а-яё]*(?:[,:]| ?[-–—])? \(?(?P<hit>{_NAME})",
        tuple(_ROLES.split()),
        holds=_person,
        script="cyrillic",
    ),
    Rule(
        "Russian role in capitals or small letters",
        "name",
        rf"\b(?i:{'|'.join(_ROLES.split())})[А-Яа-яЁё]*(?:[,:]| ?[-–—])? \(?(?P<hit>{_ONE_CASE})",
        tuple(_ROLES.split()),
        holds=_named,
        script="cyrillic",
    ),
    Rule(
        "Russian thanks in capitals or small letters",
        "name",
        r"\b(?i:спасибо|спс|(?:по|от)?благодар\w+)"
        r"(?:,? (?i:вам|тебе|большое|огромное|отдельное|особенно|лично|также)){0,2},? "
        rf"(?P<hit>{_ONE_CASE}(?: (?i:и) {_ONE_CASE})?)",
        ("спасибо", "спс", "благодар"),
        holds=_named,
        each=_ONE_CASE,
        script="cyrillic",
    ),
    Rule(
        "Russian thanks",
        "name",
        r"\b(?i:спасибо|спс|(?:по|от)?благодар\w+|признател\w+|респект)"
        r"(?:,? (?i:вам|тебе|большое|огромное|отдельное|особенно|лично|также|ещ[её] раз)){0,2},? "
        rf"(?:{stems(_ROLES)}[а-яё]* )?(?P<hit>{listed(_THANKED, ' и ', ' за ')})",
        ("спасибо", "спс", "благодар", "признател", "респект"),
        holds=_thanked,
        each=_THANKED,
        script="cyrillic",
    ),
    Rule(
        "Russian first name",
        "name",
        rf"(?<!г\. )(?<!ул\. )(?<!\w-)\b(?!(?:{_NO_PERSON})\b)[А-ЯЁ][а-яё]{{2,}}\b(?!-)"
        rf"(?: {_SURNAME})?",
        holds=begins_with_first_name,
        script="cyrillic",
    ),
    Rule(
        "Russian signature",
        "name",
        rf"(?i:с уважением),?\s+(?P<hit>{_NAME})",
        ("с уважением",),
        script="cyrillic",
    ),
)  # fmt: skip
