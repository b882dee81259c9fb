"""The entries of every document of the reference packs, and what each edition says and sets for them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spojka.terms.editions import Edition, read_edition
from spojka.trade.publications.packs import PROVIDERS, find_pack


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One clause of a document.

    Args:
        id: like `nej/2.11`.
        software: whether software has something to execute.
        title_cs: what it is about.
        title_en: the same in English.

    """

    id: str
    software: bool
    title_cs: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Document:
    """
    A document whose clauses are listed one by one.

    Args:
        code: like `nej-mobil/operating-rules`.
        cites_as: the prefix of its ids.
        entries: in the document's order.
        editions: every edition of the pack.

    """

    code: str
    cites_as: str
    entries: tuple[Entry, ...]
    editions: tuple[Edition, ...]

    @property
    def shown(self) -> frozenset[str]:
        """Ids that an edition has words for in both languages; the portal's page of terms shows them."""
        return frozenset(clause.ref.id for edition in self.editions for clause in edition.clauses.values())

    @property
    def terms(self) -> dict[str, set[str]]:
        """The dotted names of the terms that each clause sets in any edition."""
        found: dict[str, set[str]] = {}
        for edition in self.editions:
            for clause in edition.clauses.values():
                found.setdefault(clause.ref.id, set()).update(clause.sets)
        return found


def packs() -> list[str]:
    """The codes of the reference packs."""
    return sorted(file.parent.name for file in PROVIDERS.glob("*/pack.toml"))


def _listed(file: Path, pack: str) -> Document:
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    found = find_pack(pack)
    described = found.documents[raw["document"]]
    prefix = described.cites_as
    entries = tuple(
        Entry(f"{prefix}/{each['id']}", bool(each["software"]), each["title_cs"], each["title_en"])
        for each in raw["clause"]
    )
    editions = tuple(
        read_edition(path.read_text(encoding="utf-8"), source=str(path), cites_as=prefix)
        for document, path in found.edition_files()
        if document.code == described.code
    )
    return Document(described.code, prefix, entries, editions)


def documents() -> Iterator[Document]:
    """Every document that a pack lists the clauses of (`clauses*.toml`)."""
    for pack in packs():
        for file in sorted((PROVIDERS / pack).glob("clauses*.toml")):
            yield _listed(file, pack)


def known_ids() -> frozenset[str]:
    """Every clause id that may be cited: entries of listed documents, and clauses of all editions of all packs."""
    ids = {entry.id for document in documents() for entry in document.entries}
    for pack in packs():
        for document, file in find_pack(pack).edition_files():
            clauses = tomllib.loads(file.read_text(encoding="utf-8")).get("clause", {})
            ids.update(f"{document.cites_as}/{number}" for number in clauses)
    return frozenset(ids)
