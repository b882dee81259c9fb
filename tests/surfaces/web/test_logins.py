"""The demonstration's logins: for each of its providers, made once, readable by their owner alone."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from spojka.access.database.connections import transaction
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.surfaces.demo import run
from spojka.surfaces.demo.connector import __main__ as connector
from spojka.surfaces.web import logins
from tests.surfaces.connector_shop import OPENED
from tests.surfaces.shop import done


def provider(code):
    with transaction(None) as db:
        tenant = add_tenant(db, code=code, pack="o2-connector")
    done(tenant, "provider.load", {}, OPENED)
    return tenant


def customer_of(tenant):
    done(tenant, "parties.register", {"kind": "consumer", "name": "Alena Archová", "email": "a@example.cz"}, OPENED)


def killed(*_, **__):
    raise KeyboardInterrupt


def signs_in(tenant, login):
    given = {"login": login.login, "password": login.password}
    return done(tenant, "users.sign_in", given, OPENED).accepted


@pytest.fixture
def demonstrations(database, monkeypatch, tmp_path):
    """Two providers that a demonstration made, and one that it did not make yet."""
    codes = tuple(f"demo-{uuid7().hex[-8:]}-{number}" for number in range(3))
    monkeypatch.setattr(logins, "DEMONSTRATIONS", codes)
    monkeypatch.setattr(logins, "home", lambda: tmp_path)
    tenants = {code: provider(code) for code in codes[:2]}
    for tenant in tenants.values():
        customer_of(tenant)
    return tenants


def test_each_provider_of_the_demonstration_has_logins_that_open_its_pages(demonstrations):
    made = logins.demo_logins(OPENED)

    assert [(one.tenant, one.login) for one in made] == [
        (code, login) for code in demonstrations for login in ("operator", "customer")
    ]
    assert all(signs_in(demonstrations[one.tenant], one) for one in made)
    assert not signs_in(demonstrations[made[0].tenant], replace(made[0], password="another of theirs"))


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

    told = logins.demo_logins(OPENED)

    assert [one.login for one in told] == ["operator", "customer"] * 2
    assert signs_in(demonstrations[code], told[0])


@pytest.mark.parametrize("killed_at", ["dump", "replace"])
def test_a_start_that_is_killed_before_they_are_kept_leaves_others_to_the_next(
    demonstrations, monkeypatch, killed_at, tmp_path
):
    with monkeypatch.context() as broken:
        broken.setattr(*{"dump": (json, "dump"), "replace": (Path, "replace")}[killed_at], killed)
        with pytest.raises(KeyboardInterrupt):
            logins.demo_logins(OPENED)

    told = logins.demo_logins(OPENED)

    assert [one.login.partition("-")[0] for one in told] == ["operator", "customer"] * 2
    assert all(signs_in(demonstrations[one.tenant], one) for one in told)
    assert logins.demo_logins(OPENED) == told


def test_a_provider_without_customers_has_none_yet(demonstrations, monkeypatch, tmp_path):
    code = f"demo-{uuid7().hex[-8:]}-4"
    monkeypatch.setattr(logins, "DEMONSTRATIONS", (code,))
    tenant = provider(code)

    before = logins.demo_logins(OPENED)
    customer_of(tenant)

    assert before == []
    assert len(logins.demo_logins(OPENED)) == 2


def test_they_are_of_the_providers_that_the_demonstration_makes():
    assert logins.DEMONSTRATIONS == (run.TENANT, connector.TENANT)
