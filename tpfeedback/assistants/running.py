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
from tpfeedback.masking import mask_personal

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

    return MCPServer(
        "tpfeedback", version=__version__, instructions=ABOUT,
        tools=[_offered(getattr(tools, name), name) for name in NAMES],
        log_level="CRITICAL",  # its logs would repeat what customers wrote
    )  # fmt: skip


def _offered(tool: Callable[..., dict[str, Any]], name: str) -> Any:
    """Return the tool as the protocol knows it: read-only, and it refuses what it does not know.

    Else an option that there is not, such as weights, would be passed over without a word.
    """
    from mcp.server.mcpserver.tools import Tool
    from mcp.types import ToolAnnotations

    reading = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    offered = Tool.from_function(_told(tool), name=name, annotations=reading)
    asked = offered.fn_metadata.arg_model
    asked.model_config |= {"extra": "forbid", "hide_input_in_errors": True}
    asked.model_rebuild(force=True)
    offered.parameters = asked.model_json_schema(by_alias=True)
    return offered


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return the tool, whose errors an assistant can read: ours as data, a crash by its kind."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def told(**given: Any) -> dict[str, Any]:
        try:
            return tool(**given)
        except TpfeedbackError as error:  # may name columns and cells of the file: data as well
            said = quoted(mask_personal(str(error)).text, longest=2000)
            raise ToolError(json.dumps(noticed({"error": said}), ensure_ascii=False)) from None
        except Exception as error:
            raise ToolError(f"A mistake of tpfeedback: {type(error).__name__}.") from None

    return told
