"""Files of usage: the same bytes are taken once, and what waits in suspense is found by its index."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from spojka.charging.usage import operations
from spojka.charging.usage.csv_layout import HEADER, TRAILER
from tests.access.committed import count


def _file(tmp_path, name, number="+420777000111"):
    line = f"r1,voice,mo,{number},+420602000002,2026-02-01T08:00:00+01:00,,60,,,,,,,,,"
    path = tmp_path / name
    path.write_text("\n".join([HEADER, line, f"{TRAILER}1", ""]), encoding="utf-8")
    return path


def test_the_same_file_that_comes_twice_at_once_is_taken_once(do, tenant, tmp_path, monkeypatch):
    do("provider.load")
    together = threading.Barrier(2)
    plain = operations.lock_file

    def meeting(ctx, *, source, digest):
        together.wait(10)
        plain(ctx, source=source, digest=digest)

    monkeypatch.setattr(operations, "lock_file", meeting)
    files = [_file(tmp_path, name) for name in ("a.csv", "b.csv")]

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda file: do("usage.import_file", path=file, source="o2").plain, files))

    assert sorted(one["repeated"] for one in taken) == [False, True]
    assert len({one["file"] for one in taken}) == 1
    assert count(tenant, "usage_file") == 1


def test_a_file_of_another_source_with_the_same_bytes_is_another_file(do, tenant, tmp_path):
    do("provider.load")
    file = _file(tmp_path, "a.csv")

    taken = [do("usage.import_file", path=file, source=source).plain["repeated"] for source in ("o2", "x", "o2")]

    assert taken == [False, False, True]


def test_what_waits_of_a_record_is_found_by_its_index_under_the_ordinary_role(ctx):
    ctx.db.execute("SET LOCAL enable_seqscan = off")

    plan = ctx.db.execute(
        "EXPLAIN SELECT id FROM suspense WHERE tenant_id = %s AND source = %s AND record_id = %s AND state = 'open'",
        [ctx.tenant, "o2", "r1"],
    ).fetchall()

    said = "\n".join(row["QUERY PLAN"] for row in plan)
    role = ctx.db.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    assert (role["rolsuper"], role["rolbypassrls"]) == (False, False)
    assert "suspense_record" in said
