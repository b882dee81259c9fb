"""
The demonstration: a provider's month from contracts to explained invoices, by the calls that anyone could make.

Running it again changes nothing and ends the same way: every call carries its key, every file is known by its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spojka.access.audit.store import seal
from spojka.access.database.connections import transaction
from spojka.access.database.server import home
from spojka.access.operations.progress import report
from spojka.access.tenants.store import TenantUnknown, add_tenant, tenant_by_code
from spojka.kernel.ids import TenantId
from spojka.kernel.time import Period, day_of
from spojka.surfaces.demo.beside import connector_beside, messages_sent
from spojka.surfaces.demo.customers import demo_customers, service_of
from spojka.surfaces.demo.drawing import DemoService
from spojka.surfaces.demo.month import Demo
from spojka.surfaces.demo.reporting import print_demo
from spojka.surfaces.demo.traffic import TrafficFile, write_traffic
from spojka.surfaces.jobs.billing import drive
from spojka.surfaces.jobs.install import install
from spojka.surfaces.registered import register_all
from spojka.trade.contracts.store import FIRST_NUMBER

TENANT: Final = "demo"
PACK: Final = "nej-mobil"
CHANGES: Final = 6
SEED: Final = 20260201


def run(*, customers: int = 200, records: int | None = None, month: Period | None = None) -> dict[str, Any]:
    """
    Run the demonstration and print its tables.

    Args:
        customers: how many.
        records: sound usage records in the month (default: 1,000 a customer).
        month: which month (default: the last one that is over).

    Returns:
        The counts of the last line.

    """
    install()
    register_all()
    chosen = month or Period.containing(day_of(datetime.now(UTC))).previous()
    demo = Demo(_tenant(), chosen, home() / "demo" / str(chosen))
    with connector_beside(chosen) as connector:
        services = _customers(demo, customers)
        _changes(demo, customers)
        _usage(demo, services, records or customers * 1000)
        _bill(demo)
        demo.connector = connector.wait()
    with transaction(demo.tenant) as db:
        seal(db, demo.tenant, limit=1_000_000)
    demo.audit = demo.do("audit.verify", {}, at=demo.month.ends_at).plain
    counts = _counts(demo, customers)
    print_demo(demo, counts)
    return counts


def _tenant() -> TenantId:
    try:
        return tenant_by_code(TENANT)
    except TenantUnknown:
        with transaction(None) as db:
            return add_tenant(db, code=TENANT, pack=PACK)


def _customers(demo: Demo, count: int) -> list[DemoService]:
    """Load the provider, register the customers and sign their contracts on the eve of the month."""
    eve = demo.month.starts_at - timedelta(hours=6)
    demo.do("provider.load", {"sims": count + 20}, at=eve, key=f"demo:provider:{count}")
    services = []
    for number, customer in enumerate(demo_customers(count, SEED)):
        key = f"demo:{number}"
        party = demo.do("parties.register", customer.party, at=eve, key=f"{key}:party").plain
        options = {"msisdn": customer.msisdn, "tariff": customer.tariff}
        signing = {
            "party": party["id"],
            "product": PACK,
            "options": options,
            "channel": "electronic",
            "proof": "consent",
        }
        contract = demo.do("contracts.sign", signing, at=eve, key=f"{key}:contract").plain
        if customer.beyond:
            _order(demo, contract["services"][0]["id"], ("international_calls", "mms"), at=eve, key=key)
        services.append(service_of(customer, contract["services"][0]["imsi"]))
        report(number + 1, count, "customers")
    return services


def _order(demo: Demo, service: str, features: Sequence[str], *, at: datetime, key: str) -> None:
    """Order what is beyond the default card, and pay the deposits that a new customer is asked for."""
    for feature in features:
        given = {"service": service, "feature": feature}
        asked = demo.do("services.enable", given, at=at, key=f"{key}:{feature}").plain
        paid = {"order": asked["order"], "amount": asked["deposit"]}
        demo.do("ordering.pay_deposit", paid, at=at, key=f"{key}:{feature}:deposit")


def _changes(demo: Demo, count: int) -> None:
    """In the middle of the month some change their tariff and some buy more data."""
    middle = demo.month.starts_at + timedelta(days=15, hours=10)
    chosen = [each for each in enumerate(demo_customers(count, SEED)) if each[1].tariff == "nej-mobil-plus"]
    for number, _ in chosen[:CHANGES]:
        contract = demo.do("contracts.by_number", {"number": str(FIRST_NUMBER + number)}, at=middle).plain
        given = {"contract": contract["id"], "tariff": "nej-mobil-max"}
        demo.do("contracts.change_tariff", given, at=middle, key=f"demo:{number}:change")
    for number, _ in chosen[CHANGES : 2 * CHANGES]:
        contract = demo.do("contracts.by_number", {"number": str(FIRST_NUMBER + number)}, at=middle).plain
        given = {"service": contract["services"][0]["id"], "topup": "topup-500"}
        demo.do("balances.buy_topup", given, at=middle, key=f"demo:{number}:topup")


def _usage(demo: Demo, services: list[DemoService], records: int) -> None:
    traffic = write_traffic(demo.folder / "usage", services, month=demo.month, records=records, seed=SEED)
    for place in traffic.travellers:
        contract = demo.do("contracts.by_number", {"number": str(FIRST_NUMBER + place)}, at=demo.month.starts_at).plain
        eve = demo.month.starts_at - timedelta(hours=6)
        _order(demo, contract["services"][0]["id"], ("roaming",), at=eve, key=f"demo:{place}")
    in_time = [file for file in traffic.files if file.arrival == "in_time"]
    for number, file in enumerate(in_time, start=1):
        demo.files.append(_import(demo, file, demo.month.ends_at + timedelta(minutes=30)))
        report(number, len(in_time), "usage files")
    given = {"period": str(demo.month)}
    demo.rating = demo.do("rating.rate", given, at=demo.month.ends_at + timedelta(hours=1)).plain
    demo.late = [{"file": file} for file in traffic.files if file.arrival == "late"]


def _import(demo: Demo, file: TrafficFile, at: datetime) -> dict[str, Any]:
    given = {"path": str(file.path), "source": file.source, "layout": file.layout}
    found: dict[str, Any] = demo.do("usage.import_file", given, at=at).plain
    return found


def _bill(demo: Demo) -> None:
    """Close the month, issue its invoices and documents; then the late files come and post differences only."""
    closing = demo.month.ends_at + timedelta(hours=2)
    given = {"period": str(demo.month)}
    demo.do("billing.close_period", given, at=closing)
    view = drive(demo.tenant, demo.month, now=lambda: closing)
    demo.bill = {"view": view}
    demo.documents = demo.do("billing.documents", given, at=closing).plain
    later = closing + timedelta(days=9)
    demo.late = [_import(demo, entry["file"], later) for entry in demo.late]
    demo.rating["late"] = demo.do("rating.rate", given, at=later).plain
    _payments(demo, later)


def _payments(demo: Demo, at: datetime) -> None:
    """Two in three pay; one payment names nobody and waits to be matched."""
    for number in range(demo.bill["view"].contracts):
        symbol = str(FIRST_NUMBER + number)
        if number % 3:
            contract = demo.do("contracts.by_number", {"number": symbol}, at=at).plain
            due = demo.do("billing.invoice", {"contract": contract["id"], "period": str(demo.month)}, at=at).plain
            paid = {"source_id": f"demo-{symbol}", "amount": due["total_with_vat"], "variable_symbol": symbol}
            demo.do("payments.record", paid, at=at, key=f"demo:{demo.month}:{symbol}:paid")
    lost = {"source_id": f"demo-{demo.month}-lost", "amount": "250.00 CZK", "variable_symbol": "4040404"}
    demo.do("payments.record", lost, at=at, key=f"demo:{demo.month}:lost")


def _counts(demo: Demo, customers: int) -> dict[str, Any]:
    taken = [*demo.files, *demo.late]
    return {
        "customers": customers,
        "records": sum(file["records"] for file in taken),
        "accepted": sum(file["accepted"] for file in taken),
        "duplicates": sum(file["duplicates"] for file in taken),
        "suspended": sum(file["suspended"] for file in taken),
        "rated": demo.rating["late"]["records"],
        "messages": messages_sent(demo.connector),
        "audit_sealed": demo.audit["sealed"],
        "audit_whole": demo.audit["broken_at"] is None,
    }
