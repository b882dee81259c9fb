"""The stock of numbers and cards: who takes one takes it alone, however many take at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.trade.numbering.store import luhn_digit


@pytest.fixture
def eva(do):
    do("provider.load", sims=0)
    return do("parties.register", kind="consumer", name="Eva").plain["id"]


def sign(do, party, **options):
    return do("contracts.sign", party=party, product="nej-mobil", options=options)


def test_cards_have_their_check_digit_and_are_received_once(do, eva, tenant):
    assert do("numbering.receive_sims", count=10).plain == {"new": 10}
    assert do("numbering.receive_sims", count=12).plain == {"new": 2}

    with transaction(tenant) as db:
        cards = [row["iccid"] for row in db.execute("SELECT iccid FROM sim").fetchall()]
    assert len(cards) == 12
    assert all(luhn_digit(card[:-1]) == card[-1] for card in cards)


def test_signatures_at_once_never_take_one_card_or_one_number(do, eva, tenant):
    do("numbering.receive_sims", count=6)
    do("numbering.receive_numbers", count=6)

    with ThreadPoolExecutor(6) as threads:
        signed = list(threads.map(lambda _: sign(do, eva), range(6)))

    services = [one.plain["services"][0] for one in signed]
    assert [one.refusal for one in signed] == [None] * 6
    assert len({service["iccid"] for service in services}) == 6
    assert len({service["msisdn"] for service in services}) == 6
    assert sorted(one.plain["number"] for one in signed) == [str(1_000_001 + n) for n in range(6)]


def test_more_signatures_than_cards_leave_the_rest_refused(do, eva):
    do("numbering.receive_sims", count=2)
    do("numbering.receive_numbers", count=6)

    with ThreadPoolExecutor(6) as threads:
        signed = list(threads.map(lambda _: sign(do, eva), range(6)))

    codes = [one.refusal.code for one in signed if one.refusal]
    assert codes == ["TECHNICALLY_INFEASIBLE"] * 4


@pytest.mark.clause("nej/2.8")
def test_of_those_who_want_one_number_at_once_one_has_it(do, eva):
    do("numbering.receive_sims", count=6)

    with ThreadPoolExecutor(6) as threads:
        signed = list(threads.map(lambda _: sign(do, eva, msisdn="+420601000007"), range(6)))

    assert sorted(one.refusal.code if one.refusal else "" for one in signed) == ["", *["MSISDN_IN_USE"] * 5]


def test_of_those_who_want_one_card_at_once_one_has_it(do, eva, tenant):
    do("numbering.receive_sims", count=1)
    do("numbering.receive_numbers", count=4)
    with transaction(tenant) as db:
        card = db.execute("SELECT iccid FROM sim").fetchone()["iccid"]

    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda _: sign(do, eva, iccid=card), range(4)))

    assert sorted(one.refusal.code if one.refusal else "" for one in signed) == ["", *["SIM_IN_USE"] * 3]


@pytest.mark.clause("nej/4.21")
def test_a_card_that_is_not_of_the_stock_is_foreign(do, eva):
    do("numbering.receive_sims", count=1)

    refused = sign(do, eva, msisdn="+420601000007", iccid="8942020000000000001")

    assert (refused.refusal.code, refused.refusal.clauses) == ("FOREIGN_SIM", ("nej/4.21",))


@pytest.mark.parametrize(
    ("msisdn", "code"),
    [
        ("+420601000000", None),
        ("+420601999999", None),
        ("+420600999999", "MSISDN_NOT_OURS"),
        ("+420602000000", "MSISDN_NOT_OURS"),
        ("+4206010000001", "MSISDN_NOT_OURS"),
    ],
)
def test_a_number_must_be_in_the_providers_ranges(do, eva, msisdn, code):
    do("numbering.receive_sims", count=1)

    signed = sign(do, eva, msisdn=msisdn)

    assert (signed.refusal.code if signed.refusal else None) == code


def test_a_holder_and_a_state_that_do_not_fit_are_refused_by_the_database(do, eva, tenant):
    do("numbering.receive_numbers", count=1)

    with pytest.raises(psycopg.errors.CheckViolation, match="msisdn_holder"), transaction(tenant) as db:
        db.execute("UPDATE msisdn SET state = 'used'")


@pytest.mark.clause("nej/2.8")
def test_codes_lie_sealed_in_the_database_and_are_shown_with_a_reason(do, eva, tenant):
    do("numbering.receive_sims", count=1)
    with transaction(tenant) as db:
        row = db.execute("SELECT iccid, codes FROM sim").fetchone()

    silent = do("numbering.show_codes", iccid=row["iccid"], reason=" ")
    shown = do("numbering.show_codes", iccid=row["iccid"], reason="the holder forgot the PIN").plain

    assert silent.refusal.code == "REASON_MISSING"
    assert (len(shown["pin"]), len(shown["puk"])) == (4, 8)
    assert shown["puk"].encode() not in bytes(row["codes"])
