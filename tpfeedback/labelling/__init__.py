"""The round trip of labels: texts go out to people as a sheet, and come back as a table.

Way out: `sampling` chooses the texts (`drawing`: by chance; `ranking`, from `influence` and
`mark_errors`: likelier where labels tell more; `uncertain`), `sample` writes them (`workbooks` with
`codebook`, `delimited`, `label_studio`). Way back: `reading` takes the sheets (`sheet_answers`) and
exports (`label_studio_answers`), understands what was typed (`marks`, `names`) or refuses it
(`bad_cells`; `other_texts`, where ids have moved); `settling` makes one reading of several.
"""

from tpfeedback.labelling.bad_cells import LabelsError
from tpfeedback.labelling.reading import read_labels
from tpfeedback.labelling.sample import LabellingSample
from tpfeedback.labelling.sampling import sample_for_labelling
from tpfeedback.labelling.settling import settle_labels

__all__ = [
    "LabellingSample",
    "LabelsError",
    "read_labels",
    "sample_for_labelling",
    "settle_labels",
]
