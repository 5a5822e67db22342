"""Pages opened in Chromium over its debugging pipe; nothing but the standard library.

A page is opened as a reader sees it (width, phone or not, light or dark), and what goes wrong
there is kept: errors in the console, requests to the network, text wider than the screen.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LOCAL = ("file:", "data:", "about:", "blob:")
_SWITCHES = ("--headless=new", "--remote-debugging-pipe", "--hide-scrollbars", "--disable-gpu",
             "--no-first-run", "--disable-background-networking", "--force-color-profile=srgb",
             "--font-render-hinting=none")  # fmt: skip


@dataclass(frozen=True)
class View:
    """How a reader sees a page: `width` and `height` in CSS pixels, `scale` device pixels each."""

    width: int
    height: int
    phone: bool = False
    dark: bool = False
    scale: float = 1


@dataclass(frozen=True)
class Shot:
    """A picture (PNG) and what went wrong on the page, in sentences."""

    png: bytes
    problems: tuple[str, ...]


def find_browser() -> str:
    """Return the path of Chromium or Chrome; `SystemExit` says what to install."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise SystemExit(
        f"No browser is on the PATH. Looked for: {', '.join(NAMES)}. Install Chromium "
        "(Debian and Ubuntu: apt install chromium; macOS: brew install --cask chromium)."
    )


class Browser:
    """A running Chromium; made by `open_browser`."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._number, self._rest = 0, b""
        self._events: list[dict[str, Any]] = []
        self._session: str | None = None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for part in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{part}.enable")

    def shoot(self, page: Path, view: View, *, whole: bool = False) -> Shot:
        """Return the first screen of a page, or the whole of it."""
        self._ask("Emulation.setDeviceMetricsOverride", width=view.width, height=view.height,
                  deviceScaleFactor=view.scale, mobile=view.phone)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._events.clear()
        self._ask("Page.navigate", url=page.resolve().as_uri())
        while not any(one["method"] == "Page.loadEventFired" for one in self._events):
            self._events.append(self._read())
        self._run("document.fonts.ready.then(() => 0)")
        picture = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole,
                            **self._clip(view, whole))  # fmt: skip
        return Shot(base64.b64decode(picture["data"]), tuple(self._problems()))

    def _clip(self, view: View, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        height = self._run("document.documentElement.scrollHeight")
        return {"clip": {"x": 0, "y": 0, "width": view.width, "height": height, "scale": 1}}

    def _problems(self) -> Iterator[str]:
        for event in self._events:
            told = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                address = told["request"]["url"]
                if not address.startswith(LOCAL):
                    yield f"asks the network for {address}"
            elif event["method"] == "Log.entryAdded" and told["entry"]["level"] == "error":
                yield f"console: {told['entry']['text']}"
            elif event["method"] == "Runtime.exceptionThrown":
                yield f"script: {told['exceptionDetails']['text']}"
        wide = self._run("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            yield f"is {wide} pixels wider than the screen"

    def _run(self, script: str) -> Any:
        given = self._ask("Runtime.evaluate", expression=script, awaitPromise=True,
                          returnByValue=True)  # fmt: skip
        return given["result"].get("value")

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        call: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            call["sessionId"] = self._session
        os.write(self._to, json.dumps(call).encode() + b"\0")
        while True:
            message = self._read()
            if message.get("id") == self._number:
                if "error" in message:
                    raise SystemExit(f"The browser refused {method}: {message['error']}")
                answer: dict[str, Any] = message["result"]
                return answer
            if "method" in message:
                self._events.append(message)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._from, 1 << 20)
            if not part:
                raise SystemExit("The browser ended unexpectedly; try to start it by hand.")
            self._rest += part
        head, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(head)
        return message


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium with a fresh profile, and end it."""
    switches = [*_SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Chromium reads commands from descriptor 3 and answers on 4.
        command = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        given = [str(to_read), str(from_write), find_browser(), *switches]
        process = subprocess.Popen(
            ["bash", "-c", command, "browser", *given, f"--user-data-dir={profile}"],
            pass_fds=(to_read, from_write),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_write)
        try:
            yield Browser(to_write, from_read)
        finally:
            process.terminate()
            process.wait()
            os.close(to_write)
            os.close(from_read)
