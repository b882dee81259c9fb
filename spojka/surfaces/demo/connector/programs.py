"""The customers' programs: one speaks HTTPS with the client that is given away, one SMPP over TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol

from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.links import Link
from spojka.network.messaging.smpp.pdus import DeliverSm, Pdu, SubmitSm, answer_to
from spojka.network.messaging.smpp.receipts import read_receipt
from spojka.network.messaging.smpp.statuses import status_of
from spojka.network.messaging.smpp.tlvs import ADDITIONAL_STATUS_INFO_TEXT, first_text
from spojka.surfaces.demo.connector.subscribers import DemoApplication
from spojka.surfaces.demo.connector.texts import recipient, text
from spojka_client import AsyncConnector, Message, Refused

BATCH: Final = 50
PAGE: Final = 1000
WAIT_S: Final = 1
UCS2: Final = 8
ON_END: Final = 1
"""Registered delivery: a receipt for the end, good or bad."""


@dataclass
class Tally:
    """What a program was answered: how many were accepted, refused by code, reported by state, and what came in."""

    submitted: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    reports: Counter[str] = field(default_factory=Counter)
    received: list[str] = field(default_factory=list)

    @property
    def heard(self) -> int:
        """Everything that came in."""
        return self.reports.total() + len(self.received)

    def plain(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "submitted": self.submitted,
            "accepted": self.accepted,
            "refused": dict(self.refused),
            "reports": dict(self.reports),
            "received": len(self.received),
        }


@dataclass(frozen=True, slots=True)
class Door:
    """Where the connector is, and whom its certificate is trusted by."""

    https_port: int
    smpp_port: int
    authority: Path


class Program(Protocol):
    """A customer's program: what it sends for, and what it saw."""

    application: DemoApplication
    tally: Tally

    async def send(self, numbers: Sequence[int]) -> None:
        """Send messages of these numbers."""


class HttpsProgram:
    """Sends batches, and fetches reports and messages as they come."""

    def __init__(self, application: DemoApplication, connector: AsyncConnector) -> None:
        self.application, self.tally = application, Tally()
        self._connector = connector

    async def send(self, numbers: Sequence[int]) -> None:
        """See `Program`."""
        for start in range(0, len(numbers), BATCH):
            messages = [self._message(number) for number in numbers[start : start + BATCH]]
            for answer in await self._connector.send_many(messages, priority=self.application.plan.priority):
                self.tally.submitted += 1
                if isinstance(answer, Refused):
                    self.tally.refused[answer.code] += 1
                else:
                    self.tally.accepted += 1

    async def listen(self) -> None:
        """Take what comes until told to stop; it is acknowledged once it is counted."""
        await asyncio.gather(self._reports(), self._messages())

    def _message(self, number: int) -> Message:
        plan = self.application.plan
        return Message(
            recipient(self.application, number),
            text(self.application, number),
            sender=plan.nickname or None,
            purpose="commercial" if plan.nickname else "service",
            reference=f"{plan.name}-{number}",
            report=True,
        )

    async def _reports(self) -> None:
        while True:
            items = await self._connector.reports(wait_s=WAIT_S, limit=PAGE)
            self.tally.reports.update(str(item.content["state"]) for item in items)
            if items:
                await self._connector.acknowledge([item.id for item in items])

    async def _messages(self) -> None:
        while True:
            items = await self._connector.inbox(wait_s=WAIT_S, limit=PAGE)
            self.tally.received += [item.text or "" for item in items]
            if items:
                await self._connector.acknowledge([item.id for item in items])


class SmppProgram:
    """Keeps one link bound, sends through its window, and answers what it is delivered."""

    def __init__(self, application: DemoApplication, door: Door) -> None:
        self.application, self.tally = application, Tally()
        context = ssl.create_default_context(cafile=str(door.authority))
        context.load_cert_chain(application.certificate)
        settings = ClientSettings(
            "127.0.0.1",
            door.smpp_port,
            application.system_id,
            application.password,
            window=BATCH,
            tls=context,
            tls_name="localhost",
        )
        self.client = Client(settings, random=Random(1), on_requests=self._delivered)  # noqa: S311  # no secret

    async def send(self, numbers: Sequence[int]) -> None:
        """See `Program`."""
        await self.client.wait_bound()
        for start in range(0, len(numbers), BATCH):
            requests = [self._request(number) for number in numbers[start : start + BATCH]]
            for outcome in await self.client.submit(requests):
                self.tally.submitted += 1
                if outcome.answer is not None and outcome.answer.status == 0:
                    self.tally.accepted += 1
                else:
                    self.tally.refused[_why(outcome.answer)] += 1

    def _request(self, number: int) -> SubmitSm:
        words = text(self.application, number)
        octets, coding = (words.encode(), 0) if words.isascii() else (words.encode("utf-16-be"), UCS2)
        return SubmitSm(
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=recipient(self.application, number).removeprefix("+"),
            registered_delivery=ON_END,
            data_coding=coding,
            short_message=octets,
        )

    def _delivered(self, link: Link, requests: list[Pdu]) -> None:
        for one in requests:
            assert isinstance(one, DeliverSm)
            receipt = read_receipt(one)
            if receipt is None:
                self.tally.received.append(one.content.decode("utf-16-be" if one.data_coding == UCS2 else "ascii"))
            else:
                self.tally.reports[receipt.state.name.lower()] += 1
        link.answer([answer_to(one) for one in requests])


def _why(answer: Pdu | None) -> str:
    """The reason code beside a status, or the status."""
    if answer is None:
        return "NO_ANSWER"
    return first_text(answer.tlvs, ADDITIONAL_STATUS_INFO_TEXT) or status_of(answer.status).name


async def start_programs(
    stack: AsyncExitStack, applications: Sequence[DemoApplication], door: Door
) -> list[HttpsProgram | SmppProgram]:
    """The program of every application, each with its certificate, until the stack ends."""
    made: list[HttpsProgram | SmppProgram] = []
    for application in applications:
        if application.plan.dialect == "smpp":
            program = SmppProgram(application, door)
            await stack.enter_async_context(program.client)
            made.append(program)
            continue
        connector = AsyncConnector(
            f"https://localhost:{door.https_port}",
            application=application.id,
            certificate=application.certificate,
            authority=door.authority,
            language="cs",
        )
        made.append(HttpsProgram(application, await stack.enter_async_context(connector)))
    return made
