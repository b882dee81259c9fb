"""Addresses and what is remembered of them: nothing of whoever was not let in."""

from __future__ import annotations

import pytest

from spojka.kernel.ids import uuid7
from spojka.surfaces.gateway.connector import routes
from spojka.surfaces.gateway.connector.routes import GP, LONGEST_FOUND, ROUTES, SOAP, Table
from tests.surfaces.gateway.connector.programs import Program


def limits_of(application):
    return f"/v1/applications/{application}/limits"


def test_every_address_finds_its_methods():
    table = Table()

    missed = [one.path for one in ROUTES if table.find(one.path)[0].get(one.method) is not one]

    assert missed == []
    assert set(table.find(GP)[0]) == set(table.find(SOAP)[0]) == {"GET", "POST"}


def test_finding_remembers_nothing_and_remembering_only_an_application_that_is_written_as_it_is():
    table, application = Table(), uuid7()
    before = dict(table._found)
    long = "/v1/applications/" + "x" * LONGEST_FOUND + "/limits"
    plain = limits_of(application)
    strange = [limits_of(application.hex), limits_of(str(application).upper()), f"{plain}/x", plain + "/" * 200]
    with_id = f"/v1/applications/{application}/messages/{uuid7()}"

    for path in (plain, long, *strange, with_id):
        table.find(path)
    found = dict(table._found)
    for path in (long, *strange, with_id):
        table.remember(path, application)
    refused = dict(table._found)
    table.remember(plain, application)

    assert found == refused == before
    assert set(table._found) - set(before) == {plain}
    assert table.find(plain)[1] == {"application": str(application)}


@pytest.mark.parametrize(("most", "remembered"), [(2, 2), (1, 1), (0, 0)])
def test_no_more_addresses_are_remembered_than_there_may_be(monkeypatch, most, remembered):
    table, application = Table(), uuid7()
    before = len(table._found)
    monkeypatch.setattr(routes, "MOST_FOUND", before + most)
    paths = [f"/v1/applications/{application}/{one}" for one in ("limits", "inbox")]

    for path in paths:
        table.remember(path, application)

    assert len(table._found) - before == remembered
    assert all("GET" in table.find(path)[0] for path in paths)


def test_whoever_has_no_certificate_leaves_nothing_behind(world):
    program = Program(world)
    stranger = world.client()
    remembered = []

    for client in (stranger, program.http):
        client.get(f"{program.root}/limits")
        stranger.get(limits_of("x" * 10_000))
        stranger.get(limits_of(uuid7()))
        remembered.append([one for one in world.running.listener._answering._table._found if str(program.id) in one])

    assert remembered == [[], [f"{program.root}/limits"]]
