"""A provider of the connector with subscribers and applications, written straight into the tables."""

from __future__ import annotations

from datetime import datetime

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import PartyId, ServiceId, TenantId, uuid7

_PARTY = """
INSERT INTO party (tenant_id, id, kind, name, sort_key, folded, email, phone, language, street, city, zip_code, country,
    roles, registered_at)
VALUES (%(t)s, %(party)s, 'business', 'Pekárna', 'pekarna', 'pekarna', 'pekarna@mail.example', '', 'cs', 'Dlouhá 1',
    'Brno', '602 00', 'CZ', '["customer"]', %(at)s)
"""
_CONTRACT = """
INSERT INTO contract (tenant_id, id, number, party_id, product, state, signed_at, signed_on, channel, proof, editions,
    declared_no_resale)
VALUES (%(t)s, %(contract)s, %(number)s, %(party)s, %(product)s, 'concluded', %(at)s, %(at)s, 'paper', 'signature',
    '[]', true)
"""
_SERVICE = """
INSERT INTO service (tenant_id, id, contract_id, party_id, msisdn, imsi, iccid, state, activated_at)
VALUES (%(t)s, %(id)s, %(contract)s, %(party)s, %(msisdn)s, '', '', 'active', %(at)s)
"""
_APPLICATION = """
INSERT INTO application (tenant_id, id, party_id, product, name, app_number, msisdn, consent_mode, opt_out_route,
    webhook_url, opened_at)
VALUES (%(t)s, %(id)s, %(party)s, %(product)s, 'pokladna', %(app_number)s, %(msisdn)s, 'attest', '', '', %(at)s)
"""


def new_provider(at: datetime) -> TenantId:
    """A tenant with the connector's pack published."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"test-{uuid7().hex}", pack="o2-connector")
    call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=at)
    return tenant


def new_application(
    tenant: TenantId, at: datetime, *, product: str = "SMSC_PLUS", number: int = 21, party: PartyId | None = None
) -> ServiceId:
    """An active application with the numbers of a tail; its subscriber is a new one unless given."""
    application, owner = ServiceId(uuid7()), party or PartyId(uuid7())
    plus = product in {"SMSC_PLUS", "SMSC_EXTRA"}
    facts = {
        "t": tenant,
        "id": application,
        "party": owner,
        "contract": uuid7(),
        "number": f"{application.int % 10**9}",
        "product": product,
        "app_number": f"9990{number:02}" if plus else f"1991{number:03}",
        "msisdn": f"+4206069990{number:02}" if plus else f"+420720001{number:03}",
        "at": at,
    }
    with transaction(tenant) as db:
        for statement in (*(() if party else (_PARTY,)), _CONTRACT, _SERVICE, _APPLICATION):
            db.execute(statement, facts)
    return application


_OPTION = """
INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason, channel, caller,
    evidence, requested_at, active_from)
VALUES (%(t)s, %(option)s, %(id)s, 'throughput', %(pace)s, '', 'active', '', 'care_line', '', '{}', %(at)s, %(at)s)
"""
_LIMIT = """
INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason, asked_by, asked_at,
    decided_by, valid_from)
VALUES (%(t)s, %(limit)s, %(id)s, %(period)s, %(most)s, %(most)s, 'granted', '', '', %(at)s, '', %(at)s)
"""


def unbind(tenant: TenantId, application: ServiceId, at: datetime, *, per_s: int = 100_000) -> None:
    """Let an application send as fast and as much as a benchmark asks for."""
    facts = {"t": tenant, "id": application, "at": at, "pace": str(per_s), "most": 10**9}
    with transaction(tenant) as db:
        db.execute(_OPTION, {**facts, "option": uuid7()})
        for period in ("day", "month"):
            db.execute(_LIMIT, {**facts, "limit": uuid7(), "period": period})
