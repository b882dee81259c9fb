"""Who may bind: the certificate first, then the system_id that belongs to it, then the password (o2/6.1)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

import psycopg

from spojka.access.users.passwords import Secret, fits
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.accounts.store import Account, open_account
from spojka.network.messaging.smpp.pdus import Bind
from spojka.network.messaging.smpp.servers import Admission, Session
from spojka.surfaces.gateway.connector.services import Services
from spojka.surfaces.gateway.smpp.answers import status_of
from spojka.surfaces.gateway.smpp.bound import Bound
from spojka.surfaces.gateway.smpp.slots import BindSlots

HASHERS: Final = 2
"""Passwords that are tried at once; each takes 64 MiB while it is."""
WRONG_S: Final = 0.5  # float: seconds, as the loop takes them
"""A wrong password costs its account so long until the next one is tried."""
MOST_KNOWN: Final = 50_000


class Porter:
    """
    Decides about binds.

    Args:
        services: the register of certificates and the database.
        slots: how many sessions are bound with an account, over all gateways.
        enter: is told of a session that is admitted.

    """

    def __init__(self, services: Services, *, slots: BindSlots, enter: Callable[[Bound], None]) -> None:
        self._services, self._slots, self._enter = services, slots, enter
        self._hashing = ThreadPoolExecutor(HASHERS, thread_name_prefix="passwords")
        self._key = secrets.token_bytes(32)
        self._known: dict[UUID, bytes] = {}
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def admit(self, session: Session, request: Bind) -> Admission:
        """The answer to a bind; nothing is said of accounts that are not of the certificate's application."""
        try:
            found = await self._judge(session, request)
        except psycopg.OperationalError:
            found = Refusal("TRY_AGAIN")
        if isinstance(found, Refusal):
            shown = session.certificate
            fingerprint = None if shown is None else hashlib.sha256(shown).digest()
            self._services.refusals.count(found.code, door="smpp", fingerprint=fingerprint)
            return Admission(status_of(found.code), reason=found.code)
        self._enter(found)
        window = found.account.window
        return Admission(window=window, most_unanswered=window)

    def close(self) -> None:
        """Wait for the passwords that are being tried."""
        self._hashing.shutdown()

    async def _judge(self, session: Session, request: Bind) -> Bound | Refusal:
        services = self._services
        shown = session.certificate
        fingerprint = None if shown is None else hashlib.sha256(shown).digest()
        judged = services.gatekeeper.judge(fingerprint, now=services.now(), application=None)
        if isinstance(judged, Refusal) and judged.code != "CERT_APPLICATION_UNSAID":
            return judged
        assert fingerprint is not None
        account = await services.reader.do(lambda ctx: open_account(ctx, request.system_id))
        unknown = Refusal("SYSTEM_ID_UNKNOWN", (), {"system_id": request.system_id})
        if account is None:
            return unknown
        bound = Bound(session, account, fingerprint)
        refusal = bound.refusal(services)
        if refusal is not None:
            return unknown if refusal.code == "CERT_UNKNOWN" else refusal
        if not await self._knows(request.password, account):
            return Refusal("SYSTEM_PASSWORD_WRONG", (), {"system_id": account.system_id})
        slot = await self._slots.take(account.id, most=account.most_binds)
        if slot is None:
            figures = {"system_id": account.system_id, "most": account.most_binds}
            return Refusal("TOO_MANY_BINDS", (), figures)
        bound.slot = slot
        return bound

    async def _knows(self, password: str, account: Account) -> bool:
        """
        Whether a password is the account's; tried beside the loop, since that is slow on purpose, one at a time.

        One that was right is known again at once, so that programs whose wire broke are back soon.
        """
        mark = hmac.digest(self._key, password.encode("latin-1"), "sha256")
        if hmac.compare_digest(self._known.get(account.id, b""), mark):
            return True
        async with self._turns.setdefault(account.id, asyncio.Lock()):
            loop = asyncio.get_running_loop()
            if await loop.run_in_executor(self._hashing, fits, Secret(password), account.password_hash):
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[account.id] = mark
                return True
            await asyncio.sleep(WRONG_S)
            return False
