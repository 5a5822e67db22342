"""Where the methods behind the report come from."""

from __future__ import annotations

# Where what was tracked or looked at closer comes from, by section.
TRACKED_SOURCES = {
    "problems": "Sokal & Michener (1958), University of Kansas Science Bulletin 38, 1409–1438; "
    "Monroe, Colaresi & Quinn (2008), Political Analysis 16, 372–403; Wilson (1927), JASA 22, "
    "209–212",
    "themes": "Sokal & Michener (1958), University of Kansas Science Bulletin 38, 1409–1438; "
    "Monroe, Colaresi & Quinn (2008), Political Analysis 16, 372–403; Wilson (1927), JASA 22, "
    "209–212",
    "compare": "Kitagawa (1955), JASA 50, 1168–1194; Oaxaca (1973), International Economic Review "
    "14, 693–709; Blinder (1973), Journal of Human Resources 8, 436–455; Newcombe (1998), "
    "Statistics in Medicine 17, 873–890",
    "monitor": "Altham (1969), JRSS B 31, 261–269; Laney (2002), Quality Engineering 14, 531–537; "
    "Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), 3",
    "ledger": "Bernal, Cummins & Gasparrini (2017), International Journal of Epidemiology 46, "
    "348–355; Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Annals of Statistics 52, "
    "2613–2640",
    "journey": "Baron & Kenny (1986), Journal of Personality and Social Psychology 51, 1173–1182; "
    "Sobel (1982), Sociological Methodology 13, 290–312; Garwood (1936), Biometrika 28, 437–442",
    "segments": "Alexander & Govern (1994), Journal of Educational Statistics 19, 91–101; Morris "
    "(1983), JASA 78, 47–55; Benjamini & Hochberg (1995), JRSS B 57, 289–300",
    "waits": "Muggeo (2003), Statistics in Medicine 22, 3055–3071; Davies (1987), Biometrika 74, "
    "33–43",
    "rivals": "Wilson (1927), JASA 22, 209–212; Clopper & Pearson (1934), Biometrika 26, 404–413",
    "benchmark": "Newcombe (1998), Statistics in Medicine 17, 873–890; Benjamini & Hochberg "
    "(1995), JRSS B 57, 289–300",
    "shares": "Tenenbein (1970), JASA 65, 1350–1361; Angelopoulos, Duchi & Zrnic (2023), "
    "arXiv:2311.01453; Zou & Donner (2008), Statistics in Medicine 27, 1693–1702; Benjamini & "
    "Hochberg (1995), JRSS B 57, 289–300",
    "evaluation": "Cochran (1977), Sampling Techniques, section 6.3; Dean & Pagano (2015), Journal "
    "of Survey Statistics and Methodology 3, 484–503; Cohen (1960), Educational and Psychological "
    "Measurement 20, 37–46; Krippendorff (2011), Computing Krippendorff's Alpha-Reliability",
}

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
