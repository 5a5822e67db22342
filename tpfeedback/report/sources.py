"""Where the methods behind the report come from."""

from __future__ import annotations

# What the source is for, as keys of section [table] or [headings] of the words, and the source.
SOURCES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("penalty", "reward"),
        "Brandt (1987), Add Value to Your Service, American Marketing Association, 61–65",
    ),
    (("role",), "Kano, Seraku, Takahashi & Tsuji (1984), Hinshitsu 14(2), 39–48"),
    (
        ("importance",),
        "Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis, "
        "Scott Foresman, 119 ff.",
    ),
    (("interval",), "MacKinnon & White (1985), Journal of Econometrics 29, 305–325"),
    (
        ("rank",),
        "Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91, 476–518; "
        "Piepho (2004), Journal of Computational and Graphical Statistics 13, 456–466",
    ),
    (("performance",), "Martilla & James (1977), Journal of Marketing 41(1), 77–79"),
    (
        ("changes",),
        "Welch (1947), Biometrika 34, 28–35; Newcombe (1998), Statistics in Medicine 17, 873–890",
    ),
)
