"""Whether a nickname could be had, before anybody calls the care line about it."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.journeys.ordering.connector.options.checking import Asked, check
from spojka.journeys.ordering.connector.options.operations import NICKNAME_REFUSALS
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.options import refuse_offer
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.terms import NicknameTerms, OptionTerms, PaceTerms
from spojka.terms.clauses import Term
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class NicknameFits:
    """A nickname as it would be registered; a person still approves it. `has` where the application has it already."""

    nickname: str
    has: bool
    longest: Term[int]


@query(
    "connector.check_nickname",
    permission="connector.read",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "OPTION_NOT_AVAILABLE", *NICKNAME_REFUSALS),
)
def check_nickname(
    ctx: Context, *, application: ServiceId, nickname: str, entitlement: str = ""
) -> NicknameFits | Refusal:
    """Whether a nickname could be had now, by its form, its words, and what others have; orders nothing (o2/8.5)."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    shelf = shelf_of(ctx)
    terms = shelf.sheet(OptionTerms, ctx.today)
    refusal = refuse_offer(
        "nickname",
        product=row["product"],
        channel=terms.order_channel.value,
        care_phone="",
        terms=terms,
        pace=shelf.sheet(PaceTerms, ctx.today),
    )
    checked = refusal or check(ctx, row, Asked("nickname", nickname=nickname, entitlement=entitlement))
    if isinstance(checked, Refusal):
        return checked
    return NicknameFits(
        checked.value, checked.same is not None, shelf.sheet(NicknameTerms, ctx.today).nickname_max_chars
    )
