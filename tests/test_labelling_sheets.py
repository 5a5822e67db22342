"""The sheets that people label in: what they hold, and what they can never do."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.labelling_cases import TEXTS, small_feedback, small_mentions
from tpfeedback.errors import TpfeedbackError, WriteError
from tpfeedback.labelling import read_labels, sample_for_labelling
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.wording import available_wordings, load_wording


def sample(**changes):
    feedback = small_feedback().assign(**changes)
    return sample_for_labelling(feedback, small_mentions(), n=4)


def pages_of(tmp_path, chosen, **options):
    path = tmp_path / "sheet.xlsx"
    chosen.to_excel(path, **options)
    return load_workbook(path).worksheets


def header(page):
    return [cell.value for cell in page[2]]


def test_the_first_sheet_holds_the_texts_under_instructions_that_stay_in_view(tmp_path):
    page, _ = pages_of(tmp_path, sample(), lang="en")
    assert page["A1"].value.startswith("For each text, write what its author judges")
    assert header(page) == ["Text id", "Text", "Overall", "Touchpoints", "Comment", "Language",
                            "Probability"]  # fmt: skip
    assert page.freeze_panes == "C3"
    assert page.column_dimensions["B"].width >= 80
    assert page["B3"].alignment.wrap_text
    assert {page.cell(row, 1).value for row in range(3, 7)} == set(TEXTS)


def test_nothing_is_filled_in_beforehand(tmp_path):
    page, _ = pages_of(tmp_path, sample(), lang="en")
    assert {page.cell(row, column).value for row in range(3, 7) for column in (3, 4, 5)} == {None}


def test_typed_cells_are_texts_and_the_mark_of_the_whole_text_is_chosen_from_a_list(tmp_path):
    page, _ = pages_of(tmp_path, sample(), lang="en")
    assert {page.cell(row, column).number_format for row in range(3, 7) for column in (3, 4)} == {
        "@"
    }
    rule = page.data_validations.dataValidation[0]
    assert (rule.formula1, str(rule.sqref)) == ('"+,-,0,*"', "C3:C6")


def test_a_text_like_a_formula_is_a_text_that_stays_one_when_edited(tmp_path):
    page, _ = pages_of(tmp_path, sample(), lang="en")
    row = next(row for row in range(3, 7) if page.cell(row, 1).value == "t3")
    cell = page.cell(row, 2)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (TEXTS["t3"][0], "s", True)


def test_a_csv_sheet_holds_no_cell_that_runs(tmp_path):
    path = tmp_path / "sheet.csv"
    sample().to_csv(path, lang="en")
    table = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("Text id")
    assert table.loc["t3", "Text"].startswith("'=cmd|")
    texts = table.drop(columns="Probability").to_numpy().ravel()
    assert not [cell for cell in texts if cell[:1] in tuple("=+-@")]


def test_a_text_marked_in_a_csv_sheet_is_read_back_as_it_was(tmp_path):
    path = tmp_path / "sheet.csv"
    sample().to_csv(path, lang="en")
    table = pd.read_csv(path, dtype=str, keep_default_na=False).assign(Touchpoints="none")
    labels = read_labels(table).set_index("feedback_id")
    assert labels.loc["t3", "text"] == TEXTS["t3"][0]


def test_the_codebook_tells_each_touchpoint_in_the_languages_of_the_texts(tmp_path):
    _, page = pages_of(tmp_path, sample())
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    top = next(k for k, row in enumerate(rows) if row[1])
    assert len(rows[top]) == 1 + 3 * 4
    general = load_taxonomy("general")
    assert [row[0] for row in rows[top + 1 :]] == list(general.keys)
    assert rows[top + 1][1] in {general.name_of("advertising", code) for code in general.languages}


@pytest.mark.parametrize("language", available_wordings())
def test_a_sheet_can_be_had_in_one_language(tmp_path, language):
    page, codebook = pages_of(tmp_path, sample(), lang=language)
    words = load_wording(language)
    assert page.title == words.say("labelling", "sheet_labels")
    assert header(page)[1] == words.say("labelling", "column_text")
    assert len(list(codebook.columns)) == 4
    assert codebook["B8"].value == load_taxonomy("general").name_of("advertising", language)


def test_the_language_of_most_texts_is_that_of_the_sheet(tmp_path):
    page, _ = pages_of(tmp_path, sample(language=["pl", "pl", "en", "ru"]))
    assert header(page)[1] == "Tekst"


def test_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(TpfeedbackError, match="Unknown report language 'de'"):
        sample().to_excel(tmp_path / "a.xlsx", lang="de")


def test_personal_data_is_masked_unless_asked_for(tmp_path):
    chosen = sample(text=["Call me: +44 20 7946 0958", "b", "c", "d"], language="en")
    (page, _), (plain, _) = (
        pages_of(tmp_path, chosen),
        pages_of(tmp_path, chosen, mask=False),
    )
    told, said = ({one.cell(row, 2).value for row in range(3, 7)} for one in (page, plain))
    assert "Call me: [phone]" in told
    assert "Call me: +44 20 7946 0958" in said
    assert "Call me: +44 20 7946 0958" in set(chosen.table["text"])


def test_suggestions_stand_in_a_column_of_their_own_and_are_no_labels(tmp_path):
    path = tmp_path / "sheet.xlsx"
    sample().to_excel(path, lang="en", suggest=True)
    page = load_workbook(path).worksheets[0]
    place = header(page).index("Suggested") + 1
    told = {page.cell(row, 1).value: page.cell(row, place).value for row in range(3, 7)}
    assert told == {"t1": "delivery-, staff+", "t2": "none", "t3": "none", "t4": "delivery-"}
    with pytest.raises(TpfeedbackError, match="No row is filled: 4 texts"):
        read_labels(path)


def test_who_is_going_to_label_is_written_into_each_row(tmp_path):
    path = tmp_path / "sheet.csv"
    sample().to_csv(path, lang="en", annotator="Ann")
    table = pd.read_csv(path, dtype=str, keep_default_na=False).assign(Touchpoints="none")
    assert set(read_labels(table)["annotator"]) == {"Ann"}


def test_the_questions_of_a_survey_are_shown(tmp_path):
    page, _ = pages_of(tmp_path, sample(question="Why?"), lang="en")
    assert header(page)[:3] == ["Text id", "Question", "Text"]


@pytest.mark.parametrize("form", ["to_excel", "to_csv"])
def test_the_same_sample_gives_the_same_bytes(tmp_path, form):
    ending = ".xlsx" if form == "to_excel" else ".csv"
    paths = [tmp_path / f"{name}{ending}" for name in "ab"]
    for path in paths:
        getattr(sample(), form)(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("form", "name"),
    [("to_excel", "a.csv"), ("to_csv", "a.xlsx"), ("to_label_studio", "a.xml")],
)
def test_a_wrong_ending_is_refused(tmp_path, form, name):
    with pytest.raises(WriteError, match=r"Allowed: a path that ends in \."):
        getattr(sample(), form)(tmp_path / name)


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(WriteError, match="There is no folder"):
        sample().to_excel(tmp_path / "no" / "a.xlsx")


# --- Label Studio


def test_tasks_hold_the_text_as_data_and_no_predictions(tmp_path):
    path = tmp_path / "tasks.json"
    sample().to_label_studio(path)
    tasks = json.loads(path.read_text(encoding="utf-8"))
    assert {task["data"]["feedback_id"] for task in tasks} == set(TEXTS)
    assert all(set(task) == {"data"} for task in tasks)
    assert {task["data"]["text"] for task in tasks} == {text for text, _, _ in TEXTS.values()}


def test_predictions_go_along_where_asked_for(tmp_path):
    path = tmp_path / "tasks.json"
    sample().to_label_studio(path, suggest=True)
    tasks = {task["data"]["feedback_id"]: task for task in json.loads(path.read_text("utf-8"))}
    result = tasks["t1"]["predictions"][0]["result"][0]
    assert result["value"] == {"taxonomy": [["delivery", "negative"], ["staff", "positive"]]}


def test_the_interface_offers_each_touchpoint_with_each_mark(tmp_path):
    interface = sample().to_label_studio(tmp_path / "tasks.json", lang="pl")
    view = ElementTree.fromstring(interface.read_text(encoding="utf-8"))
    assert view.find("Text").attrib == {"name": "text", "value": "$text"}
    branches = view.find("Taxonomy").findall("Choice")
    assert [one.get("alias") for one in branches] == ["none", *load_taxonomy("general").keys]
    marks = [one.get("alias") for one in branches[1].findall("Choice")]
    assert sorted(marks) == ["mixed", "negative", "neutral", "positive"]
    assert branches[0].get("value") == "brak"


def test_names_that_hold_markup_are_data_in_the_interface(tmp_path):
    name = '"><script>alert(1)</script> & co'
    taxonomy = load_taxonomy(
        {"key": "odd", "names": {"en": "Odd"}, "touchpoints": [
            {"key": "x", "stage": "after", "channel": "person", "names": {"en": name},
             "cues": {"en": ["odd"]}}]}
    )  # fmt: skip
    mentions = small_mentions().iloc[:0]
    chosen = sample_for_labelling(small_feedback(), mentions, n=2, taxonomy=taxonomy)
    interface = chosen.to_label_studio(tmp_path / "tasks.json", lang="en")
    content = interface.read_text(encoding="utf-8")
    assert "<script" not in content
    view = ElementTree.fromstring(content)
    assert view.find("Taxonomy")[1].get("value") == name


def test_a_sample_shows_itself_with_its_notes_escaped_and_masked():
    chosen = sample(text=["<b>late</b> 020 7946 0958 call", "b", "c", "d"], language="en")
    page = chosen._repr_html_()
    assert "&lt;b&gt;late&lt;/b&gt;" in page
    assert "7946" not in page
    assert "Drawn by chance: 4 of 4 texts" in page
    assert repr(chosen) == "LabellingSample(4 texts, strategy='random')"
