"""Labels go to the texts that were read: a sheet of other texts under the same ids is refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.labelling_cases import (
    EXPECTED,
    TEXTS,
    fill_workbook,
    pairs_of,
    small_feedback,
    small_mentions,
)
from tests.nasty_texts import NASTY
from tests.test_labelling_reading import MARKS_OF, annotate
from tpfeedback import cli
from tpfeedback.ingest import read_feedback
from tpfeedback.labelling import LabelsError, read_labels, sample_for_labelling
from tpfeedback.labelling.other_texts import same_text
from tpfeedback.labelling.sheet_cells import bare, fit, harmless
from tpfeedback.masking import mask_personal

WROTE = "Anna Smith of OurShop, phone +44 20 7946 0958, was late. Мария Иванова обманула!"


def made_csv(path, sample):
    sample.to_csv(path, lang="en")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["Touchpoints"] = [MARKS_OF[name] for name in table["Text id"]]
    table.to_csv(path, index=False)


def made_workbook(path, sample):
    sample.to_excel(path, lang="en")
    fill_workbook(path, MARKS_OF)


def made_tasks(path, sample):
    sample.to_label_studio(path)
    path.write_text(json.dumps(annotate(json.loads(path.read_text(encoding="utf-8")))))


SHEETS = [("l.csv", made_csv), ("l.xlsx", made_workbook), ("l.json", made_tasks)]


def with_a_newer_row(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the feedback with a text on top, where ids are row numbers: each moves by one."""
    texts = ["Quick and kind", *feedback["text"][:-1]]
    return feedback.assign(text=texts)


@pytest.mark.parametrize(("name", "make"), SHEETS)
def test_labels_of_other_texts_are_refused(tmp_path, name, make):
    path = tmp_path / name
    make(path, sample_for_labelling(small_feedback(), small_mentions(), n=4))
    assert pairs_of(read_labels(path, feedback=small_feedback())) == EXPECTED
    with pytest.raises(LabelsError, match="4 of 4 labelled rows show another text") as caught:
        read_labels(path, feedback=with_a_newer_row(small_feedback()))
    assert set(caught.value.cells["file"]) == {name}
    assert len(caught.value.cells) == 4


def test_a_table_of_labels_of_other_texts_is_refused_with_an_example_and_what_to_do():
    table = pd.DataFrame({"feedback_id": ["t1", "t2"], "touchpoints": ["staff-", "none"],
                          "text": ["Rude staff, +44 20 7946 0958", TEXTS["t2"][0]]})  # fmt: skip
    with pytest.raises(
        LabelsError,
        match=r"1 of 2 labelled rows .* table, row 2, id 't1', 'Rude staff, \[phone\]' in the "
        r"sheet, 'Доставка .* Give the export that the sheet was made from; .*feedback_id=",
    ):
        read_labels(table, feedback=small_feedback())


def test_rows_that_nobody_filled_and_rows_without_a_text_are_not_compared():
    table = pd.DataFrame({"feedback_id": ["t1", "t2", "t3"], "touchpoints": ["staff-", "", "none"],
                          "text": [None, "Another", TEXTS["t3"][0]]})  # fmt: skip
    with pytest.warns(match="Rows without touchpoints: 1"):
        labels = read_labels(table, feedback=small_feedback())
    assert labels["feedback_id"].tolist() == ["t1", "t3"]
    alone = table.drop(columns="text").iloc[[0, 2]]
    assert len(read_labels(alone, feedback=small_feedback())) == 2


def test_of_two_sheets_that_of_another_export_is_named(tmp_path):
    sample = sample_for_labelling(small_feedback(), small_mentions(), n=4)
    made_csv(tmp_path / "anna.csv", sample)
    other = with_a_newer_row(small_feedback())
    made_csv(tmp_path / "boris.csv", sample_for_labelling(other, small_mentions(), n=4))
    with pytest.raises(LabelsError, match=r"4 of 8 labelled rows .* first: boris\.csv, row"):
        read_labels([tmp_path / "anna.csv", tmp_path / "boris.csv"], feedback=small_feedback())


@pytest.mark.parametrize("command", ["analyze", "evaluate"])
def test_the_command_refuses_labels_of_an_export_that_has_grown(tmp_path, command):
    texts = [f"The courier {number} was late and rude" for number in range(12)]
    table = pd.DataFrame({"comment": texts, "stars": [1, 5] * 6})
    table.to_csv(tmp_path / "old.csv", index=False)
    newer = pd.DataFrame({"comment": ["Quick and kind"], "stars": [5]})
    pd.concat([newer, table]).to_csv(tmp_path / "new.csv", index=False)
    sheet = read_feedback(tmp_path / "old.csv", text="comment", overall="stars")
    sheet = sheet[["feedback_id", "text"]].assign(touchpoints="delivery-")
    sheet.to_csv(tmp_path / "l.csv", index=False)
    given = [command, str(tmp_path / "new.csv"), "--labels", str(tmp_path / "l.csv")]
    found = CliRunner().invoke(cli.app, [*given, "--text", "comment", "--overall", "stars"])
    assert found.exit_code == 2
    assert "12 of 12 labelled rows show another text" in found.stderr


# --- what masking and a spreadsheet make of a text

CHANGES = [
    ("white space is trimmed", "  Late \t", "Late"),
    ("line ends change", "Late\nand rude", "Late\r\nand  rude"),
    ("line ends are lost", "Late\nand rude", "Late and rude"),
    ("a guard stands before a formula", "=1+1 late; +rude", "'=1+1 late; '+rude"),
    ("quotes become typographic", "'Late' - \"rude\"...", "‘Late’ – “rude”…"),
    ("letters are composed", "cafe\u0301 Wrocław", "café Wrocław"),
    ("accents have no place in the encoding", "café w Łodzi, zażółć", "cafe w Lodzi, zazolc"),
    ("letters have no place in the encoding", "Late, 太慢, очень", "Late, ??, ?????"),
    ("nothing has a place in the encoding", "物流太慢", "????"),
    ("a mark has no place in the encoding", "Мария Иванова is rude", "[???] is rude"),
    ("it is masked", WROTE, mask_personal(WROTE).text),
    ("it is masked in another language", WROTE, mask_personal(WROTE, language="zh").text),
    ("it was not masked, and now it is", mask_personal(WROTE).text, WROTE),
    ("Excel cuts it", "word " * 7000, ("word " * 7000)[:32_767]),
    ("it is cut within a mark", "late " * 6000 + "Anna Smith", "late " * 6000 + "[na"),
]


@pytest.mark.parametrize(("text", "cell"), [case[1:] for case in CHANGES],
                         ids=[case[0] for case in CHANGES])  # fmt: skip
def test_a_text_is_the_same_where(text, cell):
    assert same_text(cell, text)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Late", "Late and rude"),
        ("Late and rude", "and rude"),
        ("Late and rude", "rude and late"),
        ("Mr Brown was late", "Mr [name] was rude"),
        ("Mr Brown was late", "The [name] was late"),
        ("Was it late, and was it rude?", "Was it late?"),
        ("物流太慢，客服不错", "????"),
        ("good good good", "[name] good good good good"),
        ("", "Late"),
    ],
)
def test_another_text_is_another(text, cell):
    assert not same_text(cell, text)


@given(text=st.one_of(st.text(max_size=60), st.sampled_from(NASTY)),
       language=st.sampled_from(["en", "ru", "zh", "pl"]))  # fmt: skip
def test_a_text_is_the_same_in_every_sheet_that_we_write(text, language):
    masked = mask_personal(text, language=language).text
    for shown in (text, masked):
        assert same_text(bare(harmless(fit(shown))).strip(), text)
