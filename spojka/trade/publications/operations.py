"""Publishing editions, and bringing a provider's pack into a tenant."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spojka.access.events.store import publish as tell
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.terms.editions import Edition, EditionNotReadable, read_edition
from spojka.terms.figures import UnsaidFigure, unsaid_figures
from spojka.terms.refusals import define_refusal
from spojka.trade.publications.announcing import announce_edition
from spojka.trade.publications.checks import refuse_edition
from spojka.trade.publications.packs import Pack, PackDocument
from spojka.trade.publications.shelf import pack_of

define_refusal(
    "EDITION_NOT_READABLE",
    cs="Vydání nelze zveřejnit: {source}, řádek {line}: {problem}.",
    en="The edition cannot be published: {source}, line {line}: {problem}.",
)
define_refusal(
    "FIGURE_NOT_SAID",
    cs="Vydání nelze zveřejnit: {source}, řádek {line}: čl. {clause} nastavuje {term} na {value}, ale jeho slova"
    " ({language}) neříkají {figures}.",
    en="The edition cannot be published: {source}, line {line}: clause {clause} sets {term} to {value}, but its words"
    " ({language}) do not say {figures}.",
)
define_refusal(
    "DOCUMENT_UNKNOWN",
    cs="Dokument {document} v balíčku poskytovatele není. Zná tyto: {known}.",
    en="The provider's pack has no document {document}. It has: {known}.",
)
define_refusal(
    "EDITION_EXISTS",
    cs="Dokument {document} už má vydání {edition} v jiném znění. Zveřejněné znění se nemění, vydejte nové.",
    en="The document {document} already has an edition {edition} in other words. What is published never changes;"
    " publish a new edition.",
)
define_refusal(
    "VERSION_CONFLICT",
    cs="Vydání {edition} dokumentu {document} nelze zveřejnit: od {effective_from} už platí jiné. Zvolte jiný den.",
    en="The edition {edition} of {document} cannot be published: another one is in force from {effective_from}."
    " Choose another day.",
)
define_refusal(
    "VALID_FROM_MISSING",
    cs="Vydání neříká, odkdy platí. Doplňte effective_from.",
    en="The edition does not say from when it is valid. Add effective_from.",
)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: how many editions were new, of how many in the pack."""

    editions: int
    new: int


@lru_cache(maxsize=64)
def _read(text: str, source: str, cites_as: str) -> tuple[Edition, UnsaidFigure | None]:
    """
    An edition's text read, and the first figure that its words do not say.

    Packs are brought into many tenants, and each text is read once.
    """
    edition = read_edition(text, source=source, cites_as=cites_as)
    return edition, next(iter(unsaid_figures(edition, text)), None)


def _refuse_unsaid(unsaid: UnsaidFigure, source: str) -> Refusal:
    figures = {
        "source": source,
        "line": unsaid.line,
        "clause": unsaid.clause,
        "term": unsaid.term,
        "value": str(unsaid.value),
        "language": unsaid.language,
        "figures": ", ".join(unsaid.figures),
    }
    return Refusal("FIGURE_NOT_SAID", (), figures)


def _put(ctx: Context, document: PackDocument, text: str, source: str) -> bool | Refusal:
    if "effective_from" not in text:
        return Refusal("VALID_FROM_MISSING", pack_of(ctx).rests_on("edition_valid_from"))
    try:
        edition, unsaid = _read(text, source, document.cites_as)
    except EditionNotReadable as bad:
        return Refusal(
            "EDITION_NOT_READABLE",
            (),
            {"source": bad.source, "line": bad.line, "problem": bad.problem},
        )
    if unsaid is not None:
        return _refuse_unsaid(unsaid, source)
    refusal = refuse_edition(ctx, document.kind, edition)
    if refusal is not None:
        return refusal
    row = ctx.db.execute(
        "INSERT INTO publication (tenant_id, document, edition, cites_as, kind, effective_from, body, digest,"
        " published_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING edition",
        [
            ctx.tenant,
            edition.document,
            edition.edition,
            document.cites_as,
            document.kind,
            edition.effective_from,
            text,
            edition.digest,
            ctx.now,
        ],
    ).fetchone()
    if row is not None:
        announce_edition(ctx, document, edition)
        return True
    same = ctx.db.execute(
        "SELECT 1 AS there FROM publication WHERE tenant_id = %s AND document = %s AND edition = %s AND digest = %s",
        [ctx.tenant, edition.document, edition.edition, hashlib.sha256(text.encode()).hexdigest()],
    ).fetchone()
    if same is not None:
        return False
    return _refuse_second(ctx, edition)


def _refuse_second(ctx: Context, edition: Edition) -> Refusal:
    """Why an edition cannot stand beside what is published: its name or its first day is another one's."""
    figures = {"document": edition.document, "edition": edition.edition, "effective_from": edition.effective_from}
    named = ctx.db.execute(
        "SELECT 1 AS there FROM publication WHERE tenant_id = %s AND document = %s AND edition = %s",
        [ctx.tenant, edition.document, edition.edition],
    ).fetchone()
    if named is not None:
        return Refusal("EDITION_EXISTS", (), figures)
    return Refusal("VERSION_CONFLICT", pack_of(ctx).rests_on("edition_conflict"), figures)


@operation(
    "publications.publish",
    permission="publications.write",
    refusals=(
        "EDITION_NOT_READABLE",
        "FIGURE_NOT_SAID",
        "DOCUMENT_UNKNOWN",
        "EDITION_EXISTS",
        "VERSION_CONFLICT",
        "VALID_FROM_MISSING",
        "WRONG_PRICE_UNIT",
    ),
)
def publish(ctx: Context, *, text: str, source: str = "edition.toml") -> Published | Refusal:
    """
    Publish one edition from its TOML; a text that is already published changes nothing.

    Every figure that a clause sets must stand in its words, in both languages.
    """
    pack = pack_of(ctx)
    code = text.partition('document = "')[2].partition('"')[0]
    document = pack.documents.get(code)
    if document is None:
        return Refusal("DOCUMENT_UNKNOWN", (), {"document": code, "known": ", ".join(pack.documents)})
    new = _put(ctx, document, text, source)
    if isinstance(new, Refusal):
        return new
    if new:
        tell(ctx, kind="edition_published", key="publications", body={"document": code, "source": source})
    return Published(1, int(new))


def _wanted(file: Path, editions: list[str]) -> bool:
    names = {f"{file.parent.name}@{file.stem}", file.stem}
    documents = {wish.partition("@")[0] for wish in editions if "@" in wish}
    if file.parent.name in documents:
        return f"{file.parent.name}@{file.stem}" in editions
    return not editions or bool(names & set(editions)) or all("@" in wish for wish in editions)


def publish_pack(ctx: Context, pack: Pack, editions: list[str]) -> Published | Refusal:
    """Publish a pack's editions; `editions` like `price-list@2021-08` narrow a document to the named ones."""
    files = [(document, file) for document, file in pack.edition_files() if _wanted(file, editions)]
    added = 0
    for document, file in files:
        outcome = _put(ctx, document, file.read_text(encoding="utf-8"), str(file.name))
        if isinstance(outcome, Refusal):
            return outcome
        added += outcome
    return Published(len(files), added)
