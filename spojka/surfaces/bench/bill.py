"""A month billed: fees counted, items drawn together, invoices numbered, the ledger posted; no PDFs."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import psycopg
from psycopg import sql

from spojka.access.database.connections import Connection, transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import BillRunView
from spojka.surfaces.bench.disk import fdatasync_per_s
from spojka.surfaces.jobs.billing import drive
from spojka.surfaces.jobs.install import install
from spojka.surfaces.registered import register_all

PACK: Final = "nej-mobil"
PERIOD: Final = Period.month(2026, 2)
LOADED_AT: Final = datetime(2026, 1, 2, 8, tzinfo=UTC)
BILLED_AT: Final = datetime(2026, 3, 1, 1, tzinfo=UTC)

_IDS: Final = "(%(stem)s || lpad(to_hex({kind} * 100000000::bigint + n), 12, '0'))::uuid"
_WORLD: Final = {
    "party": """
INSERT INTO party (tenant_id, id, kind, name, sort_key, folded, email, phone, language, street, city, zip_code, country,
    roles, registered_at)
SELECT %(tenant)s, {party}, 'consumer', 'Jana Nováková ' || n, 'jana novakova ' || n, 'jana novakova ' || n,
    'jana' || n || '@mail.example', '+420602' || lpad(n::text, 6, '0'), 'cs', 'Dlouhá ' || n %% 300, 'Brno', '602 00',
    'CZ', '["customer"]', %(at)s
FROM generate_series(1, %(count)s) n
""",
    "contract": """
INSERT INTO contract (tenant_id, id, number, party_id, product, state, signed_at, signed_on, channel, proof, editions,
    declared_no_resale)
SELECT %(tenant)s, {contract}, (1000000 + n)::text, {party}, 'nej-mobil', 'concluded', %(at)s,
    date '2024-01-02' + (n %% 700)::int, 'paper', 'signature', '[]', true
FROM generate_series(1, %(count)s) n
""",
    "service": """
INSERT INTO service (tenant_id, id, contract_id, party_id, msisdn, imsi, iccid, state, activated_at)
SELECT %(tenant)s, {service}, {contract}, {party}, '+420601' || lpad(n::text, 6, '0'), '', '', 'active',
    timestamptz '2024-01-05' + (n %% 700) * interval '1 day'
FROM generate_series(1, %(count)s) n
""",
    "service_tariff": """
INSERT INTO service_tariff (tenant_id, id, service_id, tariff, valid_from, reason)
SELECT %(tenant)s, {tariff}, {service},
    (ARRAY['nej-mobil-plus', 'nej-mobil-basic', 'nej-mobil-max'])[1 + n %% 3],
    date '2024-01-05' + (n %% 700)::int, 'activation'
FROM generate_series(1, %(count)s) n
""",
    "charge": """
INSERT INTO charge (tenant_id, id, contract_id, service_id, "group", line, period_on, billable_on, quantity, unit,
    amount_micros, vat_rate_pct, words, finding, clauses, key, made_at)
SELECT %(tenant)s, (%(stem)s || lpad(to_hex(use.kind * 100000000::bigint + n), 12, '0'))::uuid, {contract}, {service},
    'usage', use.line, %(period_on)s, %(last_on)s, use.quantity + n %% 50, use.unit,
    (use.quantity + n %% 50) * use.price, 21, use.words::jsonb, use.finding::jsonb, use.clauses::jsonb,
    'bench:' || use.line || ':' || n, %(at)s
FROM generate_series(1, %(count)s) n,
    (VALUES {uses}) AS use (kind, line, quantity, unit, price, words, finding, clauses)
""",
}
_FINDING: Final = (
    '{"rule": "usage_total", "version": 1, "facts": {"records": 31, "quantity": 1870, "price": {"$term":'
    ' ["price.voice.mobile", {"$price": "2.50 CZK/min"}, "nej-mobil/price-list", "2026-01", "4.1", "price-list"]},'
    ' "increment": {"$term": ["call_increment", {"$increment": "60+1"}, "nej-mobil/operating-rules", "2021-08",'
    ' "2.11", "nej"]}}, "value": {"$money": "77.9167 CZK"}}'
)
_USES: Final = (
    (6, "voice:mobile", 1200, "s", 41_667, '{"cs": "Volání do mobilních sítí", "en": "Calls to mobile networks"}'),
    (7, "sms:mobile", 5, "SMS", 2_000_000, '{"cs": "SMS v České republice", "en": "SMS in Czechia"}'),
    (8, "data:home", 500_000_000, "B", 0, '{"cs": "Data v České republice", "en": "Data in Czechia"}'),
)
_CLAUSES: Final = '["nej/2.11", "nej/1.10", "price-list/4.1"]'


def _make_world(db: Connection, tenant: TenantId, customers: int) -> None:
    """Customers with one contract, one service, one tariff and three totals of use each."""
    kinds = {"party": 1, "contract": 2, "service": 3, "tariff": 4}
    ids = {name: _IDS.format(kind=kind) for name, kind in kinds.items()}
    uses = ", ".join(
        f"({kind}, '{line}', {quantity}, '{unit}', {price}, '{words}', '{_FINDING}', '{_CLAUSES}')"
        for kind, line, quantity, unit, price, words in _USES
    )
    given = {
        "tenant": tenant,
        "stem": str(uuid7())[:24],
        "count": customers,
        "at": LOADED_AT,
        "period_on": PERIOD.starts_on,
        "last_on": datetime(2026, 2, 28, tzinfo=UTC).date(),
    }
    for statement in _WORLD.values():
        db.execute(statement.format(**ids, uses=uses), given)


def _analyze() -> None:
    """Give the planner the statistics that a database in daily use has; only the tables' owner may."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        for table in _WORLD:
            owner.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def run(*, customers: int = 100_000) -> dict[str, object]:
    """
    Bill one month of so many customers in a fresh tenant.

    Returns:
        Seconds of the whole run and of its two phases, invoices, invoices a second, and the disk's fdatasync a second.

    """
    install()
    register_all()
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"bench-{uuid7().hex}", pack=PACK)
    call("provider.load", {"sims": 0}, tenant=tenant, actor=OPERATOR, now=LOADED_AT)
    with transaction(tenant) as db:
        _make_world(db, tenant, customers)
    _analyze()
    began = time.perf_counter()
    moments: list[tuple[str, float]] = []

    def note(view: BillRunView) -> None:
        moments.append((view.state, time.perf_counter()))

    call("billing.run", {"period": PERIOD}, tenant=tenant, actor=OPERATOR, now=BILLED_AT)
    view = drive(tenant, PERIOD, now=lambda: BILLED_AT, watcher=note)
    assert isinstance(view, BillRunView), view
    ended = time.perf_counter()
    drafted = max((at for state, at in moments if state == "drafting"), default=began)
    return {
        "customers": customers,
        "invoices": view.issued,
        "total_with_vat": str(view.total_with_vat),
        "seconds": round(ended - began, 2),
        "drafting_s": round(drafted - began, 2),
        "issuing_s": round(ended - drafted, 2),
        "micros_a_customer": round((ended - began) / customers * 1e6),
        "fdatasync_per_s": fdatasync_per_s(),
    }
