"""Uses of services that were held, or had no roaming, wait by the instant they began; nothing closes 112."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import polars as pl
import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.charging.usage.csv_layout import HEADER, TRAILER
from spojka.charging.usage.records import frame_of
from spojka.charging.usage.screening import screen
from spojka.charging.usage.standing import Standings, keep_back_closed, tariffs_of
from spojka.charging.usage.terms import StandingTerms
from spojka.terms.clauses import ClauseRef, Term
from spojka.trade.services.frames import HOLD_SCHEMA, SWITCH_SCHEMA, TARIFF_SCHEMA
from tests.charging.usage.lookups import BEGUN_AT, LOOKUPS, NOON, call

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
DATA = {"kind": "data", "other": None, "bytes_up": 1, "duration_s": 10}
HELD, ROAMING = "SERVICE_USED_WHILE_HELD", "ROAMING_USED_WHILE_NOT_INCLUDED"


def _term(name, value, clause):
    return Term(name, value, ClauseRef("nej-mobil/operating-rules", "2021-08", clause, "nej"))


TERMS = StandingTerms(
    _term("restriction_reason_required", True, "4.19"),
    _term("roaming_in_basic_service", False, "2.2"),
    _term("eu_zone", ["DE"], "1.10"),
)


def kept_back(*records, holds=(), tariffs=(), switches=()):
    """Records of service `a` parted by holds (scope, held at, released at), tariffs and switches of roaming."""
    standings = Standings(
        pl.DataFrame(
            [("a", scope, f"{scope} hold", ["nej/2.20"], *times) for scope, *times in holds], HOLD_SCHEMA, orient="row"
        ),
        pl.DataFrame([("a", *each, "price-list/1") for each in tariffs], TARIFF_SCHEMA, orient="row"),
        pl.DataFrame([("a", "roaming", *each) for each in switches], SWITCH_SCHEMA, orient="row"),
        TERMS,
    )
    return keep_back_closed(screen(frame_of(records), LOOKUPS).ready, standings)


def reasons(found):
    return found.waiting["reason"].to_list()


@pytest.mark.parametrize(
    ("scope", "record", "waits"),
    [
        ("both", {}, True),
        ("both", {"direction": "mt"}, True),
        ("both", {"kind": "sms"}, True),
        ("both", DATA, True),
        ("outgoing", {}, True),
        ("outgoing", {"direction": "forwarded"}, True),
        ("outgoing", {"direction": "mt"}, False),
        ("outgoing", DATA, True),
        ("data", DATA, True),
        ("data", {}, False),
        ("both", {"other": "112"}, False),
        ("both", {"other": "116111"}, False),
        ("both", {"duration_s": 0}, False),
    ],
)
@pytest.mark.clause("nej/4.19")
def test_a_hold_closes_its_directions_and_kinds_and_never_what_stays_open(scope, record, waits):
    found = kept_back(call(**record), holds=[(scope, BEGUN_AT, None)])

    assert reasons(found) == [HELD] * waits
    assert found.open.height == (not waits)


@pytest.mark.clause("nej/4.19")
def test_the_second_before_a_hold_begins_and_the_instant_it_ends_are_open():
    at = [NOON - SECOND, NOON, NOON + HOUR - SECOND, NOON + HOUR]
    records = [call(each, record_id=str(place)) for place, each in enumerate(at)]

    found = kept_back(*records, holds=[("both", NOON, NOON + HOUR)])

    assert found.open["record_id"].to_list() == ["0", "3"]
    assert found.waiting.select("record_id", "since").rows() == [("1", NOON), ("2", NOON)]


def test_a_record_waits_once_by_the_hold_of_both_directions_and_by_its_clauses():
    holds = [("outgoing", BEGUN_AT, None), ("both", NOON, None)]

    found = kept_back(call(), holds=holds)

    assert found.waiting.select("value", "clauses", "since").rows() == [("both hold", ["nej/2.20"], NOON)]


@pytest.mark.parametrize(
    ("visited", "included", "switched", "waits"),
    [
        ("CZ", False, None, False),
        ("DE", True, None, False),
        ("DE", False, None, True),
        ("DE", False, True, False),
        ("US", True, None, True),
        ("US", True, True, False),
        ("US", True, False, True),
    ],
)
@pytest.mark.parametrize("direction", ["mo", "mt"])
@pytest.mark.clause("nej/2.2")
def test_roaming_is_in_the_tariff_within_the_eu_or_ordered(visited, included, switched, waits, direction):
    switches = [] if switched is None else [(switched, BEGUN_AT)]

    found = kept_back(
        call(visited=visited, direction=direction), tariffs=[(date(2026, 1, 1), included)], switches=switches
    )

    assert reasons(found) == [ROAMING] * waits


@pytest.mark.clause("nej/2.2")
def test_the_day_of_a_tariff_and_the_instant_of_an_order_decide():
    midnight = datetime(2026, 2, 2, 23, tzinfo=UTC)  # in Prague
    records = [
        call(midnight - SECOND, record_id="last day", visited="DE"),
        call(midnight, record_id="first day", visited="DE"),
        call(NOON - SECOND, record_id="before", visited="US"),
        call(NOON, record_id="ordered", visited="US"),
    ]
    tariffs = [(date(2026, 1, 1), False), (date(2026, 2, 3), True)]

    found = kept_back(*records, tariffs=tariffs, switches=[(True, NOON)])

    assert found.open["record_id"].to_list() == ["first day", "ordered"]
    assert found.waiting.select("record_id", "clauses").rows() == [
        ("last day", ["nej/2.2", "price-list/1"]),
        ("before", ["nej/2.2"]),
    ]


def test_emergency_numbers_abroad_and_services_without_a_known_tariff_in_the_eu_do_not_wait():
    records = [call(record_id="a", other="112", visited="US"), call(record_id="b", visited="DE")]

    assert kept_back(*records).waiting.height == 0


def test_a_session_over_the_periods_end_goes_by_its_start_and_waits_as_one():
    end = datetime(2026, 1, 31, 23, tzinfo=UTC)
    session = DATA | {"bytes_up": 1001, "duration_s": 7200}

    begun_open = kept_back(call(end - HOUR, **session), holds=[("data", end, None)])
    begun_held = kept_back(call(end - HOUR, **session), holds=[("data", end - HOUR, end)])

    assert (begun_open.open.height, begun_open.waiting.height) == (2, 0)
    assert begun_held.open.height == 0
    (record,) = begun_held.waiting["record"].str.json_decode(
        pl.Struct({"at": pl.String, "duration_s": pl.String, "bytes_up": pl.String})
    )
    assert record == {"at": "2026-01-31T22:00:00.000000Z", "duration_s": "7200", "bytes_up": "1001"}


@pytest.mark.parametrize("order", [1, -1])
def test_a_tariff_that_ended_says_nothing_of_what_came_after_an_edition_began(order):
    flags = {"OLD": _term("roaming_eu_included", True, "a"), "NEW": _term("roaming_eu_included", False, "b")}
    held = [
        {"service": "a", "tariff": "OLD", "valid_from": date(2025, 1, 1), "valid_to": date(2026, 1, 10)},
        {"service": "a", "tariff": "NEW", "valid_from": date(2026, 1, 10), "valid_to": None},
    ]
    edition = SimpleNamespace(effective_from=date(2026, 1, 15), binds_existing_from=date(2026, 1, 15))
    catalogue = {name: SimpleNamespace(roaming_eu_included=flag) for name, flag in flags.items()}
    shelf = SimpleNamespace(editions=[edition], sheet=lambda *_: SimpleNamespace(tariff=catalogue))
    rows = [{**one, "signed_on": date(2025, 1, 1)} for one in held][::order]
    db = SimpleNamespace(execute=lambda *_: SimpleNamespace(fetchall=lambda: rows))

    found = tariffs_of(SimpleNamespace(db=db), shelf, {"first": date(2026, 1, 1), "last": date(2026, 1, 31)})

    assert sorted(row[1:3] for row in found.rows()) == [
        (date(2026, 1, 1), True),
        (date(2026, 1, 10), False),
        (date(2026, 1, 15), False),
    ]


def test_nothing_comes_of_nothing():
    found = kept_back(holds=[("both", BEGUN_AT, None)])

    assert (found.open.height, found.waiting.height) == (0, 0)


@pytest.fixture
def services(do):
    """Two services since 1 February: the first was held for an hour of the 3rd, the second ordered roaming after it."""
    do("provider.load")
    found = []
    for number in (1, 2):
        party = do("parties.register", kind="consumer", name="Eva").plain["id"]
        options = {"msisdn": f"+4206010000{number:02}"}
        found.append(do("contracts.sign", party=party, product="nej-mobil", options=options).plain["services"][0]["id"])
    do("services.restrict", service=found[0], reason="debt", now=NOON)
    do("services.lift", service=found[0], reason="debt", now=NOON + HOUR)
    asked = do("services.enable", service=found[1], feature="roaming", now=NOON + HOUR).plain
    do("ordering.pay_deposit", order=asked["order"], amount=asked["deposit"], now=NOON + HOUR)
    return found


def _line(record, key, at, **more):
    fields = {"record_id": record, "service_key": key, "kind": "voice", "direction": "mo", "other": "+420602000002"}
    given = {**fields, "at": at.isoformat(), "duration_s": "60", **more}
    return ",".join(given.get(name, "") for name in HEADER.split(","))


def _file(path, copies):
    first, second = "+420601000001", "+420601000002"
    lines = [
        _line(f"{name}-{copy}-of-{copies}", key, at, visited=visited)
        for copy in range(copies)
        for name, key, at, visited in (
            ("held", first, NOON, "CZ"),
            ("lifted", first, NOON + HOUR, "CZ"),
            ("eu", second, NOON, "DE"),
            ("away", second, NOON, "CH"),
            ("ordered", second, NOON + HOUR, "CH"),
        )
    ]
    path.write_text("\n".join([HEADER, *lines, f"{TRAILER}{len(lines)}", ""]), encoding="utf-8")
    return path


@pytest.fixture
def statements(monkeypatch):
    """Every SQL statement that is run, in order."""
    seen, plain = [], psycopg.Cursor.execute

    def counting(cursor, query, *args, **more):
        seen.append(str(query))
        return plain(cursor, query, *args, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    return seen


@pytest.mark.clause("nej/4.19")
@pytest.mark.clause("nej/2.2")
def test_a_file_is_asked_about_as_a_whole_and_what_was_closed_waits(do, tenant, services, tmp_path, statements):
    asked, counts = [], []

    for copies in (1, 40):
        path = _file(tmp_path / f"{copies}.csv", copies)
        statements.clear()
        taken = do("usage.import_file", path=str(path), source="o2", now=NOON + timedelta(days=1)).plain
        counts.append((taken["accepted"], taken["suspended"]))
        asked.append(len(statements))

    assert counts == [(3, 2), (120, 80)]
    assert asked[0] == asked[1]
    with transaction(tenant) as db:
        waiting = db.execute("SELECT DISTINCT reason, detail, since FROM suspense ORDER BY reason").fetchall()
    assert [tuple(row.values()) for row in waiting] == [(ROAMING, "visited=CH", None), (HELD, "hold=debt", NOON)]
