"""Small editions made from a few lines."""

from __future__ import annotations

from datetime import date

from spojka.terms.editions import Edition, read_edition
from spojka.terms.figures import unsaid_figures

HEAD = """document = "acme/rules"
edition = "2026-01"
published_on = 2025-12-01
effective_from = 2026-01-01
"""

TWO_CLAUSES = """
[clause."1.1"]
cs = "Úrok je 0,05 % denně."
en = "Interest is 0.05 % a day."
sets.interest_pct = "0.05"

[clause."1.2"]
cs = "Upomínka stojí 50 Kč."
en = "A reminder costs 50 CZK."
sets.fee.reminder = "50.00 CZK"
sets.fee.letter = "30.00 CZK"
"""


def edition(text: str = HEAD + TWO_CLAUSES, cites_as: str = "acme") -> Edition:
    """An edition read from TOML."""
    return read_edition(text, source="acme.toml", cites_as=cites_as)


def made(
    document: str, name: str, effective_from: date, binds_existing_from: date | None = None, **sets: object
) -> Edition:
    """An edition of one clause that sets the given terms."""
    lines = "\n".join(f"sets.{term} = {_toml(value)}" for term, value in sets.items())
    binds = f"binds_existing_from = {binds_existing_from}\n" if binds_existing_from else ""
    head = f'document = "{document}"\nedition = "{name}"\neffective_from = {effective_from}\n{binds}'
    clause = f'[clause."1"]\ncs = "Znění {name}."\nen = "Words of {name}."\n{lines}\n'
    return read_edition(head + clause, source=f"{name}.toml", cites_as=document.partition("/")[0])


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def spaces(text: str) -> str:
    """A text with ordinary spaces only."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def said(text: str) -> str:
    """A TOML text whose words say every figure that its clauses set, for tests that change a value alone."""
    lines = text.splitlines(keepends=True)
    for unsaid in unsaid_figures(read_edition(text, source="sample"), text):
        figures = ", ".join(unsaid.figures)
        words = figures.replace(".", ",") if unsaid.language == "cs" else figures
        before, quote, after = lines[unsaid.line - 1].rpartition('"')
        lines[unsaid.line - 1] = f"{before} ({words}){quote}{after}"
    return "".join(lines)
