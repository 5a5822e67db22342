"""Reading an export: any file or DataFrame of feedback becomes the feedback table.

Way of the data: `files` (bytes to a raw table, with `encodings`, `delimited`, `json_records`,
`workbooks`, `parquet_files`, `databases` and `cells`), `roles` (which column is what, by the words
in `names` and by content), `ratings`, `scales` and `dates` (cell values), `texts` (what the
customer wrote), `reshape` (wide surveys to long), and `export`, which puts the parts together.
"""

from tpfeedback.ingest.export import Export, read_export, read_feedback

__all__ = ["Export", "read_export", "read_feedback"]
