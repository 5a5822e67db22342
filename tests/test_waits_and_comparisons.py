"""The bridge ties durations and comparisons of a text to the touchpoint they are about."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tpfeedback.errors import ColumnError, TableError
from tpfeedback.follow_up import waits
from tpfeedback.ingest import read_feedback
from tpfeedback.mentions import extract_comparisons, extract_mentions, extract_waits, places
from tpfeedback.segmentation import segment
from tpfeedback.tables import EXTRACTED, check_table


def feedback_of(*texts: str, language: str | None = "en") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "feedback_id": [f"t{i}" for i in range(len(texts))],
            "text": list(texts),
            "overall": 3.0,
            "language": language,
            "date": pd.NaT,
            "channel": None,
            "question": None,
        }
    )


def mentions_of(feedback: pd.DataFrame, *found: tuple[int, str, str, str]) -> pd.DataFrame:
    """Return mentions: (place of the text, touchpoint, sentiment, evidence)."""
    rows = []
    for place, touchpoint, sentiment, evidence in found:
        start = feedback["text"].iloc[place].index(evidence)
        rows.append((f"t{place}", touchpoint, sentiment, 0.0, 0.9, start, start + len(evidence),
                     evidence, "en"))  # fmt: skip
    names = ["feedback_id", "touchpoint", "sentiment", "score", "confidence", "start", "stop",
             "evidence", "language"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def touchpoint_of(text: str, *found: tuple[str, str]) -> object:
    feedback = feedback_of(text)
    mentions = mentions_of(feedback, *((0, key, "negative", words) for key, words in found))
    return extract_waits(feedback, mentions)["touchpoint"].tolist()


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Delivery took 3 days, nice staff", [("delivery", "Delivery took 3 days")], "delivery"),
        (
            "Delivery took 3 days with rude staff",
            [("delivery", "Delivery took 3 days"),
             ("staff", "Delivery took 3 days with rude staff")],
            "delivery",
        ),
        (
            "The parcel came late: 3 days. Rude staff",
            [("delivery", "The parcel"), ("staff", "staff")],
            "delivery",
        ),
        ("Rude staff. I waited 2 hours", [("staff", "Rude staff")], None),
        ("I waited 2 hours", [], None),
        ("Waited 2 hours", [("waiting", "Waited 2 hours"), ("call_center", "Waited 2 hours")],
         "call_center"),
    ],
)  # fmt: skip
def test_a_wait_belongs_to_the_evidence_it_stands_in_else_to_the_nearest(text, found, expected):
    (touchpoint,) = touchpoint_of(text, *found)
    assert touchpoint == expected or (expected is None and pd.isna(touchpoint))


def test_each_wait_quotes_the_text_between_start_and_stop():
    feedback = feedback_of("Waited over two weeks, then 3-4 days", "ok")
    waits = extract_waits(feedback, mentions_of(feedback))
    texts = feedback.set_index("feedback_id")["text"]
    quoted = [texts[r.feedback_id][r.start : r.stop] for r in waits.itertuples()]
    assert quoted == waits["evidence"].tolist() == ["over two weeks", "3-4 days"]
    assert waits["minutes"].tolist() == [20160.0, 5040.0]
    assert waits["minutes_low"].tolist() == [20160.0, 4320.0]
    assert math.isnan(waits["minutes_high"].iloc[0])


def test_a_language_that_is_missing_is_found_and_another_gives_no_rows():
    feedback = feedback_of("Ждал доставку три дня и не дождался", language=None)
    assert extract_waits(feedback, mentions_of(feedback))["language"].tolist() == ["ru"]
    other = feedback_of("3 hours", "better than other hotels", language="other")
    assert extract_waits(other, mentions_of(other)).empty
    assert extract_comparisons(other, mentions_of(other)).empty


@pytest.mark.parametrize("extract", [extract_waits, extract_comparisons])
def test_an_empty_result_has_every_column_with_its_type(extract):
    full, empty = feedback_of("3 hours, better than other hotels"), feedback_of("ok")
    found, none = extract(full, mentions_of(full)), extract(empty, mentions_of(empty))
    assert len(found) == 1
    assert none.empty
    assert found.dtypes.astype(str).to_dict() == none.dtypes.astype(str).to_dict()


@pytest.mark.parametrize(
    ("extract", "name"), [(extract_waits, "waits"), (extract_comparisons, "comparisons")]
)
def test_what_is_extracted_keeps_its_contract(extract, name):
    feedback = feedback_of("Waited over 2 hours. Slower than other shops", "Cheaper than Tesco")
    found = extract(feedback, mentions_of(feedback))
    assert len(found) in {1, 2}
    assert list(check_table(found, name).columns) == [column.name for column in EXTRACTED[name]]
    with pytest.raises(TableError, match=f"Column 'start' of the {name} table goes down to -1"):
        check_table(found.assign(start=-1), name)


@pytest.mark.parametrize("extract", [extract_waits, extract_comparisons])
def test_the_callers_tables_are_not_changed(extract):
    feedback = feedback_of("Waited 3 hours, better than other hotels")
    mentions = mentions_of(feedback, (0, "waiting", "negative", "Waited"))
    before = feedback.copy(), mentions.copy()
    extract(feedback, mentions)
    pd.testing.assert_frame_equal(feedback, before[0])
    pd.testing.assert_frame_equal(mentions, before[1])


@pytest.mark.parametrize("extract", [extract_waits, extract_comparisons])
def test_a_table_that_is_no_feedback_is_refused(extract):
    with pytest.raises(TableError, match="lacks the columns"):
        extract(pd.DataFrame({"text": ["x"]}), pd.DataFrame())


@pytest.mark.parametrize(
    ("text", "ours", "expected"),
    [
        ("Cheaper than Tesco", [], [("tesco", "win")]),
        ("Slower than other shops", [], [(None, "loss")]),
        ("Lufthansa is cheaper than Ryanair", ["Ryanair"], [(None, "loss")]),
        ("As good as Ryanair", ["ryanair"], [(None, "equal")]),
        ("Nothing to compare", [], []),
    ],
)
def test_a_comparison_is_seen_from_our_side(text, ours, expected):
    feedback = feedback_of(text)
    table = extract_comparisons(feedback, mentions_of(feedback), ours=ours)
    rivals = [None if pd.isna(rival) else rival for rival in table["rival"]]
    assert list(zip(rivals, table["verdict"], strict=True)) == expected


@pytest.mark.parametrize(
    ("sentiment", "verdicts"),
    [("positive", ["win"]), ("negative", ["loss"]), ("neutral", []), ("mixed", [])],
)
def test_the_sentiment_decides_only_where_the_words_do_not(sentiment, verdicts):
    text = "Unlike other hotels the staff here react"
    feedback = feedback_of(text, "The staff is better than in other hotels")
    mentions = mentions_of(
        feedback, (0, "staff", sentiment, text), (1, "staff", sentiment, "staff")
    )
    table = extract_comparisons(feedback, mentions)
    assert table.loc[table["feedback_id"] == "t0", "verdict"].tolist() == verdicts
    assert table.loc[table["feedback_id"] == "t1", "verdict"].tolist() == ["win"]


@pytest.mark.parametrize(
    ("sentiment", "verdicts"),
    [("positive", ["loss"]), ("negative", ["win"]), ("neutral", []), ("mixed", [])],
)
@pytest.mark.parametrize(
    ("text", "language", "ours"),
    [
        ("The staff here react, unlike at OurShop", "en", "OurShop"),
        ("In contrast to Ryanair the staff here react", "en", "Ryanair"),
        ("Персонал здесь такой, в отличие от Магнита", "ru", "Магнит"),
        ("Персонал здесь такой, не то что у Магнита", "ru", "Магнит"),
        ("Obsługa tu taka, w przeciwieństwie do OurShop", "pl", "OurShop"),
        ("Obsługa tu taka, nie to co w Biedronce", "pl", "Biedronka"),
        ("这里的店员，不像京东", "zh", "京东"),
        ("店员跟京东不一样", "zh", "京东"),
    ],
)
def test_who_is_unlike_us_and_good_beats_us_and_who_is_bad_does_not(
    text, language, ours, sentiment, verdicts
):
    feedback = feedback_of(text, language=language)
    mentions = mentions_of(feedback, (0, "staff", sentiment, text))
    table = extract_comparisons(feedback, mentions, ours=[ours])
    assert table["verdict"].tolist() == verdicts
    assert table["rival"].isna().all()
    rivals = extract_comparisons(feedback, mentions)
    turned = {"win": "loss", "loss": "win"}
    assert rivals["verdict"].tolist() == [turned[verdict] for verdict in verdicts]
    assert rivals["rival"].tolist() == [ours.lower()] * len(verdicts)


@pytest.mark.parametrize(
    ("text", "language", "ours", "expected"),
    [
        ("Хуже чем в Тинькофф", "ru", "Тинькофф", (None, "win")),
        ("Хуже чем в Сбербанке", "ru", "Сбербанк", (None, "win")),
        ("Лучше чем в Азбуке Вкуса", "ru", "Азбука Вкуса", (None, "loss")),
        ("Хуже чем в Газпроме", "ru", " газпром ", (None, "win")),
        ("Лучше чем в Газпроме", "ru", "Газетчик", ("газпроме", "win")),
        ("Cheaper than Booking.com", "en", "Booking.com", (None, "loss")),
        ("Better than McDonalds", "en", "McDonalds", (None, "loss")),
        ("Better than Hilton's", "en", "Hilton", (None, "loss")),
        ("Better than Marca", "en", "Marco", ("marca", "win")),
        ("Slower than KFC", "en", "肯德基", (None, "win")),
        ("Gorzej niż w Medicoverze", "pl", "Medicover", (None, "win")),
        ("Taniej niż na Booking.com", "pl", "Booking", (None, "loss")),
        ("比美团外卖慢", "zh", "美团外卖", (None, "win")),
        ("比京东慢", "zh", "JD", (None, "win")),
        ("比京东慢", "zh", "淘宝", ("京东", "loss")),
        ("Cheaper than Tesco", "en", "", ("tesco", "win")),
    ],
)
def test_we_are_known_by_every_form_of_our_name(text, language, ours, expected):
    feedback = feedback_of(text, language=language)
    table = extract_comparisons(feedback, mentions_of(feedback), ours=[ours])
    ((rival, verdict),) = table[["rival", "verdict"]].itertuples(index=False)
    assert (None if pd.isna(rival) else rival, verdict) == expected


def test_a_long_text_is_cut_into_clauses_once_however_many_waits_it_tells(monkeypatch):
    asked = []

    def segment_once(text, language):
        asked.append(text)
        return segment(text, language)

    monkeypatch.setattr(places, "segment", segment_once)
    text = "The staff was rude. " + "Waited 2 hours, then the food was late. " * 40
    feedback = feedback_of(text)
    mentions = mentions_of(feedback, (0, "staff", "negative", "The staff was rude."))
    assert len(extract_waits(feedback, mentions)) == 40
    assert len(asked) == 1


def test_one_name_of_our_own_has_to_stand_in_a_list():
    feedback = feedback_of("ok")
    with pytest.raises(ColumnError, match=r"Write ours=\['Ryanair'\]"):
        extract_comparisons(feedback, mentions_of(feedback), ours="Ryanair")


def test_one_call_reads_the_waits_and_draws_the_curve():
    minutes = [10, 20, 40, 60, 90, 120]
    texts = [f"Waited {m} minutes at the counter, day {i}" for i, m in enumerate(minutes * 20)]
    stars = [5 - m / 30 for m in minutes * 20]
    source = pd.DataFrame({"comment": texts, "stars": stars})
    feedback = read_feedback(source, text="comment", overall="stars")
    curve = waits(feedback)
    assert curve.slope_per_hour == pytest.approx(-2, abs=1e-6)
    assert curve.respondents == 120
    again = waits(feedback.assign(language="en"), extract_mentions(feedback), touchpoint=None)
    assert again.slope_per_hour == curve.slope_per_hour


@pytest.mark.parametrize("extract", [extract_waits, extract_comparisons])
def test_mentions_of_other_texts_are_refused(extract):
    feedback = feedback_of("Late by 2 hours, cheaper than Tesco")
    mentions = mentions_of(feedback, (0, "delivery", "negative", "Late by 2 hours"))
    with pytest.raises(TableError, match=r"does not hold \(1\), for example 'x9'"):
        extract(feedback, mentions.assign(feedback_id="x9"))
