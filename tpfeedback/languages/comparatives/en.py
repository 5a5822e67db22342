"""English comparisons: "better than X", "other hotels are cleaner"."""

from __future__ import annotations

import re

from tpfeedback.languages.comparatives import ComparativeWords, any_of, denials, forms, name_forms

NAMES = name_forms(
    """
    amazon
    ebay
    walmart
    tesco
    aldi
    lidl
    ikea
    uber
    airbnb
    expedia
    booking booking.com
    agoda
    wendy's wendys
    burger_king bk
    kfc
    starbucks
    subway
    mcdonald's mcdonalds mcds
    easyjet
    emirates
    lufthansa
    paypal
    """
)
BETTER = (
    r"(?<!\bno\s)(?<!\bnot\s)(?<!n't\s)(?<!never\s)(?<!\bany\s)(?<!rather\s)(?:better|faster"
    r"|quicker"
    r"|cheaper|nicer|cleaner|friendlier|easier|tastier|fresher|larger|bigger|safer|superior"
    r"|lower\s(?:prices?|fees|rates)|(?:prices?|fees|rates|costs?)\s(?:(?!not?\s|never\s)\w+"
    r"\s){0,2}lower|more"
    r"\s(?:comfortable|reliable|convenient|helpful|professional|spacious|efficient|generous"
    r"|polite|attentive|affordable|modern|choice|variety|options|leg\s?room))"
)
WORSE = (
    r"(?<!\bno\s)(?<!\bnot\s)(?<!n't\s)(?<!never\s)(?<!\bany\s)(?<!much\sno\s)(?:worse|slower"
    r"|pricier|dearer|dirtier"
    r"|ruder|smaller|harder|inferior|costlier|higher\s(?:prices?|fees|rates)"
    r"|(?:prices?|fees|rates|costs?)\s(?:(?!not?\s|never\s)\w+\s){0,2}higher|more\s(?:expensive"
    r"|crowded|complicated"
    r"|cramped|costly|disorgani[sz]ed)|less\s(?:comfortable|reliable|convenient|helpful"
    r"|professional"
    r"|spacious|efficient|choice|variety|friendly|leg\s?room))"
)
_PLACES = (
    r"airlines?|carriers?|hotels?|lounges?|banks?|shops?|stores?|restaurants?|places?|compan(?:y"
    r"|ies)"
    r"|brands?|sites?|websites?|apps?|providers?|chains?|sellers?|services?|operators?|locations?"
    r"|supermarkets?|clinics?|hospitals?|agenc(?:y|ies)|platforms?|products?|phones?|cafes?|ones?"
    r"|mcdonald'?s|mcd\w*|airports?|business\sclass\slounges?"
)
OTHERS = (
    rf"(?:(?:any|all|most|many|some|the|every|of|lots\sof)\s){{0,3}}(?:other|competing|rival"
    rf"|similar"
    rf"|low.?cost|budget|comparable)\s(?:[\w-]+\s){{0,2}}?(?:{_PLACES})"
    rf"|(?:any|most|many)\s(?:[\w-]+\s)?(?:{_PLACES})"
    rf"|another\s(?:[\w-]+\s)?(?:{_PLACES})|(?:any\s|all\s|the\s|most\s|many\s)?(?:of\s)?(?:the"
    rf"\s)?others(?!\w)"
    r"|(?:the\s|our\s|your\s|their\s|its\s)?competit(?:ors?|ion)|rivals|anywhere\selse"
    r"|everywhere\selse|elsewhere|anyone\selse|everyone\selse|any\sother(?=[\s.,!?]*\Z|[.,!?])"
)
NAME = (
    rf"{any_of(NAMES)}|(?-i:[A-Z][\w&'’-]*[a-z][\w&'’-]*(?:\s(?:&\s)?[A-Z][\w&'’-]+){{0,3}}"
    rf"|[A-Z]{{2,5}}(?!\w))"
)
_MORE = r"(?:[\w',-]+\s){0,4}?"
_AT = (
    r"(?:(?:the\s(?:ones?|same|food|service|price|lounge)\s)?(?:in|at|on|with|from|by|of|those"
    r"\s\w+)\s)?(?:the\s)?"
)
_NO = (
    r"(?:\b(?:no(?!\s(?:doubt|question|wonder|matter|problems?|issues?|complaints?|worries))"
    r"|not(?!\s(?:only|just|merely|simply|bad|surprising\w*|to\smention))|never(?!\s(?:mind|again))"
    r"|none|nobody|nothing(?!\s(?:special|wrong|new|fancy))|nowhere|neither|nor|hardly|scarcely"
    r"|barely|rarely|seldom|without(?!\s(?:a\s|any\s)?(?:doubt|question))"
    r"|(?:do|does|did|wo|would|should|is|are|was|were|has|have|had)n['’]?t"
    r"|(?:can\s?not|(?:ca|could)n['’]?t)(?!\sbelieve))\b"
    r"(?!\s(?:\w+\s)?(?:recommend|mind|wait|complain|fault|understand|worth)))"
)
_SAID = (
    rf"{_NO}\s(?:[\w'’]+\s){{0,4}}?(?:say|think|believe|claim|feel|see|find|sure|convinced|true"
    r"|mean|notice|noticed)\s(?:\w+\s)?that\b|\bnot\sthat\b"
    r"|\b(?:no\s(?:[\w-]+\s){1,3}|no\sone\s|nothing\s|nobody\s)(?:that|which|who)\b"
    r"|\bnever\s(?:\w+\s){1,5}?(?:that|which)\s(?=(?:is|are|was|were)\b)"
    r"|(?<!\ba\s)\bfew\s(?=(?:of\s(?:the\s)?)?\Z)"  # "few other shops", but "a few others"
)
_PAUSE = (
    r"[.!?;:()\n–—]|(?<!er),|\s-|\b(?:but|although|though|because|since|so|when|while|whereas|why"
    r"|how|than|yet|which|who|that|then|as\s(?:long|soon))\b|(?<!er\s)\band\b"
)

COMPARATIVES = ComparativeWords(
    hint=re.compile(r"than|other|compet|elsewhere|else|\bas\b|compar|similar|par\swith|rival"
                    r"|better|erior to|unlike|contrast|opposed",
                    re.IGNORECASE),
    forms=forms(
        (
            ("equal", r"(?P<apart>\b(?:no|not|n't|isn't|aren't|wasn't|never|nothing)\s)(?:any\s"
                      r"|much\s|really"
                      r"\s)?(?:better|worse|different|cheaper|faster|slower)\s<more>(?:than|from"
                      r"|to)\s<at>(?P<rival><others>|(?P<name><who>))"),
            ("loss", r"(?P<apart>\b(?:not|isn't|aren't|wasn't|weren't|nowhere|never|don't|doesn't"
                     r"|isnt|wasnt)\s)(?:even\s|quite\s|nearly\s|near\s|half\s|\w+\s)?as\s\w+"
                     r"\s<more>as"
                     r"\s<at>(?P<rival><others>|(?P<name><who>))"),
            ("equal", r"\b(?:just\s|almost\s|nearly\s)?as\s(?:good|bad|cheap|fast|clean"
                      r"|comfortable|nice|expensive|reliable|quick|slow)\s<more>as\s<at>(?P<rival>"
                      r"<others>|(?P<name><who>))"),
            ("equal", r"\b(?:the\s)?same\s<more>as\s<at>(?P<rival><others>|(?P<name><who>))"),
            ("loss", r"(?P<apart>\b(?:not|isn't|aren't|wasn't)\s)(?:\w+\s)?(?:comparable\s(?:to"
                     r"|with)|on\s"
                     r"(?:a\s)?par\swith)\s<at>(?P<rival><others>|(?P<name><who>))"),
            ("equal", r"\b(?:comparable\s(?:to|with)|on\s(?:a\s)?par\swith|similar\s(?:in\s\w+"
                      r"\s)?to|equal\sto)\s<at>(?P<rival><others>|(?P<name><who>))"),
            ("win", r"\b(?:<better>\s<more>than|superior\sto)\s<at>(?P<rival><others>|(?P<name>"
                    r"<who>))"),
            ("loss", r"\b(?:<worse>\s<more>than|inferior\sto)\s<at>(?P<rival><others>|(?P<name>"
                     r"<who>))"),
            ("loss", r"\b(?P<rival><others>)\s<has>\s(?:\w+\s){0,2}?(?P<said><better>)\b(?!"
                     r"\sthan)"),
            ("win", r"\b(?P<rival><others>)\s<has>\s(?:\w+\s){0,2}?(?P<said><worse>)\b(?!\sthan)"),
            ("loss", r"\bbetter\s(?P<apart>off\s)(?:<fill>\s){0,2}?(?:at|with|to|from|in|on|flying"
                     r"|using|going|go|try)\s(?:to\s)?(?P<rival><others>)"),
            ("loss", r"\bbetter\s(?:<fill>\s){0,2}?(?:at|with|to|from|in|on|flying|using|going|go"
                     r"|try)\s(?:to\s)?(?P<rival><others>)"),
            ("loss", r"\b<better>\s(?:<fill>\s){0,2}?(?P<rival>elsewhere|anywhere\selse|(?:at|with"
                     r"|in"
                     r"|on)\s(?:other|another)\s(?:[\w-]+\s)?(?:<places>))"),
            ("win", r"\b<worse>\s(?P<rival>elsewhere|anywhere\selse)"),
            ("loss", r"\bcompared\s(?:to|with)\s(?P<rival><others>|(?P<name>"
                     r"<who>))[\w\s']{0,20}?\b(?P<said><worse>|poor|bad|terrible|slow"
                     r"|expensive|disappointing)\b"),
            ("win", r"\bcompared\s(?:to|with)\s(?P<rival><others>|(?P<name><who>))[\w\s']{0,20}?\b"
                    r"(?P<said><better>|good|great|excellent|cheap|fast)\b"),
            ("open", r"\b(?:unlike|in contrast to|as opposed to)\s<at>(?P<rival><others>|(?P<name>"
                     r"<who>))"),
        ),
        has=r"(?:is|are|was|were|has|have|had|offers?|offered|does|do|did"
            r"|provides?|gets?|seems?|can be)",
        fill=r"(?!not?\s|never\s)\w+",
        more=_MORE, at=_AT, who=NAME, places=_PLACES, others=OTHERS, better=BETTER, worse=WORSE,
    ),
    no_rival=re.compile(
        r"(?:i|i'\w+|we|you|he|she|it|it's|they|my|our|your|his|her|the|this|that|these|those|a|an"
        r"|in"
        r"|at|before|ever|expected|usual|nothing|never|all|what|when|last|previous|jan\w*|feb\w*"
        r"|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|monday|tuesday"
        r"|wednesday|thursday|friday|saturday|sunday|covid\w*|english|business|economy|first"
        r"|london|dublin|paris|europe\w*|usa?|uk|england|ryanair's\sspec\w*|spec\w*|america\w*"
        r"|asia\w*|god|hell|ok|wow|no|yes"
        r"|and|but|so|if|other\s(?:people|times?|reviews?|passengers))(?!\w)"
        r"(?!\s(?:other|others|competit\w+|rivals?)(?!\w)(?!\s(?:people|time|review|passenger)))",
        re.IGNORECASE,
    ),
    past=re.compile(r"\bused\sto\b|\bonce\swas\b", re.IGNORECASE),
    names=NAMES,
    denied=denials(_NO, _SAID, _PAUSE),
    denied_after=re.compile(
        rf",?\s(?:you|i|we)(?:['’](?:ll|ve))?\s(?:\w+\s){{0,2}}?{_NO}\s(?:\w+\s)?(?:find|found|get"
        rf"|got"
        r"|seen?|had|have|tasted|met)(?=\s?(?:[.,!?;]|\Z|anywhere|elsewhere))",
        re.IGNORECASE,
    ),
    endings=("'s", "’s", "s", "'", "’"),
)  # fmt: skip
