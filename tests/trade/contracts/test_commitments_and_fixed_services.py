"""A change commits from its day and never for less; a tariff for customers of the fixed service is theirs to choose."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7
from spojka.trade.publications.packs import PROVIDERS

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 5, 31, 8, tzinfo=UTC)
COMMITTING, FIXED_ONLY = "nej-mobil-zavazek", "nej-mobil-komplet"
FIXED_PRODUCT = """
[product.nej-internet]
title_cs = "Pevný internet"
title_en = "Fixed internet"
line = "fixed"
services = ["data"]
resources = ["sim", "msisdn"]
default_tariff = "nej-mobil-basic"
prices_with_vat = true
vat_rate = "vat_rate_telecom_pct"
customer_kinds = ["consumer"]
requires = ["general_terms", "operating_rules", "price_list"]
port_in_requires = []
"""


@pytest.fixture
def eva(do):
    do("provider.load")
    return do("parties.register", kind="consumer", name="Eva").plain["id"]


def sign(do, party, tariff):
    options = {"msisdn": "+420601000001", "tariff": tariff}
    return do("contracts.sign", party=party, product="nej-mobil", options=options).plain["id"]


@pytest.mark.clause("nej/1.8")
@pytest.mark.parametrize(("tariff", "until"), [(COMMITTING, "2028-05-31"), ("nej-mobil-plus", None)])
def test_a_change_to_a_tariff_with_a_commitment_commits_from_its_day(do, eva, tariff, until):
    contract = sign(do, eva, "nej-mobil-basic")

    changed = do("contracts.change_tariff", contract=contract, tariff=tariff, now=LATER).plain

    assert changed["committed_until"] == until


@pytest.mark.clause("nej/1.8")
@pytest.mark.parametrize(("lasts", "until"), [("2028-06-01", "2028-06-01"), ("2028-05-30", "2028-05-31")])
def test_a_change_never_shortens_a_longer_commitment(do, eva, tenant, lasts, until):
    contract = sign(do, eva, "nej-mobil-basic")
    with transaction(tenant) as db:
        db.execute("UPDATE contract SET committed_until = %s", [lasts])

    changed = do("contracts.change_tariff", contract=contract, tariff=COMMITTING, now=LATER).plain

    assert changed["committed_until"] == until


@pytest.fixture
def shop(database, tmp_path):
    """Call operations of a provider that sells a fixed service too."""
    folder = tmp_path / "both"
    shutil.copytree(PROVIDERS / "nej-mobil", folder)
    with (folder / "pack.toml").open("a", encoding="utf-8") as pack:
        pack.write(FIXED_PRODUCT)
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"both-{uuid7().hex}", pack=str(folder))

    def calling(name, /, *, now=NOW, **given):
        return call(name, given, tenant=tenant, actor=OPERATOR, now=now, key=None)

    calling("provider.load")
    return calling


@pytest.mark.clause("nej/2.1")
def test_who_has_a_running_fixed_service_may_have_the_tariff_until_it_ends(shop):
    party = shop("parties.register", kind="consumer", name="Eva").plain["id"]
    wanted = {"party": party, "product": "nej-mobil", "options": {"tariff": FIXED_ONLY}}
    fixed_to_come = {"party": party, "product": "nej-internet", "options": {"activate_on": "2026-02-02"}}
    shop("numbering.receive_numbers", count=10)

    without = shop("contracts.sign", **wanted)
    waiting = shop("contracts.sign", **fixed_to_come).plain["services"][0]["id"]
    too_soon = shop("contracts.sign", **wanted)
    shop("services.activate", service=waiting)
    running = shop("contracts.sign", **wanted)
    shop("services.end", service=waiting)
    ended = shop("contracts.sign", **wanted)

    codes = [one.refusal.code if one.refusal else None for one in (without, too_soon, running, ended)]
    assert codes == [*["ELIGIBILITY_FIXED_SERVICE_MISSING"] * 2, None, "ELIGIBILITY_FIXED_SERVICE_MISSING"]


@pytest.mark.clause("nej/2.1")
def test_a_tariff_is_changed_to_one_for_customers_of_the_fixed_service_by_them_only(shop):
    eva, adam = (shop("parties.register", kind="consumer", name=name).plain["id"] for name in ("Eva", "Adam"))
    shop("numbering.receive_numbers", count=10)
    shop("contracts.sign", party=eva, product="nej-internet")
    mobile = [shop("contracts.sign", party=party, product="nej-mobil").plain["id"] for party in (eva, adam)]

    changed = [shop("contracts.change_tariff", contract=one, tariff=FIXED_ONLY) for one in mobile]

    assert changed[0].plain["services"][0]["tariff"] == FIXED_ONLY
    assert changed[1].refusal.code == "ELIGIBILITY_FIXED_SERVICE_MISSING"
