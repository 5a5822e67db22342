"""Texts chosen for labelling, in every form that people label in: `LabellingSample`."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tpfeedback.errors import WriteError
from tpfeedback.masking import mask_personal
from tpfeedback.taxonomy import Taxonomy
from tpfeedback.wording import Note

_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class LabellingSample:
    """Texts that people are to label; made by `sample_for_labelling`.

    `table`: one row per text, in the order of the sheet: `feedback_id, text`, `question` and
    `language` where the feedback has them, `suggested` (what the tagger found, as it would be
    typed) and `probability` (how likely the text was to be drawn, see `tables.LABELS`).
    `filled`: the same for the texts labelled before, with their `touchpoints`, or None. `notes`:
    what the labels serve for. `pairs` ("ranking" only): one row per pair of neighbours at the top:
    `touchpoint, next, difference` of their prizes, `error` of it so far (missing without labels),
    and the error expected with these labels (`error_expected`), with as many random ones
    (`error_random`) and if every text were labelled (`error_all`), all in units of the outcome.

    Personal data is masked in what is written, unless `mask=False`; `table` is as the texts are.
    """

    table: pd.DataFrame
    strategy: str
    notes: tuple[Note, ...]
    taxonomy: Taxonomy
    filled: pd.DataFrame | None = None
    pairs: pd.DataFrame | None = None

    def to_excel(
        self,
        path: str | Path,
        *,
        lang: str | None = None,
        mask: bool = True,
        suggest: bool = False,
        annotator: str = "",
    ) -> None:
        """Write a workbook to label in: the texts on the first sheet, the codebook on the second.

        Args:
            path: ends in .xlsx.
            lang: language of headers and instructions (ru, zh, pl or en), and of the codebook.
                Without it, that of most texts, and a codebook in all languages of the texts.
            mask: whether personal data is masked in the texts.
            suggest: whether a column shows what the tagger found. It biases whoever labels, and
                labels so made flatter the tagger; leave it out where they are to correct or
                evaluate it.
            annotator: who is going to label, written into each row.

        Raises:
            WriteError: the path does not end in .xlsx, or its folder does not exist.
            TpfeedbackError: there are no words for `lang`.
        """
        from tpfeedback.labelling.workbooks import write_workbook

        target = _writable(path, ".xlsx")
        write_workbook(self, target, lang=lang, mask=mask, suggest=suggest, annotator=annotator)

    def to_csv(
        self,
        path: str | Path,
        *,
        lang: str | None = None,
        mask: bool = True,
        suggest: bool = False,
        annotator: str = "",
    ) -> None:
        """Write the sheet without its codebook as CSV (UTF-8 with byte order mark); see `to_excel`.

        No text is taken for a formula: signs that could begin one get an apostrophe before them.
        """
        from tpfeedback.labelling.delimited import write_sheet

        target = _writable(path, ".csv")
        write_sheet(self, target, lang=lang, mask=mask, suggest=suggest, annotator=annotator)

    def to_label_studio(
        self,
        path: str | Path,
        *,
        lang: str | None = None,
        mask: bool = True,
        suggest: bool = False,
    ) -> Path:
        """Write tasks for Label Studio as JSON, and its labelling interface beside them as XML.

        `tasks.json` gets `tasks.xml`: paste that into Settings, Labeling Interface, Code, and
        import the tasks. Texts labelled before are not among them. With `suggest`, what the tagger
        found goes along as predictions (see `to_excel`).

        Returns:
            The path of the interface.
        """
        from tpfeedback.labelling.label_studio import write_interface, write_tasks

        target = _writable(path, ".json")
        write_tasks(self, target, mask=mask, suggest=suggest)
        interface = target.with_suffix(".xml")
        write_interface(self, interface, lang=lang)
        return interface

    def __repr__(self) -> str:
        """Say how many texts there are, and how they were chosen."""
        return f"LabellingSample({len(self.table)} texts, strategy={self.strategy!r})"

    def _repr_html_(self) -> str:
        shown = masked(self.table.head(_SHOWN).drop(columns=["probability", "suggested"]))
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        more = len(self.table) - len(shown)
        rest = f"<p>… {more}</p>" if more else ""
        return f"{notes}{shown.to_html(index=False)}{rest}"


def masked(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with personal data masked in its texts, in the words of their language."""
    languages = table["language"] if "language" in table else pd.Series("en", index=table.index)
    pairs = zip(table["text"].astype("str"), languages.astype("str"), strict=True)
    hidden = [mask_personal(text, language=language).text for text, language in pairs]
    return table.assign(text=pd.Series(hidden, index=table.index, dtype="str"))


def main_languages(table: pd.DataFrame, known: tuple[str, ...]) -> list[str]:
    """Return the known languages of the texts, that of most texts first; English if none is.

    >>> main_languages(pd.DataFrame({"language": ["pl", "ru", "ru", "de"]}), ("en", "pl", "ru"))
    ['ru', 'pl']
    """
    if "language" not in table:
        return ["en"]
    counts = table["language"].value_counts()
    found = [str(code) for code in counts.index if code in known]
    return sorted(found, key=lambda code: (-int(counts[code]), code)) or ["en"]


def _writable(path: str | Path, ending: str) -> Path:
    target = Path(path)
    if target.suffix.lower() != ending:
        raise WriteError(
            f"{str(path)!r} is given. Allowed: a path that ends in {ending}. Change the ending, or "
            "take another form: to_excel, to_csv, to_label_studio."
        )
    if not target.parent.is_dir():
        raise WriteError(f"There is no folder {target.parent}. Make it, or name one that is there.")
    return target
