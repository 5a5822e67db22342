"""Reads the package's source and tells where it breaks its own rules of structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

# One direction: a module imports only what stands before it.
ORDER = (
    "errors", "opening", "wording", "masking", "tables", "ingest", "languages", "detection",
    "segmentation", "windows", "durations", "comparatives", "taxonomy", "rows", "pieces", "network",
    "vectors", "reading", "rereading", "tagger_input", "tagged", "tagger", "teaching", "themes",
    "mentions", "outcome", "impact", "shares", "priority", "labelling", "evaluation", "discovery",
    "tracking", "charts", "report", "settings", "notebook", "remarks", "forms", "follow_up",
    "closer", "findings", "analysis", "accessor", "batch", "spark", "service", "assistants",
    "telling", "runs", "by_hand", "arguments", "cli", "__main__", "training",
)  # fmt: skip
TEXT_WORLD = {
    "languages",
    "detection",
    "segmentation",
    "windows",
    "durations",
    "comparatives",
    "taxonomy",
    "rows",
    "pieces",
    "network",
    "vectors",
    "reading",
    "rereading",
    "tagger_input",
    "tagged",
    "tagger",
    "teaching",
    "themes",
}
NUMBER_WORLD = {
    "tables", "ingest", "outcome", "impact", "shares", "priority", "labelling", "tracking",
    "charts", "report",
}  # fmt: skip
TABLE_LIBRARIES = {"pandas", "polars", "narwhals", "pyarrow"}
LANGUAGE_LIBRARIES = {"nltk", "jieba", "pymorphy3", "snowballstemmer", "tokenizers", "onnxruntime"}
SLOW_LIBRARIES = LANGUAGE_LIBRARIES | {"statsmodels", "sklearn", "altair", "vl_convert", "torch"}
VAGUE_NAMES = {"utils", "util", "common", "base", "core", "config", "helpers", "misc"}
LOADERS = ("import_module", "__import__")
LONGEST_FUNCTION, LONGEST_MODULE = 60, 300


def violations(package: Path) -> list[str]:
    """Return every broken rule, one sentence each."""
    found: list[str] = []
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).parts[0].removesuffix(".py")
        if part != "__init__":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            where = path.relative_to(package).as_posix()
            found += [f"{where}: {problem}" for problem in _problems(tree, part, path)]
    return found


def _problems(tree: ast.Module, part: str, path: Path) -> Iterator[str]:
    if VAGUE_NAMES & {part, path.stem, *path.parent.parts[-1:]}:
        yield "its name says nothing (utils, common, base, core, config ...)"
    if part not in ORDER:
        yield f"{part} has no place in the order of modules"
        return
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LONGEST_MODULE:
        yield f"{lines} lines, at most {LONGEST_MODULE}"
    for name in sorted(set(_imports(tree))):
        yield from _import_problems(name, part)
    if part != "training" and not _is_estimator(tree):
        for name in sorted({n for n in _imports(tree, top_only=True) if n in SLOW_LIBRARIES}):
            yield f"imports {name} at module top: load it on first use"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            if size > LONGEST_FUNCTION:
                yield f"{node.name} has {size} lines, at most {LONGEST_FUNCTION}"


def _import_problems(name: str, part: str) -> Iterator[str]:
    if name.startswith("."):
        yield f"imports {name} relatively: write the whole name, from tpfeedback on"
    home, _, rest = name.partition(".")
    if home == "tpfeedback":
        target = rest.split(".")[0]
        if target not in {*ORDER, "__version__"}:
            yield f"imports {name}: name the module it stands in"
        if target in ORDER and ORDER.index(target) > ORDER.index(part):
            yield f"imports {target}, which stands after {part}"
        if part in TEXT_WORLD and target == "tables":
            yield "text world imports tables"
        if part in NUMBER_WORLD and target in TEXT_WORLD - {"taxonomy"}:
            yield f"number world imports {target}"
    if part in TEXT_WORLD and home in TABLE_LIBRARIES:
        yield f"text world imports {home}"
    if part in NUMBER_WORLD and home in LANGUAGE_LIBRARIES:
        yield f"number world imports {home}"


def _imports(tree: ast.Module, *, top_only: bool = False) -> Iterator[str]:
    """Yield the full names of imported modules, a relative one with its dots.

    With `top_only`, the libraries that loading the module loads; what an `if` holds back
    (TYPE_CHECKING) is none of them.
    """
    later = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)
    for statement in tree.body:
        if top_only and isinstance(statement, later):
            continue
        for node in ast.walk(statement):
            for name in _imported(node):
                yield name.split(".")[0] if top_only else name


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        names = [alias.name for alias in node.names]
        yield from [f"tpfeedback.{name}" for name in names] if module == "tpfeedback" else [module]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(LOADERS):
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "name")]
        for one in given:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def _is_estimator(tree: ast.Module) -> bool:
    """Whether the file has a scikit-learn estimator, whose base class must be there at once."""
    bases = [base for node in tree.body if isinstance(node, ast.ClassDef) for base in node.bases]
    return any(isinstance(base, ast.Name) and base.id == "BaseEstimator" for base in bases)


def _docstring_lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1
