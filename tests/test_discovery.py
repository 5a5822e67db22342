"""What a taxonomy misses is found, named, measured, kept between waves and accepted."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

from tpfeedback.discovery import discover, load_discovery, problems
from tpfeedback.discovery.effects import share_with_interval
from tpfeedback.errors import (
    ColumnError,
    ImpactError,
    ReadError,
    TableError,
    TaxonomyError,
    TpfeedbackWarning,
)
from tpfeedback.mentions import extract_mentions
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import load_taxonomy

LATE = {
    "en": (["The delivery", "Delivery", "The parcel delivery", "Courier delivery"],
           ["was two hours late", "is always late", "took far too long", "was delayed again",
            "is terribly slow"]),
    "ru": (["Доставка", "Курьерская доставка", "Ваша доставка", "Доставка заказа"],
           ["опоздала на два часа", "всегда опаздывает", "очень долгая", "снова задержалась",
            "ужасно медленная"]),
    "pl": (["Dostawa", "Dostawa kurierem", "Dostawa paczki", "Wasza dostawa"],
           ["spóźniła się dwie godziny", "zawsze się spóźnia", "trwała za długo",
            "znowu była opóźniona", "jest strasznie wolna"]),
    "zh": (["送货", "快递配送", "配送", "你们的配送"],
           ["晚了两个小时", "总是迟到", "太慢了", "又延误了", "速度非常慢"]),
}  # fmt: skip
OTHER = {
    "en": (["The staff", "The waiter", "The manager", "The price", "The discount"],
           ["was awful", "was a disappointment", "was really good", "was unpleasant"]),
    "ru": (["Персонал", "Официант", "Менеджер", "Цена", "Скидка"],
           ["ужасный", "разочаровал", "очень хороший", "неприятный"]),
    "pl": (["Personel", "Kelner", "Menedżer", "Cena", "Rabat"],
           ["fatalny", "rozczarował", "bardzo dobry", "nieprzyjemny"]),
    "zh": (["员工", "服务员", "经理", "价格", "折扣"], ["很糟糕", "让人失望", "很好", "不太好"]),
}  # fmt: skip
FILLER = {"en": ["All good.", "I recommend it.", "Never again!"],
          "ru": ["Всё хорошо.", "Рекомендую.", "Никогда больше!"],
          "pl": ["Wszystko dobrze.", "Polecam.", "Nigdy więcej!"],
          "zh": ["都很好。", "推荐。", "再也不来了！"]}  # fmt: skip


def sentences(lists, language):
    between = "" if language == "zh" else " "
    return [between.join(words) for words in product(*lists[language])]


def make_feedback(times=3):
    """Texts of one sentence each, in four languages; late delivery costs two points."""
    rows = []
    for language in ("en", "ru", "pl", "zh"):
        rows += [(text, 2.0, language) for text in sentences(LATE, language) * times]
        others = [*sentences(OTHER, language), *FILLER[language] * 5]
        rows += [(text, 4.0, language) for text in others]
    table = pd.DataFrame(rows, columns=["text", "overall", "language"])
    table["overall"] += np.resize([-0.5, 0, 0.5], len(table))
    return table.assign(feedback_id=[f"t{n:04d}" for n in range(len(table))])


@pytest.fixture(scope="module")
def feedback():
    return make_feedback().assign(date=pd.NaT, channel=None, question=None)


@pytest.fixture(scope="module")
def mentions(feedback):
    return extract_mentions(feedback.astype({"channel": "str", "question": "str"}).assign(
        channel=None, question=None))  # fmt: skip


@pytest.fixture(scope="module")
def without_delivery():
    return load_taxonomy("general").without(["delivery"])


@pytest.fixture(scope="module")
def found(feedback, mentions, without_delivery):
    return discover(feedback, mentions, taxonomy=without_delivery)


# --- discover


def test_a_touchpoint_taken_out_of_the_taxonomy_is_proposed_first(found):
    first = found.table.iloc[0]
    members = found.members[found.members["theme"] == first["theme"]]
    about = members["evidence"].str.contains("eliver|оставк|ostaw|送|递", regex=True)
    assert about.mean() > 0.95
    assert first["texts"] > 100
    assert first["negative"] > 0.9 * first["texts"]


def test_a_theme_is_found_in_all_languages_together_and_named_in_each(found):
    own = found.phrases[found.phrases["theme"] == found.table["theme"][0]]
    assert found.table["languages"][0] == "en, pl, ru, zh"
    assert set(own["language"]) == {"en", "pl", "ru", "zh"}
    best = own.drop_duplicates("language").set_index("language")["phrase"]
    assert "delivery" in best["en"].lower()
    assert "доставк" in best["ru"]


def test_its_effect_is_measured_with_an_interval(found):
    first = found.table.iloc[0]
    assert first["penalty_low"] < first["penalty"] < first["penalty_high"] < -1
    assert first["prize_low"] > 0


def test_effects_are_of_the_controls_and_weights_that_are_named(
    feedback, mentions, found, without_delivery
):
    late = feedback["text"].isin([text for code in LATE for text in sentences(LATE, code)])
    told = feedback.assign(  # another two points where the plan is basic, and only there
        plan=np.where(np.arange(len(feedback)) % 3 > 0, "basic", "plus"),
        weight=1.0 * (np.arange(len(feedback)) % 5 > 0),
    )
    told["overall"] = 4.0 - 2 * late - 2 * (told["plan"] == "basic") * late
    told.loc[told["weight"] == 0, "overall"] = 9.0
    options = {"taxonomy": without_delivery, "tagger": load_network_tagger()}
    first = discover(told, mentions, **options, weights="weight").table.iloc[0]
    rated = told.assign(overall=told["overall"].where(told["weight"] > 0))
    assert first["penalty"] == pytest.approx(
        discover(rated, mentions, **options).table["penalty"][0]
    )
    assert first["texts"] == found.table["texts"][0]
    told["overall"] = 4.0 - 2 * late - 1.5 * (told["plan"] == "basic")
    held = discover(told, mentions, **options, controls=["plan"]).table.iloc[0]
    assert held["penalty"] == pytest.approx(-2)


def test_rows_that_belong_together_widen_the_intervals(feedback, mentions, without_delivery):
    feedback = feedback.assign(customer=feedback["feedback_id"])
    twice, said = (
        pd.concat([one, one.assign(feedback_id=one["feedback_id"] + "b")])
        for one in (feedback, mentions)
    )
    one, both = (
        discover(twice, said, taxonomy=without_delivery, cluster=cluster).table.iloc[0]
        for cluster in ("customer", None)
    )
    widths = [row["penalty_high"] - row["penalty_low"] for row in (one, both)]
    assert widths[0] == pytest.approx(widths[1] * 2**0.5, rel=0.05)


def test_a_theme_is_not_taken_for_a_touchpoint_of_its_name(feedback, mentions, found):
    general = load_taxonomy("general").without(["delivery", "staff"])
    tables = []
    for key in ("theme_1", "people"):
        plan = general.with_touchpoint(
            key=key, cues={"en": ["the people there"]}, stage="buying", channel="person"
        )
        named = mentions.assign(touchpoint=mentions["touchpoint"].replace("staff", key))
        wave = discover(feedback, named, taxonomy=plan, tagger=load_network_tagger())
        tables.append(wave.table)
    columns = ["penalty", "penalty_low", "prize", "prize_high"]
    assert tables[0].loc[0, "theme"] == "theme_1"
    assert tables[0].loc[0, columns].tolist() == pytest.approx(tables[1].loc[0, columns].tolist())


def test_shares_count_respondents_with_wilsons_interval(found):
    first = found.table.iloc[0]
    expected = share_with_interval(pd.Series([first["texts"]]), found.texts).iloc[0]
    assert first[["share", "share_low", "share_high"]].tolist() == expected.tolist()


def test_filler_is_no_theme(found):
    told = " ".join(found.members["evidence"])
    assert not any(text in told for texts in FILLER.values() for text in texts)


def test_nothing_is_proposed_that_the_taxonomy_names(feedback, mentions):
    with pytest.warns(TpfeedbackWarning, match="name no touchpoint"):
        whole = discover(feedback, mentions)
    told = whole.members["evidence"].str.contains("eliver|оставк|ostaw|送|递", regex=True)
    assert told.sum() == 0


def test_the_order_of_rows_does_not_matter(feedback, mentions, found, without_delivery):
    turned = discover(
        feedback.sample(frac=1, random_state=1), mentions.sample(frac=1, random_state=2),
        taxonomy=without_delivery,
    )  # fmt: skip
    for name in ("table", "phrases", "quotes", "members"):
        one, two = getattr(found, name), getattr(turned, name)
        assert one.to_json() == two.to_json(), name


def test_the_callers_tables_stay_as_they_are(feedback, mentions, without_delivery):
    before = feedback.copy(), mentions.copy()
    discover(feedback, mentions, taxonomy=without_delivery)
    pd.testing.assert_frame_equal(feedback, before[0])
    pd.testing.assert_frame_equal(mentions, before[1])


def test_members_stand_where_they_say(feedback, found):
    texts = feedback.set_index("feedback_id")["text"]
    for row in found.members.itertuples():
        assert texts[row.feedback_id][row.start : row.stop].strip() == row.evidence


def test_columns_are_fixed_even_where_nothing_is_found(mentions, feedback, found):
    few = feedback.head(8)
    with pytest.warns(TpfeedbackWarning, match="name no touchpoint"):
        nothing = discover(few, mentions[mentions["feedback_id"].isin(few["feedback_id"])])
    for name in ("table", "phrases", "quotes", "members"):
        assert list(getattr(nothing, name)) == list(getattr(found, name))
    assert nothing.table.empty
    assert "No theme stands out" in nothing._repr_html_()


def test_a_sample_is_told_and_does_not_depend_on_the_order(feedback, mentions, without_delivery):
    options = {"taxonomy": without_delivery, "most_clauses": 300}
    with pytest.warns(TpfeedbackWarning, match=r"Read were \d+ of \d+ texts"):
        one = discover(feedback, mentions, **options)
    with pytest.warns(TpfeedbackWarning, match="Read were"):
        two = discover(feedback.iloc[::-1], mentions, **options)
    assert one.table.to_json() == two.table.to_json()
    assert 300 <= one.texts < len(feedback)


def test_without_ratings_the_effects_are_missing_and_it_is_told(
    feedback, mentions, without_delivery
):
    with pytest.warns(TpfeedbackWarning, match="no rating in 'overall'"):
        unrated = discover(feedback.assign(overall=np.nan), mentions, taxonomy=without_delivery)
    assert unrated.table[["penalty", "reward", "prize"]].isna().all(axis=None)
    assert len(unrated.table) > 0


def test_languages_are_found_where_the_table_does_not_tell(
    feedback, mentions, found, without_delivery
):
    told = discover(feedback.drop(columns="language"), mentions, taxonomy=without_delivery)
    assert told.table["texts"][0] > 0.9 * found.table["texts"][0]


# --- the next wave


def test_labels_do_not_move_between_waves(feedback, mentions, found, without_delivery, tmp_path):
    found.save(tmp_path / "wave.json")
    later = feedback.iloc[::2]
    named = mentions[mentions["feedback_id"].isin(later["feedback_id"])]
    again = [
        discover(later, named, taxonomy=without_delivery, known=known)
        for known in (found, tmp_path / "wave.json", load_discovery(tmp_path / "wave.json"))
    ]
    first = found.table.iloc[0]
    ours = found.members[found.members["theme"] == first["theme"]]
    ours = set(ours["feedback_id"]) & set(later["feedback_id"])
    for wave in again:
        row = wave.table.set_index("theme").loc[first["theme"]]
        assert row["name"] == first["name"]
        theirs = set(wave.members.loc[wave.members["theme"] == first["theme"], "feedback_id"])
        assert theirs == ours


def test_only_the_rest_makes_new_themes(feedback, mentions, found):
    less = load_taxonomy("general").without(["delivery", "staff"])
    wave = discover(feedback, mentions, taxonomy=less, known=found)
    known = set(found.table["theme"])
    new = wave.table[~wave.table["theme"].isin(known)]
    taken = set(wave.members.loc[wave.members["theme"].isin(known), "evidence"])
    assert wave.table["theme"].tolist()[: len(known)] == found.table["theme"].tolist()
    assert not taken & set(wave.members.loc[wave.members["theme"].isin(new["theme"]), "evidence"])


def test_a_theme_for_which_there_was_no_room_is_found_in_the_next_wave(feedback, mentions):
    less = load_taxonomy("general").without(["delivery", "staff"])
    whole = discover(feedback, mentions, taxonomy=less)
    first = discover(feedback, mentions, taxonomy=less, clusters=1)
    second = discover(feedback, mentions, taxonomy=less, known=first)
    same = ["name", "texts", "share", "missed", "negative", "positive", "nearest", "prize"]
    assert len(first.table) == 1 < len(whole.table)
    pd.testing.assert_frame_equal(second.table[same], whole.table[same])


def test_known_themes_take_no_room_from_new_ones(feedback, mentions, found):
    less = load_taxonomy("general").without(["delivery", "staff"])
    wave = discover(feedback, mentions, taxonomy=less, known=found, clusters=len(found.table))
    assert wave.table["theme"].tolist() == [*found.table["theme"], "theme_2"]


def test_a_known_theme_of_which_only_filler_is_left_is_not_shown(feedback, mentions, found):
    words = feedback["text"].isin(sentences(OTHER, "en"))
    others = feedback[words & (feedback["language"] == "en")]
    texts = ["A very bad delivery company!"] * 3
    filler = others.head(3).assign(text=texts, feedback_id=["f1", "f2", "f3"])
    less = load_taxonomy("general").without(["delivery"])
    with pytest.warns(TpfeedbackWarning, match="name no touchpoint"):
        wave = discover(pd.concat([others, filler]), mentions, taxonomy=less, known=found)
    assert wave.table["theme"].tolist() == []


def test_a_saved_discovery_is_plain_and_holds_no_text(found, tmp_path):
    found.save(tmp_path / "wave.json")
    content = json.loads((tmp_path / "wave.json").read_text(encoding="utf-8"))
    assert sorted(content) == ["format", "model", "names", "themes", "waves"]
    assert found.quotes["quote"][0] not in json.dumps(content, ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("{", "it is no JSON"),
        ("[1]", "it does not say format"),
        ('{"format": "tpfeedback discovery 1"}', "a part is missing"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_discovery_is_refused(content, wrong, tmp_path):
    path = tmp_path / "wave.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadError, match=wrong):
        load_discovery(path)


def test_a_discovery_by_another_model_is_refused(feedback, mentions, found, tmp_path):
    found.save(tmp_path / "wave.json")
    text = (tmp_path / "wave.json").read_text(encoding="utf-8")
    (tmp_path / "wave.json").write_text(text.replace(found.memory.model, "0" * 12))
    with pytest.raises(ColumnError, match="known= was made by the model 000000000000"):
        discover(feedback, mentions, known=tmp_path / "wave.json")


# --- accept


def test_an_accepted_theme_is_a_touchpoint_of_the_next_version(found, without_delivery):
    plan = found.accept(found.table["theme"][0], key="shipping", names={"en": "Shipping"})
    assert plan.version == without_delivery.version + 1
    touchpoint = plan.touchpoint("shipping")
    assert touchpoint.names["en"] == "Shipping"
    assert {"en", "ru", "pl", "zh"} <= set(touchpoint.cues)


def test_a_theme_that_was_not_found_cannot_be_accepted(found):
    with pytest.raises(TaxonomyError, match=r"Unknown theme 'theme_99'\. Known: theme_1"):
        found.accept("theme_99", key="x")


# --- what was given


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"clusters": 0}, "clusters is 0. Allowed: a whole number of 1 or more"),
        ({"most_clauses": True}, "most_clauses is True"),
    ],
)
def test_an_option_that_cannot_be_is_refused(feedback, mentions, options, wrong):
    with pytest.raises(ColumnError, match=wrong):
        discover(feedback, mentions, **options)


def test_a_table_without_its_columns_is_refused(feedback, mentions):
    with pytest.raises(ColumnError, match="The feedback table lacks text"):
        discover(feedback.drop(columns="text"), mentions)
    with pytest.raises(ColumnError, match="The mentions table lacks start, stop"):
        discover(feedback, mentions.drop(columns=["start", "stop"]))


@pytest.mark.parametrize(
    ("change", "error", "wrong"),
    [
        ({"language": "EN"}, TableError, r"'language' of the feedback table holds \['EN'\]"),
        ({"text": None}, TableError, "'text' of the feedback table holds missing values"),
        ({"feedback_id": "t0001"}, ImpactError, "feedback_id is repeated"),
    ],
)
def test_a_table_whose_texts_would_be_lost_is_refused(feedback, mentions, change, error, wrong):
    with pytest.raises(error, match=wrong):
        discover(feedback.assign(**change, overall=np.nan), mentions)


# --- the page


def test_the_page_shows_text_as_text(found):
    from dataclasses import replace

    nasty = replace(found, quotes=found.quotes.assign(quote="<script>alert(1)</script>"))
    page = nasty._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_quotes_are_masked(mentions, without_delivery, feedback):
    told = feedback.copy()
    told["text"] = told["text"] + ", +44 20 7946 0958"
    seen = discover(told, mentions, taxonomy=without_delivery)
    assert len(seen.quotes) > 0
    assert not seen.quotes["quote"].str.contains("7946").any()


# --- problems


@pytest.fixture(scope="module")
def complaints(feedback, mentions):
    return problems(mentions, "delivery", feedback=feedback)


def test_problems_are_counted_among_the_complaints(complaints, mentions):
    bad = mentions[(mentions["touchpoint"] == "delivery") & (mentions["sentiment"] == "negative")]
    assert complaints.complaints == bad["feedback_id"].nunique()
    assert (complaints.table["share"] <= 1).all()
    shares = complaints.table["texts"] / complaints.complaints
    assert complaints.table["share"].tolist() == pytest.approx(shares.tolist())


def test_problems_come_with_phrases_quotes_and_the_most_frequent_first(complaints):
    assert len(complaints.table) > 0
    assert complaints.table["texts"].is_monotonic_decreasing
    assert set(complaints.table["problem"]) == set(complaints.phrases["problem"])
    assert set(complaints.quotes["problem"]) == set(complaints.table["problem"])
    assert set(complaints.quotes["sentiment"]) == {"negative"}
    assert "delivery" in complaints._repr_html_()


def test_a_problem_is_not_named_by_the_touchpoints_own_word_alone(complaints):
    assert not complaints.phrases["phrase"].isin(["доставка", "delivery", "dostawa"]).any()


def test_the_order_of_mentions_does_not_matter(complaints, mentions, feedback):
    turned = problems(mentions.sample(frac=1, random_state=3), "delivery", feedback=feedback)
    assert turned.table.to_json() == complaints.table.to_json()
    assert turned.quotes.to_json() == complaints.quotes.to_json()


def test_without_feedback_problems_have_no_effects(mentions, complaints):
    alone = problems(mentions, "delivery")
    assert alone.table["penalty"].isna().all()
    assert list(alone.table) == list(complaints.table)
    assert alone.table["texts"].tolist() == complaints.table["texts"].tolist()


def test_praise_of_a_mixed_mention_is_no_part_of_its_problem(feedback, mentions, complaints):
    named = mentions.copy()
    own = named.index[named["touchpoint"] == "delivery"]
    praised = own[np.arange(len(own)) % 4 > 1]
    named.loc[own[::2], "sentiment"] = "mixed"  # every second complaint praises it too
    named.loc[praised, "sentiment"] = named.loc[praised, "sentiment"].replace("negative", "mixed")
    mixed = named.loc[named["sentiment"] == "mixed", "feedback_id"]
    blamed = named.loc[own, "feedback_id"]
    alone = feedback["feedback_id"][~feedback["feedback_id"].isin(mentions["feedback_id"])]
    glad = named.loc[own[:1]].loc[own[:1].repeat(len(alone))].assign(
        feedback_id=alone.to_numpy(), sentiment="positive")  # fmt: skip
    ids = feedback["feedback_id"]
    rated = feedback.assign(overall=4.0 - 2 * ids.isin(blamed) + ids.isin(mixed) + ids.isin(alone))
    found = problems(pd.concat([named, glad]), "delivery", feedback=rated)
    assert found.table["name"].tolist() == complaints.table["name"].tolist()
    assert found.table["penalty"].tolist() == pytest.approx([-2.0] * len(found.table))


def test_problems_of_an_industry_are_found_without_its_taxonomy_too(feedback, mentions, complaints):
    named = mentions.assign(touchpoint=mentions["touchpoint"].replace("delivery", "delivery_time"))
    found = problems(named, "delivery_time", feedback=feedback)
    assert found.table["texts"].sum() >= complaints.table["texts"].sum() > 0


def test_feedback_that_is_not_that_of_the_mentions_is_refused(feedback, mentions):
    unrated = feedback.assign(overall=np.nan)
    with pytest.raises(ImpactError, match="mentions have a feedback_id that the feedback table"):
        problems(mentions, "delivery", feedback=unrated.iloc[::3])
    with pytest.raises(ColumnError, match="The feedback table lacks text"):
        problems(mentions, "delivery", feedback=unrated.drop(columns="text"))


def test_problems_without_ratings_are_told(feedback, mentions):
    with pytest.warns(TpfeedbackWarning, match="no rating in 'stars', so what the problems do"):
        found = problems(mentions, "delivery", feedback=feedback, outcome="stars")
    assert found.table["prize"].isna().all()


def test_few_complaints_are_told(mentions):
    few = mentions[mentions["touchpoint"] == "delivery"].head(9)
    with pytest.warns(TpfeedbackWarning, match="Only 9 texts complain about delivery"):
        found = problems(few, "delivery")
    assert found.complaints == 9


def test_a_touchpoint_that_nobody_mentions_is_refused(mentions):
    with pytest.raises(ColumnError, match="Unknown touchpoint among the mentions 'delivry'"):
        problems(mentions, "delivry")


def test_quotes_of_problems_are_masked_with_and_without_the_texts(feedback):
    told = feedback.assign(channel=None, question=None)
    told["text"] = told["text"] + " +44 20 7946 0958"
    named = extract_mentions(told)
    for given in (None, told):
        found = problems(named, "delivery", feedback=given)
        assert len(found.quotes) > 0
        assert not found.quotes["quote"].str.contains("7946").any()


def test_what_is_no_table_is_refused(feedback, mentions):
    for given in (None, "mentions.csv", [1]):
        with pytest.raises(ColumnError, match="mentions table must be a pandas DataFrame"):
            problems(given, "delivery")
        with pytest.raises(ColumnError, match="mentions table must be a pandas DataFrame"):
            discover(feedback, given)
        if given is not None:
            with pytest.raises(ColumnError, match="feedback table must be a pandas DataFrame"):
                problems(mentions, mentions["touchpoint"].iloc[0], feedback=given)


def test_a_saved_discovery_is_named_by_its_path():
    with pytest.raises(ReadError, match=r"given as int\. Allowed: a path"):
        load_discovery(3)
