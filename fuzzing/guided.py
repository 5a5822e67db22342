"""One target led by coverage, in a process of its own: atheris does not come back from a run.

Called by `fuzzing.__main__`; needs the package atheris (Linux).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import atheris

if TYPE_CHECKING:
    from fuzzing.running import Tally

HANGS = 60  # seconds after which an input hangs
MEMORY = 4096  # MiB that the process may take
OWN_CHANGES = 0.5  # share of the changes that are ours, not libFuzzer's


def main() -> None:
    """Fuzz as the JSON of the first argument tells; the tally is written to its `tally`."""
    told: dict[str, Any] = json.loads(sys.argv[1])
    name, folder = told["target"], Path(told["folder"])
    with atheris.instrument_imports(include=["tpfeedback"], enable_loader_override=False):
        from fuzzing.mutation import mutated
        from fuzzing.running import Tally, seeds_of, warm
        from fuzzing.target import load_target

        target, seeds = load_target(name), list(seeds_of(name))
        warm(target, seeds)  # what is loaded on first use is to be counted too
    tally = Tally()
    start = written = time.monotonic()

    def try_one(data: bytes) -> None:
        nonlocal written
        tally.try_one(target, data)
        now = time.monotonic()
        over = now - start > told["seconds"] if told["seconds"] else False
        over = over or (bool(told["inputs"]) and tally.inputs >= told["inputs"])
        if over or now - written > 1:
            written = now
            _write(tally, folder / "tally.json")
        if over:
            os._exit(0)  # libFuzzer does not come back

    def change(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() > OWN_CHANGES:
            return bytes(atheris.Mutate(data, longest))
        changed = mutated(data, random, others=seeds, words=target.words, longest=longest,
                          change=target.change)  # fmt: skip
        return changed if len(changed) <= longest else data

    for number, seed in enumerate(seeds):
        (folder / "seeds" / f"{number:03}").write_bytes(seed)
    words = ["".join(map(r"\x{:02x}".format, word)) for word in target.words]
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")
    options = [f"-dict={folder / 'words'}", f"-max_len={target.longest}", f"-timeout={HANGS}",
               f"-rss_limit_mb={MEMORY}", "-seed=1", f"-artifact_prefix={folder}/died-",
               told["corpus"], str(folder / "seeds")]  # fmt: skip
    atheris.Setup(["fuzzing", *options], try_one, custom_mutator=change)
    atheris.Fuzz()


def _write(tally: Tally, path: Path) -> None:
    crashes = [{**vars(one), "data": one.data.hex()} for one in tally.crashes.values()]
    whole = json.dumps({"inputs": tally.inputs, "crashes": crashes}, ensure_ascii=True)
    path.with_suffix(".part").write_text(whole, encoding="utf-8")
    path.with_suffix(".part").replace(path)


if __name__ == "__main__":
    main()
