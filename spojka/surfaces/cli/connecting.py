"""Commands for the connectors: certificates made, listed, reported and invalidated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spojka.surfaces.cli.options import AsJson, Lang, Tenant

if TYPE_CHECKING:
    from spojka.surfaces.gateway.queueing.ways import Way

connector = typer.Typer(name="connector", help="Connectors of customers' programs.", no_args_is_help=True)
certificate = typer.Typer(name="certificate", help="Certificates of applications.", no_args_is_help=True)
connector.add_typer(certificate)

Application = Annotated[str, typer.Option(help="The application: the id of its service.", metavar="ID")]
Fingerprint = Annotated[str, typer.Argument(help="SHA-256 of the certificate, as the list shows it.")]
AskedBy = Annotated[str, typer.Option(help="The name of who asks, as you made sure of it.", metavar="NAME")]
Phone = Annotated[str, typer.Option(help="The phone of who asks, like +420601000001.", metavar="NUMBER")]
Queue = Annotated[
    str | None,
    typer.Option(
        "--queue",
        envvar="SPOJKA_QUEUE_URL",
        help="NATS with JetStream between hosts: nats://host:4222 or tls://host:4222?trust=ca.pem; the sender's as well"
        " as every gateway's. Without it the database wakes the sender.",
        metavar="URL",
    ),
]
Reason = Annotated[str, typer.Option(help="What happened.")]


@connector.command("serve")
def connector_serve(
    certificate_file: Annotated[
        Path, typer.Option("--certificate", help="The server's own certificate with its chain (PEM).", dir_okay=False)
    ],
    key_file: Annotated[
        Path | None, typer.Option("--key", help="Its key (PEM), unless the first file holds it too.", dir_okay=False)
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8443,
    private_webhooks: Annotated[
        bool, typer.Option("--private-webhooks", help="Call programs in private networks and over HTTP too.")
    ] = False,
    smpp_port: Annotated[
        int | None,
        typer.Option(
            help="Port for programs that speak SMPP, mostly 3550; without it there is no SMPP.", min=1, max=65535
        ),
    ] = None,
    smpp_host: Annotated[str | None, typer.Option(help="Address for SMPP, unless it is the other one.")] = None,
    processes: Annotated[
        int, typer.Option(help="Processes that share the ports: one for each processor to be used.", min=1, max=64)
    ] = 1,
    queue: Queue = None,
    tenant: Tenant = None,
) -> None:
    """Serve customers' programs over HTTPS and SMPP: whoever calls is known by its certificate."""
    from spojka.surfaces.cli.calling import the_tenant
    from spojka.surfaces.cli.printing import print_problem
    from spojka.surfaces.gateway.connector.serving import Place, serve
    from spojka.surfaces.gateway.connector.several import NotServing, serve_several
    from spojka.surfaces.gateway.logged import log_events
    from spojka.surfaces.gateway.smpp.serving import SmppPlace

    way = _way(queue)
    log_events()
    smpp = None if smpp_port is None else SmppPlace(smpp_host or host, smpp_port)
    place = Place(host, port, certificate_file, key_file, private_webhooks, smpp)
    if processes == 1:
        serve(the_tenant(tenant), place, way)
    else:
        try:
            serve_several(the_tenant(tenant), place, way, processes=processes)
        except NotServing as cannot:
            print_problem(str(cannot))
            raise typer.Exit(1) from cannot


@connector.command("send")
def connector_send(
    mm7_port: Annotated[
        int | None, typer.Option(help="Port on which MMSCs post reports and messages.", min=1, max=65535)
    ] = None,
    mm7_host: Annotated[str, typer.Option(help="Address to listen on for MMSCs.")] = "127.0.0.1",
    mm7_certificate: Annotated[
        Path | None,
        typer.Option(
            help="Our own certificate with its chain (PEM), shown to MMSCs; without it: HTTP.", dir_okay=False
        ),
    ] = None,
    mm7_key: Annotated[
        Path | None, typer.Option(help="Its key (PEM), unless the same file holds it.", dir_okay=False)
    ] = None,
    mm7_trust: Annotated[
        Path | None,
        typer.Option(help="Authorities of MMSCs (PEM); with them an MMSC must show a certificate.", dir_okay=False),
    ] = None,
    queue: Queue = None,
    tenant: Tenant = None,
) -> None:
    """Send what was accepted to SMS centres and MMSCs and take what they hand over; one process a provider sends."""
    from spojka.surfaces.cli.calling import the_tenant
    from spojka.surfaces.cli.printing import print_problem
    from spojka.surfaces.gateway.dispatch import Ear, NoRoutes, send
    from spojka.surfaces.gateway.logged import log_events

    if mm7_trust is not None and mm7_certificate is None:
        raise typer.BadParameter("needs --mm7-certificate", param_hint="--mm7-trust")
    way = _way(queue)
    log_events()
    ear = None if mm7_port is None else Ear(mm7_host, mm7_port, mm7_certificate, mm7_key, mm7_trust)
    try:
        send(the_tenant(tenant), ear, way)
    except NoRoutes as none:
        print_problem(f"{none}: set one with connector.set_route")
        raise typer.Exit(1) from none


@connector.command("probe")
def connector_probe(
    url: Annotated[
        str, typer.Argument(help="The connector as programs reach it, like https://connector.example:8443.")
    ],
    application: Application,
    certificate_file: Annotated[
        Path,
        typer.Option("--certificate", help="The application's certificate (PEM), or with its key.", dir_okay=False),
    ],
    to: Annotated[str, typer.Option(help="A mobile number that the message would go to.", metavar="NUMBER")],
    key_file: Annotated[
        Path | None, typer.Option("--key", help="Its key (PEM), unless the first file holds it too.", dir_okay=False)
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(help="Whom to trust for the server's certificate (PEM).", dir_okay=False)
    ] = None,
    every_s: Annotated[
        int | None, typer.Option("--every", help="Again after so many seconds, until it is stopped.", min=1)
    ] = None,
    tenant: Tenant = None,
) -> None:
    """
    Measure the platform at its own interface: submit a message that never leaves, pick up its report (o2/7.3).

    What it took is kept and shown with faults. Other reports of the application are left to its programs, and none of
    them may take the probe's: give it an application of its own. 1 where the last try came to nothing.
    """
    from spojka.surfaces.cli.calling import the_tenant
    from spojka.surfaces.cli.probing import probe
    from spojka_client import Connector

    with Connector(
        url, application=application, certificate=certificate_file, key=key_file, authority=authority, tries=1
    ) as program:
        if not probe(the_tenant(tenant), program, to, every_s=every_s):
            raise typer.Exit(1)


def _way(queue: str | None) -> Way:
    """How messages go to the sender, as the option or the environment says it."""
    from spojka.surfaces.gateway.queueing.opening import way_of
    from spojka.surfaces.gateway.queueing.settings import QueueMisnamed

    try:
        return way_of(queue)
    except QueueMisnamed as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--queue") from wrong


@certificate.command("new")
def certificate_new(
    application: Application,
    common_name: Annotated[str, typer.Option(help="The program's name, like billing.example.cz.")],
    key_file: Annotated[Path, typer.Option("--key", help="Where the private key goes (PEM, mode 600).")] = Path(
        "connector.key"
    ),
    certificate_file: Annotated[Path, typer.Option("--certificate", help="Where the certificate goes (PEM).")] = Path(
        "connector.pem"
    ),
    store_file: Annotated[
        Path | None, typer.Option("--pkcs12", help="Both as PKCS#12 too; asks for its password.")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="A file with the password of PKCS#12, instead of asking.", dir_okay=False)
    ] = None,
    days: Annotated[int, typer.Option(help="How long it is valid.", min=1, max=3650)] = 730,
    key_type: Annotated[str, typer.Option(help="ec (P-256) or rsa.", metavar="ec|rsa")] = "ec",
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make a key and a certificate for the connectors and register it; the key stays in its file, with you."""
    from spojka.surfaces.cli.certifying import Files, make

    files = Files(key_file, certificate_file, store_file, password_file)
    make(
        application,
        common_name,
        files,
        days=days,
        key_type=key_type,
        tenant=tenant,
        as_json=as_json,
        lang=lang,
    )


@certificate.command("list")
def certificate_list(
    application: Application, tenant: Tenant = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """The certificates of an application and how they stand."""
    from spojka.surfaces.cli.certifying import show

    show(application, tenant=tenant, as_json=as_json, lang=lang)


@certificate.command("invalidate")
def certificate_invalidate(
    fingerprint: Fingerprint,
    asked_by: AskedBy = "",
    phone: Phone = "",
    reason: Reason = "",
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Invalidate a certificate on its contact person's request; what somebody else asks for is taken as a report."""
    from spojka.surfaces.cli.certifying import file_report

    file_report(
        "certificates.invalidate", fingerprint, asked_by, phone, reason, tenant=tenant, as_json=as_json, lang=lang
    )


@certificate.command("report")
def certificate_report(
    fingerprint: Fingerprint,
    asked_by: AskedBy = "",
    phone: Phone = "",
    reason: Reason = "",
    tenant: Tenant = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Report that a certificate may be misused: it is blocked within the hours that the terms allow."""
    from spojka.surfaces.cli.certifying import file_report

    file_report("certificates.report", fingerprint, asked_by, phone, reason, tenant=tenant, as_json=as_json, lang=lang)
