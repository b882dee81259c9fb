"""A provider of connectors with one application and its contact person, made in a few calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.access.operations.outcome import Outcome
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import PartyId, ServiceId, TenantId, uuid7
from spojka.network.messaging.certificates.generating import Holder, new_key, self_signed
from spojka.trade.contracts.store import add_contract
from spojka.trade.publications.operations import publish_pack
from spojka.trade.publications.shelf import pack_of
from spojka.trade.services.store import add_service
from tests.network.messaging.certificates.authority import Made

NOW = datetime(2026, 6, 5, 15, 20, tzinfo=UTC)
NAME, ICO = "Acme s.r.o.", "25596641"
NOVAKOVA = {"name": "Jana Nováková", "phone": "+420601000001"}
DVORAK = {"name": "Petr Dvořák", "phone": "+420601000002"}


@dataclass(frozen=True)
class Connected:
    """The provider: ids that tests need."""

    tenant: TenantId
    code: str
    party: PartyId
    application: ServiceId

    def call(self, operation: str, *, at: datetime = NOW, actor: Actor = OPERATOR, **given: Any) -> Outcome:
        return call(operation, given, tenant=self.tenant, actor=actor, now=at)

    def do(self, operation: str, *, at: datetime = NOW, actor: Actor = OPERATOR, **given: Any) -> Any:
        """One call; a refusal fails the test."""
        outcome = self.call(operation, at=at, actor=actor, **given)
        assert outcome.refusal is None, (operation, outcome.refusal)
        return outcome.result

    def refused(self, operation: str, *, at: datetime = NOW, actor: Actor = OPERATOR, **given: Any) -> str:
        """The code of a refusal."""
        outcome = self.call(operation, at=at, actor=actor, **given)
        assert outcome.refusal is not None, operation
        return outcome.refusal.code

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with transaction(self.tenant) as db:
            return db.execute(sql, values).fetchall()

    def application_of(
        self, *, party: PartyId | None = None, state: str = "concluded", at: datetime = NOW
    ) -> ServiceId:
        """One more application, of the same subscriber unless another is given."""
        service = ServiceId(uuid7())
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, at, uuid7(), None)  # type: ignore[arg-type]
            contract = add_contract(
                ctx,
                party=party or self.party,
                product="SMSC_PLUS",
                state=state,
                channel="electronic",
                proof="signature",
                editions=[],
                declared_no_resale=True,
            )
            add_service(
                ctx, service=service, contract=contract, party=party or self.party, msisdn="", imsi="", iccid=""
            )
        return service


def connected(*, state: str = "concluded", at: datetime = NOW) -> Connected:
    """A new provider with a company and its application; nobody is its contact person yet."""
    code = f"test-{uuid7().hex}"
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="o2-connector")
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, at, uuid7(), None)  # type: ignore[arg-type]
        publish_pack(ctx, pack_of(ctx), [])
    address = {"street": "Dlouhá 1", "city": "Praha 1", "zip_code": "110 00"}
    given = {"kind": "business", "name": NAME, "ico": ICO, "email": "acme@example.cz", "address": address}
    party = call("parties.register", given, tenant=tenant, actor=OPERATOR, now=at).result.id
    made = Connected(tenant, code, party, ServiceId(uuid7()))
    return Connected(tenant, code, party, made.application_of(state=state, at=at))


def by_tool(*, now: datetime = NOW, days: int = 400, holder: Holder | None = None) -> Made:
    """A certificate as our tool makes it."""
    key = new_key("ec")
    return Made(key, self_signed(key, holder or Holder("billing", NAME, ICO), now=now, days=days))  # type: ignore[arg-type]
