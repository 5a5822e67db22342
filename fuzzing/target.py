"""What a target is, and which there are."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from random import Random

from fuzzing import targets


@dataclass(frozen=True)
class Target:
    """A part of tpfeedback that takes input from outside.

    `check` hands any bytes to it and asserts what holds for each; `seeds` are inputs of the kind
    it is made for, `words` pieces worth putting into one, and `change` changes one so that it keeps
    its form, where changes of bytes would mostly break it. An input may take `seconds` of processor
    time and `per_byte` for each of its bytes. Inputs have up to `longest` bytes, but one in fifty
    is repeated until it has `stretched`: time must grow with the length alone. `quick` inputs are
    enough for a short run.
    """

    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()
    change: Callable[[bytes, Random], bytes] | None = None
    seconds: float = 3.0
    per_byte: float = 100e-6
    longest: int = 1_000
    stretched: int = 20_000
    quick: int = 300


@cache
def available_targets() -> tuple[str, ...]:
    """Return the names of all files in the folder `targets`, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(targets.__path__)))


@cache
def load_target(name: str) -> Target:
    """Return the target `name`: the value TARGET of its file."""
    target: Target = import_module(f"fuzzing.targets.{name}").TARGET
    return target
