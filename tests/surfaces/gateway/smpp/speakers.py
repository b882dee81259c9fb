"""Programs that speak SMPP over mutual TLS to a connector that really listens."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.store import add_events
from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.pdus import SubmitSm, answer_to
from spojka.network.messaging.smpp.tlvs import ADDITIONAL_STATUS_INFO_TEXT, first_text
from spojka.network.messaging.smpp.waiting import Timers
from tests.surfaces.gateway.connector.programs import O2, context_of, now

QUICK = Timers(bind_ms=5000, response_ms=5000, enquire_link_ms=0, inactivity_ms=0)


class Speaker:
    """An application with its certificate and an account to bind with."""

    def __init__(self, world, product="SMSC_PLUS", *, party=None, **account):
        self.world = world
        self.id = world.application(product, party=party)
        self.certificate = world.register(self.id)
        self.account = self.set_account(**account)

    @property
    def port(self):
        return self.world.running.smpp_port

    @property
    def number(self):
        return self.world.rows("SELECT app_number FROM application WHERE id = %s", self.id)[0]["app_number"]

    def set_account(self, **account):
        return self.done("connector.set_bind_account", **account).result

    def done(self, operation, **arguments):
        return call(
            operation, {"application": self.id} | arguments, tenant=self.world.tenant, actor=OPERATOR, now=now()
        )

    def client(self, *, certificate=None, bare=False, on_requests=None, **given):
        own = None if bare else certificate or self.certificate
        settings = ClientSettings(
            "127.0.0.1",
            self.port,
            self.account.system_id,
            self.account.password,
            window=50,
            timers=QUICK,
            first_wait_ms=20,
            most_wait_ms=80,
            tls=context_of(self.world.folder, own, self.world.certificate),
        )
        return Client(replace(settings, **given), random=Random(1), on_requests=on_requests)

    @asynccontextmanager
    async def speaking(self, **given):
        """A client that is bound."""
        async with self.client(**given) as client:
            await asyncio.wait_for(client.wait_bound(), 10)
            yield client

    def messages(self):
        return self.world.rows("SELECT * FROM message WHERE application_id = %s ORDER BY id", self.id)


class Inbox:
    """What a client was delivered; answers as told, or keeps requests without an answer."""

    def __init__(self, *, status=0, silent=False):
        self.status, self.silent = status, silent
        self.pdus = []

    def __call__(self, link, requests):
        self.pdus += requests
        if not self.silent:
            link.answer([answer_to(one, status=self.status) for one in requests])

    @property
    def contents(self):
        return [one.content for one in self.pdus]


def message(text=b"Hello", to=O2, **given):
    return SubmitSm(
        **{
            "dest_addr_ton": 1,
            "dest_addr_npi": 1,
            "destination_addr": to.removeprefix("+"),
            "short_message": text,
        }
        | given
    )


async def asked(client, *requests):
    """The answers to requests, in their order."""
    return [one.answer for one in await client.submit(list(requests))]


def reason(answer):
    return first_text(answer.tlvs, ADDITIONAL_STATUS_INFO_TEXT)


def waiting(speaker):
    rows = speaker.world.rows(
        "SELECT id FROM message_inbox WHERE application_id = %s AND acked_at IS NULL ORDER BY id", speaker.id
    )
    return [str(row["id"]) for row in rows]


def ends(speaker, sent, *, kind="delivered", part=1, parts=1, detail=None, at=None):
    """A part of a message ends, and the report comes in as the sender writes it."""
    at = at or now()
    with transaction(speaker.world.tenant) as db:
        ctx = Context(db, speaker.world.tenant, OPERATOR, at, uuid7(), None)
        add_events(ctx, [Happened(UUID(str(sent)), part, kind, at, "sim", "r-1", detail)])
    content = {"state": kind, "part": part, "parts": parts, "at": at.isoformat()}
    speaker.world.arrives(speaker.id, content, kind="report", message=sent)


async def until(held, *, within_s=10):
    async with asyncio.timeout(within_s):
        while not held():  # noqa: ASYNC110  # what it waits for knows no event
            await asyncio.sleep(0.03)
