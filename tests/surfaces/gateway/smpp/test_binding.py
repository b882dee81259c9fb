"""Who may bind, and for how long: no certificate, no service (o2/6.1, o2/6.2)."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.applications.store import close_application
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.clients import ClientLink
from spojka.network.messaging.smpp.codec import encode
from spojka.network.messaging.smpp.pdus import BindTransceiver, DeliverSm
from spojka.network.messaging.smpp.waiting import Way
from spojka.surfaces.gateway.connector.serving import Place, running
from spojka.surfaces.gateway.smpp.serving import SmppPlace
from spojka.surfaces.gateway.smpp.slots import BindSlots
from tests.surfaces.gateway.connector.programs import context_of, now
from tests.surfaces.gateway.smpp.speakers import Speaker, asked, message, reason, until


async def bind_answer(speaker, *, system_id=None, password=None, **given):
    """The answer to one bind, and why the connection was closed after it."""
    settings = speaker.client(**given).settings
    loop = asyncio.get_running_loop()
    _, link = await loop.create_connection(
        lambda: ClientLink(
            timers=settings.timers, window=1, most_unanswered=0, on_requests=lambda link, requests: None
        ),
        settings.host,
        settings.port,
        ssl=settings.tls,
    )
    request = BindTransceiver(
        system_id=system_id or settings.system_id, password=settings.password if password is None else password
    )
    answer = await link.ask(request, limit_ms=5000)
    if answer is not None and answer.status == 0:
        link.way = Way.TRANSCEIVER
        await link.close()
    return answer, await asyncio.wait_for(link.closed, 5)


def refused_as(speaker, **given):
    answer, closed = asyncio.run(bind_answer(speaker, **given))
    return answer.status, reason(answer), closed


def test_a_program_binds_with_its_certificate_and_its_password(speaker):
    answer, _ = asyncio.run(bind_answer(speaker))

    assert (answer.status, answer.system_id, reason(answer)) == (0, "spojka", None)
    assert speaker.account.system_id == speaker.number


@pytest.mark.clause("o2/6.1")
def test_without_a_certificate_nobody_binds(speaker):
    status, why, closed = refused_as(speaker, bare=True)

    assert (status, why) == (statuses.ESME_RBINDFAIL, "CERT_MISSING")
    assert closed == "closed by the other side"


@pytest.mark.clause("o2/6.1")
def test_another_applications_certificate_opens_nothing_and_learns_nothing(speaker, world):
    other = Speaker(world)

    foreign = refused_as(speaker, certificate=other.certificate)
    nobody = refused_as(speaker, system_id="nobody")

    assert foreign == nobody
    assert foreign[:2] == (statuses.ESME_RINVSYSID, "SYSTEM_ID_UNKNOWN")
    actor = f"certificate:{other.certificate.hex}"
    world.until(lambda: world.rows("SELECT 1 FROM audit WHERE actor = %s", actor))
    kept = world.rows("SELECT operation FROM audit WHERE actor = %s", actor)
    assert [row["operation"] for row in kept] == ["certificates.foreign_use"]


@pytest.mark.parametrize("password", ["", "wrong", "x" * 8])
def test_a_wrong_password_does_not_bind(speaker, password):
    status, why, _ = refused_as(speaker, password=password)

    assert (status, why) == (statuses.ESME_RINVPASWD, "SYSTEM_PASSWORD_WRONG")


def test_wrong_passwords_are_tried_one_after_the_other_and_a_right_one_is_known_again(speaker, world):
    async def going():
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(bind_answer(speaker, password=one)) for one in ("a", "b", "c")]
        took_s = asyncio.get_running_loop().time()
        for _ in range(2):
            right, _ = await bind_answer(speaker)
        return [one.result()[0].status for one in tries], right.status, took_s

    began_s = time.monotonic()
    wrong, right, ended_s = asyncio.run(going())

    assert wrong == [statuses.ESME_RINVPASWD] * 3
    assert right == 0
    assert ended_s - began_s >= 1.5
    assert speaker.account.id in world.running.smpp._porter._known


def test_there_are_no_more_sessions_than_the_account_allows(world):
    two = Speaker(world, most_binds=2)

    async def going():
        async with two.speaking(), two.speaking() as second:
            over, _ = await bind_answer(two)
            await second.close()
            await until(lambda: len([one for one in world.running.smpp.bound if one.account.id == two.account.id]) == 1)
            again, _ = await bind_answer(two)
        return over, again

    over, again = asyncio.run(going())

    assert (over.status, reason(over)) == (statuses.ESME_RBINDFAIL, "TOO_MANY_BINDS")
    assert again.status == 0


def test_sessions_of_an_account_are_counted_over_all_gateways(world):
    two = Speaker(world, most_binds=2)
    place = Place("127.0.0.1", 0, world.certificate, world.folder / "server.key", smpp=SmppPlace("127.0.0.1", 0))

    async def going():
        async with running(world.tenant, place, now=now) as other:
            there = other.smpp_port
            async with two.speaking(), two.speaking(port=there) as second:
                over = [(await bind_answer(two, **at))[0] for at in ({}, {"port": there})]
                await second.close()
                await until(lambda: not other.smpp.bound)
                again = (await bind_answer(two))[0]
        return over, again

    over, again = asyncio.run(going())

    assert [reason(one) for one in over] == ["TOO_MANY_BINDS"] * 2
    assert again.status == 0


@pytest.mark.clause("o2/7.3")
def test_what_is_refused_is_counted_for_its_application(speaker, world):
    async def going():
        async with speaker.speaking() as client:
            return await asked(client, message(to="123"), message(to="123"), message())

    refused_as(speaker, password="wrong")
    answers = asyncio.run(going())

    counted = {
        one.code: (one.door, count)
        for one, count in world.running.services.refusals._counts.items()
        if one.application == speaker.id
    }
    assert [one.status for one in answers] == [statuses.ESME_RINVDSTADR] * 2 + [0]
    assert counted == {"SYSTEM_PASSWORD_WRONG": ("smpp", 1), "RECIPIENT_INVALID": ("smpp", 2)}


def counted_for(world, speaker):
    counts = world.running.services.refusals._counts
    return {one.code: count for one, count in counts.items() if (one.application, one.door) == (speaker.id, "smpp")}


@pytest.mark.clause("o2/7.3")
def test_a_connection_that_goes_without_a_bind_is_counted_for_whose_certificate_it_showed(speaker, world):
    other, context = Speaker(world), context_of(world.folder, speaker.certificate, world.certificate)
    for _ in range(2):
        raw = socket.create_connection(("127.0.0.1", world.running.smpp_port))
        context.wrap_socket(raw, server_hostname="127.0.0.1").close()
    refused_as(other, password="wrong")
    asyncio.run(bind_answer(other))

    world.until(lambda: counted_for(world, speaker) == {"NOT_BOUND": 2})
    assert counted_for(world, other) == {"SYSTEM_PASSWORD_WRONG": 1}


@pytest.mark.clause("o2/7.3")
def test_what_a_session_refuses_by_itself_is_counted_for_its_application(speaker, world):
    unreadable = encode(message())[:-1]

    async def going():
        async with speaker.speaking(window=300) as client:
            answers = await asked(client, *[message() for _ in range(300)])
            link = client.link
            for out_of_place in (BindTransceiver(system_id="again"), DeliverSm()):
                answers.append(await link.ask(out_of_place, limit_ms=5000))
            link._transport.write(len(unreadable).to_bytes(4, "big") + unreadable[4:])
            await until(lambda: len(counted_for(world, speaker)) == 3)
            return [one.status for one in answers]

    found = asyncio.run(going())
    throttled = found.count(statuses.ESME_RTHROTTLED)

    assert throttled > 0
    assert found[-2:] == [statuses.ESME_RALYBND, statuses.ESME_RINVBNDSTS]
    assert counted_for(world, speaker) == {
        "TOO_MUCH_AT_ONCE": throttled,
        "REQUEST_OUT_OF_PLACE": 2,
        "REQUEST_MALFORMED": 1,
    }


async def _in_time(slots, account, *, most):
    """A slot that is free in a moment."""
    async with asyncio.timeout(5):
        while (got := await slots.take(account, most=most)) is None:
            pass
    return got


def test_what_a_gateway_that_died_had_bound_is_free_and_one_that_lost_its_connection_takes_its_own_anew(world):
    account = uuid7()

    async def going():
        here, there = BindSlots(), BindSlots()
        held = [await here.take(account, most=3), await there.take(account, most=3), await here.take(account, most=3)]
        full = await there.take(account, most=3)
        with psycopg.connect(owner_url(), autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s)", [here._connection.info.backend_pid])
        async with asyncio.timeout(5):
            await here.look_after()
            while here._owed:  # the database ends a connection a moment later
                await here.look_after()
        mended = await there.take(account, most=3)
        here._drop()
        freed = [await _in_time(there, account, most=3) for _ in range(2)]
        freed.append(await there.take(account, most=3))
        for one in (here, there):
            await asyncio.to_thread(one.close)
        return held, full, mended, freed

    held, full, mended, freed = asyncio.run(going())

    assert (held, full, mended) == ([1, 2, 3], None, None)
    assert (set(freed[:2]), freed[2]) == ({1, 3}, None)


def test_who_went_away_while_a_slot_was_taken_leaves_it_free(world):
    account = uuid7()

    async def going():
        slots = BindSlots()
        taking = asyncio.create_task(slots.take(account, most=1))
        await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait([taking])
        got = await _in_time(slots, account, most=1)
        await asyncio.to_thread(slots.close)
        return taking.cancelled(), got

    assert asyncio.run(going()) == (True, 1)


@pytest.mark.clause("o2/6.2")
def test_a_blocked_certificate_ends_the_links_that_are_open(speaker, world):
    async def going():
        async with speaker.speaking(way=Way.TRANSMITTER) as idle, speaker.speaking() as busy:
            (before,) = await asked(busy, message())
            links = idle.link, busy.link
            world.block(speaker.certificate)
            reasons = await asyncio.wait_for(asyncio.gather(*(one.closed for one in links)), 5)
            return before.status, reasons

    before, reasons = asyncio.run(going())
    status, why, _ = refused_as(speaker)

    assert before == 0
    assert reasons == ["unbound by the other side"] * 2
    assert (status, why) == (statuses.ESME_RBINDFAIL, "CERT_REVOKED")


@pytest.mark.clause("o2/6.2")
def test_nothing_is_taken_on_a_link_whose_certificate_was_blocked_a_moment_ago(speaker, world):
    async def going():
        async with speaker.speaking(first_wait_ms=60_000, most_wait_ms=60_000) as client:
            link = client.link
            world.block(speaker.certificate)
            async with asyncio.timeout(5):
                while link.is_bound:
                    await client.submit([message()])
            return await asyncio.wait_for(link.closed, 5)

    reason = asyncio.run(going())

    (row,) = world.rows("SELECT blocked_at FROM connector_certificate WHERE service_id = %s", speaker.id)
    late = [one for one in speaker.messages() if one["accepted_at"] - row["blocked_at"] > timedelta(seconds=1)]
    assert (reason, late) == ("unbound by the other side", [])
    assert set(counted_for(world, speaker)) == {"CERT_REVOKED"}


def test_a_revoked_account_ends_its_links_and_one_set_anew_has_another_password(speaker, world):
    async def going():
        async with speaker.speaking() as client:
            link = client.link
            old = speaker.account
            speaker.account = speaker.set_account()
            await asyncio.wait_for(link.closed, 5)
        wrong, _ = await bind_answer(speaker, password=old.password)
        right, _ = await bind_answer(speaker)
        speaker.done("connector.revoke_bind_account")
        gone, _ = await bind_answer(speaker)
        return wrong, right, gone

    wrong, right, gone = asyncio.run(going())

    assert [one.status for one in (wrong, right, gone)] == [
        statuses.ESME_RINVPASWD,
        0,
        statuses.ESME_RINVSYSID,
    ]


def test_an_application_that_is_closed_leaves_its_system_id_to_the_next_one(speaker, world):
    async def going():
        async with speaker.speaking() as client:
            link = client.link
            with transaction(world.tenant) as db:
                close_application(Context(db, world.tenant, OPERATOR, now(), uuid7(), None), speaker.id)
            await asyncio.wait_for(link.closed, 5)

    asyncio.run(going())
    heir = Speaker(world)
    heir.account = heir.set_account(system_id=speaker.account.system_id)
    answer, _ = asyncio.run(bind_answer(heir))

    assert answer.status == 0


def test_a_second_bind_on_a_session_is_told_so(speaker):
    async def going():
        async with speaker.speaking() as client:
            again = BindTransceiver(system_id=speaker.account.system_id, password=speaker.account.password)
            return await client.link.ask(again, limit_ms=5000)

    assert asyncio.run(going()).status == statuses.ESME_RALYBND


def test_accounts_are_listed_without_their_passwords_and_a_system_id_has_one_owner(speaker, world):
    other = Speaker(world)

    taken = other.done("connector.set_bind_account", system_id=speaker.account.system_id)
    wrong = other.done("connector.set_bind_account", system_id="účet")
    unknown = other.done("connector.revoke_bind_account", system_id=speaker.account.system_id)
    own = speaker.done("connector.set_bind_account", system_id="billing-1", most_binds=1)
    listed = speaker.done("connector.bind_accounts").result

    assert [one.refusal.code for one in (taken, wrong, unknown)] == [
        "SYSTEM_ID_TAKEN",
        "SYSTEM_ID_INVALID",
        "BIND_ACCOUNT_UNKNOWN",
    ]
    assert [(one.system_id, one.most_binds) for one in listed] == [("billing-1", 1), (speaker.number, 4)]
    assert own.result.password not in str(listed)
    rows = world.rows("SELECT password_hash FROM bind_account WHERE id = %s", own.result.id)
    assert rows[0]["password_hash"].startswith("$argon2id$")
