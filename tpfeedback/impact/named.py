"""Modules that are found by the name of their file: methods, models and policies."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from tpfeedback.errors import ImpactError, unknown_name


def names_in(path: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the modules in a package, sorted; `path` is its `__path__`.

    >>> from tpfeedback.impact import policies
    >>> names_in(policies.__path__)
    ('baseline', 'imputed', 'observed')
    """
    return tuple(sorted(module.name for module in iter_modules(path)))


def load_named(kind: str, name: str, package: str, path: Iterable[str]) -> ModuleType:
    """Return the module `name` of a package, which holds one module for each `kind` of thing.

    Raises:
        ImpactError: there is no such module; names those there are.
    """
    known = names_in(path)
    if name not in known:
        raise ImpactError(unknown_name(kind, name, known))
    return import_module(f"{package}.{name}")
