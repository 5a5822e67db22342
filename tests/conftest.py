"""What several test files are given: simulated feedback, and the benchmarks as modules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from tests.impact_cases import simulate

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
Tables = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def stars() -> Tables:
    """Return feedback with ratings of whole stars, and its mentions."""
    feedback, mentions = simulate(500)
    return feedback.assign(overall=feedback["overall"].round().clip(1, 5)), mentions


@pytest.fixture(scope="module")
def happy(stars: Tables) -> Tables:
    """Return feedback whose outcome is 1 for four stars or more and else 0, and its mentions."""
    feedback, mentions = stars
    return feedback.assign(overall=(feedback["overall"] >= 4).astype(float)), mentions


@pytest.fixture(scope="module")
def load_benchmark() -> Iterator[Callable[[str], ModuleType]]:
    """Return the function that loads `benchmarks/<name>.py` as a module, for one test file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)

        def load(name: str) -> ModuleType:
            spec = spec_from_file_location(f"{name}_benchmark", BENCHMARKS / f"{name}.py")
            assert spec is not None
            assert spec.loader is not None
            module = module_from_spec(spec)
            patch.setitem(sys.modules, spec.name, module)  # its dataclasses look it up
            spec.loader.exec_module(module)
            return module

        yield load
