"""The pages in docs/ are complete, say what is so, and become a site that needs no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import tpfeedback
from docs import browser, pictures
from docs.filling import filled, section, table
from tpfeedback.cli import app
from tpfeedback.errors import TpfeedbackWarning

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
EXTRA = ("mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers")
FETCHED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"?(?:https?:)?//[^\" >]+")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        pytest.skip(f"the extra 'docs' is not installed: {', '.join(missing)} missing")
    folder = tmp_path_factory.mktemp("site")
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stdout + build.stderr
    return folder


def test_the_site_is_built_without_a_warning_and_has_every_page(site):
    assert {page.with_suffix(".html").name for page in PAGES} <= {
        one.name for one in site.iterdir()
    }


def test_the_site_fetches_nothing_from_elsewhere(site):
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    assert [found for page in pages for found in FETCHED.findall(page)] == []


def test_no_mark_is_left_in_the_site(site):
    assert not [page.name for page in site.rglob("*.html") if "fill:" in page.read_text("utf-8")]


def test_examples_of_the_reference_are_shown_as_code(site):
    reference = (site / "api.html").read_text(encoding="utf-8")
    assert "<blockquote>" not in reference
    assert re.search(r'<span class="gp">&gt;&gt;&gt; </span>', reference)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_mark_is_filled(page):
    assert "<!-- fill:" not in filled(page.read_text(encoding="utf-8"))


def test_a_mark_that_names_nothing_is_told():
    with pytest.raises(KeyError, match="no heading 'Nowhere'"):
        filled("<!-- fill: CHANGELOG.md # Nowhere -->")
    with pytest.raises(FileNotFoundError, match=r"nowhere\.md"):
        filled("<!-- fill: nowhere.md -->")


def test_a_section_ends_where_the_next_one_of_its_kind_begins():
    assert section("# A\n\n## One\n\ntext\n\n### Part\n\n## Two\n", "One") == "text\n\n### Part"


def test_a_bar_in_a_cell_does_not_end_it():
    assert table(["a"], [["x|y"]]).splitlines()[-1] == "| x\\|y |"


def test_links_of_the_readme_lead_on_in_the_site():
    index = filled((DOCS / "index.md").read_text(encoding="utf-8"))
    assert "](pictures/report_en_desktop_light.png)" in index
    assert "](docs/" not in index


def test_the_reference_has_every_public_name():
    reference = (DOCS / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^::: tpfeedback\.(\w+)$", reference, re.MULTILINE))
    assert set(tpfeedback.__all__) - named == set()


def test_every_option_that_the_pages_name_exists():
    from typer.main import get_command

    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    options = {
        name
        for command in commands.values()
        for one in command.params
        for name in (*one.opts, *one.secondary_opts)
    }
    pages = "".join(page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "README.md"])
    named = set(re.findall(r"(?<=[ `])--[a-z][a-z-]+", pages))
    named -= {"--strict", "--work", "--no-compile"}  # of mkdocs, training and pip
    assert named
    assert named - options == set()


@pytest.mark.parametrize("name", ["quickstart", "privacy", "taxonomies", "labels"])
def test_the_python_of_a_page_runs_as_written(name, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "samples", tmp_path / "data" / "samples")
    monkeypatch.chdir(tmp_path)
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TpfeedbackWarning)
        for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
            exec(block, names)
            for line in re.findall(r"^(.*?)  # ('.*')$", block, re.MULTILINE):
                assert repr(eval(line[0], names)) == line[1]


def test_the_pictures_are_those_that_the_command_makes():
    assert {path.name for path in (DOCS / "pictures").iterdir()} == set(pictures.file_names())


def test_without_a_browser_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"No browser is on the PATH.*Install Chromium"):
        browser.find_browser()


@pytest.mark.skipif(
    not any(map(shutil.which, browser.NAMES)), reason="no Chromium or Chrome on the PATH"
)
def test_what_is_wrong_with_a_page_is_seen(tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<div style='width:3000px'>wide</div><script>throw 1</script>"
        "<img src='http://localhost:9/pixel.png'>"
    )
    good = tmp_path / "good.html"
    good.write_text("<!doctype html><title>good</title><p>text")
    view = browser.View(390, 600, phone=True)
    with browser.open_browser() as opened:
        told = "\n".join(opened.shoot(bad, view).problems)
        seen = opened.shoot(good, view)
    assert "asks the network for http://localhost:9/pixel.png" in told
    assert "script: Uncaught" in told
    assert "wider than the screen" in told
    assert seen.problems == ()
    assert seen.png.startswith(b"\x89PNG")
