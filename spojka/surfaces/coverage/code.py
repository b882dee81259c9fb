"""What code says about clauses: ids that it names, terms that its sheets read, ids that tests are evidence for."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import types
import typing
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import spojka
from spojka.terms.clauses import Term

PACKAGE: Final = Path(spojka.__file__).parent
TESTS: Final = PACKAGE.parent / "tests"
_ID: Final = re.compile(r"^[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)?/\d[\w.-]*$")
_WILD: Final = "*"


@lru_cache(maxsize=4096)
def tree_of(file: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def _docstrings(tree: ast.Module) -> set[int]:
    """The nodes that are a text standing alone: docstrings, and remarks after a constant."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """Every text constant of a file with its line, docstrings left out."""
    tree = tree_of(file)
    remarks = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield node.lineno, node.value


def ids_named(file: Path) -> Iterator[tuple[int, str]]:
    """Every text constant of a file that has the form of a clause id, with its line."""
    return ((line, text) for line, text in texts(file) if _ID.match(text))


def code_files() -> list[Path]:
    """Every file of code that may execute a clause."""
    return sorted(
        file
        for file in PACKAGE.rglob("*.py")
        if not {"migrations", "bench", "demo"} & set(file.relative_to(PACKAGE).parts)
    )


def named_in_code() -> frozenset[str]:
    """Every clause id that code names."""
    return frozenset(text for file in code_files() for _, text in ids_named(file))


def marked_in_tests() -> frozenset[str]:
    """Every id of a `pytest.mark.clause(…)` in the tests."""
    return frozenset(text for file in sorted(TESTS.rglob("*.py")) for _, text in marks_of(file))


def marks_of(file: Path) -> Iterator[tuple[int, str]]:
    """The ids that a test file's `pytest.mark.clause(…)` name, with their lines."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.clause"):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.lineno, argument.value


def _modules() -> Iterator[types.ModuleType]:
    for file in code_files():
        if file.stem == "terms" or file.parent.stem == "terms" or "Term[" in file.read_text(encoding="utf-8"):
            parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
            if parts[1] not in ("terms", "surfaces"):
                yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _present(kind: Any) -> Any:
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union) and type(None) in arguments:
        return next(part for part in arguments if part is not type(None))
    return kind


def _is_sheet(kind: Any) -> bool:
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        return False
    hints = typing.get_type_hints(kind)
    kinds = [_present(hints[field.name]) for field in dataclasses.fields(kind)]
    return bool(kinds) and all(
        typing.get_origin(one) is Term
        or (typing.get_origin(one) is dict and _is_sheet(typing.get_args(one)[1]))
        or _is_sheet(one)
        for one in kinds
    )


def _patterns(sheet: Any, prefix: str, children: set[type]) -> Iterator[str]:
    hints = typing.get_type_hints(sheet)
    for field in dataclasses.fields(sheet):
        kind, name = _present(hints[field.name]), f"{prefix}{field.name}"
        if typing.get_origin(kind) is Term:
            yield name
        elif typing.get_origin(kind) is dict:
            child = typing.get_args(kind)[1]
            children.add(child)
            yield from _patterns(child, f"{name}.{_WILD}.", children)
        else:
            children.add(kind)
            yield from _patterns(kind, f"{name}.", children)


@lru_cache(maxsize=1)
def _names_used() -> frozenset[str]:
    """Names that code of the package mentions in its statements; a definition and an import alone are no use."""
    return frozenset(node.id for file in code_files() for node in ast.walk(tree_of(file)) if isinstance(node, ast.Name))


@lru_cache(maxsize=1)
def terms_read() -> tuple[re.Pattern[str], ...]:
    """Patterns of the dotted names of terms that the package's sheets read; a sheet that nobody asks for reads none."""
    sheets = {
        value: None
        for module in _modules()
        for value in vars(module).values()
        if getattr(value, "__module__", "") == module.__name__ and _is_sheet(value)
    }
    children: set[type] = set()
    by_sheet = {sheet: list(_patterns(sheet, "", children)) for sheet in sheets}
    asked_for = [sheet for sheet in by_sheet if sheet not in children and sheet.__name__ in _names_used()]
    names = {name for sheet in asked_for for name in by_sheet[sheet]}
    names |= {text for file in code_files() for text in _asked_for(file)}
    return tuple(re.compile(re.escape(name).replace(re.escape(_WILD), r"[^.]+")) for name in sorted(names))


def _asked_for(file: Path) -> Iterator[str]:
    """Names given to `….term("…")`."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "term":
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def is_read(term: str) -> bool:
    """Whether code reads a term of that dotted name."""
    return any(pattern.fullmatch(term) for pattern in terms_read())
