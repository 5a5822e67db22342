"""Opening a file that may be anything: endless, huge once unpacked, torn, or no file at all.

Whoever reads a file of the user's reads it through here: `files` (only a regular file, and only
so many bytes of it), `archives` (what a zip archive unpacks to, counted and not believed) and
`workbooks` (how far apart the cells of a sheet stand). What is too much is told by `limits`.
"""

from tpfeedback.opening.files import open_file, read_file, read_start, shown
from tpfeedback.opening.limits import Limits, current_limits, raise_limits
from tpfeedback.opening.workbooks import check_workbook

__all__ = [
    "Limits",
    "check_workbook",
    "current_limits",
    "open_file",
    "raise_limits",
    "read_file",
    "read_start",
    "shown",
]
