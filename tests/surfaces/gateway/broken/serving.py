"""A gateway as a process with a shorter time for handshakes: `python -m … tenant certificate key port smpp_port s`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
import uvloop

from spojka.kernel.ids import TenantId
from spojka.surfaces.gateway.collecting import collect_seldom
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.serving import Place, running
from spojka.surfaces.gateway.smpp.serving import SmppPlace


async def going(arguments: list[str]) -> None:
    """Serve until killed; what it logs goes to standard error, as with the command line."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    tenant, certificate, key, port, smpp_port, handshake_s = arguments
    smpp = SmppPlace("127.0.0.1", int(smpp_port))
    place = Place("127.0.0.1", int(port), Path(certificate), Path(key), smpp=smpp)
    bounds = Bounds(handshake_s=int(handshake_s))
    async with running(TenantId(UUID(tenant)), place, now=lambda: datetime.now(UTC), bounds=bounds):
        collect_seldom()
        print("ready", flush=True)  # noqa: T201  # whoever started it waits for this line
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(going(sys.argv[1:]))
