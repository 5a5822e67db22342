"""What is different in a notebook: it shows pages, and keeps whatever was written."""

from __future__ import annotations

import sys
from html import escape
from typing import Any

WORTH_A_BAR = 5_000  # texts; less is done before a bar would say anything


def in_notebook() -> bool:
    """Tell whether the program runs in the kernel of a notebook; loads nothing to find out."""
    shell = sys.modules.get("IPython") if "ipykernel" in sys.modules else None
    return shell is not None and hasattr(shell.get_ipython(), "kernel")


def shows_progress(texts: int) -> bool:
    """Tell whether a bar serves anybody: in a terminal, and for long work in a notebook.

    >>> shows_progress(10)
    False
    """
    return sys.stderr.isatty() or (in_notebook() and texts >= WORTH_A_BAR)


def show_page(page: str) -> None:
    """Show a whole HTML page below the cell, in a frame, so that neither changes the other."""
    from IPython import display  # there is a notebook, so there is IPython

    shown: Any = display
    shown.display(shown.HTML(framed(page)))


def framed(page: str) -> str:
    """Return a frame that holds the page itself, without an address.

    >>> framed("<p>1</p>")[:21]
    '<iframe srcdoc="&lt;p'
    """
    style = "width:100%;height:46rem;border:1px solid #8886"
    frame = f'title="tpfeedback" sandbox="" style="{style}"'
    return f'<iframe srcdoc="{escape(page)}" {frame}></iframe>'
