"""How well touchpoints are found that the tagger is only told of.

`python -m tpfeedback.training.new_touchpoints --data ../shared/data` hides five of the 27 general
touchpoints at a time and adds them back by an English description alone, then with labelled
texts in one language. It prints micro-F1 on gold_dev beside that of the shipped network, which
was taught them with thousands of texts. The network itself has seen all 27 in training: for a
touchpoint unlike all of them the figures are lower, see the table of the industries.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tpfeedback.network import Floats
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.teaching.estimator import TouchpointTagger
from tpfeedback.training.data import LabelledText, read_labelled, targets

LANGUAGES = ("ru", "zh", "pl", "en")
HIDDEN, EXAMPLES, DRAWS = 5, 16, 12
TAUGHT_IN = ("en", "ru")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training.new_touchpoints")
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    data = parser.parse_args().data
    gold = read_labelled(data / "gold_dev.jsonl.gz")
    print(table(gold, read_labelled(data / "annotated_train.jsonl.gz")))


def table(gold: list[LabelledText], annotated: list[LabelledText], *, draws: int = DRAWS) -> str:
    """Return micro-F1 on the hidden touchpoints, the mean over `draws` of five, per language."""
    keys = load_taxonomy().keys
    random = np.random.default_rng(0)
    hidden = [sorted(random.permutation(len(keys))[:HIDDEN].tolist()) for _ in range(draws)]
    true = targets(gold, keys).presence
    told = said_by(TouchpointTagger(described(keys)), gold)
    ways = {
        "an English description": [told[:, five] for five in hidden],
        **{
            f"and {EXAMPLES} texts each, {code}": [
                said_by(taught(keys, five, annotated, code, seed=seed), gold)
                for seed, five in enumerate(hidden)
            ]
            for code in TAUGHT_IN
        },
        "the shipped network": [said_by(TouchpointTagger(), gold)[:, five] for five in hidden],
    }
    codes = np.array([text.language for text in gold])
    lines = [f"{'known of the five':28}" + "".join(f"{code:>7}" for code in LANGUAGES)]
    for way, said in ways.items():
        means = [
            np.mean([f1(s[codes == code], true[codes == code][:, five])
                     for s, five in zip(said, hidden, strict=True)])
            for code in LANGUAGES
        ]  # fmt: skip
        lines.append(f"{way:28}" + "".join(f"{mean:7.3f}" for mean in means))
    return "\n".join(lines)


def described(keys: Sequence[str]) -> Taxonomy:
    """Return a taxonomy of touchpoints without parent that have an English description alone."""
    general = load_taxonomy()
    return load_taxonomy({
        "key": "described",
        "names": {"en": "Described"},
        "touchpoints": [
            {"key": f"new_{key}", "stage": "after", "channel": "physical",
             "names": {"en": general.name_of(key)},
             "descriptions": {"en": general.touchpoint(key).descriptions["en"]}}
            for key in keys
        ],
    })  # fmt: skip


def taught(
    keys: tuple[str, ...],
    five: Sequence[int],
    annotated: list[LabelledText],
    code: str,
    *,
    seed: int,
) -> TouchpointTagger:
    """Return a tagger for five described touchpoints, taught with texts in one language."""
    random = np.random.default_rng(seed)
    texts = [text for text in annotated if text.language == code]
    has = targets(texts, keys).presence[:, five] > 0
    drawn = [random.permutation(np.flatnonzero(column))[:EXAMPLES] for column in has.T]
    chosen = np.unique(np.concatenate(drawn)).tolist()
    tagger = TouchpointTagger(described([keys[k] for k in five]))
    languages = [code] * len(chosen)
    return tagger.fit([texts[i].text for i in chosen], has[chosen].astype(int), languages=languages)


def said_by(tagger: TouchpointTagger, texts: Sequence[LabelledText]) -> NDArray[np.int64]:
    """Return what the tagger finds in each text, (n, k)."""
    return tagger.predict([text.text for text in texts])


def f1(said: NDArray[np.int64], true: Floats) -> float:
    """Return micro-F1.

    >>> f1(np.array([[1, 0]]), np.array([[1.0, 1.0]], np.float32))
    0.666...
    """
    return float(2 * (said * true).sum() / max(said.sum() + true.sum(), 1))


if __name__ == "__main__":
    main()
