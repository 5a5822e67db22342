"""Words by which people name their columns, a table for each language.

A header is cut into words ("OverallRating" -> overall, rating). An entry matches if its words
stand in the header one after another; one that ends in * matches every longer word. Chinese
entries match anywhere in the header, as Chinese puts no spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

Names = dict[str, tuple[str, ...]]

TEXT: Names = {
    "en": ("text", "comment*", "review*", "feedback", "content", "body", "message", "verbatim*",
           "opinion*", "answer*", "response*", "free text", "remark*", "description", "complaint*",
           "tweet", "what customer said"),
    "ru": ("текст*", "отзыв*", "комментари*", "коммент*", "мнени*", "сообщени*", "ответ*",
           "жалоб*", "обращени*", "описани*", "пожелани*"),
    "pl": ("opini*", "komentarz*", "tekst", "treść", "tresc", "recenzj*", "wypowied*",
           "odpowied*", "uwagi", "wiadomość", "wiadomosc", "opis*"),
    "zh": ("评论", "内容", "评价", "点评", "反馈", "意见", "留言", "文本", "正文", "回答", "建议",
           "評論", "內容"),
}  # fmt: skip
# An answer is what a survey asked for; beside a review it is what the company wrote back.
REVIEW: Names = {
    "en": ("review*", "feedback", "opinion*", "complaint*"),
    "ru": ("отзыв*", "мнени*", "жалоб*", "обращени*"),
    "pl": ("opini*", "recenzj*", "reklamacj*"),
    "zh": ("评论", "点评", "评价", "評論"),
}
ANSWER: Names = {
    "en": ("answer*", "response*"),
    "ru": ("ответ*",),
    "pl": ("odpowied*",),
    "zh": ("回答", "答复"),
}
TITLE: Names = {
    "en": ("title", "subject", "headline", "heading", "summary", "topic", "tag", "tags", "theme"),
    "ru": ("заголов*", "тема", "темы", "название", "тег*", "метк*"),
    "pl": ("tytuł*", "tytul*", "temat*", "nagłówek", "tagi"),
    "zh": ("标题", "题目", "主题", "标签", "標題"),
}
PROS_AND_CONS: Names = {
    "en": ("pros", "cons", "advantages", "disadvantages", "likes", "dislikes", "liked",
           "disliked", "plus", "minus", "positive review", "negative review"),
    "ru": ("плюсы", "минусы", "достоинств*", "недостат*", "преимуществ*"),
    "pl": ("zalety", "wady", "plusy", "minusy"),
    "zh": ("优点", "缺点", "优势", "不足"),
}  # fmt: skip
NOT_TEXT: Names = {
    "en": ("author*", "user*", "name", "names", "nick*", "url", "link", "links", "email", "id",
           "owner*", "reply", "replies", "company response", "business response",
           "merchant response", "seller response", "hotel response", "management response",
           "developer response", "response from*", "language", "country", "city", "region",
           "place", "address", "version", "device", "product", "shop", "store", "branch",
           "brand", "category", "date", "time", "department", "status", "image*",
           "photo*", "gold", "policies*"),
    "ru": ("автор*", "имя", "пользовател*", "ник", "ссылк*", "почта", "ответ компании",
           "ответ банка", "ответ магазина", "ответ представителя", "официальный ответ",
           "ответ организации", "ответ владельца", "ответ продавца", "ответ поддержки",
           "ответ администра*", "ответ разработчик*", "ответ отеля", "ответ заведения", "город*",
           "регион*", "адрес*", "стран*", "товар*", "магазин*", "категори*", "дата", "бренд*",
           "статус*", "отдел*", "версия", "фио"),
    "pl": ("autor*", "imię", "nazwa", "nazwisko", "użytkownik*", "nick", "adres*", "miasto",
           "odpowiedź sklepu", "odpowiedź firmy", "odpowiedź sprzedawcy", "odpowiedź właściciela",
           "odpowiedź hotelu", "odpowiedź restauracji", "odpowiedź obsługi", "kraj", "produkt*",
           "sklep*", "kategori*", "data", "marka", "wersja", "dział*"),
    "zh": ("用户名", "昵称", "作者", "链接", "商家回复", "官方回复", "回复", "城市", "地址", "地区",
           "商品", "店铺", "店名", "类别", "日期", "时间", "品牌", "图片", "姓名"),
}  # fmt: skip
RATING: Names = {
    "en": ("rating*", "rate", "stars", "star", "score*", "nps", "csat", "ces", "grade", "mark",
           "marks", "points", "assessment", "satisfaction", "satisfied", "top 2 box", "top2box",
           "t2b", "note overall"),
    "ru": ("оценк*", "рейтинг*", "звезд*", "звёзд*", "балл*", "удовлетворен*",
           "удовлетворён*", "довольн*", "доволен"),
    "pl": ("ocen*", "gwiazd*", "punkt*", "zadowol*", "satysfakcj*"),
    "zh": ("评分", "星级", "打分", "总分", "得分", "评价", "评级", "满意度", "分数", "星数",
           "評分"),
}  # fmt: skip  # fmt: skip
TOTAL: Names = {
    "en": ("overall", "total", "general", "main", "final"),
    "ru": ("общ*", "итог*", "в целом"),
    "pl": ("ogóln*", "ogoln*", "łączn*", "całkowit*", "ogół*"),
    "zh": ("总", "整体", "综合", "总体"),
}
# Words that may stand beside a rating without making it a rating of one part.
PLAIN: Names = {
    "en": ("review*", "customer*", "user*", "client*", "star*", "value", "number", "the", "of",
           "your", "our", "a", "in", "how", "are", "you", "with", "us", "is", "feedback",
           "experience", "rating*", "score*", "given", "answer*", "comment*", "nps", "company"),
    "ru": ("отзыв*", "клиент*", "пользовател*", "покупател*", "автор*", "ваш*", "по", "в",
           "насколько", "вы", "нас", "нами", "оценк*", "балл*", "звезд*", "удовлетворен*"),
    "pl": ("opini*", "klient*", "użytkownik*", "twoja", "w", "skali", "gwiazd*", "ocen*",
           "punkt*", "recenzj*", "jak", "z", "nas"),
    "zh": ("用户", "顾客", "客户", "评论", "您", "的", "对", "星", "评分"),
}  # fmt: skip
RECOMMEND: Names = {
    "en": ("recommend*", "likely to recommend", "would recommend"),
    "ru": ("рекоменд*", "посоветуете", "порекоменд*"),
    "pl": ("polec*", "rekomend*"),
    "zh": ("推荐",),
}
LABEL: Names = {
    "en": ("label*", "sentiment", "polarity", "class", "target", "is positive", "tone"),
    "ru": ("тональность", "метка", "класс", "сентимент"),
    "pl": ("etykieta", "sentyment", "wydźwięk", "klasa"),
    "zh": ("情感", "极性", "情绪"),
}
NOT_RATING: Names = {
    "en": ("id", "ids", "year", "month", "day", "date", "time", "count*", "votes", "vote",
           "helpful*", "useful", "upvotes", "likes", "views", "trust*", "confidence", "age",
           "price", "number of", "quantity", "amount", "length", "index", "rank", "zip", "phone",
           "version", "reviews", "judgments", "gold", "golden", "average", "avg", "mean"),
    "ru": ("номер", "год", "месяц", "день", "дата", "время", "количеств*", "кол", "число",
           "голос*", "полезн*", "лайк*", "просмотр*", "довери*", "возраст*", "цена", "сумма",
           "индекс", "телефон*", "средн*", "код", "айди"),
    "pl": ("numer", "nr", "rok", "miesiąc", "dzień", "data", "czas", "liczb*", "głos*",
           "pomocn*", "przydatn*", "wiek", "cena", "kwota", "ilość", "wyświetl*", "zaufani*",
           "średni*", "kod", "telefon"),
    "zh": ("编号", "年份", "月份", "日期", "时间", "数量", "点赞", "有用", "浏览", "票数", "人数",
           "年龄", "价格", "金额", "次数", "人均", "信任", "平均", "序号", "电话"),
}  # fmt: skip
# The one count that is a rating.
STAR_COUNT: Names = {
    "en": ("number of stars", "star count", "stars count"),
    "ru": ("количество звезд", "количество звёзд", "число звезд", "число звёзд", "кол во звезд"),
    "pl": ("liczba gwiazdek", "ilość gwiazdek"),
    "zh": ("星数", "星级数"),
}
DATE: Names = {
    "en": ("date", "datetime", "timestamp", "published*", "posted*", "created*", "submitted*",
           "time", "when", "completed*", "date published", "review date", "reviewed at"),
    "ru": ("дата", "время", "когда", "отметка времени", "создан*", "опубликован*"),
    "pl": ("data", "czas", "kiedy", "sygnatura czasowa", "dodano", "utworzon*"),
    "zh": ("日期", "时间", "时间戳记", "发布", "時間"),
}  # fmt: skip
NOT_DATE: Names = {
    "en": ("visit*", "flown", "birth*", "updated", "update", "modified", "travel*", "stay*",
           "reply", "response", "order*", "purchase*", "delivered", "start", "id", "last"),
    "ru": ("визит*", "посещени*", "рождени*", "обновлен*", "изменен*", "заказ*", "покупк*",
           "ответа", "поездк*", "доставк*"),
    "pl": ("wizyt*", "urodz*", "aktualizac*", "modyfikac*", "zamówien*", "zakupu", "odpowied*",
           "podróż*", "pobytu", "dostaw*"),
    "zh": ("生日", "更新", "到店", "消费", "下单", "购买", "入住", "回复", "出生"),
}  # fmt: skip
CHANNEL: Names = {
    "en": ("channel", "source", "platform", "touchpoint", "survey channel", "medium"),
    "ru": ("канал", "источник", "платформа", "площадка"),
    "pl": ("kanał", "kanal", "źródło", "zrodlo", "platforma"),
    "zh": ("渠道", "来源", "平台", "來源"),
}
LANGUAGE: Names = {
    "en": ("language", "lang", "locale", "language code"),
    "ru": ("язык",),
    "pl": ("język", "jezyk"),
    "zh": ("语言", "语种"),
}
# How a device or a program is set: not what its user writes in.
NOT_LANGUAGE: Names = {
    "en": ("locale", "device", "app", "application", "interface", "ui", "system", "os", "browser",
           "phone", "site", "website", "keyboard"),
    "ru": ("устройств*", "приложени*", "интерфейс*", "систем*", "браузер*", "телефон*", "сайт*"),
    "pl": ("urządzeni*", "aplikac*", "interfejs*", "system*", "przeglądark*", "telefon*", "strony"),
    "zh": ("设备", "应用", "界面", "系统", "浏览器", "手机", "网站", "区域"),
}  # fmt: skip
QUESTION: Names = {
    "en": ("question", "question text", "survey question", "prompt"),
    "ru": ("вопрос", "текст вопроса"),
    "pl": ("pytanie", "treść pytania"),
    "zh": ("问题", "题目", "题干"),
}
IDENTIFIER: Names = {
    "en": ("id", "review id", "feedback id", "response id", "respondent id", "respondent",
           "comment id", "uuid", "guid", "unit id", "survey id", "answer id", "record id",
           "case id", "ticket id", "ticket"),
    "ru": ("номер", "id отзыва", "номер отзыва", "код отзыва", "ид", "респондент"),
    "pl": ("nr", "numer", "id opinii", "numer opinii", "identyfikator", "respondent"),
    "zh": ("编号", "序号", "评论编号", "答卷编号"),
}  # fmt: skip
QUESTION_STARTS: Names = {
    "en": ("what", "why", "how", "which", "where", "when", "who", "please", "tell", "describe",
           "is there", "do you", "did", "would", "if", "any"),
    "ru": ("что", "почему", "как", "какой", "какая", "какие", "чем", "чего", "за что", "где",
           "расскажите", "опишите", "напишите", "укажите", "поделитесь"),
    "pl": ("co", "dlaczego", "jak", "jaki", "jakie", "czego", "czy", "gdzie", "proszę", "opisz",
           "napisz", "za co"),
    "zh": ("您", "请", "为什么", "你", "什么", "哪", "如何", "怎么"),
}  # fmt: skip

LANGUAGE_NAMES: dict[str, tuple[str, ...]] = {
    "ru": ("ru", "rus", "russian", "русский", "rosyjski", "俄语", "俄文", "ru_ru", "рус"),
    "zh": ("zh", "zho", "chi", "cn", "chinese", "китайский", "chiński", "中文", "汉语", "简体中文",
           "繁体中文", "mandarin", "zh_cn", "zh_tw", "zh_hans", "zh_hant", "zh_hk",
           "simplified chinese"),
    "pl": ("pl", "pol", "polish", "польский", "polski", "波兰语", "pl_pl"),
    "en": ("en", "eng", "english", "английский", "angielski", "英语", "英文", "en_us", "en_gb"),
    "other": ("other", "de", "deu", "ger", "german", "немецкий", "niemiecki", "德语", "fr", "fra",
              "french", "французский", "francuski", "法语", "es", "spa", "spanish", "испанский",
              "hiszpański", "it", "ita", "italian", "uk", "ukr", "ukrainian", "украинский",
              "ukraiński", "cs", "cze", "czech", "ja", "jpn", "japanese", "ko", "kor", "korean",
              "pt", "por", "portuguese", "tr", "turkish", "ar", "arabic", "kk", "kazakh",
              "be", "lt", "lv", "et", "ro", "hu", "nl", "sv", "fi", "he", "hi", "vi", "th"),
}  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"(?:q|question|вопрос|pytanie|问题|题)\s*№?\s*\d", re.I)
_CHINESE = re.compile("[\u3400-\u9fff]")


@cache
def header_words(header: str) -> tuple[str, ...]:
    """Return the words of a header in lower case.

    >>> header_words("OverallRating"), header_words("POST_DATE")
    (('overall', 'rating'), ('post', 'date'))
    """
    return tuple(word.lower() for word in _WORD.findall(_CAMEL.sub(" ", header)))


def matches(header: str, names: Names) -> bool:
    """Return whether an entry of `names` stands in the header.

    >>> matches("Дата отзыва", TEXT), matches("用户评论", TEXT), matches("city", TEXT)
    (True, True, False)
    """
    return any(_found(header, entry) for entries in names.values() for entry in entries)


def is_name(header: str, names: Names) -> bool:
    """Return whether the whole header is one of `names`.

    >>> is_name("Stars", RATING), is_name("comfort_rating", RATING)
    (True, False)
    """
    words = " ".join(header_words(header))
    return any(
        words.startswith(entry[:-1]) and " " not in words if entry.endswith("*") else words == entry
        for entries in names.values()
        for entry in entries
    )


def words_beside(header: str, *tables: Names) -> int:
    """Return how many words of a header are in none of the tables.

    >>> words_beside("comfort_rating", RATING), words_beside("overall rating", RATING, TOTAL)
    (1, 0)
    """
    entries = [entry for table in tables for names in table.values() for entry in names]
    if _CHINESE.search(header):
        for entry in sorted(entries, key=len, reverse=True):
            header = header.replace(entry, " ")
    return sum(
        not any(_same(word, part) for part in _single(entries)) for word in header_words(header)
    )


def is_question(header: str) -> bool:
    """Return whether a header reads like a question of a survey: by mark, first word or length.

    >>> is_question("What could be better?"), is_question("Что понравилось"), is_question("Text")
    (True, True, False)
    """
    if header.rstrip(" *:").endswith(("?", "？")) or _NUMBERED.match(header):
        return True
    words = header_words(header)
    if _CHINESE.search(header):
        return len(header) >= 8 or header.startswith(tuple(QUESTION_STARTS["zh"]))
    starts = [e for language in ("en", "ru", "pl") for e in QUESTION_STARTS[language]]
    opened = any(words[: len(start.split())] == tuple(start.split()) for start in starts)
    return len(words) >= 5 or (len(words) >= 2 and opened)


def _single(entries: Iterable[str]) -> list[str]:
    return [word for entry in entries for word in entry.split()]


def _found(header: str, entry: str) -> bool:
    if _CHINESE.search(entry):
        return entry in header
    words, wanted = header_words(header), entry.split()
    return any(
        all(map(_same, words[k : k + len(wanted)], wanted))
        for k in range(len(words) - len(wanted) + 1)
    )


def _same(word: str, entry: str) -> bool:
    return word.startswith(entry[:-1]) if entry.endswith("*") else word == entry
