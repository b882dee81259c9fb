"""A service's balance and its open sessions in one period, as they stand between two steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.charging.balances.online.rules import GROUPS
from spojka.charging.balances.online.sessions import Kind, Session
from spojka.charging.rating.kernel import (
    COUNTERS,
    EXHAUSTED,
    FLAGS,
    LIMIT_ACTIVE,
    LIMIT_COUNTED,
    LIMIT_REACHED,
    SPENT,
    TOLD,
    VOLUME_TOTAL,
    VOLUME_USED,
)
from spojka.charging.rating.rules import volume_total
from spojka.charging.rating.terms import Account, RateBook
from spojka.kernel.time import micros_of

NEVER: Final = -(2**62)
"""Before every record, in microseconds."""


@dataclass(slots=True)
class Tab:
    """
    What a batch works on; it becomes the kept one when the batch is committed.

    Args:
        service: whose.
        period_on: first day of the period.
        version: of the row, as it was read.
        account: after every record that is in the balance.
        walked_until: everything up to this instant may be in it; microseconds.
        latest: the latest record added since, by `rules.GROUPS`; microseconds.
        facts: the mark of the entitlements that the row was rated with.
        sessions: open ones by id.
        changed: records were added.
        touched: records were added or sessions changed.
        told: marks that customers heard of, so that they are not raised with every step.
        stale: a record came before one that is in already, so the balance is to be rated anew.

    """

    service: UUID
    period_on: date
    version: int
    account: Account
    walked_until: int
    latest: list[int]
    facts: str
    sessions: dict[UUID, Session]
    changed: bool = False
    touched: bool = False
    stale: bool = False
    told: set[tuple[int, ...]] = field(default_factory=set)

    @property
    def key(self) -> tuple[UUID, date]:
        """What it is found by."""
        return self.service, self.period_on

    def copy(self) -> Tab:
        """One to work on; this one stays as it is."""
        return Tab(
            self.service,
            self.period_on,
            self.version,
            self.account,
            self.walked_until,
            list(self.latest),
            self.facts,
            dict(self.sessions),
            told=set(self.told),
        )

    def put(self, session: Session) -> None:
        """Keep a session as it is now; one that ended holds nothing."""
        if session.is_open:
            self.sessions[session.id] = session
        else:
            self.sessions.pop(session.id, None)
        self.touched = True

    def add(self, account: Account, at_micros: int, kind: Kind) -> None:
        """Take the account after one more record."""
        self.account, self.changed, self.touched = account, True, True
        self.latest[GROUPS[kind]] = at_micros


def account_of(row: Row, book: RateBook) -> Account:
    """The account of a balance's row; pools that the row does not know hold nothing."""
    capacity = dict(zip(row["slots"], row["capacity"], strict=True))
    remaining = dict(zip(row["slots"], row["remaining"], strict=True))
    meters = row["counters"]
    return Account(
        left=tuple(remaining.get(slot.name, 0) for slot in book.slots),
        granted=tuple(capacity.get(slot.name, 0) for slot in book.slots),
        volume_used=meters[VOLUME_USED],
        volume_told=tuple(bool(meters[FLAGS] & (TOLD << place)) for place in range(len(book.thresholds_pct))),
        volume_exhausted=bool(meters[FLAGS] & EXHAUSTED),
        limit_active=bool(meters[FLAGS] & LIMIT_ACTIVE),
        limit_reached=bool(meters[FLAGS] & LIMIT_REACHED),
        limit_counted_micros=meters[LIMIT_COUNTED],
        spent_micros=meters[SPENT],
        counted=tuple(meters[COUNTERS::3]),
        excess=tuple(meters[COUNTERS + 1 :: 3]),
        excess_charge_micros=tuple(meters[COUNTERS + 2 :: 3]),
    )


def meters_of(account: Account, book: RateBook) -> list[int]:
    """The meters of an account in the order of the kernel's ledger."""
    meters = [0] * COUNTERS
    meters[SPENT], meters[LIMIT_COUNTED] = account.spent_micros, account.limit_counted_micros
    meters[VOLUME_USED], meters[VOLUME_TOTAL] = account.volume_used, volume_total(account.granted, book)
    flags = LIMIT_ACTIVE * account.limit_active | LIMIT_REACHED * account.limit_reached
    flags |= EXHAUSTED * account.volume_exhausted
    for place, was in enumerate(account.volume_told):
        flags |= (TOLD << place) if was else 0
    meters[FLAGS] = flags
    for counter in zip(account.counted, account.excess, account.excess_charge_micros, strict=True):
        meters += counter
    return meters


def tab_of(row: Row, book: RateBook, sessions: Sequence[Session]) -> Tab:
    """The tab of a balance's row."""
    kept: list[int] = row["latest_at"]
    current = len(kept) == 2 + len(set(GROUPS.values())) and kept[0] == row["version"]
    account = account_of(row, book)
    return Tab(
        service=row["service_id"],
        period_on=row["period_on"],
        version=row["version"],
        account=account,
        walked_until=kept[1] if current else micros_of(row["rated_until"]),
        latest=list(kept[2:]) if current else [NEVER] * len(set(GROUPS.values())),
        facts=row["facts"],
        sessions={session.id: session for session in sessions if session.is_open},
    )


def latest_row(tab: Tab) -> list[int]:
    """What a row keeps of the order of records: its own version, how far it was walked, the latest by group."""
    return [tab.version, tab.walked_until, *tab.latest]
