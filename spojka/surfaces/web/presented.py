"""Client certificates at entries that are no connector's: one of the connectors' tool opens none of them (o2/6.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from django.http import HttpRequest

from spojka.access.operations.calling import call
from spojka.kernel.ids import TenantId
from spojka.kernel.refusals import Refusal
from spojka.surfaces.web.visits import VISITOR

HEADER: Final = "Client-Cert"
"""Where the proxy that ends TLS passes on what it was shown (RFC 9440): `:` and the DER in base64 and `:`."""


def refuse_presented(
    request: HttpRequest, *, tenant: TenantId, now: datetime, used_for: Literal["portal", "api"]
) -> Refusal | None:
    """Why the certificate that a request was sent with does not serve here, or `None`; most show none."""
    shown = request.headers.get(HEADER, "").strip().strip(":")
    if not shown:
        return None
    given = {"certificate": shown, "used_for": used_for}
    return call("certificates.enter", given, tenant=tenant, actor=VISITOR, now=now).refusal
