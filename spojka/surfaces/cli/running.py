"""Commands of every day: usage in, rating, bills, why, deadlines, the audit, and any call by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from spojka.surfaces.cli.calling import answer, ask, showing_progress, the_tenant
from spojka.surfaces.cli.options import REFUSED, WRONG_CALL
from spojka.surfaces.cli.printing import out, print_json, print_problem


def import_usage(
    files: Sequence[Path], *, source: str | None, tenant: str | None, as_json: bool, lang: str | None
) -> None:
    """Take in each file; the first refusal ends the command."""
    for file in files:
        given = {"path": str(file.resolve()), "source": source}
        answer(ask("usage.import_file", given, tenant=tenant), as_json=as_json, lang=lang)


def rate_period(period: str | None, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Rate a month again."""
    answer(ask("rating.rate", {"period": period}, tenant=tenant), as_json=as_json, lang=lang)


def bill_period(period: str, *, dry_run: bool, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Issue a month's invoices."""
    given = {"period": period, "dry_run": dry_run or None}
    answer(ask("billing.run", given, tenant=tenant), as_json=as_json, lang=lang)


def show_invoice(number: str, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Print an invoice."""
    answer(ask("billing.invoice", {"number": number}, tenant=tenant), as_json=as_json, lang=lang)


def say_why(what: str, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Explain an invoice, a record or a clause."""
    name, argument = ("publications.clause", "id") if "/" in what else ("billing.why", "what")
    answer(ask(name, {argument: what}, tenant=tenant), as_json=as_json, lang=lang)


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
