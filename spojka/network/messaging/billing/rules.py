"""Which line of the bill a count of dispatched parts belongs to, and what a new count changes (o2/1.4, 5.1, 6.4)."""

from __future__ import annotations

from datetime import datetime

from spojka.kernel.money import Money
from spojka.network.messaging.prices.rules import Sort
from spojka.terms.findings import rule

_NETWORKS = {
    "own": ("do vlastní sítě", "into the own network"),
    "other_cz": ("do ostatních českých sítí", "into other Czech networks"),
    "foreign": ("do zahraničí", "abroad"),
}


@rule(
    cs="{result}: přepočet {before} na {after} ({parts_before} dílů na {parts_after})",
    en="{result}: {before} recounted to {after} ({parts_before} parts to {parts_after})",
)
def messages_recounted(*, before: Money, after: Money, parts_before: int, parts_after: int) -> Money:
    """What a new count changes of what was posted before; only the difference is billed."""
    assert min(parts_before, parts_after) >= 0, (parts_before, parts_after)
    return after - before


@rule(
    cs="{result}: {parts} dílů dokončených po {liable_until} jde k tíži poskytovatele",
    en="{result}: {parts} parts that were completed after {liable_until} are at the provider's risk",
)
def at_operators_risk(*, parts: int, liable_until: datetime) -> Money:
    """Parts sent with a certificate after its subscriber's liability ended cost nothing (o2/6.4, 6.7)."""
    assert parts >= 0, parts
    assert liable_until is not None
    return Money.zero()


PRIORITY = "sms.priority"
"""The line of the surcharge."""


def line_of(sort: Sort, *, special: bool) -> str:
    """
    The line of a message's own price, before the price itself.

    >>> line_of(Sort("sms", "own", True, False), special=True)
    'sms.own.nickname'
    """
    return f"{sort.kind}.{sort.destination}{'.nickname' if special else ''}"


def line_words(line: str, price: Money | None) -> dict[str, str]:
    """
    What a line says on the bill, by language.

    >>> line_words("sms.own.nickname", Money.czk("1.40"))["en"]
    'SMS into the own network, with a nickname, 1.40 CZK each'
    """
    if line == PRIORITY:
        cs, en = "Příplatek za prioritní SMS", "Surcharge for priority SMS"
    else:
        kind, destination, *nickname = line.split(".")
        where = _NETWORKS[destination]
        cs, en = (f"{kind.upper()} {words}" for words in where)
        if nickname:
            cs, en = f"{cs}, s přezdívkou", f"{en}, with a nickname"
    if price is None:
        return {"cs": cs, "en": en}
    crowns = f"{price.amount:f}"
    return {"cs": f"{cs}, po {crowns.replace('.', ',')} Kč", "en": f"{en}, {crowns} CZK each"}
