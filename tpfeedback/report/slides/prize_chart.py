"""The ranking as a native bar chart with 95 % intervals, its numbers editable in PowerPoint."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from tpfeedback.report.axis_ends import axis_ends
from tpfeedback.report.records import Facts
from tpfeedback.report.slides.shapes import ACCENT, INK, Box
from tpfeedback.report.speech import Speech

PALE = "A6CEE3"  # an interval that reaches zero: the gain is not certain
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def add_prize_chart(slide: Any, box: Box, ranked: list[Facts], speech: Speech) -> None:
    """Draw the prizes of `ranked`, the first on top, with what a screen reader says of them."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data = CategoryChartData(number_format=_format(speech))
    data.categories = [speech.touchpoint(one["touchpoint"]) for one in ranked]
    data.add_series(speech.say("ranking", "prize"), [one["prize"] for one in ranked])
    places = [Inches(side) for side in (box.left, box.top, box.width, box.height)]
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *places, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", _spoken(ranked, speech))
    _dress(frame.chart, ranked)
    labels = frame.chart.value_axis.tick_labels
    labels.number_format, labels.number_format_is_linked = _format(speech), False
    _add_intervals(frame.chart, ranked)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_numbers(data, ranked, speech))


def _format(speech: Speech) -> str:
    decimals = speech.facts["outcome"]["gain_decimals"]
    return f"0.{'0' * decimals}" if decimals else "0"


def _spoken(ranked: list[Facts], speech: Speech) -> str:
    told = (
        f"{speech.touchpoint(one['touchpoint'])} {speech.gain('', one['prize'])}" for one in ranked
    )
    return f"{speech.say('slides', 'chart')}: {'; '.join(told)}"


def _dress(chart: Any, ranked: list[Facts]) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.color.rgb = Pt(14), RGBColor.from_string(INK)
    plot = chart.plots[0]
    plot.gap_width = 55
    chart.category_axis.reverse_order = True
    # The values stand at the far end of the names: the bottom, as these run from top to bottom.
    chart.value_axis._element.find(f"{{{_CHART}}}crosses").set("val", "max")
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xD9, 0xD9, 0xD9)
    chart.value_axis.tick_labels.font.size = Pt(12)
    drawn = [one[name] for one in ranked for name in ("prize", "prize_low", "prize_high")]
    if (ends := axis_ends(drawn, zero=True)) is not None:
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = ends
    for point, one in zip(plot.series[0].points, ranked, strict=False):
        fill = point.format.fill
        fill.solid()
        certain = (one["prize_low"] or 0) > 0
        fill.fore_color.rgb = RGBColor.from_string(ACCENT if certain else PALE)


def _add_intervals(chart: Any, ranked: list[Facts]) -> None:
    """Add error bars, which python-pptx does not know: they refer to the chart's own numbers."""
    from lxml import etree

    series = chart.plots[0].series[0]._element
    up, down = ([end for _, *ends in map(_ends, ranked) for end in ends[i : i + 1]] for i in (0, 1))
    bars = etree.SubElement(series, f"{{{_CHART}}}errBars")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, f"{{{_CHART}}}{name}").set("val", value)
    for name, column, ends in (("plus", "C", up), ("minus", "D", down)):
        reference = etree.SubElement(
            etree.SubElement(bars, f"{{{_CHART}}}{name}"), f"{{{_CHART}}}numRef"
        )
        formula = etree.SubElement(reference, f"{{{_CHART}}}f")
        formula.text = f"Sheet1!${column}$2:${column}${len(ranked) + 1}"
        cache = etree.SubElement(reference, f"{{{_CHART}}}numCache")
        etree.SubElement(cache, f"{{{_CHART}}}ptCount").set("val", str(len(ends)))
        for place, end in enumerate(ends):
            point = etree.SubElement(cache, f"{{{_CHART}}}pt")
            point.set("idx", str(place))
            etree.SubElement(point, f"{{{_CHART}}}v").text = repr(end)
    look = etree.SubElement(bars, f"{{{_CHART}}}spPr")
    line = etree.SubElement(look, f"{{{_DRAWING}}}ln")
    line.set("w", "19050")
    colour = etree.SubElement(etree.SubElement(line, f"{{{_DRAWING}}}solidFill"),
                              f"{{{_DRAWING}}}srgbClr")  # fmt: skip
    colour.set("val", INK)
    series.find(f"{{{_CHART}}}cat").addprevious(bars)


def _ends(one: Facts) -> tuple[float, float, float]:
    """Return the prize, and how far its interval reaches up and down from it."""
    prize, low, high = one["prize"], one["prize_low"], one["prize_high"]
    if low is None or high is None:
        return prize, 0.0, 0.0
    return prize, max(0.0, high - prize), max(0.0, prize - low)


def _numbers(data: Any, ranked: list[Facts], speech: Speech) -> bytes:
    """Return the workbook behind the chart: names, prizes, and the reach of the intervals."""
    import xlsxwriter

    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _CREATED})
        page = book.add_worksheet("Sheet1")
        heads = ("", speech.say("ranking", "prize"), "+", "−")
        for place, head in enumerate(heads):
            page.write_string(0, place, head)
        for row, one in enumerate(ranked, start=1):
            page.write_string(row, 0, speech.touchpoint(one["touchpoint"]))
            for place, number in enumerate(_ends(one), start=1):
                page.write_number(row, place, number)
    return made.getvalue()
