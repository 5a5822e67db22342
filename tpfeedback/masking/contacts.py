"""Rules for addresses that reach a person: e-mail and messengers."""

from __future__ import annotations

from tpfeedback.masking.rule import Rule

_LETTER = "A-Za-zÀ-žА-яЁё"
_LOCAL = rf"[{_LETTER}\d][{_LETTER}\d._%+\-]{{0,63}}"
_DOMAIN = rf"[{_LETTER}\d\-]{{1,63}}(?:\.[{_LETTER}\d\-]{{1,63}}){{1,4}}"
_AT = r"(?:\s?[\[({<]\s?(?:at|@|собака|małpa|малпа)\s?[\])}>]\s?|\s(?:собака|małpa)\s)"
_DOT = r"(?:\.|\s?[\[({<]\s?(?:dot|точка|kropka|\.)\s?[\])}>]\s?|\s(?:точка|kropka)\s)"
_MESSENGER = (
    r"(?i:telegram|телеграмм?|телега|тг|tg|skype|скайп|viber|вайбер|instagram|инстаграм|"
    r"wechat|weixin|微信号?|qq号?|вк|vk)"
)

CONTACTS = (
    Rule("e-mail", "e-mail", rf"{_LOCAL}[@＠]{_DOMAIN}", ("@", "＠")),
    Rule(
        "e-mail spelled out",
        "e-mail",
        rf"{_LOCAL}{_AT}[{_LETTER}\d\-]{{2,63}}(?:{_DOT}[{_LETTER}]{{2,10}}){{1,3}}",
        ("(at)", "[at]", "{at}", "<at>", "( at )", "[ at ]", "(@)", "[@]", "собака", "małpa"),
    ),
    Rule(
        "page of a person",
        "contact",
        r"(?i:(?:https?://)?(?:t\.me|wa\.me|m\.me|vk\.com)/[\w.+\-]{3,64})",
        (".me/", "vk.com/"),
    ),
    Rule(
        "name in a messenger",
        "contact",
        rf"{_MESSENGER}\s?(?:[:：@]|是|号|id\b|nick\b|ник\b|[-–—])\s?"
        r"(?P<hit>@?[A-Za-z0-9][\w.\-]{4,31})",
        ("telegram", "телег", "тг", "tg", "skype", "скайп", "viber", "вайбер", "instagram",
         "инстаграм", "wechat", "weixin", "微信", "qq", "вк", "vk"),
    ),
    Rule(
        "handle",
        "contact",
        r"(?<![\w@.])@(?=[A-Za-z_]{0,30}[0-9_])[A-Za-z0-9_]{4,31}(?![\w@])",
        ("@",),
    ),
)  # fmt: skip
