"""
Finding a customer by the beginning of what somebody happens to know: a name, a number, a contract, an invoice.

Of a name every word is found by its beginning, in any order; an e-mail address is found by its own beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId
from spojka.trade.parties.rules import folded, words_of

Matched = Literal["name", "email", "number", "contract", "invoice", "company_id"]
MOST: Final = 50
"""The most rows one search answers with."""

_MOST_WORDS: Final = 6
"""The most words of a text that are looked at, and the most words of one name that are likely to begin alike."""

_LAST: Final = "\U0010ffff"
"""Sorts after every letter."""


@dataclass(frozen=True, slots=True)
class PartyFound:
    """
    One customer that fits.

    Args:
        party: the customer.
        matched: what fitted.
        text: the number, contract, invoice or e-mail address that fitted; empty for a name.
        services: how many numbers run.

    """

    party: PartyId
    name: str
    kind: str
    city: str
    matched: Matched
    text: str
    services: int


# Words sort by the C collation, whose comparisons may run under row-level security and meet the index.
_NAME_SQL: Final = """
SELECT w.party_id, 'name' AS matched, '' AS text, 3 AS rank FROM party_word w
WHERE w.tenant_id = %(tenant)s AND w.kind = 'name' AND w.word >= %(word_0)s AND w.word < %(word_0_end)s{others}
ORDER BY w.word LIMIT %(most_words)s
"""
_OTHER_WORD: Final = """
  AND EXISTS (SELECT 1 FROM party_word o WHERE o.tenant_id = w.tenant_id AND o.party_id = w.party_id
    AND o.kind = 'name' AND o.word >= %(word_{place})s AND o.word < %(word_{place}_end)s)"""
EMAIL_SQL: Final = """
SELECT party_id, 'email' AS matched, word AS text, 2 AS rank FROM party_word
WHERE tenant_id = %(tenant)s AND kind = 'email' AND word >= %(email)s AND word < %(email_end)s
ORDER BY word LIMIT %(most)s
"""
NUMBER_SQL: Final = """
SELECT party_id, 'number' AS matched, msisdn AS text, 0 AS rank FROM service
WHERE tenant_id = %(tenant)s AND msisdn >= %(msisdn)s AND msisdn < %(msisdn_end)s ORDER BY msisdn LIMIT %(most)s
"""
_CONTRACT_SQL: Final = """
SELECT c.party_id, 'contract' AS matched, n.number AS text, 1 AS rank FROM contract_number n
JOIN contract c ON c.tenant_id = n.tenant_id AND c.id = n.contract_id
WHERE n.tenant_id = %(tenant)s AND n.number BETWEEN %(digits)s AND %(digits_end)s ORDER BY n.number LIMIT %(most)s
"""
_INVOICE_SQL: Final = """
SELECT party_id, 'invoice' AS matched, number AS text, 2 AS rank FROM invoice
WHERE tenant_id = %(tenant)s AND number BETWEEN %(digits)s AND %(digits_end)s ORDER BY number LIMIT %(most)s
"""
_COMPANY_SQL: Final = """
SELECT id AS party_id, 'company_id' AS matched, ico AS text, 1 AS rank FROM party
WHERE tenant_id = %(tenant)s AND ico = %(digits)s LIMIT %(most)s
"""
_AROUND: Final = """
WITH hits AS ({hits}), best AS (
  SELECT DISTINCT ON (party_id) party_id, matched, text, rank FROM hits ORDER BY party_id, rank, text
)
SELECT b.party_id, b.matched, b.text, p.name, p.kind, p.city,
  (SELECT count(*) FROM service s WHERE s.tenant_id = p.tenant_id AND s.party_id = p.id AND s.state <> 'ended')
    AS services
FROM best b JOIN party p ON p.tenant_id = %(tenant)s AND p.id = b.party_id
ORDER BY b.rank, p.sort_key, p.id LIMIT %(most)s
"""


def search_values(ctx: Context, text: str, most: int) -> tuple[list[str], dict[str, object]]:
    """The statements that a text calls for and the values they take."""
    digits = re.sub(r"[\s/-]", "", text).removeprefix("+")
    values: dict[str, object] = {"tenant": ctx.tenant, "most": most}
    if "@" in text:
        email = folded(text)
        return [EMAIL_SQL], values | {"email": email, "email_end": email + _LAST}
    if not digits.isdecimal() or not digits.isascii():
        return _name_search(text, most, values)
    number = f"+{digits}" if text.strip().startswith("+") or digits.startswith("420") else f"+420{digits}"
    values |= {"msisdn": number, "msisdn_end": number + _LAST, "digits": digits, "digits_end": digits + "9" * 20}
    return [NUMBER_SQL, _CONTRACT_SQL, _INVOICE_SQL, _COMPANY_SQL], values


def _name_search(text: str, most: int, values: dict[str, object]) -> tuple[list[str], dict[str, object]]:
    """Names of which every word of a text begins a word; the longest, which fewest fit, is looked up first."""
    words = sorted(words_of(text), key=len, reverse=True)[:_MOST_WORDS]
    if not words:
        return [], values
    for place, word in enumerate(words):
        values |= {f"word_{place}": word, f"word_{place}_end": word + _LAST}
    others = "".join(_OTHER_WORD.format(place=place) for place in range(1, len(words)))
    return [_NAME_SQL.format(others=others)], values | {"most_words": most * _MOST_WORDS}


def found(ctx: Context, text: str, most: int) -> list[PartyFound]:
    """Customers that fit a text, one line each, in one statement."""
    statements, values = search_values(ctx, text, most)
    if not statements or not text.strip():
        return []
    hits = " UNION ALL ".join(f"({each})" for each in statements)
    return [_line(row) for row in ctx.db.execute(_AROUND.format(hits=hits), values).fetchall()]


def _line(row: Row) -> PartyFound:
    return PartyFound(
        PartyId(row["party_id"]),
        row["name"],
        row["kind"],
        row["city"],
        row["matched"],
        row["text"],
        row["services"],
    )
