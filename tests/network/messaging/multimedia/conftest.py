"""A provider whose MMS application sends as fast as the conditions let it."""

from __future__ import annotations

import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.ids import uuid7
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.multimedia.worlds import LOADED


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    """An MMS application that may send 100 messages a second; what was there before is gone."""
    with transaction(provider) as db:
        db.execute("DELETE FROM message_queue")
        db.execute("UPDATE application SET closed_at = opened_at WHERE closed_at IS NULL")
    application = new_application(provider, LOADED, product="MMSC", number=33)
    pace(provider, application, "100")
    return application


def pace(provider, application, per_s):
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason,"
            " channel, caller, evidence, requested_at, active_from) VALUES (%s, %s, %s, 'throughput', %s, '',"
            " 'active', '', 'care_line', '', '{}', %s, %s)",
            [provider, uuid7(), application, per_s, LOADED, LOADED],
        )
