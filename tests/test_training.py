"""Labels, scores and calibration, against what can be worked out by hand."""

from __future__ import annotations

import gzip
import json
import tomllib
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import f1_score

from tpfeedback.errors import TrainingError
from tpfeedback.reading import calibrated, log_odds, logits_of
from tpfeedback.training.calibration import (
    FOLDS,
    PULLED,
    calibrate,
    calibrate_overall,
    calibration_error,
    crossed,
    curves,
    micro_f1,
)
from tpfeedback.training.confusion import confusion_of
from tpfeedback.training.corpus import NOT_FREE, joined, label_weights, sampled
from tpfeedback.training.data import (
    LabelledText,
    read_corpora,
    read_labelled,
    targets,
    together,
)
from tpfeedback.training.evaluate import score_table
from tpfeedback.training.scoring import Judged, accuracy, bootstrap_f1, counts, f1, macro_f1

KEYS = ("delivery", "price", "staff")


def labelled(
    touchpoints: dict[str, str], *, covers: tuple[str, ...] = (), overall: str | None = None,
    source: str = "made_up", id: str = "a", translated: bool = False,
) -> LabelledText:  # fmt: skip
    return LabelledText(
        id, "text", "en", source, overall, touchpoints, frozenset(covers), translated
    )


def test_a_touchpoint_outside_covers_is_unknown_and_weighs_nothing():
    goal = targets([labelled({"price": "-"}, covers=("price", "staff"))], KEYS)
    assert goal.presence.tolist() == [[0, 1, 0]]
    assert goal.presence_weight.tolist() == [[0, 1, 1]]
    assert goal.polarity[0, 1].tolist() == [1, 0, 0, 0]
    assert goal.polarity_weight.tolist() == [[0, 1, 0]]


def test_a_label_counts_even_where_its_absence_would_say_nothing():
    goal = targets([labelled({"delivery": "+"})], KEYS)
    assert goal.presence_weight.tolist() == [[1, 0, 0]]


def test_presence_alone_teaches_no_polarity():
    goal = targets([labelled({"staff": "?"})], KEYS)
    assert goal.presence.tolist() == [[0, 0, 1]]
    assert goal.polarity_weight.tolist() == [[0, 0, 0]]


def test_a_missing_overall_is_unknown():
    goal = targets([labelled({}), labelled({}, overall="*")], KEYS)
    assert goal.overall.tolist() == [[0, 0, 0, 0], [0, 0, 0, 1]]
    assert goal.overall_weight.tolist() == [0, 1]


def test_translated_texts_weigh_less():
    options = {"presence_weight": 0.4, "polarity_weight": 0.2, "overall_weight": 0.1,
               "translated_factor": 0.5}  # fmt: skip
    weights = label_weights([labelled({}), labelled({}, translated=True)], options)
    assert weights == pytest.approx(np.array([[0.4, 0.2, 0.1], [0.2, 0.1, 0.05]]))


def test_a_big_source_is_sampled_and_the_choice_does_not_depend_on_order():
    texts = [labelled({}, id=f"t{i}") for i in range(50)]
    chosen = sampled(texts, 10)
    assert len(chosen) == 10
    assert sampled(texts[::-1], 10) == chosen


def test_answers_are_never_joined_for_each_has_its_own_question():
    texts = [labelled({"staff": "+"}, id="a"), labelled({"price": "-"}, id="b")]
    answer = replace(labelled({"price": "-"}, id="c"), question="What could we improve?")
    pairs = joined([*texts, answer], 60, random_state=1)
    assert {part for pair in pairs for part in pair.id.split("+")} == {"a", "b"}
    assert {pair.touchpoints.get("price") for pair in pairs} <= {"-", None}


def test_joined_texts_carry_the_marks_of_both():
    texts = [labelled({"price": "+"}, id="a", overall="+"),
             labelled({"price": "-"}, id="b", overall="-")]  # fmt: skip
    for pair in joined(texts, 40, random_state=1):
        expected = "*" if pair.id in {"a+b", "b+a"} else {"a+a": "+", "b+b": "-"}[pair.id]
        assert (pair.touchpoints["price"], pair.overall) == (expected, expected)


def test_only_training_rows_of_sources_not_left_out_are_read(tmp_path):
    record = {"id": "x", "lang": "pl", "source": "a", "text": "Tanio", "translated": False,
              "overall": None, "touchpoints": {"price": "+"}, "covers": []}  # fmt: skip
    for name in ("a", "b"):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            for split in ("train", "dev"):
                out.write(json.dumps({**record, "source": name, "split": split}) + "\n")
    assert [t.source for t in read_corpora(tmp_path, leave_out=["b"])] == ["a"]
    assert len(read_labelled(tmp_path / "b.jsonl.gz")) == 2


def test_what_a_teacher_believes_stands_below_what_was_read():
    first, second = targets([labelled({"price": "-"})], KEYS), targets([labelled({})], KEYS)
    both = together(first, second)
    assert both.presence.tolist() == [[0, 1, 0], [0, 0, 0]]
    assert both.polarity.shape == (2, 3, 4)


def judged(true: dict[str, str], said: dict[str, str], language: str = "pl") -> Judged:
    return Judged(language, true, said, "+", "+")


def test_f1_agrees_with_scikit_learn():
    random = np.random.default_rng(3)
    true, said = random.random((2, 200, 5)) < 0.3
    texts = [
        judged({str(k): "+" for k in np.flatnonzero(t)}, {str(k): "+" for k in np.flatnonzero(s)})
        for t, s in zip(true, said, strict=True)
    ]
    score = bootstrap_f1(counts(texts, polarity=False), random_state=0)
    assert score.value == pytest.approx(f1_score(true, said, average="micro"))
    assert score.low < score.value < score.high


def test_a_wrong_mark_is_a_hit_for_the_touchpoint_and_none_with_polarity():
    texts = [judged({"price": "-"}, {"price": "+"})]
    assert f1(*counts(texts, polarity=False).sum(axis=0)) == 1
    assert f1(*counts(texts, polarity=True).sum(axis=0)) == 0


def test_the_interval_of_f1_covers_the_truth_in_simulation():
    random = np.random.default_rng(5)
    covered = 0
    for draw in range(200):
        hit = random.random(150) < 0.7
        table = np.column_stack([hit, np.ones(150), np.ones(150)]).astype(float)
        score = bootstrap_f1(table, random_state=draw, draws=400)
        covered += score.low <= 0.7 <= score.high
    assert 180 <= covered <= 199


def test_accuracy_leaves_out_texts_without_a_known_overall():
    texts = [Judged("en", {}, {}, "+", "+"), Judged("en", {}, {}, "-", "+"),
             Judged("en", {}, {}, None, "+")]  # fmt: skip
    assert accuracy(texts, random_state=0).value == 0.5


def test_macro_f1_counts_touchpoints_with_ten_examples_only():
    texts = [judged({"price": "+"}, {"price": "+"})] * 10 + [judged({"staff": "+"}, {})] * 9
    assert macro_f1(texts) == 1.0


def test_the_score_table_has_a_row_for_each_language_present():
    table = score_table(
        [judged({"price": "+"}, {"price": "+"}, language) for language in ["ru", "en"]]
    )
    assert "| ru | 1 | 1.000 (1.000–1.000) |" in table
    assert "| zh |" not in table


def test_calibration_undoes_logits_that_are_too_sure():
    random = np.random.default_rng(0)
    truth = random.normal(size=(4000, 3))
    presence = (random.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    logits = logits_of(3 * truth + 1, {"slope": 1, "intercept": 0, "bend": 5}).astype(np.float32)
    result = calibrate(logits, presence, ["pl"] * 4000)["pl"]
    assert result["slope"] == pytest.approx(1 / 3, abs=0.03)
    assert result["intercept"] == pytest.approx(-1 / 3, abs=0.07)
    assert result["calibration_error"] < 0.03


def test_a_language_with_few_texts_is_calibrated_near_to_all_and_one_with_many_by_itself():
    random = np.random.default_rng(5)
    truth = random.normal(-1, 2, size=(5002, 20))
    presence = (random.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    languages = ["en"] * 3000 + ["pl"] * 2000 + ["ru"] * 2
    slopes = np.repeat([1.0, 2.0, 2.0], [3000, 2000, 2])[:, None]
    logits = logits_of(slopes * truth, {"slope": 1, "intercept": 0, "bend": 5}).astype(np.float32)
    found = calibrate(logits, presence, languages)
    assert found["en"]["slope"] == pytest.approx(1, abs=0.05)
    assert found["pl"]["slope"] == pytest.approx(1 / 2, abs=0.03)
    assert 0.55 < found["ru"]["slope"] < 0.8  # all together: 0.7


def test_the_calibration_error_is_that_of_texts_which_the_fit_did_not_see():
    random = np.random.default_rng(6)
    logits = random.normal(size=(400, 1)).astype(np.float32)
    odd = np.arange(400)[:, None] % FOLDS == 3  # one fold contradicts the others
    presence = (odd | (logits > 0)).astype(np.float32)
    codes = np.array(["en"] * 400)
    confidence = crossed(logits, presence, codes)
    seen = expit(log_odds(logits, curves(logits, presence, codes, ["en"])["en"]))
    low = odd & (logits < -0.5)
    assert (confidence[low] < 0.5 * seen[low]).all()
    told = calibrate(logits, presence, ["en"] * 400)["en"]["calibration_error"]
    assert told == pytest.approx(calibration_error(confidence, presence), abs=1e-3)


def test_a_language_that_the_other_folds_lack_gets_the_curve_of_all_languages():
    random = np.random.default_rng(7)
    logits = random.normal(size=(41, 8)).astype(np.float32)
    presence = (random.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    codes = np.array(["en"] * 40 + ["ru"])
    found = curves(logits[:40], presence[:40], codes[:40], ["en", "ru"])
    alone = calibrate(logits[:40], presence[:40], ["en"] * 40)["en"]
    assert found["ru"]["slope"] == pytest.approx(alone["slope"], abs=0.02)
    assert crossed(logits, presence, codes)[40] == pytest.approx(
        expit(log_odds(logits[40], found["ru"])), abs=0.05
    )


def test_a_language_is_pulled_to_all_languages_as_strongly_as_stated():
    random = np.random.default_rng(8)
    logits = np.concatenate([random.normal(size=(4000, 5)), random.normal(size=(30, 5))])
    odds = np.concatenate([logits[:4000], 3 * logits[4000:] - 2])
    presence = (random.random(odds.shape) < expit(odds)).astype(np.float32)
    codes = np.array(["en"] * 4000 + ["pl"] * 30)
    logits = logits_of(logits, {"slope": 1, "intercept": 0, "bend": 5})
    found = curves(logits, presence, codes, ["en", "pl"])
    x, y = log_odds(logits[4000:], {"slope": 1, "intercept": 0, "bend": 5}), presence[4000:]
    shared = curves(logits, presence, codes, ["ru"])["ru"]
    error = expit(log_odds(logits[4000:], found["pl"])) - y
    pull = 2 * PULLED * (found["pl"]["slope"] - shared["slope"])  # where the sum is least
    assert pull == pytest.approx(-(error * x).sum(), abs=0.1)
    assert found["pl"]["slope"] > shared["slope"] + 0.05


def test_logits_that_say_the_opposite_of_the_labels_are_no_calibration():
    logits = np.linspace(-3, 3, 400, dtype=np.float32)[:, None]
    with pytest.raises(TrainingError, match="In en, higher logits of touchpoints do not go"):
        calibrate(logits, (logits < 0).astype(np.float32), ["en"] * 400)


def test_the_threshold_is_as_good_as_any_where_probabilities_are_right():
    random = np.random.default_rng(6)
    logits = random.normal(-2, 2, (4000, 10)).astype(np.float32)
    presence = (random.random(logits.shape) < expit(logits)).astype(np.float32)
    found = calibrate(logits, presence, ["pl"] * len(logits))["pl"]
    truth = expit(log_odds(logits, found))
    best = max(micro_f1(truth >= t, presence) for t in np.arange(0.05, 0.95, 0.01))
    assert found["threshold"] == pytest.approx(best / 2, abs=0.005)
    assert micro_f1(truth >= found["threshold"], presence) > best - 0.002


def test_a_threshold_for_a_stated_precision_keeps_it_on_new_texts():
    random = np.random.default_rng(4)
    truth = random.normal(-1, 2, size=(2, 20_000, 1))
    presence = (random.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    entry = calibrate(truth[0].astype(np.float32), presence[0], ["en"] * 20_000)["en"]
    for share, threshold in entry["precision"].items():
        said = 1 / (1 + np.exp(-truth[1])) >= threshold
        assert float(share) - 0.01 <= presence[1][said].mean() <= float(share) + 0.03


def test_a_precision_that_few_mentions_cannot_promise_is_not_promised():
    random = np.random.default_rng(4)
    truth = random.normal(0, 1, size=(40, 1)).astype(np.float32)
    presence = (random.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    assert calibrate(truth, presence, ["en"] * 40)["en"]["precision"]["0.95"] is None


def test_overall_calibration_takes_back_how_sure_the_marks_are_and_keeps_the_likeliest():
    random = np.random.default_rng(4)
    logits = random.normal(size=(6000, 4)) * 2
    marks = np.array([random.choice(4, p=row) for row in softmax(logits, axis=1)])
    told = softmax(1.5 * logits, axis=1).astype(np.float32)
    entry = calibrate_overall(told, marks, ["ru"] * 3000 + ["pl"] * 3000)["pl"]
    assert entry == {"slope": pytest.approx(1 / 1.5, abs=0.05)}
    assert (calibrated(told, entry).argmax(axis=1) == told.argmax(axis=1)).all()


def test_a_language_with_few_texts_keeps_near_to_all_languages_together():
    random = np.random.default_rng(5)
    logits = random.normal(size=(3002, 4)) * 2
    marks = np.array([random.choice(4, p=row) for row in softmax(logits, axis=1)])
    told = softmax(3 * logits, axis=1).astype(np.float32)
    entries = calibrate_overall(told, marks, ["ru"] * 3000 + ["pl"] * 2)
    assert entries["pl"]["slope"] == pytest.approx(entries["ru"]["slope"], rel=0.3)
    assert entries["pl"]["slope"] != entries["ru"]["slope"]


def test_rates_of_error_count_what_is_missed_invented_and_turned_around():
    texts = [
        Judged("en", {"staff": "-"}, {"staff": "-"}, "-", "-"),
        Judged("en", {"staff": "-"}, {"staff": "+"}, "-", "+"),
        Judged("en", {"staff": "-", "price": "+"}, {}, "-", "0"),
        Judged("en", {}, {"staff": "*"}, "0", "0"),
    ]
    rates = confusion_of(texts * 100, ["staff", "location"])
    assert rates["overall"] == {"recall": 0.5, "precision": 0.6667, "flip": 0.5}
    assert rates["staff"]["recall"] == pytest.approx(2 / 3, abs=0.02)
    assert rates["location"] == rates["overall"]


def test_calibration_error_of_a_liar_is_the_size_of_the_lie():
    confidence = np.full((1000, 1), 0.95, np.float32)
    presence = np.zeros((1000, 1), np.float32)
    presence[:500] = 1
    assert calibration_error(confidence, presence) == pytest.approx(0.45)


def test_micro_f1_of_nothing_said_is_zero():
    assert micro_f1(np.zeros((3, 2), bool), np.ones((3, 2), np.float32)) == 0


def test_every_source_has_a_licence_line_and_no_non_commercial_one_is_learnt_from():
    folder = files("tpfeedback.training")
    sources = tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8"))
    left_out = tomllib.loads((folder / "settings.toml").read_text(encoding="utf-8"))["corpora"][
        "leave_out"
    ]
    assert all(entry["licence"] and entry["public_source"] for entry in sources.values())
    restricted = {name for name, entry in sources.items() if "non-commercial" in entry["licence"]}
    assert restricted
    assert restricted <= set(left_out)
    assert restricted <= set(NOT_FREE)
