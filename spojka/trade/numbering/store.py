"""The stock of numbers and cards over a given connection; who takes one takes it under a row lock."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.trade.numbering.codes import seal_codes


def luhn_digit(digits: str) -> str:
    """
    The check digit of a card's number (ISO/IEC 7812-1).

    >>> luhn_digit("7992739871")
    '3'
    """
    doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(digits))]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return str(-total % 10)


def add_sims(ctx: Context, cards: Sequence[tuple[str, str]]) -> int:
    """Put cards (iccid, imsi) into the stock with new codes; those that are there stay. Returns how many were new."""
    sealed = [seal_codes(f"{secrets.randbelow(10_000):04}", f"{secrets.randbelow(10**8):08}") for _ in cards]
    rows = ctx.db.execute(
        "INSERT INTO sim (tenant_id, iccid, imsi, codes, lte, state)"
        " SELECT %s, c.iccid, c.imsi, c.codes, true, 'free'"
        " FROM unnest(%s::text[], %s::text[], %s::bytea[]) AS c(iccid, imsi, codes)"
        " ON CONFLICT DO NOTHING RETURNING iccid",
        [ctx.tenant, [card[0] for card in cards], [card[1] for card in cards], sealed],
    ).fetchall()
    return len(rows)


def add_numbers(ctx: Context, numbers: Sequence[str]) -> int:
    """Put numbers into the stock; those that are there stay. Returns how many were new."""
    rows = ctx.db.execute(
        "INSERT INTO msisdn (tenant_id, msisdn, state) SELECT %s, n, 'free' FROM unnest(%s::text[]) AS n"
        " ON CONFLICT DO NOTHING RETURNING msisdn",
        [ctx.tenant, list(numbers)],
    ).fetchall()
    return len(rows)


def number_row(ctx: Context, msisdn: str) -> Row | None:
    """One number of the stock, locked."""
    return ctx.db.execute(
        "SELECT * FROM msisdn WHERE tenant_id = %s AND msisdn = %s FOR UPDATE",
        [ctx.tenant, msisdn],
    ).fetchone()


def sim_row(ctx: Context, iccid: str) -> Row | None:
    """One card of the stock, locked."""
    return ctx.db.execute(
        "SELECT * FROM sim WHERE tenant_id = %s AND iccid = %s FOR UPDATE",
        [ctx.tenant, iccid],
    ).fetchone()


def free_sim(ctx: Context) -> Row | None:
    """The next free card, locked; two that ask at once get two cards."""
    return ctx.db.execute(
        "SELECT * FROM sim WHERE tenant_id = %s AND state = 'free' ORDER BY iccid LIMIT 1 FOR UPDATE SKIP LOCKED",
        [ctx.tenant],
    ).fetchone()


def free_number(ctx: Context) -> Row | None:
    """The next free number, locked."""
    return ctx.db.execute(
        "SELECT * FROM msisdn WHERE tenant_id = %s AND state = 'free' ORDER BY msisdn LIMIT 1 FOR UPDATE SKIP LOCKED",
        [ctx.tenant],
    ).fetchone()


def take(ctx: Context, *, service: ServiceId, msisdn: str, iccid: str) -> None:
    """Give a number and a card, both locked and free, to a service."""
    ctx.db.execute(
        "UPDATE msisdn SET state = 'used', service_id = %s, quarantined_until = NULL"
        " WHERE tenant_id = %s AND msisdn = %s",
        [service, ctx.tenant, msisdn],
    )
    ctx.db.execute(
        "UPDATE sim SET state = 'used', service_id = %s WHERE tenant_id = %s AND iccid = %s",
        [service, ctx.tenant, iccid],
    )


def release(ctx: Context, *, service: ServiceId, quarantined_until: datetime) -> None:
    """A service ended: its number rests in quarantine, its card is void."""
    ctx.db.execute(
        "UPDATE msisdn SET state = 'quarantine', service_id = NULL, quarantined_until = %s"
        " WHERE tenant_id = %s AND service_id = %s",
        [quarantined_until, ctx.tenant, service],
    )
    ctx.db.execute(
        "UPDATE sim SET state = 'void', service_id = NULL WHERE tenant_id = %s AND service_id = %s",
        [ctx.tenant, service],
    )


def record_porting(ctx: Context, *, msisdn: str, network: str, at: datetime) -> bool:
    """
    From an instant until the next known porting a number is served by a network; what was before ends there.

    Portings may come in any order; one told again with another network at its instant is corrected. True when new.
    """
    known = {"tenant": ctx.tenant, "id": uuid7(), "msisdn": msisdn, "network": network, "at": at}
    corrected = ctx.db.execute(
        "UPDATE ported_number SET network = %(network)s"
        " WHERE tenant_id = %(tenant)s AND msisdn = %(msisdn)s AND valid_from = %(at)s RETURNING id",
        known,
    ).fetchone()
    if corrected is not None:
        return False
    ctx.db.execute(
        "UPDATE ported_number SET valid_to = %(at)s WHERE tenant_id = %(tenant)s AND msisdn = %(msisdn)s"
        " AND valid_from < %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)",
        known,
    )
    ctx.db.execute(
        "INSERT INTO ported_number (tenant_id, id, msisdn, network, valid_from, valid_to)"
        " SELECT %(tenant)s, %(id)s, %(msisdn)s, %(network)s, %(at)s, min(valid_from) FROM ported_number"
        " WHERE tenant_id = %(tenant)s AND msisdn = %(msisdn)s AND valid_from > %(at)s",
        known,
    )
    return True
