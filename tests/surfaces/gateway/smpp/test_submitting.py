"""Messages in over SMPP: each as it was asked, or refused with the status that says why."""

from __future__ import annotations

import asyncio

from spojka.network.messaging.smpp import statuses
from tests.surfaces.gateway.smpp.speakers import asked, message, reason


def test_a_message_is_in_the_database_before_it_is_answered(speaker):
    async def going():
        async with speaker.speaking() as client:
            return await asked(client, message(), message(b"Dobr\x04 den"))

    answers = asyncio.run(going())

    kept = speaker.messages()
    assert [one.status for one in answers] == [0, 0]
    assert [one.message_id for one in answers] == [row["id"].hex for row in kept]
    assert [row["body"].decode() for row in kept] == ["Hello", "Dobrè den"]
    assert {row["certificate"] for row in kept} == {speaker.certificate.read.fingerprint}
