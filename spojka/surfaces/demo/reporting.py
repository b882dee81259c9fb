"""The demonstration's tables: traffic by class, the bill run, five amounts explained, what waits in suspense."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from spojka.charging.rating.lines import line_words
from spojka.kernel.money import Money
from spojka.surfaces.demo.beside import print_connector
from spojka.surfaces.demo.month import Demo
from spojka.terms.wording import money_in_words

EXPLAINED = 5


def print_demo(demo: Demo, counts: dict[str, Any]) -> None:
    """Print every table, then the last line."""
    console = Console()
    console.print(_files(demo))
    console.print(_traffic(demo))
    console.print(_bill_run(demo))
    _explanations(demo, console)
    console.print(_suspense(demo))
    where = demo.documents
    console.print(f"PDF, ISDOC, UBL: {where['written']} → {where['folder']}", soft_wrap=True)
    print_connector(console, demo.connector)
    console.print("The web: make serve", style="dim")
    console.print("demo ok: " + ", ".join(f"{name} {value}" for name, value in counts.items()), soft_wrap=True)


def _files(demo: Demo) -> Table:
    table = Table(title=f"Usage files of {demo.month}", title_justify="left")
    for name in ("file", "layout"):
        table.add_column(name)
    for name in ("records", "accepted", "duplicates", "suspended"):
        table.add_column(name, justify="right")
    for file in [*demo.files, *demo.late]:
        figures = (str(file[name]) for name in ("records", "accepted", "duplicates", "suspended"))
        table.add_row(file["name"], file["layout"], *figures)
    return table


def _traffic(demo: Demo) -> Table:
    table = Table(title="Billed use by class", title_justify="left")
    table.add_column("class")
    for name in ("services", "records", "quantity", "amount"):
        table.add_column(name, justify="right")
    for row in demo.do("rating.totals", {"period": str(demo.month)}, at=demo.month.ends_at).plain:
        words = line_words(row["line"])["en"]
        amount = money_in_words(Money.parse(row["amount"]), "en")
        table.add_row(words, str(row["services"]), str(row["records"]), f"{row['quantity']:,} {row['unit']}", amount)
    return table


def _bill_run(demo: Demo) -> Table:
    view = demo.bill["view"]
    table = Table(title="Bill run", title_justify="left")
    for name in ("period", "state", "contracts", "issued", "total with VAT"):
        table.add_column(name, justify="right")
    table.add_row(
        str(view.period),
        view.state,
        str(view.contracts),
        str(view.issued),
        money_in_words(view.total_with_vat, "en"),
    )
    return table


def _explanations(demo: Demo, console: Console) -> None:
    console.print("\nWhy? The five largest amounts", style="bold")
    largest = demo.do("charges.largest", {"period": str(demo.month), "limit": EXPLAINED}, at=demo.month.ends_at)
    for place, charge in enumerate(largest.result, start=1):
        console.print(f"{place}. {charge.words['en']}: {charge.amount.explain('en')}", soft_wrap=True)
        console.print(f"   {charge.words['cs']}: {charge.amount.explain('cs')}", style="dim", soft_wrap=True)


def _suspense(demo: Demo) -> Table:
    table = Table(title="In suspense", title_justify="left")
    table.add_column("reason")
    table.add_column("records", justify="right")
    for row in demo.do("usage.suspense_counts", {}, at=demo.month.ends_at).plain:
        table.add_row(row["reason"], str(row["records"]))
    return table
