"""Connections: what they take with them to the server."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from spojka.access.database.connections import app_conninfo, connect

pytestmark = pytest.mark.usefixtures("database")


def test_a_server_that_falls_silent_is_not_waited_for_longer_than_its_url_says_or_twenty_seconds():
    usual = conninfo_to_dict(app_conninfo("postgresql://spojka@db.example/spojka"))
    said = conninfo_to_dict(app_conninfo("postgresql://spojka@db.example/spojka?tcp_user_timeout=5000"))

    assert (usual["tcp_user_timeout"], said["tcp_user_timeout"]) == ("20000", "5000")
    assert [usual[f"keepalives_{name}"] for name in ("idle", "interval", "count")] == ["5", "5", "3"]


def test_a_client_that_falls_silent_keeps_nothing_for_long():
    with connect(autocommit=True) as connection:
        row = connection.execute("SELECT reset_val FROM pg_settings WHERE name = 'tcp_user_timeout'").fetchone()

    assert row == {"reset_val": "20000"}
