"""The demonstration's logins: for each of its providers, made once, readable by their owner alone."""

from __future__ import annotations

import json
import stat

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.surfaces.web import logins
from tests.surfaces.connector_shop import OPENED
from tests.surfaces.shop import done


def provider(code):
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="o2-connector")
    done(tenant, "provider.load", {}, OPENED)
    done(tenant, "parties.register", {"kind": "consumer", "name": "Alena Archová", "email": "a@example.cz"}, OPENED)
    return tenant


@pytest.fixture
def demonstrations(database, monkeypatch, tmp_path):
    """Two providers that a demonstration made, and one that it did not make yet."""
    codes = tuple(f"demo-{uuid7().hex[-8:]}-{number}" for number in range(3))
    monkeypatch.setattr(logins, "DEMONSTRATIONS", codes)
    monkeypatch.setattr(logins, "home", lambda: tmp_path)
    return {code: provider(code) for code in codes[:2]}


def test_each_provider_of_the_demonstration_has_logins_that_open_its_pages(demonstrations):
    made = logins.demo_logins(OPENED)

    assert [(one.tenant, one.login) for one in made] == [
        (code, login) for code in demonstrations for login in ("operator", "customer")
    ]
    for one in made:
        given = {"login": one.login, "password": one.password}
        told = call("users.sign_in", given, tenant=demonstrations[one.tenant], actor=OPERATOR, now=OPENED)
        assert told.refusal is None


def test_they_are_made_once_and_kept_for_their_owner_alone(demonstrations, tmp_path):
    made = logins.demo_logins(OPENED)

    assert logins.demo_logins(OPENED) == made
    kept = sorted((tmp_path / "demo").iterdir())
    assert [stat.S_IMODE(one.stat().st_mode) for one in kept] == [0o600] * 2


def test_what_was_kept_of_another_provider_of_that_name_is_not_told(demonstrations, tmp_path):
    code = next(iter(demonstrations))
    (tmp_path / "demo").mkdir()
    of_another = {"tenant": str(uuid7()), "logins": [{"tenant": code, "opens": "", "login": "x", "password": "y"}]}
    (tmp_path / "demo" / f"{code}.logins.json").write_text(json.dumps(of_another))

    assert "x" not in {one.login for one in logins.demo_logins(OPENED)}
