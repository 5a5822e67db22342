"""The ledger finds what a change did, beside trend, season, mix and chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, multivariate_normal, t
from statsmodels.api import GLS, OLS

from tpfeedback.errors import ColumnError, ImpactError, TableError, TpfeedbackWarning
from tpfeedback.ingest import read_export
from tpfeedback.tracking.confidence_sequences import always_valid
from tpfeedback.tracking.ledger import ledger
from tpfeedback.tracking.period_means import count_cells, period_means
from tpfeedback.tracking.step_effects import measure_step
from tpfeedback.tracking.step_models import Means, Noise, fit_noise, fit_step
from tpfeedback.wording import load_wording

ROOT = Path(__file__).parents[1]
START = pd.Timestamp("2023-01-02")
NOTHING = np.zeros((0, 0))
quiet = pytest.mark.filterwarnings("ignore::tpfeedback.errors.TpfeedbackWarning")


@pytest.fixture(scope="module")
def benchmark(load_benchmark):
    return load_benchmark("tracking_ledger")


def reviews(weeks=60, per_week=60, *, change=40, effect=-0.15, everywhere=False, seed=0):
    """Return feedback and mentions: complaints about delivery fall in the north, or everywhere."""
    random = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), per_week)
    north = random.random(len(week)) < 0.4
    later = (week >= change) & (north | everywhere)
    late = random.random(len(week)) < np.where(north, 0.3, 0.25) + effect * later
    dear = random.random(len(week)) < 0.2
    feedback = pd.DataFrame(
        {
            "feedback_id": [f"{i:05}" for i in range(len(week))],
            "date": START + pd.to_timedelta(week * 7 + random.integers(0, 7, len(week)), unit="D"),
            "overall": 4.5 - 2.0 * late - 0.5 * dear + random.normal(0, 0.5, len(week)),
            "region": np.where(north, "North", "South"),
            "language": random.choice(["ru", "pl"], len(week)),
            "channel": None,
        }
    )
    found = [("delivery", late), ("price", dear)]
    parts = [
        pd.DataFrame({"feedback_id": feedback["feedback_id"][hit], "touchpoint": touchpoint})
        for touchpoint, hit in found
    ]
    return feedback, pd.concat(parts, ignore_index=True).assign(sentiment="negative")


def change_of(week=40, **more):
    return pd.DataFrame(
        [{"date": START + pd.Timedelta(weeks=week), "touchpoint": "delivery", **more}]
    )


def row_of(found, measure, number=0):
    table = found.table
    return table[(table["change"] == number) & (table["measure"] == measure)].iloc[0]


def test_a_change_in_one_region_is_compared_with_the_others():
    found = ledger(*reviews(), change_of(where="region=North", cost=100.0), value_of=1000)
    row = row_of(found, "complaints")
    assert (row["method"], row["where"]) == ("difference", "region=North")
    assert row["low"] <= -0.15 <= row["high"] < 0
    assert row["always_low"] < row["low"] < row["high"] < row["always_high"] < 0
    assert row["before"] == pytest.approx(0.3, abs=0.03)
    assert row["reach"] == pytest.approx(0.4, abs=0.05)
    assert np.isnan(row["gain"])
    overall = row_of(found, "overall")
    assert overall["low"] <= 0.3 <= overall["high"]
    for end in ("", "_low", "_high"):
        change = overall["estimate"] if end == "" else overall[end[1:]]
        assert overall[f"gain{end}"] == pytest.approx(change * overall["reach"])
        assert overall[f"value{end}"] == pytest.approx(1000 * overall[f"gain{end}"])
        assert overall[f"roi{end}"] == pytest.approx(overall[f"value{end}"] / 100 - 1)
    assert found.notes == ()


def test_the_difference_is_that_of_a_regression_on_periods_and_groups():
    feedback, mentions = reviews()
    row = row_of(
        ledger(feedback, mentions, change_of(where="region=North"), controls=[]), "complaints"
    )
    week = (feedback["date"] - START).dt.days // 7
    north = feedback["region"] == "North"
    late = feedback["feedback_id"].isin(
        mentions.loc[mentions["touchpoint"] == "delivery", "feedback_id"]
    )
    shares = late.groupby([week, north]).mean().unstack()
    gap = shares[True] - shares[False]
    plain = gap[gap.index >= 40].mean() - gap[gap.index < 40].mean()
    assert row["estimate"] == pytest.approx(plain, abs=0.01)
    assert (row["periods_before"], row["periods_after"]) == (40, 20)
    assert row["texts_before"] == (north & (week < 40)).sum()


def test_a_change_everywhere_is_a_step_in_the_series():
    found = None
    with pytest.warns(TpfeedbackWarning, match="judged without a season"):
        found = ledger(*reviews(everywhere=True), change_of())
    row = row_of(found, "complaints")
    assert row["method"] == "series"
    assert row["low"] <= -0.15 <= row["high"] < 0
    assert row["sure_since"] >= START + pd.Timedelta(weeks=40)
    assert row_of(found, "felt")["estimate"] == pytest.approx(0, abs=0.01)


@quiet
def test_paths_tell_what_was_known_at_each_look():
    feedback, mentions = reviews(everywhere=True)
    whole = ledger(feedback, mentions, change_of(), controls=[]).paths
    cut = feedback["date"] < START + pd.Timedelta(weeks=52)
    early = feedback[cut], mentions[mentions["feedback_id"].isin(feedback["feedback_id"][cut])]
    part = ledger(*early, change_of(), controls=[]).paths
    assert part["period"].nunique() == 12
    known = whole[whole["period"] < START + pd.Timedelta(weeks=52)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.reset_index(drop=True), known)


@quiet
def test_the_last_look_is_the_table():
    found = ledger(*reviews(), change_of(where="region=North"))
    last = found.paths.groupby("measure").last()
    for row in found.table.itertuples():
        assert last.loc[row.measure, "estimate"] == row.estimate
        assert last.loc[row.measure, "always_low"] == row.always_low


def test_the_step_is_that_of_generalised_least_squares():
    random = np.random.default_rng(0)
    periods = np.arange(40.0)
    design = np.column_stack([np.ones(40), periods >= 25, random.normal(size=40)])
    variance = random.uniform(0.5, 2, 40)
    values = design @ [1.0, -2.0, 0.5] + random.normal(size=40) * 3
    covariance = np.diag(variance) + 0.7 * 0.5 ** np.abs(periods[:, None] - periods)
    oracle = GLS(values, design, sigma=covariance).fit()
    means = Means(values, variance, periods, np.zeros((40, 0)), np.zeros((0, 0)))
    found = fit_step(means, design, Noise(0.7, 0.5), column=1)
    assert oracle.scale > 1
    assert found.estimate == pytest.approx(oracle.params[1])
    assert found.error == pytest.approx(oracle.bse[1])
    assert found.degrees == 37


def test_a_mix_that_moved_with_the_step_adds_its_whole_uncertainty():
    periods = np.arange(40.0)
    step = (periods >= 25).astype(float)
    design, values = np.column_stack([np.ones(40), step]), np.random.default_rng(0).normal(size=40)
    found = [
        fit_step(Means(values, np.ones(40), periods, step[:, None], np.array([[unsure]])), design,
                 Noise(0.0, 0.0), column=1)
        for unsure in (0.0, 0.3)
    ]  # fmt: skip
    assert found[0].estimate == found[1].estimate
    assert found[1].error ** 2 == pytest.approx(found[0].error ** 2 + 0.3)


def test_shocks_and_their_echo_are_told_from_sampling():
    random = np.random.default_rng(0)
    periods = np.arange(300.0)
    plain = random.normal(size=300)
    echoing = np.zeros(300)
    for i in range(1, 300):
        echoing[i] = 0.75 * echoing[i - 1] + random.normal() * 2
    for values, variance, echo in ((plain, (0.0, 0.25), (0.0, 0.75)),
                                   (plain + echoing, (4.0, 16.0), (0.5, 0.75))):  # fmt: skip
        means = Means(values, np.ones(300), periods, np.zeros((300, 0)), np.zeros((0, 0)))
        found = fit_noise(means, np.ones((300, 1)))
        assert variance[0] <= found.variance <= variance[1]
        assert echo[0] <= found.echo <= echo[1]


@pytest.mark.parametrize("seed", range(6))
def test_shocks_are_those_of_the_highest_restricted_likelihood(seed):
    random = np.random.default_rng(seed)
    periods, design = np.arange(24.0), np.column_stack([np.ones(24), random.normal(size=(24, 9))])
    values = random.normal(size=24) * 1.5
    found = fit_noise(Means(values, np.ones(24), periods, np.zeros((24, 0)), NOTHING), design)
    contrasts = np.linalg.svd(design)[0][:, 10:]  # what no column of the design explains

    def likely(noise):
        covariance = np.eye(24) + noise.variance * noise.echo ** np.abs(periods[:, None] - periods)
        inside = contrasts.T @ covariance @ contrasts
        return multivariate_normal(cov=inside).logpdf(contrasts.T @ values)

    others = [Noise(size, echo) for size in (0.0, 0.25, 0.5, 1.0, 2.0, 4.0) for echo in (0.0, 0.5)]
    assert likely(found) >= max(map(likely, others)) - 1e-9


def test_periods_after_the_change_have_their_own_variance_where_it_is_known():
    random = np.random.default_rng(0)
    week = np.repeat(np.arange(20), 200)
    values = random.normal(size=4000) * np.where(week >= 10, 3.0, 1.0)
    cells = count_cells(values, week, np.zeros((4000, 0)), np.ones(4000, dtype=bool))
    means = period_means(cells, start=10, compared=False)
    assert means.variance[:10] * 200 == pytest.approx(1.0, rel=0.1)
    assert means.variance[10:] * 200 == pytest.approx(9.0, rel=0.1)


def test_the_mix_is_taken_out_as_by_dummies_of_periods():
    random = np.random.default_rng(0)
    week = np.sort(random.integers(0, 12, 900))
    mix = (random.random((900, 2)) < 0.2 + 0.05 * week[:, None]).astype(float)
    values = 0.3 * mix[:, 0] - 0.2 * mix[:, 1] + 0.1 * week + random.normal(size=900)
    everybody = np.ones(900, dtype=bool)
    means = period_means(count_cells(values, week, mix, everybody), start=6, compared=False)
    dummies = np.column_stack([week[:, None] == np.arange(12), mix]).astype(float)
    oracle = OLS(values, dummies).fit()
    expected = oracle.params[:12] + mix.mean(axis=0) @ oracle.params[12:]
    assert means.values == pytest.approx(expected)
    assert means.slope_covariance == pytest.approx(oracle.cov_params()[12:, 12:])


def weekly_cells(level, per_week=50, seed=0):
    """Return the cells of a series with this mean in every week."""
    random = np.random.default_rng(seed)
    week = np.repeat(np.arange(len(level)), per_week)
    values = level[week] + random.normal(0, 0.1, len(week))
    return count_cells(values, week, np.zeros((len(week), 0)), np.ones(len(week), dtype=bool))


def test_what_moves_all_touchpoints_is_taken_out_week_by_week_though_one_is_left_out():
    mood = np.random.default_rng(0).normal(size=45)
    level = mood - 0.4 * (np.arange(45) >= 30)
    options = {"freq": "W", "start": 30, "others": (), "compared": False}
    path, _, plan = measure_step(
        weekly_cells(level), left_out=np.array([29]), covariate=mood, **options
    )
    assert plan.covariate
    assert path.estimate[-1] == pytest.approx(-0.4, abs=0.03)
    assert path.high[-1] - path.low[-1] < 0.1


def test_the_noise_is_estimated_anew_as_weeks_go_by():
    level = np.zeros(53)
    level[40:] = np.random.default_rng(1).normal(0, 0.5, 13)  # calm before, shocks after
    cells, start = weekly_cells(level), 40
    path, *_ = measure_step(
        cells, freq="W", start=start, left_out=np.zeros(0, dtype=int), others=(), compared=False,
        covariate=None,
    )  # fmt: skip
    for look in (0, 12):
        means = period_means(cells.upto(start + look), start=start, compared=False)
        design = np.column_stack([np.ones(start + look + 1), means.periods >= start]).astype(float)
        noise = fit_noise(means, design)
        step = fit_step(means, design, noise, column=1)
        half = t.ppf(0.975, step.degrees) * step.error
        assert path.estimate[look] == pytest.approx(step.estimate)
        assert path.high[look] - path.estimate[look] == pytest.approx(half)
    assert noise.variance > 0.01


def test_the_confidence_sequence_holds_at_all_looks_at_once():
    random = np.random.default_rng(0)
    looks = np.arange(1, 301)
    paths = np.cumsum(random.normal(size=(2000, 300)), axis=1) / looks
    low, high = always_valid(paths, 1 / np.sqrt(looks), np.inf, planned=1 / np.sqrt(30))
    outside = ((low > 0) | (high < 0)).any(axis=1).mean()
    assert 0.015 <= outside <= 0.05
    half = 1.96 / np.sqrt(looks)
    assert (np.abs(paths) > half).any(axis=1).mean() > 0.3  # what looking often does to others


@pytest.mark.parametrize("region", [False, True])
def test_planted_effects_are_covered_with_season_mix_shift_and_shocks(benchmark, region):
    runs = 12
    once, always, sure, _ = benchmark.measure(benchmark.World(region=region), runs, seed=2)
    assert once * runs >= binom.ppf(0.01, runs, 0.95)
    assert always * runs >= binom.ppf(0.01, runs, 0.95)
    assert sure > 0.3


def test_nothing_is_found_where_nothing_was_changed(benchmark):
    runs = 12
    *_, sure, _ = benchmark.measure(benchmark.World(effect=0.0), runs, seed=3)
    assert sure * runs <= binom.ppf(0.99, runs, 0.05)


def test_a_naive_difference_would_have_been_misled(benchmark):
    world = benchmark.World(effect=0.0, texts=1000)
    cells = benchmark.simulate(world, np.random.default_rng(0))
    shares = cells.sums[:, 0] / cells.size
    naive = shares[world.start :].mean() - shares[: world.start].mean()
    path = benchmark.path_of(world, np.random.default_rng(0))
    assert naive > 0.02
    assert path.low[-1] <= 0 <= path.high[-1]
    assert abs(path.estimate[-1]) < naive


@quiet
def test_the_better_app_of_the_sample_is_found():
    path = ROOT / "data/samples/reviews.csv"
    feedback = read_export(path, text="comment", overall="stars").feedback
    truth = pd.read_csv(ROOT / "data/samples/reviews_truth.csv", dtype=str)
    mentions = truth.rename(columns={"review_id": "feedback_id"})
    mentions = mentions[mentions["feedback_id"].isin(feedback["feedback_id"])]
    changes = pd.DataFrame({"date": ["2025-08-01"] * 2, "touchpoint": ["mobile_app", "delivery"]})
    found = ledger(feedback, mentions, changes)
    assert row_of(found, "complaints")["always_high"] < 0
    assert row_of(found, "felt")["high"] < -0.1
    delivery = row_of(found, "complaints", 1)
    assert delivery["low"] < 0 < delivery["high"]


def test_changes_close_to_each_other_are_told():
    changes = pd.concat([change_of(40, where="region=North"), change_of(42, where="region=North")])
    with pytest.warns(TpfeedbackWarning, match="close to other changes"):
        ledger(*reviews(), changes)


@quiet
def test_two_changes_apart_are_told_apart():
    feedback, mentions = reviews(effect=-0.12)
    second = (feedback["date"] >= START + pd.Timedelta(weeks=20)) & (feedback["region"] == "North")
    late = mentions["feedback_id"].isin(feedback["feedback_id"][second])
    fixed = late & (mentions["touchpoint"] == "delivery") & (np.arange(len(mentions)) % 3 == 0)
    changes = pd.concat([change_of(20, where="region=North"), change_of(40, where="region=North")])
    found = ledger(feedback, mentions[~fixed], changes)
    for number, true in ((0, -0.1), (1, -0.08)):
        row = row_of(found, "complaints", number)
        assert row["low"] <= true <= row["high"]


def test_groups_that_drifted_apart_before_are_told():
    feedback, mentions = reviews(effect=0.0)
    week = (feedback["date"] - START).dt.days // 7
    north = (feedback["region"] == "North").to_numpy()
    worse = north & (np.random.default_rng(5).random(len(week)) < 0.012 * week)
    extra = pd.DataFrame({"feedback_id": feedback["feedback_id"][worse], "touchpoint": "delivery",
                          "sentiment": "negative"})  # fmt: skip
    with pytest.warns(TpfeedbackWarning, match="trends were not parallel"):
        found = ledger(feedback, pd.concat([mentions, extra]), change_of(where="region=North"))
    (note,) = [note for note in found.notes if "parallel" in note]
    told = load_wording("pl").note(note, {"delivery": "Dostawa"})
    assert told.startswith("Zmiana w punkcie styku „Dostawa” z dnia 20")
    assert "(wielkość: skargi)" in told
    row = row_of(found, "complaints")
    assert 0 < row["slope_low"] < row["slope"] < row["slope_high"]
    assert row["detectable"] > 0


@pytest.mark.parametrize(
    ("week", "message"),
    [(2, "cannot be measured"), (58, r"too few periods around it \(before: 58, after: 2\)")],
)
def test_too_little_before_or_after_is_told(week, message):
    with pytest.warns(TpfeedbackWarning, match=message):
        ledger(*reviews(effect=0.0, seed=1), change_of(week, where="region=North"))


def test_texts_without_a_date_are_told():
    feedback, mentions = reviews()
    feedback.loc[feedback.index[:7], "date"] = pd.NaT
    with pytest.warns(TpfeedbackWarning, match="7 texts have no date"):
        ledger(feedback, mentions, change_of(where="region=North"))


def test_the_week_of_the_change_belongs_to_neither_side():
    changes = change_of(where="region=North").assign(date=START + pd.Timedelta(weeks=40, days=3))
    row = row_of(ledger(*reviews(), changes), "complaints")
    assert (row["periods_before"], row["periods_after"]) == (40, 19)


@quiet
def test_what_was_before_leaves_out_the_month_that_the_change_cuts_in_two():
    days = pd.date_range("2025-01-01", "2025-12-31", freq="D").repeat(10)
    place, new = np.arange(len(days)) % 10, days >= "2025-07-02"
    late = np.where(new, place == 0, place % 2 == 0)
    feedback = pd.DataFrame({"feedback_id": [f"{i:05}" for i in range(len(days))], "date": days,
                             "overall": np.where(late, 1.0, 5.0)})  # fmt: skip
    mentions = pd.DataFrame({"feedback_id": feedback["feedback_id"][late],
                             "touchpoint": "delivery", "sentiment": "negative"})  # fmt: skip
    changes = pd.DataFrame({"date": ["2025-07-02"], "touchpoint": ["delivery"]})
    row = row_of(ledger(feedback, mentions, changes, freq="M"), "complaints")
    assert (row["before"], row["texts_before"]) == (
        0.5,
        int(10 * (days[::10] < "2025-07-01").sum()),
    )
    assert row["before"] + row["estimate"] == pytest.approx(0.1)


def test_those_of_whom_it_is_not_known_whether_the_change_was_for_them_are_in_neither_group():
    feedback, mentions = reviews()
    missing = np.random.default_rng(3).random(len(feedback)) < 0.4
    blank = feedback.assign(region=feedback["region"].astype(object).mask(missing))
    with pytest.warns(TpfeedbackWarning, match="have no value in 'region'.*in neither group"):
        found = ledger(blank, mentions, change_of(where="region=North"))
    kept = feedback[~missing]
    told = mentions[mentions["feedback_id"].isin(kept["feedback_id"])]
    alone = ledger(kept, told, change_of(where="region=North"))
    columns = ["before", "estimate", "low", "high", "reach", "gain", "texts_before", "texts_after"]
    pd.testing.assert_frame_equal(found.table[columns], alone.table[columns])


@quiet
def test_a_change_where_a_number_is_so_is_found_beside_gaps():
    feedback, mentions = reviews(20, 5)
    store = feedback["region"].map({"North": 10.0})
    assert store.isna().any()
    stores = store, store.map("{:.0f}".format, na_action="ignore")
    told = [ledger(feedback.assign(store=one), mentions, change_of(where="store=10"))
            for one in stores]  # fmt: skip
    pd.testing.assert_frame_equal(told[0].table, told[1].table)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (pd.DataFrame({"when": ["2025-01-01"]}), "needs the columns date and touchpoint"),
        (change_of().assign(date="soon"), "date of a change is 'soon'"),
        (change_of().assign(date="01.08.2025"), "is '01.08.2025'. That may be two days"),
        (change_of().assign(date=None), "date of a change is (None|nan)"),
        (change_of().assign(touchpoint="delivry"), "Did you mean 'delivery'"),
        (change_of(where="North"), "Allowed: column=value"),
        (change_of(where="region=East"), "Unknown value of region 'East'"),
        (change_of(cost=-5.0), "cost of a change is -5.0"),
        (change_of(cost="much"), "cost of a change is 'much'"),
    ],
)
def test_a_list_of_changes_that_cannot_be_used_is_told(changes, message):
    with pytest.raises(TableError, match=message):
        ledger(*reviews(20, 5), changes)


def test_other_input_that_cannot_be_used_is_told():
    feedback, mentions = reviews(20, 5)
    with pytest.raises(ImpactError, match="Unknown outcome column"):
        ledger(feedback, mentions, change_of(), outcome="stars")
    with pytest.raises(ImpactError, match="value_of is"):
        ledger(feedback, mentions, change_of(), value_of=-1)
    with pytest.raises(ColumnError, match="needs a column date"):
        ledger(feedback.drop(columns="date"), mentions, change_of())
    with pytest.raises(ColumnError, match="None of the 100 texts has a date"):
        ledger(feedback.assign(date=pd.NaT), mentions, change_of())


@quiet
@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/Lima"])
def test_a_change_on_a_day_with_a_time_zone_was_made_on_that_day(zone):
    tables, changes = reviews(30, 20), change_of(20, where="region=North")
    zoned = changes.assign(date=pd.to_datetime(changes["date"]).dt.tz_localize(zone))
    for given in (zoned, zoned.assign(date=zoned["date"].astype("str"))):
        pd.testing.assert_frame_equal(ledger(*tables, given).table, ledger(*tables, changes).table)


@pytest.mark.parametrize("name", ["complaints", "felt"])
def test_an_outcome_that_is_named_as_a_measure_is_refused(name):
    feedback, mentions = reviews(20, 5)
    with pytest.raises(ColumnError, match="Rename the column"):
        ledger(feedback.assign(**{name: 1.0}), mentions, change_of(), outcome=name)


@quiet
def test_of_changes_close_by_the_days_are_told_on_which_they_were_made():
    feedback, mentions = reviews(30, 20)
    days = ["2020-01-01", "2023-05-22", "2023-06-03", "2031-01-01"]
    changes = pd.DataFrame({"date": days, "touchpoint": "delivery", "where": "region=North"})
    notes = ledger(feedback, mentions, changes, freq="M").notes
    told = [note for note in notes if "close to other changes" in note]
    assert len(told) == 2
    assert "on 2023-05-22 (region=North) is close to other changes (2023-06-03)" in told[0]
    assert "on 2023-06-03 (region=North) is close to other changes (2023-05-22)" in told[1]


@quiet
def test_where_only_the_outcome_cannot_be_measured_the_cautions_about_complaints_are_told():
    feedback, mentions = reviews()
    feedback["overall"] = feedback["overall"].where(feedback["region"] != "North")
    found = ledger(feedback, mentions, change_of(57, where="region=North"))
    assert row_of(found, "complaints")["periods_after"] == 3
    assert any("what it did to 'overall' cannot be measured" in note for note in found.notes)
    assert any("too few periods around it (before: 57, after: 3)" in note for note in found.notes)
