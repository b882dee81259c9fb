"""Whether calling over Wi-Fi can be enabled, and whether a Wi-Fi is good enough for it."""

from __future__ import annotations

from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse, rule
from spojka.terms.refusals import define_refusal
from spojka.trade.services.wifi.terms import WifiTerms

define_refusal(
    "SIM_NOT_LTE",
    cs="Karta {iccid} neumí LTE; volání přes Wi-Fi ji potřebuje. Vyměňte kartu.",
    en="The card {iccid} is not an LTE card, which Wi-Fi calling needs. Exchange it.",
)
define_refusal(
    "DEVICE_NOT_VOWIFI",
    cs="Telefon volání přes Wi-Fi nepodporuje.",
    en="The phone does not support Wi-Fi calling.",
)


@rule(
    cs="{result}: naměřeno {measured} kb/s, potřeba aspoň {least} kb/s",
    en="{result}: {measured} kb/s measured, at least {least} kb/s needed",
)
def fast_enough(*, measured: int, least: Term[int]) -> bool:
    """Whether a Wi-Fi is fast enough in one direction; exactly the least passes (nej/2.3)."""
    return measured >= least.value


def refuse_wifi(*, iccid: str, lte: bool, device_supports: bool, terms: WifiTerms) -> Refusal | None:
    """Why calling over Wi-Fi cannot be enabled, or `None`."""
    if not lte:
        return refuse("SIM_NOT_LTE", terms.vowifi_requires, figures={"iccid": iccid})
    if not device_supports:
        return refuse("DEVICE_NOT_VOWIFI", terms.vowifi_requires)
    return None
