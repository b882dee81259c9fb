"""The register of consents: put on record, taken back, asked at an instant, and heeded where messages leave."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.kernel.ids import PartyId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived, pending
from spojka.network.messaging.messages.records import CONFIRMS, REPLACED, Arrived
from spojka.network.messaging.sending.claiming import claim
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.sending.heeding import heed
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.trade.services.store import hold
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 1, 1, 8, tzinfo=UTC)
GIVEN = datetime(2025, 2, 1, 8, tzinfo=UTC)
STOPPED = datetime(2025, 2, 10, 11, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
EVA = "+420605222333"


class Subscriber:
    """A subscriber with one application, and what is asked of it."""

    def __init__(self, tenant, application, number):
        self.tenant, self.application, self.number = tenant, application, number
        with transaction(tenant) as db:
            row = db.execute("SELECT party_id FROM application WHERE id = %s", [application]).fetchone()
        self.party = row["party_id"]

    def call(self, name, *, at=LOADED, actor=OPERATOR, **given):
        return call(name, given, tenant=self.tenant, actor=actor, now=at)

    def do(self, name, *, at=LOADED, actor=OPERATOR, **given):
        outcome = self.call(name, at=at, actor=actor, **given)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    def consent(self, given_at, *, to=EVA, **more):
        one = {"recipient": to, "given_at": given_at, "channel": "web", "wording": "Souhlasím.", **more}
        return self.do("consents.record", party=self.party, consents=[one], at=given_at)

    def withdraw(self, at, **more):
        given = {"recipient": EVA, "channel": "care_line", **more}
        return self.do("consents.withdraw", party=self.party, at=at, **given)

    def submit(self, at, *, purpose="commercial", to=EVA):
        """The answer to one submission: its code, or the accepted message's id."""

        async def going():
            desk = SubmissionDesk(self.tenant, now=lambda: at)
            answers = await desk.submit([Submission(self.application, to, "Akce", purpose=purpose)])
            await desk.close()
            return answers[0]

        answer = asyncio.run(going())
        return answer.code if isinstance(answer, Refusal) else answer.id

    def within(self, at, work):
        with transaction(self.tenant) as db:
            return work(Context(db, self.tenant, OPERATOR, at, uuid7(), None))

    def writes(self, at, text, *, dialled=None):
        """A mobile's message comes; the confirmations that are written."""
        one = Arrived(
            uuid7(), self.application, "sms", EVA, "O2", dialled or f"9990{self.number}", {"text": text}, at, at + HOUR
        )

        def work(ctx):
            add_arrived(ctx, [one])
            return heed(ctx, [one])

        return self.within(at, work)


_numbers = iter(range(30, 99))


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def pekarna(provider):
    number = next(_numbers)
    return Subscriber(provider, new_application(provider, LOADED, number=number), number)


@pytest.fixture
def strict(pekarna):
    pekarna.do("consents.set_mode", application=pekarna.application, mode="enforce")
    return pekarna


@pytest.mark.clause("o2/8.1")
def test_enforced_consents_are_needed_until_they_are_withdrawn(strict):
    strict.consent(GIVEN)
    strict.withdraw(STOPPED)

    assert strict.submit(GIVEN) == "CONSENT_MISSING"
    assert not isinstance(strict.submit(GIVEN + SECOND), str)
    assert not isinstance(strict.submit(STOPPED - SECOND), str)
    assert strict.submit(STOPPED) == "CONSENT_WITHDRAWN"
    assert not isinstance(strict.submit(STOPPED, purpose="service"), str)


@pytest.mark.clause("o2/8.1")
def test_a_later_consent_reopens_what_it_is_given_for(strict):
    strict.consent(GIVEN)
    strict.withdraw(STOPPED, scope="all")
    strict.consent(STOPPED + HOUR, scope="commercial")

    assert strict.submit(STOPPED, purpose="service") == "CONSENT_WITHDRAWN"
    assert not isinstance(strict.submit(STOPPED + 2 * HOUR), str)
    assert strict.submit(STOPPED + 2 * HOUR, purpose="service") == "CONSENT_WITHDRAWN"


def test_a_consent_to_all_outlives_a_consent_to_commercial_messages(strict):
    strict.consent(GIVEN)
    strict.withdraw(STOPPED)
    strict.consent(STOPPED + HOUR, scope="commercial")

    assert not isinstance(strict.submit(STOPPED + 2 * HOUR, purpose="service"), str)


@pytest.mark.clause("o2/8.1")
def test_who_vouches_is_stopped_by_a_withdrawal_alone(pekarna):
    before = pekarna.submit(GIVEN)
    pekarna.withdraw(STOPPED)

    assert not isinstance(before, str)
    assert pekarna.submit(STOPPED) == "CONSENT_WITHDRAWN"
    assert not isinstance(pekarna.submit(STOPPED, to="+420605222334"), str)


@pytest.mark.clause("o2/8.1")
def test_own_numbers_need_no_consent(provider, strict):
    other = new_application(provider, LOADED, number=next(_numbers), party=strict.party)
    with transaction(provider) as db:
        own = db.execute("SELECT msisdn FROM service WHERE id = %s", [other]).fetchone()["msisdn"]

    assert not isinstance(strict.submit(GIVEN, to=own, purpose="service"), str)
    assert strict.submit(GIVEN, purpose="service") == "CONSENT_MISSING"


def test_each_consent_of_a_list_has_an_answer_of_its_own(pekarna):
    good = {"recipient": "605 222 333", "given_at": GIVEN, "channel": "paper", "evidence_sha256": "0" * 64}
    late, wrong = {**good, "given_at": GIVEN + 2 * HOUR}, {**good, "recipient": "222"}

    made = pekarna.do("consents.record", party=pekarna.party, consents=[good, late, wrong], at=GIVEN + HOUR)

    assert [(one.recipient, one.refusal and one.refusal.code) for one in made.results] == [
        (EVA, None),
        ("605 222 333", "CONSENT_IN_FUTURE"),
        ("222", "RECIPIENT_INVALID"),
    ]
    (kept,) = pekarna.do("consents.of", party=pekarna.party)
    assert (made.recorded, made.refused, kept.id) == (1, 2, made.results[0].id)
    assert (kept.kind, kept.at, kept.evidence) == ("consent", GIVEN, {"sha256": "0" * 64, "name": ""})


def test_a_register_is_open_to_its_own_subscriber_alone(pekarna):
    own = Actor("pekarna", frozenset({"consents.*"}), pekarna.party)
    stranger = Actor("eva", frozenset({"consents.*"}), PartyId(uuid7()))

    assert pekarna.do("consents.of", party=pekarna.party, actor=own) == []
    assert pekarna.call("consents.of", party=pekarna.party, actor=stranger).refusal.code == "PARTY_UNKNOWN"
    assert pekarna.call("consents.record", party=pekarna.party, consents=[], actor=stranger).refusal is not None


@pytest.mark.clause("o2/8.1")
def test_a_withdrawal_is_recorded_for_when_it_was_said_and_never_for_later(pekarna):
    at = STOPPED + HOUR
    given = {"party": pekarna.party, "recipient": EVA, "channel": "care_line"}

    said = call("consents.withdraw", {**given, "at": STOPPED}, tenant=pekarna.tenant, actor=OPERATOR, now=at).result
    later = {**given, "at": at + SECOND}
    refusal = call("consents.withdraw", later, tenant=pekarna.tenant, actor=OPERATOR, now=at).refusal

    assert (said.withdrawn_at, said.required.ref.id) == (STOPPED, "o2/8.1")
    assert refusal.code == "WITHDRAWAL_IN_FUTURE"
    before, then = (
        pekarna.do("consents.standing", party=pekarna.party, recipient=EVA, at=when)
        for when in (STOPPED - SECOND, STOPPED)
    )
    assert (before.commercial_withdrawn_at, then.commercial_withdrawn_at) == (None, STOPPED)


@pytest.mark.clause("o2/8.1")
def test_a_stop_counts_from_its_receipt_is_confirmed_once_and_stays_in_the_inbox(pekarna):
    (confirmation,) = pekarna.writes(STOPPED, "Stop")
    again = pekarna.writes(STOPPED + HOUR, "STOP")

    assert (confirmation.sender, confirmation.sender_kind) == (f"9990{pekarna.number}", "app_number")
    assert (confirmation.recipient, confirmation.body.decode()[:10]) == (EVA, "Pekarna: o")
    assert again == []
    assert pekarna.submit(STOPPED) == "CONSENT_WITHDRAWN"
    inbox = pekarna.within(STOPPED, lambda ctx: pending(ctx, pekarna.application, limit=9))
    assert [row["content"]["text"] for row in inbox] == ["Stop", "STOP"]
    with transaction(pekarna.tenant) as db:
        used = db.execute("SELECT sum(used) AS n FROM message_counter WHERE application_id = %s", [pekarna.application])
        assert not used.fetchone()["n"]


def test_a_stop_to_the_other_number_is_answered_from_it(pekarna):
    number = f"+4206069990{pekarna.number}"

    (confirmation,) = pekarna.writes(STOPPED, "stop vše", dialled=number)

    assert (confirmation.sender, confirmation.sender_kind) == (number, "msisdn")
    assert pekarna.submit(STOPPED, purpose="service") == "CONSENT_WITHDRAWN"
    taken = pekarna.within(STOPPED, lambda ctx: claim(ctx, [Outgoing.of(confirmation)]).taken)
    assert taken == [confirmation.id]
    assert confirmation.options.keys() <= {CONFIRMS, REPLACED}


def waiting(ctx, *messages) -> list[Outgoing]:
    """Messages that wait, as a sender reads them."""
    return [Outgoing.read(row) for row in store.waiting_after(ctx, UUID(int=0), limit=99) if row["id"] in messages]


def test_other_words_withdraw_nothing(pekarna):
    assert pekarna.writes(STOPPED, "Ano, přijdu") == []
    assert pekarna.do("consents.of", party=pekarna.party) == []


@pytest.mark.clause("o2/8.1")
def test_a_message_that_waits_when_its_consent_is_withdrawn_is_cancelled_where_it_would_leave(pekarna):
    commercial, service = pekarna.submit(GIVEN), pekarna.submit(GIVEN, purpose="service")
    pekarna.withdraw(STOPPED)

    first, second = pekarna.within(STOPPED, lambda ctx: waiting(ctx, commercial, service))
    early = pekarna.within(STOPPED - SECOND, lambda ctx: claim(ctx, [first]))
    with transaction(pekarna.tenant) as db:
        db.execute("UPDATE message_queue SET state = 'waiting' WHERE id = %s", [commercial])
    made = pekarna.within(STOPPED, lambda ctx: claim(ctx, [first, second, replace(second, id=uuid7())]))

    assert early.taken == [commercial]
    assert made.taken == [service]
    assert {one: why.code for one, why in made.cancelled.items()} == {commercial: "CONSENT_WITHDRAWN"}
    assert len(made.lost) == 1
    (event,) = pekarna.within(STOPPED, lambda ctx: store.events_of(ctx, [commercial]))
    assert (event["kind"], event["detail"]) == ("cancelled", {"code": "CONSENT_WITHDRAWN", "clauses": ["o2/8.1"]})
    assert pekarna.within(STOPPED, lambda ctx: store.claim(ctx, [commercial])) == set()


@pytest.mark.clause("o2/9.1")
def test_nothing_leaves_a_suspended_service(pekarna):
    message = pekarna.submit(GIVEN)
    (waits,) = pekarna.within(GIVEN, lambda ctx: waiting(ctx, message))
    pekarna.within(
        GIVEN, lambda ctx: hold(ctx, service=pekarna.application, reason="x", scope="both", clauses=["o2/9.1"])
    )

    made = pekarna.within(GIVEN, lambda ctx: claim(ctx, [waits]))

    assert [(why.code, why.clauses) for why in made.cancelled.values()] == [("SERVICE_SUSPENDED", ("o2/9.1",))]


@pytest.mark.clause("o2/8.1")
def test_the_evidence_of_a_message_names_the_consent_that_stood_when_it_was_received(pekarna):
    pekarna.consent(GIVEN - HOUR, evidence_sha256="f" * 64, evidence_name="souhlas.pdf")
    message = pekarna.submit(GIVEN)
    pekarna.within(GIVEN, lambda ctx: store.add_events(ctx, [_event(message, "sent", GIVEN)]))
    pekarna.within(GIVEN, lambda ctx: store.add_events(ctx, [_event(message, "delivered", STOPPED)]))

    found = pekarna.do("messages.evidence", message=message, at=STOPPED)
    pekarna.withdraw(STOPPED - SECOND)
    after = pekarna.do("messages.evidence", message=message, at=STOPPED)

    assert (found.subscriber, found.sender, found.recipient) == ("Pekárna", f"+4206069990{pekarna.number}", EVA)
    assert (found.received_at, found.consented, found.withdrawn_at) == (STOPPED, True, None)
    assert (found.consent.at, found.consent.evidence["name"]) == (GIVEN - HOUR, "souhlas.pdf")
    assert [one.kind for one in found.events] == ["sent", "delivered"]
    assert (after.consented, after.withdrawn_at) == (False, STOPPED - SECOND)
    stranger = Actor("eva", frozenset({"messages.*"}), PartyId(uuid7()))
    assert pekarna.call("messages.evidence", message=message, actor=stranger).refusal.code == "MESSAGE_UNKNOWN"


def _event(message, kind, at):
    return store.Happened(message, 1, kind, at)


def test_a_long_register_is_read_page_by_page(pekarna):
    for hours in range(3):
        pekarna.consent(GIVEN + hours * HOUR)
        pekarna.withdraw(GIVEN + hours * HOUR + SECOND)

    first = pekarna.do("consents.of", party=pekarna.party, limit=4)
    rest = pekarna.do("consents.of", party=pekarna.party, before=first[-1].at, before_id=first[-1].id, limit=4)

    assert [one.kind for one in first + rest] == ["withdrawal", "consent"] * 3
    assert [one.at for one in first + rest] == sorted((one.at for one in first + rest), reverse=True)
    assert pekarna.do("consents.of", party=pekarna.party, recipient="605 222 334") == []
