"""A provider of the connector with applications and messages of every kind of life, for pages to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import ServiceId, TenantId, uuid7, uuid7_at
from spojka.network.messaging.applications.diagnosis.store import Refused, add_refused
from spojka.network.messaging.certificates.store import add_certificate, change_register
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.records import Arrived, EventKind, Happened, Message
from spojka.trade.services.store import service_row
from tests.network.messaging.certificates.authority import issue
from tests.network.messaging.connector import new_application
from tests.surfaces.shop import PASSWORD, TODAY, done

OPENED = datetime(2026, 1, 5, 8, tzinfo=UTC)
VODAFONE, O2 = "+420777000002", "+420602000001"
DELIVERED: Sequence[EventKind] = ("sent", "delivered")


@dataclass(frozen=True, slots=True)
class ConnectorShop:
    """The provider: ids that tests need; `messages` by what became of them, a `fault` with what was refused."""

    tenant: TenantId
    code: str
    application: ServiceId
    other: ServiceId
    party: UUID
    messages: dict[str, UUID]
    fault: UUID

    def do(self, operation: str, **given):
        """One call at the shop's today; a refusal fails the test."""
        return done(self.tenant, operation, given, TODAY)

    def happen(self, name: str, kind: EventKind) -> None:
        """Something happens to a message now."""
        one = self.messages[name]
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, TODAY, uuid7(), None)
            store.add_events(ctx, [Happened(one, 1, kind, TODAY, "smsc-a", "b1")])
            store.leave_queue(ctx, [one])

    def rows(self, sql: str, *values):
        """What a statement finds in the provider's tables."""
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()


def _message(application: ServiceId, at: datetime, text: str = "Objednávka je připravená.", **changed) -> Message:
    facts = {
        "id": uuid7_at(at),
        "application": application,
        "kind": "sms",
        "class_": "standard",
        "purpose": "service",
        "recipient": O2,
        "sender": "999021",
        "sender_kind": "app_number",
        "network": "O2",
        "destination": "own",
        "coding": "ucs2",
        "parts": 1,
        "body": text.encode(),
        "body_hash": sha256(text.encode()).digest(),
        "accepted_at": at,
        **changed,
    }
    return Message(**facts)


def _life(ctx: Context, one: Message, kinds: Sequence[EventKind], **detail: object) -> None:
    """Accept a message and let things happen to it, a second apart; nothing happens to one that waits."""
    store.add_messages(replace(ctx, now=one.accepted_at), [one])
    for place, kind in enumerate(kinds):
        at = one.accepted_at + timedelta(seconds=place + 1)
        said = detail if kind not in {"sent", "delivered"} else None
        events = [
            Happened(one.id, part, kind, at, "smsc-a", f"a{one.id.int % 10**6:06}-{part}", said)
            for part in range(1, one.parts + 1)
        ]
        store.add_events(replace(ctx, now=at), events)
    if kinds:
        store.leave_queue(ctx, [one.id])


def _messages(ctx: Context, application: ServiceId) -> dict[str, UUID]:
    """One message of each life; the last ones within the minutes that the flow shows."""
    at, long = TODAY - timedelta(seconds=90), "Žluťoučký kůň " * 8
    made = {
        "delivered": _message(application, at, reference="obj-1", certificate=bytes(31) + b"\x01"),
        "long": _message(application, at + timedelta(seconds=5), long, parts=2, class_="priority"),
        "failed": _message(application, at + timedelta(seconds=20), recipient=VODAFONE, network="Vodafone"),
        "uncertain": _message(application, at + timedelta(seconds=30)),
        "sent": _message(application, at + timedelta(seconds=50), recipient=VODAFONE, network="Vodafone"),
        "waiting": _message(application, at + timedelta(seconds=80), reference="obj-2"),
    }
    made["failed"] = replace(made["failed"], destination="other_cz")
    made["sent"] = replace(made["sent"], destination="other_cz", sender="+420606999021", sender_kind="msisdn")
    _life(ctx, made["delivered"], DELIVERED)
    _life(ctx, made["long"], DELIVERED)
    _life(ctx, made["failed"], ["failed"], status="ESME_RINVDSTADR", code="destination_invalid", permanent=True)
    _life(ctx, made["uncertain"], ["uncertain"], reason="no answer in time")
    _life(ctx, made["sent"], ["sent"])
    _life(ctx, made["waiting"], [])
    for second in range(60):
        one = _message(application, at + timedelta(seconds=second), recipient=f"+4206020{second:05}")
        _life(ctx, one, DELIVERED if second % 4 else ["sent"])
    return {name: one.id for name, one in made.items()}


def _fault(tenant: TenantId, application: ServiceId) -> UUID:
    """A fault that was reported an hour ago, and requests that were refused at that time."""
    at = TODAY - timedelta(hours=1)
    reported = {"application": application, "channel": "fault_desk", "caller": "Jana Nováková"}
    checks = {"prechecks": ["own_equipment", "own_power", "other_own_equipment"], "description": "Nejde odesílat"}
    ticket: UUID = done(tenant, "connector.report_fault", {**reported, **checks}, at).id
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, at, uuid7(), None)
        minutes = {place: at - timedelta(minutes=9 - place) for place in range(9)}
        refused = {Refused(application, minute, "https", "CERT_EXPIRED"): 3 + n for n, minute in minutes.items()}
        add_refused(ctx, {**refused, Refused(application, minutes[0], "smpp", "SYSTEM_PASSWORD_WRONG"): 2})
    return ticket


def open_connector(code: str) -> ConnectorShop:
    """Make the provider: two applications, messages, a certificate, a nickname, a limit, an inbox, a fault."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="o2-connector")
    done(tenant, "provider.load", {}, OPENED)
    application = new_application(tenant, OPENED)
    other = new_application(tenant, OPENED, product="SMSC", number=22)
    for login, roles in (("operator", ["administrator"]), ("grid", ["network"]), ("till", ["billing"])):
        done(tenant, "users.add", {"login": login, "password": PASSWORD, "roles": roles}, OPENED)
    named = {"application": application, "name": "Řehoř Čapek", "phone": "+420601000009"}
    done(tenant, "connector.name_contact", named, OPENED)
    asked = {"name": "Řehoř Čapek", "phone": "+420601000009"}
    limit = {"application": application, "period": "day", "value": 9000, "asked_by": asked}
    done(tenant, "connector.ask_limit", limit, TODAY)
    nickname = {"application": application, "kind": "nickname", "nickname": "Pekarna", "caller": "Řehoř Čapek"}
    done(tenant, "connector.order_option", nickname, TODAY)
    way = {"name": "smsc-a", "networks": ["O2", "*"], "host": "127.0.0.1", "port": 2775}
    done(tenant, "connector.set_route", {**way, "system_id": "spojka", "password": "secret"}, TODAY)
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, TODAY, uuid7(), None)
        row = service_row(ctx, application)
        made = issue(starts=TODAY - timedelta(days=30), ends=TODAY + timedelta(days=300))
        change_register(ctx)
        add_certificate(
            ctx, application=application, party=row["party_id"], kind="O2APP", certificate=made.read, owner_proof={}
        )
        messages = _messages(ctx, application)
        came = {"text": "Ano, přijdu"}
        arrived = Arrived(uuid7(), application, "sms", O2, "O2", "999021", came, TODAY, TODAY + timedelta(hours=96))
        add_arrived(ctx, [arrived])
    fault = _fault(tenant, application)
    return ConnectorShop(tenant, code, application, other, row["party_id"], messages, fault)
