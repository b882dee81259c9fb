"""Commands that begin: the database, a provider's pack, the demonstration."""

from __future__ import annotations

import contextlib
import os
import sys

from spojka.surfaces.cli.calling import answer, ask
from spojka.surfaces.cli.printing import out, print_json


def initialise(*, as_json: bool) -> None:
    """Make or update the database."""
    from spojka.access.database.server import URL_VARIABLE, home
    from spojka.surfaces.jobs.install import install

    install()
    where = "the configured server" if os.environ.get(URL_VARIABLE) else str(home())
    if as_json:
        print_json({"database": where, "ready": True})
    else:
        out().print(f"The database in {where} is ready. Next: spojka provider load nej-mobil")


def load_pack(pack: str, *, tenant: str | None, editions: list[str], as_json: bool, lang: str | None) -> None:
    """Make the provider when it is new, and publish its pack."""
    from spojka.access.database.connections import transaction
    from spojka.access.tenants.store import add_tenant, all_tenants
    from spojka.surfaces.jobs.install import install
    from spojka.trade.publications.packs import find_pack

    found = find_pack(pack)
    code = tenant or found.code
    install()
    if code not in {row["code"] for row in all_tenants()}:
        with transaction(None) as db:
            add_tenant(db, code=code, pack=pack)
    outcome = ask("provider.load", {"editions": editions or None}, tenant=code)
    answer(outcome, as_json=as_json, lang=lang)


def run_demo(*, customers: int, records: int | None, month: str | None, as_json: bool) -> None:
    """Run the demonstration; with JSON its tables go to standard error."""
    from spojka.kernel.time import Period
    from spojka.surfaces.cli.calling import showing_progress
    from spojka.surfaces.demo.run import run

    chosen = None if month is None else Period.parse(month)
    aside = contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext()
    with showing_progress(), aside:
        counts = run(customers=customers, records=records, month=chosen)
    if as_json:
        print_json(counts)
