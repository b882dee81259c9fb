"""Commands of every day: usage in, rating, bills, why, deadlines, the audit, and any call by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import typer

from spojka.surfaces.cli.calling import answer, ask, refuse, showing_progress, the_tenant
from spojka.surfaces.cli.options import REFUSED, WRONG_CALL, language_of
from spojka.surfaces.cli.printing import out, print_answer, print_json, print_problem

_UUID: Final = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)

if TYPE_CHECKING:
    from spojka.access.operations.outcome import Outcome


def import_usage(
    files: Sequence[Path],
    *,
    source: str | None,
    layout: str | None,
    tenant: str | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Take in each file; the first refusal ends the command."""
    from spojka.access.operations.progress import report

    taken: list[Any] = []
    with showing_progress():
        for number, file in enumerate(files, start=1):
            given = {"path": str(file.resolve()), "source": source, "layout": layout}
            began = perf_counter()
            outcome = ask("usage.import_file", given, tenant=tenant)
            if outcome.refusal is not None:
                refuse(outcome, as_json=as_json, language=language_of(lang))
            records: int = outcome.plain["records"]
            taken.append({**outcome.plain, "records_per_s": round(records / (perf_counter() - began))})
            report(number, len(files), "files")
    if as_json:
        print_json(taken)
    else:
        print_answer(taken, [])


def rate_period(period: str | None, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Rate a month again, the running one by default."""
    from spojka.kernel.time import Period, day_of

    chosen = period or str(Period.containing(day_of(datetime.now(UTC))))
    answer(ask("rating.rate", {"period": chosen}, tenant=tenant), as_json=as_json, lang=lang)


def bill_period(period: str, *, dry_run: bool, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Issue a month's invoices, batch by batch; or work them all out and keep nothing."""
    if dry_run:
        answer(_worked_out(period, tenant), as_json=as_json, lang=lang)
        return
    started = ask("billing.run", {"period": period}, tenant=tenant)
    if started.refusal is not None:
        refuse(started, as_json=as_json, language=language_of(lang))
    from spojka.access.operations.progress import report
    from spojka.kernel.time import Period
    from spojka.surfaces.cli.calling import outcome_of
    from spojka.surfaces.jobs.billing import drive

    with showing_progress():
        done = drive(
            the_tenant(tenant),
            Period.parse(period),
            now=lambda: datetime.now(UTC),
            watcher=lambda view: report(view.drafted + view.issued, 2 * view.contracts, "invoices"),
        )
    answer(outcome_of(done), as_json=as_json, lang=lang)


def _worked_out(period: str, tenant: str | None) -> Outcome:
    """A bill run up to its drafts in one transaction that is taken back."""
    from psycopg import Rollback

    from spojka.access.database.connections import transaction
    from spojka.access.database.server import files
    from spojka.access.operations.calling import convert, run
    from spojka.access.operations.context import OPERATOR, Context
    from spojka.access.operations.registry import find
    from spojka.kernel.ids import uuid7
    from spojka.surfaces.registered import register_all

    register_all()
    owner = the_tenant(tenant)
    with showing_progress(), suppress(Rollback), transaction(owner) as db:
        ctx = Context(db, owner, OPERATOR, datetime.now(UTC), uuid7(), files() / str(owner))

        def do(name: str, given: dict[str, Any]) -> Outcome:
            called = find(name)
            return run(called, convert(called, {"period": period, **given}), ctx)

        outcome = do("billing.run", {})
        if outcome.refusal is None:
            for after in do("billing.pages", {}).result:
                outcome = do("billing.draft_page", {"after": after})
        raise Rollback
    return outcome


def show_invoice(number: str, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Print an invoice."""
    key = "invoice" if _UUID.match(number) else "number"
    answer(ask("billing.invoice", {key: number}, tenant=tenant), as_json=as_json, lang=lang)


def say_why(
    what: str,
    *,
    line: str | None,
    source: str | None,
    period: str | None,
    tenant: str | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Explain a clause (`nej/2.11`), a line of an invoice, an item by its id, or a usage record by its own."""
    if line is not None:
        outcome = ask("billing.why", {"number": what, "line": line}, tenant=tenant)
    elif "/" in what:
        outcome = ask("publications.clause", {"id": what}, tenant=tenant)
    elif _UUID.match(what):
        outcome = ask("charges.why", {"charge": what}, tenant=tenant)
    else:
        outcome = ask("rating.price", {"record": what, "source": source, "period": period}, tenant=tenant)
    answer(outcome, as_json=as_json, lang=lang)


def list_deadlines(subject: str, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Print what will happen by itself."""
    answer(ask("deadlines.of", {"subject": subject}, tenant=tenant), as_json=as_json, lang=lang)


def show_changes(
    document: str, before: str, after: str, *, tenant: str | None, as_json: bool, lang: str | None
) -> None:
    """Print what changed between two editions."""
    given = {"document": document, "before": before, "after": after}
    answer(ask("publications.changes", given, tenant=tenant), as_json=as_json, lang=lang)


def verify_audit(*, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Walk the chain; a broken one ends the command with exit code 1."""
    outcome = ask("audit.verify", {}, tenant=tenant)
    answer(outcome, as_json=as_json, lang=lang)
    if not outcome.result.whole:
        if not as_json:
            print_problem(f"the chain is broken at position {outcome.result.broken_at}: a sealed row was changed")
        raise typer.Exit(REFUSED)


def seal_audit(*, tenant: str | None, as_json: bool) -> None:
    """Chain every committed row."""
    from spojka.access.audit.store import seal
    from spojka.access.database.connections import transaction

    owner, sealed = the_tenant(tenant), 0
    with showing_progress(), transaction(owner) as db:
        while added := seal(db, owner):
            sealed += added
    if as_json:
        print_json({"sealed": sealed})
    else:
        out().print(f"{sealed} rows sealed")


def call_by_name(
    name: str, arguments: Sequence[str], *, tenant: str | None, key: str | None, as_json: bool, lang: str | None
) -> None:
    """Call any operation or query with arguments written as in a story."""
    from spojka.access.operations.registry import find
    from spojka.surfaces.registered import register_all
    from spojka.surfaces.stories.fitting import fit

    register_all()
    declared = {argument.name: argument.type for argument in find(name).arguments}
    given: dict[str, Any] = {}
    for written in arguments:
        argument, equals, value = written.partition("=")
        if not equals:
            print_problem(f"{written!r} is not key=value; {name} takes {', '.join(declared) or 'no arguments'}")
            raise typer.Exit(WRONG_CALL)
        parsed = _value(value)
        given[argument] = fit(parsed, declared[argument], (argument,)) if argument in declared else parsed
    answer(ask(name, given, tenant=tenant, key=key), as_json=as_json, lang=lang)


def _value(written: str) -> Any:
    """A text, or what `{…}` or `[…]` holds, every scalar a text."""
    from spojka.surfaces.stories.marked import read_documents

    if not written.startswith(("{", "[")):
        return written
    documents = list(read_documents(written, "argument"))
    return documents[0] if len(documents) == 1 else written
