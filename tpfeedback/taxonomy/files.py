"""Where a taxonomy is loaded from: a shipped name, a TOML or Excel file, a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tpfeedback.errors import ReadError, TaxonomyError, unknown_name
from tpfeedback.opening import read_file, shown
from tpfeedback.taxonomy.drafts import Problem, Writing
from tpfeedback.taxonomy.kept import kept_touchpoints
from tpfeedback.taxonomy.rules import find_problems
from tpfeedback.taxonomy.sheet_files import SHORTER, read_sheets
from tpfeedback.taxonomy.sheets import draft_of
from tpfeedback.taxonomy.toml_text import read_toml
from tpfeedback.taxonomy.touchpoints import PerLanguage, Taxonomy, Touchpoint, clean

GENERAL = "general"
SHEETS = (".xlsx", ".csv")
ENDINGS = (".toml", *SHEETS)
MOST_SHOWN = 50  # problems that an error lists
_SHIPPED = files("tpfeedback") / "taxonomies"


@cache
def available_taxonomies() -> tuple[str, ...]:
    """Return the names of the shipped taxonomies, sorted.

    >>> "general" in available_taxonomies()
    True
    """
    names = (file.name for file in _SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_taxonomy(source: str | Path | Mapping[str, Any] | Taxonomy = GENERAL) -> Taxonomy:
    """Return the taxonomy that `source` names, holds or is.

    `source` is the name of a shipped taxonomy, a path to a `.toml`, `.xlsx` or `.csv` file, a
    mapping of TOML's shape, or a `Taxonomy`, which is returned as it is. Raises `TaxonomyError`
    for an unknown name or an unreadable file, and for a broken taxonomy with a list of all its
    problems, each with its line or row. `Taxonomy.to_excel` and `to_toml` write a file to start
    from.

    >>> load_taxonomy("general").keys[:3]
    ('advertising', 'social_media', 'reputation')
    >>> load_taxonomy({"key": "bar", "names": {"en": "Bar"}, "touchpoints": [
    ...     {"key": "broth", "stage": "after", "channel": "physical", "parent": "product",
    ...      "names": {"en": "Broth"}, "cues": {"en": ["broth", "soup base"]}}]})
    Taxonomy('bar', 1 touchpoints, digest '...')
    """
    if isinstance(source, Taxonomy):
        return source
    if isinstance(source, Mapping):
        return _checked(source, "the mapping")
    if isinstance(source, Path) or (isinstance(source, str) and _looks_like_path(source)):
        return _load_file(Path(source))
    if isinstance(source, str):
        return _load_shipped(source)
    raise TaxonomyError(
        f"A taxonomy cannot be read from {type(source).__name__}. Allowed: the name of a shipped "
        f"taxonomy ({', '.join(available_taxonomies())}), the path of a file ending in "
        f"{', '.join(ENDINGS)}, a mapping. Pass one of these."
    )


def to_toml(taxonomy: Taxonomy) -> str:
    """Return the taxonomy as the text of a TOML file; the same as `Taxonomy.to_toml`."""
    return taxonomy.to_toml()


def _looks_like_path(source: str) -> bool:
    return source.lower().endswith(ENDINGS) or "/" in source or "\\" in source


@cache
def _load_shipped(name: str) -> Taxonomy:
    known = available_taxonomies()
    if name not in known:
        asked = {part for part in name.lower().replace("-", "_").split("_") if part}
        near = [one for one in known if asked & set(one.split("_"))]
        then = f"Nearest: {', '.join(near)}. " if near else ""
        raise TaxonomyError(
            unknown_name("taxonomy", name, known, then=f"{then}For a file of your own pass its "
                         f"path, ending in {', '.join(ENDINGS)}.")
        )  # fmt: skip
    text = (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    source = f"the shipped {name}.toml"
    content, writing = read_toml(text, source=source)
    return _checked(content, source, writing=writing)


def _load_file(path: Path) -> Taxonomy:
    ending = path.suffix.lower()
    if ending not in ENDINGS or not path.is_file():
        wrong = "There is no file" if not path.is_file() else "A taxonomy cannot be read from"
        raise TaxonomyError(
            f"{wrong} {shown(path)!r}. Allowed: the path of a file ending in {', '.join(ENDINGS)}, "
            f"or one of the names {', '.join(available_taxonomies())}. Check the path; "
            'load_taxonomy("general").to_excel("mine.xlsx") writes a file to start from.'
        )
    try:
        if ending in SHEETS:
            draft = draft_of(read_sheets(path), name=path.stem, source=repr(str(path)))
            return _checked(draft.content, str(path), writing=draft.writing, found=draft.problems)
        # Notepad puts a byte order mark before the text, which TOML knows nothing of.
        text = read_file(path, limit="settings", then=SHORTER).decode("utf-8-sig")
        content, writing = read_toml(text, source=repr(str(path)))
        return _checked(content, str(path), writing=writing)
    except UnicodeDecodeError as error:
        raise TaxonomyError(
            f"{str(path)!r} is not UTF-8 text (byte {error.start}). Allowed: text in UTF-8. "
            "Save it again with the encoding UTF-8."
        ) from error
    except ReadError as error:
        raise TaxonomyError(str(error)) from error


def _checked(
    content: Mapping[str, Any],
    source: str,
    *,
    writing: Writing | None = None,
    found: Iterable[Problem] = (),
) -> Taxonomy:
    general = () if content.get("key") == GENERAL else _load_shipped(GENERAL).touchpoints
    keys = tuple(touchpoint.key for touchpoint in general)
    problems = find_problems(content, general_keys=keys, writing=writing, found=found)
    if problems:
        count = f"{len(problems):,} problem{'s' if len(problems) > 1 else ''}"
        told = [f"{number:>3}. {text}" for number, text in enumerate(problems[:MOST_SHOWN], 1)]
        if more := len(problems[MOST_SHOWN:]):
            told.append(f"  … and {more:,} more. Mend these and load it again.")
        raise TaxonomyError("\n".join([f"The taxonomy in {source} has {count}:", *told]))
    own = tuple(map(_touchpoint, content["touchpoints"]))
    kept = kept_touchpoints(general, own) if content.get("extends") else ()
    return Taxonomy(
        key=content["key"],
        version=content.get("version", 1),
        names=_texts(content, "names"),
        descriptions=_texts(content, "descriptions"),
        touchpoints=(*own, *kept),
        extends=content.get("extends"),
        kept=tuple(touchpoint.key for touchpoint in kept),
    )


def _touchpoint(record: Mapping[str, Any]) -> Touchpoint:
    cues = record.get("cues", {}).items()
    return Touchpoint(
        key=record["key"],
        names=_texts(record, "names"),
        descriptions=_texts(record, "descriptions"),
        stage=record["stage"],
        channel=record["channel"],
        parent=record.get("parent") or None,
        catch_all=record.get("catch_all", False),
        cues=PerLanguage(tuple((code, tuple(map(clean, phrases))) for code, phrases in cues)),
    )


def _texts(record: Mapping[str, Any], field: str) -> PerLanguage[str]:
    return PerLanguage(tuple((code, clean(text)) for code, text in record.get(field, {}).items()))
