"""Makes every picture of README and of these pages from the sample data.

    python -m docs.pictures [--out docs/pictures] [--whole FOLDER]

The report in four languages, on a desktop and on a phone, light and dark, as Chromium (or Chrome,
found on the PATH) shows it; four of the phones side by side; and the charts, drawn without a
browser. --whole writes the whole reports as well, from top to bottom, for looking through. The
command ends with an error if a page asks the network for anything, writes an error to the
console, or is wider than the screen. Chinese needs a font that has its characters (Debian's
`fonts-noto-cjk`); without one they are drawn as boxes.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.browser import Browser, View, find_browser, open_browser

if TYPE_CHECKING:
    from PIL.Image import Image

    from tpfeedback import Analysis

ROOT = Path(__file__).parents[1]
LANGUAGES = ("ru", "zh", "pl", "en")
SCREENS = {"desktop": (1100, 860, False, 1.0), "phone": (390, 780, True, 1.5)}
VIEWS = {
    f"{screen}_{'dark' if dark else 'light'}": View(
        width, height, phone=phone, dark=dark, scale=scale
    )
    for screen, (width, height, phone, scale) in SCREENS.items()
    for dark in (False, True)
}
SIDE_BY_SIDE = ("ru_phone_light", "zh_phone_dark", "pl_phone_light", "en_phone_dark")
CHARTS = ("priorities", "effects", "map", "journey", "languages")
COLOURS = 96  # enough for a page and its charts, at a third of the bytes
MAPPED = 12
GAP = 24


def main() -> None:
    """Make the pictures, and tell what is wrong with the pages."""
    parser = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--whole", type=Path, help="folder for whole reports, from top to bottom")
    options = parser.parse_args()
    check_tools()
    analysis = analyze_samples()
    options.out.mkdir(parents=True, exist_ok=True)
    draw_charts(analysis, options.out)
    with tempfile.TemporaryDirectory() as pages, open_browser() as browser:
        written = write_reports(analysis, Path(pages))
        problems = shoot_reports(browser, written, options.out)
        if options.whole:
            options.whole.mkdir(parents=True, exist_ok=True)
            shoot_reports(browser, written, options.whole, whole=True)
    put_side_by_side(options.out)
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(file_names())} pictures are in {options.out}")


def file_names() -> list[str]:
    """Return the names of the files that the command writes."""
    reports = [f"report_{lang}_{view}.png" for lang in LANGUAGES for view in VIEWS]
    return [*reports, *(f"chart_{name}.png" for name in CHARTS), "four_languages.png"]


def check_tools() -> None:
    """Say plainly what is missing, before anything is computed."""
    try:
        import PIL  # noqa: F401
    except ImportError:
        raise SystemExit("Pillow is missing: pip install -e '.[docs]'") from None
    find_browser()


def analyze_samples() -> Analysis:
    """Return the analysis that all pictures show."""
    import tpfeedback as tp

    with warnings.catch_warnings(action="ignore", category=UserWarning):
        return tp.analyze(ROOT / "data" / "samples" / "reviews.csv", progress=False)


def write_reports(analysis: Analysis, folder: Path) -> dict[str, Path]:
    """Write the report in each language; return language -> file."""
    pages = {lang: folder / f"{lang}.html" for lang in LANGUAGES}
    for lang, path in pages.items():
        analysis.to_html(path, lang=lang)
    return pages


def shoot_reports(
    browser: Browser, pages: dict[str, Path], folder: Path, *, whole: bool = False
) -> list[str]:
    """Write a picture of every page in every view; return what is wrong, in sentences."""
    problems = []
    for lang, page in pages.items():
        for name, view in VIEWS.items():
            shot = browser.shoot(page, view, whole=whole)
            (folder / f"report_{lang}_{name}.png").write_bytes(smaller(shot.png))
            problems += [f"The report ({lang}, {name}) {one}" for one in shot.problems]
    return problems


def draw_charts(analysis: Analysis, folder: Path) -> None:
    """Write the charts of the sample data as PNG, in English."""
    from tpfeedback.charts import to_png

    for name, chart in charts_of(analysis).items():
        (folder / f"chart_{name}.png").write_bytes(smaller(to_png(chart)))


def charts_of(analysis: Analysis) -> dict[str, Any]:
    """Return name -> chart, with the English names of the touchpoints."""
    from tpfeedback import charts, map_performance

    names = {key: told["en"] for key, told in analysis.to_dict()["names"].items()}
    parts = map_performance(analysis.fit or analysis.impact)
    impact = analysis.impact
    shares = (impact["negative"] / impact["mentions"]).where(impact["mentions"] >= 5)
    journey = impact[["stage", "touchpoint", "mentions"]].assign(negative_share=shares)
    spoken = analysis.feedback["language"].value_counts().rename_axis("language")
    drawn = (
        charts.priority_chart(analysis.priorities, names),
        charts.penalty_reward_chart(impact, names),
        charts.performance_map_chart(parts.head(MAPPED), names),
        charts.journey_chart(journey, names),
        charts.language_chart(spoken.reset_index(name="count")),
    )
    return dict(zip(CHARTS, drawn, strict=True))


def put_side_by_side(folder: Path) -> None:
    """Join four phones, one for each language, into one picture."""
    from PIL import Image

    phones = [Image.open(folder / f"report_{name}.png").convert("RGB") for name in SIDE_BY_SIDE]
    width, height = phones[0].size
    paper = Image.new("RGBA", (len(phones) * (width + GAP) - GAP, height), (0, 0, 0, 0))
    for place, phone in enumerate(phones):
        paper.paste(phone, (place * (width + GAP), 0))
    half = paper.resize((paper.width // 2, paper.height // 2))
    (folder / "four_languages.png").write_bytes(_packed(half))


def smaller(png: bytes) -> bytes:
    """Return a picture with a palette of few colours."""
    from PIL import Image

    return _packed(Image.open(io.BytesIO(png)).convert("RGB"))


def _packed(picture: Image) -> bytes:
    from PIL.Image import Dither

    packed = io.BytesIO()
    picture.quantize(COLOURS, dither=Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    main()
