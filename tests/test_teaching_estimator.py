"""The tagger is a scikit-learn estimator, and a tagger wherever the library takes one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

import tpfeedback as tp
from tests.teaching_cases import LABELS, SAYINGS, TEXTS, bar, taxonomy_in
from tpfeedback.errors import TpfeedbackError
from tpfeedback.tagger import Tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.teaching.estimator import TouchpointTagger

KEYS = ["music", "parking", "hygiene"]
TABLE = pd.DataFrame([[int(key in label) for key in KEYS] for label in LABELS], columns=KEYS)
SHUFFLED = KFold(3, shuffle=True, random_state=0)


@pytest.fixture(scope="module")
def taught() -> TouchpointTagger:
    return TouchpointTagger(bar()).fit(TEXTS, LABELS)


# --- scikit-learn's own checks ----------------------------------------------------------------

WORDS = ["music", "band", "concert", "parking", "car", "toilet", "dirty", "clean", "soup", "waiter"]
LAST_BIT = (
    "Texts are read together with others of like length, in 32 bits: the last of them (6e-8) may "
    "change with the company, and the check allows 1e-7 of numbers near 0."
)
FAILED_CHECKS = {
    "check_methods_sample_order_invariance": LAST_BIT,
    "check_methods_subset_invariance": LAST_BIT,
    "check_estimators_pickle": (
        "The network of a fitted tagger cannot be pickled, and nothing here is: `save` writes "
        "plain files. An estimator that is not fitted can be pickled, as parallel searches need."
    ),
}


class TaggerOfNumbers(TouchpointTagger):
    """The tagger for tables of numbers, the only thing that scikit-learn checks estimators with.

    Each row is read as a text, a word for each number; labels of two kinds say which texts have
    music. All else is the tagger's own.
    """

    def fit(self, X: Any, y: Any = None) -> TaggerOfNumbers:
        texts = self._told(X, reset=True)
        kinds = [] if y is None else np.asarray(y).ravel().tolist()
        labels = [["music"] if one == max(kinds) else [] for one in kinds] or None
        return super().fit(texts, labels, languages=["en"] * len(texts))

    def predict(self, X: Any) -> Any:
        return super().predict(self._told(X))

    def predict_proba(self, X: Any) -> Any:
        return super().predict_proba(self._told(X))

    def transform(self, X: Any) -> Any:
        return super().predict_proba(self._told(X))

    def score(self, X: Any, y: Any) -> float:
        return float(self.predict(X).mean())

    def _told(self, X: Any, *, reset: bool = False) -> list[str]:
        rows = validate_data(self, X, reset=reset)
        return [" ".join(WORDS[int(abs(v) * 7) % 10] for v in row[:6]) for row in rows]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False
        tags.target_tags.single_output, tags.no_validation = True, False
        return tags


def test_scikit_learn_has_few_checks_for_texts_and_they_pass() -> None:
    with pytest.warns(SkipTestWarning, match="which requires input"):
        told = check_estimator(TouchpointTagger(bar()), on_fail=None)
    assert {one["status"] for one in told} == {"passed"}


def test_all_its_other_checks_pass_with_numbers_for_words() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told of checks that it skips, and of those declared
        told = check_estimator(
            TaggerOfNumbers(bar()), expected_failed_checks=FAILED_CHECKS, on_fail=None
        )
    wrong = [
        (one["check_name"], one["exception"])
        for one in told
        if one["status"] not in ("passed", "skipped", "xfail")
    ]
    assert wrong == []
    declared = {one["check_name"] for one in told if one["status"] == "xfail"}
    assert "check_estimators_pickle" in declared <= set(FAILED_CHECKS)
    assert sum(one["status"] == "passed" for one in told) >= 35


# --- what scikit-learn users do ---------------------------------------------------------------


def test_a_clone_has_the_parameters_and_nothing_learnt(taught: TouchpointTagger) -> None:
    copied = clone(taught.set_params(strength=1.0))
    assert copied.get_params() == taught.get_params()
    assert not hasattr(copied, "tagger_")
    assert copied.fit(TEXTS, LABELS).digest == taught.digest


def test_it_is_ready_before_it_is_fitted() -> None:
    check_is_fitted(TouchpointTagger())
    assert TouchpointTagger("hotel").predict(["Rude staff"]).sum() == 1


def test_columns_are_the_touchpoints_in_order(taught: TouchpointTagger) -> None:
    assert taught.get_feature_names_out().tolist() == KEYS
    said, probable = taught.predict(TEXTS), taught.predict_proba(TEXTS)
    assert said.shape == probable.shape == (len(TEXTS), len(KEYS))
    assert set(np.unique(said)) == {0, 1}
    assert said.argmax(axis=1)[:24].mean() == pytest.approx(0.5, abs=0.2)
    np.testing.assert_array_equal(taught.transform(TEXTS), probable)
    for k in range(2):
        assert probable[said[:, k] == 1, k].min() > probable[said[:, k] == 0, k].max()


@pytest.mark.parametrize(
    "kind", [list, tuple, np.array, pd.Series, lambda x: pd.Series(x, index=range(5, 41))]
)
def test_texts_may_come_in_any_row(kind: Callable[[list[str]], Any], taught: Any) -> None:
    np.testing.assert_array_equal(taught.predict(kind(TEXTS)), taught.predict(TEXTS))


def test_features_come_as_a_table_where_that_is_asked() -> None:
    tagger = TouchpointTagger(bar()).set_output(transform="pandas")
    table = tagger.fit_transform(TEXTS, LABELS)
    assert isinstance(table, pd.DataFrame)
    assert table.columns.tolist() == KEYS
    np.testing.assert_array_equal(table.to_numpy(), tagger.predict_proba(TEXTS))


def test_in_a_pipeline_its_findings_predict_something_else() -> None:
    stars = np.where(TABLE["parking"] == 1, 1.0, 5.0)
    pipeline = make_pipeline(FrozenEstimator(TouchpointTagger(bar())), Ridge())
    assert pipeline.fit(TEXTS, stars).score(TEXTS, stars) > 0.1  # a constant has 0
    assert make_pipeline(TouchpointTagger(bar())).fit(TEXTS).transform(TEXTS).shape == (36, 3)


def test_the_strength_can_be_searched_for() -> None:
    search = GridSearchCV(TouchpointTagger(bar()), {"strength": [0.01, 1.0]}, cv=SHUFFLED)
    search.fit(TEXTS, LABELS)
    assert search.best_params_ == {"strength": 1.0}
    assert search.best_estimator_.taught_ == ("music", "parking")
    assert search.best_score_ > TouchpointTagger(bar()).score(TEXTS, LABELS)


@pytest.mark.parametrize(
    "labels", [LABELS, TABLE, TABLE.to_numpy()], ids=["lists", "table", "array"]
)
def test_it_can_be_cross_validated(labels: Any) -> None:
    said = cross_val_predict(TouchpointTagger(bar()), TEXTS, labels, cv=SHUFFLED)
    assert said.shape == TABLE.shape
    scores = cross_val_score(TouchpointTagger(bar()), TEXTS, labels, cv=SHUFFLED)
    assert scores.min() > 0.4


def test_probabilities_can_be_cross_validated() -> None:
    probable = cross_val_predict(
        TouchpointTagger(bar()), TEXTS, TABLE.to_numpy(), cv=SHUFFLED, method="predict_proba"
    )
    lines = TABLE["parking"] == 1
    assert probable[lines, 1].mean() > probable[~lines, 1].mean() + 0.3


def test_parameters_can_be_changed_before_the_next_fit() -> None:
    tagger = TouchpointTagger(bar()).fit(TEXTS, LABELS)
    tagger.set_params(taxonomy="hotel")
    assert tagger.touchpoints == tuple(KEYS)  # what was learnt is of the other one
    assert tagger.predict(TEXTS).shape == (36, 3)
    assert tagger.fit(TEXTS).touchpoints == load_taxonomy("hotel").keys


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": "huge"}, TpfeedbackError, "Unknown model 'huge'. Known: general"),
        ({"taxonomy": "hotle"}, TpfeedbackError, "Unknown taxonomy 'hotle'.*'hotel'"),
        ({"taxonomy": 5}, TpfeedbackError, "cannot be read from int"),
    ],
)
def test_parameters_are_checked_when_they_are_used(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    tagger = TouchpointTagger(**options)
    with pytest.raises(error, match=message):
        tagger.predict(TEXTS)


# --- wherever the library takes a tagger ------------------------------------------------------


@pytest.fixture(scope="module")
def feedback() -> pd.DataFrame:
    texts = [text for one in SAYINGS.values() for text in one.values()]
    languages = [code for one in SAYINGS.values() for code in one]
    table = pd.DataFrame({"comment": texts, "lang": languages})
    return tp.read_feedback(table, text="comment", language="lang")


def test_it_is_a_tagger(taught: TouchpointTagger) -> None:
    assert isinstance(taught, Tagger)
    assert isinstance(TouchpointTagger(), Tagger)


def test_the_general_one_is_the_shipped_tagger() -> None:
    texts = ["Rude staff, late delivery", "Очень дорого"]
    shipped = tp.load_tagger()
    assert isinstance(shipped, TouchpointTagger)
    assert TouchpointTagger().tag(texts) == shipped.tag(texts)
    assert TouchpointTagger().digest == shipped.digest
    assert shipped.quality["languages"]
    assert set(shipped.confusion) >= set(shipped.touchpoints)


def test_its_digest_tells_what_was_learnt(taught: TouchpointTagger) -> None:
    stronger = TouchpointTagger(bar(), strength=5.0).fit(TEXTS, LABELS)
    digests = [taught.digest, stronger.digest, TouchpointTagger(bar()).digest,
               TouchpointTagger("hotel").digest, TouchpointTagger().digest]  # fmt: skip
    assert len(set(digests)) == len(digests)
    assert all(len(one) == 12 for one in digests)


def test_mentions_are_extracted_with_it(feedback: pd.DataFrame) -> None:
    taxonomy = load_taxonomy(taxonomy_in("ru"))
    mentions = tp.extract_mentions(feedback, taxonomy=taxonomy, tagger=TouchpointTagger(taxonomy))
    assert set(mentions["touchpoint"]) == set(SAYINGS)
    texts = feedback.set_index("feedback_id")["text"]
    for row in mentions.itertuples():
        assert row.evidence == texts[row.feedback_id][row.start : row.stop]
    assert mentions["sentiment"].eq("negative").mean() > 0.8


def test_it_can_be_evaluated_against_labels(feedback: pd.DataFrame) -> None:
    taxonomy = load_taxonomy(taxonomy_in("pl"))
    labels = feedback[["feedback_id", "text", "language"]].assign(
        touchpoint=[key for key in SAYINGS for _ in range(4)], sentiment="negative"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few labels say little
        told = tp.evaluate(TouchpointTagger(taxonomy), labels, feedback=feedback, taxonomy=taxonomy)
    table = told.touchpoints
    couriers = table[(table["touchpoint"] == "couriers") & (table["language"] == "all")]
    assert couriers["recall"].item() == 1.0
