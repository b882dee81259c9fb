"""The files that the house rules look at."""

from __future__ import annotations

import ast
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "spojka"
TEXT_SUFFIXES = {
    "",
    ".css",
    ".html",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".py",
    ".sh",
    ".sql",
    ".svg",
    ".toml",
    ".txt",
    ".typ",
    ".xml",
    ".yaml",
    ".yml",
}
FOREIGN = ("fonts", "vendor", "schemas")
"""Folders of files that others wrote and that are kept as they came."""


@lru_cache(maxsize=1)
def all_files() -> tuple[Path, ...]:
    """Every file of the project, as git knows them; all of the folder where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if listed.returncode == 0 and listed.stdout:
        return tuple(ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file())
    hidden = {".venv", ".uv", ".git"}
    return tuple(file for file in ROOT.rglob("*") if file.is_file() and not hidden & set(file.relative_to(ROOT).parts))


def our_texts() -> list[Path]:
    """Every text file that we wrote."""
    return [
        file
        for file in all_files()
        if file.suffix in TEXT_SUFFIXES and not set(FOREIGN) & set(file.relative_to(ROOT).parts)
    ]


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the named folders of the project, migrations left out."""
    wanted = [ROOT / folder for folder in folders]
    return [
        file
        for file in all_files()
        if file.suffix == ".py" and "migrations" not in file.parts and any(file.is_relative_to(one) for one in wanted)
    ]


@lru_cache(maxsize=4096)
def tree_of(file: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=4096)
def functions_of(file: Path) -> tuple[Function, ...]:
    """Every function of a file, inner ones too."""
    return tuple(node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def called(call: ast.Call) -> str:
    """What a call calls, as it is written."""
    parts: list[str] = []
    node = call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else ast.unparse(node))
    return ".".join(reversed(parts))


def where(file: Path, line: int) -> str:
    """A place as an editor opens it."""
    return f"{file.relative_to(ROOT)}:{line}"
