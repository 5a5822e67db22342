"""`Analysis.track` asks everything in one call, changes nothing, and can be asked again."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.impact_cases import quiet
from tests.small_findings import KeywordTagger, reviews
from tpfeedback import cli
from tpfeedback.analysis import Analysis, analyze
from tpfeedback.errors import ColumnError, ImpactError, ReadError, TableError, TpfeedbackWarning
from tpfeedback.follow_up import read_wishes, wishes_again
from tpfeedback.mentions import extract_waits
from tpfeedback.report import verify_report
from tpfeedback.tracking import compare, dose_response, journey, ledger, monitor, segments
from tpfeedback.tracking.changes import read_changes

FIXED = "2025-04-16"  # from this day on three of four couriers come in time


def dated_reviews() -> pd.DataFrame:
    """Return 400 reviews of 200 days, of two channels; couriers get better on `FIXED`."""
    table = reviews()
    table["date"] = pd.date_range("2025-01-06", periods=200).repeat(2)
    table["channel"] = [("app", "shop")[row // 10 % 2] for row in range(400)]
    better = (table.index >= 200) & (table.index % 10 == 0) & (table.index // 10 % 4 > 0)
    table.loc[better, ["comment", "stars"]] = ["the courier was quick", 4]
    return table


def changes() -> pd.DataFrame:
    return pd.DataFrame(
        {"date": [FIXED, FIXED], "touchpoint": ["delivery", "staff"], "where": [None, None],
         "cost": [1000.0, np.nan], "note": ["new courier, ask +44 20 7946 0958", None]}
    )  # fmt: skip


def analysed(table: pd.DataFrame, **options) -> Analysis:
    return quiet(analyze, table, text="comment", tagger=KeywordTagger(), **options)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analysed(dated_reviews(), overall="stars")


@pytest.fixture(scope="module")
def theirs() -> Analysis:
    return analysed(reviews().assign(channel="app"), overall="stars")


@pytest.fixture(scope="module")
def tracked(analysis, theirs) -> Analysis:
    return quiet(
        analysis.track, at=FIXED, freq="W", segments="channel", changes=changes(), theirs=theirs,
        exposure={"delivery": 5000}, value_of=100,
    )  # fmt: skip


def test_all_that_is_asked_for_is_there_by_its_name(tracked):
    assert list(tracked.tracking) == [
        "compare", "monitor", "ledger", "segments", "journey", "rivals", "benchmark",
    ]  # fmt: skip


def test_an_analysis_of_the_net_promoter_score_is_tracked_in_its_points():
    answers = dated_reviews().assign(stars=lambda table: table["stars"] * 2)
    found = analysed(answers, overall="stars", model="nps")
    told = quiet(found.track, at=FIXED, segments="channel", journey=True).tracking
    points = 100.0 * (answers["stars"] >= 9) - 100.0 * (answers["stars"] < 7)
    late = answers["date"] >= FIXED
    change = told["compare"].change.iloc[0]
    assert change[["before", "after"]].tolist() == pytest.approx(
        [points[~late].mean(), points[late].mean()]
    )
    own = found.impact.set_index("touchpoint")["prize"]
    roots = told["journey"].roots.set_index("touchpoint")["prize"].dropna()
    assert roots.tolist() == pytest.approx(own[roots.index].tolist())
    parts = told["segments"].table.query("touchpoint == 'delivery'")
    assert parts["penalty"].max() < -50.0
    assert "nps_points" not in found.feedback


def test_the_analysis_itself_stays_as_it_was(analysis, tracked):
    assert analysis.tracking == {}
    assert "track" not in analysis.settings
    assert tracked.priorities is analysis.priorities
    assert analysis.masked().tracking == {}


def test_each_result_is_that_of_its_function(analysis, tracked):
    both, found = (analysis.feedback, analysis.mentions), tracked.tracking
    expected = {
        ("compare", "parts"): quiet(compare, analysis, at=FIXED, controls=["channel"]).parts,
        ("monitor", "series"): quiet(monitor, *both, freq="W").series,
        ("ledger", "table"): quiet(ledger, *both, changes(), value_of=100).table,
        ("segments", "table"): quiet(segments, analysis, by=["channel"]).table,
        ("journey", "map"): quiet(journey, analysis, exposure={"delivery": 5000}).map,
    }
    for (name, table), wanted in expected.items():
        known = wanted.columns.drop("note", errors="ignore")
        pd.testing.assert_frame_equal(getattr(found[name], table)[known], wanted[known])


def test_the_fix_is_seen_by_compare_and_by_the_ledger(tracked):
    delivery = tracked.tracking["compare"].table.set_index("touchpoint").loc["delivery"]
    assert delivery["negative_share_change_high"] < 0
    effects = tracked.tracking["ledger"].table.query("measure == 'complaints'")
    effects = effects.set_index("touchpoint")
    assert effects.loc["delivery", "high"] < 0
    assert effects.loc["staff", "low"] <= 0 <= effects.loc["staff", "high"]


def test_by_default_only_what_needs_no_option_is_tracked(analysis):
    found = quiet(analysis.track)
    assert list(found.tracking) == ["journey", "rivals"]
    assert quiet(analysis.track, journey=False, waits=False, rivals=False).tracking == {}


def test_waits_are_left_out_with_a_warning_where_too_few_tell(analysis):
    with pytest.warns(TpfeedbackWarning) as raised:
        found = analysis.track(journey=False, rivals=False)
    assert {one.filename for one in raised} == {__file__}
    assert "What waiting costs is not shown: 0 texts" in str(raised[0].message)
    assert [*analysis.warnings, str(raised[0].message)] == list(found.warnings)


def test_what_a_result_notes_itself_is_no_warning_of_the_analysis(analysis, tracked):
    noted = {note for result in tracked.tracking.values() for note in result.notes}
    assert noted
    assert not noted & set(tracked.warnings[len(analysis.warnings) :])


def test_waits_are_tied_to_the_outcome():
    table = pd.concat([reviews(), reviews(12)], ignore_index=True)
    days = np.arange(120) % 10 + 1
    late = [f"the courier was bad, I waited {day} days" for day in days]
    table.loc[400:, "comment"] = late
    table.loc[400:, "stars"] = np.clip(5 - days // 2, 1, 5)
    found = analysed(table, overall="stars")
    curve = quiet(found.track, journey=False, rivals=False).tracking["waits"]
    alone = dose_response(found.feedback, extract_waits(found.feedback, found.mentions))
    pd.testing.assert_frame_equal(curve.curve, alone.curve)
    assert curve.respondents == 120
    assert curve.slope_high < 0


def test_where_the_mix_tells_before_and_after_apart_it_is_left_out_and_said(analysis):
    table = dated_reviews().assign(channel=lambda t: (t["date"] >= FIXED).map(str))
    found = analysed(table, overall="stars")
    with pytest.warns(TpfeedbackWarning, match="compared without holding channel fixed"):
        compared = found.track(at=FIXED, journey=False, waits=False, rivals=False)
    pd.testing.assert_frame_equal(
        compared.tracking["compare"].parts, quiet(compare, found, at=FIXED).parts
    )
    assert any("without holding channel" in n for n in compared.tracking["compare"].notes)


def test_the_controls_of_the_analysis_are_held_fixed():
    table = dated_reviews().assign(city=lambda t: ["a", "b", "c", "d"] * 100)
    found = analysed(table, overall="stars", controls=["city"])
    parts = quiet(found.track, at=FIXED).tracking["compare"].parts
    assert {"city", "channel"} <= set(parts.loc[parts["kind"] == "mix", "part"])


def test_the_settings_are_enough_to_ask_again(analysis, theirs, tracked):
    settings = json.loads(json.dumps(tracked.settings["track"], allow_nan=False))
    again = quiet(analysis.track, **wishes_again(settings, theirs))
    assert again.settings == tracked.settings
    tables = {"compare": "parts", "segments": "table", "benchmark": "table", "journey": "map",
              "monitor": "alerts", "ledger": "table"}  # fmt: skip
    for name, table in tables.items():
        first, second = (getattr(one.tracking[name], table) for one in (tracked, again))
        pd.testing.assert_frame_equal(first, second)


def test_a_competitor_is_asked_for_where_they_were_compared_with(tracked):
    with pytest.raises(ReadError, match=r"whose texts were in 'DataFrame'.*--theirs FILE"):
        wishes_again(tracked.settings["track"])


def test_notes_of_changes_are_kept_and_shown_without_personal_data(tracked):
    kept = tracked.settings["track"]["changes"]
    assert kept[0]["note"] == "new courier, ask [phone]"
    assert kept[1] == {"date": FIXED, "touchpoint": "staff"}
    assert "7946" not in str(tracked.tracking["ledger"].table["note"].tolist())


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_list_of_changes_may_be_a_file(tmp_path, ending):
    path = tmp_path / f"changes.{ending}"
    writer = {"csv": "to_csv", "xlsx": "to_excel", "parquet": "to_parquet"}[ending]
    getattr(changes(), writer)(path, index=False)
    others = dict.fromkeys(
        ["at", "freq", "segments", "theirs", "exposure", "journey", "waits", "rivals", "value_of",
         "random_state"]
    )  # fmt: skip
    given = [read_wishes(changes=source, **others).changes for source in (path, changes())]
    columns = ["delivery", "staff"]
    listed = [read_changes(table, pd.DataFrame(), columns) for table in given]
    assert [str(one) for one in listed[0]] == [str(one) for one in listed[1]]
    assert [one.note for one in listed[0]] == ["new courier, ask [phone]", ""]


def wished(**given):
    """Return what `read_wishes` makes of the options given, the others left out."""
    others = dict.fromkeys(
        ["at", "freq", "segments", "changes", "theirs", "exposure", "journey", "waits", "rivals",
         "value_of", "random_state"]
    )  # fmt: skip
    return read_wishes(**{**others, **given})


@pytest.mark.parametrize(
    "day",
    ["01.08.2025", "1.8.2025", "2025-08-01", "1 августа 2025", "1 sierpnia 2025", "2025年8月1日",
     "2025-08", "Aug 1, 2025", pd.Timestamp("2025-08-01 12:00", tz="Europe/Warsaw")],
)  # fmt: skip
def test_the_first_day_of_after_is_read_as_the_dates_of_the_texts(day):
    assert wished(at=day).at == "2025-08-01"


@pytest.mark.parametrize("day", ["01/08/2025", "01.08.25"])
def test_a_first_day_that_may_be_two_is_refused(day):
    with pytest.raises(ColumnError, match=r"at is '01.08.*' *\. That may be two days\. Allowed"):
        wished(at=day)


def test_days_of_changes_are_read_as_the_dates_of_the_texts(tmp_path):
    path = tmp_path / "changes.csv"
    path.write_text("date;touchpoint\n01.08.2025;delivery\n03.09.2025;staff\n", encoding="utf-8")
    table = pd.DataFrame({"date": ["01/08/2025", "15/08/2025"], "touchpoint": "delivery"})
    assert wished(changes=path).changes["date"].dt.strftime("%m-%d").tolist() == ["08-01", "09-03"]
    assert wished(changes=table).changes["date"].dt.strftime("%m-%d").tolist() == ["08-01", "08-15"]


def test_days_of_changes_that_may_be_two_are_refused():
    table = pd.DataFrame({"date": ["01/08/2025", "03/09/2025"], "touchpoint": "delivery"})
    with pytest.raises(TableError, match="read in two ways, for example '01/08/2025'"):
        wished(changes=table)


def test_the_ledger_holds_fixed_what_the_analysis_does():
    table = dated_reviews()
    late = table["date"] >= FIXED
    slow = table.index % 10 < np.where(late, 7, 3)  # more slow customers from that day on
    table = table.assign(
        plan=np.where(slow, "slow", "quick"),
        age=np.where(slow, 60, 30),
        comment=np.where(slow, "the courier was bad", "all as it should be"),
        stars=np.where(slow, 2, 4) + table.index // 10 % 2,
    )
    told = pd.DataFrame({"date": [FIXED], "touchpoint": ["delivery"]})
    found = {}
    for control in (None, "plan", "age"):
        given = [] if control is None else [control]
        other = analysed(table, overall="stars", controls=given)
        tracked = quiet(other.track, changes=told, journey=False, waits=False, rivals=False)
        ledger = tracked.tracking["ledger"].table.set_index("measure")
        found[control] = ledger["estimate"].loc[["complaints", "overall"]].tolist()
    assert found[None] == pytest.approx([0.4, -0.8], abs=0.1)
    assert found["plan"] == pytest.approx([0, 0], abs=0.05)
    assert found["age"] == pytest.approx([0, 0], abs=0.05)


def test_what_counts_without_the_weights_of_the_analysis_is_told():
    table = dated_reviews().assign(times=2.0)
    weighted = analysed(table, overall="stars", weights="times")
    told = {}
    for name, wish in (("alarms", {"freq": "W"}), ("before and after", {"at": FIXED})):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            weighted.track(**wish, waits=False, rivals=False, journey=False)
        told[name] = any("waits and rivals know no weights" in str(one.message) for one in caught)
    assert told == {"alarms": True, "before and after": False}


def test_masking_reaches_the_texts_that_are_held_for_quotes():
    table = dated_reviews().assign(comment=lambda t: t["comment"] + ", call +44 20 7946 0958")
    found = quiet(analysed(table, overall="stars").track, at=FIXED, waits=False)
    masked = found.masked().tracking["compare"]
    for group in (masked.before, masked.after):
        assert group.feedback["text"].str.contains("[phone]", regex=False).all()
        assert not group.feedback["text"].str.contains("7946").any()
    assert found.tracking["compare"].before.feedback["text"].str.contains("7946").all()


def test_the_callers_list_of_changes_stays_as_it_was(analysis):
    table = changes()
    quiet(analysis.track, changes=table, journey=False, waits=False)
    pd.testing.assert_frame_equal(table, changes())


@pytest.mark.parametrize(
    ("options", "error", "problem"),
    [
        ({"at": "soon"}, ColumnError, "at is 'soon'. Allowed: the first day"),
        ({"at": 7}, ColumnError, "at is 7. Allowed"),
        ({"at": "2031-01-01"}, ImpactError, "2031"),
        ({"freq": "fortnight"}, ColumnError, "fortnight"),
        ({"segments": "city"}, ColumnError, "city"),
        ({"changes": "missing.csv"}, ReadError, "missing.csv"),
        ({"changes": pd.DataFrame({"day": ["2025-04-16"]})}, TableError, "date and touchpoint"),
    ],
)
def test_what_cannot_be_tracked_is_told(analysis, options, error, problem):
    with pytest.raises(error, match=problem):
        quiet(analysis.track, **options)


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr("tpfeedback.teaching.ready.tagger_of", lambda plan: KeywordTagger())
    dated_reviews().to_csv(tmp_path / "ours.csv", index=False)
    reviews().assign(channel="app").to_csv(tmp_path / "theirs.csv", index=False)
    changes().to_csv(tmp_path / "changes.csv", index=False)
    places = {name: tmp_path / name for name in ("ours.csv", "theirs.csv", "changes.csv", "out")}
    return lambda *words: CliRunner().invoke(cli.app, [str(places.get(w, w)) for w in words])


@pytest.fixture
def wishes(monkeypatch):
    """Keep what is asked of `track` by the command, and track nothing."""
    asked = []

    def note_down(self, **options):
        asked.append({name: one for name, one in options.items() if one is not None})
        return self

    monkeypatch.setattr(Analysis, "track", note_down)
    return asked


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--track"], [{"freq": "W"}]),
        (["--at", FIXED], [{"at": FIXED, "freq": "W"}]),
        (["--freq", "M"], [{"freq": "M"}]),
        (["--segment", "channel"], [{"freq": "W", "segments": ["channel"]}]),
        (["--value-of", "9"], [{"freq": "W", "value_of": 9.0}]),
        ([], []),
    ],
)
def test_each_option_of_the_command_implies_tracking(run, wishes, words, wanted):
    assert run("analyze", "ours.csv", *words, "--quiet").exit_code == 0
    assert wishes == wanted


def test_without_dates_the_command_watches_nothing(run, wishes):
    assert run("analyze", "theirs.csv", "--track", "--quiet").exit_code == 0
    assert wishes == [{}]


def test_what_tracking_warns_of_is_told_on_stderr(run):
    result = run("analyze", "theirs.csv", "--track", "--top", "1")
    assert "Warning: What waiting costs is not shown" in result.stderr


def test_a_tracked_report_holds_and_says_which_file_it_lacks(run, tmp_path):
    asked = ["--at", FIXED, "--changes", "changes.csv", "--theirs", "theirs.csv"]
    result = run("analyze", "ours.csv", *asked, "--out", "out", "--quiet")
    assert result.exit_code == 0, result.stderr
    page = tmp_path / "out" / "report.html"
    assert run("verify", page, "--data", "ours.csv").stderr.startswith(
        "tpfeedback: The report compares with a competitor, whose texts were in 'theirs.csv'"
    )
    renamed = (tmp_path / "theirs.csv").rename(tmp_path / "renamed.csv")
    result = run("verify", page, "--data", "ours.csv", "--theirs", renamed)
    assert "every one holds" in result.stdout, result.stdout


def test_segments_named_by_an_address_are_masked_and_stay_apart():
    table = dated_reviews()
    table["channel"] = table["channel"].map({"app": "anna@example.com", "shop": "jan@example.com"})
    table["city"] = [("Gdańsk", "ewa@example.com")[row // 20 % 2] for row in range(400)]
    found = quiet(analysed(table, overall="stars").track, freq="W", segments=["channel", "city"],
                  waits=False)  # fmt: skip
    masked = found.masked().tracking
    assert set(masked["segments"].table["segment"]) == {
        "[e-mail] 1", "[e-mail] 2", "[e-mail] 3", "Gdańsk",
    }  # fmt: skip
    for shown in (found.to_html(), found.to_markdown(), json.dumps(found.to_dict())):
        assert "[e-mail] 2" in shown.replace("\\", "")
        assert "example.com" not in shown
    assert "jan@example.com" in json.dumps(found.to_dict(mask=False))
    assert verify_report(found.to_html(), found) == ()
