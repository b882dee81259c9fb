"""The chart of accounts: codes of the Czech framework chart, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["asset", "liability", "income", "expense"]


class AccountUnknown(LookupError):
    """A posting names an account that the chart does not have; the text lists those it has."""


@dataclass(frozen=True, slots=True)
class Account:
    """
    One account.

    Args:
        code: its number in the chart.
        side: what a balance on it means; assets and expenses grow by debits (above zero), the others by credits.
        per_party: every posting names whose it is.

    """

    code: str
    side: Side
    cs: str
    en: str
    per_party: bool = False


CHART: Final = {
    account.code: account
    for account in (
        Account("221", "asset", "Bankovní účty", "Bank accounts"),
        Account("311", "asset", "Pohledávky za zákazníky", "Receivables from customers", per_party=True),
        Account("315", "asset", "Ostatní pohledávky", "Other receivables", per_party=True),
        Account("324", "liability", "Přijaté zálohy a přeplatky", "Advances and overpayments received", per_party=True),
        Account("343", "liability", "Daň z přidané hodnoty", "Value added tax"),
        Account("379", "liability", "Platby vybrané pro třetí strany", "Payments collected for third parties"),
        Account("395", "liability", "Nepřiřazené platby", "Payments not matched yet"),
        Account("602", "income", "Tržby z prodeje služeb", "Revenue from services"),
        Account("644", "income", "Smluvní pokuty a úroky z prodlení", "Contractual penalties and default interest"),
        Account("648", "income", "Ostatní provozní výnosy", "Other operating income"),
    )
}
"""Every account there is, by code."""

RECEIVABLE: Final = "311"
OTHER_RECEIVABLE: Final = "315"
ADVANCE: Final = "324"
VAT: Final = "343"
THIRD_PARTY: Final = "379"
UNMATCHED: Final = "395"
BANK: Final = "221"
REVENUE: Final = "602"
PENALTIES: Final = "644"
OTHER_INCOME: Final = "648"


def account_of(code: str) -> Account:
    """The account of a code; raises `AccountUnknown`."""
    found = CHART.get(code)
    if found is None:
        raise AccountUnknown(f"account {code!r} is not in the chart; there are: {', '.join(CHART)}")
    return found
