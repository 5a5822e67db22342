"""What was tracked stands in the report: answered first, every figure named, in four languages."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
from dataclasses import replace

import html5lib
import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.small_findings import KeywordTagger
from tpfeedback import tracking
from tpfeedback.analysis import analyze
from tpfeedback.report import render_html, render_markdown, report_facts, verify_report
from tpfeedback.report.figures import figure_value, figures
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked import tracked_sections
from tpfeedback.report.tracked.ledger import facts_of as ledger_facts
from tpfeedback.report.tracked.monitor import facts_of as monitor_facts
from tpfeedback.report.tracked.segments import facts_of as segments_facts
from tpfeedback.report.tracked.waits import facts_of as waits_facts
from tpfeedback.report.tracked.waits import section_of as waits_section
from tpfeedback.wording import load_wording

LANGUAGES = ("en", "pl", "ru", "zh")
ALL = ("compare", "monitor", "ledger", "journey", "segments", "waits", "rivals", "benchmark")


def reviews(late: tuple[float, float] = (0.4, 0.1), size: int = 1200) -> pd.DataFrame:
    """Return a year of reviews; the share that complains about the courier falls in July."""
    random = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=size, freq="7h")
    shares = np.where(days < "2024-07-01", *late)
    complains = random.random(size) < shares
    calm = np.where(random.random(size) < 0.6, "the courier was quick", "all as it should be")
    texts = np.where(complains, "the courier was bad", calm)
    rude = ~complains & (random.random(size) < 0.2)
    texts = np.where(rude, "bad staff today", texts)
    more = random.choice(["", ", at a fair price"], size)
    stars = 4.5 - 2.0 * complains - rude + random.normal(0, 0.4, size)
    return pd.DataFrame(
        {
            "comment": [f"{text}{more[i]} ({i})" for i, text in enumerate(texts)],
            "stars": stars.round().clip(1, 5).astype(int),
            "day": days.strftime("%Y-%m-%d"),
            "channel": random.choice(["app", "shop"], size),
        }
    )


def analysed(table: pd.DataFrame):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return analyze(table, text="comment", overall="stars", date="day", channel="channel",
                       tagger=KeywordTagger(), progress=False)  # fmt: skip


def results(ours, theirs) -> dict:
    """Return a result of everything that can be tracked."""
    feedback, mentions = ours.feedback, ours.mentions
    changes = pd.DataFrame(
        {"date": ["2024-07-01", "2024-12-12"], "touchpoint": ["delivery", "staff"],
         "cost": [100.0, 50.0], "note": ["=1+1 <b>new</b> couriers, ask ann@shop.example", None]}
    )  # fmt: skip
    ids = feedback["feedback_id"]
    minutes = np.arange(len(ids)) % 90 + 10.0
    waits = pd.DataFrame({"feedback_id": ids, "touchpoint": "waiting", "minutes": minutes})
    told = pd.DataFrame({"feedback_id": ids[:20], "touchpoint": ["delivery"] * 15 + [None] * 5,
                         "rival": "Otherco", "verdict": ["loss"] * 17 + ["win"] * 3})  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "compare": tracking.compare(ours, at="2024-07-01", controls=["channel"]),
            "monitor": tracking.monitor(feedback, mentions, freq="W"),
            "ledger": tracking.ledger(feedback, mentions, changes, value_of=1000.0),
            "journey": tracking.journey(ours, exposure={"delivery": 5000}),
            "segments": tracking.segments(ours, by="channel"),
            "waits": tracking.dose_response(feedback, waits),
            "rivals": tracking.rivals(told),
            "benchmark": tracking.benchmark(ours, theirs),
        }


@pytest.fixture(scope="module")
def tracked():
    ours = analysed(reviews())
    theirs = analysed(reviews((0.05, 0.05), size=600))
    return replace(ours, tracking=results(ours, theirs))


@pytest.fixture(scope="module")
def facts(tracked):
    return report_facts(tracked)


@pytest.fixture(scope="module")
def pages(facts):
    return {language: render_html(facts, language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def sections(facts):
    return {one.key: one for one in tracked_sections(Speech(facts, load_wording()))}


def tree_of(page: str):
    return html5lib.parse(page, namespaceHTMLElements=False)


def test_an_analysis_that_was_not_tracked_has_no_such_sections(tracked):
    bare = report_facts(replace(tracked, tracking={}))
    assert bare["tracking"] == {}
    assert 'class="tracked"' not in render_html(bare)


def test_the_sections_stand_in_one_order_whatever_was_asked_first(tracked, facts):
    turned = replace(tracked, tracking=dict(reversed(tracked.tracking.items())))
    assert tuple(facts["tracking"]) == ALL
    assert report_facts(turned) == facts


def test_the_facts_are_plain_enough_for_json(facts):
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_in_each_language_and_small(pages, language):
    html5lib.HTMLParser(strict=True).parse(pages[language])
    assert len(pages[language].encode()) < 2_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_named_and_no_other_is_shown(facts, pages, language):
    values = {name: figure_value(value) for name, value in figures(facts).items()}
    shown = tree_of(pages[language]).iter("data")
    assert {(one.get("data-figure"), one.get("value")) for one in shown} == set(values.items())
    assert {name.split(".")[0] for name in values} >= set(ALL)


def test_verify_names_the_figure_that_changed_and_no_other(tracked, pages):
    comparison = tracked.tracking["compare"]
    changed = replace(comparison, change=comparison.change.assign(smallest_change=9.0))
    other = replace(tracked, tracking={**tracked.tracking, "compare": changed})
    found = verify_report(pages["ru"], other)
    assert [(one.kind, one.name) for one in found] == [("value", "compare.smallest_change")]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("compare", r"It got better: the mean rating rose from 3\.\d+ to 4\.\d+"),
        ("monitor", r"Delivery \(lasting change\)"),
        ("ledger", r"Of 2 changes, 1 surely moved the complaints"),
        ("journey", r"The path breaks at Delivery: fixing it would gain 0\.\d+"),
        ("segments", r"None of \d+ tests shows that a touchpoint weighs more"),
        ("waits", r"per hour"),
        ("rivals", r"Where customers compare, we lose: 3 against 17, 15%"),
        ("benchmark", r"Our customers surely complain more often of: Delivery"),
    ],
)
def test_each_section_begins_with_the_answer(sections, key, answer):
    assert re.search(answer, sections[key].lines[0])


def test_the_parts_that_are_listed_sum_to_the_change(facts):
    found = facts["tracking"]["compare"]
    total = sum(one["contribution"] for one in found["parts"])
    assert total == pytest.approx(found["mean"]["change"], abs=1e-9)
    assert [one["key"] for one in found["parts"]] == ["reach", "sentiment", "effect", "mix", "rest"]


def test_customers_are_heard_then_and_now(facts):
    delivery = next(one for one in facts["tracking"]["compare"]["quotes"]
                    if one["touchpoint"] == "delivery")  # fmt: skip
    rows = [[quote["row"] for quote in delivery[time]] for time in ("before", "after")]
    july = int((pd.to_datetime(reviews()["day"]) < "2024-07-01").sum())
    assert all(rows)
    assert max(rows[0]) <= july < min(rows[1])


def test_what_is_praised_now_is_shown_as_praise(facts):
    delivery = next(one for one in facts["tracking"]["compare"]["quotes"]
                    if one["touchpoint"] == "delivery")  # fmt: skip
    told = [
        [quote["after"].split()[1].strip(",") for quote in delivery[time]]
        for time in ("before", "after")
    ]
    assert [set(words) for words in told] == [{"bad"}, {"quick"}]


def test_no_verdict_is_given_without_the_q_value(facts):
    rows = facts["tracking"]["compare"]["touchpoints"]
    assert {one["verdict"] for one in rows if one["q_value"] > 0.05} <= {"open"}
    verdicts = {one["touchpoint"]: one["verdict"] for one in rows}
    assert verdicts["delivery"] == "fewer_complaints"


def test_touchpoints_that_nobody_speaks_of_are_told_by_their_names(facts):
    unspoken = [one["touchpoint"] for one in facts["tracking"]["journey"]["blind"]]
    assert "social_media" in unspoken
    told = {one.key: one for one in tracked_sections(Speech(facts, load_wording("ru")))}
    lines = " ".join(map(str, told["journey"].lines))
    assert "Соцсети" in lines or "Социальные сети" in lines
    assert not any(key in lines for key in unspoken)


def test_a_change_that_is_too_new_says_that_it_cannot_be_measured(sections):
    staff = next(one for one in sections["ledger"].cards if "Staff" in one.title)
    assert staff.lines == ("Cannot be measured yet; the notes say what it needs.",)


def section_about(key, found, facts):
    """Return the section about another result than that of `facts`."""
    other = {**facts, "tracking": {**facts["tracking"], key: found}}
    sections = tracked_sections(Speech(other, load_wording()))
    return next(one for one in sections if one.key == key)


def test_of_many_changes_all_are_counted_and_the_sure_ones_are_shown(tracked, facts):
    days = pd.date_range("2024-02-05", periods=12, freq="14D").strftime("%Y-%m-%d")
    changes = pd.DataFrame({"date": [*days, "2024-07-01"],
                            "touchpoint": ["staff"] * 12 + ["delivery"]})  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tracking.ledger(tracked.feedback, tracked.mentions, changes)
    told = ledger_facts(found, tracked, mask=True)
    section = section_about("ledger", told, facts)
    assert section.lines == (
        "Of 13 changes, 1 surely moved the complaints; the cards tell how far.",
        "Shown are those with a sure effect, then the newest; 1 more is not shown.",
    )
    assert len(section.cards) == 12
    assert sum("Delivery" in card.title for card in section.cards) == 1


def test_on_a_logarithmic_scale_the_first_minutes_are_said_to_cost_most(tracked, facts):
    random = np.random.default_rng(0)
    ids = tracked.feedback["feedback_id"].head(300)
    minutes = np.exp(random.uniform(np.log(5), np.log(400), 300))
    rating = 5 - 0.7 * np.log(minutes / 5) + random.normal(0, 0.3, 300)
    feedback = pd.DataFrame({"feedback_id": ids, "overall": rating})
    waits = pd.DataFrame({"feedback_id": ids, "touchpoint": "waiting", "minutes": minutes})
    for scale, told in (("log", "each doubling of the wait"), ("linear", "every further stretch")):
        curve = tracking.dose_response(feedback, waits, scale=scale)
        bare = replace(curve, breakpoint=float("nan"))
        section = section_about("waits", waits_facts(bare, tracked, mask=True), facts)
        assert told in section.lines[1]


def waited(tracked, **changed):
    """Return the section about waits of up to ten days, their curve changed by hand."""
    ids = tracked.feedback["feedback_id"].head(300)
    minutes = np.linspace(5, 14400, 300)
    feedback = pd.DataFrame({"feedback_id": ids, "overall": 5 - minutes / 4000})
    waits = pd.DataFrame({"feedback_id": ids, "touchpoint": "waiting", "minutes": minutes})
    curve = tracking.dose_response(feedback, waits, scale="linear")
    return waits_facts(replace(curve, **changed), tracked, mask=True)


def test_a_cost_that_ends_within_hours_is_not_told_by_the_day(tracked, facts):
    slopes = {"slope_per_hour": -2.3, "slope_low": -4.6, "slope_high": -0.4, "slope_after": -0.01}
    found = waited(tracked, breakpoint=96.0, **slopes)
    lines = section_about("waits", found, facts).lines
    assert "−2.300 on the mean rating per hour" in lines[0]
    assert "from there on it is −0.240 per day" in lines[1]
    long = section_about("waits", waited(tracked, breakpoint=7200.0, **slopes), facts).lines
    assert "−55.200 on the mean rating per day" in long[0]


def test_a_range_of_times_stands_in_the_case_that_its_words_need(tracked, facts):
    times = {"breakpoint": 5760.0, "breakpoint_low": 4320.0, "breakpoint_high": 7200.0}
    found = waited(tracked, **times)
    shown = {"en": "3 days to 5 days", "ru": "3 дня – 5 дней", "pl": "3 dni – 5 dni",
             "zh": "3天至5天"}  # fmt: skip
    for language, said in shown.items():
        speech = Speech(facts, load_wording(language))
        assert said in waits_section(found, speech).lines[1].replace("\xa0", " ")


def test_a_watch_without_a_period_is_not_said_to_have_lasted(tracked, facts):
    day = tracked.feedback.assign(date=pd.Timestamp("2024-01-10"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tracking.monitor(day, tracked.mentions, freq="M")
    lines = section_about("monitor", monitor_facts(found, tracked, mask=True), facts).lines
    assert lines == ("Too early to tell: too little time has passed (0 months).",)


def test_before_anything_is_judged_nothing_is_said_to_be_fine(little):
    section = section_about("monitor", little["tracking"]["monitor"], little)
    assert section.lines[0].startswith("Too early to tell")


def test_what_nobody_in_a_segment_complains_about_is_not_the_first_to_fix_there(tracked, facts):
    feedback, mentions = tracked.feedback, tracked.mentions
    shop = set(feedback.loc[feedback["channel"] == "shop", "feedback_id"])
    happy = mentions[~mentions["feedback_id"].isin(shop) | (mentions["sentiment"] == "positive")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tracking.segments((feedback, happy), by="channel")
    told = segments_facts(found, tracked, mask=True)
    first = {one["segment"]: (one["first"], one["prize"]) for one in told["segments"]}
    assert first["shop"] == (None, None)
    assert first["app"][0] == "delivery"


def test_names_that_a_list_leaves_out_are_counted(facts):
    found = facts["tracking"]["compare"]
    named = sum(one["sure"] for one in found["touchpoints"])
    line = section_about("compare", {**found, "changed": named + 8}, facts).lines[1]
    assert line.endswith(", and 8 more.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_changes_stand_under_the_same_heads_in_markdown_and_on_the_page(facts, pages, language):
    say = load_wording(language).say
    keys = ("verdict", "change", "interval", "before", "after")
    heads = [say("table", "touchpoint"), *(say("changes", key) for key in keys)]
    assert f"| {' | '.join(heads)} |" in render_markdown(facts, language=language)
    shown = tree_of(pages[language]).find(".//section[@id='changes']//table/thead/tr")
    assert ["".join(cell.itertext()).strip() for cell in shown] == heads


def test_a_note_of_the_user_is_text_and_not_markup(pages):
    assert "<b>new</b>" not in pages["en"]
    assert "=1+1 &lt;b&gt;new&lt;/b&gt; couriers" in pages["en"]
    assert "ann@shop.example" not in pages["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_tells_what_the_page_tells(facts, language):
    told = render_markdown(facts, language=language)
    for section in tracked_sections(Speech(facts, load_wording(language))):
        assert f"## {section.title}" in told
        assert all(listing.title in told for listing in section.listings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_of_sheets_are_such_as_excel_takes(language):
    words = load_wording(language)
    names = [words.say("tracking", f"sheet_{key}") for key in ALL]
    taken = {str(name).casefold() for name in words.phrases["sheets"].values()}
    assert len({*taken, *(name.casefold() for name in names)}) == len(taken) + len(ALL)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


@pytest.fixture(scope="module")
def book(tracked, tmp_path_factory):
    path = tmp_path_factory.mktemp("tracked") / "book.xlsx"
    tracked.to_excel(path, lang="ru")
    return path


def test_the_workbook_has_a_sheet_for_each_and_charts_of_its_own_cells(book):
    pages, words = openpyxl.load_workbook(book), load_wording("ru")
    names = [words.say("tracking", f"sheet_{key}") for key in ALL]
    assert pages.sheetnames[1:9] == names
    drawn = charted_cells(book)
    assert set(drawn) >= set(names)
    for name in names:
        for first, last in drawn[name]:
            assert pages[name][first].offset(-1, 1).font.bold  # the head stands right above
            assert pages[name][first].value is not None
            assert pages[name][last].value is not None


def charted_cells(path) -> dict[str, list[tuple[str, str]]]:
    """Return sheet -> first and last cell of the categories of each of its charts."""
    found: dict[str, list[tuple[str, str]]] = {}
    with zipfile.ZipFile(path) as files:
        for file in files.namelist():
            if file.startswith("xl/charts/chart"):
                chart = files.read(file).decode()
                name, cells = re.findall(r"<c:cat>.*?<c:f>(.*?)</c:f>", chart)[0].rsplit("!", 1)
                ends = cells.replace("$", "").split(":")
                found.setdefault(name.strip("'"), []).append((ends[0], ends[-1]))
    return found


def test_numbers_of_the_workbook_are_numbers(book, facts):
    page = openpyxl.load_workbook(book)[load_wording("ru").say("tracking", "sheet_compare")]
    wanted = facts["tracking"]["compare"]["touchpoints"][0]["negative_share_change"]
    values = [cell.value for row in page.iter_rows() for cell in row]
    assert any(isinstance(one, float) and one == pytest.approx(wanted) for one in values)


@pytest.mark.parametrize(
    ("language", "minutes", "shown"),
    [
        ("en", 1, "1 minute"), ("en", 45, "45 minutes"), ("en", 120, "2 hours"),
        ("ru", 45, "45 минут"), ("ru", 150, "2,5 часа"), ("ru", 5 * 1440, "5 дней"),
        ("pl", 3 * 1440, "3 dni"), ("zh", 90, "1.5小时"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_the_unit_that_fits(facts, language, minutes, shown):
    assert Speech(facts, load_wording(language)).minutes("", minutes) == shown


def test_same_results_same_page(tracked, pages):
    assert render_html(report_facts(tracked)) == pages["en"]


@pytest.fixture(scope="module")
def little(tracked):
    """Return the facts of three weeks of texts in which nobody compares."""
    short = tracked.feedback["date"] < "2024-01-20"
    feedback = tracked.feedback[short]
    mentions = tracked.mentions[tracked.mentions["feedback_id"].isin(feedback["feedback_id"])]
    told = pd.DataFrame(columns=["feedback_id", "touchpoint", "rival", "verdict"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {"monitor": tracking.monitor(feedback, mentions, freq="W"),
                 "rivals": tracking.rivals(told)}  # fmt: skip
    return report_facts(replace(tracked, tracking=found))


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_can_be_told_the_page_says_so_and_stays_whole(little, language):
    page = render_html(little, language=language)
    html5lib.HTMLParser(strict=True).parse(page)
    words = load_wording(language)
    assert words.say("tracking", "rivals_none") in page
    assert {one.get("data-figure") for one in tree_of(page).iter("data")} == set(figures(little))
