"""Is something new going wrong? The monitor's alarms and series, as facts and as a section."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tpfeedback import charts
from tpfeedback.report.certainty import remark_record
from tpfeedback.report.passages import readable
from tpfeedback.report.quotations import quoter
from tpfeedback.report.records import Facts, plain_records
from tpfeedback.report.speech import Speech
from tpfeedback.report.tracked.listing import Column, Listing
from tpfeedback.report.tracked.section import Card, Picture, Said, Section

SHOWN = 12  # alarms in the table
TOLD = 4  # alarms with quotes
DRAWN = 3  # series
MOST_PERIODS = 60
UNITS = {"D": "days", "W": "weeks", "M": "months"}
_COMPLAINTS, _FELT = "complaints", "felt"


def facts_of(found: Any, findings: Any, *, mask: bool) -> Facts:
    """Return what a `Monitor` says: alarms with their quotes, and the series to be drawn."""
    done = found.series[found.series["finished"]]
    periods = sorted(done["period"].unique())
    alerts = plain_records(found.alerts.head(SHOWN).drop(columns="feedback_ids"))
    freq = found.state.freq
    for place, one in enumerate(alerts):
        one["quotes"] = (
            _quotes(found.alerts.iloc[place], findings, mask=mask) if place < TOLD else []
        )
        one.update(key=str(place), expected_low=one.pop("low"), expected_high=one.pop("high"))
        one.update({end: _period(one[end], freq) for end in ("period", "since")})
    last = _period(periods[-1], freq) if periods else None
    return {
        "unit": UNITS[freq],
        "periods": len(periods),
        "first": _period(periods[0], freq) if periods else None,
        "last": last,
        "alerts": alerts,
        "count": len(found.alerts),
        "new": sum(_period(period, freq) == last for period in found.alerts["period"]),
        "rate": found.false_alarm_rate,
        "series": _series(done, found.alerts, freq),
        "notes": [remark_record(note, mask=mask) for note in found.notes],
    }


def _quotes(alert: pd.Series, findings: Any, *, mask: bool) -> list[Facts]:
    """Return the complaints behind a rise; of a fall, what is praised since."""
    feedback, mentions = findings.feedback, findings.mentions
    if alert["measure"] not in (_COMPLAINTS, _FELT):
        return []
    ids, sentiment = alert["feedback_ids"], "negative"
    if alert["direction"] == "down":
        days = pd.to_datetime(feedback["date"]).dt.tz_localize(None)
        ids, sentiment = feedback.loc[days >= alert["since"], "feedback_id"].astype(str), "positive"
    chosen = mentions[mentions["feedback_id"].astype(str).isin(list(ids))]
    return quoter(feedback, chosen, mask=mask)(alert["touchpoint"], sentiment)[:2]


def _period(period: Any, freq: str) -> str:
    return str(pd.Timestamp(period).date())[: 7 if freq == "M" else 10]


def _series(done: pd.DataFrame, alerts: pd.DataFrame, freq: str) -> list[Facts]:
    """Return the complaints about the touchpoints with the newest alarms, else the largest."""
    whole = done[(done["measure"] == _COMPLAINTS) & (done["by"] == "")]
    raised = alerts[alerts["measure"].isin([_COMPLAINTS, _FELT])]
    sizes = whole.groupby("touchpoint")["negative"].sum().sort_index()
    largest = sizes.sort_values(ascending=False, kind="stable").index
    chosen = list(dict.fromkeys([*raised["touchpoint"], *([] if len(raised) else largest)]))
    shifts = raised[raised["kind"].isin(["shift", "new"])]
    turns = set(zip(shifts["touchpoint"], shifts["since"], strict=True))
    rows = []
    for key in chosen[:DRAWN]:
        for one in plain_records(whole[whole["touchpoint"] == key].tail(MOST_PERIODS)):
            turn = (key, pd.Timestamp(one["period"])) in turns
            rows.append(
                {
                    "key": f"{key}.{_period(one['period'], freq)}",
                    "touchpoint": key,
                    "period": _period(one["period"], freq),
                    "value": one["share"],
                    "low": None,
                    "high": None,
                    "limit_low": one["low"],
                    "limit_high": one["high"],
                    "texts": one["texts"],
                    "change_point": turn,
                }
            )
    return rows


def section_of(found: Facts, speech: Speech) -> Section:
    """Return what the monitor sees as a section."""
    say = speech.say
    rate = speech.percent("monitor.rate", found["rate"])
    named = {one["key"]: _named(one, speech) for one in found["alerts"]}
    listing = Listing("monitor", say("tracking", "alarms_table"), _COLUMNS,
                      tuple(found["alerts"]), lambda one: named[one["key"]], "alarm",
                      say("tracking", "alarms_note"))  # fmt: skip
    return Section(
        "monitor",
        say("tracking", "monitor"),
        tuple(_lines(found, speech)),
        (say("tracking", "monitor_rate", rate=rate), say("tracking", "monitor_season")),
        tuple(_pictures(found, speech)),
        (*((listing,) if found["alerts"] else ()), *_series_listings(found, speech)),
        tuple(_card(one, found, speech) for one in found["alerts"][:TOLD]),
        tuple(found["notes"]),
    )


def _series_listings(found: Facts, speech: Speech) -> list[Listing]:
    """Return the series that are drawn in numbers, one table for each touchpoint."""
    keys = dict.fromkeys(one["touchpoint"] for one in found["series"])
    return [
        Listing("monitor.series",
                speech.say("tracking", "series_table", name=speech.touchpoint(key)), _SERIES,
                tuple(one for one in found["series"] if one["touchpoint"] == key),
                lambda one: speech.words.date(one["period"]), "period",
                speech.say("tracking", "series_note"), drawn="lines")
        for key in keys
    ]  # fmt: skip


_SERIES = (
    Column("value", "share", head="observed"),
    Column("limit_low", "share"),
    Column("limit_high", "share"),
    Column("texts", head="respondents"),
)
_COLUMNS = (
    Column("kind", "word"),
    Column("direction", "word"),
    Column("since", "date"),
    Column("observed", "share"),
    Column("expected", "share", ends=True),
    Column("negative", head="cases"),
    Column("texts", head="of_texts"),
)


def _lines(found: Facts, speech: Speech) -> list[str]:
    told = {
        "count": speech.count("monitor.count", found["count"]),
        "new": speech.count("monitor.new", found["new"]),
        "last": speech.date("monitor.last", found["last"]),
        "span": _span(found["periods"], "monitor.periods", found, speech),
    }
    if found["new"]:
        newest = [one for one in found["alerts"] if one["period"] == found["last"]]
        names = ", ".join(dict.fromkeys(_headed(one, speech) for one in newest))
        line = speech.say("tracking", "monitor_new", n=found["new"], names=names, **told)
    elif found["count"]:
        names = ", ".join(dict.fromkeys(_headed(one, speech) for one in found["alerts"][:TOLD]))
        line = speech.say("tracking", "monitor_past", n=found["count"], names=names, **told)
    else:
        early = any(note["key"] == "monitor_early" for note in found["notes"])
        key = "monitor_unjudged" if early else "monitor_none"
        line = speech.say("tracking", key, **told)
    if found["first"] is None:
        return [line]
    first = speech.date("monitor.first", found["first"])
    return [line, speech.say("tracking", "monitor_span", first=first, **told)]


def _span(number: int, name: str, found: Facts, speech: Speech) -> str:
    """Return "13 weeks"."""
    unit = f"span_{found['unit']}"
    return speech.say("tracking", unit, n=number, count=speech.count(name, number))


def _headed(one: Facts, speech: Speech) -> str:
    kind = speech.say("tracking", one["kind"])
    return f"{_named(one, speech)} ({kind})"


def _named(one: Facts, speech: Speech) -> str:
    """Return what an alarm is about: a touchpoint, or a class of texts; and the segment."""
    if one["measure"] in (_COMPLAINTS, _FELT):
        name = speech.touchpoint(one["touchpoint"])
    elif one["measure"] == "language":
        name = speech.words.name("languages", one["touchpoint"])
    else:
        named = readable(one["touchpoint"])
        name = speech.say("tracking", f"class_{one['measure']}", name=named)
    return f"{name}, {readable(one['by'])}: {readable(one['segment'])}" if one["by"] else name


def _card(one: Facts, found: Facts, speech: Speech) -> Card:
    key = one["key"]
    measure = one["measure"] if one["measure"] in (_COMPLAINTS, _FELT) else "drift"
    shares = {
        name: speech.percent(f"monitor.{name}.{key}", one[name])
        for name in ("observed", "expected", "expected_low", "expected_high")
    }
    line = speech.say(
        "tracking",
        f"alarm_{measure}",
        cases=speech.count(f"monitor.negative.{key}", one["negative"]),
        texts=speech.count(f"monitor.texts.{key}", one["texts"]),
        span=_span(one["periods"], f"monitor.window.{key}", found, speech),
        period=speech.date(f"monitor.period.{key}", one["period"]),
        interval=speech.interval(shares["expected_low"], shares["expected_high"]),
        observed=shares["observed"],
        expected=shares["expected"],
    )
    since = speech.date(f"monitor.since.{key}", one["since"])
    title = speech.say("tracking", "alarm_title", name=_headed(one, speech), since=since)
    quotes = tuple(one["quotes"])
    said = (Said(speech.say("tracking", "said_after"), quotes),) if quotes else ()
    return Card(title, (line,), said)


def _pictures(found: Facts, speech: Speech) -> list[Picture]:
    table = pd.DataFrame(found["series"])
    title = speech.say("tracking", "slope_axis")
    label = speech.say("tracking", "monitor_label")
    return [Picture(charts.trend_chart, table, label, {"as_share": True, "title": title})]
