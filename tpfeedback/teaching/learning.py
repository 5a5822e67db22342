"""A taxonomy, and examples if there are any → a tagger for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits  # scikit-learn stands on it

from tpfeedback.network import Floats
from tpfeedback.tagger import NetworkTagger, ReadText
from tpfeedback.taxonomy import Taxonomy, Touchpoint, general_parent
from tpfeedback.teaching.choice import Choice, clauses_about, learn_choice
from tpfeedback.teaching.cues import Cues, cues_of
from tpfeedback.teaching.heads import Heads, Lesson, learn_heads
from tpfeedback.teaching.plan import Plan, plan_for
from tpfeedback.teaching.prototypes import prototypes_of, words_of
from tpfeedback.teaching.retaught import learn_again
from tpfeedback.teaching.space import load_space, mean_of, tokens_of, tokens_of_reading
from tpfeedback.teaching.tagging import TaxonomyTagger

HEAD_STRENGTH, CHOICE_STRENGTH = 10.0, 60.0  # of scikit-learn's C: how much is learnt from examples


@dataclass(frozen=True, eq=False)
class Examples:
    """Labelled texts: `present` (n, k) is 1, 0 or nan for each touchpoint of the taxonomy."""

    read: tuple[ReadText, ...]
    tokens: tuple[Floats, ...]
    present: Floats


@threadpool_limits.wrap(limits=1, user_api="blas")  # type: ignore[untyped-decorator]
def tagger_for(
    reader: NetworkTagger,
    taxonomy: Taxonomy,
    *,
    examples: Sequence[Examples] = (),
    given: Examples | None = None,
    least_examples: int = 8,
    strength: float = 1.0,
) -> TaxonomyTagger:
    """Return a tagger for `taxonomy`, taught with `examples` and those `given` by the user.

    Only the given ones, which show how often what is said, may teach a general touchpoint anew.

    A touchpoint outside the general ones is taught from `least_examples` texts on; `strength`
    multiplies how much is learnt. What is learnt is kept in 16 bits, as it is saved. It is learnt
    in one thread, so that no sum depends on the number of processors.
    """
    space, plan = load_space("general"), plan_for(taxonomy)
    shown = together([*examples, given] if given else examples)
    keys = tuple(touchpoint.key for touchpoint in plan.own)
    heads = Heads(keys, prototypes_of(reader.network, space, plan.own), {})
    cues = cues_of(plan.phrased)
    if shown is not None and keys:
        lesson = _lesson(shown, cues, [taxonomy.keys.index(key) for key in keys])
        heads = learn_heads(
            space, heads, lesson, least=least_examples, strength=HEAD_STRENGTH * strength
        )
    pupil = TaxonomyTagger(reader, space, taxonomy, plan.rest, {}, heads, cues)
    learnt = dict(_choices(pupil, plan, shown, CHOICE_STRENGTH * strength))
    again = {}
    if given is not None:
        present = _general_present(taxonomy, given.present)
        again = learn_again(
            reader, space, given.read, present, least=least_examples, strength=strength
        )
    return replace(pupil, choices=learnt, retaught=again)


def _general_present(taxonomy: Taxonomy, present: Floats) -> dict[str, Floats]:
    """Return by general key which texts speak of it: of itself or of what narrows it."""
    leading = general_parent(taxonomy)
    columns: dict[str, list[int]] = {}
    for k, key in enumerate(taxonomy.keys):
        general = leading[key]
        if general is not None:
            columns.setdefault(general, []).append(k)
    found = {}
    for general, several in columns.items():
        known = present[:, several]
        has = np.where((known == 1).any(axis=1), 1.0, 0.0).astype(np.float32)
        found[general] = np.where(np.isnan(known).all(axis=1), np.float32(np.nan), has)
    return found


def together(several: Sequence[Examples]) -> Examples | None:
    """Return all examples as one; None where there are none."""
    if not several:
        return None
    return Examples(
        tuple(one for examples in several for one in examples.read),
        tuple(one for examples in several for one in examples.tokens),
        np.concatenate([examples.present for examples in several]),
    )


def read_examples(
    reader: NetworkTagger,
    texts: Sequence[str],
    present: Floats,
    languages: Sequence[str | None] | None = None,
) -> Examples:
    """Return the examples as the network reads them."""
    space = load_space("general")
    read = tuple(reader.read(texts, languages=languages, hidden=True))
    width = len(space.background)
    tokens = tuple(
        np.concatenate(
            [np.empty((0, width), np.float32)]
            + [tokens_of_reading(reader.network, space, w.reading) for w in one.windows]
        )
        for one in read
    )
    return Examples(read, tokens, present)


def in_one_order(examples: Examples) -> Examples:
    """Return the same examples in an order that does not depend on how they came.

    Texts are held back by their places, so a sheet that is sorted would teach something else. The
    order is that of a hash: by the texts themselves, each fold would hold one language.
    """

    def place(row: int) -> tuple[bytes, bytes]:
        text = examples.read[row].text.encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).digest(), examples.present[row].tobytes()

    order = sorted(range(len(examples.read)), key=place)
    read = tuple(examples.read[row] for row in order)
    return Examples(read, tuple(examples.tokens[row] for row in order), examples.present[order])


def _lesson(examples: Examples, cues: Cues, columns: Sequence[int]) -> Lesson:
    hits = np.zeros((len(examples.read), len(columns)), np.float32)
    for row, one in enumerate(examples.read):
        hits[row, [k for k, _, _ in cues.find(one.text, one.language) if k < len(columns)]] = 1
    return Lesson(examples.tokens, hits, examples.present[:, columns])


def _choices(
    pupil: TaxonomyTagger, plan: Plan, examples: Examples | None, strength: float
) -> Iterator[tuple[str, Choice]]:
    """Yield for each general touchpoint with children how to choose among them."""
    for general in sorted(plan.children):
        among = plan.choices(general, pupil.taxonomy)
        keys = [touchpoint.key for touchpoint in among]
        words, vectors = _words(pupil, among)
        shown = list(_shown(pupil, general, keys, examples)) if examples else []
        yield (
            general,
            learn_choice(
                keys,
                plan.rest[general],
                np.array([*vectors, *(vector for vector, _ in shown)]),
                [*words, *(key for _, key in shown)],
                strength=strength,
            ),
        )


def _words(pupil: TaxonomyTagger, among: Sequence[Touchpoint]) -> tuple[list[str], list[Floats]]:
    """Return the key and the vector of every phrase; the rest without what a child is about.

    The general touchpoint's phrases speak of its children too ("out of stock" of the range).
    """
    words = [(text, one.key) for one in among for text in words_of(one)]
    tokens = tokens_of(pupil.reader.network, pupil.space, [text for text, _ in words])
    keys, vectors = [key for _, key in words], [mean_of(one) for one in tokens]
    rest = among[-1].key
    means = {
        one.key: mean_of(np.array([v for k, v in zip(keys, vectors, strict=True) if k == one.key]))
        for one in among
    }
    kept = [
        key != rest or max(means, key=lambda k: float(means[k] @ vector)) == rest
        for key, vector in zip(keys, vectors, strict=True)
    ]
    first = keys.index(rest)
    if not any(kept[first:]):
        kept[first] = True
    return (
        [key for key, stays in zip(keys, kept, strict=True) if stays],
        [vector for vector, stays in zip(vectors, kept, strict=True) if stays],
    )


def _shown(
    pupil: TaxonomyTagger, general: str, keys: Sequence[str], examples: Examples
) -> Iterator[tuple[Floats, str]]:
    """Yield the clauses of examples that speak of exactly one of `keys`, and of which."""
    known = pupil.taxonomy.keys
    places = [known.index(key) if key in known else -1 for key in keys]
    number = pupil.reader.touchpoints.index(general)
    for one, tokens, present in zip(examples.read, examples.tokens, examples.present, strict=True):
        said = [key for key, at in zip(keys, places, strict=True) if at >= 0 and present[at] == 1]
        if len(said) != 1:
            continue
        start = 0
        for window in one.windows:
            size = len(window.reading.attention)
            mine, start = tokens[start : start + size], start + size
            best = max(
                clauses_about(window, number),
                key=lambda c: float(window.reading.attention[c[1], number].sum()),
            )
            if len(best[1]):
                yield mean_of(mine[best[1]]), said[0]
