"""A draft of a contract with one service that waits, whatever the service is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, OrderId, PartyId, ServiceId
from spojka.trade.contracts.store import add_contract
from spojka.trade.services.store import add_service, set_tariff


@dataclass(frozen=True, slots=True)
class Line:
    """
    The service of a draft.

    Args:
        service: its id, under which numbers and cards are taken.
        msisdn, imsi, iccid: what it runs on; empty where it has none.
        tariff: what its month costs, by the code of the price list.

    """

    service: ServiceId
    msisdn: str
    imsi: str
    iccid: str
    tariff: str


def draft_with_service(
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    editions: Sequence[str],
    service: Line,
    from_on: date,
    order: OrderId | None,
) -> ContractId:
    """Write a draft under today's editions with its service, whose tariff is planned from a day."""
    contract = add_contract(
        ctx,
        party=party,
        product=product,
        state="draft",
        channel="paper",
        proof="",
        editions=editions,
        declared_no_resale=True,
    )
    add_service(
        ctx,
        service=service.service,
        contract=contract,
        party=party,
        msisdn=service.msisdn,
        imsi=service.imsi,
        iccid=service.iccid,
    )
    set_tariff(ctx, service=service.service, tariff=service.tariff, from_on=from_on, reason="activation", order=order)
    return contract
