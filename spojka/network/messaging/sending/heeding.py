"""Recipients who want no more messages: their word counts from its receipt, and is confirmed once (o2/8.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7_at
from spojka.network.messaging.consents.rules import opts_out
from spojka.network.messaging.consents.standing import Pair, Scope
from spojka.network.messaging.consents.store import Withdrawal, add_withdrawals, standing
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.network.messaging.messages.records import CONFIRMS, REPLACED, Arrived, Destination, Message
from spojka.network.messaging.messages.store import add_messages
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.network.messaging.submission.requests import Shape, Submission
from spojka.network.messaging.submission.shaping import shaped
from spojka.trade.publications.shelf import shelf_of

_SUBSCRIBERS: Final = (
    "SELECT a.id, a.party_id, p.name FROM application a JOIN party p ON p.tenant_id = a.tenant_id AND p.id = a.party_id"
    " WHERE a.tenant_id = %s AND a.id = ANY(%s::uuid[])"
)

Confirm = Callable[[Context, Arrived, str, ArrivalTerms], Message]
"""Makes the answer to a message that withdraws a consent."""


def heed(ctx: Context, arrived: Sequence[Arrived]) -> list[Message]:
    """
    Write what recipients withdraw from the instant of the call on, and one confirmation to each who had not before.

    Returns the confirmations, which wait in the queue; the messages heeded stay in their inboxes.
    """
    texts = [(one, str(one.content["text"])) for one in arrived if one.kind == "sms" and "text" in one.content]
    return withdraw(ctx, texts, _confirmation)


def withdraw(ctx: Context, texts: Sequence[tuple[Arrived, str]], confirm: Confirm) -> list[Message]:
    """
    Write what the words of messages withdraw, and let what confirms it wait in the queue.

    A confirmation comes from the number that was dialled. It is nobody's traffic: no limit counts it, nobody pays it.
    """
    if not texts:
        return []
    terms = shelf_of(ctx).sheet(ConsentRules, ctx.today)
    said = [(one, scope) for one, text in texts if (scope := opts_out(text, terms)) is not None]
    if not said:
        return []
    subscribers: dict[object, Row] = {
        row["id"]: row
        for row in ctx.db.execute(_SUBSCRIBERS, [ctx.tenant, [one.application for one, _ in said]]).fetchall()
    }
    before = standing(ctx, [(subscribers[one.application]["party_id"], one.sender) for one, _ in said])()
    known: dict[Scope, set[Pair]] = {"commercial": set(before.withdrawn), "all": set(before.withdrawn_all)}
    withdrawals: list[Withdrawal] = []
    confirmations: list[Message] = []
    own = shelf_of(ctx).sheet(ArrivalTerms, ctx.today)
    for one, scope in said:
        row = subscribers[one.application]
        pair = (row["party_id"], one.sender)
        withdrawals.append(Withdrawal(*pair, scope, ctx.now, one.kind, str(one.id)))
        if pair not in known[scope]:
            known[scope].add(pair)
            text = terms.default_opt_out_confirmation.value.replace("{subscriber}", row["name"])
            confirmations.append(confirm(ctx, one, text, own))
    add_withdrawals(ctx, withdrawals)
    add_messages(ctx, confirmations)
    return confirmations


def _confirmation(ctx: Context, one: Arrived, text: str, terms: ArrivalTerms) -> Message:
    """An answer to a message, out of what its application may send and what it pays."""
    made = shaped(Submission(one.application, one.sender, text, coding="gsm7-translit"))
    assert isinstance(made.shape, Shape), made.shape
    return Message(
        id=uuid7_at(ctx.now),
        application=one.application,
        kind="sms",
        class_="priority",  # goes before what waits, some of which it has just cancelled
        purpose="service",
        recipient=one.sender,
        sender=one.dialled,
        sender_kind="msisdn" if one.dialled.startswith("+") else "app_number",
        network=one.network,
        destination=destination_of(one, terms),
        coding=made.shape.coding,
        parts=made.shape.parts,
        body=made.body,
        body_hash=made.digest,
        accepted_at=ctx.now,
        options={CONFIRMS: str(one.id), **({REPLACED: made.replaced} if made.replaced else {})},
    )


def destination_of(one: Arrived, terms: ArrivalTerms) -> Destination:
    """The class for prices of an answer to a message."""
    if one.network in terms.mo_to_app_number_networks.value:
        return "own"
    return "other_cz" if one.sender.startswith(terms.home_country_prefix.value) else "foreign"
