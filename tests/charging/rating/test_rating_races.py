"""Two runs over one service at once post what one run would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.money import Money

BEGINS = datetime(2026, 2, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 2, 10, 8, tzinfo=UTC)


def test_records_that_come_at_once_are_all_posted(do, tenant):
    do("provider.load")
    eva = {"kind": "consumer", "name": "Eva Malá"}
    party = call("parties.register", eva, tenant=tenant, actor=OPERATOR, now=BEGINS).result.id
    service = str(do("contracts.sign", party=party, product="nej-mobil").result.services[0].id)

    def send(number: int) -> int:
        called_at = f"2026-02-0{number % 5 + 2}T10:{number:02}:00+01:00"
        record = {"id": f"c{number}", "service": service, "kind": "voice", "to": "+420602000002", "at": called_at}
        return do("usage.record", records=[{**record, "duration_s": 60}], now=NOW).plain["accepted"]

    with ThreadPoolExecutor(4) as pool:
        accepted = list(pool.map(send, range(12)))

    with transaction(tenant) as db:
        charged = db.execute("SELECT sum(amount_micros)::bigint AS micros FROM charge").fetchone()["micros"]
    totals = do("rating.totals", period="2026-02", now=NOW).result
    assert accepted == [1] * 12
    assert [(each.records, each.amount) for each in totals] == [(12, Money.parse("30.00 CZK"))]
    assert charged == 30_000_000
