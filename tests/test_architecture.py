"""The package keeps to its own rules of structure, and the rules themselves bite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tpfeedback
from tests.architecture import violations

PACKAGE = Path(tpfeedback.__file__).parent


def test_the_package_breaks_none_of_its_rules():
    assert violations(PACKAGE) == []


@pytest.mark.parametrize(
    ("file", "source", "problem"),
    [
        ("tables.py", "import tpfeedback.priority", "imports priority, which stands after tables"),
        ("taxonomy.py", "from tpfeedback.tagger import x", "imports tagger, which stands after"),
        ("languages/ru.py", "import pandas as pd", "text world imports pandas"),
        ("tagger.py", "from tpfeedback.tables import x", "text world imports tables"),
        ("impact/linear.py", "def f():\n    import jieba", "number world imports jieba"),
        ("report.py", "from tpfeedback.languages import ru", "number world imports languages"),
        ("errors.py", "from tpfeedback import cli, mentions", "imports mentions, which stands"),
        ("errors.py", "from tpfeedback import analyze", "name the module it stands in"),
        ("errors.py", "import tpfeedback", "name the module it stands in"),
        ("impact/linear.py", "from ..cli import app", "imports ..cli relatively"),
        ("impact/linear.py", "from .. import languages", "imports .. relatively"),
        ("impact/linear.py", "import_module('..cli', 'tpfeedback')", "imports ..cli relatively"),
        ("tables.py", "from tpfeedback import tagger", "number world imports tagger"),
        ("segmentation.py", "importlib.import_module('pandas')", "text world imports pandas"),
        ("tables.py", "def f():\n    import_module(name='jieba')", "number world imports jieba"),
        ("languages/en.py", "nltk = import_module('nltk')", "imports nltk at module top"),
        ("utils.py", "x = 1", "says nothing"),
        ("impact/common.py", "x = 1", "says nothing"),
        ("cleverness.py", "x = 1", "has no place in the order"),
        ("languages/en.py", "import nltk", "imports nltk at module top"),
        ("errors.py", "x = 1\n" * 301, "301 lines"),
        ("errors.py", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
    ],
)
def test_each_broken_rule_is_named(tmp_path, file, source, problem):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    assert any(problem in line for line in violations(tmp_path)), violations(tmp_path)


def test_a_clean_module_breaks_no_rule(tmp_path):
    source = (
        "import pandas as pd\nfrom tpfeedback import __version__, tables\n"
        "from tpfeedback.tables import x\ny = import_module(f'{__name__}.{x}')\n"
    )
    (tmp_path / "priority.py").write_text(source)
    assert violations(tmp_path) == []


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{m.split('.')[0] for m in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_tpfeedback_loads_no_slow_library():
    slow = {"pandas", "nltk", "jieba", "pymorphy3", "onnxruntime", "statsmodels", "altair", "torch"}
    assert not slow & _loaded_after("import tpfeedback")


def test_reading_feedback_loads_no_language_library():
    loaded = _loaded_after("import tpfeedback as tp; tp.read_feedback; tp.measure_impact")
    assert not {"nltk", "jieba", "pymorphy3", "onnxruntime"} & loaded


def test_every_public_name_can_be_had_and_is_listed():
    assert all(getattr(tpfeedback, name) for name in tpfeedback.__all__)
    assert set(tpfeedback.__all__) < set(dir(tpfeedback))


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        tpfeedback.analyse  # noqa: B018
