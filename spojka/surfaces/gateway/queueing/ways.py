"""What a gateway and a sender know of the way between them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from spojka.kernel.ids import TenantId
from spojka.network.messaging.submission.desk import Heard

Patience = Callable[[], int]
"""For how many seconds a sender that nobody wakes may leave the database alone."""


class Way(Protocol):
    """How accepted messages go from gateways to the sender of their tenant."""

    def publishing(self, tenant: TenantId) -> AbstractAsyncContextManager[Heard | None]:
        """
        Publish while the block runs; what was heard is on its way before it ends.

        Yields what a desk tells of accepted messages once they are committed, in its loop's thread; it never waits and
        never raises. `None` where the desk is to wake senders by itself, within its transaction.
        """
        ...

    def taking(
        self, tenant: TenantId, *, hear: Heard, wake: Callable[[], None], hurry: Callable[[], None] = ...
    ) -> AbstractAsyncContextManager[Patience]:
        """
        Take what is published while the block runs.

        Args:
            tenant: whose.
            hear: takes accepted messages in, in the loop's thread; it may be given any message twice.
            wake: says that something waits in the database that nobody hands over.
            hurry: says so before that, where a priority message does.

        """
        ...
