"""Messages from mobiles that reach nobody are refused with a reason, and nothing of them is kept (o2/3.1)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.applications.store import close_application
from spojka.network.messaging.sending.arriving import Came, take
from spojka.network.messaging.smpp.statuses import ESME_RINVDSTADR, ESME_RX_P_APPN, ESME_RX_R_APPN
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
O2, VODAFONE = "+420602000001", "+420777000002"


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    return new_application(provider, LOADED)


def numbers(provider, application):
    """The two numbers of an application, in digits."""
    with transaction(provider) as db:
        row = db.execute("SELECT app_number, msisdn FROM application WHERE id = %s", [application]).fetchone()
    return row["app_number"], row["msisdn"].removeprefix("+")


def came(provider, dialled, source=O2, at=AT):
    """What becomes of a message from a mobile: its status, its refusal, and how many came into an inbox."""
    with transaction(provider) as db:
        one = Came("o2", source, dialled, b"tajne", 0, has_header=False)
        (taken,) = take(Context(db, provider, OPERATOR, at, uuid7(), None), [one])
    return taken.status, taken.refused, len(taken.arrived)


def write(provider, statement, *values):
    with transaction(provider) as db:
        db.execute(statement, values)


@pytest.mark.clause("o2/3.1")
def test_a_former_o2_number_ported_to_vodafone_reaches_the_msisdn_and_not_the_application_number(provider, me):
    app_number, msisdn = numbers(provider, me)
    before = came(provider, app_number)
    write(
        provider,
        "INSERT INTO ported_number (tenant_id, id, msisdn, network, valid_from) VALUES (%s, %s, %s, 'Vodafone', %s)",
        provider,
        uuid7(),
        O2,
        AT,
    )

    assert before == (0, "", 1)
    assert came(provider, app_number) == (ESME_RX_R_APPN, "NOT_REACHABLE_FROM_NETWORK", 0)
    assert came(provider, msisdn) == (0, "", 1)


@pytest.mark.clause("o2/3.1")
def test_a_number_ported_to_o2_reaches_the_application_number(provider, me):
    app_number, _ = numbers(provider, me)
    before = came(provider, app_number, VODAFONE)
    write(
        provider,
        "INSERT INTO ported_number (tenant_id, id, msisdn, network, valid_from) VALUES (%s, %s, %s, 'O2', %s)",
        provider,
        uuid7(),
        VODAFONE,
        AT,
    )

    assert before == (ESME_RX_R_APPN, "NOT_REACHABLE_FROM_NETWORK", 0)
    assert came(provider, app_number, VODAFONE) == (0, "", 1)


@pytest.mark.clause("o2/3.1")
def test_an_application_number_is_not_reached_from_abroad(provider, me):
    app_number, msisdn = numbers(provider, me)

    assert came(provider, app_number, "+436641234567")[1] == "NOT_REACHABLE_FROM_NETWORK"
    assert came(provider, msisdn, "+436641234567") == (0, "", 1)


@pytest.mark.clause("o2/3.1")
def test_digits_behind_a_number_name_a_user_and_the_longest_number_takes_the_message(provider, me):
    app_number, _ = numbers(provider, me)
    other = new_application(provider, LOADED, number=77)
    write(provider, "UPDATE application SET app_number = %s WHERE id = %s", f"{app_number}7", other)

    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, AT, uuid7(), None)
        dialled = [app_number, f"{app_number}12", f"{app_number}71", f"{app_number}7"]
        taken = take(ctx, [Came("o2", O2, one, b"x", 0, has_header=False) for one in dialled])

    found = [(one.application, one.dialled) for each in taken for one in each.arrived]
    assert found == list(zip((me, me, other, other), dialled, strict=True))
    assert came(provider, f"{app_number}12", VODAFONE)[1] == "NOT_REACHABLE_FROM_NETWORK"
    assert came(provider, app_number.ljust(15, "1")) == (0, "", 1)
    assert came(provider, app_number.ljust(16, "1"))[1] == "UNKNOWN_APPLICATION_NUMBER"


@pytest.mark.clause("o2/3.1")
def test_a_longer_number_is_its_holders_also_when_that_one_has_ended(provider, me):
    app_number, _ = numbers(provider, me)
    other = new_application(provider, LOADED, number=77)
    write(provider, "UPDATE application SET app_number = %s WHERE id = %s", f"{app_number}7", other)
    write(provider, "UPDATE service SET state = 'ended' WHERE id = %s", other)
    with transaction(provider) as db:
        close_application(Context(db, provider, OPERATOR, AT, uuid7(), None), other)

    theirs = [came(provider, f"{app_number}{more}") for more in ("7", "71")]
    mine = [came(provider, f"{app_number}{more}") for more in ("", "8")]

    assert theirs == [(ESME_RX_P_APPN, "SERVICE_TERMINATED", 0)] * 2
    assert mine == [(0, "", 1)] * 2


@pytest.mark.clause("o2/3.1")
def test_a_number_of_nobody_is_unknown(provider):
    assert came(provider, "1991999") == (ESME_RINVDSTADR, "UNKNOWN_APPLICATION_NUMBER", 0)


@pytest.mark.clause("o2/3.1")
def test_an_sms_for_an_application_of_mms_is_of_a_type_that_is_not_carried(provider):
    mms = new_application(provider, LOADED, product="MMSC", number=44)

    for number in numbers(provider, mms):
        assert came(provider, number) == (ESME_RX_R_APPN, "MESSAGE_TYPE_NOT_SUPPORTED", 0)


@pytest.mark.clause("o2/9.1")
@pytest.mark.parametrize(
    ("scope", "found"), [("both", (ESME_RX_P_APPN, "SERVICE_SUSPENDED", 0)), ("outgoing", (0, "", 1))]
)
def test_a_suspended_service_takes_nothing_and_one_that_may_not_send_takes_it(provider, me, scope, found):
    write(
        provider,
        "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
        " VALUES (%s, %s, %s, 'content', %s, '[\"o2/9.1\"]', %s, 'care')",
        provider,
        uuid7(),
        me,
        scope,
        LOADED,
    )

    assert came(provider, numbers(provider, me)[0]) == found


@pytest.mark.clause("o2/3.4")
def test_a_terminated_service_takes_nothing_until_its_number_has_a_new_holder(provider, me):
    app_number, _ = numbers(provider, me)
    write(provider, "UPDATE service SET state = 'ended' WHERE id = %s", me)
    with transaction(provider) as db:
        close_application(Context(db, provider, OPERATOR, AT, uuid7(), None), me)

    ended = came(provider, app_number)
    new_application(provider, LOADED)

    assert ended == (ESME_RX_P_APPN, "SERVICE_TERMINATED", 0)
    assert came(provider, app_number) == (0, "", 1)


def test_a_service_that_waits_takes_nothing_yet(provider, me):
    write(provider, "UPDATE service SET state = 'waiting' WHERE id = %s", me)

    assert came(provider, numbers(provider, me)[0]) == (ESME_RX_P_APPN, "SERVICE_NOT_ACTIVE", 0)


def test_a_refusal_is_logged_by_its_code_without_what_it_says(provider):
    with capture_logs() as logged:
        came(provider, "1991999")

    (event,) = [one for one in logged if one["event"] == "message_turned_away"]
    assert (event["code"], event["dialled"], event["link"]) == ("UNKNOWN_APPLICATION_NUMBER", "1991999", "o2")
    assert "tajne" not in str(event)
