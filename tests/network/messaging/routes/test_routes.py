"""Ways to SMS centres and MMSCs: one for a network, with a password that nobody is shown."""

from __future__ import annotations

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.routes.store import route_settings, way_settings
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


MMSC = {"kind": "mm7", "url": "https://mmsc.example/mm7", "vasp_id": "spojka", "vas_id": "mms"}


def test_a_way_to_an_mmsc_stands_beside_the_one_to_an_sms_centre(do, tenant):
    do("connector.set_route", name="o2", networks=["O2"], **FACTS)
    do(
        "connector.set_route",
        name="o2-mms",
        networks=["O2"],
        system_id="me",
        password="delší než osm",
        heard_as="mmsc",
        heard_password="tajne2",
        window=3,
        **MMSC,
    )

    shown = do("connector.routes").result
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), None)
        sms, (mms,) = route_settings(ctx), way_settings(ctx)
        (row,) = db.execute("SELECT password, heard_password FROM message_route WHERE kind = 'mm7'").fetchall()

    assert [(one.name, one.kind, one.host, one.port, one.encrypted) for one in shown] == [
        ("o2", "smpp", "smsc.example", 2775, False),
        ("o2-mms", "mm7", "mmsc.example", 443, True),
    ]
    assert [one.name for one in sms] == ["o2"]
    assert (mms.peer.user, mms.peer.password, mms.heard_as, mms.heard_password) == (
        "me",
        "delší než osm",
        "mmsc",
        "tajne2",
    )
    assert (mms.path, mms.window, mms.vasp_id, mms.vas_id) == ("/mm7/o2-mms", 3, "spojka", "mms")
    assert b"tajne2" not in bytes(row["heard_password"])
    assert "tajne2" not in repr(mms)
    assert do("connector.remove_route", name="o2-mms").result.kind == "mm7"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "ftp://mmsc.example/"}, "url"),
        ({"url": "http://mmsc.example:x/"}, "url"),
        ({"heard_as": "mmsc"}, "heard_password"),
        ({"kind": "smpp"}, "host"),
        ({"kind": "smpp", "host": "smsc.example"}, "port"),
        ({"kind": "smpp", **FACTS, "system_id": "x" * 16}, "system_id"),
        ({"kind": "smpp", **FACTS, "password": "x" * 9}, "password"),
    ],
)
def test_a_way_that_lacks_something_is_not_set(do, changed, field):
    made = do("connector.set_route", name="a", networks=["*"], **{**MMSC, **changed})

    assert (made.refusal.code, made.refusal.figures["field"]) == ("ROUTE_INCOMPLETE", field)
    assert do("connector.routes").result == []


def secrets_of(tenant):
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, NOW, uuid7(), None)
        sms = [one.client.password for one in route_settings(ctx)]
        return sms, [(one.peer.password, one.heard_as, one.heard_password) for one in way_settings(ctx)]


def test_a_change_keeps_passwords_that_are_not_given_and_an_empty_one_clears(do, tenant):
    smpp = {"name": "o2", "networks": ["O2"], **FACTS}
    mm7 = {"name": "mms", "networks": ["*"], "system_id": "me", "heard_as": "mmsc", **MMSC}
    do("connector.set_route", **smpp)
    do("connector.set_route", password="tajne1", heard_password="tajne2", **mm7)

    kept = [do("connector.set_route", **{**smpp, "password": None}), do("connector.set_route", **mm7)]
    after_keeping = secrets_of(tenant)
    do("connector.set_route", **{**smpp, "password": ""})
    half = do("connector.set_route", heard_password="", **mm7)
    do("connector.set_route", **{**mm7, "password": "", "heard_as": ""})

    assert [one.refusal for one in kept] == [None, None]
    assert after_keeping == (["tajne1"], [("tajne1", "mmsc", "tajne2")])
    assert (half.refusal.code, half.refusal.figures["field"]) == ("ROUTE_INCOMPLETE", "heard_password")
    assert secrets_of(tenant) == ([""], [("", "", "")])


def test_a_password_that_smpp_cannot_carry_is_not_kept_for_it(do):
    do("connector.set_route", name="a", networks=["*"], password="delší než osm", system_id="me", **MMSC)

    turned = do("connector.set_route", name="a", networks=["*"], **{**FACTS, "password": None})

    assert (turned.refusal.code, turned.refusal.figures["field"]) == ("ROUTE_INCOMPLETE", "password")


@pytest.mark.parametrize("elsewhere", [{"host": "other.example.cz"}, {"port": 2776}])
def test_a_way_that_leads_elsewhere_needs_its_password_again(do, elsewhere):
    do("connector.set_route", name="o2", networks=["O2"], **FACTS)

    kept = {**FACTS, **elsewhere, "password": None}
    refused = do("connector.set_route", name="o2", networks=["O2"], **kept)
    cleared = do("connector.set_route", name="o2", networks=["O2"], **{**kept, "password": ""})

    assert (refused.refusal.code, refused.refusal.figures["field"]) == ("ROUTE_INCOMPLETE", "password")
    assert cleared.refusal is None


def test_a_new_way_takes_no_name_that_another_has(do):
    first = do("connector.set_route", name="o2", networks=["O2"], anew=True, **FACTS)

    second = do("connector.set_route", name="o2", networks=["Vodafone"], anew=True, **FACTS)

    assert first.refusal is None
    assert (second.refusal.code, second.refusal.figures) == ("ROUTE_EXISTS", {"name": "o2"})
    assert [one.networks for one in do("connector.routes").result] == [["O2"]]
