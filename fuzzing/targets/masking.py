"""Personal data in a text."""

from __future__ import annotations

from fuzzing.reading import text_of
from fuzzing.target import Target
from tpfeedback.masking import mask_personal

SEEDS = (
    b"Mr Brown, call me: +44 20 7946 0958 or mail a.b+c@example.com, card 4111 1111 1111 1111",
    "Менеджер Анна Петровна, договор № 4417-0265, 8 (912) 345-67-89, паспорт 1234 567890".encode(),
    "我叫王小明，电话13800138000，身份证110101199003070011，微信wxid_abc".encode(),
    b"Pani Anna Nowak, tel. 600-700-800, PESEL 44051401359, konto 61 1090 1014 0000 0712",
)
WORDS = (b"@", b"+7", b"8 (9", b"12-34", b"[name]", b"[phone]", b"Mr ", "Анна ".encode(),
         b"Pani ", "先生".encode(), "№".encode(), b"123456789", b"4111111111111111")  # fmt: skip


def check(data: bytes) -> None:
    """Mask a text: twice changes nothing, and spans stay inside the text and in order."""
    text = text_of(data)
    for language in ("en", "ru", "zh", "pl"):
        spans = ((0, len(text)), (len(text) // 3, len(text) // 2), (-1, 1))
        masked = mask_personal(text, spans=spans, language=language)
        assert mask_personal(masked.text, language=language).text == masked.text
        assert len(masked.spans) == len(spans)
        assert all(0 <= a <= b <= len(masked.text) for a, b in masked.spans)
        assert masked.spans[0] == (0, len(masked.text))


TARGET = Target(check, SEEDS, WORDS, per_byte=500e-6, quick=50)
