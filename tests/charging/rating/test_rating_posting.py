"""Rated usage becomes billable items: once, as differences only, whatever comes late, again or corrected."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.charging.usage.csv_layout import HEADER, TRAILER
from spojka.kernel.ids import uuid7
from spojka.trade.publications.packs import PROVIDERS
from tests.terms.sample import said

LINE = "voice.home.mobile"
PRICES = (PROVIDERS / "nej-mobil" / "price-list" / "2026-01.toml").read_text(encoding="utf-8")
IN_FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=UTC)


@pytest.fixture
def customer(do):
    """Sign a customer with a tariff from 1 February: `customer(tariff)` gives the service's id."""
    do("provider.load")
    numbers = iter(range(1, 100))

    def signing(tariff="nej-mobil-basic", addons=()):
        party = do("parties.register", kind="consumer", name="Eva").plain["id"]
        options = {"msisdn": f"+42060100{next(numbers):04}", "tariff": tariff, "addons": list(addons)}
        return do("contracts.sign", party=party, product="nej-mobil", options=options).plain["services"][0]["id"]

    return signing


@pytest.fixture
def called(do):
    """Record calls of a service: `called(service, (id, day, seconds), …)`."""

    def recording(service, *calls, now=IN_FEBRUARY, to="602000002"):
        records = [
            {
                "id": name,
                "service": service,
                "kind": "voice",
                "to": to,
                "at": f"2026-02-{day:02}T10:00:00+01:00",
                "duration_s": seconds,
            }
            for name, day, seconds in calls
        ]
        return do("usage.record", records=records, now=now).plain

    return recording


@pytest.fixture
def charges(tenant):
    """The items of a line of a service: (amount in micros, quantity, rule of the finding), oldest first."""

    def reading(service, line=LINE):
        with transaction(tenant) as db:
            rows = db.execute(
                "SELECT amount_micros, quantity, finding FROM charge WHERE service_id = %s AND line = %s ORDER BY id",
                [service, line],
            ).fetchall()
        return [(row["amount_micros"], row["quantity"], row["finding"]["rule"]) for row in rows]

    return reading


def publish(do, edition, effective_from, *changes):
    """Publish a price list with some places changed."""
    text = PRICES.replace('edition = "2026-01"', f'edition = "{edition}"')
    text = text.replace("= 2026-01-01", f"= {effective_from}")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    assert do("publications.publish", text=said(text)).plain["new"] == 1


def test_a_second_call_posts_what_it_adds(customer, called, charges):
    service = customer()

    called(service, ("a", 3, 60))
    called(service, ("b", 4, 61))

    assert charges(service) == [(2_500_000, 60, "usage_total"), (2_541_700, 61, "usage_difference")]


def test_rating_again_posts_nothing(do, customer, called, charges):
    service = customer()
    called(service, ("a", 3, 60))

    again = do("rating.rate", period="2026-02", now=IN_FEBRUARY).plain

    assert (again["records"], again["lines"], again["amount"]) == (1, 0, "0.00 CZK")
    assert len(charges(service)) == 1


def test_a_call_that_comes_later_and_was_made_earlier_takes_the_units_first(do, customer, called, charges):
    service = customer("nej-mobil-plus")
    called(service, ("after", 5, 4200), ("after2", 6, 1800), ("paid", 7, 60))

    called(service, ("before", 4, 60))

    assert do("rating.price", record="before").plain["units"] == {"voice.all_networks.0": 60}
    assert do("rating.price", record="after2").plain["paid"] == 60
    assert sum(amount for amount, _, _ in charges(service)) == 5_000_000
    assert [amount for amount, _, _ in charges(service)] == [2_500_000, 2_500_000]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_calls_taken_one_by_one_in_any_order_cost_what_they_cost_together(customer, called, charges, order):
    calls = [("a", 3, 4200), ("b", 4, 1700), ("c", 5, 250), ("d", 6, 59)]
    together, one_by_one = customer("nej-mobil-plus"), customer("nej-mobil-plus")

    called(together, *[(f"t{name}", day, seconds) for name, day, seconds in calls])
    for place in order:
        called(one_by_one, calls[place])

    assert sum(amount for amount, _, _ in charges(together)) == 6_250_000 + 2_500_000
    assert sum(amount for amount, _, _ in charges(one_by_one)) == sum(amount for amount, _, _ in charges(together))


def test_a_file_is_rated_as_its_records_one_by_one_are(do, customer, called, charges, tmp_path):
    by_file, one_by_one = customer("nej-mobil-plus"), customer("nej-mobil-plus")
    calls = [("a", 6, 250), ("b", 4, 1700), ("c", 5, 59), ("d", 3, 4200)]
    number = do("services.show", service=by_file).plain["msisdn"]
    lines = [
        f"{name},voice,mo,{number},+420602000002,2026-02-{day:02}T10:00:00+01:00,,{seconds},,,,,,,,,"
        for name, day, seconds in calls
    ]
    file = tmp_path / "usage.csv"
    file.write_text("\n".join([HEADER, *lines, f"{TRAILER}{len(lines)}", ""]), encoding="utf-8")

    taken = do("usage.import_file", path=file, now=IN_FEBRUARY).plain
    do("rating.rate", period="2026-02", now=IN_FEBRUARY)
    for each in calls:
        called(one_by_one, each)

    assert (taken["accepted"], taken["suspended"]) == (4, 0)
    assert sum(amount for amount, _, _ in charges(by_file)) == sum(amount for amount, _, _ in charges(one_by_one)) > 0


@pytest.mark.clause("nej/8.1")
def test_a_corrected_price_posts_the_difference_from_the_day_it_is_valid(do, customer, called, charges):
    service = customer()
    called(service, ("old", 14, 60), ("new", 15, 60), now=datetime(2026, 2, 20, tzinfo=UTC))

    publish(do, "2026-02", "2026-02-15", ('voice.mobile = "2.50 CZK/min"', 'voice.mobile = "2.00 CZK/min"'))
    again = do("rating.rate", period="2026-02", now=datetime(2026, 2, 20, tzinfo=UTC)).plain

    assert again["amount"] == "-0.50 CZK"
    assert [amount for amount, _, _ in charges(service)] == [5_000_000, -500_000]
    assert [do("rating.price", record=name).plain["charge"] for name in ("old", "new")] == ["2.50 CZK", "2.00 CZK"]


@pytest.mark.clause("nej/2.13")
def test_an_edition_that_changes_a_price_in_mid_month_leaves_the_units_whole(do, customer, called, charges):
    service = customer("nej-mobil-plus")
    called(service, ("a", 3, 4200), ("b", 4, 800))
    publish(do, "2026-02", "2026-02-15", ('voice.mobile = "2.50 CZK/min"', 'voice.mobile = "2.00 CZK/min"'))

    called(service, ("within", 20, 1000), ("beyond", 21, 60), now=datetime(2026, 2, 22, tzinfo=UTC))
    do("rating.close", period="2026-02", now=datetime(2026, 3, 1, 2, tzinfo=UTC))

    assert do("rating.price", record="within").plain["units"] == {"voice.all_networks.0": 1000}
    assert charges(service) == [(2_000_000, 60, "usage_total")]
    assert charges(service, "above_part.voice") == []


def test_a_contract_that_an_edition_does_not_bind_yet_keeps_its_price(do, customer, called, charges):
    service = customer()
    publish(
        do,
        "2026-02",
        "2026-02-10",
        ("binds_existing_from = 2026-02-10", "binds_existing_from = 2026-04-01"),
        ('voice.mobile = "2.50 CZK/min"', 'voice.mobile = "2.00 CZK/min"'),
    )

    called(service, ("call", 20, 60), now=datetime(2026, 2, 21, tzinfo=UTC))

    assert do("rating.price", record="call").plain["charge"] == "2.50 CZK"


def test_a_record_without_a_price_waits_and_is_rated_when_the_price_is_there(do, customer, charges):
    service = customer()
    picture = {
        "id": "picture",
        "service": service,
        "kind": "mms",
        "to": "222111222",
        "at": "2026-02-16T10:00:00+01:00",
    }
    asked = do("services.enable", service=service, feature="mms").plain
    do("ordering.pay_deposit", order=asked["order"], amount=asked["deposit"])
    taken = do("usage.record", records=[picture], now=datetime(2026, 2, 17, tzinfo=UTC)).plain

    assert taken["reasons"] == {"picture": "NO_PRICE"}
    assert [one["reason"] for one in do("usage.suspense").plain] == ["NO_PRICE"]
    assert do("rating.price", record="picture").refusal.code == "RECORD_UNKNOWN"

    own = 'sets.price.mms.own_network = "6.00 CZK/MMS"'
    publish(do, "2026-02", "2026-02-15", (own, f'{own}\nsets.price.mms.fixed = "7.00 CZK/MMS"'))
    again = do("rating.rate", period="2026-02", now=datetime(2026, 2, 18, tzinfo=UTC)).plain

    assert (again["unrated"], again["amount"]) == (0, "7.00 CZK")
    assert do("usage.suspense").plain == []
    assert [one["state"] for one in do("usage.suspense", state="repaired").plain] == ["repaired"]
    assert charges(service, "mms.home.fixed") == [(7_000_000, 1, "usage_total")]


def test_a_record_of_nobody_waits_until_it_is_repaired(do, customer, called, charges):
    service = customer()
    number = do("services.show", service=service).plain["msisdn"]
    record = {"id": "x", "msisdn": "+420601009999", "kind": "voice", "to": "602000002", "duration_s": 60}

    taken = do("usage.record", records=[{**record, "at": "2026-02-03T10:00:00+01:00"}], now=IN_FEBRUARY).plain
    waiting = do("usage.suspense").plain[0]
    still = do("usage.repair", suspense=waiting["id"], changes={"service_key": "+420601008888"}, now=IN_FEBRUARY)
    waiting = do("usage.suspense").plain[0]
    repaired = do("usage.repair", suspense=waiting["id"], changes={"service_key": number}, now=IN_FEBRUARY)
    do("rating.rate", period="2026-02", now=IN_FEBRUARY)

    assert taken["reasons"] == {"x": "UNKNOWN_SERVICE"}
    assert still.plain["reason"] == "UNKNOWN_SERVICE"
    assert waiting["record"]["service_key"] == "+420601008888"
    assert (repaired.plain["reason"], do("usage.suspense").plain) == ("", [])
    assert charges(service) == [(2_500_000, 60, "usage_total")]


@pytest.mark.clause("nej/4.7")
def test_a_late_call_is_an_item_of_its_own_and_reopens_nothing(do, customer, called, tenant):
    service = customer()
    called(service, ("in_time", 3, 60))
    do("rating.close", period="2026-02", now=datetime(2026, 3, 1, 2, tzinfo=UTC))
    late = {
        "id": "late",
        "service": service,
        "kind": "voice",
        "to": "602000002",
        "at": "2026-02-05T10:00:00+01:00",
        "duration_s": 60,
        "visited": "DE",
    }

    do("usage.record", records=[late], now=datetime(2026, 3, 15, tzinfo=UTC))

    with transaction(tenant) as db:
        rows = db.execute(
            "SELECT line, amount_micros, period_on::text, billable_on::text FROM charge ORDER BY id"
        ).fetchall()
    assert [tuple(row.values()) for row in rows] == [
        (LINE, 2_500_000, "2026-02-01", "2026-02-28"),
        ("voice.eu.mobile", 2_500_000, "2026-02-01", "2026-03-15"),
    ]


def test_a_period_that_runs_is_not_closed(do, customer):
    customer()

    assert do("rating.close", period="2026-02", now=datetime(2026, 2, 28, 22, 59, tzinfo=UTC)).refusal.code == (
        "PERIOD_RUNS"
    )
    assert do("rating.close", period="2026-02", now=datetime(2026, 2, 28, 23, tzinfo=UTC)).refusal is None


@pytest.mark.parametrize(
    ("pack", "clauses"), [("nej-mobil", ("nej/1.10",)), ("o2-connector", ("o2-connector/general-terms/3.1",))]
)
def test_a_period_that_runs_is_refused_by_the_clause_of_that_provider(database, pack, clauses):
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"runs-{uuid7().hex}", pack=pack)
    now = datetime(2026, 2, 28, 22, 59, tzinfo=UTC)
    call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=now)

    refusal = call("rating.close", {"period": "2026-02"}, tenant=tenant, actor=OPERATOR, now=now).refusal

    assert refusal.clauses == clauses


@pytest.mark.clause("nej/1.10")
def test_a_call_belongs_to_the_period_it_began_in_and_data_are_cut_at_midnight(do, customer):
    service = customer("nej-mobil-plus")
    records = [
        {
            "id": "call",
            "service": service,
            "kind": "voice",
            "to": "602000002",
            "at": "2026-02-28T23:50:00+01:00",
            "duration_s": 1200,
        },
        {
            "id": "session",
            "service": service,
            "kind": "data",
            "at": "2026-02-28T23:50:00+01:00",
            "duration_s": 1200,
            "bytes_down": 1_000_000,
        },
    ]
    do("usage.record", records=records, now=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))

    february = do("rating.records", service=service, period="2026-02").plain
    march = do("rating.records", service=service, period="2026-03").plain

    assert {one["record"]: one["used"] for one in february} == {"call": 1200, "session": 500_000}
    assert {one["record"]: one["used"] for one in march} == {"session": 500_000}


def test_what_was_posted_explains_itself_by_running_the_rule_again(do, customer, called):
    service = customer()
    called(service, ("a", 3, 61))

    item = do("charges.of_service", service=service, period="2026-02").plain[0]
    why = do("charges.why", charge=item["id"]).plain

    assert (item["amount"], item["line"]) == ("2.5417 CZK", LINE)
    assert "2.5417 CZK" in why["en"]
    assert "nej-mobil/price-list/4.1" in [clause["id"] for clause in why["clauses"]]


def test_quantities_of_a_lines_items_add_up_to_its_use_whatever_its_price(do, customer, called, charges):
    service = customer()
    called(service, ("a", 16, 60), now=datetime(2026, 2, 20, tzinfo=UTC))
    called(service, ("b", 17, 61), now=datetime(2026, 2, 20, tzinfo=UTC))

    publish(do, "2026-02", "2026-02-15", ('voice.mobile = "2.50 CZK/min"', 'voice.mobile = "2.00 CZK/min"'))
    do("rating.rate", period="2026-02", now=datetime(2026, 2, 20, tzinfo=UTC))

    assert [quantity for _, quantity, _ in charges(service)] == [60, 61, 0]
