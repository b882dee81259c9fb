"""A connector that listens for SMPP while a module's tests run, and a bound program for each test."""

from __future__ import annotations

import pytest

from tests.surfaces.gateway.connector.programs import listening
from tests.surfaces.gateway.smpp.speakers import Speaker


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    with listening(tmp_path_factory.mktemp("smpp"), smpp=True) as made:
        yield made


@pytest.fixture
def speaker(world):
    return Speaker(world)
