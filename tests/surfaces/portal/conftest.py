"""A provider of the connector and its subscribers, for every test of a worker."""

from __future__ import annotations

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.portal.subscribers import Subscribers, open_connector


@pytest.fixture(scope="session")
def connector(database: str) -> Subscribers:
    """A provider that tests read; a test that changes it opens its own."""
    return open_connector(f"sms-{uuid7().hex[-8:]}")


@pytest.fixture
def own_connector(database: str) -> Subscribers:
    """A provider that the test may change."""
    return open_connector(f"own-{uuid7().hex[-8:]}")
