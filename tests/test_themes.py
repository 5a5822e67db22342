"""Themes: the space they lie in, how clauses are gathered, and how gatherings are named."""

from __future__ import annotations

import numpy as np
import pytest

from tpfeedback.tagger import load_network_tagger
from tpfeedback.themes import Groups, count_phrases, group, load_space, name_groups
from tpfeedback.themes.grouping import no_groups
from tpfeedback.themes.naming import Phrase, log_odds
from tpfeedback.themes.space import MOODS, load_filler, unit
from tpfeedback.vectors import text_vectors


@pytest.fixture(scope="module")
def network():
    return load_network_tagger().network


def placed(network, texts, languages):
    return load_space(network).place(text_vectors(network, texts), languages)


# --- the space


@pytest.mark.parametrize(
    ("same", "other"),
    [
        (["the courier came two hours late", "курьер опоздал на два часа",
          "kurier spóźnił się dwie godziny", "快递晚到了两个小时"],
         ["the room was dirty", "в номере было грязно", "pokój był brudny", "房间很脏"]),
        (["the waiter was rude", "официант нахамил", "kelner był niegrzeczny", "服务员态度恶劣"],
         ["too expensive", "слишком дорого", "za drogo", "太贵了"]),
    ],
)  # fmt: skip
def test_the_same_is_near_in_any_language_and_another_thing_is_far(network, same, other):
    codes = ["en", "ru", "pl", "zh"]
    ours, theirs = placed(network, same, codes), placed(network, other, codes)
    within = [ours[i] @ ours[j] for i in range(4) for j in range(i)]
    assert min(within) > (ours @ theirs.T).max()


def test_praise_and_blame_of_one_thing_come_nearer_than_the_vectors_had_them(network):
    texts = ["the delivery was fast", "the delivery was slow"]
    raw = text_vectors(network, texts)
    near = placed(network, texts, ["en", "en"])
    means = load_space(network).means["en"]
    centred = unit(raw.astype(float) - means)
    assert near[0] @ near[1] > centred[0] @ centred[1]


@pytest.mark.parametrize(
    ("language", "filler", "said"),
    [
        ("en", "Highly recommended!", "the parcel arrived a week late"),
        ("ru", "Всё отлично, рекомендую", "курьер опоздал на час"),
        ("pl", "Polecam wszystkim", "paczka przyszła po tygodniu"),
        ("zh", "很好，推荐", "快递晚到了一个星期"),
    ],
)
def test_filler_is_emptier_than_what_says_something(network, language, filler, said):
    space = load_space(network)
    empty, full = space.emptiness(text_vectors(network, [filler, said]), [language] * 2)
    assert empty > 0.72 > full


def test_the_lists_of_filler_are_level_between_languages():
    lengths = {tuple(len(lists[m]) for m in MOODS) for lists in load_filler().values()}
    assert len(lengths) == 1


def test_a_language_that_the_space_does_not_know_is_placed_all_the_same(network):
    place = placed(network, ["la livraison est en retard"], ["fr"])
    assert np.linalg.norm(place) == pytest.approx(1)


# --- gathering


def blobs(rng, *, sizes, spread=0.25, noise=0):
    """Places around distant centres, and scattered ones (label -1)."""
    centres = unit(np.eye(len(sizes), 30))
    pairs = zip(centres, sizes, strict=True)
    places = [c + rng.normal(0, spread / np.sqrt(30), (n, 30)) for c, n in pairs]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    scattered = rng.normal(0, 1, (noise, 30))
    return unit(np.vstack([*places, scattered])), np.append(labels, np.full(noise, -1))


def test_planted_groups_are_found_again_and_noise_joins_none():
    from sklearn.metrics import adjusted_rand_score

    places, truth = blobs(np.random.default_rng(1), sizes=(300, 150, 60), noise=200)
    found, closeness = group(places).assign(places)
    held = truth >= 0
    assert adjusted_rand_score(truth[held], found[held]) > 0.98
    assert (found[~held] == -1).mean() > 0.95
    assert closeness[held].mean() > 0.9


def test_the_same_places_give_the_same_groups_to_the_last_bit():
    places, _ = blobs(np.random.default_rng(2), sizes=(90, 60), noise=50)
    one, two = group(places), group(places)
    assert one.centres.tobytes() == two.centres.tobytes()
    assert one.owners.tolist() == two.owners.tolist()


def test_a_small_kernel_beside_a_group_belongs_to_it_and_one_by_itself_to_none():
    random = np.random.default_rng(3)
    dense = unit(np.eye(8)[0] + random.normal(0, 0.08, (40, 8)))  # eight kernels, some of them tiny
    lone = unit(np.eye(8)[5] + random.normal(0, 0.01, (3, 8)))
    found = group(np.vstack([dense, lone])).assign(np.vstack([dense, lone]))[0]
    assert found.tolist() == [0] * 40 + [-1] * 3


def test_what_is_named_already_makes_no_group():
    rng = np.random.default_rng(3)
    places, truth = blobs(rng, sizes=(90, 90))
    named = np.repeat(places[truth == 0], 6, axis=0)
    found = group(places, against=named).assign(places)[0]
    assert set(found[truth == 0].tolist()) == {-1}
    assert set(found[truth == 1].tolist()) == {0}


def test_what_says_nothing_makes_no_group():
    places, truth = blobs(np.random.default_rng(4), sizes=(90, 90))
    found = group(places, emptiness=np.where(truth == 0, 0.9, 0.1)).assign(places)[0]
    assert set(found[truth == 0].tolist()) == {-1}


@pytest.mark.parametrize("number", [0, 1, 4])
def test_too_few_places_make_no_group(number):
    places = unit(np.ones((number, 3)))
    found = group(places)
    assert found.number == 0
    assert found.assign(places)[0].tolist() == [-1] * number


def test_later_groups_are_numbered_after_the_earlier_ones():
    both = Groups(np.eye(2, 3), np.array([0, -1])).with_others(Groups(np.eye(3)[2:], np.array([0])))
    assert both.number == 2
    assert both.assign(np.eye(3))[0].tolist() == [0, -1, 1]
    assert no_groups(3).with_others(both) is both


# --- naming


TEXTS = ["the courier was very late"] * 8 + ["late couriers again"] * 4 + ["the soup was cold"] * 12


def test_phrases_are_shown_in_the_form_that_customers_use_most():
    found = name_groups(TEXTS, ["en"] * 24, [0] * 12 + [1] * 12)
    own = [phrase.text for phrase in found if phrase.group == 0]
    assert "courier" in " ".join(own)
    assert not {"soup", "cold"} & set(" ".join(own).split())


def test_the_order_of_clauses_does_not_change_the_phrases():
    groups = [0] * 12 + [1] * 12
    back = name_groups(TEXTS[::-1], ["en"] * 24, groups[::-1])
    assert back == name_groups(TEXTS, ["en"] * 24, groups)


@pytest.mark.parametrize(
    ("language", "texts", "wanted"),
    [
        ("ru", ["курьер", "курьеры", "курьера"], "курьер"),
        ("pl", ["kurier", "kurierzy", "kuriera"], "kurier"),
        ("zh", ["快递", "快递", "快递"], "快递"),
    ],
)
def test_forms_of_one_word_are_counted_together(language, texts, wanted):
    others = {"ru": "суп холодный", "pl": "zupa zimna", "zh": "汤是冷的"}[language]
    told = texts * 4 + [others] * 12
    found = name_groups(told, [language] * 24, [0] * 12 + [1] * 12)
    best = next(p for p in found if p.group == 0)
    assert best.text.startswith(wanted)
    assert best.clauses == 12


def test_a_word_of_the_touchpoint_is_no_phrase_alone():
    told = ["delivery late"] * 6 + ["delivery wrong"] * 6
    groups = [0] * 6 + [1] * 6
    with_it = name_groups([*told, *["nothing"] * 12], ["en"] * 24, [*groups, *[-1] * 12])
    without = name_groups(
        [*told, *["nothing"] * 12], ["en"] * 24, [*groups, *[-1] * 12], without=["Deliveries"]
    )
    assert any("delivery" in phrase.text for phrase in with_it)
    assert "delivery" not in [phrase.text for phrase in without]


def test_a_mark_for_what_was_taken_out_is_no_phrase_alone():
    told = ["waited [NUM] minutes"] * 8 + ["cold soup"] * 8
    found = name_groups(told, ["en"] * 16, [0] * 8 + [1] * 8)
    assert "[NUM]" not in [phrase.text for phrase in found]


def test_log_odds_agree_with_the_paper_written_out():
    inside, own, everywhere, total = 30, 200, 50, 2000
    prior = 200 * everywhere / total  # the prior is worth a tenth of the clauses
    a, b = inside + prior, everywhere - inside + prior
    delta = np.log(a / (own + 200 - a)) - np.log(b / (total - own + 200 - b))
    expected = delta / np.sqrt(1 / a + 1 / b)
    assert log_odds(inside, own, everywhere, total) == pytest.approx(expected)


def test_a_phrase_as_frequent_inside_as_elsewhere_has_no_odds():
    assert abs(log_odds(10, 100, 100, 1000)) < 1e-9


def test_a_clause_holds_a_phrase_in_any_form_and_language_apart():
    phrase = Phrase(0, "ru", ("курьер",), "курьеры", 9, 3.0)
    assert count_phrases("Курьера не было", "ru", [phrase]) == 1
    assert count_phrases("Курьера не было", "en", [phrase]) == 0
    assert count_phrases("Суп холодный", "ru", [phrase]) == 0
