"""CSV, TSV and whatever else is called .csv."""

from __future__ import annotations

from fuzzing.exports import check_source
from fuzzing.reading import file_of
from fuzzing.target import Target

REVIEWS = "Отзыв;Оценка;Дата\nДолго везли, но курьер вежливый;2;03.04.2024\nВсё хорошо;5;\n"
QUOTED = 'text,stars,city\n"late, and ""rude""\nstaff",1,Kraków\nfine,5,\n"open,3,x\n'
WIDE = "id\tCo się podobało?\tCo poprawić?\tNPS\n7\tszybka dostawa\tceny\t9\n8\t-\tn/d\t10/10\n"
TITLED = 'Reviews of May\n\ncomment,rating\ngood service,★★★★☆\nbad service,"4,5"\n'
SEEDS = (
    REVIEWS.encode("cp1251"),
    REVIEWS.encode("utf-16"),
    QUOTED.encode(),
    WIDE.encode("cp1250"),
    TITLED.encode("utf-8-sig"),
    "评论|评分\n快递很慢|2\n很好|5\n".encode("gb18030"),
    b"sep=;\ntext;when\rslow;2024-01-02\rfast;01/02/2024\r",
    b"1,2,3\n4,5,6\n",
    b"no header here\njust lines\n",
)
WORDS = (b'"', b'""', b",", b";", b"\t", b"|", b"\r\n", b"\n", b"sep=", b"\xef\xbb\xbf",
         b"\xff\xfe", b"\0", b"\x1f", b"text", b"stars", b"n/a", b"<html", b'{"a":1}', b"PAR1",
         b"id", b"date", b"language", b"2024-01-02", b"4/5", b"1,234")  # fmt: skip


def check(data: bytes) -> None:
    """Read the bytes as a table of text."""
    with file_of(data, "any.csv") as path:
        check_source(path)


TARGET = Target(check, SEEDS, WORDS, quick=12)
