"""The checks of a submission, each from both sides, and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import spojka.providers
from spojka.kernel.ids import PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.consents.standing import Standing
from spojka.network.messaging.messages.records import Queued
from spojka.network.messaging.recipients import normalise_recipient
from spojka.network.messaging.submission.requests import Known, Room, Shape, Submission, Taken
from spojka.network.messaging.submission.rules import decide, expected_at
from spojka.network.messaging.submission.terms import SubmissionTerms
from spojka.terms.editions import read_edition
from spojka.terms.precedence import BoundTerms
from spojka.terms.sheets import read_sheet

CONDITIONS = Path(spojka.providers.__path__[0]) / "o2-connector" / "operating-conditions" / "2022-11.toml"
AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
ME, PARTY = ServiceId(uuid7()), PartyId(uuid7())
O2, VODAFONE, FOREIGN = "+420602000001", "+420777000002", "+43664123456"
PLUS = Card(
    application=ME,
    party=PARTY,
    product="SMSC_PLUS",
    app_number="999021",
    msisdn="+420606999021",
    nicknames={"pekarna": "PEKARNA"},
    rate_per_s=Fraction(5),
    day_limit=1000,
    month_limit=8000,
    enforces_consent=False,
    state="active",
    held=None,
)
BASIC = replace(PLUS, product="SMSC", app_number="1991042", msisdn="+420720001042", rate_per_s=Fraction(1))
MMS = replace(BASIC, product="MMSC", rate_per_s=Fraction(1, 2))
KNOWN = Known(networks={O2: "O2", VODAFONE: "Vodafone"})
ONE = Shape("gsm7", 1)


@pytest.fixture(scope="module")
def terms() -> SubmissionTerms:
    edition = read_edition(CONDITIONS.read_text(), source=str(CONDITIONS), cites_as="o2")
    return read_sheet(SubmissionTerms, BoundTerms(((1, edition),)))


@pytest.fixture
def ask(terms):
    """Decide a submission to an O2 number, changed as said; `room` is counted down."""

    def asking(card=PLUS, *, shape=ONE, room=None, known=KNOWN, at=AT, **changed) -> Taken | Refusal:
        asked = Submission(ME, **{"to": O2, "text": "Dobrý den", **changed})
        return decide(asked, shape, card=card, room=room or Room(0, 0, Queued()), known=known, terms=terms, at=at)

    return asking


def code(found: Taken | Refusal) -> str:
    return found.code if isinstance(found, Refusal) else "accepted"


@pytest.mark.clause("o2/2.2")
@pytest.mark.parametrize(
    ("card", "url", "priority", "found"),
    [
        (PLUS, "standard", None, "accepted"),
        (PLUS, "standard", False, "accepted"),
        (PLUS, "standard", True, "PRIORITY_REQUIRES_PRIORITY_URL"),
        (PLUS, "priority", None, "accepted"),
        (PLUS, "priority", True, "accepted"),
        (PLUS, "priority", False, "PRIORITY_URL_REQUIRES_PRIORITY"),
        (BASIC, "priority", True, "PRIORITY_NOT_AVAILABLE"),
        (BASIC, "standard", True, "PRIORITY_NOT_AVAILABLE"),
        (BASIC, "standard", None, "accepted"),
    ],
)
def test_the_address_and_the_parameter_agree_on_priority(ask, card, url, priority, found):
    assert code(ask(card, url=url, priority=priority)) == found


@pytest.mark.clause("o2/5.1-d")
def test_a_message_to_the_priority_address_is_a_priority_one(ask):
    assert ask(url="priority").class_ == "priority"
    assert ask().class_ == "standard"


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("to", "sender", "kind", "reply"),
    [
        (O2, "999021", "app_number", True),
        (VODAFONE, "+420606999021", "msisdn", True),
        ("+420777999999", "+420606999021", "msisdn", True),
        (FOREIGN, "+420606999021", "msisdn", True),
    ],
)
def test_the_sender_is_the_number_that_the_recipient_can_answer(ask, to, sender, kind, reply):
    taken = ask(to=to)

    assert (taken.sender.number, taken.sender.kind, taken.sender.reply_possible) == (sender, kind, reply)


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("999021", "accepted"),
        ("+420606999021", "accepted"),
        ("606999021", "accepted"),
        ("999022", "SENDER_NOT_ASSIGNED"),
        ("+420606999022", "SENDER_NOT_ASSIGNED"),
    ],
)
def test_only_the_applications_own_numbers_are_senders(ask, sender, found):
    assert code(ask(sender=sender)) == found


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("own", "sender", "found"),
    [
        ("999621", "9996217", "SENDER_NOT_ASSIGNED"),
        ("999621", "99962175", "SENDER_NOT_ASSIGNED"),
        ("999621", "999621", "accepted"),
        ("9996217", "99962175", "accepted"),
        ("999017", "9990175", "accepted"),
        ("99901", "999017", "SENDER_NOT_ASSIGNED"),
    ],
)
def test_digits_behind_an_own_number_never_make_it_one_that_is_given_to_others(ask, own, sender, found):
    assert code(ask(replace(PLUS, app_number=own), sender=sender)) == found


@pytest.mark.clause("o2/2.5")
@pytest.mark.parametrize(
    ("card", "sender", "to", "found"),
    [
        (PLUS, "PEKARNA", O2, "accepted"),
        (PLUS, "Pekarna", O2, "accepted"),
        (PLUS, "KVETINY", O2, "NICKNAME_NOT_ACTIVE"),
        (PLUS, "PEKARNA", FOREIGN, "NICKNAME_ABROAD_NOT_SUPPORTED"),
        (BASIC, "PEKARNA", O2, "NICKNAME_NOT_AVAILABLE"),
    ],
)
def test_a_nickname_is_shown_when_it_is_active_and_not_abroad(ask, card, sender, to, found):
    assert code(ask(card, sender=sender, to=to)) == found


@pytest.mark.clause("o2/2.5")
def test_a_nickname_goes_out_as_registered_and_cannot_be_answered(ask):
    taken = ask(sender="pekarna")

    assert (taken.sender.number, taken.sender.reply_possible) == ("PEKARNA", False)


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("602000001", "+420602000001"),
        ("+420 602 000 001", "+420602000001"),
        ("00420602000001", "+420602000001"),
        ("0043664123456", "+43664123456"),
        ("+12345678", "+12345678"),
        ("+1234567", None),
        ("+123456789012345", "+123456789012345"),
        ("+1234567890123456", None),
        ("+420222333444", None),
        ("+42060200000", None),
        ("+4206020000011", None),
        ("60200000", None),
        ("abc", None),
        ("+42060200000a", None),
        ("٦٠٢٠٠٠٠٠١", None),
        ("", None),
    ],
)
def test_recipients_are_read_as_people_write_them(terms, written, number):
    assert normalise_recipient(written, terms) == number


def test_what_is_no_mobile_number_is_refused(ask):
    assert code(ask(to="222333444")) == "RECIPIENT_INVALID"


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("card", "kind", "found"),
    [
        (PLUS, "sms", "accepted"),
        (PLUS, "mms", "MESSAGE_TYPE_NOT_SUPPORTED"),
        (MMS, "mms", "accepted"),
        (MMS, "sms", "MESSAGE_TYPE_NOT_SUPPORTED"),
    ],
)
def test_a_product_carries_its_own_kind(ask, card, kind, found):
    assert code(ask(card, kind=kind, data=b"x")) == found


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize(("parts", "found"), [(10, "accepted"), (11, "MESSAGE_TOO_LONG")])
def test_a_text_of_too_many_parts_is_refused_whole(ask, parts, found):
    assert code(ask(shape=Shape("gsm7", parts))) == found


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize(("size", "found"), [(307_200, "accepted"), (307_201, "MESSAGE_TOO_LONG")])
def test_an_mms_that_is_too_big_is_refused_whole(ask, size, found):
    assert code(ask(MMS, kind="mms", data=b"x" * size)) == found


@pytest.mark.clause("o2/3.3")
def test_a_limit_of_so_many_accepts_so_many_and_not_one_more(ask):
    room = Room(999, 999, Queued(0))

    assert code(ask(room=room)) == "accepted"
    refused = ask(room=room)

    assert (refused.code, refused.figures["limit"], refused.figures["used"]) == ("DAILY_LIMIT_EXCEEDED", 1000, 1000)
    assert refused.figures["retry_at"] == datetime(2025, 6, 10, 22, 0, tzinfo=UTC)
    assert (room.day_used, room.month_used) == (1000, 1000)


@pytest.mark.clause("o2/3.3")
def test_a_long_message_is_refused_whole_and_a_shorter_one_still_fits(ask):
    room = Room(999, 999, Queued(0))

    assert code(ask(shape=Shape("gsm7", 2), room=room)) == "DAILY_LIMIT_EXCEEDED"
    assert code(ask(room=room)) == "accepted"


@pytest.mark.clause("o2/3.3")
def test_of_both_limits_the_months_refusal_comes_first(ask):
    refused = ask(room=Room(1000, 8000, Queued(0)))

    assert (refused.code, refused.clauses) == ("MONTHLY_LIMIT_EXCEEDED", ("o2/3.3",))
    assert refused.figures["retry_at"] == datetime(2025, 6, 30, 22, 0, tzinfo=UTC)


@pytest.mark.clause("o2/8.1")
def test_a_withdrawal_stops_commercial_messages_from_its_instant(ask):
    withdrawn = replace(KNOWN, standing=Standing(withdrawn={(PARTY, O2): AT}))

    assert code(ask(known=withdrawn, at=AT - timedelta(seconds=1))) == "accepted"
    assert code(ask(known=withdrawn)) == "CONSENT_WITHDRAWN"
    assert code(ask(known=withdrawn, purpose="service")) == "accepted"


@pytest.mark.clause("o2/8.1")
def test_where_consents_are_enforced_a_message_without_one_is_refused_but_to_own_numbers(ask):
    strict = replace(PLUS, enforces_consent=True)

    assert code(ask(strict)) == "CONSENT_MISSING"
    assert code(ask(strict, purpose="service")) == "CONSENT_MISSING"
    assert code(ask(strict, known=replace(KNOWN, standing=Standing(consents={(PARTY, O2): "all"})))) == "accepted"
    assert (
        code(ask(strict, known=replace(KNOWN, standing=Standing(own_numbers=frozenset({(PARTY, O2)}))))) == "accepted"
    )


@pytest.mark.clause("o2/4.1")
def test_the_queue_takes_what_fits_and_says_when_there_is_room_again(ask):
    assert code(ask(room=Room(0, 0, Queued(99_999)))) == "accepted"
    refused = ask(room=Room(0, 0, Queued(100_000)))

    assert refused.code == "QUEUE_FULL"
    assert refused.figures["retry_at"] == AT + timedelta(milliseconds=200)


@pytest.mark.clause("o2/4.1")
def test_a_message_that_would_expire_before_its_turn_is_refused_otherwise(ask):
    turn_at = AT + timedelta(seconds=20)

    assert code(ask(room=Room(0, 0, Queued(100)), expires_at=turn_at)) == "WOULD_EXPIRE"
    assert code(ask(room=Room(0, 0, Queued(100)), expires_at=turn_at + timedelta(microseconds=1))) == "accepted"


@pytest.mark.clause("o2/2.2")
def test_a_priority_message_waits_behind_priority_ones_alone(ask):
    room = Room(0, 0, Queued(standard=100_000, priority=2))
    urgent = {"url": "priority", "expires_at": AT + timedelta(seconds=1)}

    first, second = ask(room=room, **urgent), ask(room=room, **urgent)

    assert [(one.place, one.expected_at - AT) for one in (first, second)] == [
        (2, timedelta(seconds=0.4)),
        (3, timedelta(seconds=0.6)),
    ]
    assert code(ask(room=room)) == "QUEUE_FULL"
    assert ask(room=Room(0, 0, Queued(standard=7, priority=3))).place == 10


@pytest.mark.parametrize(("not_before_s", "expected_s"), [(None, 20), (10, 20), (7200, 7200)])
def test_a_message_for_later_leaves_no_sooner_and_takes_no_turn_from_those_that_leave_now(
    ask, not_before_s, expected_s
):
    room = Room(0, 0, Queued(standard=100, standard_later=10_000))
    not_before = None if not_before_s is None else AT + timedelta(seconds=not_before_s)

    found = ask(room=room, not_before=not_before)

    assert (found.place, found.expected_at) == (100, AT + timedelta(seconds=expected_s))
    assert room.queued.standard + room.queued.standard_later == 10_101
    assert ask(room=room).place == (101 if not_before is None else 100)


def test_an_accepted_message_knows_its_place_and_when_it_leaves(ask):
    room = Room(0, 0, Queued(100))

    first, second = ask(room=room, shape=Shape("ucs2", 3)), ask(room=room)

    assert (first.place, second.place) == (100, 103)
    assert second.expected_at == expected_at(103, Fraction(5), AT) == AT + timedelta(seconds=20.6)


def test_whoever_is_refused_is_not_counted(ask):
    room = Room(5, 5, Queued(5))

    ask(room=room, to="222333444")

    assert room == Room(5, 5, Queued(5))


@pytest.mark.clause("o2/3.1")
def test_the_first_check_that_fails_is_the_reason(ask):
    held = Refusal("SERVICE_SUSPENDED", ("o2/8.1",), {"reason": "spam"})
    worst = {
        "card": replace(BASIC, state="ended", held=held, enforces_consent=True),
        "kind": "mms",
        "shape": Shape("gsm7", 11),
        "url": "priority",
        "sender": "123456",
        "to": "222",
        "room": Room(1000, 8000, Queued(100_000)),
    }
    repairs = [
        ("SERVICE_TERMINATED", {"card": replace(worst["card"], state="active")}),
        ("SERVICE_SUSPENDED", {"card": replace(worst["card"], state="active", held=None)}),
        ("MESSAGE_TYPE_NOT_SUPPORTED", {"kind": "sms"}),
        ("MESSAGE_TOO_LONG", {"shape": ONE}),
        ("PRIORITY_NOT_AVAILABLE", {"url": "standard"}),
        ("SENDER_NOT_ASSIGNED", {"sender": "auto"}),
        ("RECIPIENT_INVALID", {"to": O2}),
        ("CONSENT_MISSING", {"card": replace(BASIC, enforces_consent=False)}),
        ("MONTHLY_LIMIT_EXCEEDED", {"room": Room(1000, 0, Queued(100_000))}),
        ("DAILY_LIMIT_EXCEEDED", {"room": Room(0, 0, Queued(100_000))}),
        ("QUEUE_FULL", {"room": Room(0, 0, Queued(0))}),
        ("accepted", {}),
    ]

    for reason, repair in repairs:
        assert code(ask(**worst)) == reason
        worst |= repair


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("sender", "purpose", "stated", "found"),
    [
        ("PEKARNA", "commercial", False, "OPT_OUT_ROUTE_MISSING"),
        ("PEKARNA", "commercial", True, "accepted"),
        ("PEKARNA", "service", False, "accepted"),
        ("auto", "commercial", False, "accepted"),
    ],
)
def test_what_a_nickname_advertises_needs_another_stated_way_out(ask, sender, purpose, stated, found):
    assert code(ask(replace(PLUS, opt_out_stated=stated), sender=sender, purpose=purpose)) == found
