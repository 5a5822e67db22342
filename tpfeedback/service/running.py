"""Start and stop: a stop takes nothing new and finishes what was accepted."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from tpfeedback.errors import TpfeedbackError
from tpfeedback.service.limits import read_limits

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
        for name in ("uvicorn", "tpfeedback.service")
    },
}


def serve(
    *, host: str, port: int, key_file: Path | None, limits: Sequence[str], threads: int | None
) -> None:
    """Serve until a signal asks to stop.

    Raises `TpfeedbackError` where the extra is missing, a limit or the file of keys cannot be
    used, or other machines could ask without a key.
    """
    bounds = read_limits(limits)
    if key_file is None and not _is_this_machine(host):
        raise TpfeedbackError(
            f"At {host} other machines can ask, and there is no key. Allowed without a key: "
            "127.0.0.1. Name a file of keys with --api-key-file."
        )
    try:
        import uvicorn

        from tpfeedback.service.apart import analyze_apart
        from tpfeedback.service.app import create_app
        from tpfeedback.service.connections import watched_protocol
        from tpfeedback.service.keys import read_keys
    except ImportError as error:
        raise TpfeedbackError(
            f"The service needs the module {error.name!r}, which is not installed. Install it: "
            "pip install 'tpfeedback[serve]'"
        ) from error
    keys = () if key_file is None else read_keys(key_file)
    run_job = partial(analyze_apart, seconds=bounds.job_seconds, threads=threads)
    app = create_app(keys=keys, limits=bounds, load=lambda: _load(threads), run_job=run_job)
    config = uvicorn.Config(
        app, host=host, port=port, http=watched_protocol(bounds), ws="none",
        log_config=LOGGING, access_log=False, server_header=False,
        limit_concurrency=bounds.connections, timeout_graceful_shutdown=int(bounds.seconds) + 1,
    )  # fmt: skip
    _finishing(uvicorn.Server)(config).run()


def _is_this_machine(host: str) -> bool:
    """Tell whether only this machine can reach an address.

    >>> _is_this_machine("127.0.0.1"), _is_this_machine("0.0.0.0"), _is_this_machine("localhost")
    (True, False, True)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _load(threads: int | None) -> Any:
    from tpfeedback.tagger import load_network_tagger

    return load_network_tagger(threads=threads)


def _finishing(server: Any) -> Any:
    """Return uvicorn's server, but that its first signal lets everything accepted be finished."""

    class Finishing(server):  # type: ignore[misc]
        should_exit: bool
        stop_by: float | None = None

        def handle_exit(self, sig: int, frame: Any) -> None:
            if self.stop_by is None:
                service = self.config.app.state.service
                service.stopping.set()
                self.stop_by = monotonic() + service.limits.grace_seconds
            else:
                super().handle_exit(sig, frame)

        async def on_tick(self, counter: int) -> bool:
            if self.stop_by is not None:
                idle = self.config.app.state.service.idle
                self.should_exit = self.should_exit or idle or monotonic() > self.stop_by
            return bool(await super().on_tick(counter))

    return Finishing
