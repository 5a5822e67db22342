"""Shows the examples in docstrings as code; to Markdown, `>>>` is a quote in a quote in a quote."""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)


class Doctests(griffe.Extension):
    """Puts a fence around the examples of every docstring (an extension of griffe)."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of one object, if it has one."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(docstring: str) -> str:
    """Return a docstring whose examples stand in fences, from `>>>` to the next empty line."""
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0]}\n```", docstring)
