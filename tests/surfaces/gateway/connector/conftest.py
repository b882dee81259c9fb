"""A connector that listens while a module's tests run, and a program for each test."""

from __future__ import annotations

import pytest

from tests.surfaces.gateway.connector.programs import Program, listening


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    with listening(tmp_path_factory.mktemp("connector")) as made:
        yield made


@pytest.fixture
def program(world):
    return Program(world)
