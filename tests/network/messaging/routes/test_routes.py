"""Ways to SMS centres: one for a network, with a password that nobody is shown."""

from __future__ import annotations

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.routes.store import route_settings
from tests.conftest import NOW

FACTS = {"host": "smsc.example", "port": 2775, "system_id": "spojka", "password": "tajne1"}


def test_a_way_is_set_shown_without_its_password_and_given_to_a_sender_with_it(do, tenant):
    do("connector.set_route", name="o2", networks=["O2"], window=50, receipt_ids="decimal", **FACTS)

    shown = do("connector.routes").result
    with transaction(tenant) as db:
        (row,) = db.execute("SELECT password FROM message_route").fetchall()
        (settings,) = route_settings(Context(db, tenant, OPERATOR, NOW, uuid7(), None))

    assert [(one.name, one.networks, one.window) for one in shown] == [("o2", ["O2"], 50)]
    assert b"tajne1" not in bytes(row["password"])
    assert (settings.client.password, settings.client.window, settings.ids.receipt) == ("tajne1", 50, "decimal")


def test_a_network_has_one_way(do):
    do("connector.set_route", name="o2", networks=["O2", "*"], **FACTS)

    second = do("connector.set_route", name="jina", networks=["*"], **FACTS)
    changed = do("connector.set_route", name="o2", networks=["O2"], **FACTS)
    third = do("connector.set_route", name="jina", networks=["*"], **FACTS)

    assert (second.refusal.code, second.refusal.figures) == ("NETWORK_HAS_ROUTE", {"network": "*", "route": "o2"})
    assert changed.refusal is None
    assert third.refusal is None


def test_names_are_plain_and_a_way_that_is_not_there_cannot_be_removed(do):
    do("connector.set_route", name="o2", networks=["O2"], **FACTS)

    assert do("connector.set_route", name="Cesta č. 1", networks=["X"], **FACTS).refusal.code == "ROUTE_NAME_INVALID"
    assert do("connector.remove_route", name="o2").result.name == "o2"
    assert do("connector.remove_route", name="o2").refusal.code == "ROUTE_UNKNOWN"
