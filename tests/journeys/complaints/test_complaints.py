"""A complaint from its opening to what was decided, over the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived, pending
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.sending.arriving import Came, take
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 1, 1, 8, tzinfo=UTC)
SENT = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
WARNED = datetime(2025, 3, 3, 8, 59, 30, tzinfo=UTC)
DELIVERED = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
EVA = "+420605222333"
_numbers = iter(range(30, 99))


class Desk:
    """One application and what is done about it."""

    def __init__(self, tenant):
        self.tenant, self.number = tenant, next(_numbers)
        self.application = new_application(tenant, LOADED, number=self.number)

    def call(self, name, /, *, at=SENT, **given):
        return call(name, given, tenant=self.tenant, actor=OPERATOR, now=at)

    def do(self, name, /, *, at=SENT, **given):
        outcome = self.call(name, at=at, **given)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    def code(self, name, /, *, at=SENT, **given):
        refusal = self.call(name, at=at, **given).refusal
        return None if refusal is None else refusal.code

    def send(self, *, at=SENT, text="Akce na rohlíky", to=EVA):
        return self.do("messages.submit", application=self.application, to=to, text=text, at=at).id

    def complain(self, *, at=SENT + HOUR, **more):
        return self.do("complaints.open", phone=EVA, text="akce na rohlíky", at=at, **more)

    def warn(self, case):
        """A warning that its network takes the minute after."""
        self.do("complaints.warn", case=case.id, at=WARNED)
        run_due(self.tenant, until=DELIVERED)

    def within(self, work, at=SENT):
        with transaction(self.tenant) as db:
            return work(Context(db, self.tenant, OPERATOR, at, uuid7(), None))


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def desk(provider):
    with transaction(provider) as db:
        db.execute("DELETE FROM message")
        db.execute("DELETE FROM message_queue")
    return Desk(provider)


@pytest.fixture
def case(desk):
    desk.send()
    return desk.complain()


@pytest.mark.clause("o2/8.1")
def test_a_complaint_finds_its_message_with_the_consent_that_stood(desk):
    party = desk.within(
        lambda ctx: ctx.db.execute("SELECT party_id FROM application WHERE id = %s", [desk.application]).fetchone()
    )["party_id"]
    desk.do(
        "consents.record",
        party=party,
        consents=[{"recipient": EVA, "given_at": SENT - HOUR, "channel": "web", "wording": "Souhlasím."}],
    )
    message, _ = desk.send(), desk.send(text="jiná", at=SENT + 30 * SECOND)

    case = desk.complain()

    assert (case.service, case.matched_by, case.kind) == (desk.application, "text", "spam")
    assert [(one.id, one.consented, one.consent.wording) for one in case.messages] == [(message, True, "Souhlasím.")]
    assert case.required.ref.id == "o2/8.1"


@pytest.mark.clause("o2/8.1")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"phone": "+420605222334"}, "MESSAGE_NOT_MATCHED"),
        ({"phone": ""}, "COMPLAINANT_MISSING"),
        ({"phone": "222"}, "COMPLAINANT_MISSING"),
        ({"phone": EVA, "messages": [uuid7()]}, "MESSAGE_NOT_MATCHED"),
        ({"phone": EVA, "ground": "UNLAWFUL"}, None),
        ({"ground": "UNLAWFUL"}, "MESSAGE_NOT_MATCHED"),
    ],
)
def test_a_complaint_is_of_whoever_got_a_message(desk, given, code):
    desk.send()

    assert desk.code("complaints.open", at=SENT + HOUR, **given) == code


def test_a_content_case_is_about_messages_of_one_service(desk, provider):
    other = Desk(provider)
    mine, theirs = desk.send(), other.send()

    assert desk.do("complaints.open", ground="UNLAWFUL", messages=[mine]).matched_by == "named"
    code = desk.code("complaints.open", ground="UNLAWFUL", messages=[mine, theirs])
    assert code == "MESSAGES_OF_SEVERAL_SERVICES"


@pytest.mark.clause("o2/8.1")
def test_nothing_is_suspended_before_a_warning_was_delivered_strictly_earlier(desk, case):
    desk.do("complaints.warn", case=case.id, at=WARNED)
    before = desk.code("complaints.suspend", case=case.id, at=DELIVERED)
    run_due(desk.tenant, until=DELIVERED)
    at = desk.code("complaints.suspend", case=case.id, at=DELIVERED)

    assert (before, at) == ("NO_PRIOR_WARNING", "NO_PRIOR_WARNING")
    suspended = desk.do("complaints.suspend", case=case.id, at=DELIVERED + SECOND)
    assert (suspended.state, suspended.warned_at) == ("suspended", DELIVERED)
    (warning,) = suspended.warnings
    assert [one["channel"] for one in warning.proofs] == ["email"]


@pytest.mark.clause("o2/8.1")
def test_one_warning_serves_later_complaints_of_its_kind_and_no_other(desk, case):
    desk.warn(case)
    desk.send(at=DELIVERED)
    again = desk.complain(at=DELIVERED + 48 * HOUR)
    content = desk.complain(at=DELIVERED + 48 * HOUR, ground="UNLAWFUL")
    later = DELIVERED + 49 * HOUR

    assert desk.code("complaints.suspend", case=content.id, at=later) == "NO_PRIOR_WARNING"
    assert desk.code("complaints.terminate", case=content.id, at=later) == "NO_PRIOR_WARNING"
    assert desk.do("complaints.suspend", case=again.id, at=later).state == "suspended"


def test_a_warning_to_one_service_serves_no_other(desk, provider, case):
    desk.warn(case)
    other = Desk(provider)
    other.send(at=DELIVERED)
    theirs = other.complain(at=DELIVERED + HOUR, application=other.application)

    assert other.code("complaints.suspend", case=theirs.id, at=DELIVERED + 2 * HOUR) == "NO_PRIOR_WARNING"


@pytest.mark.clause("o2/9.1")
def test_a_suspended_service_takes_and_sends_nothing_and_its_inbox_stays_open(desk, case):
    desk.warn(case)
    waits = desk.send(at=DELIVERED)
    arrived = Arrived(
        uuid7(), desk.application, "sms", EVA, "O2", "999021", {"text": "Ano"}, DELIVERED, DELIVERED + 96 * HOUR
    )
    desk.within(lambda ctx: add_arrived(ctx, [arrived]), DELIVERED)
    at = DELIVERED + SECOND

    desk.do("complaints.suspend", case=case.id, at=at)

    submitted = desk.call("messages.submit", application=desk.application, to=EVA, text="x", at=at).refusal
    assert (submitted.code, submitted.clauses) == ("SERVICE_SUSPENDED", ("o2/8.1",))
    (event,) = desk.within(lambda ctx: store.events_of(ctx, [waits]))
    assert (event["kind"], event["detail"]["code"]) == ("cancelled", "SERVICE_SUSPENDED")
    came = Came("o2", EVA, f"9990{desk.number}", b"Ahoj", 0, has_header=False)
    (taken,) = desk.within(lambda ctx: take(ctx, [came]), at)
    assert (taken.status, taken.refused) == (0x65, "SERVICE_SUSPENDED")
    inbox = desk.within(lambda ctx: pending(ctx, desk.application, limit=9), at)
    assert [row["id"] for row in inbox] == [arrived.id]


@pytest.mark.clause("o2/9.1")
def test_a_resumed_service_runs_as_before_unless_another_case_holds_it(desk, case):
    desk.warn(case)
    desk.send(at=DELIVERED)
    other = desk.complain(at=DELIVERED + HOUR)
    at = DELIVERED + 2 * HOUR
    for one in (case, other):
        desk.do("complaints.suspend", case=one.id, at=at)

    desk.do("complaints.resume", case=case.id, at=at)
    held = desk.code("messages.submit", application=desk.application, to=EVA, text="x", at=at)
    desk.do("complaints.resume", case=other.id, at=at)

    assert held == "SERVICE_SUSPENDED"
    assert desk.code("messages.submit", application=desk.application, to=EVA, text="x", at=at) is None
    assert desk.code("complaints.resume", case=other.id, at=at) == "COMPLAINT_DECIDED"


def test_a_letter_proves_a_delivery_no_earlier_than_it_was_written(desk, case):
    proof = {"case": case.id, "proof": "RR123456789CZ", "at": WARNED + HOUR}
    assert desk.code("complaints.prove_delivery", delivered_at=WARNED, **proof) == "WARNING_MISSING"
    desk.do("complaints.warn", case=case.id, at=WARNED)

    assert desk.code("complaints.prove_delivery", delivered_at=WARNED - SECOND, **proof) == "DELIVERY_NOT_POSSIBLE"
    late = WARNED + HOUR + SECOND
    assert desk.code("complaints.prove_delivery", delivered_at=late, **proof) == "DELIVERY_NOT_POSSIBLE"
    assert desk.do("complaints.prove_delivery", delivered_at=WARNED, **proof).warned_at == WARNED


def test_a_case_is_warned_about_once_and_closed_with_a_reason(desk, case):
    desk.do("complaints.warn", case=case.id, at=WARNED)
    desk.do("complaints.warn", case=case.id, at=WARNED + HOUR)

    assert desk.code("complaints.close", case=case.id, reason=" ") == "REASON_MISSING"
    closed = desk.do("complaints.close", case=case.id, reason="souhlas doložen")
    assert (closed.state, closed.decision, len(closed.warnings)) == ("closed", "souhlas doložen", 1)
    assert desk.code("complaints.suspend", case=case.id, at=DELIVERED + HOUR) == "COMPLAINT_DECIDED"
    assert [one.id for one in desk.do("complaints.cases", service=desk.application, state="closed")] == [case.id]


@pytest.mark.clause("o2/8.2")
def test_the_contact_person_of_today_is_disclosed_to_the_complainant_of_a_case_alone(desk, case):
    desk.do("connector.name_contact", application=desk.application, name="Jana Nováková", phone="+420601000001")
    by_staff = desk.do("complaints.open", ground="UNLAWFUL", messages=[case.messages[0].id])

    told = desk.do("complaints.disclose", case=case.id, at=SENT + 2 * HOUR).told

    assert (told["contact_name"], told["contact_phone"]) == ("Jana Nováková", "+420601000001")
    assert set(told) == {"company_name", "company_number", "seat", "contact_name", "contact_phone"}
    assert desk.code("complaints.disclose", case=by_staff.id) == "DISCLOSURE_NOT_PERMITTED"
    (kept,) = desk.do("connector.disclosures", application=desk.application)
    assert (kept.case, kept.phone) == (str(case.id), EVA)


@pytest.mark.clause("o2/9.1")
def test_damages_are_owed_apart_from_fees_once_asserted_after_a_warning_about_content(desk):
    desk.send()
    content = desk.complain(ground="HARM_PROVIDER")
    given = {"case": content.id, "amount": "12000 CZK", "calculation": "12 h × 1 000 Kč", "due_on": date(2025, 4, 30)}
    claim = desk.do("complaints.claim_damages", **given)

    early = desk.code("complaints.assert_damages", claim=claim.id, at=DELIVERED + SECOND)
    desk.warn(content)
    at = desk.code("complaints.assert_damages", claim=claim.id, at=DELIVERED)
    done = desk.do("complaints.assert_damages", claim=claim.id, at=DELIVERED + SECOND)

    assert (early, at) == ("NO_PRIOR_WARNING", "NO_PRIOR_WARNING")
    assert (done.amount, done.asserted_at) == (Money.czk("12000"), DELIVERED + SECOND)
    assert desk.code("complaints.assert_damages", claim=claim.id, at=DELIVERED + HOUR) == "CLAIM_UNKNOWN"
    (line,) = desk.do("ledger.statement", party=content.party)
    assert (line.kind, line.account, line.amount) == ("damages", "315", Money.czk("12000"))
    assert desk.do("ledger.balance", party=content.party).owed == Money.zero()
    (shown,) = desk.do("complaints.case", case=content.id).claims
    assert (shown.id, shown.calculation, shown.due_on) == (claim.id, "12 h × 1 000 Kč", date(2025, 4, 30))


@pytest.mark.clause("o2/8.1")
def test_a_service_ends_after_a_warning_and_is_not_suspended_any_more(desk, case):
    desk.warn(case)
    desk.send(at=DELIVERED)
    other = desk.complain(at=DELIVERED + HOUR)
    at = DELIVERED + 2 * HOUR

    ended = desk.do("complaints.terminate", case=case.id, reason="opakované stížnosti", at=at)

    assert ended.state == "terminated"
    assert desk.code("messages.submit", application=desk.application, to=EVA, text="x", at=at) == "SERVICE_TERMINATED"
    assert desk.code("complaints.suspend", case=other.id, at=at) == "SERVICE_TERMINATED"
    assert desk.code("complaints.case", case=uuid7()) == "COMPLAINT_UNKNOWN"


@pytest.mark.clause("o2/8.1")
def test_the_subscriber_sees_the_case_and_its_warning_and_never_who_complained(desk):
    message = desk.send()
    case = desk.complain(complainant="Eva Malá")
    (before,) = desk.do("complaints.own", service=desk.application)
    desk.warn(case)

    outcome = desk.call("complaints.own", service=desk.application, at=DELIVERED)

    (after,) = outcome.result
    assert (before.warned_at, before.messages, before.recipients) == (None, [message], [EVA])
    assert (after.id, after.ground, after.state, after.warned_at) == (case.id, "SPAM", "open", DELIVERED)
    assert "Eva Malá" not in str(outcome.plain)
