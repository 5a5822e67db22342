"""English durations: "an hour and a half", "3-4 days", "over two weeks"."""

from __future__ import annotations

import re

from tpfeedback.languages.durations import (
    DAY,
    FRACTIONS,
    HOUR,
    MINUTE,
    MONTH,
    PAIR,
    SECOND,
    SOME,
    WEEK,
    YEAR,
    DurationWords,
    meanings,
    near,
    sentence_end,
    somewhere,
    spaced_tokens,
    then,
)

WORDS = {
    **meanings(
        "number",
        {
            1: "one another", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven",
            8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen",
            14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen",
            19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty fourty", 50: "fifty",
            60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", PAIR: "couple",
            SOME: "few several", (24, 24, 99): "dozens",
        },
    ),
    **meanings("article", {1: "a an"}),
    **meanings("half", {0.5: "half", 0.25: "quarter quarters"}),
    **meanings("half", FRACTIONS, spelled=False),
    **meanings(
        "unit",
        {
            SECOND: "seconds sec secs", MINUTE: "minutes mins minuets minites minuites mintues",
            HOUR: "hours hrs", DAY: "days", WEEK: "weeks wks", MONTH: "months mths",
            YEAR: "years yrs",
        },
    ),
    **meanings(
        "unit",
        {
            MINUTE: "minute min minuet", HOUR: "hour hr h", DAY: "day", WEEK: "week wk",
            MONTH: "month mth", YEAR: "year yr",
        },
        alone=True,
    ),
    **meanings("part", {MINUTE: "m"}),
    **meanings("to", {0: "- – — ~ / to or"}),
    **meanings("link", {0: "and & ,"}),
    **meanings("between", {0: "between"}),
    **meanings("more", {0: "+ plus"}),
    **meanings(
        "filler",
        {0: "of working business full whole solid good long entire extra more additional calendar "
            "straight consecutive odd"},
    ),
}  # fmt: skip

DURATIONS = DurationWords(
    hint=re.compile(r"sec|min|hour|hr|[\d½¼¾]h|\sh\b|day|week|wk|month|mth|year|yr", re.IGNORECASE),
    tokens=spaced_tokens(WORDS, r"hour\b|hr\b|of\s+an?\b"),
    sentence_end=sentence_end(),
    alone_after=near(r"half"),
    range_before=near(r"from|between"),
    over_before=near(
        r"(?:well\s|just\s|a\slittle\s|slightly\s|any\s)?(?:over|more\sthan|longer\sthan|at\sleast"
        r"|at\sthe\sleast|upwards\sof|(?:no|not|never)\sless\sthan|a\sminimum\sof|minimum|min|exceed(?:s|ed|ing)?|above|>)"
    ),
    under_before=near(
        r"(?:just\s|well\s)?(?:under|sub|less\sthan|fewer\sthan|within|up\sto|no\smore\sthan"
        r"|not\smore\sthan|no\slonger\sthan|at\smost|a\smaximum\sof|maximum|max|inside|<)"
    ),
    about_before=near(
        r"about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|close\sto|like|~"
    ),
    denied_before=near(
        r"(?:never|not|(?:did|do|does|have|has|had|was|were|is|are|wo|would|need)n['’]?t|no\s?one"
        r"|nobody|none\sof\sus|without|rarely|seldom|hardly)"
        r"(?:\s(?:ever|once|really|usually|normally|actually|even|have|had|to|need(?:ed)?|be|been"
        r"|ma[dk]e|making|ke(?:ep|pt)|think|expect|i|we|you|it|us|me|any|much)){0,5}"
        r"(?:\s(?:(?:wait\w*(?!\son\b)|stood|stand\w*|queu\w+|delayed|late|on\shold"
        r"|in\s(?:(?:a|the)\s)?(?:line|queue))"
        r"(?:\s(?!(?:and|but|so|this|long|because|that|wh\w+|as|since|then|after|it|took|i|we|they)\b)\w+){0,7}"
        r"|(?:tak\w+|took|last\w*)(?:\s(?:me|us|you|them|him|her|any|much)){0,2}))?"
    ),
    over_after=then(r"or\s(?:more|longer)|plus|\+(?!\s*\d)|and\scounting|at\sleast|minimum"),
    about_after=then(r"or\sso|ish|-ish|roughly|approximately|approx"),
    denied_after=then(r"(?:\w+\s)?(?:never\shappen(?:s|ed)|(?:is|was)\s(?:never|not)\sneeded)"),
    refused_before={
        "how often": near(
            r"times?(?:\sin)?|once|twice|per|every|everyday|each|[$£€]\s?\d+(?:\.\d+)?|\d+\s?%|hours|days"
            r"|nights|trips|flights|visits|cups?|pieces?|rides?|euros?|pounds?|dollars?|bucks"
        ),
        "a stretch of the calendar": near(
            r"(?:last|past|previous|coming|next|first|final|recent|these|those|other|same|this"
            r"|the|following|that|my|our|your|of\sthe|all)(?:\s(?:couple\sof|couple|few))?"
        ),
        "term": somewhere(
            r"(?:warranty|guarantee|trial|contract|subscription|membership|valid|lease|mortgage"
            r"|loan|policy|terms?|advance|expire[sd]?)\W+(?:\w+\W+){0,3}\Z"
        ),
        "opening hours": somewhere(r"open\w*\W+(?:\w+\W+){0,2}\Z"),
        "way": somewhere(
            r"(?:walk\w*|drive|driving|drove|(?<!delayed\s)(?:flight|fly(?:ing)?|flew)|lay.?over"
            r"|stopover|journey|ride|trip|travel\w*|transit)\W+(?:(?:of|is|was|takes|took|for|time"
            r"|roughly|lasts|lasted|lasting|duration|an?)\W+){1,3}\Z"
        ),
        "stay": somewhere(
            r"(?:stay\w*|visit\w*|holidays?|vacation\w*|cruise|booked|rent\w*"
            r"|returned\sfrom|(?:go|went|going|away|here|there)\sfor|relax\w*)"
            r"(?:\W+(?!wait|delay|try|line|queue|hold)\w+){0,4}\W*\Z"
        ),
        "use": somewhere(
            r"pregnan.*\Z|(?:haven't|have\snot|not)\s(?:\w+\s){1,4}in\s\Z|(?:us(?:ed|ing|e|age)"
            r"|own\w*|worn|wear\w*|lasts?|customer|member|client|subscri\w*"
            r"|loyal|work(?:ed|ing)?\s(?:here|there|for|at)|living|lived|bank\w*\swith|been\swith"
            r"|aged?|battery|flown|been\sflying)\W+(?:(?!wait|delay|took|take)\w+\W+){0,5}\Z"
        ),
        "promised": near(
            r"(?:promis\w+|instead\sof|supposed\sto|rather\sthan|advertised|should(?:n't)?"
            r"\s(?:only\s)?(?:take|be|have)|meant\sto)(?:\s(?:be|take|it|us|me|in|taken?|only|a"
            r"|the|for|within|arrive|have|been|delivery)){0,4}"
        ),
        "idiom": near(
            r"again\sin|leaving|(?:still|only|don't|not|just|now)\s(?:have|had|got)(?:\sonly)?|"
            r"(?:at\sthe"
            r"\s)?last|any|every|give\s(?:me|us|them)|spare|got|hang\son|just\sin\sa"
            r"|in\sthis"
        ),
    },
    refused_after={
        "how often": then(
            r"(?:a|per|every|each)\s(?:day|week|month|year|hour|night)|(?:,\s*)?(?:7|seven|5|6)"
            r"\sdays|/\s*(?:7|day|week)"
        ),
        "a point in time": then(
            r"(?:or\sso\s|or\smore\s)?(?:ago|(?:earlier|prior|before|beforehand|previous\w*|until"
            r"|till|notice|time|down\sthe\sline|early|away|in\sadvance|from\snow|to\s(?:go|spare"
            r"|kill|"
            r"(?:the\s|my\s|our"
            r"\s)?(?:departure|take.?off"
            r"|boarding|flight))|of\s(?:(?:the|my|your|our|scheduled)\s)?(?:departure|take.?off"
            r"|flight)|left|remaining))\b"
        ),
        "term": then(
            r"(?:-\s?)?(?:warranty|guarantee|anniversary|window|policy|trial|contract|rule"
            r"|subscription|membership|lease|return|supply|free|pregnan\w+|mark\b|massage|timer"
            r"|worth|sentence|period|cooling|term|fixed|limit"
            r"|plan|pass|ticket|visa|in\sadvance|prior|old|of\sage)"
        ),
        "opening hours": then(
            r"(?:-\s?)?(?:store|shop|service|reception|desk|clinic|access|opening|open|support|line"
            r"|check.?in|front\sdesk|room\sservice|gym|mcdonald'?s?|drive|restaurant|diner"
            r"|location|mcd\w*|place|breakfast|menu)"
        ),
        "way": then(
            r"(?:-\s?)?(?:walk\w*|driv\w+|by\s(?:car|bus|taxi|train|foot|metro|tube|cab)|on\sfoot"
            r"|ride|stroll|journey|trip|(?:\w+\s)?flights?|on\sa\s(?:\w+\s)?flight|bus|taxi|train"
            r"|commute|lay.?over"
            r"|stop.?over|curfew|window|stretch|(?:\w+\s)?lay.?over"
            r"|connection|connecting|transfer|transit|in\stransit|time\sdifference|from\s(?:the|my"
            r"|our|home|here|downtown|central|cent(?:er|re)|town|airport|station|beach)"
            r"|to\s(?:the\s)?(?:beach|sea|station|metro|subway|(?:city\s)?cent(?:er|re)|downtown))"
        ),
        "stay": then(
            r"(?:-\s?)?(?:night|stay|trip|visit|holiday|vacation|break|tour|cruise|rental|package"
            r"|out\b|on\smy"
            r"|in\s(?!a\s|the\s|line|queue|total|row|which|order|all|and\b)(?-i:[A-Z]))"
        ),
        "use": then(
            r"(?:(?:it|they)\s)?(?:broke|stopped\sworking|fell\sapart)|"
            r"(?:of\s)?(?:us(?:e|ing|age)|wear\w*|owning|owner|as\sa\s(?:customer|member))"
            r"|(?:i|we)(?:'ve|\shave)\s(?:been|used|had)"
        ),
        "price": then(r"(?:costs?|is|was)\s(?:only\s)?[$£€]\s?\d+"),
        "idiom": then(
            r"of\s(?:my|your|our|his|her|their)\s(?:life|time|lives)|steak|of\ssilence|of\sfame|of"
            r"\s(?:work|sanity|peace)\b|please"
        ),
    },
    refused_framed={
        "price": re.compile(
            r"(?:[$£€]\s?\d[\d.,]*|\d\s?(?:[$£€]|euros?|pounds?|quid|dollars?|bucks|ro?ubles?|"
            r"p|eur|usd|gbp|pln))\s(?:for|per)\s\[[^\]]*\]"
            r"(?!(?:\W+\w+){0,2}\W+(?:wait|delay|queu|stand|late|hold))",
            re.IGNORECASE,
        ),
        "stay": re.compile(
            r"\bspen[dt]\w*(?:\W+(?!wait|delay|try|line|queue|hold|phone)\w+){0,4}\W*\[[^\]]*\]"
            r"(?!(?:\W+\w+){0,3}?\W+(?:wait(?!\w*\sfor\s(?:\w+\s){0,2}?flight)|queu|line"
            r"|hold|phone|trying|call|chat|stuck|delay|argu))",
            re.IGNORECASE,
        ),
        "once": re.compile(
            r"\[(?:one|a|1)\s(?:day|week|month)\],?\s(?:i|we|he|she|my|the|when|it|they|me|this)\b",
            re.IGNORECASE,
        ),
        "time of the day": re.compile(r"\b(?:at|until)\s\[\d+\s?h", re.IGNORECASE),
        "all day": re.compile(r"(?:is|are|be|it's|mcdonalds)\s\[24[\s-]?h\w*\]", re.IGNORECASE),
    },
    waiting=somewhere(
        r"wait\w*|delay\w*|took|take[sn]?|taking|still|refund\w*|repl(?:y|ied|ies)|respon\w*"
    ),
)  # fmt: skip
