"""One call inwards: the tenant found, arguments as the operation declares them, progress shown, the answer printed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from spojka.surfaces.cli.options import REFUSED, WRONG_CALL, language_of
from spojka.surfaces.cli.printing import err, in_one_language, print_answer, print_json, print_problem, print_refusal

if TYPE_CHECKING:
    from spojka.access.operations.outcome import Outcome
    from spojka.kernel.ids import TenantId
    from spojka.terms.clauses import Language


def the_tenant(code: str | None) -> TenantId:
    """The tenant of a code, or the only one there is; ends the command with a hint otherwise."""
    from spojka.access.tenants.store import all_tenants, tenant_by_code
    from spojka.kernel.ids import TenantId

    if code is not None:
        return tenant_by_code(code)
    rows = all_tenants()
    if len(rows) == 1:
        return TenantId(rows[0]["id"])
    if not rows:
        print_problem("there is no provider yet; load one: spojka provider load nej-mobil")
    else:
        codes = ", ".join(row["code"] for row in rows)
        print_problem(f"there are several providers: say which with --tenant or SPOJKA_TENANT ({codes})")
    raise typer.Exit(WRONG_CALL)


@contextlib.contextmanager
def showing_progress() -> Iterator[None]:
    """Progress bars on standard error while calls run, where that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    from spojka.access.operations.progress import watching

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def watch(done: int, total: int, what: str) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        with watching(watch):
            yield


def ask(name: str, given: Mapping[str, Any], *, tenant: str | None, key: str | None = None) -> Outcome:
    """Call a registered operation or query as the operator, now; arguments that are `None` are left out."""
    from spojka.access.operations.calling import call
    from spojka.access.operations.context import OPERATOR
    from spojka.surfaces.registered import register_all

    register_all()
    whole = {argument: value for argument, value in given.items() if value is not None}
    with showing_progress():
        return call(name, whole, tenant=the_tenant(tenant), actor=OPERATOR, now=datetime.now(UTC), key=key)


def answer(outcome: Outcome, *, as_json: bool, lang: str | None, only: str | None = None) -> None:
    """
    Print an answer or a refusal; a refusal ends the command with exit code 1.

    Args:
        outcome: what the call answered.
        as_json: for a machine.
        lang: the language of words; for people, texts that an answer holds in both are shown in this one.
        only: for people, the one field of the answer that is shown.

    """
    language = language_of(lang)
    if outcome.refusal is not None:
        refuse(outcome, as_json=as_json, language=language)
    if as_json:
        print_json(outcome.plain)
        return
    from spojka.surfaces.stories.explaining import said_of

    shown = outcome.plain[only] if only is not None else outcome.plain
    print_answer(in_one_language(shown, language), said_of(outcome, language).splitlines())


def outcome_of(result: Any) -> Outcome:
    """What a job answered, as a call answers it."""
    from spojka.access.operations.calling import refused
    from spojka.access.operations.outcome import Outcome, plain
    from spojka.kernel.refusals import Refusal

    return refused(result) if isinstance(result, Refusal) else Outcome(result, None, plain(result))


def refuse(outcome: Outcome, *, as_json: bool, language: Language) -> NoReturn:
    """Print a refusal and end the command."""
    from spojka.terms.refusals import explain_refusal

    assert outcome.refusal is not None
    words = explain_refusal(outcome.refusal, language)
    if as_json:
        print_json({"refused": {**outcome.plain, "words": words}})
    else:
        print_refusal(outcome.refusal.code, words)
    raise typer.Exit(REFUSED)
