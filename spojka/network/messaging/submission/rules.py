"""The checks of a submission in their order; the first that fails is the reason (o2/3.1). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from re import fullmatch
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, day_of, start_of
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.consents.rules import is_covered, refuse_withdrawn
from spojka.network.messaging.messages.records import Class, Destination, Queued
from spojka.network.messaging.recipients import is_number_of, normalise_recipient
from spojka.network.messaging.submission.requests import (
    AUTO,
    Known,
    Recipient,
    Room,
    Sender,
    Shape,
    Submission,
    Taken,
)
from spojka.network.messaging.submission.terms import SubmissionTerms
from spojka.terms.findings import refuse

OTHER_NETWORK: Final = "other_cz"
"""A Czech number of which no network is known is served by another operator (o2/3.1)."""
FOREIGN: Final = "foreign"


def decide(
    asked: Submission,
    shape: Shape | Refusal,
    *,
    card: Card,
    room: Room,
    known: Known,
    terms: SubmissionTerms,
    at: datetime,
) -> Taken | Refusal:
    """
    Decide one submission and count it into what its application may still send.

    Args:
        asked: the submission.
        shape: coding and parts of what it carries, or why it cannot be carried.
        card: the application.
        room: what the application may still send; counted down when the message is accepted, else left alone.
        known: what was looked up.
        terms: what binds.
        at: the instant of acceptance.

    """
    refusal = refuse_state(card) or refuse_kind(asked, card, terms) or refuse_size(asked, shape, terms)
    if refusal is not None:
        return refusal
    assert isinstance(shape, Shape), shape
    class_ = class_of(asked, card, terms)
    if isinstance(class_, Refusal):
        return class_
    number = known.numbers[asked.to] if asked.to in known.numbers else normalise_recipient(asked.to, terms)
    recipient = None if number is None else recipient_of(number, known, terms)
    sender = sender_of(asked, card, recipient.destination if recipient else None, terms)
    if isinstance(sender, Refusal):
        return sender
    if recipient is None:
        return refuse("RECIPIENT_INVALID", terms.default_home_mobile_prefixes, figures={"recipient": asked.to})
    refusal = (
        refuse_abroad(sender, recipient, terms)
        or refuse_unwanted(asked, recipient.number, card=card, known=known, terms=terms, at=at)
        or refuse_unanswerable(asked, sender, card, terms)
        or refuse_limits(shape.parts, card, room, terms, at=at)
        or refuse_queue(asked, shape.parts, class_, card=card, queued=room.queued, terms=terms, at=at)
    )
    if refusal is not None:
        return refusal
    place = room.queued.ahead(class_)
    taken = Taken(class_, recipient, sender, shape, place, leaves_at(asked, place, card.rate_per_s, at))
    room.day_used += shape.parts
    room.month_used += shape.parts
    room.queued = room.queued.plus(class_, shape.parts, later=asked.not_before is not None and asked.not_before > at)
    return taken


def refuse_state(card: Card) -> Refusal | None:
    """Why the service does not send at all."""
    if card.state == "ended":
        return Refusal("SERVICE_TERMINATED", ("o2/3.4",), {"ended_on": None})
    if card.state != "active":
        return Refusal("SERVICE_NOT_ACTIVE", ("o2/10.3",), {"state": card.state})
    return card.held


def refuse_kind(asked: Submission, card: Card, terms: SubmissionTerms) -> Refusal | None:
    """SMS on a product for MMS, or the other way."""
    carried = terms.carried[card.product].message_type
    if asked.kind == carried.value:
        return None
    figures = {"kind": asked.kind, "product": card.product}
    return refuse("MESSAGE_TYPE_NOT_SUPPORTED", carried, terms.numbers_per_application, figures=figures)


def refuse_size(asked: Submission, shape: Shape | Refusal, terms: SubmissionTerms) -> Refusal | None:
    """A text that cannot be carried is refused, never cut or altered (o2/7.1)."""
    if isinstance(shape, Refusal):
        return shape
    if asked.kind == "mms":
        size, most = len(asked.data or b""), terms.default_max_mms_bytes
        too_long = size > most.value
        figures = {"size": size, "most": most.value, "unit": "B"}
    else:
        most = terms.default_max_sms_parts
        too_long = shape.parts > most.value
        figures = {"size": shape.parts, "most": most.value, "unit": "SMS"}
    return refuse("MESSAGE_TOO_LONG", most, figures=figures) if too_long else None


def class_of(asked: Submission, card: Card, terms: SubmissionTerms) -> Class | Refusal:
    """The class of a message: the URL decides, and the message's own parameter must agree (o2/2.2, o2/5.1-d)."""
    wants = asked.url == "priority" or asked.priority is True
    if wants and card.product not in terms.priority_products.value:
        figures = {"product": card.product, "products": list(terms.priority_products.value)}
        return refuse("PRIORITY_NOT_AVAILABLE", terms.priority_products, figures=figures)
    if asked.url == "standard" and asked.priority is True:
        return refuse("PRIORITY_REQUIRES_PRIORITY_URL", terms.separate_priority_url)
    if asked.url == "priority" and asked.priority is False:
        return refuse("PRIORITY_URL_REQUIRES_PRIORITY", terms.separate_priority_url)
    return asked.url


def recipient_of(number: str, known: Known, terms: SubmissionTerms) -> Recipient:
    """Where a number is: the network that serves it decides, never its prefix (o2/3.1)."""
    if not number.startswith(terms.home_country_prefix.value):
        return Recipient(number, FOREIGN, "foreign")
    network = known.networks.get(number, OTHER_NETWORK)
    own = network in terms.mo_to_app_number_networks.value
    return Recipient(number, network, "own" if own else "other_cz")


def sender_of(asked: Submission, card: Card, to: Destination | None, terms: SubmissionTerms) -> Sender | Refusal:
    """
    Who a message is from; `auto` is the number that the recipient can answer (o2/3.1, o2/2.5).

    An unknown destination (`None`) is decided as another network; the recipient's own check comes later.
    """
    wanted = asked.sender
    if wanted == AUTO:
        wanted = card.app_number if to == "own" else card.msisdn
    if is_number_of(wanted, card.app_number) and not _is_anothers(wanted, card.app_number, terms):
        return Sender(wanted, "app_number", to == "own")
    if wanted in {card.msisdn, card.msisdn.removeprefix(terms.home_country_prefix.value)}:
        return Sender(card.msisdn, "msisdn", reply_possible=True)
    if wanted.lstrip("+").isdigit():
        return refuse("SENDER_NOT_ASSIGNED", terms.numbers_per_application, figures={"sender": wanted})
    if card.product not in terms.nickname_products.value:
        figures = {"product": card.product, "products": list(terms.nickname_products.value)}
        return refuse("NICKNAME_NOT_AVAILABLE", terms.nickname_products, figures=figures)
    registered = card.nicknames.get(wanted.strip().casefold())
    if registered is None:
        return refuse("NICKNAME_NOT_ACTIVE", terms.nickname_products, figures={"nickname": wanted})
    return Sender(registered, "nickname", reply_possible=False)


def _is_anothers(wanted: str, own: str, terms: SubmissionTerms) -> bool:
    """Whether digits behind an own number make it one that is given to others: its holder alone sends from it."""
    longer = [wanted[:size] for size in range(len(own) + 1, len(wanted) + 1)]
    patterns = [one.pattern.value for one in terms.number_pool.values()] if longer else []
    return any(fullmatch(pattern, number) for pattern in patterns for number in longer)


def refuse_abroad(sender: Sender, recipient: Recipient, terms: SubmissionTerms) -> Refusal | None:
    """A nickname is not shown abroad, and no other sender is put in its place (o2/2.5)."""
    if sender.kind != "nickname" or recipient.destination != "foreign" or terms.nickname_abroad_supported.value:
        return None
    figures = {"nickname": sender.number, "recipient": recipient.number}
    return refuse("NICKNAME_ABROAD_NOT_SUPPORTED", terms.nickname_abroad_supported, figures=figures)


def refuse_unwanted(
    asked: Submission, number: str, *, card: Card, known: Known, terms: SubmissionTerms, at: datetime
) -> Refusal | None:
    """A withdrawal stops messages; a missing consent stops them where consents are enforced (o2/8.1)."""
    pair = (card.party, number)
    refusal = refuse_withdrawn(asked.purpose, pair, known.standing, at=at, required=terms.consent_required)
    if refusal is None and card.enforces_consent and not is_covered(asked.purpose, pair, known.standing):
        return refuse("CONSENT_MISSING", terms.consent_required, figures={"recipient": number})
    return refusal


def refuse_unanswerable(asked: Submission, sender: Sender, card: Card, terms: SubmissionTerms) -> Refusal | None:
    """Nobody answers a nickname, so what it advertises needs another stated way out (o2/8.1)."""
    if sender.kind != "nickname" or asked.purpose != "commercial" or card.opt_out_stated:
        return None
    return refuse("OPT_OUT_ROUTE_MISSING", terms.consent_required, figures={"nickname": sender.number})


def refuse_limits(parts: int, card: Card, room: Room, terms: SubmissionTerms, *, at: datetime) -> Refusal | None:
    """A message fits into both limits as a whole or is refused; the month's refusal comes first (o2/3.3)."""
    if room.month_used + parts <= card.month_limit and room.day_used + parts <= card.day_limit:
        return None
    today = day_of(at)
    for code, used, limit, retry_on in (
        ("MONTHLY_LIMIT_EXCEEDED", room.month_used, card.month_limit, Period.containing(today).ends_on),
        ("DAILY_LIMIT_EXCEEDED", room.day_used, card.day_limit, today + timedelta(days=1)),
    ):
        if used + parts > limit:
            figures = {"limit": limit, "used": used, "parts": parts, "retry_at": start_of(retry_on)}
            return refuse(code, terms.limit_periods, figures=figures)
    return None


def refuse_queue(
    asked: Submission, parts: int, class_: Class, *, card: Card, queued: Queued, terms: SubmissionTerms, at: datetime
) -> Refusal | None:
    """
    Two answers to an overload: no room in the queue now, or the message would expire before its turn (o2/4.1).

    Each of an application's two queues holds so many parts, so that standard messages take no room from priority ones.
    """
    most, waits = terms.default_queue_parts_max, queued.of(class_)
    if waits + parts > most.value:
        free_at = expected_at(waits + parts - most.value, card.rate_per_s, at)
        return refuse("QUEUE_FULL", most, figures={"queued": waits, "most": most.value, "retry_at": free_at})
    if asked.expires_at is None:
        return None
    turn_at = leaves_at(asked, queued.ahead(class_), card.rate_per_s, at)
    if turn_at < asked.expires_at:
        return None
    return refuse("WOULD_EXPIRE", most, figures={"expires_at": asked.expires_at, "expected_at": turn_at})


def leaves_at(asked: Submission, place: int, rate_per_s: Fraction, at: datetime) -> datetime:
    """When a message is expected to leave behind so many parts, and not before it is to."""
    turn_at = expected_at(place, rate_per_s, at)
    return turn_at if asked.not_before is None else max(turn_at, asked.not_before)


def expected_at(queued: int, rate_per_s: Fraction, at: datetime) -> datetime:
    """
    When the next message leaves behind so many parts of its application.

    >>> from datetime import UTC
    >>> expected_at(6, Fraction(5), datetime(2026, 2, 1, tzinfo=UTC)).isoformat()
    '2026-02-01T00:00:01.200000+00:00'
    """
    return at + timedelta(microseconds=-(-queued * 1_000_000 * rate_per_s.denominator // rate_per_s.numerator))
