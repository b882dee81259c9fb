"""The shape of files and functions."""

from __future__ import annotations

import ast

from tests.tidy.sources import PACKAGE, ROOT, all_files, called, functions_of, python_files, tree_of, where

LONGEST_FILE = 500
LONGEST_FUNCTION = 70
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
TAKES_ANYTHING = {
    "spojka/terms/findings.py:__call__",  # a rule is called with the facts its function names
    "spojka/access/database/constraints.py:validate",  # the signature is Django's
}


def _body_lines(function):
    first = function.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    documented = first.end_lineno - first.lineno + 1 if said else 0
    return function.end_lineno - function.lineno + 1 - documented


def test_no_file_of_code_is_longer_than_a_reader_holds():
    long = {
        where(file, lines): lines
        for file in python_files("spojka", "spojka_client", "tests")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}, "split by noun"


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{where(file, function.lineno)} {function.name}: {lines} lines"
        for file in python_files("spojka", "spojka_client", "tests")
        for function in functions_of(file)
        if (lines := _body_lines(function)) > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_file_has_a_name_that_says_nothing():
    vague = [str(file.relative_to(ROOT)) for file in all_files() if {file.stem, *file.parts} & SAYS_NOTHING]

    assert vague == []


def test_annotations_are_never_evaluated_while_importing():
    without = [
        str(file.relative_to(ROOT))
        for file in python_files("spojka", "spojka_client", "tests")
        if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree_of(file).body)
        and "from __future__ import annotations" not in file.read_text(encoding="utf-8")
    ]

    assert without == []


def test_every_module_begins_with_what_it_is_for():
    silent = [
        str(file.relative_to(ROOT))
        for file in python_files("spojka")
        if not ast.get_docstring(tree_of(file)) and tree_of(file).body
    ]

    assert silent == []


def test_every_public_name_says_what_for():
    silent = [
        f"{where(file, node.lineno)} {node.name}"
        for file in python_files("spojka", "spojka_client")
        for holder in ast.walk(tree_of(file))
        if isinstance(holder, ast.Module | ast.ClassDef)
        for node in holder.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and node.name != "Meta"
        and not (isinstance(holder, ast.ClassDef) and holder.name.startswith("_"))
        and not ast.get_docstring(node)
        and not _is_overload(node)
    ]

    assert silent == []


def _is_overload(node):
    return any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)


def test_signatures_tell_all():
    open_ended = [
        f"{where(file, function.lineno)} {function.name}"
        for file in python_files("spojka", "spojka_client")
        for function in functions_of(file)
        if function.args.kwarg is not None
        and not function.name.startswith("_")
        and f"{file.relative_to(ROOT)}:{function.name}" not in TAKES_ANYTHING
    ]
    stars = [
        where(file, node.lineno)
        for file in python_files("spojka", "spojka_client", "tests")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]

    assert (open_ended, stars) == ([], [])


def test_a_rooms_front_door_imports_nothing():
    doors = [
        where(file, node.lineno)
        for floor in ("access", "trade", "charging", "network", "revenue", "journeys")
        for file in (PACKAGE / floor).glob("*/__init__.py")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Import | ast.ImportFrom) and "models" in ast.unparse(node)
    ]

    assert doors == []


def test_only_the_gathering_of_tables_imports_tables():
    importing = [
        where(file, node.lineno)
        for file in python_files("spojka")
        if file != PACKAGE / "models.py"
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("spojka.")
        and (node.module or "").endswith(".models")
    ]

    assert importing == [], "a table is read and written by the room's store"


def test_every_test_can_fail():
    idle = [
        f"{where(file, function.lineno)} {function.name}"
        for file in python_files("tests")
        for known in [{one.name: one for one in functions_of(file)}]
        for function in functions_of(file)
        if function.name.startswith("test_") and not _can_fail(function, known)
    ]

    assert idle == []


def _can_fail(function, known, depth=0):
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = called(node)
            if name.rpartition(".")[2] in ("raises", "fail", "warns") or "assert" in name or "expect" in name:
                return True
            if depth < 3 and name in known and _can_fail(known[name], known, depth + 1):
                return True
    return False
