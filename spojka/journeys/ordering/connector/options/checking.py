"""Whether an option can be had now: its kind's own checks against what is in force and what others have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.nicknames import (
    fold,
    refuse_protected,
    refuse_taken,
    refuse_words,
    word_lists,
    written,
)
from spojka.network.messaging.applications.options import refuse_rate
from spojka.network.messaging.applications.store import holders_of_nickname, lock_nickname, running_option
from spojka.network.messaging.terms import NicknameTerms, Option, PaceTerms
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Asked:
    """
    An option as somebody asks for it.

    Args:
        rate_per_s: the whole throughput, for that kind.
        nickname: the string, for that kind.
        entitlement: the document that entitles to a protected name.
        override: why staff let a nickname pass whose words are on a list.

    """

    kind: Option
    rate_per_s: Decimal | None = None
    nickname: str = ""
    entitlement: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What passed the checks.

    Args:
        value: the rate, the nickname as it will be registered, or the edition of the SLA terms.
        folded: a nickname as it is compared, `""` for others.
        same: the option that the application has of this very value already.
        by_person: a person must still approve it.

    """

    value: str
    folded: str = ""
    same: UUID | None = None
    by_person: bool = False


def check(ctx: Context, application: Row, asked: Asked) -> Checked | Refusal:
    """The checks of an option's own kind (o2/2.3, 2.4, 4.3, 8.5)."""
    if asked.kind == "nickname":
        return _nickname(ctx, application, asked)
    if asked.kind == "sla":
        return _sla(ctx, application)
    return _throughput(ctx, application, asked.rate_per_s or Decimal(0))


def _throughput(ctx: Context, application: Row, rate: Decimal) -> Checked | Refusal:
    refusal = refuse_rate(rate, product=application["product"], terms=shelf_of(ctx).sheet(PaceTerms, ctx.today))
    if refusal is not None:
        return refusal
    value = format(rate.normalize(), "f")
    running = running_option(ctx, application["id"], "throughput")
    same = running["id"] if running is not None and running["value"] == value else None
    return Checked(value, same=same)


def _sla(ctx: Context, application: Row) -> Checked | Refusal:
    shelf = shelf_of(ctx)
    term = shelf.bound(ctx.today).term("sla_document")
    kinds = {code: document.kind for code, document in shelf.pack.documents.items()}
    found = [one for one in shelf.bound(ctx.today).editions if kinds[one.document] == term.value]
    if not found:
        return refuse("TERMS_NOT_ATTACHED", term, figures={"missing": term.value, "on": ctx.today})
    running = running_option(ctx, application["id"], "sla")
    return Checked(f"{found[0].document}@{found[0].edition}", same=None if running is None else running["id"])


def _nickname(ctx: Context, application: Row, asked: Asked) -> Checked | Refusal:
    shelf = shelf_of(ctx)
    terms = shelf.sheet(NicknameTerms, ctx.today)
    nickname = written(asked.nickname, terms)
    if isinstance(nickname, Refusal):
        return nickname
    folded = fold(nickname)
    lock_nickname(ctx, folded)
    holders = holders_of_nickname(ctx, folded)
    if any(one["party_id"] != application["party_id"] for one in holders):
        return refuse_taken(nickname, terms)
    lists = word_lists(shelf.pack.raw.get("nickname_words", {}))
    if not asked.override.strip():
        refusal = refuse_words(nickname, lists, terms)
        if refusal is not None:
            return refusal
    refusal = refuse_protected(nickname, lists, terms)
    if refusal is not None and not asked.entitlement.strip():
        return refusal
    same = next((one["id"] for one in holders if one["application_id"] == application["id"]), None)
    return Checked(nickname, folded, same, by_person=True)
