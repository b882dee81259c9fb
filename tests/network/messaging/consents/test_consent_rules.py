"""What counts as a consent, which words take it back, and which messages that stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.kernel.ids import PartyId, uuid7
from spojka.network.messaging.consents.rules import (
    ConsentGiven,
    is_covered,
    opts_out,
    refuse_consent,
    refuse_withdrawn,
)
from spojka.network.messaging.consents.standing import Standing
from spojka.network.messaging.consents.terms import ConsentRules
from tests.providers.test_o2_connector import SHELF

NOW = datetime(2025, 2, 10, 11, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TERMS = SHELF.sheet(ConsentRules, date(2025, 2, 10))
PAIR = (PartyId(uuid7()), "+420605222333")
GIVEN = ConsentGiven("+420605222333", NOW, "web", wording="Souhlasím se zasíláním novinek.")


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("STOP", "commercial"),
        ("stop", "commercial"),
        (" Stop. ", "commercial"),
        ("stop prosím", "commercial"),
        ("STOP ALL", "all"),
        ("stop vše!", "all"),
        ("Stop  vse", "all"),
        ("STOPALL", "all"),
        ("stop all prosím", "commercial"),
        ("STOPKA", None),
        ("prosím stop", None),
        ("", None),
        ("...", None),
    ],
)
def test_the_keyword_opens_a_message_and_the_words_for_all_are_the_whole_of_it(text, scope):
    assert opts_out(text, TERMS) == scope


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"given_at": NOW + SECOND}, "CONSENT_IN_FUTURE"),
        ({"given_at": NOW - SECOND}, None),
        ({"wording": " "}, "CONSENT_NOT_PROVABLE"),
        ({"channel": ""}, "CONSENT_NOT_PROVABLE"),
        ({"wording": "", "evidence_sha256": "a" * 64}, None),
        ({"evidence_sha256": "a" * 63}, "EVIDENCE_HASH_INVALID"),
        ({"evidence_sha256": "A" * 64}, "EVIDENCE_HASH_INVALID"),
    ],
)
def test_a_consent_is_provable_and_was_given_already(changed, code):
    refusal = refuse_consent(replace(GIVEN, **changed), now=NOW, required=TERMS.consent_required)

    assert (None if refusal is None else (refusal.code, refusal.clauses)) == (
        None if code is None else (code, ("o2/8.1",))
    )


def stops(purpose, standing, at=NOW):
    refusal = refuse_withdrawn(purpose, PAIR, standing, at=at, required=TERMS.consent_required)
    return refusal is not None and refusal.code == "CONSENT_WITHDRAWN"


@pytest.mark.clause("o2/8.1")
def test_a_withdrawal_of_commercial_messages_counts_from_its_instant_and_leaves_the_others():
    standing = Standing(withdrawn={PAIR: NOW})

    assert not stops("commercial", standing, NOW - SECOND)
    assert stops("commercial", standing, NOW)
    assert not stops("service", standing, NOW)


def test_a_withdrawal_of_everything_stops_everything_but_messages_to_own_numbers():
    standing = Standing(withdrawn={PAIR: NOW}, withdrawn_all={PAIR: NOW})

    assert stops("commercial", standing)
    assert stops("service", standing)
    assert not stops("commercial", replace(standing, own_numbers=frozenset({PAIR})))


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("standing", "commercial", "service"),
    [
        (Standing(), False, False),
        (Standing(consents={PAIR: "commercial"}), True, False),
        (Standing(consents={PAIR: "all"}), True, True),
        (Standing(own_numbers=frozenset({PAIR})), True, True),
    ],
)
def test_a_consent_covers_what_it_was_given_for(standing, commercial, service):
    assert is_covered("commercial", PAIR, standing) == commercial
    assert is_covered("service", PAIR, standing) == service
