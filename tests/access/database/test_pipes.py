"""A pipe: what is asked leaves together, and answers, refusals and values are what any connection gives."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from psycopg.types.json import Jsonb

from spojka.access.database import pipes
from spojka.access.database.connections import connect
from spojka.access.database.lines import is_lost
from spojka.access.database.pipes import Pipe
from spojka.access.database.server import owner_url
from spojka.kernel.ids import uuid7

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 2, 1, 9, 30, 0, 250, tzinfo=UTC)


@pytest.fixture
def pipe():
    with connect(autocommit=True) as connection:
        yield Pipe(connection)


@pytest.mark.parametrize(
    "value",
    [
        uuid7(),
        AT,
        date(2026, 2, 1),
        "řeřicha 100 % $1",
        b"\x00\xff",
        7,
        2**40,
        Decimal("1.2345"),
        True,
        None,
        ["a", 'b"c'],
        {"a": [1, None]},
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_come_back_as_any_connection_gives_them(pipe, value):
    given = Jsonb(value) if isinstance(value, dict) else value
    with connect(autocommit=True) as connection:
        expected = connection.execute("SELECT %s AS value", [given]).fetchone()

    asked = pipe.execute("SELECT %s AS value", [given])

    assert asked.fetchone() == expected
    assert asked.fetchall() == [expected]


def test_columns_that_others_send_as_they_are_go_as_text(pipe):
    asked = pipe.execute(
        "SELECT * FROM unnest(%s::int[], %b::bytea[]) AS n(place, octets)", [[1, 2], [b"\x00'\xff", b""]]
    )

    assert asked.fetchall() == [{"place": 1, "octets": b"\x00'\xff"}, {"place": 2, "octets": b""}]


def test_parameters_have_places_or_names_and_a_percent_sign_stays_one(pipe):
    placed = pipe.execute("SELECT %s::int + %s::int AS sum, '%%' AS sign", [1, 2])
    named = pipe.execute("SELECT %(b)s::int - %(a)s::int - %(a)s::int AS rest", {"a": 1, "b": 5})
    bare = pipe.execute("SELECT 'a' LIKE '%%a' AS found")

    assert named.fetchone() == {"rest": 3}
    assert placed.fetchone() == {"sum": 3, "sign": "%"}
    assert bare.fetchone() == {"found": True}


def test_rows_are_counted_whether_read_or_written(pipe):
    pipe.execute("CREATE TEMPORARY TABLE counted (n int)")
    written = pipe.execute("INSERT INTO counted SELECT * FROM generate_series(1, 7)")
    read = pipe.execute("SELECT * FROM counted WHERE n > %s", [4])

    assert (written.rowcount, read.rowcount, len(list(read))) == (7, 3, 3)
    assert pipe.execute("SELECT * FROM counted WHERE n > 7").fetchone() is None


def test_a_refusal_comes_up_with_the_next_answer_and_again_at_the_end_and_then_all_is_well(pipe):
    before = pipe.execute("SELECT 1 AS n")
    pipe.execute("SELECT 1 / %s", [0])
    after = pipe.execute("SELECT 2 AS n")

    assert before.fetchone() == {"n": 1}
    with pytest.raises(psycopg.errors.DivisionByZero):
        after.fetchone()
    with pytest.raises(psycopg.errors.DivisionByZero):
        pipe.finish()
    assert pipe.execute("SELECT 3 AS n").fetchone() == {"n": 3}


def test_a_statement_that_was_refused_while_it_was_made_ready_can_be_asked_again(pipe):
    count = "SELECT count(*) AS n FROM made_later"
    pipe.execute(count)
    pipe.execute("SELECT 'never ready' AS said")
    with pytest.raises(psycopg.errors.UndefinedTable):
        pipe.finish()
    pipe.execute("CREATE TEMPORARY TABLE made_later ()")

    asked = pipe.execute(count)
    other = pipe.execute("SELECT 'never ready' AS said")
    pipe.finish()

    assert asked.fetchone() == {"n": 0}
    assert other.fetchone() == {"said": "never ready"}


def test_more_statements_than_are_kept_ready_are_asked_all_the_same(pipe, monkeypatch):
    monkeypatch.setattr(pipes, "MOST_PREPARED", 3)
    asked = [pipe.execute(f"SELECT {n} + %s::int AS n", [1]) for n in range(6)]

    assert [one.fetchone()["n"] for one in asked] == [1, 2, 3, 4, 5, 6]
    with connect(autocommit=True) as other:
        assert other.execute("SELECT count(*) AS n FROM pg_prepared_statements").fetchone() == {"n": 0}
    assert pipe.execute("SELECT count(*) AS n FROM pg_prepared_statements").fetchone() == {"n": 3}


def test_more_than_the_socket_holds_goes_through_both_ways(pipe):
    long = "x" * 3_000_000
    asked = [pipe.execute("SELECT %s::text AS said", [long]) for _ in range(4)]

    pipe.finish()

    assert all(one.fetchone() == {"said": long} for one in asked)


def test_who_loses_the_server_is_told(pipe):
    pid = pipe.execute("SELECT pg_backend_pid() AS pid").fetchone()["pid"]
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", [pid])

    pipe.execute("SELECT 1")

    with pytest.raises(psycopg.OperationalError):
        pipe.finish()


def test_who_loses_the_server_after_the_last_answer_is_told_the_same():
    with closing(connect(autocommit=True)) as connection:
        pipe = Pipe(connection)
        pid = pipe.execute("SELECT pg_backend_pid() AS pid").fetchone()["pid"]
        with psycopg.connect(owner_url(), autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])

        with pytest.raises(psycopg.OperationalError) as lost:
            pipe.finish()

    assert is_lost(lost.value)
