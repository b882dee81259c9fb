"""What a message is follows from what happened to its parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.network.messaging.messages.lives import status_of

AT = datetime(2026, 2, 1, tzinfo=UTC)


def after(*happened):
    return [(part, kind, AT + timedelta(seconds=second)) for second, (part, kind) in enumerate(happened)]


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("parts", "happened", "status"),
    [
        (1, [], "accepted"),
        (1, [(1, "deferred")], "accepted"),
        (1, [(1, "sent")], "dispatched"),
        (2, [(1, "sent")], "dispatched"),
        (1, [(1, "sent"), (1, "enroute")], "dispatched"),
        (1, [(1, "sent"), (1, "delivered")], "delivered"),
        (1, [(1, "delivered"), (1, "sent")], "delivered"),
        (2, [(1, "sent"), (2, "sent"), (1, "delivered")], "dispatched"),
        (2, [(1, "delivered"), (2, "delivered")], "delivered"),
        (2, [(1, "delivered"), (2, "undelivered")], "undelivered"),
        (1, [(1, "failed")], "undelivered"),
        (1, [(1, "uncertain")], "uncertain"),
        (1, [(1, "uncertain"), (1, "delivered")], "delivered"),
        (1, [(1, "sent"), (1, "unknown")], "unknown"),
        (1, [(1, "unknown"), (1, "delivered")], "delivered"),
        (2, [(1, "cancelled")], "cancelled"),
        (1, [(1, "expired")], "expired"),
    ],
)
def test_a_message_is_what_its_parts_are(parts, happened, status):
    assert status_of(after(*happened), parts) == status
