"""Cards and numbers into the stock, portings, and codes shown with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal
from spojka.trade.numbering.classing import plan_on
from spojka.trade.numbering.codes import open_codes
from spojka.trade.numbering.numbers import normalise
from spojka.trade.numbering.refusals import INVALID_NUMBER
from spojka.trade.numbering.store import add_numbers, add_sims, luhn_digit, record_porting, sim_row
from spojka.trade.publications.shelf import pack_of

define_refusal(
    "FOREIGN_SIM",
    cs="Karta {iccid} není ze zásob poskytovatele.",
    en="The card {iccid} is not from the provider's stock.",
)
define_refusal(
    "REASON_MISSING",
    cs="Uveďte důvod; volání se zapisuje.",
    en="Say why; the call is recorded.",
)


@dataclass(frozen=True, slots=True)
class Received:
    """How many were new in the stock."""

    new: int


@dataclass(frozen=True, slots=True)
class CardCodes:
    """A card's secret codes."""

    pin: str
    puk: str


@operation("numbering.receive_sims", permission="numbering.write")
def receive_sims(ctx: Context, *, count: int, first: int = 0) -> Received:
    """Take the next `count` cards of the pack's range into the stock, starting at place `first` of the range."""
    span = pack_of(ctx).raw["sim_range"][0]
    start_iccid, start_imsi = int(span["iccid_from"]), int(span["imsi_from"])
    cards = []
    for place in range(first, first + count):
        body = str(start_iccid + place)
        cards.append((body + luhn_digit(body), str(start_imsi + place)))
    return Received(add_sims(ctx, cards))


@operation("numbering.receive_numbers", permission="numbering.write")
def receive_numbers(ctx: Context, *, count: int, first: int = 0) -> Received:
    """Take the next `count` numbers of the pack's range into the stock, starting at place `first` of the range."""
    start = int(pack_of(ctx).number_ranges[0][0].removeprefix("+"))
    return Received(add_numbers(ctx, [f"+{start + place}" for place in range(first, first + count)]))


@operation("numbering.record_porting", permission="numbering.write", refusals=(INVALID_NUMBER,))
def port(ctx: Context, *, msisdn: str, network: str, at: datetime) -> Received | Refusal:
    """
    From an instant a number is served by another network (`own` is the provider's), as rating will see it (nej/2.12).

    Portings may be told in any order and the number in any written form.
    """
    number = normalise(msisdn)
    if number is None or not number.startswith("+"):
        return Refusal(INVALID_NUMBER, plan_on(ctx, ctx.today).clauses, {"number": msisdn})
    return Received(int(record_porting(ctx, msisdn=number, network=network, at=at)))


@operation(
    "numbering.show_codes", permission="codes.read", secret_answer=True, refusals=("FOREIGN_SIM", "REASON_MISSING")
)
def show_codes(ctx: Context, *, iccid: str, reason: str) -> CardCodes | Refusal:
    """Show a card's PIN and PUK to whoever gives a reason; the display is in the audit."""
    if not reason.strip():
        return Refusal("REASON_MISSING")
    row = sim_row(ctx, iccid)
    if row is None:
        return Refusal("FOREIGN_SIM", (), {"iccid": iccid})
    return CardCodes(*open_codes(bytes(row["codes"])))
