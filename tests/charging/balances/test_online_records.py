"""Records that online charging writes are those that any other way in would have written."""

from __future__ import annotations

import pytest

from spojka.access.database.connections import transaction
from spojka.charging.usage.records import identity
from tests.charging.balances.network import MB, opened

OWN_TO_THE_WAY_IN = ("source", "record_id", "identity")


@pytest.mark.parametrize(
    ("begun", "units", "recorded"),
    [
        ({"kind": "voice", "to": "602 000 002"}, 61, {"kind": "voice", "to": "602000002", "duration_s": 61}),
        ({"kind": "voice", "to": "+420601999999"}, 5, {"kind": "voice", "to": "+420601999999", "duration_s": 5}),
        ({"kind": "voice", "to": "844111222"}, 60, {"kind": "voice", "to": "844111222", "duration_s": 60}),
        ({"kind": "video", "to": "910123456"}, 60, {"kind": "video", "to": "910123456", "duration_s": 60}),
        ({"kind": "sms", "to": "602000002"}, 1, {"kind": "sms", "to": "602000002", "parts": 1}),
        (
            {"kind": "voice", "to": "602000002", "direction": "mt", "visited": "DE"},
            60,
            {"kind": "voice", "sender": "602000002", "direction": "mt", "visited": "DE", "duration_s": 60},
        ),
        (
            {"kind": "data", "rating_group": 10, "visited": "DE"},
            MB,
            {"kind": "data", "rating_group": 10, "visited": "DE", "bytes_down": MB, "duration_s": 30},
        ),
    ],
)
def test_a_session_is_recorded_as_any_record_of_the_same_use(tenant, begun, units, recorded):
    network, (service,) = opened(tenant)
    at = network.now
    answer = network.reserve(service, asked=units, **begun)
    network.later(30)

    network.release(answer.session, units)
    network.do("usage.record", records=[{"id": "r1", "service": service, "at": at.isoformat(), **recorded}])

    with transaction(tenant) as db:
        rows = db.execute("SELECT identity, period_on, generation, service_id, at, record FROM usage_buffer").fetchall()
    online, elsewhere = sorted(rows, key=lambda row: row["record"]["source"])
    assert online.pop("identity") == identity("online", str(answer.session))
    elsewhere.pop("identity")
    for row in (online, elsewhere):
        row["record"] = {name: value for name, value in row["record"].items() if name not in OWN_TO_THE_WAY_IN}
    assert online == elsewhere


def test_a_premium_call_is_priced_by_its_number(tenant):
    network, (service,) = opened(tenant)
    network.do("services.unlock_premium", service=service, channel="phone", identity_verified=True)
    network.later(1)

    call = network.reserve(service, to="906501222")
    network.later(61)
    released = network.release(call.session, 61)

    assert released.charge_micros == 100_000_000
    assert network.do("rating.price", record=str(call.session), source="online").charge.value.micros == 100_000_000


def test_a_session_that_used_nothing_leaves_no_record(tenant):
    network, (service,) = opened(tenant)
    call = network.reserve(service)

    released = network.release(call.session, 0)

    with transaction(tenant) as db:
        rows = db.execute("SELECT count(*) AS n FROM usage_buffer").fetchone()
    assert (released.used, released.charge_micros, rows["n"]) == (0, 0, 0)
