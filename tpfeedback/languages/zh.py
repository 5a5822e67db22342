"""Chinese: rules of sentences and clauses, words by jieba."""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import cache, lru_cache
from typing import Any

from tpfeedback.languages import Language, Span
from tpfeedback.languages.rules import Mark, Rule, cut, cut_twice, words_in
from tpfeedback.languages.rules.clauses import after_opener, nothing_before, semicolon
from tpfeedback.languages.rules.sentences import (
    BULLETS,
    EMOJI,
    LINE_ENDS,
    SENTENCE_RULES,
    enumerator,
    inside_address,
    inside_number,
)

STOP_WORDS = words_in(
    """
    的 了 是 在 我 也 就 都 和 很 有 不 没 没有 还 还是 又 这 那 这个 那个 一 一个 上 下 到 说 要
    去 你 会 着 看 好 自己 他 她 它 我们 他们 你们 与 及 而 但 但是 不过 可是 然而 如果 因为 所以
    被 把 给 让 向 从 对 于 吧 吗 呢 啊 呀 哦 嘛 哈 哈哈 之 其 再 才 只 个 些 什么 怎么 为 以 可以
    能 能够 已经 比较 非常 挺 太 真 真的 最 更 多 等 里 后 前 时 地 得 过 来 跟 或 或者 并 且 而且
    虽然 就是 只是 觉得 感觉 這 個 們 沒 沒有 還 還是 很多 說 對 讓 給 從 為 來
    """
)

CONTRAST = words_in(
    """
    但是 可是 不过 不過 然而 但 而且 虽然 雖然 相反
    """
)
OPENERS = words_in(
    """
    总之 總之 另外 首先 其次 最后 最後 然后 然後 而且 并且 不过 不過 但是 但 可是 然而 所以 因此
    其实 其實 当然 當然 说实话 說實話 老实说 总的来说 總的來說 总体来说 总体来讲 整体来说 比如
    例如 还有 還有 此外 优点 缺点 优点是 缺点是 唯一 虽然 因为 如果 希望 建议 不错 好的 哈哈 嗯
    对了 昨天 今天 前天 周末 上次 这次 這次 第一次 同时
    """
)
# Words in which 但 or 不过 means no "but".
_WHOLE_WORDS = re.compile(r"(?:不|非|岂|只|最好|再好|大|好|也)$")
_NO_CONTRAST = re.compile(
    r"不过\s*\d|但凡|但愿|不过如此|不过瘾|不過如此|不過癮|不过来|不过去|可是的"
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_SIGN_OF_CONTRAST = re.compile(rf"\W*(?:{'|'.join(CONTRAST)}|就是|只是|可惜|除了|美中不足)")

SENTENCE_MARK = re.compile(
    rf"(?=[{LINE_ENDS}.!?…。！？｡；;~～:=(){EMOJI}{BULLETS}])(?:"
    rf"[{LINE_ENDS}]\s*|[.!?…。！？｡；;~～]+[)\]\"'”’」』）】,，]*"
    rf"|[:=]-?[()]+|[()]{{2,}}|\)|[{EMOJI}]+|(?=[{BULLETS}]))"
)
CLAUSE_MARK = re.compile(
    r"[，,、；;]+|\s+|(?=但是|可是|不过|不過|然而|但(?!是))|(?=[①-⑳])", re.IGNORECASE
)


def numbers_from_to(mark: Mark) -> bool | None:
    """In 7~8年 the wave joins two numbers."""
    between = mark.left[-1:].isdecimal() and mark.next_character.isdecimal()
    return False if between and mark.sign[:1] in {"~", "～"} else None


def fullwidth_stop(mark: Mark) -> bool | None:
    """；and ～ end a sentence as 。does."""
    return True if mark.sign[:1] in set("；;~～。！？｡") else None


def stop_between_characters(mark: Mark) -> bool | None:
    """A Western full stop between Chinese characters ends a sentence, spaced or not."""
    return True if mark.sign[:1] in set(".!?") and _HAN.match(mark.next_character) else None


def part_of_word(mark: Mark) -> bool | None:
    """In 不但 and 只不过 there is no but."""
    if mark.sign or mark.right[:1] in "①②③④⑤⑥⑦⑧⑨":
        return None
    return False if _WHOLE_WORDS.search(mark.left) or _NO_CONTRAST.match(mark.right) else None


def enumeration(mark: Mark) -> bool | None:
    """、 joins the members of a list."""
    return False if mark.sign[:1] == "、" else None


def space_inside(mark: Mark) -> bool | None:
    """A space separates clauses only between Chinese characters."""
    if not mark.sign.isspace():
        return None
    between = _HAN.search(mark.left[-1:]) and _HAN.match(mark.right)
    return None if between else False


def contrast(mark: Mark) -> bool | None:
    """但是, 不过, 就是 cut when there is something on either side."""
    found = _SIGN_OF_CONTRAST.match(mark.right)
    if not found:
        return None
    return len(_HAN.findall(mark.piece)) >= 2 and _HAN.search(mark.right, found.end()) is not None


def two_characters(mark: Mark) -> bool | None:
    """A comma or space cuts between sides of two characters or more."""
    return len(_HAN.findall(mark.piece)) >= 2 and len(_HAN.findall(mark.following)) >= 2


SENTENCES: list[Rule] = [
    enumerator,
    numbers_from_to,
    stop_between_characters,
    fullwidth_stop,
    *SENTENCE_RULES,
]
CLAUSES: list[Rule] = [
    nothing_before,
    inside_number,
    inside_address,
    semicolon,
    part_of_word,
    enumeration,
    space_inside,
    after_opener(OPENERS),
    contrast,
    two_characters,
]


def sentences(text: str) -> list[Span]:
    """Return the sentences of a Chinese text."""
    return cut(text, SENTENCE_MARK, SENTENCES)


def clauses(text: str) -> list[Span]:
    """Return the clauses of a Chinese text.

    >>> text = "味道不错但是有点贵，服务很热情。"
    >>> [text[c.start:c.stop] for c in clauses(text)]
    ['味道不错', '但是有点贵，', '服务很热情。']
    """
    return cut_twice(text, sentences, CLAUSE_MARK, CLAUSES)


@cache
def _tokenizer() -> Any:
    with warnings.catch_warnings():  # jieba has invalid escapes and asks for pkg_resources
        warnings.simplefilter("ignore")
        import jieba
    tokenizer = jieba.Tokenizer()
    # What `initialize` does, less its log lines and its cache file in the temporary folder.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def words(text: str) -> list[Span]:
    """Return the words and numbers of a Chinese text.

    >>> text = "快递很快，iPhone 15不错"
    >>> [text[w.start:w.stop] for w in words(text)]
    ['快递', '很快', 'iPhone', '15', '不错']
    """
    return [
        Span(start, stop)
        for token, start, stop in _tokenizer().tokenize(text)
        if any(character.isalnum() for character in token)
    ]


@lru_cache(maxsize=2**16)
def normal_form(word: str) -> str:
    """Return the word with full-width letters made plain, in small letters.

    >>> normal_form("ＡＰＰ")
    'app'
    """
    return unicodedata.normalize("NFKC", word).lower()


LANGUAGE = Language("zh", "中文", sentences, clauses, words, normal_form, STOP_WORDS)
