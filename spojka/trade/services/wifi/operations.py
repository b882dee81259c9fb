"""Enabling calls over Wi-Fi, with the warning that must be read first, and the checklist of a Wi-Fi."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation, query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding
from spojka.trade.numbering.store import sim_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import lock_service, service_row, switch
from spojka.trade.services.wifi.rules import fast_enough, refuse_wifi
from spojka.trade.services.wifi.terms import WifiTerms

FEATURE = "vowifi"


@dataclass(frozen=True, slots=True)
class WifiCalling:
    """Calling over Wi-Fi is on; `not_carried` is what still needs a mobile network, emergency calls first."""

    service: ServiceId
    not_carried: Term[list[str]]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a Wi-Fi must offer; all of it must hold for `passes`."""

    passes: bool
    down: Finding[bool]
    up: Finding[bool]
    ipsec: bool
    nat_traversal: bool


@operation(
    "services.enable_wifi_calling",
    permission="services.write",
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "SIM_NOT_LTE", "DEVICE_NOT_VOWIFI"),
)
def enable(
    ctx: Context,
    *,
    service: ServiceId,
    device_supports: bool,
    channel: str = "electronic",
) -> WifiCalling | Refusal:
    """Enable calls over Wi-Fi on an LTE card and a phone that supports them; emergency calls do not go over Wi-Fi."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(WifiTerms, ctx.today)
    card = sim_row(ctx, row["iccid"])
    assert card is not None
    refusal = refuse_wifi(iccid=row["iccid"], lte=card["lte"], device_supports=device_supports, terms=terms)
    if refusal is not None:
        return refusal
    switch(ctx, service=service, feature=FEATURE, is_on=True, channel=channel)
    return WifiCalling(service, terms.vowifi_unsupported)


@query("services.wifi_checklist", permission="services.read")
def checklist(
    ctx: Context,
    *,
    down_kbps: int,
    up_kbps: int,
    ipsec: bool = True,
    nat_traversal: bool = True,
) -> Checklist:
    """Whether a Wi-Fi is good enough for calls: 100 kb/s both ways, IPSec and NAT traversal (nej/2.3)."""
    terms = shelf_of(ctx).sheet(WifiTerms, ctx.today)
    down = fast_enough(measured=down_kbps, least=terms.vowifi_min_kbps_down)
    up = fast_enough(measured=up_kbps, least=terms.vowifi_min_kbps_up)
    return Checklist(down.value and up.value and ipsec and nat_traversal, down, up, ipsec, nat_traversal)
