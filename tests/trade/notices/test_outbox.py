"""Customers are told once by every channel, in their language, with the proof kept; what fails is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.kernel.ids import uuid7
from spojka.trade.notices import sending
from spojka.trade.notices.mail import MailDelayed, MailRefused
from spojka.trade.notices.sending import BACKOFF, NeverDeliverable, NotHandedOver, by_mail, register_driver, retry_at
from spojka.trade.notices.store import NewNotice, tell

NOW = datetime(2026, 2, 1, 8, 0, 30, tzinfo=UTC)
TEXT = {"cs": "Dobrý den", "en": "Hello"}


class Network:
    """A network that fails as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.taken = list(failures), []

    def __call__(self, outgoing):
        self.taken.append(outgoing)
        if self.failures:
            raise self.failures.pop(0)
        return {"by": "test", "id": str(outgoing.id)}


@pytest.fixture(autouse=True)
def drivers(monkeypatch):
    monkeypatch.setattr(sending, "_drivers", {})


@pytest.fixture
def customer(tenant):
    def registered(**changes):
        facts = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz", "phone": "+420601000001", **changes}
        return call("parties.register", facts, tenant=tenant, actor=OPERATOR, now=NOW).result.id

    return registered


def told(tenant, party, *channels: str, key: str = "k", now: datetime = NOW) -> int:
    notice = NewNotice("greeting", channels, TEXT, TEXT, ("nej/2.17",), key, party=party)
    with transaction(tenant) as db:
        return tell(Context(db, tenant, OPERATOR, now, uuid7(), None), [notice])


def notices(tenant, party, actor: Actor = OPERATOR):
    return call("notices.of", {"party": party}, tenant=tenant, actor=actor, now=NOW).result


def test_each_channel_is_a_notice_of_its_own_and_a_repeat_changes_nothing(tenant, customer):
    eva = customer()

    first, again = (told(tenant, eva, "email", "sms", "portal") for _ in range(2))

    assert (first, again) == (3, 0)
    assert {(one.channel, one.recipient, one.state) for one in notices(tenant, eva)} == {
        ("email", "eva@example.cz", "queued"),
        ("sms", "+420601000001", "queued"),
        ("portal", "", "sent"),
    }


@pytest.mark.parametrize(("language", "said"), [("cs", "Dobrý den"), ("en", "Hello")])
def test_a_customer_is_told_in_the_customers_language(tenant, customer, language, said):
    eva = customer(language=language)

    told(tenant, eva, "portal")

    assert [one.body for one in notices(tenant, eva)] == [said]


def test_a_notice_without_an_address_is_kept_as_failed(tenant, customer):
    eva = customer(email="")

    told(tenant, eva, "email")

    assert [(one.state, one.proof) for one in notices(tenant, eva)] == [("failed", {"problem": "no address"})]


def test_what_is_queued_goes_out_by_itself_within_a_minute_and_its_proof_is_kept(tenant, customer):
    eva, network = customer(), Network()
    register_driver("email", network)
    told(tenant, eva, "email")

    run_due(tenant, NOW + timedelta(seconds=29))
    before = [one.state for one in notices(tenant, eva)]
    run_due(tenant, NOW + timedelta(seconds=30))
    after = notices(tenant, eva)

    assert before == ["queued"]
    assert [(one.state, one.attempts, one.proof["by"]) for one in after] == [("sent", 1, "test")]
    assert len(network.taken) == 1


def test_without_a_driver_a_text_message_goes_to_the_simulated_network_and_says_so(tenant, customer):
    eva = customer()
    told(tenant, eva, "sms")

    run_due(tenant, NOW + timedelta(minutes=1))

    assert [(one.state, one.proof["by"]) for one in notices(tenant, eva)] == [("sent", "simulated network")]


def test_a_network_that_is_down_is_tried_again_with_the_same_id(tenant, customer):
    eva, network = customer(), Network(NotHandedOver("451 busy"), OSError("no route"))
    register_driver("email", network)
    told(tenant, eva, "email")

    run_due(tenant, NOW + timedelta(minutes=1))
    waiting = notices(tenant, eva)[0]
    run_due(tenant, NOW + timedelta(hours=1))
    sent = notices(tenant, eva)[0]

    assert (waiting.state, waiting.attempts, waiting.proof) == ("queued", 1, {"problem": "451 busy"})
    assert (sent.state, sent.attempts) == ("sent", 3)
    assert len({one.id for one in network.taken}) == 1


def test_a_network_that_never_comes_back_ends_in_a_failure_that_names_its_words(tenant, customer):
    eva, network = customer(), Network(*[NotHandedOver("451 busy")] * 20)
    register_driver("email", network)
    told(tenant, eva, "email")

    run_due(tenant, NOW + timedelta(days=10))

    found = notices(tenant, eva)[0]
    assert (found.state, found.attempts, found.proof) == ("failed", len(BACKOFF) + 1, {"problem": "451 busy"})


def test_what_no_network_will_ever_take_is_not_tried_again(tenant, customer):
    eva, network = customer(), Network(NeverDeliverable("550 no such mailbox"))
    register_driver("email", network)
    told(tenant, eva, "email")

    run_due(tenant, NOW + timedelta(days=10))

    assert [(one.state, one.attempts) for one in notices(tenant, eva)] == [("failed", 1)]


def test_the_last_retry_comes_a_day_after_the_one_before_it():
    assert retry_at(NOW, len(BACKOFF)) == NOW + timedelta(days=1)
    assert retry_at(NOW, len(BACKOFF) + 1) is None


def test_more_than_a_batch_goes_out_batch_by_batch(tenant, customer):
    eva, network = customer(), Network()
    register_driver("email", network)
    for number in range(5):
        told(tenant, eva, "email", key=str(number))

    call("notices.send_due", {"limit": 2}, tenant=tenant, actor=OPERATOR, now=NOW)
    first = len(network.taken)
    run_due(tenant, NOW + timedelta(minutes=2))

    assert first == 2
    assert len(network.taken) == 5


def test_what_a_full_batch_left_over_goes_out_at_once(tenant, customer):
    eva, network = customer(), Network()
    register_driver("email", network)
    many = [NewNotice("greeting", ("email",), TEXT, TEXT, (), f"k{number}", party=eva) for number in range(250)]
    with transaction(tenant) as db:
        tell(Context(db, tenant, OPERATOR, NOW, uuid7(), None), many)
    minute = NOW + timedelta(seconds=30)

    ran = run_due(tenant, minute, minute)

    assert ran == 3
    assert len({one.id for one in network.taken}) == len(network.taken) == 250


def test_what_another_sender_holds_is_looked_at_again_in_a_minute_and_not_at_once(tenant, customer):
    eva, network = customer(), Network()
    register_driver("email", network)
    told(tenant, eva, "email")

    with transaction(tenant) as other:
        other.execute("SELECT 1 FROM notice FOR UPDATE")
        ran = run_due(tenant, NOW + timedelta(seconds=30), NOW + timedelta(seconds=30))

    assert (ran, network.taken) == (1, [])
    assert run_due(tenant, NOW + timedelta(seconds=90)) == 1
    assert len(network.taken) == 1


class Server:
    """A mailer that refuses for good or for now."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def send(self, letter, *, now):
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "raised"), [(MailRefused("no"), NeverDeliverable), (MailDelayed("later"), NotHandedOver)]
)
def test_the_mail_driver_tells_for_good_from_for_now(tenant, customer, problem, raised):
    outgoing = sending.Outgoing(uuid7(), "greeting", "email", "eva@example.cz", "cs", "s", "b", uuid7(), NOW)

    with pytest.raises(raised):
        by_mail(Server(problem))(outgoing)


def test_a_customer_sees_nobody_elses_notices(tenant, customer):
    eva, adam = customer(), customer(name="Adam")
    told(tenant, eva, "portal")

    outcome = call(
        "notices.of",
        {"party": eva},
        tenant=tenant,
        actor=Actor("adam", frozenset({"notices.read"}), adam),
        now=NOW,
    )

    assert outcome.refusal.code == "PARTY_UNKNOWN"


def test_a_notice_is_written_by_hand_only_with_words_in_both_languages(tenant, customer):
    eva = customer()
    given = {"party": eva, "subject": {"cs": "Věc", "en": "Matter"}, "body": {"cs": "Text", "en": " "}}

    empty = call("notices.write", given, tenant=tenant, actor=OPERATOR, now=NOW)
    whole = call("notices.write", {**given, "body": TEXT}, tenant=tenant, actor=OPERATOR, now=NOW)

    assert empty.refusal.code == "NOTICE_EMPTY"
    assert whole.result.notices == 2
