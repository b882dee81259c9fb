"""Entries and their postings over a given connection, always many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.ledger.accounts import account_of
from spojka.kernel.ids import PartyId, uuid7


class EntryWrong(ValueError):
    """An entry that cannot be posted: it does not balance, names no party where one is needed, or posts nothing."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A debit (above zero) or a credit (below zero) of one account."""

    account: str
    amount_micros: int
    party: PartyId | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One event in the books.

    Args:
        kind: `invoice`, `credit_note`, `payment`, `allocation`, …
        reference: what it records; an entry of a kind and reference is posted once.
        booked_on: the day it counts for.
        postings: at least two, summing to zero.

    """

    kind: str
    reference: str
    booked_on: date
    postings: tuple[Posting, ...]


_POST: Final = """
WITH entries AS (
    INSERT INTO ledger_entry (tenant_id, id, booked_on, made_at, kind, reference)
    SELECT %(tenant)s, id, booked_on, %(now)s, kind, reference
    FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(kinds)s::text[], %(references)s::text[])
        AS new (id, booked_on, kind, reference)
    ON CONFLICT (tenant_id, kind, reference) DO NOTHING
    RETURNING id
), postings AS (
    INSERT INTO ledger_posting (tenant_id, entry_id, position, account, party_id, amount_micros)
    SELECT %(tenant)s, new.entry_id, new.position, new.account, new.party_id, new.amount_micros
    FROM unnest(%(entries)s::uuid[], %(positions)s::int[], %(accounts)s::text[], %(parties)s::uuid[],
            %(amounts)s::bigint[]) AS new (entry_id, position, account, party_id, amount_micros)
    JOIN entries ON entries.id = new.entry_id
)
SELECT count(*) AS posted FROM entries
"""


def _checked(entry: Entry) -> Entry:
    if len(entry.postings) < 2 or sum(posting.amount_micros for posting in entry.postings) != 0:
        raise EntryWrong(f"{entry.kind} {entry.reference} does not balance: {entry.postings}")
    for posting in entry.postings:
        if account_of(posting.account).per_party == (posting.party is None):
            raise EntryWrong(f"{entry.kind} {entry.reference}: account {posting.account} and party {posting.party}")
    return entry


def post(ctx: Context, entries: Sequence[Entry]) -> int:
    """
    Write entries with their postings in one statement; an entry posted before changes nothing.

    Returns how many were new. Raises `EntryWrong`, `AccountUnknown`; the database itself refuses what does not balance.
    """
    if not entries:
        return 0
    ids = [uuid7() for _ in entries]
    postings = [
        (entry_id, position, posting.account, posting.party, posting.amount_micros)
        for entry_id, entry in zip(ids, entries, strict=True)
        for position, posting in enumerate(_checked(entry).postings)
    ]
    entry_ids, positions, accounts, parties, amounts = map(list, zip(*postings, strict=True))
    row = ctx.db.execute(
        _POST,
        {
            "tenant": ctx.tenant,
            "now": ctx.now,
            "ids": ids,
            "days": [entry.booked_on for entry in entries],
            "kinds": [entry.kind for entry in entries],
            "references": [entry.reference for entry in entries],
            "entries": entry_ids,
            "positions": positions,
            "accounts": accounts,
            "parties": parties,
            "amounts": amounts,
        },
    ).fetchone()
    assert row is not None
    return int(row["posted"])


def party_balance(ctx: Context, party: PartyId) -> dict[str, int]:
    """What stands on a party's accounts, in micro-units, by account."""
    rows = ctx.db.execute(
        "SELECT account, sum(amount_micros)::bigint AS amount FROM ledger_posting"
        " WHERE tenant_id = %s AND party_id = %s GROUP BY account",
        [ctx.tenant, party],
    ).fetchall()
    return {row["account"]: row["amount"] for row in rows}


def party_postings(ctx: Context, party: PartyId, starts_on: date | None, ends_on: date | None) -> list[Row]:
    """A party's postings of the days `[starts_on, ends_on)` with their entries, in order of booking."""
    return ctx.db.execute(
        "SELECT e.booked_on, e.kind, e.reference, p.account, p.amount_micros FROM ledger_posting p"
        " JOIN ledger_entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
        " WHERE p.tenant_id = %(tenant)s AND p.party_id = %(party)s"
        " AND e.booked_on >= coalesce(%(from)s::date, '-infinity') AND e.booked_on < coalesce(%(to)s::date, 'infinity')"
        " ORDER BY e.booked_on, e.id, p.position LIMIT 10000",
        {"tenant": ctx.tenant, "party": party, "from": starts_on, "to": ends_on},
    ).fetchall()


def account_totals(ctx: Context) -> list[Row]:
    """Debits, credits and balance of every account that has postings."""
    return ctx.db.execute(
        "SELECT account, sum(greatest(amount_micros, 0))::bigint AS debits,"
        " sum(greatest(-amount_micros, 0))::bigint AS credits, sum(amount_micros)::bigint AS balance"
        " FROM ledger_posting WHERE tenant_id = %s GROUP BY account ORDER BY account",
        [ctx.tenant],
    ).fetchall()
