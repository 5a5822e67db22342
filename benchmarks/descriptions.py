"""Measures how well a touchpoint is found by what the tagger is told of it, before any label.

    python benchmarks/descriptions.py

The touchpoint is `out_of_stock` of `data/samples/my_touchpoints.toml`, told in six ways; F1 is over
the sample reviews and their labels (`data/samples/my_labels.csv`), all and by language. Prints the
table of `docs/taxonomies.md`.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd

import tpfeedback as tp
from tpfeedback.detection import detect_language
from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.tables import LANGUAGES
from tpfeedback.training.scoring import f1

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
KEY = "out_of_stock"
PHRASES = {
    "en": ["out of stock", "sold out", "not in stock", "none left"],
    "ru": ["нет в наличии", "закончился"],
    "pl": ["brak w magazynie", "wyprzedane"],
    "zh": ["缺货", "没有货"],
}
QUESTION = "We could not buy it: sold out, not in stock, none left, when will it be back?"
WAYS: dict[str, dict[str, Any]] = {
    '"Availability"': {"descriptions": {"en": "Availability"}},
    '"Stock and availability of goods."': {
        "descriptions": {"en": "Stock and availability of goods."}
    },
    '"Goods that are out of stock or sold out."': {
        "descriptions": {"en": "Goods that are out of stock or sold out."}
    },
    f'"{QUESTION}"': {"descriptions": {"en": QUESTION}},
    "four English phrases: " + ", ".join(f'"{phrase}"' for phrase in PHRASES["en"]): {
        "cues": {"en": PHRASES["en"]}
    },
    "two phrases in each of the four languages": {
        "cues": {language: phrases[:2] for language, phrases in PHRASES.items()}
    },
}


def main() -> None:
    """Print the table."""
    print(table())


def table() -> str:
    """Return the table, as Markdown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)  # of what was guessed and set aside
        feedback = tp.read_feedback(SAMPLES / "reviews.csv")
    texts = feedback.set_index("feedback_id")["text"]
    language = texts.map(lambda text: detect_language(text).language)
    labels = tp.read_labels(SAMPLES / "my_labels.csv", taxonomy=SAMPLES / "my_touchpoints.toml")
    true = language[language.index.isin(speaking(labels))]
    lines = ["| told | all | " + " | ".join(LANGUAGES) + " |", "|---" * (2 + len(LANGUAGES)) + "|"]
    for way, told in WAYS.items():
        found = tp.extract_mentions(feedback, taxonomy=taxonomy_told(told))
        said = language[language.index.isin(speaking(found))]
        by_language = (f1_of(said[said == code], true[true == code]) for code in LANGUAGES)
        figures = " | ".join(f"{value:.2f}" for value in (f1_of(said, true), *by_language))
        lines.append(f"| {way} | {figures} |")
    return "\n".join(lines)


def speaking(rows: pd.DataFrame) -> pd.Series:
    """Return the ids of the feedback that speaks of the touchpoint."""
    return rows.loc[rows["touchpoint"] == KEY, "feedback_id"]


def taxonomy_told(told: dict[str, Any]) -> tp.Taxonomy:
    """Return the general touchpoints and the one that only so much is told of."""
    own = {"key": KEY, "stage": "choosing", "channel": "physical", "names": {"en": "Own"}, **told}
    return tp.load_taxonomy(
        {"key": "told", "extends": "general", "names": {"en": "Told"}, "touchpoints": [own]}
    )


def f1_of(said: pd.Series, true: pd.Series) -> float:
    """Return F1 of the feedback said to speak of the touchpoint against that which does."""
    return f1(len(said.index.intersection(true.index)), len(said), len(true))


if __name__ == "__main__":
    main()
