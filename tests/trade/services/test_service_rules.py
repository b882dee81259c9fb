"""What may be used on a service now, and when its tariff may change, as pure decisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.terms.clauses import Term
from spojka.terms.editions import read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet
from spojka.trade.publications.packs import find_pack
from spojka.trade.services.rules import (
    ALWAYS_OPEN,
    STAR_LINE,
    Attempt,
    Standing,
    closes_emergency,
    next_tariff_change_on,
    refuse_unlock,
    refuse_use,
    set_up_by,
    suspension_limit,
    switches_now,
)
from spojka.trade.services.terms import ServiceTerms, SuspensionTerms


def _terms(sheet=ServiceTerms):
    file = find_pack("nej-mobil").folder / "operating-rules" / "2021-08.toml"
    rules = read_edition(file.read_text(encoding="utf-8"), source=file.name, cites_as="nej")
    return read_sheet(sheet, BoundTerms(((1, rules),)))


TERMS = _terms()
INCLUDED = Term("roaming_eu_included", True, TERMS.voice_requires.ref)
DEFAULTS = switches_now(known={}, terms=TERMS)


def standing(*, state="active", holds=None, on=(), roaming=True):
    switches = {**DEFAULTS, **dict.fromkeys(on, True)}
    return Standing(state, holds or {}, switches, Term("roaming_eu_included", roaming, INCLUDED.ref))


def code(attempt, **how):
    refusal = refuse_use(attempt, standing(**how), TERMS)
    return refusal.code if refusal else None


@pytest.mark.clause("nej/4.8")
@pytest.mark.parametrize("destination", sorted(ALWAYS_OPEN))
@pytest.mark.parametrize("scope", ["both", "outgoing"])
def test_emergency_and_harmonised_numbers_pass_every_hold(destination, scope):
    assert code(Attempt("voice", destination), holds={scope: "debt"}) is None
    assert code(Attempt("voice", destination, visited="US"), holds={scope: "debt"}, roaming=False) is None
    assert code(Attempt("voice", "mobile"), holds={scope: "debt"}) is not None


@pytest.mark.clause("nej/3.7")
def test_112_works_without_a_service_that_runs():
    assert code(Attempt("voice", "emergency"), state="ended") is None
    assert code(Attempt("voice", "mobile"), state="ended") == "SERVICE_NOT_SUBSCRIBED"


@pytest.mark.clause("nej/4.8")
@pytest.mark.parametrize(
    ("classes", "closes"), [({"emergency"}, True), ({"harmonised_116", "mobile"}, True), ({"mobile"}, False)]
)
def test_a_profile_that_bars_emergency_numbers_is_known(classes, closes):
    assert closes_emergency(classes) is closes


@pytest.mark.clause("nej/4.5-i")
@pytest.mark.parametrize(
    ("attempt", "feature", "refused"),
    [
        (Attempt("voice", "international.eu"), "international_calls", "SERVICE_NOT_ENABLED"),
        (Attempt("sms", "international.rest"), "international_calls", "SERVICE_NOT_ENABLED"),
        (Attempt("mms", "mobile"), "mms", "SERVICE_NOT_ENABLED"),
        (Attempt("voice", "premium_90x"), "premium_90x", "PREMIUM_BARRED"),
    ],
)
def test_what_is_beyond_the_default_card_is_off_until_it_is_switched_on(attempt, feature, refused):
    assert code(attempt) == refused
    assert code(attempt, on=[feature]) is None


@pytest.mark.clause("nej/4.5-i")
def test_the_default_card_calls_and_writes():
    assert [code(Attempt(kind, to)) for kind, to in (("voice", "mobile"), ("sms", "mobile"), ("data", ""))] == [
        None
    ] * 3
    assert {feature for feature, is_on in DEFAULTS.items() if is_on} == {"ordinary_calls", "sms"}


@pytest.mark.clause("nej/2.2")
@pytest.mark.parametrize(
    ("in_eu", "included", "on", "refused"),
    [
        (True, True, (), None),
        (True, False, (), "ROAMING_NOT_INCLUDED"),
        (True, False, ("roaming",), None),
        (False, True, (), "ROAMING_NOT_INCLUDED"),
        (False, True, ("roaming",), None),
    ],
)
def test_roaming_is_included_by_the_tariff_or_ordered(in_eu, included, on, refused):
    assert code(Attempt("voice", "mobile", visited="XX", in_eu=in_eu), roaming=included, on=on) == refused


@pytest.mark.clause("nej/2.3")
@pytest.mark.parametrize(
    ("attempt", "refused"),
    [
        (Attempt("voice", "mobile", access="vowifi"), None),
        (Attempt("voice", "harmonised_116", access="vowifi"), None),
        (Attempt("voice", "emergency", access="vowifi"), "NOT_SUPPORTED_OVER_WIFI"),
        (Attempt("sms", "mobile", access="vowifi"), "NOT_SUPPORTED_OVER_WIFI"),
        (Attempt("mms", "mobile", access="vowifi"), "NOT_SUPPORTED_OVER_WIFI"),
        (Attempt("voice", STAR_LINE, access="vowifi"), "NOT_SUPPORTED_OVER_WIFI"),
        (Attempt("ussd", STAR_LINE, access="vowifi"), "NOT_SUPPORTED_OVER_WIFI"),
        (Attempt("voice", STAR_LINE), None),
        (Attempt("voice", "mobile", visited="DE", in_eu=True, access="vowifi"), "VOWIFI_OUTSIDE_CZ"),
    ],
)
def test_what_goes_over_wifi(attempt, refused):
    assert code(attempt) == refused


@pytest.mark.clause("nej/4.19")
@pytest.mark.parametrize(
    ("scope", "kind", "refused"),
    [
        ("both", "voice", "SERVICE_INTERRUPTED"),
        ("both", "data", "SERVICE_INTERRUPTED"),
        ("outgoing", "voice", "SERVICE_RESTRICTED"),
        ("outgoing", "data", "SERVICE_RESTRICTED"),
        ("data", "data", "SERVICE_RESTRICTED"),
        ("data", "voice", None),
    ],
)
def test_a_hold_stops_what_lies_in_its_scope(scope, kind, refused):
    assert code(Attempt(kind, "" if kind == "data" else "mobile"), holds={scope: "debt"}) == refused


@pytest.mark.clause("nej/1.8")
@given(st.dates(date(2021, 8, 1), date(2040, 1, 1)))
def test_the_tariff_changes_again_exactly_30_days_after_the_last_change(changed_on):
    found = next_tariff_change_on(changed_on=changed_on, interval_days=TERMS.tariff_change_min_interval_days)

    assert found.value - changed_on == timedelta(days=30)
    assert found.clauses == ("nej/1.8",)


@pytest.mark.clause("nej/2.5")
@pytest.mark.parametrize(
    ("ready_on", "due_on"), [("2026-04-30", "2026-05-11"), ("2026-04-29", "2026-05-07"), ("2026-04-02", "2026-04-13")]
)
def test_a_service_is_set_up_within_five_working_days(ready_on, due_on):
    found = set_up_by(ready_on=date.fromisoformat(ready_on), days=TERMS.setup_deadline_working_days)

    assert (found.value, found.clauses) == (date.fromisoformat(due_on), ("nej/2.5",))


@pytest.mark.clause("nej/3.5")
@pytest.mark.parametrize(
    ("channel", "verified", "refused"),
    [
        ("written", True, None),
        ("phone", True, None),
        ("email", True, None),
        ("email", False, "IDENTITY_NOT_VERIFIED"),
        ("letter_pigeon", True, "IDENTITY_NOT_VERIFIED"),
    ],
)
def test_premium_numbers_are_unlocked_in_writing_by_phone_or_email_for_who_is_known(channel, verified, refused):
    refusal = refuse_unlock(channel=channel, identity_verified=verified, terms=TERMS)

    assert (refusal.code if refusal else None) == refused


@pytest.mark.clause("nej/2.21")
@pytest.mark.parametrize(("committed", "last_on"), [(True, "2026-02-14"), (False, "2026-02-28")])
def test_an_unused_service_rests_14_days_with_a_commitment_and_a_month_without(committed, last_on):
    found = suspension_limit(suspended_on=date(2026, 1, 31), committed=committed, terms=_terms(SuspensionTerms))

    assert (found.value, found.clauses) == (date.fromisoformat(last_on), ("nej/2.21",))
