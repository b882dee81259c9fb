"""Messages from mobile numbers: put together, placed with the application dialled, or refused (o2/3.1, o2/3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

import structlog

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.records import Arrived, Kind
from spojka.network.messaging.recipients import is_dialled, is_number_of
from spojka.network.messaging.sending.parts import LongMessages, given_up, long_key
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm
from spojka.network.messaging.smpp.receipts import has_udh
from spojka.network.messaging.smpp.statuses import ESME_RINVDSTADR, ESME_RX_P_APPN, ESME_RX_R_APPN
from spojka.network.messaging.submission.networks import NetworkTerms, networks_of
from spojka.network.messaging.text.codings import Incoming, read_incoming
from spojka.network.messaging.text.joining import Joined
from spojka.trade.publications.shelf import shelf_of

_log = structlog.get_logger(__name__)

STATUSES: Final[Mapping[str, int]] = {
    "UNKNOWN_APPLICATION_NUMBER": ESME_RINVDSTADR,
    "NOT_REACHABLE_FROM_NETWORK": ESME_RX_R_APPN,
    "MESSAGE_TYPE_NOT_SUPPORTED": ESME_RX_R_APPN,
    "SERVICE_NOT_ACTIVE": ESME_RX_P_APPN,
    "SERVICE_SUSPENDED": ESME_RX_P_APPN,
    "SERVICE_TERMINATED": ESME_RX_P_APPN,
}
"""What a centre is answered to a message that is refused; after each of them it gives the message up."""

_APPLICATIONS: Final = """
SELECT a.id, a.party_id, a.product, a.app_number, a.msisdn, s.state,
    EXISTS (SELECT 1 FROM service_hold h WHERE h.tenant_id = a.tenant_id AND h.service_id = a.id
        AND h.scope = 'both' AND h.released_at IS NULL) AS held
FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id
WHERE a.tenant_id = %s AND a.closed_at IS NULL AND (a.app_number = ANY(%s) OR a.msisdn = ANY(%s))
"""
_CLOSED: Final = _APPLICATIONS.replace("closed_at IS NULL", "closed_at IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Came:
    """A message as a centre handed it over: the way, who sent it, which number was dialled, and its octets."""

    link: str
    source: str
    dialled: str
    octets: bytes
    data_coding: int
    has_header: bool

    @classmethod
    def read(cls, pdu: DeliverSm | DataSm, *, link: str) -> Came:
        """What stands in a request."""
        return cls(
            link,
            f"+{pdu.source_addr.lstrip('+')}",
            pdu.destination_addr.lstrip("+"),
            pdu.content,
            pdu.data_coding,
            has_udh(pdu.esm_class),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one request: its status, what is complete now, and the code of its refusal or `""`."""

    status: int
    arrived: tuple[Arrived, ...] = ()
    refused: str = ""


def take(ctx: Context, came: Sequence[Came]) -> list[Taken]:
    """
    Place messages; parts of long ones are kept until the rest is there (o2/3.1).

    What is refused is not kept; it is logged by its code, without what it says.
    """
    terms = shelf_of(ctx).sheet(ArrivalTerms, ctx.today)
    networks = networks_of(ctx, {one.source for one in came}, shelf_of(ctx).sheet(NetworkTerms, ctx.today))()
    applications = applications_of(ctx, {one.dialled for one in came})
    expires_at = ctx.now + timedelta(hours=terms.mo_retention_hours.value)
    said = [read_incoming(one.octets, data_coding=one.data_coding, has_header=one.has_header) for one in came]
    messages = LongMessages(
        ctx,
        {
            long_key(one.source, one.dialled, read.header.part)
            for one, read in zip(came, said, strict=True)
            if read.header is not None and read.header.part is not None
        },
    )
    taken: list[Taken] = []
    for one, read in zip(came, said, strict=True):
        row = applications.get(one.dialled)
        network = networks.get(one.source, "")
        refused = refusal_of(row, one.dialled, network, "sms", terms)
        if refused:
            _log.info("message_turned_away", code=refused, link=one.link, dialled=one.dialled, network=network)
            taken.append(Taken(STATUSES[refused], refused=refused))
            continue
        assert row is not None
        arrived = [
            _arrived(row, one.source, one.dialled, content, network=network, at=ctx.now, expires_at=expires_at)
            for content in _contents(messages, one, read)
        ]
        taken.append(Taken(0, tuple(arrived)))
    messages.keep()
    return taken


def incomplete(ctx: Context) -> list[Arrived]:
    """Long messages that are given to their applications as far as they came, for the rest did not come in time."""
    due = list(given_up(ctx))
    if not due:
        return []
    terms = shelf_of(ctx).sheet(ArrivalTerms, ctx.today)
    sources = {one.key.source for one in due}
    networks = networks_of(ctx, sources, shelf_of(ctx).sheet(NetworkTerms, ctx.today))()
    applications = applications_of(ctx, {one.key.destination for one in due})
    expires_at = ctx.now + timedelta(hours=terms.mo_retention_hours.value)
    return [
        _arrived(
            applications[one.key.destination],
            one.key.source,
            one.key.destination,
            _of_joined(one),
            network=networks.get(one.key.source, ""),
            at=ctx.now,
            expires_at=expires_at,
        )
        for one in due
        if one.key.destination in applications and applications[one.key.destination]["state"] != "ended"
    ]


def _contents(messages: LongMessages, one: Came, said: Incoming) -> list[dict[str, Any]]:
    """What is complete: the message itself, or what its part completes."""
    part = said.header.part if said.header is not None else None
    if part is None:
        return [_content(said)]
    joined = messages.add(
        said,
        part,
        link=one.link,
        source=one.source,
        dialled=one.dialled,
        octets=one.octets,
        data_coding=one.data_coding,
    )
    return [_of_joined(found) for found in joined]


def applications_of(ctx: Context, dialled: set[str]) -> dict[str, Row]:
    """
    Applications by the number that was dialled, as it was dialled, with or without digits that name a user behind it.

    The longest number takes it, a closed application's too: what was for that one is not for whoever has a shorter
    number. A closed one is found where nobody else has its number.
    """
    found = _applications(ctx, dialled, _APPLICATIONS)
    missing = dialled - found.keys()
    return found | _by_beginning(ctx, missing) if missing else found


def _by_beginning(ctx: Context, dialled: set[str]) -> dict[str, Row]:
    """Applications whose number is the longest beginning of what was dialled: the digits behind it name a user."""
    beginnings = {one: [one[:size] for size in range(len(one), 0, -1)] if is_dialled(one) else [one] for one in dialled}
    asked = {each for every in beginnings.values() for each in every}
    known = _applications(ctx, asked, _CLOSED) | _applications(ctx, asked, _APPLICATIONS)
    longest = {
        one: next((each for each in every if each in known and each in {one, known[each]["app_number"]}), "")
        for one, every in beginnings.items()
    }
    return {one: known[number] for one, number in longest.items() if number}


def _applications(ctx: Context, dialled: set[str], statement: LiteralString) -> dict[str, Row]:
    rows = ctx.db.execute(statement, [ctx.tenant, list(dialled), [f"+{number}" for number in dialled]]).fetchall()
    found: dict[str, Row] = {}
    for row in rows:
        for number in (row["app_number"], row["msisdn"].lstrip("+")):
            if number in dialled:
                found[number] = row
    return found


def refusal_of(row: Row | None, dialled: str, network: str, kind: Kind, terms: ArrivalTerms) -> str:
    """
    The code by which a message from a mobile is refused, or `""` where it is taken (o2/3.1, 3.4, 9.1).

    An application number is reached from the own networks alone, an MSISDN from all.

    Args:
        row: the application that the number belongs to; `None` where it belongs to none.
        dialled: in digits.
        network: of the sender, now.
        kind: what came.
        terms: who reaches an application.

    """
    if row is None:
        return "UNKNOWN_APPLICATION_NUMBER"
    if row["state"] == "ended":
        return "SERVICE_TERMINATED"
    if row["held"]:
        return "SERVICE_SUSPENDED"
    if row["state"] != "active":
        return "SERVICE_NOT_ACTIVE"
    if terms.carried[row["product"]].message_type.value != kind:
        return "MESSAGE_TYPE_NOT_SUPPORTED"
    if is_number_of(dialled, row["app_number"]) and network not in terms.mo_to_app_number_networks.value:
        return "NOT_REACHABLE_FROM_NETWORK"
    return ""


def _arrived(
    row: Row, source: str, dialled: str, content: dict[str, Any], *, network: str, at: datetime, expires_at: datetime
) -> Arrived:
    shown = dialled if is_number_of(dialled, row["app_number"]) else f"+{dialled}"
    return Arrived(uuid7(), ServiceId(UUID(str(row["id"]))), "sms", source, network, shown, content, at, expires_at)


def _content(said: Incoming) -> dict[str, Any]:
    if said.text is None:
        return {"octets": said.payload.hex()}
    return _kept(said.text, exact=said.exact)


def _kept(text: str, *, exact: bool = True) -> dict[str, Any]:
    """A text as it is kept; a sign stands for U+0000, which no text of the database may hold."""
    if "\0" in text:
        text, exact = text.replace("\0", "\ufffd"), False
    return {"text": text} if exact else {"text": text, "exact": False}


def _of_joined(found: Joined) -> dict[str, Any]:
    if found.partial:
        return {**_kept(" … ".join(found.runs), exact=False), "missing": list(found.missing)}
    return _kept(found.text) if found.text is not None else {"octets": (found.payload or b"").hex()}
