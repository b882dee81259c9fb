"""The itemised list of an application's messages as CSV, a page of the database at a time, however long the month."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from spojka.network.messaging.billing.itemising import ItemisedMessage, ItemisedPage
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.wording import language
from spojka.terms.clauses import Language

AT_ONCE: Final = 1000
MOST_PAGES: Final = 1000
"""A million messages; the rest of a longer list is asked for by the id in the last line."""
HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "cs": (
        "přijato",
        "odesláno",
        "druh",
        "příjemce",
        "odesílatel",
        "síť",
        "priorita",
        "díly",
        "cena_kc_bez_dph",
        "nese",
        "zpráva",
    ),
    "en": (
        "accepted_at",
        "dispatched_at",
        "kind",
        "recipient",
        "sender",
        "network",
        "priority",
        "parts",
        "price_czk_net",
        "borne_by",
        "message",
    ),
}
_WORDS: Final[dict[Language, dict[bool, tuple[str, str]]]] = {
    "cs": {True: ("ano", "poskytovatel"), False: ("ne", "účastník")},
    "en": {True: ("yes", "provider"), False: ("no", "subscriber")},
}
"""Priority or not, and who bears the price."""


def _row(one: ItemisedMessage, said: Language) -> tuple[object, ...]:
    return (
        one.accepted_at.isoformat(),
        one.dispatched_at.isoformat(),
        one.kind.upper(),
        one.recipient,
        one.sender,
        one.network,
        _WORDS[said][one.priority][0],
        one.parts,
        "" if one.price is None else f"{one.price.amount:f}",
        _WORDS[said][one.borne_by_provider][1],
        one.id,
    )


def _lines(request: HttpRequest, asked: dict[str, object], first: ItemisedPage, said: Language) -> Iterator[bytes]:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADS[said])
    page: ItemisedPage = first
    for _ in range(MOST_PAGES):
        lines.writerows(_row(one, said) for one in page.messages)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
        if page.next_after is None:
            return
        page = ask(request, "messages.itemised", {**asked, "after": page.next_after})


@require_safe
def messages_csv(request: HttpRequest, service: UUID) -> StreamingHttpResponse:
    """Dispatched messages of a month (RFC 4180, UTF-8), heads in the visitor's language, prices exact (o2/1.4)."""
    asked: dict[str, object] = {"application": service, "limit": AT_ONCE}
    for name in ("period", "after"):
        if request.GET.get(name):
            asked[name] = request.GET[name]
    first: ItemisedPage = ask(request, "messages.itemised", asked)
    name = f"{'zpravy' if language() == 'cs' else 'messages'}-{str(service)[-12:]}-{asked.get('period', 'now')}.csv"
    return StreamingHttpResponse(
        _lines(request, asked, first, language()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
