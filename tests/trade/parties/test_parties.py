"""Who may be registered, how names are ordered and found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.trade.parties.rules import czech_sort_key, folded, refuse_party

CZECH = st.text(alphabet="aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž AÁČŘŠŽ-", max_size=12)
ORDERED = (
    "Adam",
    "Ádam",
    "Cibulka",
    "Czerny",
    "Čapek",
    "Dub",
    "Ďurica",
    "Eva",
    "Hora",
    "Hrubý",
    "Hž",
    "Chalupa",
    "Chrást",
    "Ibl",
    "Novak",
    "Novák",
    "Nováková",
    "Rys",
    "Řehoř",
    "Sova",
    "Szabo",
    "Šebek",
    "Zach",
    "Žák",
)


@pytest.mark.parametrize("seed", range(3))
def test_names_stand_in_the_order_of_czech_lists(seed):
    import random

    shuffled = random.Random(seed).sample(ORDERED, len(ORDERED))

    assert tuple(sorted(shuffled, key=czech_sort_key)) == ORDERED


@given(CZECH, CZECH)
def test_names_that_differ_are_told_apart_unless_only_in_case(one, other):
    assert (czech_sort_key(one) == czech_sort_key(other)) == (one.casefold() == other.casefold())


@given(CZECH)
def test_a_name_and_what_begins_with_it_stand_together(name):
    assert czech_sort_key(name) <= czech_sort_key(name + "a")


def test_the_database_orders_names_as_the_rule_does(do, tenant):
    for name in reversed(ORDERED):
        do("parties.register", kind="consumer", name=name)

    with transaction(tenant) as db:
        rows = db.execute("SELECT name FROM party ORDER BY sort_key").fetchall()
    assert tuple(row["name"] for row in rows) == ORDERED


@given(CZECH)
def test_search_knows_no_case_no_accents_and_no_doubled_spaces(name):
    assert folded(f"  {name.upper()}  ") == folded(name)
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "consumer", "name": "Eva"}, None),
        ({"kind": "consumer", "name": "  "}, "NAME_MISSING"),
        ({"kind": "business", "name": "Kavárna"}, "ICO_MISSING"),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440"}, None),
        ({"kind": "business", "name": "Kavárna", "ico": "27082441"}, "ICO_INVALID"),
        ({"kind": "business", "name": "Kavárna", "ico": "2708244"}, "ICO_INVALID"),
        ({"kind": "business", "name": "Kavárna", "ico": "270824400"}, "ICO_INVALID"),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440", "dic": "CZ27082440"}, None),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440", "dic": "cz27082440"}, None),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440", "dic": "27082440"}, "DIC_INVALID"),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440", "dic": "CZ27082441"}, "DIC_INVALID"),
        ({"kind": "business", "name": "Kavárna", "ico": "27082440", "dic": "SK2022222222"}, "DIC_INVALID"),
    ],
)
def test_check_digits_of_company_numbers_must_fit(facts, code):
    refusal = refuse_party(**{"ico": None, "dic": None, **facts})

    assert (refusal.code if refusal else None) == code


def test_contacts_that_are_not_given_stay(do):
    eva = do("parties.register", kind="consumer", name="Eva", email="eva@example.cz", phone="+420601000001").plain

    changed = do("parties.change_contact", party=eva["id"], email="mala@example.cz", language="en").plain

    assert (changed["email"], changed["phone"], changed["language"]) == ("mala@example.cz", "+420601000001", "en")


def test_a_customer_does_not_change_another_customers_contact(do):
    eva = do("parties.register", kind="consumer", name="Eva").result.id
    adam = do("parties.register", kind="consumer", name="Adam").result.id

    refused = do(
        "parties.change_contact", actor=Actor("adam", frozenset({"*"}), adam), party=eva, email="mine@example.cz"
    )

    assert refused.refusal.code == "PARTY_UNKNOWN"
