"""Measures the space that touchpoints of the user's own are compared in.

`python -m tpfeedback.training.space --data ../shared/data` writes `space.npz` of the shipped
model. Touchpoints play ones that the network does not know: their prototypes are made from their
words alone, and what nearness to a text is worth is learnt from all of them.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tpfeedback.network import Floats, Network, load_network
from tpfeedback.taxonomy import Taxonomy, Touchpoint, available_taxonomies, load_taxonomy
from tpfeedback.taxonomy.touchpoints import PerLanguage
from tpfeedback.teaching.cues import cues_of
from tpfeedback.teaching.examples import example_rows
from tpfeedback.teaching.prototypes import prototypes_of, raw_prototypes
from tpfeedback.teaching.space import Space, nearness
from tpfeedback.training.calibration import GRID, micro_f1
from tpfeedback.training.corpus import OWN, read_corpus
from tpfeedback.training.data import LabelledText, targets
from tpfeedback.training.shipping import write_settings

HARDLY_WORSE = 0.005  # of F1
EVERY = 2  # every second annotated text is enough for means and sentiments
MARK_ORDER = "-0+*"  # negative, neutral, positive, mixed


def main() -> None:
    """Measure the space of the shipped model from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training.space")
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    source = files("tpfeedback.training") / "settings.toml"
    settings = tomllib.loads(source.read_text(encoding="utf-8"))
    corpus = read_corpus(parser.parse_args().data, OWN, settings)
    folder = Path(str(files("tpfeedback") / "models" / "general"))
    write_space(folder, corpus.annotated[::EVERY], corpus.held_back)
    settings_now = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    write_settings({k: v for k, v in settings_now.items() if k != "files"}, folder)


def write_space(folder: Path, annotated: list[LabelledText], held_back: list[LabelledText]) -> None:
    """Write `space.npz`: means and sentiments from annotated texts, confidence from others."""
    network, general = load_network("general"), load_taxonomy("general")
    space = with_background(network, centred(network, annotated), general)
    space = with_polarity(network, space, annotated, general)
    space = with_presence(network, space, held_back, general)
    np.savez(folder / "space.npz", **vars(space))


def centred(network: Network, texts: list[LabelledText]) -> Space:
    """Return a space with the means of the tokens of these texts."""
    encodings = network.encode([text.text for text in texts])
    hidden = np.concatenate(network.hidden(encodings))
    words = network.words([i for e in encodings for i in e.ids])
    none = np.zeros(0, np.float32)
    return Space(
        hidden_mean=hidden.mean(axis=0),
        word_mean=words.mean(axis=0),
        word_spread=words.std(axis=0),
        background=np.zeros(hidden.shape[1] + words.shape[1], np.float32),
        polarity=none,
        presence=none,
        threshold=0.5,
    )


def with_background(network: Network, space: Space, general: Taxonomy) -> Space:
    """Return the space with what the general touchpoints have in common."""
    common = raw_prototypes(network, space, general.touchpoints).mean(axis=0)
    return Space(**{**vars(space), "background": common})


def with_polarity(
    network: Network, space: Space, texts: list[LabelledText], general: Taxonomy
) -> Space:
    """Return the space with the weights that tell how a touchpoint is felt about."""
    prototypes = prototypes_of(network, space, general.touchpoints)
    seen, marks = [], []
    for text, hidden, tokens in _tokens(network, space, texts):
        attention = nearness(tokens, prototypes)[1]
        for key, mark in text.touchpoints.items():
            if mark in MARK_ORDER and len(hidden):
                seen.append(attention[general.keys.index(key)] @ hidden)
                marks.append(MARK_ORDER.index(mark))
    model = LogisticRegression(C=0.1, max_iter=500).fit(np.array(seen), marks)
    weights = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
    return Space(**{**vars(space), "polarity": weights})


def with_presence(
    network: Network, space: Space, texts: list[LabelledText], general: Taxonomy
) -> Space:
    """Return the space with what nearness and phrases are worth, and the usual threshold.

    Half of it is learnt from the general touchpoints, which the network knows better than any
    of the user's own, and half from those of the industries, which it was never taught.
    """
    goal = targets(texts, general.keys).presence
    lessons = [_worth(network, space, general.touchpoints, texts, goal)]
    for name in available_taxonomies():
        taxonomy, rows = load_taxonomy(name), example_rows(name)
        if not rows:
            continue
        own = tuple(t for t in taxonomy if t.key not in general and t.key not in taxonomy.kept)
        found = np.array([[float(t.key in said) for t in own] for _, _, said in rows])
        lessons.append(_worth(network, space, own, [_text(row) for row in rows], found))
    features = np.concatenate([rows for rows, _ in lessons])
    said = np.concatenate([found for _, found in lessons])
    known, new = len(lessons[0][1]), len(said) - len(lessons[0][1])
    weight = np.repeat([0.5 / known, 0.5 / new], [known, new]) * len(said)
    model = LogisticRegression(C=1e6).fit(features, said, sample_weight=weight)
    confidence = model.predict_proba(features)[:, 1]
    scores = [
        (micro_f1(confidence[:known] >= least, said[:known])
         + micro_f1(confidence[known:] >= least, said[known:])) / 2
        for least in GRID
    ]  # fmt: skip
    threshold = plateau(GRID, scores)
    presence = np.array([*model.coef_[0], model.intercept_[0]], np.float32)
    print("slope, phrase, intercept:", presence.round(2), "threshold:", threshold)
    return Space(**{**vars(space), "presence": presence, "threshold": threshold})


def plateau(grid: NDArray[np.float64], scores: Sequence[float]) -> float:
    """Return the middle of the thresholds that are hardly worse than the best one.

    F1 is flat around its best, and its highest point there is chance.

    >>> plateau(np.array([0.2, 0.4, 0.6, 0.8]), [0.5, 0.79, 0.791, 0.6])
    0.5
    """
    near = grid[np.asarray(scores) >= max(scores) - HARDLY_WORSE]
    return round(float(near.mean()), 3)


def _worth(
    network: Network,
    space: Space,
    touchpoints: Sequence[Touchpoint],
    texts: Sequence[LabelledText],
    present: Floats,
) -> tuple[Floats, Floats]:
    """Return nearness and phrases found for each text and touchpoint, and whether it has it.

    Each touchpoint counts twice: with all of its words, and with an English description alone.
    """
    features = []
    for known in (tuple(touchpoints), tuple(map(described_only, touchpoints))):
        prototypes, cues = prototypes_of(network, space, known), cues_of(known)
        near = [nearness(tokens, prototypes)[0] for _, _, tokens in _tokens(network, space, texts)]
        hits = np.zeros((len(texts), len(known)))
        for row, text in enumerate(texts):
            hits[row, [k for k, _, _ in cues.find(text.text, text.language)]] = 1
        features.append(np.column_stack([np.concatenate(near), hits.ravel()]))
    return np.concatenate(features), np.tile(present.ravel(), 2)


def _text(row: tuple[str, str, dict[str, str]]) -> LabelledText:
    return LabelledText("", row[0], row[1], "written", None, {}, frozenset(), False)


def described_only(touchpoint: Touchpoint) -> Touchpoint:
    """Return a touchpoint of which nothing is known but an English description."""
    return Touchpoint(
        key=touchpoint.key,
        names=touchpoint.names,
        descriptions=PerLanguage((("en", touchpoint.descriptions["en"]),)),
        stage=touchpoint.stage,
        channel=touchpoint.channel,
        parent=None,
        cues=PerLanguage(()),
    )


def _tokens(
    network: Network, space: Space, texts: Sequence[LabelledText]
) -> list[tuple[LabelledText, Floats, Floats]]:
    encodings = network.encode([text.text for text in texts])
    return [
        (text, hidden, space.place(hidden, network.words(e.ids[: len(hidden)])))
        for text, e, hidden in zip(texts, encodings, network.hidden(encodings), strict=True)
    ]


if __name__ == "__main__":
    main()
