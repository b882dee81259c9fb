"""
The files of issued invoices: PDF, ISDOC and UBL, one of each, beside each other.

A file is written under another name and renamed when it is whole, so a name that can be seen is a whole file; a file
that is there is not written again, for what was issued never changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import polars as pl

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.progress import report
from spojka.charging.rating.lines import line_key, line_words, unit_of
from spojka.charging.rating.rated import rated_rows, usage_by_class, usage_by_day
from spojka.kernel.ids import InvoiceId
from spojka.kernel.time import Period
from spojka.revenue.billing.frozen import to_document
from spojka.revenue.documents.invoice import ClassUse, DayUse, InvoiceDocument
from spojka.trade.notices.mail import Attachment
from spojka.trade.notices.sending import register_attacher

SUFFIXES: Final = (".pdf", ".isdoc", ".xml")
ATTACHED: Final = {".pdf": "application/pdf", ".isdoc": "application/xml"}
"""What goes along with a letter, and as what."""

MOST_CLASSES: Final = 8
"""Classes of use in a picture; further ones are left to the lines."""

BATCH: Final = 25
_SCALES: Final = {"s": (60, "min"), "B": (1024 * 1024, "MB")}


@dataclass(frozen=True, slots=True)
class Papers:
    """How many files were written, how many were there already, and the folder they are in."""

    written: int
    present: int
    folder: str


def folder_of(ctx: Context, period: Period) -> Path:
    """Where a period's files are."""
    return ctx.files / "documents" / str(period)


def write_papers(ctx: Context, period: Period, *, numbers: Sequence[str] | None = None, workers: int = 2) -> Papers:
    """
    Write the files of a period's issued documents that are not there yet, in processes side by side.

    `numbers` narrow it to some documents.
    """
    rows = ctx.db.execute(
        "SELECT id, contract_id, number, kind, issued_on, due_on, body FROM invoice"
        " WHERE tenant_id = %(t)s AND period_on = %(p)s AND state = 'issued'"
        " AND (%(n)s::text[] IS NULL OR number = ANY(%(n)s)) ORDER BY number",
        {"t": ctx.tenant, "p": period.starts_on, "n": None if numbers is None else list(numbers)},
    ).fetchall()
    folder = folder_of(ctx, period)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [row for row in rows if any(not (folder / f"{row['number']}{suffix}").exists() for suffix in SUFFIXES)]
    documents = _with_pictures(ctx, period, missing)
    batches = [(folder, documents[start : start + BATCH]) for start in range(0, len(documents), BATCH)]
    done = 0
    if len(batches) == 1:  # a process of its own would take longer to start than to write
        done = _write_all(batches[0])
    elif batches:
        with ProcessPoolExecutor(min(workers, len(batches)), mp_context=get_context("spawn")) as pool:
            for count in pool.map(_write_all, batches):
                done += count
                report(done, len(documents), "documents")
    return Papers(done * len(SUFFIXES), (len(rows) - len(missing)) * len(SUFFIXES), str(folder))


def _write_all(batch: tuple[Path, Sequence[InvoiceDocument]]) -> int:
    from spojka.revenue.documents import isdoc, ubl  # noqa: PLC0415  # loaded in the worker only
    from spojka.revenue.documents.pdf import Printer  # noqa: PLC0415  # see above

    folder, documents = batch
    printer = Printer()
    for document in documents:
        whole = (printer.draw(document), isdoc.write(document), ubl.write(document))
        for suffix, content in zip(SUFFIXES, whole, strict=True):
            keep_file(folder / f"{document.number}{suffix}", content)
    return len(documents)


def keep_file(path: Path, content: bytes) -> None:
    """Write a file so that its name never shows a part of it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(path)


def _with_pictures(ctx: Context, period: Period, rows: Sequence[Row]) -> list[InvoiceDocument]:
    """The documents with pictures of what was used, read once for all of them."""
    services = ctx.db.execute(
        "SELECT id::text AS service, contract_id FROM service WHERE tenant_id = %s AND contract_id = ANY(%s)",
        [ctx.tenant, [row["contract_id"] for row in rows]],
    ).fetchall()
    rated = rated_rows(ctx, period, [row["service"] for row in services]) if rows else None
    if rated is None:
        return [to_document(row) for row in rows]
    owners = pl.DataFrame(
        {
            "service_id": [row["service"] for row in services],
            "contract": [str(row["contract_id"]) for row in services],
        },
    )
    days = {key: list(part) for key, part in _days(usage_by_day(rated).join(owners, on="service_id"))}
    classes = usage_by_class(rated).join(owners, on="service_id")
    by_contract = {str(key): part for (key,), part in classes.group_by("contract")}
    return [_pictured(row, days, by_contract) for row in rows]


def _pictured(row: Row, days: Mapping[str, list[DayUse]], classes: Mapping[str, pl.DataFrame]) -> InvoiceDocument:
    document = to_document(row)
    contract = str(row["contract_id"])
    if document.kind == "credit_note" or contract not in days:
        return document
    by_class = tuple(_classes(classes[contract], document)) if contract in classes else ()
    return replace(document, usage_by_day=tuple(days[contract]), usage_by_class=by_class)


def _days(frame: pl.DataFrame) -> Iterator[tuple[str, Iterator[DayUse]]]:
    summed = frame.group_by("contract", "day").agg(pl.col("voice_s", "messages", "data_bytes").sum()).sort("day")
    for (contract,), part in summed.group_by("contract", maintain_order=True):
        columns = part.select("day", "voice_s", "messages", "data_bytes")
        yield str(contract), (DayUse(day, voice, sms, data) for day, voice, sms, data in columns.iter_rows())


def _classes(frame: pl.DataFrame, document: InvoiceDocument) -> Iterator[ClassUse]:
    lines: dict[str, tuple[int, int]] = {}
    for kind, zone, dest, billed, micros in frame.select(
        "kind", "zone", "dest_class", "billed", "charge_micros"
    ).iter_rows():
        line = line_key(kind, zone, dest)
        units, amount = lines.get(line, (0, 0))
        lines[line] = (units + billed, amount + micros)
    largest = sorted(lines.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    for line, (units, amount) in largest[:MOST_CLASSES]:
        size, name = _SCALES.get(unit_of(line), (1, unit_of(line)))
        counted = (Decimal(units) / size).quantize(Decimal("0.1") if size > 1 else Decimal(1))
        yield ClassUse(line_words(line)[document.language], counted, name, amount)


def attached(ctx: Context, invoice: InvoiceId) -> list[Attachment]:
    """The PDF and the ISDOC of an issued document, for its letter; written first when they are not there yet."""
    row = ctx.db.execute(
        "SELECT id, contract_id, number, kind, period_on, issued_on, due_on, body FROM invoice"
        " WHERE tenant_id = %s AND id = %s AND state = 'issued'",
        [ctx.tenant, invoice],
    ).fetchone()
    if row is None:
        return []
    period = Period.containing(row["period_on"])
    folder = folder_of(ctx, period)
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{row['number']}{suffix}" for suffix in ATTACHED]
    if any(not (folder / name).exists() for name in names):
        _write_all((folder, _with_pictures(ctx, period, [row])))
    return [Attachment(name, ATTACHED[Path(name).suffix], (folder / name).read_bytes()) for name in names]


register_attacher(attached)
