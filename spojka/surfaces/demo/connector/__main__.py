"""
The connector's part of the demonstration as a process of its own, while the other part goes on beside it.

`python -m spojka.surfaces.demo.connector MONTH`; its last line is what was seen, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any, Final

from spojka.access.database.connections import transaction
from spojka.access.database.server import home
from spojka.access.tenants.store import TenantUnknown, add_tenant, tenant_by_code
from spojka.kernel.ids import TenantId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.certificates.generating import certificate_pem, key_pem, new_key, server_certificate
from spojka.surfaces.demo.connector.subscribers import CERTIFICATE_DAYS, subscribe
from spojka.surfaces.demo.connector.traffic import clock_from, run_traffic
from spojka.surfaces.demo.month import Demo, DemoFailed
from spojka.surfaces.gateway.connector.serving import Place
from spojka.surfaces.gateway.logged import log_events
from spojka.surfaces.gateway.smpp.serving import SmppPlace
from spojka.surfaces.jobs.billing import drive
from spojka.surfaces.registered import register_all

TENANT: Final = "demo-sms"
PACK: Final = "o2-connector"
FAILED: Final = 1


def run(month: Period) -> dict[str, Any]:
    """Subscribe, send and bill; what was seen. What was sent in a run before is not sent again."""
    demo = Demo(_tenant(), month, home() / "demo" / f"{month}-connector")
    demo.folder.mkdir(parents=True, exist_ok=True)
    applications = subscribe(demo, at=month.starts_at - timedelta(hours=6))
    kept = demo.folder / "seen.json"
    if kept.exists():
        seen: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    else:
        afternoon = clock_from(month.starts_at + timedelta(days=14, hours=13))
        seen = asyncio.run(run_traffic(demo, applications, _place(demo), now=afternoon))
        written = kept.with_suffix(".new")
        written.write_text(json.dumps(seen), encoding="utf-8")
        written.replace(kept)
    return {"programs": seen, "bill": _bill(demo)}


def _tenant() -> TenantId:
    try:
        return tenant_by_code(TENANT)
    except TenantUnknown:
        with transaction(None) as db:
            return add_tenant(db, code=TENANT, pack=PACK)


def _place(demo: Demo) -> Place:
    """The connector on this machine, at ports that are free, with a certificate of its own."""
    file, key = demo.folder / "server.pem", new_key("ec")
    made = server_certificate(key, "localhost", now=demo.month.starts_at, days=CERTIFICATE_DAYS)
    file.touch(mode=0o600)
    file.write_bytes(key_pem(key) + certificate_pem(made).encode())
    return Place("127.0.0.1", 0, file, smpp=SmppPlace("127.0.0.1", 0))


def _bill(demo: Demo) -> dict[str, Any]:
    """Close the month and issue what it costs; the largest amounts say why."""
    closing = demo.month.ends_at + timedelta(hours=2)
    given = {"period": str(demo.month)}
    demo.do("billing.close_period", given, at=closing)
    view = drive(demo.tenant, demo.month, now=lambda: closing)
    if isinstance(view, Refusal):
        raise DemoFailed(f"the bill run was refused: {view.code}")
    documents = demo.do("billing.documents", given, at=closing).plain
    largest = demo.do("charges.largest", {**given, "limit": 6}, at=demo.month.ends_at)
    return {
        "state": view.state,
        "issued": view.issued,
        "total": str(view.total_with_vat),
        "documents": documents,
        "why": [
            {language: f"{one.words[language]}: {one.amount.explain(language)}" for language in ("en", "cs")}
            for one in largest.result
        ],
    }


def main(arguments: list[str]) -> int:
    """Run for a month; 1 and the reason where something was refused."""
    log_events()
    register_all()
    try:
        seen = run(Period.parse(arguments[0]))
    except DemoFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return FAILED
    sys.stdout.write(json.dumps(seen) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
