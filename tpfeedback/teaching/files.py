"""A learnt tagger in and out of a folder: JSON, TOML and numpy arrays, no pickle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from tpfeedback.errors import TaggerError, WriteError
from tpfeedback.network import Floats
from tpfeedback.opening import read_file
from tpfeedback.opening.archives import open_archive
from tpfeedback.tagger import NetworkTagger
from tpfeedback.taxonomy import Taxonomy, available_taxonomies, load_taxonomy
from tpfeedback.teaching.choice import Choice
from tpfeedback.teaching.cues import cues_of
from tpfeedback.teaching.heads import Heads, head_of
from tpfeedback.teaching.plan import plan_for
from tpfeedback.teaching.space import load_space
from tpfeedback.teaching.tagging import TaxonomyTagger

FORM = 1  # of the files
HEADER_FIELDS = (
    "model",
    "taxonomy",
    "shipped",
    "options",
    "choices",
    "taught",
    "arrays",
)
AGAIN = "Copy the folder again, or fit and save again."
HEADER, ARRAYS, TAXONOMY = "tagger.json", "arrays.npz", "taxonomy.toml"


def write_tagger(tagger: TaxonomyTagger, folder: Path, *, options: dict[str, Any]) -> Path:
    """Write a tagger to `folder`, which is made where it is missing.

    A shipped taxonomy is named, another one is written beside.
    """
    if folder.exists() and not folder.is_dir():
        raise WriteError(
            f"A tagger is saved as a folder, and {str(folder)!r} is a file. Give the path of a "
            "folder, new or of an earlier tagger."
        )
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = _arrays(tagger)
    np.savez(folder / ARRAYS, **arrays)
    shipped = is_shipped(tagger.taxonomy)
    if not shipped:
        (folder / TAXONOMY).write_text(tagger.taxonomy.to_toml(), encoding="utf-8")
    header = {
        "form": FORM,
        "model": tagger.reader.digest,
        "taxonomy": {"key": tagger.taxonomy.key, "digest": tagger.taxonomy.digest},
        "shipped": shipped,
        "options": options,
        "choices": {
            general: {"keys": choice.keys, "rest": choice.rest}
            for general, choice in sorted(tagger.choices.items())
        },
        "taught": sorted(tagger.heads.taught),
        "retaught": sorted(tagger.retaught),
        "arrays": hashlib.sha256((folder / ARRAYS).read_bytes()).hexdigest(),
    }
    text = json.dumps(header, ensure_ascii=False, indent=1) + "\n"
    (folder / HEADER).write_text(text, encoding="utf-8")
    return folder


def read_tagger(folder: Path, reader: NetworkTagger) -> tuple[TaxonomyTagger, dict[str, Any]]:
    """Return a saved tagger and its options.

    Raises `TaggerError` where a file is missing or damaged, and where it was learnt with another
    version of the network: what it learnt means nothing there.
    """
    header = _header(folder)
    if header["model"] != reader.digest:
        raise TaggerError(
            f"The tagger in {str(folder)!r} was learnt with the model {header['model']}, and this "
            f"version of tpfeedback has {reader.digest}. Fit it again with the same labels."
        )
    taxonomy = _taxonomy(folder, header)
    if taxonomy.digest != header["taxonomy"]["digest"]:
        raise TaggerError(
            f"The taxonomy {taxonomy.key!r} is not the one that the tagger in {str(folder)!r} was "
            "learnt with. Fit it again, or put the earlier file back."
        )
    arrays = _load(folder / ARRAYS, header["arrays"])
    try:
        return _restored(reader, taxonomy, header, arrays), header["options"]
    except (KeyError, TypeError, AttributeError) as error:
        raise TaggerError(_damaged(folder / HEADER)) from error


def shipped_tagger(reader: NetworkTagger, taxonomy: Taxonomy) -> TaxonomyTagger | None:
    """Return what was learnt for a shipped taxonomy before shipping, if it is of this model."""
    folder = Path(str(files("tpfeedback") / "models" / "taxonomies" / taxonomy.key))
    if not is_shipped(taxonomy) or not (folder / HEADER).exists():
        return None
    header = _header(folder)
    if header["model"] != reader.digest or header["taxonomy"]["digest"] != taxonomy.digest:
        return None
    return read_tagger(folder, reader)[0]


def is_shipped(taxonomy: Taxonomy) -> bool:
    """Tell whether it is one of the package's own."""
    return taxonomy.key in available_taxonomies() and taxonomy == load_taxonomy(taxonomy.key)


def _restored(
    reader: NetworkTagger, taxonomy: Taxonomy, header: dict[str, Any], arrays: dict[str, Floats]
) -> TaxonomyTagger:
    plan = plan_for(taxonomy)
    choices = {
        general: Choice(
            tuple(said["keys"]),
            said["rest"],
            arrays[f"choice_{general}"][:-1],
            arrays[f"choice_{general}"][-1],
        )
        for general, said in header["choices"].items()
    }
    taught = {key: head_of(arrays[f"head_{key}"]) for key in header["taught"]}
    retaught = {key: head_of(arrays[f"again_{key}"]) for key in header.get("retaught", ())}
    keys = tuple(touchpoint.key for touchpoint in plan.own)
    return TaxonomyTagger(
        reader=reader,
        space=load_space("general"),
        taxonomy=taxonomy,
        rest=plan.rest,
        choices=choices,
        heads=Heads(keys, arrays["prototypes"], taught),
        cues=cues_of(plan.phrased),
        retaught=retaught,
    )


def _arrays(tagger: TaxonomyTagger) -> dict[str, Floats]:
    heads = tagger.heads
    return {
        "prototypes": heads.prototypes.astype(np.float16),
        **{
            f"choice_{general}": np.vstack([choice.weights, choice.intercepts]).astype(np.float16)
            for general, choice in sorted(tagger.choices.items())
        },
        **{
            f"head_{key}": head.array.astype(np.float16)
            for key, head in sorted(heads.taught.items())
        },
        **{
            f"again_{key}": head.array.astype(np.float16)
            for key, head in sorted(tagger.retaught.items())
        },
    }


def _taxonomy(folder: Path, header: dict[str, Any]) -> Taxonomy:
    if header["shipped"]:
        return load_taxonomy(header["taxonomy"]["key"])
    if not (folder / TAXONOMY).is_file():
        raise TaggerError(_damaged(folder / TAXONOMY))
    return load_taxonomy(folder / TAXONOMY)


def _header(folder: Path) -> dict[str, Any]:
    path = folder / HEADER
    try:
        header: dict[str, Any] = json.loads(read_file(path, limit="settings", then=AGAIN))
        form = header["form"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TaggerError(
            f"{str(folder)!r} holds no saved tagger: {HEADER} is missing or damaged. Allowed: a "
            "folder written by TouchpointTagger.save."
        ) from error
    if form == FORM and not set(HEADER_FIELDS) <= set(header):
        raise TaggerError(_damaged(path))
    if form != FORM:
        raise TaggerError(
            f"The tagger in {str(folder)!r} has the form {form!r}. Allowed: {FORM}. Save it again "
            "with this version of tpfeedback."
        )
    return header


def _load(path: Path, digest: str) -> dict[str, Floats]:
    try:
        content = read_file(path, then=AGAIN)
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError("another hash")
        open_archive(content, path.name).close()
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name].astype(np.float32) for name in stored.files}
    # MemoryError: an array that declares more numbers than any computer holds.
    except (OSError, ValueError, MemoryError, zipfile.BadZipFile) as error:
        raise TaggerError(_damaged(path)) from error


def _damaged(path: Path) -> str:
    return f"{str(path)!r} is missing or damaged. {AGAIN}"
