"""A tagger is kept as plain files and comes back the same; a damaged folder says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.teaching_cases import LABELS, TEXTS, bar
from tpfeedback.errors import TaggerError, TaxonomyError, WriteError
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.teaching.estimator import TouchpointTagger, load_tagger

ASKED = [
    "Nowhere to park the car",
    "Завтрак вкусный",
    "服务员态度很好",
    "Kurier spóźnił się",
    "Das Essen war gut und der Wein auch",
    "",
]


@pytest.fixture(scope="module")
def taught() -> TouchpointTagger:
    return TouchpointTagger(bar(), strength=2.0, least_examples=10).fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def original(taught: TouchpointTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return taught.save(tmp_path_factory.mktemp("taggers") / "bar")


@pytest.fixture
def saved(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "bar"))


def test_a_saved_tagger_comes_back_the_same(taught: TouchpointTagger, saved: Path) -> None:
    back = load_tagger(saved)
    assert back.digest == taught.digest
    assert back.tag([*TEXTS, *ASKED]) == taught.tag([*TEXTS, *ASKED])
    assert back.touchpoints == taught.touchpoints
    assert (back.strength, back.least_examples) == (2.0, 10)
    assert back.taught_ == taught.taught_ == ("music", "parking")
    assert back.classes_.tolist() == taught.classes_.tolist()


@pytest.mark.parametrize(
    "taxonomy", ["general", "hotel", bar(), bar(extends="general"), bar(key="hotel")]
)
@pytest.mark.parametrize("labels", [None, LABELS])
def test_any_tagger_can_be_saved(taxonomy: Any, labels: Any, tmp_path: Path) -> None:
    tagger = TouchpointTagger(taxonomy)
    if labels is not None:
        known = [[key for key in label if key in tagger.touchpoints] for label in labels]
        tagger.fit(TEXTS, known)
    back = load_tagger(tagger.save(tmp_path / "a" / "b"))
    assert back.digest == tagger.digest
    assert back.tag(ASKED) == tagger.tag(ASKED)
    assert back.touchpoints == tagger.touchpoints


def test_what_is_saved_again_has_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    again = load_tagger(saved).save(tmp_path / "again")
    names = sorted(path.name for path in saved.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert all((again / name).read_bytes() == (saved / name).read_bytes() for name in names)


def test_a_path_may_be_text_and_a_folder_may_be_written_over(
    taught: TouchpointTagger, saved: Path
) -> None:
    TouchpointTagger("hotel").save(str(saved))
    assert load_tagger(str(saved)).touchpoints == load_taxonomy("hotel").keys
    taught.save(saved)
    assert load_tagger(saved).digest == taught.digest


def test_files_are_plain_text_and_arrays_of_numbers(saved: Path) -> None:
    assert {path.name for path in saved.iterdir()} == {
        "tagger.json", "arrays.npz", "taxonomy.toml"
    }  # fmt: skip
    json.loads((saved / "tagger.json").read_text(encoding="utf-8"))
    assert load_taxonomy(saved / "taxonomy.toml") == load_taxonomy(bar())
    with np.load(saved / "arrays.npz", allow_pickle=False) as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype("float16")}


def test_nothing_of_teaching_pickles() -> None:
    source = Path(__file__).parents[1] / "tpfeedback" / "teaching"
    text = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.py"))
    for word in ("import pickle", "joblib", "allow_pickle=True", "cloudpickle"):
        assert word not in text


def test_a_folder_named_like_the_model_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "general").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_tagger().tag(ASKED[:1]) == load_tagger("general").tag(ASKED[:1])
    with pytest.raises(TaggerError, match="holds no saved tagger"):
        load_tagger(Path("general"))


# --- what is wrong with a folder --------------------------------------------------------------


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def write(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text, encoding="utf-8") and None


def change(**fields: Any) -> Callable[[Path], None]:
    """Return what changes fields of the header; `...` takes one away."""

    def changed(path: Path) -> None:
        header = json.loads(path.read_text(encoding="utf-8")) | fields
        kept = {name: value for name, value in header.items() if value is not ...}
        path.write_text(json.dumps(kept), encoding="utf-8")

    return changed


@pytest.mark.parametrize(
    ("name", "harm", "message"),
    [
        ("tagger.json", Path.unlink, "holds no saved tagger.*TouchpointTagger.save"),
        ("tagger.json", cut, "tagger.json is missing or damaged"),
        ("tagger.json", write("[]"), "tagger.json is missing or damaged"),
        ("tagger.json", write("{}"), "tagger.json is missing or damaged"),
        ("tagger.json", write('{"form": 1}'), "tagger.json' is missing or damaged"),
        ("tagger.json", change(taught=["wine"]), "tagger.json' is missing or damaged"),
        ("tagger.json", change(choices=...), "tagger.json' is missing or damaged"),
        ("tagger.json", change(choices=[1]), "tagger.json' is missing or damaged"),
        ("tagger.json", change(form=9), "has the form 9. Allowed: 1"),
        ("tagger.json", change(model="abc"), "learnt with the model abc.*Fit it again"),
        ("tagger.json", change(arrays="abc"), "arrays.npz' is missing or damaged"),
        ("arrays.npz", Path.unlink, "arrays.npz' is missing or damaged"),
        ("arrays.npz", cut, "arrays.npz' is missing or damaged"),
        ("arrays.npz", flip, "arrays.npz' is missing or damaged"),
        ("taxonomy.toml", Path.unlink, "taxonomy.toml' is missing or damaged"),
    ],
)
def test_a_damaged_folder_is_refused(
    saved: Path, name: str, harm: Callable[[Path], None], message: str
) -> None:
    harm(saved / name)
    with pytest.raises(TaggerError, match=message):
        load_tagger(saved)


def test_another_taxonomy_than_it_was_taught_for_is_refused(saved: Path) -> None:
    (saved / "taxonomy.toml").write_text(load_taxonomy("hotel").to_toml(), encoding="utf-8")
    with pytest.raises(TaggerError, match=r"is not the one that the tagger .* was learnt with"):
        load_tagger(saved)
    (saved / "taxonomy.toml").write_text("key =", encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"taxonomy.toml"):
        load_tagger(saved)


def test_arrays_that_hold_objects_are_never_unpickled(saved: Path) -> None:
    import hashlib

    np.savez(saved / "arrays.npz", prototypes=np.array([{}], object), allow_pickle=True)
    digest = hashlib.sha256((saved / "arrays.npz").read_bytes()).hexdigest()
    change(arrays=digest)(saved / "tagger.json")
    with pytest.raises(TaggerError, match="missing or damaged"):
        load_tagger(saved)


def test_neither_a_name_nor_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaggerError, match=r"nowhere'. Known: general"):
        load_tagger(tmp_path / "nowhere")


def test_a_saved_tagger_takes_no_other_taxonomy(saved: Path) -> None:
    with pytest.raises(TaggerError, match="has its own taxonomy, given: taxonomy='hotel'"):
        load_tagger(saved, taxonomy="hotel")


def test_a_tagger_is_not_saved_into_a_file(taught: TouchpointTagger, tmp_path: Path) -> None:
    (tmp_path / "here").write_text("", encoding="utf-8")
    with pytest.raises(WriteError, match=r"saved as a folder, and .*here' is a file"):
        taught.save(tmp_path / "here")
