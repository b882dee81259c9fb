"""What the books say: a customer's balance and statement, and the totals of all accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.ledger.accounts import ADVANCE, RECEIVABLE, account_of
from spojka.charging.ledger.store import account_totals, party_balance, party_postings
from spojka.kernel.ids import PartyId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """
    How a customer stands.

    Args:
        owed: what invoices ask for and is not paid.
        advance: what was paid and not used yet.
        balance: owed less advance; below zero the customer has money here.

    """

    owed: Money
    advance: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting: a debit raises what the customer owes, a credit lowers it; `balance` runs along."""

    booked_on: date
    kind: str
    reference: str
    account: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One account's sums."""

    account: str
    title_cs: str
    title_en: str
    debits: Money
    credits: Money
    balance: Money


def _hidden(ctx: Context, party: PartyId) -> Refusal | None:
    if ctx.actor.party in (None, party):
        return None
    return Refusal("PARTY_UNKNOWN", (), {"party": party})


@query("ledger.balance", permission="ledger.read", customers=True, refusals=("PARTY_UNKNOWN",))
def balance(ctx: Context, *, party: PartyId) -> PartyBalance | Refusal:
    """What a customer owes and what the customer has paid ahead."""
    hidden = _hidden(ctx, party)
    if hidden is not None:
        return hidden
    accounts = party_balance(ctx, party)
    owed, advance = Money(accounts.get(RECEIVABLE, 0)), Money(-accounts.get(ADVANCE, 0))
    return PartyBalance(owed, advance, owed - advance)


@query("ledger.statement", permission="ledger.read", customers=True, refusals=("PARTY_UNKNOWN",))
def statement(
    ctx: Context, *, party: PartyId, starts_on: date | None = None, ends_on: date | None = None
) -> list[StatementLine] | Refusal:
    """Everything booked to a customer on the days from `starts_on` to before `ends_on`."""
    hidden = _hidden(ctx, party)
    if hidden is not None:
        return hidden
    lines, running = [], Money.zero()
    for row in party_postings(ctx, party, starts_on, ends_on):
        amount = Money(row["amount_micros"])
        running += amount
        lines.append(StatementLine(row["booked_on"], row["kind"], row["reference"], row["account"], amount, running))
    return lines


@query("ledger.accounts", permission="ledger.read")
def accounts(ctx: Context) -> list[AccountTotal]:
    """Debits, credits and balance of every account; all balances together are zero."""
    found = []
    for row in account_totals(ctx):
        account = account_of(row["account"])
        found.append(
            AccountTotal(
                account.code,
                account.cs,
                account.en,
                Money(row["debits"]),
                Money(row["credits"]),
                Money(row["balance"]),
            )
        )
    return found
