"""Lengths of time and comparisons with rivals that a text tells."""

from __future__ import annotations

from fuzzing.reading import bytes_of, text_of
from fuzzing.target import Target
from tpfeedback.comparatives import find_comparisons
from tpfeedback.durations import find_durations
from tpfeedback.languages import available_languages

SEEDS = (
    b"Waited for an hour and a half, then 3-4 days more; 1 h 20 min, half a day, over 2 weeks",
    "Ждал недели две, полтора часа, минут через 15-20, сутки, 1 ч 20 мин, не больше часа".encode(),
    "等了一个多小时，三天半，两个星期，10分钟，半天，一百二十分钟".encode(),
    "Czekałam pół godziny, półtora tygodnia, kilka dni, 2 godz. 30 min, do trzech dni".encode(),
    "Cheaper than Tesco, but unlike others; дешевле чем в Ленте; 比京东慢; taniej niż w A".encode(),
)
WORDS = bytes_of("""
    hour minutes days half and a или часа минут дней недели полтора сто 小时 分钟 天 半 多 百
    godzin dni minut pół kilka - – 2 1.5 1e9 1:30 than чем 比 niż twenty -five min. more
""")


def check(data: bytes) -> None:
    """Find durations and comparisons: in order, apart, each with its value within its ends."""
    text = text_of(data)
    for code in available_languages():
        durations = find_durations(text, code)
        assert durations == find_durations(text, code)
        comparisons = find_comparisons(text, code)
        assert comparisons == find_comparisons(text, code)
        for found in (durations, comparisons):
            stop = 0
            for one in found:
                assert stop <= one.start < one.stop <= len(text)
                stop = one.stop
        for one in durations:
            assert 0 <= one.minutes_low <= one.minutes <= one.minutes_high
            assert 0 < one.minutes < float("inf")
        assert {one.verdict for one in comparisons} <= {"win", "loss", "equal", "open"}
        assert all(one.rival is None or one.rival for one in comparisons)


TARGET = Target(check, SEEDS, WORDS, per_byte=500e-6, quick=60)
