"""Compares the importance read from texts with that of the ratings people gave beside them.

    python benchmarks/driver_validity.py [--shared ../shared] [--texts 400] [--replicates 300]

Four exports hold, beside the text and the overall rating, ratings of parts of the experience
(in the grocery survey, ticked boxes). Both say what matters: which mentions go with the overall
rating, and which sub-ratings do. So each touchpoint's share of R squared is measured twice:

- by texts: the mentions that the shipped tagger finds, complaints and praise of each touchpoint
  as a pair of terms; touchpoints without a sub-rating play too, and are left out of the ranking;
- by sub-ratings: the columns of the export, all columns of one part as one player.

Both by LMG (`tpfeedback.impact.methods.shapley`). `PARTS` below says which sub-rating speaks of
which touchpoints: read it before the numbers. A sub-rating of 0 is a missing one where the scale
starts at 1. Texts count where they are rated, sub-ratings where a record has all of them.

Reported: Spearman's rank correlation of the two importances over the parts, with a 95 % interval
(Poisson bootstrap of the records, both sides with the same weights), for each export and their
mean. Value for money restates the overall rating, so it is given with that part and without it.
With three to eight parts an export the intervals are wide; that is what the data can say, and
as they are those of the replicates, whose ranks are noisier, they lean to zero.
"""

from __future__ import annotations

import argparse
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tpfeedback.errors import TpfeedbackWarning
from tpfeedback.impact import measure_impact
from tpfeedback.impact.design import MIN_TEXTS
from tpfeedback.impact.explained import ZERO, Players, Split, sweep_first, unit
from tpfeedback.impact.gram import Array
from tpfeedback.impact.marks import Marks, mark_texts
from tpfeedback.impact.methods.correlation import alone
from tpfeedback.impact.methods.relative_weights import relative_weights
from tpfeedback.impact.methods.shapley import decompose
from tpfeedback.ingest import read_feedback
from tpfeedback.mentions import extract_mentions

ROOT = Path(__file__).parents[1]
VALUE = "value for money"
EXACT = 12  # players; with more, 2,000 random orders are quicker and good to .002

# Export -> part -> (its sub-ratings, the touchpoints that speak of the same).
PARTS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "ryanair_reviews.csv": {
        "seat": (("SeatComfort",), ("premises",)),
        "cabin crew": (("CabinStaffService",), ("staff",)),
        "food and the flight itself": (("Food&Beverages",), ("product",)),
        "ground service": (("GroundService",), ("delivery", "ordering", "waiting")),
        VALUE: (("ValueForMoney",), ("price",)),
        # InflightEntertainment and Wifi&Connectivity: 15 % and 12 % of the records have them.
    },
    "skytrax_lounge.csv": {
        "room": (("comfort_rating", "washrooms_rating", "wifi_connectivity_rating"), ("premises",)),
        "cleanliness": (("cleanliness_rating",), ("cleanliness",)),
        "food and drink": (("bar_beverages_rating", "catering_rating"), ("assortment", "product")),
        "staff": (("staff_service_rating",), ("staff",)),
    },
    "haidilao.csv": {
        "food": (("口味", "食材"), ("assortment", "product")),
        "room": (("环境",), ("cleanliness", "premises")),
        "service": (("服务",), ("personalization", "staff", "waiting")),
    },
    "grocery_survey.csv": {
        "delivery": (("DELIVERY",), ("delivery",)),
        "assortment": (("ASSORTMENT",), ("assortment",)),
        "quality": (("PRODUCTS_QUALITY",), ("product",)),
        "promotions": (("PROMOTIONS",), ("promotions",)),
        "support": (("SUPPORT",), ("call_center", "online_support", "support")),
        "catalogue": (("CATALOG_NAVIGATION",), ("mobile_app", "website")),
        "payment": (("PAYMENT",), ("payment",)),
        VALUE: (("PRICE",), ("price",)),
    },
}
OTHERS: dict[str, Split] = {"relative_weights": relative_weights, "correlation (naive)": alone}
BEST = {"skytrax_lounge.csv": 5.0}  # a few ratings of 6 to 10 there are on another scale


@dataclass(frozen=True, eq=False)
class Side:
    """One way to measure importance: columns (records, columns), first `held`, last the outcome.

    `players` holds the columns of each player, counted after the held ones; `names` names them.
    """

    columns: Array
    held: int
    names: tuple[str, ...]
    players: Players

    def gram(self, weight: Array) -> Array:
        """Return the unit Gram matrix of the players' columns, what is held taken out."""
        stack = unit((self.columns * weight[:, None]).T @ self.columns)
        for _ in range(self.held):
            stack = sweep_first(stack)
        return unit(stack, zero=ZERO)

    def without(self, name: str) -> Side:
        """Return the same without one player; its columns are in nobody's hands."""
        rest = [(n, p) for n, p in zip(self.names, self.players, strict=True) if n != name]
        names, players = zip(*rest, strict=True)
        return replace(self, names=names, players=players)


def main() -> None:
    """Print a table for each export, and the correlations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--texts", type=int, default=0, help="rated texts an export, 0 for all")
    parser.add_argument("--replicates", type=int, default=300)
    parser.add_argument("--only", choices=PARTS, help="one export alone")
    options = parser.parse_args()
    with_value, without_value = [], []
    for name in [options.only] if options.only else PARTS:
        feedback, ratings = read(options.shared / "exports" / name, options.texts)
        draws = compare(name, feedback, ratings, options.replicates)
        with_value.append(draws[0])
        without_value.append(draws[-1])
    if not options.only:
        print(f"\nMean Spearman over the exports: {told(np.mean(with_value, axis=0))}")
        print(f"Mean without value for money: {told(np.mean(without_value, axis=0))}")


def read(path: Path, texts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rated feedback and its sub-ratings, NaN where missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        feedback = read_feedback(path)
    feedback = feedback[feedback["overall"] <= BEST.get(path.name, np.inf)]
    if texts and texts < len(feedback):
        feedback = feedback.sample(texts, random_state=0)
    feedback = feedback.reset_index(drop=True)
    if "tags" in feedback:
        ticks = feedback["tags"].fillna("").str.strip("{}").str.get_dummies(",")
        wanted = [column for columns, _ in PARTS[path.name].values() for column in columns]
        return feedback, ticks.reindex(columns=wanted, fill_value=0).astype(float)
    wanted = [column for columns, _ in PARTS[path.name].values() for column in columns]
    numbers = feedback[wanted].apply(pd.to_numeric, errors="coerce").astype(float)
    return feedback, numbers.where(numbers > 0)


def compare(
    name: str, feedback: pd.DataFrame, ratings: pd.DataFrame, replicates: int
) -> list[Array]:
    """Print one export's part; return Spearman and its replicates with value, and without."""
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        mentions = joined(extract_mentions(feedback, progress=False), name)
        public = measure_impact(feedback, mentions, method="shapley").set_index("touchpoint")
    marks = mark_texts(feedback, mentions)
    outcome = feedback["overall"].to_numpy(float)
    texts, rated = text_side(marks, outcome), rating_side(ratings, outcome, name)
    whole = ratings.notna().all(axis=1).to_numpy().astype(np.float64)
    parts = list(PARTS[name])
    once = np.ones(len(feedback))
    ours, theirs = lmg(texts, once), lmg(rated, whole)
    print(f"\n{name}: {len(feedback):,} rated texts, {int(whole.sum()):,} with all sub-ratings")
    print(f"R squared: {ours.sum():.2f} by texts, {theirs.sum():.2f} by sub-ratings")
    table(name, marks, ratings, shares(ours, parts), shares(theirs, parts))
    off = (ours / ours.sum() - public["importance"].reindex(ours.index)).abs().max()
    print(f"(largest difference to measure_impact(method='shapley'): {off:.4f})")
    weights = np.random.default_rng(0).poisson(1.0, (replicates, len(feedback))).astype(float)
    draws = []
    for left_out in [None, VALUE] if VALUE in parts else [None]:
        kept = [part for part in parts if part != left_out]
        ours_left, theirs_left = (
            side.without(left_out) if left_out else side for side in (texts, rated)
        )
        rho = [spearman(ours_left, theirs_left, once, whole, kept)]
        rho += [spearman(ours_left, theirs_left, w, w * whole, kept) for w in weights]
        draws.append(np.array(rho))
        words = f"without {VALUE}" if left_out else "all parts"
        print(f"Spearman, {words} ({len(kept)}): {told(draws[-1])}")
        for method, split in OTHERS.items():
            value = spearman_by(split, ours_left, lmg(theirs_left, whole)[kept], once)
            print(f"  by texts with {method}: {value:.2f}")
    print(f"({time.perf_counter() - begun:.0f} s)")
    return draws


def joined(mentions: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the mentions with the touchpoints of one part under the name of the part."""
    part_of = {key: part for part, (_, keys) in PARTS[name].items() for key in keys}
    return mentions.assign(touchpoint=mentions["touchpoint"].replace(part_of))


def text_side(marks: Marks, outcome: Array) -> Side:
    """Return the terms of the default regression; few mentions are held apart, in one column."""
    flags = {
        (touchpoint, sentiment): marks.of(sentiment)[:, i]
        for i, touchpoint in enumerate(marks.touchpoints)
        for sentiment in ("negative", "positive")
    }
    enough = {term: flag for term, flag in flags.items() if flag.sum() >= MIN_TEXTS}
    rare = [
        np.any([f for (_, s), f in flags.items() if s == sign and f.sum() < MIN_TEXTS], axis=0)
        for sign in ("negative", "positive")
    ]
    held = [np.ones(len(outcome)), ~marks.mentioned.any(axis=1)]
    held += [column for column in rare if np.ndim(column)]
    names = tuple(dict.fromkeys(touchpoint for touchpoint, _ in enough))
    places = list(enough)
    players = tuple(tuple(i for i, (t, _) in enumerate(places) if t == name) for name in names)
    columns = np.column_stack([*held, *enough.values(), outcome]).astype(np.float64)
    return Side(columns, len(held), names, players)


def rating_side(ratings: pd.DataFrame, outcome: Array, name: str) -> Side:
    """Return the sub-ratings; records that lack one must get weight 0."""
    where = {column: i for i, column in enumerate(ratings)}
    players = tuple(tuple(where[c] for c in columns) for columns, _ in PARTS[name].values())
    columns = np.column_stack([np.ones(len(outcome)), ratings.fillna(0.0), outcome])
    return Side(columns, 1, tuple(PARTS[name]), players)


def lmg(side: Side, weight: Array) -> pd.Series:
    """Return what each player adds to R squared."""
    random = np.random.default_rng(0)
    gains = decompose(side.gram(weight), side.players, random=random, exact=EXACT)
    return pd.Series(gains, index=list(side.names))


def shares(gains: pd.Series, parts: list[str]) -> pd.Series:
    """Return the importance of the parts, which sums to 1; nothing for a part not spoken of."""
    gains = gains.reindex(parts).fillna(0.0)
    return gains / gains.sum()


def spearman(texts: Side, rated: Side, weight: Array, whole: Array, parts: list[str]) -> float:
    """Return the rank correlation of the two importances."""
    ours, theirs = shares(lmg(texts, weight), parts), shares(lmg(rated, whole), parts)
    return float(ours.rank().corr(theirs.rank()))


def spearman_by(split: Split, texts: Side, theirs: pd.Series, weight: Array) -> float:
    """Return the rank correlation where the texts are measured with another method."""
    if split is alone:  # the baseline holds nothing fixed
        texts = replace(texts, columns=np.delete(texts.columns, range(1, texts.held), 1), held=1)
    gains = split(texts.gram(weight)[None], texts.players)[0]
    ours = shares(pd.Series(gains, index=list(texts.names)), list(theirs.index))
    return float(ours.rank().corr(theirs.rank()))


def told(draws: Array) -> str:
    """Return the first value with the 95 % interval of the others."""
    low, high = np.nanquantile(draws[1:], [0.025, 0.975])
    return f"{draws[0]:.2f} [{low:.2f}, {high:.2f}]"


def table(
    name: str, marks: Marks, ratings: pd.DataFrame, ours: pd.Series, theirs: pd.Series
) -> None:
    """Print the parts, the most important by sub-ratings first.

    `r` tells whether the two speak of the same thing: over the texts that speak of the part, the
    correlation of praise minus complaint with the mean of its sub-ratings; with ticked boxes,
    over all texts, that of speaking of it with ticking it.
    """
    print("| part | sub-ratings | touchpoints | reach | r | by texts | by sub-ratings |")
    print("|---|---|---|---|---|---|---|")
    for part in theirs.sort_values(ascending=False).index:
        columns, keys = PARTS[name][part]
        reach, agreement = 0.0, np.nan
        if part in marks.touchpoints:
            i = marks.touchpoints.index(part)
            spoken, mean = marks.mentioned[:, i], ratings[list(columns)].mean(axis=1)
            net = pd.Series(1.0 * marks.positive[:, i] - marks.negative[:, i])
            ticked = mean.isin([0, 1]).all()
            reach = spoken.mean()
            agreement = mean.corr(pd.Series(1.0 * spoken) if ticked else net.where(spoken))
        print(
            f"| {part} | {', '.join(columns)} | {', '.join(keys)} | {reach:.2f} "
            f"| {agreement:.2f} | {ours[part]:.2f} | {theirs[part]:.2f} |"
        )


if __name__ == "__main__":
    main()
