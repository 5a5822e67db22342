"""Cohen's kappa and Krippendorff's alpha: published examples, other programs, simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from tpfeedback.errors import TableError
from tpfeedback.evaluation import cohen_kappa, krippendorff_alpha, measure_agreement
from tpfeedback.taxonomy import load_taxonomy

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability".
TWO_OBSERVERS_BINARY = ("0100000010", "1110010000")
TWO_OBSERVERS_NOMINAL = ("aabbdcccedda", "babbbccceddd")


def units(*observers):
    """Return one row a unit from one text an observer."""
    return [[None if one == "." else one for one in unit] for unit in zip(*observers, strict=True)]


def spread(table):
    """Return the judgements of both annotators behind a table of counts."""
    cells = np.asarray(table)
    rows, columns = np.indices(cells.shape)
    return np.repeat(rows.ravel(), cells.ravel()), np.repeat(columns.ravel(), cells.ravel())


# Values of the four observers by unit, as the paper's data matrix has them.
PAPER = [
    ("1", "1", None, "1"), ("2", "2", "3", "2"), ("3", "3", "3", "3"), ("3", "3", "3", "3"),
    ("2", "2", "2", "2"), ("1", "2", "3", "4"), ("4", "4", "4", "4"), ("1", "1", "2", "1"),
    ("2", "2", "2", "2"), (None, "5", "5", "5"), (None, None, "1", "1"), (None, None, "3", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ratings", "published"),
    [
        (units(*TWO_OBSERVERS_BINARY), 0.095),
        (units(*TWO_OBSERVERS_NOMINAL), 0.692),
        (PAPER, 0.743),
    ],
)
def test_alpha_is_that_of_krippendorffs_own_examples(ratings, published):
    assert krippendorff_alpha(ratings).value == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize(
    ("table", "published"),
    [
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492),  # Cohen 1960, table 1, of 200
        ([[0, 4, 1], [0, 8, 0], [0, 1, 5]], 0.4842),  # SAS, PROC FREQ, simple kappa
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.676),  # Fleiss 1981, table 13.1
    ],
)
def test_kappa_is_that_of_published_examples(table, published):
    assert cohen_kappa(*spread(table)).value == pytest.approx(published, abs=5e-4)


def test_kappa_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    for _ in range(20):
        first = random.integers(0, 4, 60)
        second = np.where(random.random(60) < 0.6, first, random.integers(0, 4, 60))
        assert cohen_kappa(first, second).value == pytest.approx(cohen_kappa_score(first, second))


@pytest.mark.parametrize(
    "table", [[[27, 22, 0], [33, 31, 2], [0, 10, 24]], [[22, 6, 30], [0, 22, 14], [39, 11, 23]]]
)
def test_of_many_units_the_interval_of_kappa_is_that_of_fleiss_cohen_and_everitt(table):
    many = 50 * np.array(table)
    known, found = cohens_kappa(many), cohen_kappa(*spread(many))
    assert (found.low, found.high) == pytest.approx((known.kappa_low, known.kappa_upp), abs=5e-4)


def test_the_interval_is_never_narrower_than_if_disagreement_alone_varied():
    table = 50 * np.array([[44, 7, 9], [5, 20, 5], [1, 3, 6]])
    known, found = cohens_kappa(table), cohen_kappa(*spread(table))
    low, high = proportion_confint(50 * 30, 50 * 100, method="wilson")
    expected = 0.3 / (1 - found.value)
    assert (found.low, found.high) == pytest.approx((1 - high / expected, 1 - low / expected))
    assert 1 < (found.high - found.low) / (known.kappa_upp - known.kappa_low) < 1.1


def test_annotators_who_use_categories_unequally_often_are_as_unsure_as_the_formula_says():
    table = 50 * np.array([[5, 40, 0], [0, 10, 20], [5, 0, 20]])
    known, found = cohens_kappa(table), cohen_kappa(*spread(table))
    assert 1 < (found.high - found.low) / (known.kappa_upp - known.kappa_low) < 1.1


def test_unlike_a_standard_error_the_interval_stays_below_one_and_has_a_width():
    found = cohen_kappa([0, 1] * 10, [0, 1] * 10)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.678, abs=1e-3)
    assert krippendorff_alpha([[0, 0], [1, 1]] * 10).low == pytest.approx(0.686, abs=1e-3)


@pytest.mark.parametrize("measure", ["kappa", "alpha"])
@pytest.mark.parametrize(("prevalence", "kappa"), [(0.05, 0.7), (0.1, 0.9), (0.3, 0.6)])
def test_the_intervals_cover_the_truth_for_rare_touchpoints_too(measure, prevalence, kappa):
    random, inside, asked = np.random.default_rng(2), 0, 0
    both, neither = prevalence**2, (1 - prevalence) ** 2
    shared = kappa * prevalence * (1 - prevalence)
    one = (1 - both - neither - 2 * shared) / 2
    cells = [neither + shared, one, one, both + shared]
    for _ in range(200):
        first, second = spread(random.multinomial(100, cells).reshape(2, 2))
        if measure == "kappa":
            found = cohen_kappa(first, second)
        else:
            found = krippendorff_alpha(np.column_stack([first, second]))
        if found.value == found.value:
            asked += 1
            inside += found.low <= kappa <= found.high
    assert asked > 150
    assert inside / asked >= 0.92


def test_units_that_hang_together_are_no_more_sure_than_one():
    first, second = spread([[30, 5], [5, 20]])
    texts = np.repeat(np.arange(60), 4)
    once = cohen_kappa(first, second)
    again = cohen_kappa(np.repeat(first, 4), np.repeat(second, 4), clusters=texts)
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=0.02)
    pairs = np.column_stack([first, second])
    once = krippendorff_alpha(pairs)
    again = krippendorff_alpha(np.repeat(pairs, 4, axis=0), clusters=texts)
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=0.02)


def test_where_all_agree_units_that_hang_together_are_no_more_sure_than_one():
    once, texts = [0, 1] * 10, np.repeat(np.arange(20), 4)
    again = np.repeat(once, 4)
    assert cohen_kappa(again, again, clusters=texts).low == cohen_kappa(once, once).low
    pairs = np.column_stack([again, again])
    alone = krippendorff_alpha(np.column_stack([once, once]))
    assert krippendorff_alpha(pairs, clusters=texts).low == pytest.approx(alone.low, abs=0.02)


def test_a_unit_that_one_has_not_judged_takes_its_cluster_along():
    first, second = spread([[9, 4], [2, 10]])
    texts = np.arange(25) // 3
    known = cohen_kappa(first, second, clusters=texts)
    more = [None, "x", *first], [0, None, *second]
    assert cohen_kappa(*more, clusters=[98, 99, *texts]) == known
    pairs = np.column_stack([first, second]).tolist()
    known = krippendorff_alpha(pairs, clusters=texts)
    assert krippendorff_alpha([[None, 0], [1, None], *pairs], clusters=[98, 99, *texts]) == known


def test_the_order_of_annotators_does_not_matter():
    table = pd.DataFrame(PAPER)
    assert krippendorff_alpha(table) == krippendorff_alpha(table[[2, 0, 3, 1]])


def test_what_only_one_annotator_judged_says_nothing():
    assert krippendorff_alpha([*PAPER, ("9", None, None, None)]) == krippendorff_alpha(PAPER)
    assert cohen_kappa(["a", "b", "a", None], ["a", "b", "b", "b"]).units == 3


@pytest.mark.parametrize("ratings", [[], [["a", None]], [["a", "a"], ["a", "a"]]])
def test_without_two_categories_nothing_can_be_said(ratings):
    assert np.isnan(krippendorff_alpha(ratings).value)
    first, second = zip(*ratings, strict=True) if ratings else ([], [])
    assert np.isnan(cohen_kappa(first, second).value)


def test_judgements_of_different_lengths_are_refused():
    with pytest.raises(TableError, match=r"different lengths: 1, 2\. Give one category"):
        cohen_kappa(["a"], ["a", "b"])
    with pytest.raises(TableError, match="1 clusters for 2 units"):
        krippendorff_alpha([["a", "a"], ["b", "b"]], clusters=["t"])


# --- the labels table


def labels_of(*readings):
    """Return a labels table from (annotator, text, touchpoint or None, sentiment or None)."""
    names = ["annotator", "feedback_id", "touchpoint", "sentiment"]
    return pd.DataFrame(readings, columns=names).astype("str").where(lambda t: t != "None")


def test_agreement_is_told_for_all_touchpoints_and_for_each_that_was_named():
    labels = labels_of(
        ("Ann", "a", "staff", "negative"), ("Bo", "a", "staff", "positive"),
        ("Ann", "b", None, None), ("Bo", "b", "price", "negative"),
        ("Ann", "c", "staff", "positive"), ("Bo", "c", "staff", "positive"),
        ("Ann", "d", "waiting", "positive"),
    )  # fmt: skip
    table = measure_agreement(labels)
    assert table["touchpoint"].drop_duplicates().tolist() == ["all", "staff", "price"]
    assert set(table["texts"]) == {3}
    staff = table[table["touchpoint"] == "staff"].set_index(["about", "measure"])
    assert staff.loc[("touchpoint", "kappa"), "agreement"] == 1.0
    assert staff.loc[("sentiment", "kappa"), "agreement"] == pytest.approx(
        cohen_kappa_score([1, 0, 3], [3, 0, 3])
    )
    assert staff.loc[("touchpoint", "alpha"), "named"] == 2


def test_of_three_annotators_each_two_have_a_kappa_and_all_an_alpha():
    rows = [
        (who, text, "staff" if text != "b" else None, "negative" if text != "b" else None)
        for who, read in (("Ann", "abc"), ("Bo", "abc"), ("Cy", "ab"))
        for text in read
    ]
    table = measure_agreement(labels_of(*rows))
    own = table[(table["touchpoint"] == "all") & (table["about"] == "touchpoint")]
    assert own[["measure", "annotators", "texts"]].values.tolist() == [
        ["kappa", "Ann, Bo", 3], ["kappa", "Ann, Cy", 2], ["kappa", "Bo, Cy", 2],
        ["alpha", "Ann, Bo, Cy", 3],
    ]  # fmt: skip
    assert set(table["touchpoint"]) == {"all", "staff"}


def test_judgements_of_one_text_hang_together_in_the_table_too():
    random, keys = np.random.default_rng(0), load_taxonomy("general").keys
    first = random.random((30, len(keys))) < 0.2
    careless = random.random((30, 1)) < 0.3  # who reads a text badly does so throughout
    second = np.where(careless, random.random(first.shape) < 0.2, first)
    rows = [
        (who, f"t{text:02d}", keys[place], "negative")
        for who, named in (("Ann", first), ("Bo", second))
        for text, place in np.argwhere(named)
    ]
    rows += [(who, f"t{text:02d}", None, None)
             for who, named in (("Ann", first), ("Bo", second))
             for text in np.flatnonzero(~named.any(axis=1))]  # fmt: skip
    table = measure_agreement(labels_of(*rows))
    own = table[(table["touchpoint"] == "all") & (table["about"] == "touchpoint")]
    units, texts = (first.ravel(), second.ravel()), np.repeat(np.arange(30), len(keys))
    for measure, known in (
        ("kappa", cohen_kappa(*units, clusters=texts)),
        ("alpha", krippendorff_alpha(np.column_stack(units), clusters=texts)),
    ):
        told = own.set_index("measure").loc[measure]
        ends = told[["agreement", "agreement_low", "agreement_high"]].tolist()
        assert ends == pytest.approx([known.value, known.low, known.high])


def test_a_sentiment_that_was_not_told_is_no_disagreement():
    rows = [(who, text, "staff", "negative") for who in ("Ann", "Bo") for text in "abc"]
    rows += [(who, "e", None, None) for who in ("Ann", "Bo")]
    more = [("Ann", "d", "staff", "negative"), ("Bo", "d", "staff", None)]
    table = measure_agreement(labels_of(*rows, *more))
    felt = table[(table["touchpoint"] == "staff") & (table["about"] == "sentiment")]
    assert felt["agreement"].tolist() == [1.0, 1.0]


def test_a_single_annotator_has_nobody_to_agree_with():
    assert measure_agreement(labels_of(("Ann", "a", "staff", "negative"))).empty


@pytest.mark.parametrize("given", [None, "++-", 3])
def test_what_holds_no_judgement_for_each_unit_is_refused(given):
    with pytest.raises(TableError, match="Allowed: a list or column"):
        cohen_kappa(given, ["+", "+", "-"])
    with pytest.raises(TableError, match="Allowed: a table with a row for each unit"):
        krippendorff_alpha(given)
