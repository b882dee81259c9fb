"""Every reason that a submission can be refused for, side by side with good messages in one batch (o2/3.1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.ids import uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.connector.routes import ROUTES
from spojka.terms.refusals import explain_refusal
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
O2, WITHDREW, FOREIGN = "+420602000001", "+420602000002", "+43664123456"
_OF_HTTP = {"REQUEST_MALFORMED"}
"""Told before the desk is asked; every field of it is tested with the modern API."""


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(AT)


def write(provider, sql, **facts):
    with transaction(provider) as db:
        db.execute(sql, {"t": provider, "id": uuid7(), "at": AT - timedelta(hours=1), **facts})


@pytest.fixture(scope="module")
def applications(provider):
    """One that may do everything, one of every other product, and one for each state and limit that stops messages."""
    names = ["plus", "full", "day", "month", "waiting", "held", "ended", "enforces"]
    made = {name: new_application(provider, AT, number=21 + n) for n, name in enumerate(names)}
    made["basic"] = new_application(provider, AT, product="SMSC", number=42)
    made["mms"] = new_application(provider, AT, product="MMSC", number=43)
    for name in ("day", "month"):
        write(
            provider,
            "INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason,"
            " asked_by, asked_at, decided_by, valid_from) VALUES (%(t)s, %(id)s, %(me)s, %(name)s, 1, 1, 'granted', '',"
            " '', %(at)s, '', %(at)s)",
            me=made[name],
            name=name,
        )
    write(provider, "UPDATE service SET state = 'waiting' WHERE id = %(me)s", me=made["waiting"])
    write(provider, "UPDATE service SET state = 'ended', ended_at = %(at)s WHERE id = %(me)s", me=made["ended"])
    write(provider, "UPDATE application SET consent_mode = 'enforce' WHERE id = %(me)s", me=made["enforces"])
    write(
        provider,
        "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
        " VALUES (%(t)s, %(id)s, %(me)s, 'spam', 'both', '[\"o2/8.1\"]', %(at)s, 'x')",
        me=made["held"],
    )
    write(
        provider,
        "INSERT INTO consent_withdrawal (tenant_id, id, party_id, recipient, scope, withdrawn_at, channel, source,"
        " recorded_at) SELECT %(t)s, %(id)s, party_id, %(to)s, 'commercial', %(at)s, 'sms', '', %(at)s"
        " FROM application WHERE id = %(me)s",
        me=made["plus"],
        to=WITHDREW,
    )
    write(
        provider,
        "INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason, channel,"
        " caller, evidence, requested_at, active_from) VALUES (%(t)s, %(id)s, %(me)s, 'nickname', 'PEKARNA', 'pekarna',"
        " 'active', '', '', '', '{}', %(at)s, %(at)s)",
        me=made["plus"],
    )
    return made


def wrong_ones(of):
    """A message for every code, wrong in one field; what an application may do again follows what it may not."""

    def one(code, name="plus", **changed):
        return code, Submission(of[name], **{"to": O2, "text": "Dobrý den", **changed})

    return [
        ("APPLICATION_UNKNOWN", Submission(uuid7(), O2, "x")),
        one("SERVICE_NOT_ACTIVE", "waiting"),
        one("SERVICE_SUSPENDED", "held"),
        one("SERVICE_TERMINATED", "ended"),
        one("MESSAGE_TYPE_NOT_SUPPORTED", kind="mms", text=None, data=b"x"),
        one("MESSAGE_TYPE_NOT_SUPPORTED", "mms"),
        one("MESSAGE_TOO_LONG", text="ř" * 671),
        one("MESSAGE_TOO_LONG", "mms", kind="mms", text=None, data=bytes(307_201)),
        one("ENCODING_ERROR", text="ano\ud800"),
        one("PRIORITY_NOT_AVAILABLE", "basic", url="priority"),
        one("PRIORITY_NOT_AVAILABLE", "basic", priority=True),
        one("PRIORITY_REQUIRES_PRIORITY_URL", priority=True),
        one("PRIORITY_URL_REQUIRES_PRIORITY", url="priority", priority=False),
        one("SENDER_NOT_ASSIGNED", sender="999099"),
        one("RECIPIENT_INVALID", to="222"),
        one("RECIPIENT_INVALID", to=""),
        one("NICKNAME_NOT_AVAILABLE", "basic", sender="PEKARNA"),
        one("NICKNAME_NOT_ACTIVE", sender="KVETINY"),
        one("NICKNAME_ABROAD_NOT_SUPPORTED", sender="PEKARNA", to=FOREIGN),
        one("CONSENT_WITHDRAWN", to=WITHDREW),
        one("CONSENT_MISSING", "enforces"),
        one("OPT_OUT_ROUTE_MISSING", sender="PEKARNA"),
        one("DAILY_LIMIT_EXCEEDED", "day", text="ř" * 71),
        one("MONTHLY_LIMIT_EXCEEDED", "month", text="ř" * 71),
        one("QUEUE_FULL", "full"),
        one("WOULD_EXPIRE", expires_at=AT),
        one("KEY_REUSED", reference="once", text="jiný text"),
    ]


def good_ones(of):
    """What the same applications may send, right up to the boundaries."""
    return [
        Submission(of["plus"], O2, "Dobrý den", reference="once"),
        Submission(of["plus"], O2, "ř" * 670),
        Submission(of["plus"], O2, "Dobrý den", sender="PEKARNA", purpose="service"),
        Submission(of["plus"], FOREIGN, "Dobrý den"),
        Submission(of["plus"], WITHDREW, "kód 123", purpose="service"),
        Submission(of["plus"], O2, "Dobrý den", url="priority", priority=True),
        Submission(of["plus"], O2, "Dobrý den", expires_at=AT + timedelta(hours=1)),
        Submission(of["basic"], O2, "Dobrý den"),
        Submission(of["mms"], O2, kind="mms", data=bytes(307_200)),
        Submission(of["day"], O2, "Dobrý den"),
        Submission(of["month"], O2, "Dobrý den"),
    ]


def submit(provider, asked):
    async def going():
        desk = SubmissionDesk(provider, now=lambda: AT)
        try:
            return await desk.submit(asked)
        finally:
            await desk.close()

    return asyncio.run(going())


@pytest.mark.clause("o2/3.1")
def test_each_wrong_one_is_refused_for_its_reason_and_each_good_one_beside_it_is_accepted(provider, applications):
    (first,) = submit(provider, [Submission(applications["full"], O2, "Dobrý den")])
    write(provider, "UPDATE message_queue SET parts = 100000 WHERE id = %(one)s", one=first.id)
    good, wrong = good_ones(applications), wrong_ones(applications)
    asked, expected = [], []
    for place in range(max(len(good), len(wrong))):  # one good, then wrong ones, as they come
        for one, code in [(one, "accepted") for one in good[place : place + 1]] + [
            (one, code) for code, one in wrong[place : place + 1]
        ]:
            asked.append(one)
            expected.append(code)

    answers = submit(provider, asked)

    assert [one.code if isinstance(one, Refusal) else "accepted" for one in answers] == expected
    with transaction(provider) as db:
        kept = {row["id"] for row in db.execute("SELECT id FROM message").fetchall()}
        used = db.execute("SELECT sum(used) AS n FROM message_counter WHERE period = 'day'").fetchone()["n"]
    accepted = [one for one in answers if not isinstance(one, Refusal)]
    assert kept == {first.id} | {one.id for one in accepted}
    assert used == 1 + sum(one.parts for one in accepted)


def test_no_reason_that_submission_answers_is_left_out(applications):
    told = {code for route in ROUTES if route.body in {"Submission", "MultimediaSubmission"} for code in route.codes}

    tested = {code for code, _ in wrong_ones(applications)}

    assert tested == (told - _OF_HTTP) | {"APPLICATION_UNKNOWN"}


def test_every_refusal_has_words_in_both_languages(provider, applications):
    answers = submit(provider, [one for _, one in wrong_ones(applications)])

    refusals = [one for one in answers if isinstance(one, Refusal)]
    assert all(explain_refusal(one, language) for one in refusals for language in ("cs", "en"))
    assert all(one.clauses for one in refusals if one.code not in {"APPLICATION_UNKNOWN", "KEY_REUSED"})
