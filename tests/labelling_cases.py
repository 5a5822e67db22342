"""Feedback, mentions and filled sheets for the tests of labelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

TEXTS = {
    "t1": ("Доставка опоздала, курьер вежливый", "ru", "delivery-, staff+"),
    "t2": ("Polecam", "pl", "none"),
    "t3": ("=cmd|' /C calc'!A0 too dear", "en", "price-"),
    "t4": ("物流太慢，客服不错", "zh", "delivery-, support+"),
}


def small_feedback() -> pd.DataFrame:
    """Return four texts in four languages, one of which looks like a formula."""
    return pd.DataFrame({
        "feedback_id": list(TEXTS),
        "text": [text for text, _, _ in TEXTS.values()],
        "overall": [2.0, 5.0, 1.0, 3.0],
        "language": [language for _, language, _ in TEXTS.values()],
    })  # fmt: skip


def small_mentions() -> pd.DataFrame:
    """Return what a tagger found in them."""
    return pd.DataFrame({
        "feedback_id": ["t1", "t1", "t4"],
        "touchpoint": ["delivery", "staff", "delivery"],
        "sentiment": ["negative", "positive", "negative"],
        "confidence": [0.9, 0.6, 0.8],
    })  # fmt: skip


def fill_workbook(path: Path, marks: dict[str, str], *, overall: dict[str, str] | None = None):
    """Type marks into a sheet as a person does, with openpyxl; return where the columns are."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    page = book.worksheets[0]
    columns = {page.cell(2, place).value: place for place in range(1, page.max_column + 1)}
    for row in range(3, page.max_row + 1):
        text = page.cell(row, 1).value
        if text in marks:
            page.cell(row, columns["Touchpoints"]).value = marks[text]
        if overall and text in overall:
            page.cell(row, columns["Overall"]).value = overall[text]
    book.save(path)
    return columns


def pairs_of(labels: pd.DataFrame) -> set[tuple[str, str | None, str | None]]:
    """Return the labels as a set; a missing touchpoint is None."""
    rows = labels[["feedback_id", "touchpoint", "sentiment"]].astype(object)
    rows = rows.where(rows.notna(), None)
    return set(map(tuple, rows.to_numpy().tolist()))


EXPECTED = {
    ("t1", "delivery", "negative"), ("t1", "staff", "positive"), ("t2", None, None),
    ("t3", "price", "negative"), ("t4", "delivery", "negative"), ("t4", "support", "positive"),
}  # fmt: skip


def survey(n: int, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return feedback, what a tagger with errors found, and the true mentions."""
    random = np.random.default_rng(seed)
    names = np.array(["delivery", "price", "product", "staff", "waiting"])
    shares, effects = (
        np.array([0.2, 0.18, 0.12, 0.08, 0.05]),
        np.array([-1.2, -1.0, -1, -0.5, -0.4]),
    )
    bad = random.random((n, 5)) < shares
    good = ~bad & (random.random((n, 5)) < 0.15)
    outcome = 4.2 + bad @ effects + 0.2 * good.sum(axis=1) + random.normal(size=n) * 0.7
    feedback = pd.DataFrame({"feedback_id": [f"f{i:05}" for i in range(n)], "overall": outcome})
    feedback["text"] = "text of " + feedback["feedback_id"]

    def table(bad: np.ndarray, good: np.ndarray) -> pd.DataFrame:
        rows, columns = np.nonzero(bad | good)
        return pd.DataFrame({
            "feedback_id": feedback["feedback_id"].to_numpy()[rows],
            "touchpoint": names[columns],
            "sentiment": np.where(bad[rows, columns], "negative", "positive"),
            "confidence": random.uniform(0.6, 1.0, len(rows)).round(3),
        })  # fmt: skip

    kept = random.random((n, 5)) < 0.75
    invented = random.random((n, 5)) < 0.02
    return feedback, table(bad & kept | invented, good & kept & ~invented), table(bad, good)


def label(sample, truth: pd.DataFrame) -> pd.DataFrame:
    """Return the labels of a sample by people who make no mistakes."""
    parts = [sample.table] if sample.filled is None else [sample.table, sample.filled]
    read = pd.concat(parts)[["feedback_id", "probability"]]
    return read.merge(truth.drop(columns="confidence"), on="feedback_id", how="left")
