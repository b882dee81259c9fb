"""Which messages the pages hold: what the templates and the code ask the catalogue of translations for."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SURFACES: Final = Path(__file__).parents[1]
CATALOGUE: Final = Path(__file__).parent / "locale" / "cs" / "LC_MESSAGES" / "django.po"
"""The Czech catalogue; English is what stands in the templates and the code."""

_CALL: Final = re.compile(
    r"""(?<!\w)(_|gettext|ngettext)\(((?:\s*(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|\w+)\s*,?)+)\)"""
)
_KEYWORDS: Final = {"_": False, "gettext": False, "gettext_lazy": False, "ngettext": True, "ngettext_lazy": True}
"""Functions that ask for a message, and whether they ask for a plural too."""
_CHANGING: Final = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Report-Msgid-Bugs-To",
    "Generated-By",
)
"""Headers that would change the file at every run and say nothing."""
_HEADER_LINES: Final = tuple(f'"{name}:' for name in _CHANGING)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its text, its plural where it has one, and where it stands (file and line)."""

    singular: str
    plural: str | None
    file: str
    line: int

    @property
    def id(self) -> str | tuple[str, str]:
        """What the catalogue knows it by."""
        return self.singular if self.plural is None else (self.singular, self.plural)


def _texts(call: ast.Call) -> list[str]:
    return [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def in_template(source: str, file: str) -> Iterator[Message]:
    """Messages of a template's `translate` and `blocktranslate` tags."""
    text = templatize(source, origin=file)
    for found in _CALL.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield from _messages(ast.parse(f"{found[1]}({found[2]})"), file, line)


def in_code(source: str, file: str) -> Iterator[Message]:
    """Messages of a module's calls of gettext and its kin."""
    yield from _messages(ast.parse(source), file, 0)


def _messages(tree: ast.Module, file: str, line: int) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _KEYWORDS:
            continue
        texts = _texts(node)
        if texts:
            yield Message(texts[0], texts[1] if _KEYWORDS[node.func.id] else None, file, line or node.lineno)


def all_messages() -> Iterator[Message]:
    """Every message of the surfaces, templates first."""
    for file in sorted(SURFACES.rglob("templates/**/*.html")):
        yield from in_template(file.read_text(encoding="utf-8"), str(file.relative_to(SURFACES)))
    for file in sorted(SURFACES.rglob("*.py")):
        yield from in_code(file.read_text(encoding="utf-8"), str(file.relative_to(SURFACES)))


def template_catalogue() -> Catalog:
    """All messages without translations."""
    catalogue = Catalog(project="Spojka", charset="utf-8")
    for each in all_messages():
        catalogue.add(
            each.id, locations=[(each.file, each.line)], flags=["python-format"] if "%(" in each.singular else []
        )
    return catalogue


def read_catalogue() -> Catalog:
    """The Czech catalogue as it stands."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="cs")


def update_catalogue() -> list[str]:
    """Bring the Czech catalogue up to the messages there are and compile it; returns what still lacks a translation."""
    catalogue = read_catalogue() if CATALOGUE.exists() else Catalog(locale="cs", project="Spojka", charset="utf-8")
    catalogue.update(template_catalogue(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = "# The Czech words of the pages."
    out = io.BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, include_lineno=False)
    kept = [line for line in out.getvalue().decode().splitlines() if not line.startswith(_HEADER_LINES)]
    CATALOGUE.write_text("\n".join(kept) + "\n", encoding="utf-8")
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(catalogue))
    return [str(message.id) for message in catalogue if message.id and not is_translated(message.string)]


def is_translated(words: str | Iterable[str] | None) -> bool:
    """Whether a message has words in all its forms."""
    if words is None or isinstance(words, str):
        return bool(words)
    forms = list(words)
    return bool(forms) and all(forms)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it at run time."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Update the catalogue; 1 while translations are missing."""
    lacking = update_catalogue()
    sys.stdout.write("".join(f"no translation yet: {message}\n" for message in lacking))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
