"""`python -I smoke.py PLACE SAMPLES README [EXTRA ...]`: an installed tpfeedback does its work.

Run by the Python of a clean environment, which knows nothing of the checkout; PLACE is the folder
the package must have come from. Of the extras, those named are used and the others must say how
they are installed. Each step prints a line; the first that fails ends it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import chdir, closing
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

REPLIES = 120  # seconds that a service or a tool may take to start


def main(place: Path, samples: Path, readme: Path, *, extras: tuple[str, ...]) -> None:
    """Go through the steps in an empty folder."""
    warnings.simplefilter("ignore")  # what the sample data warns of is tested elsewhere
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(samples, Path("data/samples"))
        has_come_from(place)
        leading = analysis_of_the_command_line()
        names = first_example(readme)
        assert names["analysis"].priorities["touchpoint"].iloc[0] == leading
        tags_four_languages()
        for extra, (use, lack) in EXTRAS.items():
            if extra in extras:
                use()
                told(f"extra {extra}")
            elif lack is not None:
                assert f"pip install 'tpfeedback[{extra}]'" in (said := lack()), (extra, said)
                told(f"extra {extra}: absent, and says how to install it")


def told(what: str) -> None:
    """Print that a step is done."""
    print(f"  ok  {what}", flush=True)


def has_come_from(place: Path) -> None:
    """Every public name can be had, every taxonomy read, and nothing from elsewhere."""
    import tpfeedback as tp

    home = Path(tp.__file__)
    assert home.is_relative_to(place), f"{home} does not lie in {place}"
    assert tp.__version__ == version("tpfeedback")
    assert (home.parent / "py.typed").is_file()
    assert all(getattr(tp, name) is not None for name in tp.__all__)
    assert {len(tp.load_taxonomy(name).keys) > 5 for name in tp.available_taxonomies()} == {True}
    told(f"tpfeedback {tp.__version__}, {len(tp.__all__)} public names, "
         f"{len(tp.available_taxonomies())} taxonomies")  # fmt: skip


def program(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command `tpfeedback`."""
    command = [str(Path(sys.executable).with_name("tpfeedback")), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=plain())


def plain() -> dict[str, str]:
    """Return the environment without what would let Python find the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def analysis_of_the_command_line() -> str:
    """Analyze the sample data into a folder, and return the touchpoint that leads."""
    done = program("analyze", "data/samples/reviews.csv", "--out", "out", "--lang", "pl")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for name in ("report.html", "report.xlsx", "report.md"):
        assert Path("out", name).stat().st_size > 1000, name
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    told(f"tpfeedback analyze: report.html, {len(page):,} characters, with charts")
    (first, *_) = json.loads(Path("out/analysis.json").read_text(encoding="utf-8"))["priorities"]
    assert first["rank"] == 1
    return str(first["touchpoint"])


def first_example(readme: Path) -> dict[str, Any]:
    """Run README's first Python block as it stands."""
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    shown, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        exec(blocks[0], names)
    finally:
        sys.stdout.close()
        sys.stdout = shown
    assert Path("report.html").stat().st_size > 1000
    assert Path("report.xlsx").stat().st_size > 1000
    told("README's first example")
    return names


def tags_four_languages() -> None:
    """The shipped model finds a late delivery in each language."""
    import tpfeedback as tp

    texts = {
        "ru": "Доставка опоздала на три дня.",
        "zh": "快递太慢了，等了一个星期。",
        "pl": "Dostawa spóźniła się o tydzień.",
        "en": "Delivery was a week late.",
    }
    for language, tagged in zip(texts, tp.load_tagger().tag(list(texts.values())), strict=True):
        found = {mention.touchpoint: mention.sentiment for mention in tagged.mentions}
        assert (tagged.language, found.get("delivery")) == (language, "negative"), (language, found)
    told("tp.load_tagger().tag in ru, zh, pl, en")


# --- the extras, there and absent ---------------------------------------------------------------


def use_duckdb() -> None:
    """Read a query from a DuckDB file."""
    import duckdb

    import tpfeedback as tp

    with closing(duckdb.connect("a.db")) as one:
        one.execute("CREATE TABLE r AS SELECT * FROM read_csv('data/samples/reviews.csv')")
    read = tp.read_feedback("duckdb:///a.db?query=SELECT * FROM r", text="comment", overall="stars")
    assert len(read) == 820


def lack_duckdb() -> str:
    """Return what reading a DuckDB file says."""
    import tpfeedback as tp
    from tpfeedback.errors import ReadError

    Path("b.db").touch()
    try:
        tp.read_feedback("duckdb:///b.db?query=SELECT 1")
    except ReadError as error:
        return str(error)
    return "no error"


def use_pptx() -> None:
    """Look at the slides that the command wrote."""
    from pptx import Presentation

    assert len(Presentation("out/report.pptx").slides) > 4


def lack_pptx() -> str:
    """Return what asking for slides says; the command has left them out."""
    import tpfeedback as tp
    from tpfeedback.errors import WriteError

    assert not Path("out/report.pptx").exists()
    try:
        tp.analyze("data/samples/reviews.csv").to_pptx("a.pptx")
    except WriteError as error:
        return str(error)
    return "no error"


def use_serve() -> None:
    """Ask a running service for tags, then ask it to stop."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{one.getsockname()[1]}"
    command = [Path(sys.executable).with_name("tpfeedback"), "serve", "--port", address[17:]]
    process = subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True, env=plain())
    try:
        until_answered(f"{address}/healthz", process)
        body = json.dumps({"texts": ["Delivery was a week late."]}).encode()
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(f"{address}/v1/tag", body, headers), timeout=60) as answer:
            assert "delivery" in answer.read().decode()
        with urlopen(f"{address}/openapi.json", timeout=60) as answer:
            assert "/v1/analyze" in json.load(answer)["paths"]
        with urlopen(f"{address}/metrics", timeout=60) as answer:
            assert b"tpfeedback" in answer.read()
        process.send_signal(signal.SIGTERM)
        logged = process.communicate(timeout=REPLIES)[1]
        assert "Traceback" not in logged, logged
    finally:
        process.kill()
        process.communicate()


def until_answered(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until a service is ready."""
    until = time.monotonic() + REPLIES
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(address, timeout=10).close()
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    process.kill()
    raise AssertionError(f"no answer: {process.communicate()[1]}")


def lack_serve() -> str:
    """Return what starting the service says."""
    return program("serve").stderr


def use_mcp() -> None:
    """List and call the tools as an assistant's program does, over a pipe."""
    import asyncio

    from mcp import ClientSession
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = str(Path(sys.executable).with_name("tpfeedback"))

    async def talk() -> str:
        server = StdioServerParameters(command=command, args=["mcp"], env=plain())
        async with (
            stdio_client(server) as (reading, writing),
            ClientSession(reading, writing) as on,
        ):
            await on.initialize()
            assert len((await on.list_tools()).tools) > 3
            return str(await on.call_tool("tag_texts", {"texts": ["Delivery was a week late."]}))

    assert "delivery" in asyncio.run(talk())


def lack_mcp() -> str:
    """Return what starting the tools says."""
    return program("mcp").stderr


def use_spark() -> None:
    """Tag and measure in a cluster of one worker on this machine; that takes Java."""
    import pandas as pd
    from pyspark.sql import SparkSession

    import tpfeedback as tp
    from tpfeedback.spark import extract_mentions, fit_impact

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[1]")
    for name, value in SPARK.items():
        builder = builder.config(f"spark.{name}", value)
    spark = builder.getOrCreate()
    try:
        rows = pd.read_csv("data/samples/reviews.csv", keep_default_na=False)
        rows = rows[["review_id", "comment", "stars"]].astype({"stars": float})
        frame = spark.createDataFrame(list(rows.itertuples(index=False)), list(rows.columns))
        named = {"text": "comment", "feedback_id": "review_id"}
        mentions = extract_mentions(frame, **named).cache()
        fit = fit_impact(frame, mentions, outcome="stars", **named)
        assert tp.rank_touchpoints(fit)["touchpoint"].iloc[0] == "delivery"
    finally:
        spark.stop()


SPARK = {
    "driver.host": "127.0.0.1",
    "driver.bindAddress": "127.0.0.1",
    "log.level": "OFF",
    "sql.shuffle.partitions": "1",
    "ui.enabled": "false",
    "ui.showConsoleProgress": "false",
}
EXTRAS = {
    "duckdb": (use_duckdb, lack_duckdb),
    "mcp": (use_mcp, lack_mcp),
    "pptx": (use_pptx, lack_pptx),
    "serve": (use_serve, lack_serve),
    "spark": (use_spark, None),  # who has a Spark DataFrame has Spark
}

if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), extras=tuple(sys.argv[4:]))
