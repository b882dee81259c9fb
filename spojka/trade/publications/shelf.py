"""A tenant's shelf of published editions, and which of them bind on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from spojka.access.operations.context import Context
from spojka.terms.clauses import ClauseRef, Language
from spojka.terms.editions import Edition, in_force, read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet
from spojka.trade.publications.packs import Pack, find_pack

S = TypeVar("S")


@dataclass(frozen=True, eq=False)
class Shelf:
    """
    Published editions with their documents' ranks.

    Args:
        pack: the provider's pack.
        editions: all published, in any order.

    """

    pack: Pack
    editions: tuple[Edition, ...]
    _bound: dict[tuple[str, ...], BoundTerms] = field(default_factory=dict)
    _sheets: dict[tuple[BoundTerms, type], object] = field(default_factory=dict)

    def bound(self, on: date, signed_on: date | None = None) -> BoundTerms:
        """The terms that bind a contract made on `signed_on` (default: one made that day) on a day."""
        chosen = in_force(self.editions, on, signed_on)
        key = tuple(sorted(edition.digest for edition in chosen.values()))
        if key not in self._bound:
            ranked = [
                (self.pack.rank(self.pack.documents[edition.document].kind), edition) for edition in chosen.values()
            ]
            self._bound[key] = BoundTerms(tuple(sorted(ranked, key=lambda pair: (pair[0], pair[1].document))))
        return self._bound[key]

    def sheet(self, kind: type[S], on: date, signed_on: date | None = None) -> S:
        """A typed sheet of the terms that bind on a day, read once for the same editions."""
        bound = self.bound(on, signed_on)
        key = (bound, kind)
        if key not in self._sheets:
            self._sheets[key] = read_sheet(kind, bound)
        found = self._sheets[key]
        assert isinstance(found, kind)
        return found

    def missing_kinds(self, product: str, on: date) -> list[str]:
        """Types of documents that a contract for a product needs and that are not in force on a day (nej/1.2)."""
        facts = self.pack.product(product)
        assert facts is not None
        there = {self.pack.documents[code].kind for code in in_force(self.editions, on)}
        return [kind for kind in facts["requires"] if kind not in there]

    def edition(self, document: str, name: str) -> Edition | None:
        """One published edition, or none."""
        return next((one for one in self.editions if (one.document, one.edition) == (document, name)), None)

    def title(self, ref: ClauseRef, language: Language) -> str:
        """A clause named for a reader: `Nej MOBIL, Provozní pravidla 2021-08, čl. 2.11`."""
        document = self.pack.documents.get(ref.document)
        name = document.titles[language] if document else ref.document
        return f"{name} {ref.edition}, {'čl.' if language == 'cs' else 'art.'} {ref.clause}"


_editions: Final[dict[tuple[str, str], Edition]] = {}
"""Editions read by this process, by digest and prefix: a published text never changes."""

_shelves: Final[dict[tuple[str, tuple[str, ...]], Shelf]] = {}
"""Shelves by pack folder and digests, so that sheets are read once."""


def pack_of(ctx: Context) -> Pack:
    """The pack of the tenant in scope."""
    row = ctx.db.execute("SELECT pack FROM tenant WHERE id = %s", [ctx.tenant]).fetchone()
    assert row is not None
    return find_pack(row["pack"])


def shelf_of(ctx: Context) -> Shelf:
    """The tenant's shelf; texts are fetched and read only when they are new to this process."""
    rows = ctx.db.execute(
        "SELECT document, edition, cites_as, digest FROM publication WHERE tenant_id = %s ORDER BY document, edition",
        [ctx.tenant],
    ).fetchall()
    _read(ctx, [row["digest"] for row in rows if (row["digest"], row["cites_as"]) not in _editions])
    pack = pack_of(ctx)
    key = (str(pack.folder), tuple(row["digest"] for row in rows))
    if key not in _shelves:
        _shelves[key] = Shelf(pack, tuple(_editions[row["digest"], row["cites_as"]] for row in rows))
    return _shelves[key]


def _read(ctx: Context, digests: Sequence[str]) -> None:
    if not digests:
        return
    for row in ctx.db.execute(
        "SELECT document, edition, cites_as, digest, body FROM publication WHERE tenant_id = %s AND digest = ANY(%s)",
        [ctx.tenant, list(digests)],
    ).fetchall():
        source = f"{row['document']}@{row['edition']}"
        _editions[row["digest"], row["cites_as"]] = read_edition(row["body"], source=source, cites_as=row["cites_as"])
