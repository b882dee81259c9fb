"""A provider of the connector as its subscribers' pages show it: two companies, traffic, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import PartyId, ServiceId, TenantId, uuid7
from spojka.network.messaging.applications.diagnosis.store import Refused, add_refused
from spojka.network.messaging.certificates.generating import Holder, certificate_pem, new_key, self_signed
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.media import Medium, add_media
from spojka.network.messaging.messages.receipts import Reported, report_of
from spojka.network.messaging.messages.records import Arrived, EventKind, Happened
from spojka.network.messaging.messages.store import add_events
from tests.network.messaging.connector import new_application
from tests.surfaces.shop import PASSWORD, TODAY, done

OPENED = TODAY - timedelta(days=200)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KLARA, PAVEL = "+420602000001", "+420777000002"
PICTURE = b"\x89PNG\r\n\x1a\nnothing more"
FATES = ("delivered", "delivered", "delivered", "undelivered", "")


@dataclass(frozen=True)
class Subscribers:
    """The provider: ids that tests need. `plus` has everything, `waiting` nothing yet, `held` is suspended."""

    tenant: TenantId
    code: str
    bakery: PartyId
    plus: ServiceId
    waiting: ServiceId
    held: ServiceId
    queued: UUID
    delivered: UUID
    certificate: str
    others: ServiceId
    others_message: UUID
    others_certificate: str

    def do(self, operation: str, *, at: Any = TODAY, actor: Actor = OPERATOR, **given: Any) -> Any:
        return done(self.tenant, operation, given, at, actor)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()


def made_certificate(name: str = "Pekárna U Kostela s.r.o.", *, days: int = 400) -> str:
    """A certificate in PEM as our tool makes it."""
    return certificate_pem(self_signed(new_key("ec"), Holder("pokladna", name, ""), now=TODAY, days=days))


def _traffic(tenant: TenantId, application: ServiceId) -> tuple[UUID, UUID]:
    """Messages of the last hour with their fates; returns the latest, which waits, and the first, which arrived."""
    sent = []
    for place in range(40):
        at = TODAY - HOUR + timedelta(seconds=80 * place)
        text = ("Vaše objednávka je připravena.", "Rohlíky dnes za polovic, přijďte do šesti.")[place % 2]
        to = (KLARA, PAVEL)[place % 2]
        given = {"application": application, "to": to, "text": text, "purpose": ("service", "commercial")[place % 2]}
        given |= {"reference": f"obj-{1000 + place}"}
        sent.append((done(tenant, "messages.submit", given, at).id, at, FATES[place % len(FATES)]))
    happened = []
    for id_, at, fate in sent[:-3]:
        happened.append(
            Happened(id_, 1, "sent", at + timedelta(seconds=1), link="o2-1", remote_id=f"{id_.int % 10**8}")
        )
        if fate:
            happened.append(Happened(id_, 1, fate, at + timedelta(seconds=9), link="o2-1"))
    with transaction(tenant) as db:
        add_events(Context(db, tenant, OPERATOR, TODAY, uuid7(), None), happened)
        db.execute("DELETE FROM message_queue WHERE id = ANY(%s)", [[one[0] for one in sent[:-3]]])
    return sent[-1][0], sent[0][0]


def _inbox(tenant: TenantId, application: ServiceId, message: UUID) -> None:
    came = [
        ("sms", {"text": "Děkuji, stavím se v pět."}, None, 3),
        ("report", {"state": "delivered", "part": 1, "parts": 1, "at": TODAY.isoformat()}, message, 2),
        ("sms", {"text": "STOP"}, None, 1),
        ("mms", {"subject": "Dort", "parts": [Medium("image/png", PICTURE).shown(1)]}, None, 1),
    ]
    with transaction(tenant) as db:
        items = [
            Arrived(
                uuid7(),
                application,
                kind,
                KLARA,
                "O2",
                "999031",
                content,
                TODAY - hours * HOUR,
                TODAY + timedelta(hours=96 - hours),
                about,
            )
            for kind, content, about, hours in came
        ]
        ctx = Context(db, tenant, OPERATOR, TODAY, uuid7(), None)
        inbox.add_arrived(ctx, items)
        add_media(ctx, items[-1].id, [Medium("image/png", PICTURE)])
        db.execute(
            "INSERT INTO webhook_try (tenant_id, item_id, application_id, tries, due_at, error)"
            " VALUES (%s, %s, %s, 3, %s, '503')",
            [tenant, items[0].id, application, TODAY + 2 * MINUTE],
        )


def _refused(tenant: TenantId, application: ServiceId) -> None:
    counts = {
        ("https", "REQUEST_MALFORMED"): 12,
        ("https", "DAILY_LIMIT_EXCEEDED"): 3,
        ("smpp", "NICKNAME_NOT_ACTIVE"): 1,
    }
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, TODAY, uuid7(), None)
        add_refused(ctx, {Refused(application, TODAY - HOUR, *one): many for one, many in counts.items()})
    for minutes, took in ((30, {"submit_ms": 9, "pickup_ms": 4}), (29, {"fault": "no report in time"})):
        done(tenant, "connector.record_probe", took, TODAY - minutes * MINUTE)


def add_reports(tenant: TenantId, application: ServiceId, kinds: Iterable[EventKind]) -> None:
    """A report of each kind in an application's inbox."""
    with transaction(tenant) as db:
        part = Reported(uuid7(), 1, application, KLARA, "999031", 1)
        ctx = Context(db, tenant, OPERATOR, TODAY, uuid7(), None)
        inbox.add_arrived(ctx, [report_of(part, kind, TODAY) for kind in kinds])


def open_connector(code: str) -> Subscribers:
    """Make the provider: a bakery with three applications, its two logins, another company beside it."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="o2-connector")

    def do(operation: str, at: Any = OPENED, **given: Any) -> Any:
        return done(tenant, operation, given, at)

    do("provider.load")
    address = {"street": "Kostelní 3", "city": "Litomyšl", "zip_code": "570 01"}
    bakery = do(
        "parties.register",
        kind="business",
        name="Pekárna U Kostela s.r.o.",
        ico="25596641",
        email="p@example.cz",
        address=address,
    )
    florist = do(
        "parties.register",
        kind="business",
        name="Květiny Dvořák s.r.o.",
        ico="60193336",
        email="k@example.cz",
        address=address,
    )
    plus = new_application(tenant, OPENED, number=31, party=bakery.id)
    waiting = new_application(tenant, OPENED, number=32, party=bakery.id)
    held = new_application(tenant, OPENED, product="SMSC", number=33, party=bakery.id)
    others = new_application(tenant, OPENED, number=34, party=florist.id)
    with transaction(tenant) as db:
        for service, name in ((plus, "Objednávky"), (waiting, "Sklad"), (held, "Upomínky"), (others, "Květiny")):
            db.execute("UPDATE application SET name = %s WHERE id = %s", [name, service])
        db.execute("UPDATE service SET state = 'waiting', activated_at = NULL WHERE id = %s", [waiting])
        db.execute(
            "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
            " VALUES (%s, %s, %s, 'spam', 'both', '[\"o2/8.1\"]', %s, 'care')",
            [tenant, uuid7(), held, TODAY - DAY],
        )
    for login, role, party in (
        ("jana", "customer", bakery.id),
        ("petr", "user", bakery.id),
        ("kvetiny", "customer", florist.id),
    ):
        do("users.add", login=login, password=PASSWORD, roles=[role], party=party)
    named = {"name": "Jana Nováková", "phone": "+420602000009", "login": "jana"}
    do("connector.name_contact", application=plus, **named)
    owners = ((plus, "Pekárna U Kostela s.r.o."), (others, "Květiny Dvořák s.r.o."))
    registered = [
        do("certificates.register_generated", TODAY, application=one, certificate=made_certificate(owner)).fingerprint
        for one, owner in owners
    ]
    do("connector.order_option", TODAY - 30 * DAY, application=plus, kind="throughput", rate_per_s="10")
    nickname = do("connector.order_option", TODAY - 30 * DAY, application=plus, kind="nickname", nickname="Pekarna")
    do("connector.decide_option", TODAY - 29 * DAY, option=nickname.option.id, decision="approve")
    do("connector.order_option", TODAY - DAY, application=plus, kind="nickname", nickname="RohlikyLit")
    agreed = {"recipient": PAVEL, "given_at": TODAY - 90 * DAY, "channel": "web", "wording": "Souhlasím s nabídkami."}
    do("consents.record", TODAY - 80 * DAY, party=bakery.id, consents=[agreed])
    do("consents.withdraw", TODAY - 70 * DAY, party=bakery.id, recipient="+420603000003", channel="care_line")
    outage = {"application": plus, "cause": "O2_PLATFORM", "starts_at": TODAY - 5 * DAY, "ends_at": TODAY - 3 * DAY}
    do("connector.record_outage", TODAY - 3 * DAY, **outage)
    queued, delivered = _traffic(tenant, plus)
    _inbox(tenant, plus, delivered)
    _refused(tenant, plus)
    do("connector.set_webhook", TODAY, application=plus, url="https://pekarna.example/zpravy")
    do("complaints.open", TODAY, phone=KLARA, complainant="Klára Kosová", messages=[delivered], ground="UNLAWFUL")
    given = {"application": others, "to": KLARA, "text": "Tulipány", "purpose": "service"}
    theirs = done(tenant, "messages.submit", given, TODAY - MINUTE).id
    return Subscribers(
        tenant, code, bakery.id, plus, waiting, held, queued, delivered, registered[0], others, theirs, registered[1]
    )
