"""A customer's program that remembers what it asked and what was answered, while all around it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.fates import Outcome
from spojka.network.messaging.smpp.pdus import SubmitSm
from spojka.network.messaging.smpp.tlvs import text
from spojka.network.messaging.smpp.waiting import Timers, Way
from spojka.surfaces.gateway.smpp.reading import REFERENCE
from tests.surfaces.gateway.broken.world import NUMBER, World
from tests.surfaces.gateway.connector.programs import O2, context_of

AWAY = (httpx.TransportError, OSError)
GIVEN_UP_PERMILLE = 100
"""So many of those that are not answered are not asked again."""


@dataclass
class Load:
    """
    Asks without end, repeats what is not answered by its reference, fetches and acknowledges what came in.

    Args:
        world: whose gateway.
        asked: all references.
        answered: ids by reference of what was accepted.
        repeated: answers that said that it was accepted before.
        spoken: accepted over SMPP.
        codes: of refusals.
        slowest_s: an answer, or the loss of a connection, took so long.

    """

    world: World
    seed: int = 1
    asked: set[str] = field(default_factory=set)
    answered: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    spoken: int = 0
    codes: set[str] = field(default_factory=set)
    slowest_s: float = 0
    fetched: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    came_again: int = 0
    wrongs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._number = 0
        self._stopping = False
        self._context = context_of(self.world.folder, self.world.certificate, self.world.server_certificate)
        self._root = f"/v1/applications/{self.world.application}"

    @contextlib.asynccontextmanager
    async def going(self, programs: int = 3):
        """Programs of every kind ask while the block runs; what is not answered then is asked until it is."""
        kinds = [self._one, self._batch, self._established]
        tasks = [asyncio.create_task(self._ask(kinds[n % 3])) for n in range(programs)]
        tasks += [asyncio.create_task(self._fetch()), asyncio.create_task(self._speak())]
        try:
            yield self
        finally:
            self._stopping = True
            async with asyncio.timeout(120):
                await asyncio.gather(*tasks)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{self.world.port}", verify=self._context, timeout=60, trust_env=False
        )

    def _next(self) -> str:
        self._number += 1
        reference = f"r{self.seed}-{self._number}"
        self.asked.add(reference)
        return reference

    async def _ask(self, kind) -> None:
        async with self.client() as client:
            while not self._stopping:
                references = [self._next() for _ in range(5 if kind == self._batch else 1)]
                while not await self._try(client, kind, references):
                    if self._random.randrange(1000) < GIVEN_UP_PERMILLE:
                        break
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.005)

    async def _try(self, client, kind, references) -> bool:
        began = time.monotonic()
        try:
            return await kind(client, references)
        except AWAY:
            return False
        finally:
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    async def _one(self, client, references) -> bool:
        (reference,) = references
        body = {"to": O2, "text": reference, "reference": reference}
        reply = await client.post(f"{self._root}/standard/messages", json=body)
        if reply.status_code != 202:
            self.codes.add(reply.json()["refusal"]["code"])
            return False
        self._accepted(reference, reply.json()["id"], repeated=reply.json()["repeated"])
        return True

    async def _batch(self, client, references) -> bool:
        body = {"messages": [{"to": O2, "text": one, "reference": one} for one in references]}
        reply = await client.post(f"{self._root}/standard/messages", json=body)
        if reply.status_code != 200:
            self.codes.add(reply.json()["refusal"]["code"])
            return False
        for reference, said in zip(references, reply.json()["results"], strict=True):
            if said["status"] == "accepted":
                self._accepted(reference, said["id"], repeated=said["repeated"])
            else:
                self.wrongs.append(f"{reference} is refused: {said['code']}")
        return True

    async def _established(self, client, references) -> bool:
        (reference,) = references
        given = {"action": "send", "baID": NUMBER, "toNumber": O2, "text": reference, "msgID": reference}
        reply = await client.get("/smsconnector/getpost/GP", params=given)
        said = dict(line.partition("=")[::2] for line in reply.text.splitlines())
        if reply.status_code != 200 or said["responseType"] != "SUCCESS":
            self.codes.add(said["responseCode"])
            return False
        self._accepted(reference, None)
        return True

    async def _speak(self) -> None:
        """A program that speaks SMPP; it gives its references in a parameter of our own."""
        account = self.world.account
        settings = ClientSettings(
            "127.0.0.1",
            self.world.smpp_port,
            account.system_id,
            account.password,
            way=Way.TRANSMITTER,
            timers=Timers(bind_ms=3000, response_ms=20_000),
            first_wait_ms=50,
            most_wait_ms=200,
            tls=self._context,
        )
        async with Client(settings, random=self._random) as client:
            while not self._stopping:
                left = [self._next() for _ in range(5)]
                while left and self._random.randrange(1000) >= GIVEN_UP_PERMILLE:
                    outcomes = await client.submit([_submit_sm(one) for one in left])
                    left = self._not_taken(left, outcomes)
                    await asyncio.sleep(0.05 if left else 0.005)

    def _not_taken(self, references: Sequence[str], outcomes: Sequence[Outcome]) -> list[str]:
        """Remember what was accepted; what was not is to be asked again."""
        left = []
        for reference, one in zip(references, outcomes, strict=True):
            if one.status == 0:
                self._accepted(reference, str(UUID(one.answer.message_id)))
                self.spoken += 1
            else:
                left.append(reference)
                self.codes |= {f"SMPP {one.status}"} - {"SMPP None"}
        return left

    def _accepted(self, reference: str, id_: str | None, *, repeated: bool = False) -> None:
        self.repeated += repeated
        self.answered[reference] = id_

    async def ask_again(self, many: int) -> None:
        """Ask once more for what was accepted long ago."""
        async with self.client() as client:
            for reference in self._random.sample(sorted(self.answered), min(many, len(self.answered))):
                before, times = self.answered[reference], self.repeated
                assert await self._one(client, [reference])
                if self.repeated == times or before not in {None, self.answered[reference]}:
                    self.wrongs.append(f"{reference} is not known again")

    async def _fetch(self) -> None:
        async with self.client() as client:
            while not self._stopping:
                with contextlib.suppress(*AWAY):
                    await self._fetch_once(client)
                await asyncio.sleep(0.02)

    async def _fetch_once(self, client) -> None:
        reply = await client.get(f"{self._root}/inbox?limit=10")
        if reply.status_code != 200:
            self.codes.add(reply.json()["refusal"]["code"])
            return
        ids = [one["id"] for one in reply.json()["items"]]
        self.wrongs += [f"{one} came though it was acknowledged" for one in ids if one in self.acknowledged]
        self.came_again += len(self.fetched & set(ids))
        self.fetched |= set(ids)
        chosen = [one for one in ids if self._random.randrange(2)]
        self.unsure |= set(chosen)
        reply = await client.post(f"{self._root}/inbox/acknowledge", json={"ids": chosen})
        if reply.status_code == 200:
            known = {one["id"] for one in reply.json().get("results", []) if one["status"] == "acknowledged"}
            self.acknowledged |= known
            self.unsure -= known


def _submit_sm(reference: str) -> SubmitSm:
    return SubmitSm(
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=O2.removeprefix("+"),
        short_message=reference.encode(),
        tlvs=[text(REFERENCE, reference)],
    )
