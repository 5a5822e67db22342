"""A large table is analyzed in a process of its own: it can be stopped, and gives back all it used.

`python -m tpfeedback.service.apart SERVICE [THREADS]` reads a body of `/v1/analyze` from stdin and
writes the analysis to stdout. It ends with 2 where the table cannot be analyzed, and stdout says
why; and at once when SERVICE, the process it was started by, is no more.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import traceback
from asyncio.subprocess import PIPE

from tpfeedback.errors import TpfeedbackError
from tpfeedback.service.problems import Problem, Refused, refusal

NOT_POSSIBLE, KILLED = 2, -9
_INSTEAD = "Send fewer rows, or run `tpfeedback analyze` where the data lie."


async def analyze_apart(body: bytes, *, seconds: float, threads: int | None = None) -> bytes:
    """Return the analysis of a checked body as JSON; the process is killed after `seconds`.

    `threads` are those of its tagger. Raises `Refused` where the table cannot be analyzed, or not
    in that time, or where the system killed the process.
    """
    given = [os.getpid(), *([] if threads is None else [threads])]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-W", "ignore", "-m", __name__, *map(str, given),
        stdin=PIPE, stdout=PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            result, _ = await process.communicate(body)
    except TimeoutError as late:
        message = f"The analysis took longer than {seconds:g} seconds. {_INSTEAD}"
        raise Refused(422, "too_slow", message) from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == NOT_POSSIBLE:
        told = Problem.model_validate_json(result)
        raise Refused(422, told.error, told.message)
    if process.returncode == KILLED:
        message = f"The system ended the analysis, as it does where memory runs out. {_INSTEAD}"
        raise Refused(422, "ended", message)
    if process.returncode != 0:
        raise RuntimeError(f"the analysis ended with {process.returncode}")
    return result


def main(service: int, threads: int | None = None) -> int:
    """Analyze what stdin holds; nothing of it goes to stderr."""
    threading.Thread(target=_end_without, args=(service,), daemon=True).start()
    from tpfeedback.service.analyses import analysis_json
    from tpfeedback.service.bodies import AnalyzeRequest
    from tpfeedback.service.taggers import Taggers
    from tpfeedback.tagger import load_network_tagger

    try:
        request = AnalyzeRequest.model_validate_json(sys.stdin.buffer.read())
        result, code = analysis_json(request, Taggers(load_network_tagger(threads=threads))), 0
    except TpfeedbackError as error:
        result, code = refusal(error).problem.model_dump_json().encode(), NOT_POSSIBLE
    except Exception as error:  # its words may be a customer's: tell its kind and place alone
        sys.stderr.write(
            f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
        )
        return 1
    sys.stdout.buffer.write(result)
    return code


def _end_without(service: int) -> None:
    """End this process when nobody is left to take its result."""
    while os.getppid() == service:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
