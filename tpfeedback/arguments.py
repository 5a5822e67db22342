"""The arguments of the command, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="CSV, TSV, Excel, JSON, JSON Lines or Parquet.")]
FileOrFolder = Annotated[
    Path,
    typer.Argument(help="CSV, TSV, Excel, JSON, JSON Lines or Parquet; or a tagged folder."),
]
Text = Annotated[list[str] | None, typer.Option(help="Column of the texts; repeat it for several.")]
Overall = Annotated[str | None, typer.Option(help="Column of the rating.")]
Date = Annotated[str | None, typer.Option(help="Column of the date.")]
Channel = Annotated[str | None, typer.Option(help="Column of the channel.")]
TextLanguage = Annotated[str | None, typer.Option(help="Column of the language.")]
Question = Annotated[str | None, typer.Option(help="Column of the question.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of an Excel file.")]
Taxonomy = Annotated[str, typer.Option(help="Name, or .toml, .xlsx or .csv file, of a taxonomy.")]
Precision = Annotated[
    float | None, typer.Option(help="Share of right mentions to ask for, such as 0.9.")
]
Control = Annotated[
    list[str] | None, typer.Option(help="Column to hold fixed; repeat it for several.")
]
Model = Annotated[str, typer.Option(help="linear, ordered_logit, binary_logit or nps.")]
Weights = Annotated[str | None, typer.Option(help="Column of survey weights.")]
Cluster = Annotated[str | None, typer.Option(help="Column that names the customer.")]
Policy = Annotated[str, typer.Option(help="What silence means: baseline, observed or imputed.")]

Track = Annotated[
    bool, typer.Option("--track", help="Also report alarms, the journey, waits and rivals.")
]
At = Annotated[str | None, typer.Option(help="First day of 'after': has it got better?")]
Freq = Annotated[str | None, typer.Option(help="Watch by D, W or M; W if tracked.")]
Segment = Annotated[
    list[str] | None, typer.Option(help="Column of segments; repeat it for several.")
]
Changes = Annotated[
    Path | None, typer.Option(help="What was changed: date, touchpoint, where, cost, note.")
]
ValueOf = Annotated[float | None, typer.Option(help="Money that one unit of the outcome is worth.")]
Theirs = Annotated[Path | None, typer.Option(help="File of a competitor's reviews.")]

Labels = Annotated[
    list[Path] | None, typer.Option(help="Sheet filled by hand; repeat it for several people.")
]
Discover = Annotated[
    bool, typer.Option("--discover", help="Also report what recurs, and what the list misses.")
]

Out = Annotated[Path | None, typer.Option(help="Folder for the report and tables.")]
Language = Annotated[str, typer.Option(help="Language of the report: en, ru, zh or pl.")]
Mask = Annotated[
    bool, typer.Option("--mask/--no-mask", help="Mask names, phones, e-mails and the like.")
]
Top = Annotated[int, typer.Option(min=1, help="Touchpoints to show.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but the table.")]

BigFile = Annotated[Path, typer.Argument(help="CSV, TSV, JSON Lines or Parquet, of any size.")]
Parts = Annotated[Path, typer.Option("--out", help="Folder for the tagged parts.")]
Chunk = Annotated[int, typer.Option(min=1, help="Records in each part.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")]

Page = Annotated[Path, typer.Argument(help="The report.html to check.")]
Data = Annotated[
    Path, typer.Option(help="The file, or the tagged folder, that the report was made from.")
]
OwnTaxonomy = Annotated[
    str | None, typer.Option(help="The file of the taxonomy, if one of your own.")
]
TheirData = Annotated[
    Path | None, typer.Option(help="The competitor's file, if the report compares with one.")
]
SheetOut = Annotated[Path, typer.Option("--out", help="Sheet to write: .xlsx, .csv or .json.")]
Number = Annotated[int, typer.Option("--n", min=1, help="Texts to label.")]
Strategy = Annotated[
    str,
    typer.Option(help="random, ranking (for the top ranks) or uncertain (to teach)."),
]
SheetLanguage = Annotated[
    str | None, typer.Option(help="Language of the sheet; that of most texts if not given.")
]
Annotator = Annotated[str, typer.Option(help="Who is going to label.")]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Show what the tagger found; it biases who labels.")
]
Seed = Annotated[int, typer.Option(help="Seed of the drawing.")]
HandLabels = Annotated[
    list[Path], typer.Option("--labels", help="Sheet filled by hand; repeat it for several people.")
]
TablesOut = Annotated[Path | None, typer.Option("--out", help="Folder for the tables.")]

NoProgress = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]

Host = Annotated[str, typer.Option(help="Address to listen at.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes a free one.")]
ApiKeyFile = Annotated[Path | None, typer.Option(help="File of the keys that may ask, one a line.")]
Limit = Annotated[
    list[str] | None, typer.Option(help="A limit to change, as name=number; repeat it for several.")
]
Threads = Annotated[int | None, typer.Option(min=1, help="Processor threads of the tagger.")]
Folders = Annotated[
    list[Path] | None,
    typer.Option(help="Folder whose files may be read; repeat it for several. None: no file."),
]
