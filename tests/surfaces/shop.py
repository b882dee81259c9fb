"""A small provider with customers, use, invoices and a payment, made by the calls that anyone could make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from spojka.access.audit.store import seal
from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import TenantId

OPENED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TODAY = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
PASSWORD = "spojka spojka spojka"
EVA, JAN = "+420601000001", "+420601000003"
HELPLINE = "+420116111"


@dataclass(frozen=True, slots=True)
class Shop:
    """The provider: ids that tests need."""

    tenant: TenantId
    code: str
    eva: UUID
    eva_service: UUID
    eva_invoice: UUID
    jan: UUID
    jan_service: UUID
    jan_invoice: UUID

    def do(self, operation: str, *, at: datetime = TODAY, actor: Actor = OPERATOR, **given: Any) -> Any:
        """One call; a refusal fails the test."""
        return done(self.tenant, operation, given, at, actor)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What a statement finds in the provider's tables."""
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()


def done(tenant: TenantId, name: str, given: dict[str, Any], at: datetime, actor: Actor = OPERATOR) -> Any:
    outcome = call(name, given, tenant=tenant, actor=actor, now=at)
    assert outcome.refusal is None, (name, outcome.refusal)
    return outcome.result


def _uses(service: UUID, month: int, days: int) -> Iterator[dict[str, Any]]:
    for day in range(6, days):
        at = datetime(2026, month, day, 10, 0, tzinfo=UTC)
        calls = ("+420602000002", "+420220123456", "+420810123456", HELPLINE)
        yield {
            "id": f"v{month}-{day}",
            "service": service,
            "kind": "voice",
            "to": calls[day % len(calls)],
            "at": at,
            "duration_s": 50 + 7 * day,
        }
        yield {
            "id": f"s{month}-{day}",
            "service": service,
            "kind": "sms",
            "to": "+420602000002",
            "at": at + timedelta(hours=1),
            "parts": 1,
        }
        yield {
            "id": f"d{month}-{day}",
            "service": service,
            "kind": "data",
            "at": at + timedelta(hours=2),
            "bytes_up": 1_000_000 * day,
            "bytes_down": 5_000_000 * day,
        }


def open_shop(code: str) -> Shop:
    """Make the provider: Eva with two numbers, one of them interrupted, Jan with one, January billed, one payment."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="nej-mobil")

    def do(operation: str, at: datetime = OPENED, **given: Any) -> Any:
        return done(tenant, operation, given, at)

    def sign(party: UUID, msisdn: str, **options: Any) -> Any:
        return do("contracts.sign", party=party, product="nej-mobil", options={"msisdn": msisdn, **options})

    do("provider.load", sims=20)
    address = {"street": "Žižkova 12", "city": "Ústí nad Labem", "zip_code": "400 01"}
    eva = do("parties.register", kind="consumer", name="Eva Malá", email="eva@example.cz", address=address)
    jan = do("parties.register", kind="business", name="Jan Čapek a syn s.r.o.", ico="25596641", email="jan@example.cz")
    eva_contract = sign(eva.id, EVA, tariff="nej-mobil-plus", addons=["extra-100"])
    second = sign(eva.id, "+420601000002", tariff="nej-mobil-max")
    jan_contract = sign(jan.id, JAN, tariff="nej-mobil-basic")
    eva_service, jan_service = eva_contract.services[0].id, jan_contract.services[0].id
    do("services.suspend", service=second.services[0].id, reason="not_used")
    records = [*_uses(eva_service, 1, 30), {**next(_uses(jan_service, 1, 30)), "id": "jan1"}]
    do("usage.record", datetime(2026, 1, 31, 12, tzinfo=UTC), records=records, source="test")
    run_due(tenant, datetime(2026, 2, 2, tzinfo=UTC))
    do("usage.record", TODAY - timedelta(hours=1), records=list(_uses(eva_service, 2, 20)), source="test")
    broken = {"id": "b1", "service": eva_service, "kind": "voice", "to": JAN, "at": TODAY, "duration_s": -5}
    lost = {"id": "b2", "msisdn": "+420777000111", "kind": "voice", "to": JAN, "at": TODAY, "duration_s": 5}
    do("usage.record", TODAY, records=[broken, lost], source="test")
    do("users.add", login="operator", password=PASSWORD, roles=["administrator"])
    do("users.add", login="reader", password=PASSWORD, roles=["auditor"], language="en")
    do("users.add", login="eva", password=PASSWORD, roles=["customer"], party=eva.id)
    with transaction(tenant) as db:
        seal(db, tenant)
        found = db.execute("SELECT id, party_id, variable_symbol FROM invoice WHERE state = 'issued' ORDER BY number")
        invoices = {row["party_id"]: row for row in reversed(found.fetchall())}
    symbol = invoices[eva.id]["variable_symbol"]
    do("payments.record", TODAY, source_id="p1", amount="100.00 CZK", variable_symbol=symbol)
    return Shop(
        tenant,
        code,
        eva.id,
        eva_service,
        invoices[eva.id]["id"],
        jan.id,
        jan_service,
        invoices[jan.id]["id"],
    )


def stumble(shop: Shop) -> None:
    """What is planned for Eva's interrupted number has failed twice, as by a fault of ours, and is tried again."""
    with transaction(shop.tenant) as db:
        db.execute(
            "UPDATE deadline SET attempts = 2, outcome = 'error: KeyError', again_at = %s"
            " WHERE state = 'pending' AND operation = 'services.note_overdue_restoration'",
            [TODAY + timedelta(minutes=5)],
        )
