"""`python -m tpfeedback.training.consistency CORPORA`: is one text read alike in each language?

The dev rows of M-ABSA that stand in English, Russian and Chinese are tagged in each; the
touchpoints found in one language are set against those found in another. Versions are matched by
labels, length and numbers, so rows without a labelled touchpoint are mostly missing.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path

import numpy as np

from tpfeedback.tagger import Tagger, load_network_tagger
from tpfeedback.training.parallel import parallel_texts
from tpfeedback.training.scoring import bootstrap_f1

SAME = ("en", "ru", "zh")


def main() -> None:
    """Print the pairwise F1."""
    parser = argparse.ArgumentParser(
        prog="python -m tpfeedback.training.consistency", description=__doc__
    )
    parser.add_argument("corpora", type=Path, help="folder of the corpora")
    print(consistency_table(parser.parse_args().corpora, load_network_tagger()))


def consistency_table(corpora: Path, tagger: Tagger) -> str:
    """Return the F1 between the touchpoints found in two languages, for each pair, in Markdown."""
    rows = [row for row in parallel_texts(corpora, SAME) if row[0].part.endswith("/dev")]
    found = {
        code: [
            {m.touchpoint for m in one.mentions}
            for one in tagger.tag([row[i].text for row in rows], languages=[code] * len(rows))
        ]
        for i, code in enumerate(SAME)
    }
    lines = ["| languages | texts | pairwise F1 |", "|---|---|---|"]
    for first, second in combinations(SAME, 2):
        pairs = zip(found[first], found[second], strict=True)
        table = np.array([(len(a & b), len(a), len(b)) for a, b in pairs], float)
        lines.append(f"| {first}, {second} | {len(rows)} | {bootstrap_f1(table, random_state=0)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
