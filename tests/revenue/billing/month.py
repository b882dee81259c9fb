"""A customer's month, made through the calls that anyone could make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.ids import TenantId
from spojka.kernel.time import Period
from spojka.surfaces.jobs.billing import drive

FEBRUARY = Period.month(2026, 2)
BEGINS = datetime(2026, 2, 1, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Month:
    """One tenant with one customer."""

    tenant: TenantId
    party: str
    contract: str
    number: str
    service: str

    def do(self, name: str, *, now: datetime = CLOSES, **given: Any) -> Any:
        """Call and answer with the result; a refusal is answered as it is."""
        outcome = call(name, given, tenant=self.tenant, actor=OPERATOR, now=now)
        return outcome.refusal or outcome.result

    def bill(self, period: Period = FEBRUARY, now: datetime = CLOSES) -> Any:
        """Close the period and carry its bill run to the end."""
        self.do("billing.close_period", period=period, now=now)
        return drive(self.tenant, period, now=lambda: now)


def signed(tenant: TenantId, tariff: str = "nej-mobil-basic", **party: Any) -> Month:
    """A provider, a customer, a contract and its service, since 1 February 2026."""

    def do(name: str, **given: Any) -> Any:
        outcome = call(name, given, tenant=tenant, actor=OPERATOR, now=BEGINS)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    do("provider.load")
    who = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz", **party}
    customer = call("parties.register", who, tenant=tenant, actor=OPERATOR, now=BEGINS).result
    contract = do("contracts.sign", party=customer.id, product="nej-mobil", options={"tariff": tariff})
    return Month(tenant, str(customer.id), str(contract.id), contract.number, str(contract.services[0].id))


def call_of(service: str, record: str, seconds: int, at: str = "2026-02-03T10:00:00+01:00") -> dict[str, Any]:
    """A call to another operator's mobile number."""
    return {"id": record, "service": service, "kind": "voice", "to": "+420602000002", "at": at, "duration_s": seconds}
