"""Every subscriber with a running application is told of a new edition of the operating conditions (o2/10.2)."""

from __future__ import annotations

from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId
from spojka.terms.editions import Edition
from spojka.terms.wording import in_words
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.announcing import announces_editions
from spojka.trade.publications.packs import PackDocument
from spojka.trade.publications.shelf import pack_of

CONDITIONS: Final = "operating_rules"
"""The type of the document that is told about."""

_SUBSCRIBERS: Final = (
    "SELECT DISTINCT a.party_id FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id"
    " WHERE a.tenant_id = %s AND s.state = 'active'"
)


@announces_editions
def tell_subscribers(ctx: Context, document: PackDocument, edition: Edition) -> None:
    """One notice a subscriber, however many of its applications run; the day it is valid from is in it."""
    if document.kind != CONDITIONS:
        return
    clauses = pack_of(ctx).rests_on("edition_notice")
    cs, en = (in_words(edition.effective_from, language) for language in ("cs", "en"))
    subject = {"cs": f"Nové provozní podmínky od {cs}", "en": f"New operating conditions from {en}"}
    body = {
        "cs": f"{document.titles['cs']}, vydání {edition.edition}, platí od {cs}. Znění i to, co se změnilo, najdete"
        " v portálu mezi podmínkami a na kontaktních místech.",
        "en": f"{document.titles['en']}, edition {edition.edition}, is valid from {en}. The text and what changed are"
        " in the portal among the terms and at the contact points.",
    }
    rows = ctx.db.execute(_SUBSCRIBERS, [ctx.tenant]).fetchall()
    tell(
        ctx,
        [
            NewNotice(
                kind="edition",
                channels=("email", "portal"),
                subject=subject,
                body=body,
                clauses=clauses,
                key=f"edition:{edition.document}@{edition.edition}:{row['party_id']}",
                party=PartyId(row["party_id"]),
            )
            for row in rows
        ],
    )
