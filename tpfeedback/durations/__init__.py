"""Lengths of time that a text tells: "три дня", "两个小时", "pół godziny", "3-4 days" → minutes.

Meant are times that somebody waited or that something took. Not found, because they are no
waits: ages, dates and times of the day, opening hours and "24/7", how often ("twice a week"),
how long ago ("two days ago") and the last or coming time ("in the past month"), guarantees and
the terms of contracts, how long somebody has been a customer, stays, journeys and walks, how long
a product lasts, times that were only promised ("instead of 30 minutes"), and idioms ("одну минуту
внимания"). Years count only beside a word of waiting.
"""

from tpfeedback.durations.finding import Duration, find_durations

__all__ = ["Duration", "find_durations"]
