"""What a text would take and cost, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.applications.cards import read_cards
from spojka.network.messaging.messages.records import Class, Destination
from spojka.network.messaging.prices.lists import PriceList
from spojka.network.messaging.recipients import normalise_recipient
from spojka.network.messaging.submission.networks import NetworkTerms, networks_of
from spojka.network.messaging.submission.requests import AUTO, Coding, Known, Sender, Submission
from spojka.network.messaging.submission.rules import recipient_of, sender_of
from spojka.network.messaging.submission.terms import SubmissionTerms
from spojka.network.messaging.text.parts import Uncarried
from spojka.network.messaging.text.previewing import preview
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import service_row


@dataclass(frozen=True, slots=True)
class TextPreview:
    """
    What a text would take.

    Args:
        parts: how many SMS it is.
        coding: `gsm7` or `ucs2`.
        units: its length; `fits`: how many units so many SMS have room for.
        texts: what each of them carries.
        because: the characters that make it UCS-2, each once, the first ones.
        plain_parts: how many SMS with those characters replaced, where that saves some.
        cs, en: all that in words.
        fits_a_message: whether it is within the most SMS that one message may have.
        sender: what the recipient would see, `""` while that is not known.
        destination: `own`, `other_cz`, `foreign`; `None` before there is a whole number.
        price: without VAT once every part left; `None` where the list has none or the destination is not known.

    """

    parts: int
    coding: str
    units: int
    fits: int
    texts: list[str]
    because: list[str]
    plain_parts: int | None
    cs: str
    en: str
    fits_a_message: bool
    sender: str
    destination: Destination | None
    price: Money | None


@query(
    "messages.preview", permission="messages.read", customers=True, refusals=("APPLICATION_UNKNOWN", "ENCODING_ERROR")
)
def preview_text(
    ctx: Context,
    *,
    application: ServiceId,
    text: str,
    to: str = "",
    sender: str = AUTO,
    url: Class = "standard",
    coding: Coding = "auto",
) -> TextPreview | Refusal:
    """How many SMS a text is, why, and what it costs to a number; nothing is sent, and nothing refused for length."""
    service = service_row(ctx, application)
    cards = read_cards(ctx, [application], {}) if service is not None else []
    if service is None or not cards:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    found = preview(text, wish=coding)
    if isinstance(found, Uncarried):
        lone = found.characters[0]
        figures = {"character": f"U+{ord(lone.character):04X}", "position": lone.position}
        return Refusal("ENCODING_ERROR", ("o2/7.1",), figures)
    terms = shelf_of(ctx).sheet(SubmissionTerms, ctx.today)
    asked = Submission(application, to, text, sender=sender, url=url)
    destination, seen, price = _sent_to(ctx, asked, cards[0], service, found.parts, terms)
    return TextPreview(
        found.parts,
        found.coding,
        found.units,
        found.fits,
        list(found.texts),
        [one.character for one in found.because],
        found.plain_parts,
        found.explain("cs"),
        found.explain("en"),
        found.parts <= terms.default_max_sms_parts.value,
        "" if seen is None else seen.number,
        destination,
        price,
    )


def _sent_to(  # noqa: PLR0917  # what a price depends on
    ctx: Context, asked: Submission, card: Card, service: Row, parts: int, terms: SubmissionTerms
) -> tuple[Destination | None, Sender | None, Money | None]:
    """Where a message would go, as whom, at which price, as far as what was written says so."""
    number = normalise_recipient(asked.to, terms)
    if number is None:
        return None, None, None
    shelf = shelf_of(ctx)
    networks = networks_of(ctx, {number}, shelf.sheet(NetworkTerms, ctx.today))()
    destination = recipient_of(number, Known(networks), terms).destination
    found = sender_of(asked, card, destination, terms)
    if isinstance(found, Refusal):
        return destination, None, None
    price = PriceList(shelf, ctx.today).price(
        "sms",
        destination,
        nickname=found.kind == "nickname",
        priority=asked.url == "priority",
        parts=parts,
        signed_on=service["signed_on"] or ctx.today,
    )
    return destination, found, price
