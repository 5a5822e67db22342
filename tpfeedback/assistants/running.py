"""Gives the tools to an assistant over stdin and stdout, by the Model Context Protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from tpfeedback import __version__
from tpfeedback.assistants.files import checked_folders
from tpfeedback.assistants.untrusted import NOTICE, noticed, quoted
from tpfeedback.errors import TpfeedbackError

NAMES = ("list_taxonomies", "describe_taxonomy", "list_files", "tag_texts", "analyze_file")
ABOUT = (
    "tpfeedback reads customer feedback in Russian, Chinese, Polish and English, finds the "
    "touchpoints it speaks of, and ranks them by what fixing them would gain. The tools only "
    f"read. {NOTICE}"
)


def run_tools(folders: Sequence[Path]) -> None:
    """Serve the tools until stdin ends.

    Raises `TpfeedbackError` where the extra is missing or a folder does not exist.
    """
    checked = checked_folders(folders)
    try:
        import mcp.server.mcpserver  # noqa: F401

        from tpfeedback.assistants.tools import Tools
    except ImportError as error:
        raise TpfeedbackError(
            f"The tools need the module {error.name!r}, which is not installed. Install it: "
            "pip install 'tpfeedback[mcp]'"
        ) from error
    new_server(Tools(checked)).run("stdio")


def new_server(tools: Any) -> Any:
    """Return the server that offers `assistants.tools.Tools`, each marked as read-only."""
    from mcp.server.mcpserver import MCPServer
    from mcp.types import ToolAnnotations

    server = MCPServer(
        "tpfeedback", version=__version__, instructions=ABOUT, log_level="CRITICAL"
    )  # its logs would repeat what customers wrote
    reading = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    for name in NAMES:
        server.add_tool(_told(getattr(tools, name)), name=name, annotations=reading)
    return server


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return the tool, whose errors an assistant can read: ours as data, a crash by its kind."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def told(**given: Any) -> dict[str, Any]:
        try:
            return tool(**given)
        except TpfeedbackError as error:  # may name columns of the file: data as well
            said = quoted(error, longest=2000)
            raise ToolError(json.dumps(noticed({"error": said}), ensure_ascii=False)) from None
        except Exception as error:
            raise ToolError(f"A mistake of tpfeedback: {type(error).__name__}.") from None

    return told
