"""Signing in: what fits, what is kept, and when a login is locked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spojka.access.operations.context import Actor
from spojka.access.users.passwords import Secret
from spojka.access.users.rules import UNPUBLISHED, VISITOR_MAY, login_lock, permissions_of
from tests.access.committed import count
from tests.conftest import NOW

VISITOR = Actor("visitor", VISITOR_MAY)
PASSWORD = "a long enough phrase"


@pytest.fixture
def eva(do):
    return do("users.add", login="eva", password=PASSWORD, roles=["care"]).result


def attempt(do, password=PASSWORD, *, minutes=0, login="eva"):
    now = NOW + timedelta(minutes=minutes)
    return do("users.sign_in", login=login, password=password, actor=VISITOR, now=now)


def test_the_right_password_is_accepted_and_says_who_it_is(do, eva):
    answer = attempt(do).result

    assert answer.accepted
    assert answer.user.id == eva.id
    assert "parties.*" in answer.user.permissions


def test_a_session_ends_for_its_user_alone_and_once(do, eva):
    session, other = attempt(do).result.session, Actor("adam", frozenset({"users.own"}))
    me = Actor("eva", permissions_of(["program"]))

    def identified():
        return do("users.identify", user=eva.id, session=session, actor=VISITOR).refusal is None

    known = [identified()]
    ended = []
    for actor in (other, me, me):
        ended.append(do("users.sign_out", session=session, actor=actor).result.ended)
        known.append(identified())

    assert ended == [False, True, False]
    assert known == [True, True, False, False]


def test_signing_in_forgets_the_users_sessions_that_are_over(do, eva, tenant):
    for minutes in (0, 1, 12 * 60):
        attempt(do, minutes=minutes)

    assert count(tenant, "sign_in_session") == 2


def test_a_wrong_password_and_an_unknown_login_answer_alike(do, eva):
    wrong, unknown = attempt(do, "wrong").result, attempt(do, "wrong", login="nobody").result

    assert wrong == unknown
    assert not wrong.accepted


def _fail(do, times, *, first_min=0):
    return [attempt(do, "wrong", minutes=first_min + place).result for place in range(times)]


@pytest.mark.clause("nej/4.9")
def test_four_failures_do_not_lock_and_the_fifth_does(do, eva):
    answers = _fail(do, 5)

    assert [answer.locked_until is None for answer in answers] == [True, True, True, True, False]
    assert attempt(do, minutes=5).refusal.code == "LOGIN_LOCKED"


def test_four_failures_leave_the_login_open(do, eva):
    _fail(do, 4)

    assert attempt(do, minutes=5).result.accepted


def test_a_success_starts_the_count_again(do, eva):
    _fail(do, 4)
    attempt(do, minutes=4)

    assert attempt(do, "wrong", minutes=5).result.failures == 1


@pytest.mark.clause("nej/4.9")
@pytest.mark.parametrize(("minutes_after", "locked"), [(14, True), (15, False)])
def test_the_lock_ends_fifteen_minutes_after_the_fifth_failure(do, eva, minutes_after, locked):
    _fail(do, 5)

    outcome = attempt(do, minutes=4 + minutes_after)

    assert (outcome.refusal is not None) == locked


@pytest.mark.parametrize(("spread_min", "locked"), [(14, True), (15, False)])
def test_only_failures_within_the_window_count_together(spread_min, locked):
    failed_at = [NOW, NOW, NOW, NOW, NOW + timedelta(minutes=spread_min)]

    found = login_lock(
        failed_at=failed_at,
        failures_allowed=UNPUBLISHED.default_login_failures_lockout,
        window_min=UNPUBLISHED.default_login_window_min,
        lockout_min=UNPUBLISHED.default_login_lockout_min,
    )

    assert (found.value is not None) == locked


def test_the_lock_is_told_as_news(do, eva, tenant):
    from spojka.access.database.connections import transaction

    _fail(do, 5)

    with transaction(tenant) as db:
        told = db.execute("SELECT kind, body FROM event WHERE key = 'login:eva'").fetchall()
    assert [row["kind"] for row in told] == ["security.login_locked"]
    assert told[0]["body"]["until"] == (NOW + timedelta(minutes=19)).isoformat()


def test_a_login_is_taken_once(do, eva):
    outcome = do("users.add", login="eva", password=PASSWORD, roles=["care"])

    assert outcome.refusal.code == "LOGIN_TAKEN"


@pytest.mark.parametrize(
    ("password", "code"),
    [("x" * 11, "PASSWORD_TOO_WEAK"), ("x" * 12, None), ("my name is Petra", "PASSWORD_TOO_WEAK")],
)
def test_a_password_is_long_and_does_not_hold_the_login(do, password, code):
    outcome = do("users.add", login="petra", password=password, roles=["care"])

    assert (outcome.refusal.code if outcome.refusal else None) == code


def test_neither_answers_nor_audit_nor_errors_hold_a_password(do, eva, tenant):
    from spojka.access.database.connections import transaction

    outcome = do("users.add", login="jan", password=PASSWORD, roles=["care"], key="k1")
    again = do("users.add", login="jan", password="something else!", roles=["care"], key="k1")

    assert again.replayed
    assert PASSWORD not in repr(outcome)
    with transaction(tenant) as db:
        kept = db.execute("SELECT answer FROM operation_key").fetchall()
        hashes = db.execute("SELECT password_hash FROM user_account").fetchall()
    assert PASSWORD not in repr(kept)
    assert all(row["password_hash"].startswith("$argon2id$") for row in hashes)
    assert repr(Secret(PASSWORD)) == "Secret(…)"


def test_a_password_changes_only_with_the_present_one_and_ends_older_sessions(do, eva):
    me = Actor("eva", permissions_of(["care"]))
    before = attempt(do).result.user

    wrong = do("users.change_password", present="not it", new="another long phrase", actor=me)
    changed = do("users.change_password", present=PASSWORD, new="another long phrase", actor=me).result

    assert wrong.refusal.code == "PASSWORD_WRONG"
    assert changed.stamp != before.stamp
    assert attempt(do, "another long phrase").result.accepted


def test_a_token_stands_for_its_user_until_it_is_closed(do, eva):
    secret = "s" * 32
    short = do("users.add_token", login="eva", program="crm", secret="s" * 31)
    do("users.add_token", login="eva", program="crm", secret=secret)

    known = do("users.of_token", secret=secret, actor=VISITOR)
    do("users.close_token", login="eva", program="crm")
    closed = do("users.of_token", secret=secret, actor=VISITOR)

    assert short.refusal.code == "TOKEN_TOO_SHORT"
    assert known.result.login == "eva"
    assert closed.refusal.code == "USER_NOT_KNOWN"


def test_asking_for_anothers_object_is_kept_with_both_ids(do, tenant):
    from uuid import uuid4

    from spojka.access.database.connections import transaction

    mine, theirs = uuid4(), uuid4()

    do(
        "users.report_foreign_access",
        kind="invoice",
        object=str(theirs),
        actor=Actor("eva", permissions_of(["customer"]), mine),
    )

    with transaction(tenant) as db:
        body = db.execute("SELECT body FROM event WHERE kind = 'security.foreign_object'").fetchone()["body"]
    assert (body["party"], body["object"]) == (str(mine), str(theirs))


def test_every_permission_that_a_role_holds_is_one_that_some_call_asks_for():
    from spojka.access.operations.registry import all_operations
    from spojka.access.users.rules import ROLES

    asked = {one.permission for one in all_operations()}
    rooms = {permission.partition(".")[0] + ".*" for permission in asked}

    held = {permission for permissions in ROLES.values() for permission in permissions} | VISITOR_MAY
    assert held - asked - rooms == {"*"}


def test_every_permission_that_a_call_asks_for_is_held_by_some_role_besides_the_administrator():
    from spojka.access.operations.registry import all_operations
    from spojka.access.users.rules import ADMINISTRATORS_ALONE, ROLES

    asked = {one.permission for one in all_operations()} - VISITOR_MAY
    others = [Actor(role, permissions_of([role])) for role in ROLES if role != "administrator"]

    assert {one for one in asked if not any(other.may(one) for other in others)} == ADMINISTRATORS_ALONE


@pytest.mark.parametrize(
    "role", ["administrator", "care", "billing", "network", "auditor", "program", "customer", "user"]
)
def test_a_cards_codes_are_shown_to_care_and_the_administrator_alone(role):
    from spojka.access.operations.registry import find

    actor = Actor(role, permissions_of([role]))

    assert actor.may(find("numbering.show_codes").permission) == (role in ("administrator", "care"))


@pytest.mark.parametrize("role", ["care", "billing", "auditor", "program", "customer"])
def test_who_works_with_invoices_may_read_them(role):
    from spojka.access.operations.registry import find

    assert Actor(role, permissions_of([role])).may(find("billing.invoice").permission)


def test_a_customer_holds_nothing_that_changes_what_is_not_theirs():
    from spojka.access.operations.registry import all_operations

    customer = Actor("eva", permissions_of(["customer"]))

    changing = {one.name for one in all_operations() if one.kind == "operation" and customer.may(one.permission)}
    assert changing == {
        "users.change_password",
        "users.sign_out",
        "users.choose_language",
        "users.report_foreign_access",
        "services.authorise_reader",
        "services.end_reader",
        "connector.name_contact",
        "connector.ask_limit",
        "connector.ask_resale",
        "connector.activate",
        "connector.cancel",
        "connector.order_option",
        "connector.end_option",
        "connector.report_fault",
        "connector.download_application",
        "connector.set_webhook",
        "connector.claim_outage_credit",
        "connector.ask_callback",
        "connector.accept_consultation",
        "connector.acknowledge_safety_rules",
        "connector.authorise_person",
        "connector.request_consultation",
        "connector.withdraw_consultation",
        "connector.withdraw_person",
        "connector.set_bind_account",
        "connector.revoke_bind_account",
        "certificates.register",
        "certificates.register_generated",
        "certificates.report",
        "certificates.invalidate",
        "messages.submit",
        "messages.submit_to_many",
        "messages.cancel",
        "messages.acknowledge",
        "consents.record",
        "consents.withdraw",
    }


def test_a_login_that_only_uses_a_customers_services_agrees_to_nothing_for_the_customer():
    from spojka.access.operations.registry import all_operations

    user = Actor("petr", permissions_of(["user"]))

    changing = {one.name for one in all_operations() if one.kind == "operation" and user.may(one.permission)}
    assert changing == {
        "users.change_password",
        "users.sign_out",
        "users.choose_language",
        "users.report_foreign_access",
        "connector.name_contact",
        "connector.ask_limit",
        "connector.cancel",
        "connector.report_fault",
        "connector.download_application",
        "connector.ask_callback",
        "certificates.report",
        "certificates.invalidate",
        "messages.submit",
        "messages.submit_to_many",
        "messages.cancel",
        "messages.acknowledge",
        "consents.record",
        "consents.withdraw",
    }
