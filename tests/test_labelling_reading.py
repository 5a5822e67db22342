"""Reading filled sheets: whatever people do to them, what they said is found, or refused."""

from __future__ import annotations

import json
import random
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.labelling_cases import (
    EXPECTED,
    TEXTS,
    fill_workbook,
    pairs_of,
    small_feedback,
    small_mentions,
)
from tpfeedback.errors import ColumnError, ReadError, TpfeedbackWarning
from tpfeedback.labelling import LabelsError, read_labels, sample_for_labelling
from tpfeedback.labelling.marks import MARKS, join_sentiments, parse_sentiment, parse_touchpoints
from tpfeedback.labelling.names import Names, name_touchpoints, plain
from tpfeedback.labelling.sheet_cells import bare, harmless
from tpfeedback.labelling.sheet_columns import COLUMNS, find_columns, header_of
from tpfeedback.tables import check_table
from tpfeedback.taxonomy import available_taxonomies, load_taxonomy
from tpfeedback.wording import available_wordings, load_wording

GENERAL = load_taxonomy("general")
NAMES = name_touchpoints(GENERAL)
MARKS_OF = {text: marks for text, (_, _, marks) in TEXTS.items()}


def sheet(cells, **columns) -> pd.DataFrame:
    ids = [f"t{i}" for i in range(len(cells))]
    return pd.DataFrame({"feedback_id": ids, "touchpoints": cells, **columns})


# --- what can be typed

GOOD = [
    ("delivery-, staff+", {"delivery": "negative", "staff": "positive"}),
    ("Delivery- ; STAFF+", {"delivery": "negative", "staff": "positive"}),
    ("delivery-，staff＋", {"delivery": "negative", "staff": "positive"}),
    ("配送物流-、服务人员+。", {"delivery": "negative", "staff": "positive"}),
    ("доставка-, персонал+", {"delivery": "negative", "staff": "positive"}),
    ("Dostawa -, Personel +", {"delivery": "negative", "staff": "positive"}),
    ("+delivery, -staff", {"delivery": "positive", "staff": "negative"}),
    ("+ delivery", {"delivery": "positive"}),
    ("delivery- staff+ price0", {"delivery": "negative", "staff": "positive", "price": "neutral"}),
    ("-delivery +staff", {"delivery": "negative", "staff": "positive"}),
    ("delivery–", {"delivery": "negative"}),
    ("delivery −", {"delivery": "negative"}),
    ("delivery×", {"delivery": "mixed"}),
    ("delivery: -", {"delivery": "negative"}),
    ("delivery (-)", {"delivery": "negative"}),
    ("'+delivery", {"delivery": "positive"}),
    ("deliv-", {"delivery": "negative"}),
    ("достав-", {"delivery": "negative"}),
    ("mobile app+", {"mobile_app": "positive"}),
    ("After-sales-", {"after_sales": "negative"}),
    ("after_sales *", {"after_sales": "mixed"}),
    ("колл-центр-", {"call_center": "negative"}),
    ("delivery+\nprice-", {"delivery": "positive", "price": "negative"}),
    ("delivery-, delivery+", {"delivery": "mixed"}),
    ("delivery0, delivery-", {"delivery": "negative"}),
    ("delivery--", {"delivery": "negative"}),
    (", delivery- ,,", {"delivery": "negative"}),
    ("none", {}),
    ("-none-", {}),
    (" NONE. ", {}),
    ("нет", {}),
    ("无", {}),
    ("brak", {}),
]

BAD = [
    ("delivery", "has no mark"),
    ("delivery-, staff", "'staff' has no mark"),
    ("delivry-", "no touchpoint of the codebook; did you mean 'delivery'"),
    ("delivery-+", "several marks"),
    ("-delivery+", "several marks"),
    ("-", "a mark stands without a touchpoint"),
    ("0", "no touchpoint"),
    ("none, delivery-", "says that nothing is named"),
    ("pro-", "no touchpoint"),
    (",", "names no touchpoint"),
    ("delivery, staff-", "'delivery' has no mark"),
    ("#NAME?", "no touchpoint"),
    ("delivery-staff-", "no touchpoint"),
]


@pytest.mark.parametrize(("cell", "found"), GOOD)
def test_whatever_is_typed_usually_is_understood(cell, found):
    assert parse_touchpoints(cell, NAMES) == (found, "")


@pytest.mark.parametrize(("cell", "wrong"), BAD)
def test_what_is_not_clear_is_refused_with_the_reason(cell, wrong):
    found, told = parse_touchpoints(cell, NAMES)
    assert found is None
    assert wrong in told


@pytest.mark.parametrize("taxonomy", available_taxonomies())
def test_every_name_of_a_codebook_is_understood_even_one_with_a_comma(taxonomy):
    plan = load_taxonomy(taxonomy)
    names = name_touchpoints(plan)
    for one in plan:
        for name in (one.key, *one.names.values()):
            for cell in (f"{name}-", f"- {name.upper()}"):
                assert parse_touchpoints(cell, names) == ({one.key: "negative"}, ""), cell


def test_a_name_with_separators_stands_beside_others():
    found = {"wi-fi, tv/radio": {"wifi"}, "tv/radio": {"tv"}, "price": {"price"}}
    names = Names(("wifi", "tv", "price"), {plain(n): frozenset(k) for n, k in found.items()})
    cases = {
        "price+, Wi-Fi, TV / radio-": {"price": "positive", "wifi": "negative"},
        "TV/radio+ / price-, wifi，tv/radio*": {"tv": "positive", "price": "negative",
                                               "wifi": "mixed"},
    }  # fmt: skip
    for cell, marks in cases.items():
        assert parse_touchpoints(cell, names) == (marks, "")
    two = {"wifi": "negative", "tv": "negative"}
    assert parse_touchpoints("wi-fi-, tv/radio-", names) == (two, "")  # two marks, not one name


@pytest.mark.parametrize("cell", ["", "   ", "\n"])
def test_an_empty_cell_says_nothing_and_is_no_mistake(cell):
    assert parse_touchpoints(cell, NAMES) == (None, "")


def test_a_beginning_that_several_touchpoints_share_is_refused_with_all_of_them():
    assert parse_touchpoints("onli-", NAMES)[0] == {"online_support": "negative"}
    assert "may be" in parse_touchpoints("обслуж+", name_touchpoints(two_services()))[1]


def two_services():
    def touchpoint(key, name):
        return {"key": key, "stage": "after", "channel": "person", "names": {"ru": name},
                "cues": {"ru": [name.lower()]}}  # fmt: skip

    touchpoints = [
        touchpoint("hall", "Обслуживание в зале"),
        touchpoint("bar", "Обслуживание бара"),
    ]
    return load_taxonomy({"key": "cafe", "names": {"ru": "Кафе"}, "touchpoints": touchpoints})


@pytest.mark.parametrize(
    ("cell", "sentiment"),
    [("+", "positive"), ("－", "negative"), ("0", "neutral"), ("0.0", "neutral"), ("*", "mixed"),
     ("'-", "negative"), ("Negative", "negative"), ("负面", "negative"), ("", None)],
)  # fmt: skip
def test_the_mark_of_the_whole_text_is_understood(cell, sentiment):
    assert parse_sentiment(cell) == (sentiment, "")


def test_a_word_that_is_no_mark_is_refused():
    assert parse_sentiment("bad") == (None, "'bad' is none of + - 0 *")


SEPARATORS = st.sampled_from([", ", ",", "; ", "，", "；", "、", "\n", "  ,  "])
SIGN = st.sampled_from(sorted(MARKS))


def written_names(key):
    touchpoint = GENERAL.touchpoint(key)
    return st.sampled_from([key, key.upper(), *touchpoint.names.values()])


@given(data=st.data())
def test_any_way_of_writing_the_same_marks_reads_the_same(data):
    keys = data.draw(st.lists(st.sampled_from(GENERAL.keys), min_size=1, max_size=5, unique=True))
    signs = {key: data.draw(SIGN) for key in keys}
    pieces = []
    for key, sign in signs.items():
        name, space = data.draw(written_names(key)), data.draw(st.sampled_from(["", " "]))
        before = data.draw(st.booleans()) and sign != "0"
        pieces.append(f"{sign}{space}{name}" if before else f"{name}{space}{sign}")
    cell = data.draw(SEPARATORS).join(data.draw(st.permutations(pieces)))
    found, wrong = parse_touchpoints(cell, NAMES)
    assert (found, wrong) == ({key: MARKS[sign] for key, sign in signs.items()}, "")


@given(cell=st.text(max_size=60))
def test_any_text_is_either_understood_or_refused_never_both(cell):
    found, wrong = parse_touchpoints(cell, NAMES)
    assert (found is None) or not wrong
    assert found is None or set(found) <= set(GENERAL.keys)
    assert set((found or {}).values()) <= set(MARKS.values())


@given(noise=st.text(alphabet="+-0*,; deliverystaffnone", max_size=25))
def test_no_mark_is_made_up(noise):
    found, _ = parse_touchpoints(noise, NAMES)
    for sentiment in (found or {}).values():
        signs = {sign for sign in MARKS if sign in noise}
        assert sentiment in {MARKS[sign] for sign in signs} | (
            {"mixed"} if len(signs) > 1 else set()
        )


@given(sentiments=st.lists(st.sampled_from(list(MARKS.values())), min_size=1))
def test_sentiments_join_in_any_order(sentiments):
    assert join_sentiments(sentiments) == join_sentiments(sentiments[::-1])


@given(text=st.text(alphabet=st.sampled_from("a=+-@,;\" '\t\nя中"), max_size=30))
def test_a_text_comes_back_from_a_csv_cell_as_it_was(text):
    if "'" not in text:
        assert bare(harmless(text)) == text


# --- what happens to sheets


@pytest.fixture
def filled(tmp_path):
    path = tmp_path / "anna.xlsx"
    sample_for_labelling(small_feedback(), small_mentions(), n=4).to_excel(path, lang="en")
    fill_workbook(path, MARKS_OF)
    return path


def test_a_workbook_comes_back_with_what_was_typed(filled):
    labels = read_labels(filled, feedback=small_feedback())
    assert pairs_of(labels) == EXPECTED
    check_table(labels, "labels")
    assert set(labels["text"]) == {text for text, _, _ in TEXTS.values()}
    assert (labels["probability"] == 1).all()


@pytest.mark.parametrize("language", available_wordings())
def test_a_sheet_in_any_language_is_read(tmp_path, language):
    path = tmp_path / "sheet.csv"
    sample_for_labelling(small_feedback(), small_mentions(), n=4).to_csv(path, lang=language)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    words = load_wording(language)
    table[header_of("touchpoints", words)] = [
        MARKS_OF[text] for text in table[header_of("feedback_id", words)]
    ]
    assert pairs_of(read_labels(table)) == EXPECTED


def as_table(filled) -> pd.DataFrame:
    return pd.read_excel(filled, header=1, dtype=str, keep_default_na=False, engine="openpyxl")


def test_sorted_rows_added_columns_and_blank_rows_do_no_harm(filled, tmp_path):
    table = as_table(filled).sort_values("Text")
    table.insert(0, "No.", range(len(table)))
    table["My notes"] = "delivery-"
    blank = pd.DataFrame("", index=[0, 1], columns=table.columns)
    path = tmp_path / "mine.xlsx"
    pd.concat([blank, table, blank]).to_excel(path, index=False)
    assert pairs_of(read_labels(path)) == EXPECTED


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1251", ";"), ("gb18030", ",")],
)
def test_a_sheet_saved_as_csv_by_a_spreadsheet_is_read(filled, tmp_path, encoding, separator):
    table = as_table(filled)
    path = tmp_path / "saved.csv"
    content = table.to_csv(index=False, sep=separator)
    path.write_bytes(content.encode(encoding, errors="replace"))
    assert pairs_of(read_labels(path)) == EXPECTED


def test_the_line_of_instructions_may_stay_when_a_sheet_is_saved_as_csv(filled, tmp_path):
    table = as_table(filled)
    path = tmp_path / "saved.csv"
    head = ";" * (len(table.columns) - 1)
    path.write_text(f"How to label{head}\n" + table.to_csv(index=False, sep=";"), encoding="utf-8")
    assert pairs_of(read_labels(path)) == EXPECTED


def test_the_codebook_may_be_put_first(filled):
    from openpyxl import load_workbook

    book = load_workbook(filled)
    book.move_sheet(book.worksheets[1], offset=-1)
    book.save(filled)
    assert pairs_of(read_labels(filled)) == EXPECTED


def test_every_filled_sheet_of_a_workbook_is_read_as_one_annotator(filled):
    from openpyxl import load_workbook

    book = load_workbook(filled)
    first = book.worksheets[0]
    other, empty = book.copy_worksheet(first), book.copy_worksheet(first)
    first.title, other.title, empty.title = "Ann", "Bo", "spare"
    place = [cell.value for cell in first[2]].index("Touchpoints") + 1
    for row in range(3, first.max_row + 1):
        other.cell(row, place).value = "price+"
        empty.cell(row, place).value = None
    book.save(filled)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TpfeedbackWarning)  # the empty copy is no unfilled sheet
        labels = read_labels(filled)
    assert pairs_of(labels[labels["annotator"] == "Ann"]) == EXPECTED
    dear = {(text, "price", "positive") for text in TEXTS}
    assert pairs_of(labels[labels["annotator"] == "Bo"]) == dear


def test_numbers_that_excel_made_of_ids_are_the_ids_still():
    table = pd.DataFrame({"feedback_id": [7.0, 8.0], "touchpoints": ["price-", "none"]})
    assert pairs_of(read_labels(table)) == {("7", "price", "negative"), ("8", None, None)}


def test_zeros_that_excel_took_off_an_id_come_back_where_that_is_clear():
    feedback = pd.DataFrame({"feedback_id": ["007", "08", "8", "x"], "text": "dear"})
    table = pd.DataFrame({"feedback_id": [7, 8], "touchpoints": ["price-", "none"]})
    labels = read_labels(table, feedback=feedback)
    assert labels["feedback_id"].tolist() == ["007", "8"]
    with pytest.raises(LabelsError, match="has no id"):
        read_labels(table.assign(feedback_id=["", "8"]), feedback=feedback.replace("x", "0"))
    with pytest.raises(LabelsError, match="'0008' is no text"):
        read_labels(table.assign(feedback_id=["7", "0008"]), feedback=feedback)


def test_a_row_left_unfilled_is_not_labelled_and_told():
    with pytest.warns(TpfeedbackWarning, match="Rows without touchpoints: 2; .* Labelled texts: 1"):
        labels = read_labels(sheet(["price-", "", " "]))
    assert pairs_of(labels) == {("t0", "price", "negative")}


def test_a_sheet_that_nobody_filled_is_refused():
    with pytest.raises(ReadError, match="No row is filled: 2 texts"):
        read_labels(sheet(["", ""], text=["a", "b"]))


def test_all_bad_cells_are_told_at_once_with_file_row_and_column(tmp_path):
    path = tmp_path / "bad.xlsx"
    sample_for_labelling(small_feedback(), small_mentions(), n=4).to_excel(path, lang="en")
    marks = {"t1": "delivry-", "t2": "none", "t3": "price", "t4": ""}
    fill_workbook(path, marks, overall={"t2": "good", "t4": "-"})
    ids = pd.read_excel(path, header=1, engine="openpyxl")["Text id"]
    rows = {text: row for row, text in enumerate(ids)}
    with pytest.raises(LabelsError, match="4 cells cannot be read") as caught:
        read_labels(path)
    told = str(caught.value)
    assert (
        f"bad.xlsx, sheet 'Labels', row {rows['t1'] + 3}, column 'Touchpoints': 'delivry'" in told
    )
    assert f"row {rows['t2'] + 3}, column 'Overall': 'good' is none of + - 0 *" in told
    assert "write none if it names nothing" in told
    assert "Allowed: touchpoints with a mark" in told
    assert caught.value.cells["row"].tolist() == sorted(f"row {k + 3}" for k in rows.values())


def test_hundreds_of_bad_cells_are_all_in_the_table_of_the_error():
    with pytest.raises(LabelsError, match="and 60 more, see the table") as caught:
        read_labels(sheet(["zzz-"] * 100))
    assert len(caught.value.cells) == 100


def test_a_formula_that_excel_made_of_a_mark_is_told():
    with pytest.raises(LabelsError, match="a formula was made of it"):
        read_labels(sheet(["#NAME?"]))


def test_an_id_that_the_feedback_does_not_know_is_told():
    with pytest.raises(LabelsError, match="'t9' is no text of the feedback table"):
        read_labels(pd.DataFrame({"feedback_id": ["t9"], "touchpoints": ["price-"]}),
                    feedback=small_feedback())  # fmt: skip


def test_a_filled_row_without_id_is_told():
    with pytest.raises(LabelsError, match="has no id"):
        read_labels(pd.DataFrame({"feedback_id": [None, "a"], "touchpoints": ["price-", "none"]}))


def test_a_text_filled_twice_in_different_ways_is_told():
    table = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoints": ["price-", "none"]})
    with pytest.raises(LabelsError, match="'a' is filled otherwise in table, row 2"):
        read_labels(table)


def test_a_text_filled_twice_alike_counts_once():
    table = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoints": ["price-", "Price -"]})
    assert len(read_labels(table)) == 1


def test_a_probability_that_was_changed_is_told():
    with pytest.raises(LabelsError, match="'lots' is no number from 0 to 1"):
        read_labels(sheet(["price-"], probability=["lots"]))


def test_a_probability_with_a_decimal_comma_is_read():
    assert read_labels(sheet(["price-"], probability=["0,25"]))["probability"].tolist() == [0.25]


def test_a_table_without_the_columns_is_no_sheet():
    with pytest.raises(ReadError, match=r"is no labelling sheet.* found .*text"):
        read_labels(pd.DataFrame({"text": ["a"]}))


def test_no_file_and_an_empty_list_are_refused(tmp_path):
    with pytest.raises(ReadError, match="There is no file"):
        read_labels(tmp_path / "none.xlsx")
    with pytest.raises(ReadError, match="No file is given"):
        read_labels([])


def test_a_feedback_table_without_texts_is_refused():
    with pytest.raises(ColumnError, match="lacks the columns text"):
        read_labels(sheet(["price-"]), feedback=pd.DataFrame({"feedback_id": ["t0"]}))


def test_two_files_are_two_annotators(filled, tmp_path):
    other = tmp_path / "boris.xlsx"
    other.write_bytes(filled.read_bytes())
    labels = read_labels([filled, other])
    assert set(labels["annotator"]) == {"anna", "boris"}
    assert pairs_of(labels[labels["annotator"] == "boris"]) == EXPECTED


def test_a_column_of_annotators_is_two_annotators_in_one_file():
    table = pd.DataFrame({"feedback_id": ["a", "a"], "touchpoints": ["price-", "none"],
                          "Annotator": ["Ann", "Bo"]})  # fmt: skip
    assert read_labels(table)["annotator"].tolist() == ["Ann", "Bo"]


def test_the_callers_table_stays_as_it_is():
    table = sheet(["price-", "none"])
    before = table.copy()
    read_labels(table)
    pd.testing.assert_frame_equal(table, before)


def test_every_column_has_a_header_of_its_own_in_every_language():
    for language in available_wordings():
        headers = [header_of(column, load_wording(language)) for column in COLUMNS]
        assert find_columns(headers) == {column: k for k, column in enumerate(COLUMNS)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_what_people_do_to_a_sheet_changes_nothing(filled, tmp_path, seed):
    chance = random.Random(seed)
    table = as_table(filled).sample(frac=1, random_state=seed)
    table.columns = [chance.choice([name, name.upper(), f" {name} "]) for name in table.columns]
    for k in range(chance.randrange(3)):
        table.insert(chance.randrange(len(table.columns) + 1), f"mine {k}", "x")
    encoding, separator = chance.choice(["utf-8", "utf-16"]), chance.choice(",;\t")
    path = tmp_path / "changed.csv"
    path.write_bytes(table.to_csv(index=False, sep=separator).encode(encoding))
    with warnings.catch_warnings():
        warnings.simplefilter("error", TpfeedbackWarning)
        assert pairs_of(read_labels(path)) == EXPECTED


# --- Label Studio


def annotate(tasks, *, who=1, cancelled=False, alias=True):
    """Return tasks as Label Studio exports them."""
    for number, task in enumerate(tasks, start=1):
        marks = MARKS_OF[task["data"]["feedback_id"]]
        paths = [["none"]] if marks == "none" else [
            [piece[:-1], MARKS[piece[-1]] if alias else "негативная" if piece[-1] == "-" else
             "позитивная"] for piece in marks.split(", ")]  # fmt: skip
        result = [
            {"from_name": "touchpoints", "to_name": "text", "type": "taxonomy",
             "value": {"taxonomy": paths}},
            {"from_name": "overall_sentiment", "to_name": "text", "type": "choices",
             "value": {"choices": ["negative"]}},
        ]  # fmt: skip
        task["id"] = number
        task["annotations"] = [{"completed_by": who, "was_cancelled": cancelled, "result": result}]
    return tasks


@pytest.fixture
def tasks(tmp_path):
    path = tmp_path / "tasks.json"
    sample_for_labelling(small_feedback(), small_mentions(), n=4).to_label_studio(path)
    return json.loads(path.read_text(encoding="utf-8"))


def saved(tmp_path, tasks):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("alias", [True, False])
def test_an_export_of_label_studio_comes_back(tmp_path, tasks, alias):
    labels = read_labels(saved(tmp_path, annotate(tasks, alias=alias)))
    assert pairs_of(labels) == EXPECTED
    assert set(labels["overall_sentiment"]) == {"negative"}
    assert set(labels["annotator"]) == {"1"}


def test_a_language_or_question_that_no_task_tells_is_missing_in_the_labels(tmp_path):
    path = tmp_path / "tasks.json"
    feedback = small_feedback().assign(
        language=["ru", None, "en", "zh"], question=["How?", None, None, None]
    )
    sample_for_labelling(feedback, small_mentions(), n=4).to_label_studio(path)
    tasks = annotate(json.loads(path.read_text(encoding="utf-8")))
    labels = read_labels(saved(tmp_path, tasks)).drop_duplicates("feedback_id")
    assert labels["language"].isna().sum() == 1
    assert labels["question"].isna().sum() == 3


def test_a_person_in_label_studio_is_told_by_mail(tmp_path, tasks):
    labels = read_labels(saved(tmp_path, annotate(tasks, who={"id": 3, "email": "a@b.c"})))
    assert set(labels["annotator"]) == {"a@b.c"}


def test_cancelled_annotations_are_no_labels(tmp_path, tasks):
    with pytest.raises(ReadError, match="No row is filled: 4 texts"):
        read_labels(saved(tmp_path, annotate(tasks, cancelled=True)))


def test_spans_count_as_labels_of_their_text(tmp_path, tasks):
    span = {"from_name": "spans", "type": "labels",
            "value": {"start": 0, "end": 3, "text": "abc", "labels": ["price-"]}}  # fmt: skip
    for task in tasks:
        task["annotations"] = [{"completed_by": 1, "result": [span, span]}]
    labels = read_labels(saved(tmp_path, tasks))
    assert pairs_of(labels) == {(text, "price", "negative") for text in TEXTS}


def test_the_short_export_of_label_studio_comes_back(tmp_path):
    short = [
        {"feedback_id": "t1", "text": "x", "id": 1, "annotator": 2, "annotation_id": 5,
         "touchpoints": [{"taxonomy": [["delivery", "negative"], ["staff", "positive"]]}],
         "overall_sentiment": "negative"},
        {"feedback_id": "t2", "text": "y", "id": 2, "annotator": 2, "annotation_id": 6,
         "touchpoints": {"choices": ["none"]}},
    ]  # fmt: skip
    labels = read_labels(saved(tmp_path, short))
    assert pairs_of(labels) == {case for case in EXPECTED if case[0] in ("t1", "t2")}


def test_a_wrong_choice_in_label_studio_names_its_task(tmp_path, tasks):
    tasks = annotate(tasks)
    value = tasks[1]["annotations"][0]["result"][0]["value"]
    value["taxonomy"] = [["colour", "negative"]]
    with pytest.raises(LabelsError, match=r"export.json, task 2, column 'touchpoints': 'colour'"):
        read_labels(saved(tmp_path, tasks))


def test_tasks_without_ids_are_refused(tmp_path):
    with pytest.raises(ReadError, match=r"Task 4 of export\.json has no feedback_id"):
        read_labels(saved(tmp_path, [{"id": 4, "data": {"text": "a"}, "annotations": []}]))
