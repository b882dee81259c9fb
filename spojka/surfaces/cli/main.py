"""The command line's commands; each imports what it needs only when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from spojka.surfaces.cli.connecting import connector
from spojka.surfaces.cli.options import WRONG_CALL, AsJson, Lang, Tenant

app = typer.Typer(
    name="spojka",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Runs a communications provider from contract to cash: its terms are data, and every amount can say why.",
)
groups = {
    "provider": "Providers and their packs.",
    "usage": "Records of usage.",
    "invoice": "Issued invoices.",
    "audit": "The chained record of every call.",
    "terms": "Published editions.",
}
parts = {name: typer.Typer(name=name, help=text, no_args_is_help=True) for name, text in groups.items()}

START, EVERY_DAY, TERMS, MACHINE = "Begin", "Every day", "Terms and evidence", "Machinery"


@app.command(rich_help_panel=START)
def init(as_json: AsJson = False) -> None:
    """Make or update the database; safe to repeat."""
    from spojka.surfaces.cli.setting_up import initialise

    initialise(as_json=as_json)


@app.command(rich_help_panel=START)
def demo(
    customers: Annotated[int, typer.Option(help="How many customers to make up.", min=1)] = 200,
    records: Annotated[int | None, typer.Option(help="How many usage records (default: 1,000 a customer).")] = None,
    month: Annotated[str | None, typer.Option(help="A month like 2026-02 (default: the last one).")] = None,
    as_json: AsJson = False,
) -> None:
    """Run an example provider's month: customers, usage, bills."""
    from spojka.surfaces.cli.setting_up import run_demo

    run_demo(customers=customers, records=records, month=month, as_json=as_json)


@app.command(rich_help_panel=START)
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Serve the console, the customers' portal and the API."""
    from spojka.surfaces.web.serve import serve as serving

    serving(host, port)


@parts["provider"].command("load")
def provider_load(
    pack: Annotated[str, typer.Argument(help="A reference pack's name, or a pack's folder.")],
    tenant: Tenant = None,
    edition: Annotated[
        list[str] | None, typer.Option(help="Narrow a document to an edition, like price-list@2021-08.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Publish a pack's editions for a provider, made when it is new; safe to repeat."""
    from spojka.surfaces.cli.setting_up import load_pack

    load_pack(pack, tenant=tenant, editions=edition or [], as_json=as_json, lang=lang)


@parts["usage"].command("import")
def usage_import(
    files: Annotated[list[Path], typer.Argument(help="Files of records.", exists=True, dir_okay=False)],
    tenant: Tenant = None,
    source: Annotated[str | None, typer.Option(help="Where the records come from; part of their identity.")] = None,
    layout: Annotated[str | None, typer.Option(help="csv or tap3 (default: by the file's name).")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Take in files of usage records; a file or a record that was taken before changes nothing."""
    from spojka.surfaces.cli.running import import_usage

    import_usage(files, source=source, layout=layout, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=EVERY_DAY)
def rate(
    period: Annotated[str | None, typer.Argument(help="A month like 2026-02; without it the running one.")] = None,
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Rate a month's usage again; what changed is posted as a difference."""
    from spojka.surfaces.cli.running import rate_period

    rate_period(period, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=EVERY_DAY)
def bill(
    period: Annotated[str, typer.Argument(help="A month like 2026-02.")],
    tenant: Tenant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Work out every invoice and issue none.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Issue a month's invoices; running it again issues only what is missing."""
    from spojka.surfaces.cli.running import bill_period

    bill_period(period, dry_run=dry_run, tenant=tenant, as_json=as_json, lang=lang)


@parts["invoice"].command("show")
def invoice_show(
    number: Annotated[str, typer.Argument(help="The invoice's number or id.")],
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """An invoice with its lines, each with the clauses it rests on."""
    from spojka.surfaces.cli.running import show_invoice

    show_invoice(number, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=EVERY_DAY)
def why(
    what: Annotated[
        str,
        typer.Argument(help="A clause like nej/2.11, an invoice's number, an item's id, or a usage record's own id."),
    ],
    line: Annotated[str | None, typer.Option(help="The line of the invoice.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the record came from.")] = None,
    period: Annotated[str | None, typer.Option(help="The record's month (default: this one or the last).")] = None,
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Say why: the clause, the figures, in words."""
    from spojka.surfaces.cli.running import say_why

    say_why(what, line=line, source=source, period=period, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=EVERY_DAY)
def deadlines(
    subject: Annotated[str, typer.Argument(help="Like service:…; all of the provider by default.")] = "*",
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """What will happen by itself, when, because of which clause, and what prevents it."""
    from spojka.surfaces.cli.running import list_deadlines

    list_deadlines(subject, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=TERMS)
def story(
    files: Annotated[list[Path], typer.Argument(help="Files of stories, or folders of them.", exists=True)],
    format: Annotated[  # noqa: A002  # the option's name
        str, typer.Option(help="plain, json or junit.", metavar="plain|json|junit")
    ] = "plain",
    output: Annotated[Path | None, typer.Option(help="Write the report to a file.", dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Run stories, each in a fresh provider and in virtual time."""
    from spojka.surfaces.cli.evidence import tell_stories

    tell_stories(files, form="json" if as_json else format, output=output)


@app.command(rich_help_panel=TERMS)
def clauses(
    as_json: AsJson = False,
    missing: Annotated[bool, typer.Option("--missing", help="List the ids of clauses that nothing executes.")] = False,
    untold: Annotated[
        bool, typer.Option("--no-stories", help="Do not run the stories: quick, and counts less.")
    ] = False,
) -> None:
    """How much of each document is executed and tested, executed, shown, missing."""
    from spojka.surfaces.cli.evidence import count_clauses

    count_clauses(as_json=as_json, missing=missing, run_stories=not untold)


@parts["terms"].command("check")
def terms_check(
    files: Annotated[list[Path], typer.Argument(help="Files of editions.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Check editions before they are published: every figure that a clause sets stands in its words."""
    from spojka.surfaces.cli.published import check_editions

    check_editions(files, as_json=as_json)


@parts["terms"].command("publish")
def terms_publish(
    file: Annotated[Path, typer.Argument(help="An edition's file.", exists=True, dir_okay=False)],
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Check an edition and publish it; what is published never changes."""
    from spojka.surfaces.cli.published import publish_edition

    publish_edition(file, tenant=tenant, as_json=as_json, lang=lang)


@parts["terms"].command("changes")
def terms_changes(
    document: Annotated[str, typer.Argument(help="Like nej-mobil/price-list.")],
    before: Annotated[str, typer.Argument(help="The earlier edition, like 2021-08.")],
    after: Annotated[str, typer.Argument(help="The later edition, like 2026-01.")],
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """What changed between two editions: clauses and terms."""
    from spojka.surfaces.cli.running import show_changes

    show_changes(document, before, after, tenant=tenant, as_json=as_json, lang=lang)


@app.command(rich_help_panel=MACHINE)
def operations(
    pattern: Annotated[str, typer.Argument(help="Only names that contain this.")] = "",
    as_json: AsJson = False,
) -> None:
    """Every operation and query: arguments, types, refusals, one line of docs."""
    from spojka.surfaces.cli.listing import list_operations

    list_operations(pattern, as_json=as_json)


def _operation_names(incomplete: str) -> list[str]:
    from spojka.surfaces.cli.listing import operation_names

    return operation_names(incomplete)


@app.command(rich_help_panel=MACHINE)
def call(
    name: Annotated[str, typer.Argument(help="Like contracts.sign.", autocompletion=_operation_names)],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="key=value, as a story writes them: 'options={msisdn: \"+420…\"}'.")
    ] = None,
    tenant: Tenant = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key: a second call with it changes nothing.")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Call any operation or query."""
    from spojka.surfaces.cli.running import call_by_name

    call_by_name(name, arguments or [], tenant=tenant, key=key, as_json=as_json, lang=lang)


@parts["audit"].command("verify")
def audit_verify(tenant: Tenant = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Recompute every link of the audit's chain and report the unsealed tail."""
    from spojka.surfaces.cli.running import verify_audit

    verify_audit(tenant=tenant, as_json=as_json, lang=lang)


@parts["audit"].command("seal")
def audit_seal(tenant: Tenant = None, as_json: AsJson = False) -> None:
    """Chain the rows that no seal protects yet."""
    from spojka.surfaces.cli.running import seal_audit

    seal_audit(tenant=tenant, as_json=as_json)


@app.command(rich_help_panel=MACHINE)
def bench(
    name: Annotated[str, typer.Argument(help="rating, bill, charging, pdf or messaging.")],
    settings: Annotated[list[str] | None, typer.Argument(help="key=value, like records=1000000.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A part alone, like submit-32 of messaging; can be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this machine with a benchmark that anyone can rerun."""
    from spojka.surfaces.cli.measuring import measure

    measure(name, settings or [], only=only or [], as_json=as_json)


@app.command(rich_help_panel=MACHINE)
def docs(
    folder: Annotated[Path, typer.Argument(help="Where the reference pages go.")] = Path("docs/reference"),
) -> None:
    """Write the reference pages: operations, refusals, the command line."""
    from spojka.surfaces.cli.reference import write_reference

    write_reference(folder, app)


for _name, _part in parts.items():
    app.add_typer(_part, rich_help_panel={"terms": TERMS, "audit": MACHINE, "provider": START}.get(_name, EVERY_DAY))
app.add_typer(connector, rich_help_panel=EVERY_DAY)


def main() -> None:
    """The entry point: what somebody must act on is said in one line and ends with exit code 2."""
    try:
        app()
    except Exception as bad:
        from spojka.surfaces.cli.problems import explained

        said = explained(bad)
        if said is None:
            raise
        from spojka.surfaces.cli.printing import print_problem

        print_problem(said)
        sys.exit(WRONG_CALL)
