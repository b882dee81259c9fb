"""One message as a page tells it: its life, what was decided at acceptance, the consent, the clauses, the price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_id
from spojka.journeys.overview.message_prices import PricedLine, priced_lines
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of, start_of
from spojka.network.messaging.applications.cards import read_cards
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.consents.queries import Said, evidence_of
from spojka.network.messaging.messages.finding import parts_between
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.messages.queries import LifeView, life_view

MOST_COUNTED: Final = 100_000
"""Messages of a day that are counted for one page; where there were more, the page says at least."""

CLAUSES: Final = (
    "o2/1.4",
    "o2/2.2",
    "o2/2.5",
    "o2/3.1",
    "o2/3.3",
    "o2/4.1",
    "o2/4.2",
    "o2/4.3",
    "o2/5.1-d",
    "o2/6.3",
    "o2/7.1",
    "o2/8.1",
)
"""What decides how a message is accepted, sent and charged."""


@dataclass(frozen=True, slots=True)
class ConsentKept:
    """
    What stood on record of the recipient's wish.

    Args:
        own_number: the recipient's number is the subscriber's own, which needs no consent.
        covered: a consent stood when the message was received.
        withdrawn_at: since when the recipient did not want it.
        said: the latest consent before receipt.
        enforced: the application sends only where a consent is on record; else its subscriber vouches.

    """

    own_number: bool
    covered: bool
    withdrawn_at: datetime | None
    said: Said | None
    enforced: bool


@dataclass(frozen=True, slots=True)
class RoomThen:
    """
    What the application could send when the message was accepted.

    Args:
        rate_per_s: its pace.
        day_limit, month_limit: the limits then.
        day_before: parts accepted before it on its day.
        counted: whether all of them were counted; else there were more.

    """

    rate_per_s: Fraction
    day_limit: int
    month_limit: int
    day_before: int
    counted: bool


@dataclass(frozen=True, slots=True)
class MessageStory:
    """
    A message from acceptance to its end, with what each decision rests on.

    Args:
        application, product, app_number: whose it is.
        prices: what it stands for on the bill; nothing while nothing was handed over, and for whoever sees no charges.
        clauses: by id, in the words of the day of acceptance.

    """

    life: LifeView
    application: str
    product: str
    app_number: str
    room: RoomThen
    consent: ConsentKept | None
    prices: list[PricedLine]
    clauses: dict[str, ClauseWords]


@query(
    "messages.story",
    permission="messages.read",
    customers=True,
    refusals=("APPLICATION_UNKNOWN", "MESSAGE_NOT_FOUND"),
)
def message_story(ctx: Context, *, application: ServiceId, message: UUID) -> MessageStory | Refusal:
    """One message told whole: what was decided at acceptance and why, what happened, the consent (o2/3.1, 6.3, 8.1)."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("APPLICATION_UNKNOWN", (), {"application": application})
    found = lives_of(ctx, application, [message])
    if not found:
        return Refusal("MESSAGE_NOT_FOUND", (), {"id": message})
    life = life_view(ctx, found[0])
    at = life.message.accepted_at
    named = [clause for event in life.events for clause in event.detail.get("clauses", ())]
    return MessageStory(
        life,
        row["name"],
        row["product"],
        row["app_number"],
        _room(ctx, application, message, at),
        _consent(ctx, message, enforced=row["consent_mode"] == "enforce"),
        priced_lines(ctx, found[0], row["signed_on"]) if ctx.actor.may("charges.read") else [],
        clauses_by_id(ctx, [*CLAUSES, *named], day_of(at)),
    )


def _room(ctx: Context, application: ServiceId, message: UUID, at: datetime) -> RoomThen:
    """The limits and the pace as they stood at an instant."""
    (card,) = read_cards(replace(ctx, now=at), [application], {})
    day = start_of(day_of(at))
    before = parts_between(ctx, application, from_at=day, before=message, most=MOST_COUNTED)
    return RoomThen(
        card.rate_per_s, card.day_limit, card.month_limit, before.parts, counted=before.messages < MOST_COUNTED
    )


def _consent(ctx: Context, message: UUID, *, enforced: bool) -> ConsentKept | None:
    found = evidence_of(ctx, message)
    if found is None:
        return None
    return ConsentKept(found.own_number, found.consented, found.withdrawn_at, found.consent, enforced)
