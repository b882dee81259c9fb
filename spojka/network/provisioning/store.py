"""Records of data sessions over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7


def _address(text: str) -> str:
    found = ip_address(text)
    if isinstance(found, IPv6Address) and found.scope_id:
        raise ValueError("an address with a zone is no public or private address of a session")
    return str(found)


Address = Annotated[str, AfterValidator(_address)]
"""An IPv4 or IPv6 address as text, in its shortest form."""

Port = Annotated[int, Field(ge=0, le=65535)]
"""A port number (RFC 6335)."""

Volume = Annotated[int, Field(ge=0, lt=2**63)]
"""Bytes."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """
    One data session as the network recorded it.

    Args:
        source_id: the network's id of the record; a repeated one changes nothing.
        service: who had the address.
        private_ip: the address given to the device.
        public_ip: the address that others saw.
        port_from, port_to: the ports of the public address, both included; all of them without translation.
        starts_at, ends_at: the half-open time.
        bytes_up, bytes_down: volume sent and received.
        technology: how it was connected, like `LTE`.

    """

    source_id: str
    service: ServiceId
    private_ip: Address
    public_ip: Address
    starts_at: datetime
    ends_at: datetime
    technology: str
    port_from: Port = 0
    port_to: Port = 65535
    bytes_up: Volume = 0
    bytes_down: Volume = 0


def unknown_service(ctx: Context, services: Sequence[UUID]) -> UUID | None:
    """One of the given services that the tenant does not have, or none."""
    row = ctx.db.execute(
        "SELECT n.id FROM unnest(%s::uuid[]) AS n(id) WHERE NOT EXISTS"
        " (SELECT 1 FROM service s WHERE s.tenant_id = %s AND s.id = n.id) LIMIT 1",
        [list(services), ctx.tenant],
    ).fetchone()
    return None if row is None else row["id"]


def add_sessions(ctx: Context, sessions: Sequence[SessionRecord]) -> int:
    """Keep records of known services with the numbers they have; returns how many were new."""
    return ctx.db.execute(
        "INSERT INTO nat_session (tenant_id, id, source_id, service_id, msisdn, private_ip, public_ip, port_from,"
        " port_to, starts_at, ends_at, bytes_up, bytes_down, technology)"
        " SELECT s.tenant_id, n.id, n.source_id, s.id, s.msisdn, n.private_ip, n.public_ip, n.port_from, n.port_to,"
        " n.starts_at, n.ends_at, n.bytes_up, n.bytes_down, n.technology"
        " FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::inet[], %s::inet[], %s::int[], %s::int[],"
        " %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[])"
        " AS n(id, source_id, service, private_ip, public_ip, port_from, port_to, starts_at, ends_at, bytes_up,"
        " bytes_down, technology) JOIN service s ON s.tenant_id = %s AND s.id = n.service"
        " ON CONFLICT (tenant_id, source_id) DO NOTHING",
        [
            [uuid7() for _ in sessions],
            [one.source_id for one in sessions],
            [one.service for one in sessions],
            [one.private_ip for one in sessions],
            [one.public_ip for one in sessions],
            [one.port_from for one in sessions],
            [one.port_to for one in sessions],
            [one.starts_at for one in sessions],
            [one.ends_at for one in sessions],
            [one.bytes_up for one in sessions],
            [one.bytes_down for one in sessions],
            [one.technology for one in sessions],
            ctx.tenant,
        ],
    ).rowcount


def sessions_of(ctx: Context, *, public_ip: str, at: datetime, port: int | None, kept_from: datetime) -> list[Row]:
    """Sessions that had an address (and a port) at an instant and are still kept, by their ports."""
    return ctx.db.execute(
        "SELECT service_id, msisdn, host(private_ip) AS private_ip, port_from, port_to, starts_at, ends_at, bytes_up,"
        " bytes_down, technology FROM nat_session WHERE tenant_id = %(tenant)s AND public_ip = %(public_ip)s::inet"
        " AND starts_at <= %(at)s AND ends_at > %(at)s AND ends_at >= %(kept_from)s"
        " AND (%(port)s::int IS NULL OR %(port)s::int BETWEEN port_from AND port_to) ORDER BY port_from, id",
        {"tenant": ctx.tenant, "public_ip": public_ip, "at": at, "port": port, "kept_from": kept_from},
    ).fetchall()


def forget_before(ctx: Context, kept_from: datetime) -> int:
    """Delete every session that ended before an instant; returns how many."""
    return ctx.db.execute(
        "DELETE FROM nat_session WHERE tenant_id = %s AND ends_at < %s",
        [ctx.tenant, kept_from],
    ).rowcount


def earliest_end(ctx: Context) -> datetime | None:
    """When the earliest session that is kept ended, or none."""
    row = ctx.db.execute(
        "SELECT min(ends_at) AS ends_at FROM nat_session WHERE tenant_id = %s",
        [ctx.tenant],
    ).fetchone()
    assert row is not None
    ends_at: datetime | None = row["ends_at"]
    return ends_at
