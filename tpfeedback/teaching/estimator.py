"""The tagger that users meet: any taxonomy, taught with labels, a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from tpfeedback.errors import TaggerError
from tpfeedback.network import Floats, Network
from tpfeedback.opening.files import path_of
from tpfeedback.tagged import TaggedText
from tpfeedback.tagger import NetworkTagger, Tagger, load_network_tagger
from tpfeedback.tagger_input import check_texts
from tpfeedback.taxonomy import Taxonomy, load_taxonomy
from tpfeedback.teaching.examples import shipped_examples
from tpfeedback.teaching.files import read_tagger, write_tagger
from tpfeedback.teaching.learning import in_one_order, read_examples, tagger_for
from tpfeedback.teaching.plan import plan_for
from tpfeedback.teaching.ready import tagger_of
from tpfeedback.teaching.tagging import TaxonomyTagger
from tpfeedback.teaching.targets import labelled_texts, micro_f1, present_of


class TouchpointTagger(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Finds the touchpoints of a taxonomy; works at once, and better after `fit`.

    A touchpoint that narrows a general one ("wi-fi" of "premises") is chosen among its siblings
    wherever the general one is spoken of, so that the results roll up to `general` exactly. A
    touchpoint with no general parent is found by its description and phrases, whatever their
    language, in texts of all four languages; with labelled texts a head on the frozen network
    learns it.

    Parameters:
        taxonomy: name, path, mapping or `Taxonomy`, as `load_taxonomy` takes it.
        model: the shipped network.
        strength: how much is learnt from labels; 1 is usual, less trusts the words more.
        least_examples: labelled texts from which on a touchpoint without parent is taught.
        threads: processor threads; None takes all.

    Attributes after `fit`:
        tagger_: what was learnt, frozen. classes_: the touchpoints (k,).
        taught_: those that a head was learnt for.

    >>> bar = {"key": "bar", "names": {"en": "Bar"}, "touchpoints": [
    ...     {"key": "hygiene", "stage": "after", "channel": "physical", "names": {"en": "Hygiene"},
    ...      "descriptions": {"en": "Clean or dirty tables, floor and toilets"}}]}
    >>> tagged = TouchpointTagger(bar).tag(["В туалете было грязно"])[0]
    >>> [(mention.touchpoint, mention.sentiment) for mention in tagged.mentions]
    [('hygiene', 'negative')]
    """

    def __init__(
        self,
        taxonomy: str | Path | Mapping[str, Any] | Taxonomy = "general",
        *,
        model: str = "general",
        strength: float = 1.0,
        least_examples: int = 8,
        threads: int | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self.model = model
        self.strength = strength
        self.least_examples = least_examples
        self.threads = threads

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        languages: Sequence[str | None] | None = None,
    ) -> Self:
        """Learn from labelled texts; a second call forgets the first.

        `y` tells for each text which touchpoints it speaks of, see
        `tpfeedback.teaching.targets.present_of`: mappings from touchpoint to sentiment, lists of
        touchpoints, or a table of texts by touchpoints. Sentiments are checked and not learnt.
        `X` may also be the table that `tpfeedback.read_labels(..., feedback=feedback)` returns,
        alone. Without any labels nothing is learnt, as in a pipeline that predicts something else.
        `languages` saves their detection. Raises `TaggerError` for labels that do not fit.
        """
        if y is None and hasattr(X, "columns"):
            X, y = labelled_texts(X)
        texts = check_texts(_listed(X))
        taxonomy, reader = load_taxonomy(self.taxonomy), self._reader()
        self._check()
        said = [()] * len(texts) if y is None else y
        present = present_of(said, taxonomy.keys, len(texts))
        given = in_one_order(read_examples(reader, texts, present, languages))
        self.tagger_ = tagger_for(
            reader,
            taxonomy,
            examples=shipped_examples(reader, taxonomy),
            given=given,
            least_examples=self.least_examples,
            strength=self.strength,
        )
        self.classes_ = np.array(taxonomy.keys, dtype=object)
        self.taught_ = tuple(sorted(self.tagger_.taught))
        return self

    def tag(
        self,
        texts: Sequence[str],
        *,
        languages: Sequence[str | None] | None = None,
        questions: Sequence[str | None] | None = None,
        min_confidence: float | None = None,
        precision: float | None = None,
    ) -> list[TaggedText]:
        """Return one `TaggedText` for each text; options as in `NetworkTagger.tag`."""
        return self._engine().tag(
            texts,
            languages=languages,
            questions=questions,
            min_confidence=min_confidence,
            precision=precision,
        )

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:
        """Return 1 where a text speaks of a touchpoint, (n, k), in the taxonomy's order."""
        at = {key: k for k, key in enumerate(self.touchpoints)}
        texts = check_texts(_listed(X))
        found = np.zeros((len(texts), len(at)), np.int64)
        for row, tagged in enumerate(self.tag(texts)):
            found[row, [at[m.touchpoint] for m in tagged.mentions if m.touchpoint in at]] = 1
        return found

    def predict_proba(self, X: Sequence[str]) -> Floats:
        """Return the probability that a text speaks of a touchpoint, (n, k).

        Below one in a hundred it is given as 0.
        """
        at = {key: k for k, key in enumerate(self.touchpoints)}
        texts = check_texts(_listed(X))
        found = np.zeros((len(texts), len(at)), np.float32)
        for row, tagged in enumerate(self.tag(texts, min_confidence=0.01)):
            for mention in tagged.mentions:
                if mention.touchpoint in at:
                    place = (row, at[mention.touchpoint])
                    found[place] = max(found[place], mention.confidence)
        return found

    def transform(self, X: Sequence[str]) -> Floats:
        """Return `predict_proba`: what a text speaks of, as features for another model."""
        return self.predict_proba(X)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the touchpoints, names of the columns of `transform`."""
        return np.array(self.touchpoints, dtype=object)

    def score(self, X: Sequence[str], y: Any) -> float:
        """Return micro-F1 over texts and touchpoints; pairs with an unknown label do not count."""
        said = self.predict(X)
        return micro_f1(said, present_of(y, self.touchpoints, len(said)))

    def save(self, folder: str | Path) -> Path:
        """Write the tagger as plain files (JSON, TOML, numpy) that `load_tagger` reads."""
        engine = self._engine()
        if not isinstance(engine, TaxonomyTagger):
            engine = tagger_for(self._reader(), load_taxonomy(self.taxonomy))
        return write_tagger(engine, Path(folder), options=self._options())

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Keys that the tagger can find."""
        learnt: TaxonomyTagger | None = getattr(self, "tagger_", None)
        return load_taxonomy(self.taxonomy).keys if learnt is None else learnt.touchpoints

    @property
    def digest(self) -> str:
        """First twelve hex digits of a hash over the model and all that was learnt."""
        return self._engine().digest

    @property
    def network(self) -> Network:
        """The network that reads the texts."""
        return self._reader().network

    @property
    def precisions(self) -> tuple[float, ...]:
        """Shares of right mentions that `tag` may be asked for."""
        return self._reader().precisions

    @property
    def confusion(self) -> dict[str, dict[str, float]]:
        """Measured errors of the general touchpoints that the taxonomy has."""
        engine = self._engine()
        assert isinstance(engine, NetworkTagger | TaxonomyTagger)
        return engine.confusion

    @property
    def quality(self) -> dict[str, dict[str, Any]]:
        """How good it is on annotated texts; known of the general taxonomy only."""
        general = plan_for(load_taxonomy(self.taxonomy)).plain and not hasattr(self, "tagger_")
        return self._reader().quality if general else {}

    def _reader(self) -> NetworkTagger:
        return load_network_tagger(self.model, threads=self.threads)

    def _engine(self) -> Tagger:
        learnt: TaxonomyTagger | None = getattr(self, "tagger_", None)
        if learnt is not None and (learnt.retaught or learnt.taxonomy != load_taxonomy()):
            return learnt
        return tagger_of(load_taxonomy(self.taxonomy), self.model, self.threads)

    def _options(self) -> dict[str, Any]:
        return {"strength": self.strength, "least_examples": self.least_examples}

    def _check(self) -> None:
        numbers = isinstance(self.strength, Real) and isinstance(self.least_examples, Integral)
        if not (numbers and self.strength > 0 and self.least_examples >= 1):
            raise TaggerError(
                f"strength is {self.strength!r}, least_examples {self.least_examples!r}. Allowed: "
                "a strength above 0, least_examples from 1. Give such numbers, or leave them out."
            )

    def __sklearn_is_fitted__(self) -> bool:
        return True  # it finds touchpoints by their words before any label is given

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []  # texts have none
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        tags.requires_fit = False
        tags.no_validation = True
        return tags


def load_tagger(
    source: str | Path = "general",
    *,
    taxonomy: str | Path | Mapping[str, Any] | Taxonomy | None = None,
    threads: int | None = None,
) -> TouchpointTagger:
    """Return a tagger: the shipped one, for any taxonomy, or one that was saved.

    `source` is the name of the shipped model or a folder that `save` wrote; `taxonomy` is taken
    as `load_taxonomy` does and is "general" where nothing is said; `threads` limits the processor
    threads. Raises `TaggerError` if a file is missing or damaged.

    >>> "delivery" in load_tagger().touchpoints
    True
    """
    folder = path_of(source, what="The tagger")
    if source == "general" or not folder.is_dir():
        load_network_tagger(str(source), threads=threads)
        return TouchpointTagger(
            "general" if taxonomy is None else taxonomy, model=str(source), threads=threads
        )
    if taxonomy is not None:
        raise TaggerError(
            f"A saved tagger has its own taxonomy, given: taxonomy={taxonomy!r}. Leave it out, or "
            "make a new tagger with TouchpointTagger(taxonomy)."
        )
    learnt, options = read_tagger(folder, load_network_tagger("general", threads=threads))
    tagger = TouchpointTagger(learnt.taxonomy, threads=threads, **options)
    tagger.tagger_ = learnt
    tagger.classes_ = np.array(learnt.taxonomy.keys, dtype=object)
    tagger.taught_ = tuple(sorted(learnt.taught))
    return tagger


def _listed(X: Any) -> Any:
    """Return texts of an array or a column of a table as a list."""
    if hasattr(X, "columns") or getattr(X, "ndim", 1) != 1 or X is None:
        raise TaggerError(
            f"The texts are a {type(X).__name__}. Allowed: a list of texts, or one column of a "
            "table. Give the column, such as table['text']."
        )
    return X.tolist() if hasattr(X, "tolist") else X
