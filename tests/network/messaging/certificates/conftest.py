"""A provider of connectors for each test."""

from __future__ import annotations

import pytest

from tests.network.messaging.certificates.connected import NOVAKOVA, Connected, connected


@pytest.fixture
def acme(database: str) -> Connected:
    """A company with an application whose contact person is Jana Nováková."""
    made = connected()
    made.do("connector.name_contact", application=made.application, **NOVAKOVA, login="jana")
    return made
