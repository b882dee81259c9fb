"""Staff at an application: what was sent with its certificate, which application is meant, what replaces a secret."""

from __future__ import annotations

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.connector_shop import open_connector


@pytest.fixture(scope="module")
def connector(database):
    """A provider of the connector that tests read."""
    return open_connector(f"desk-{uuid7().hex[-8:]}")


def test_staff_see_what_was_sent_with_a_certificate_and_take_it_as_a_file(visit, connector):
    (one,) = connector.do("certificates.of_application", application=connector.application).certificates
    visitor, page = visit("operator", of=connector), f"/console/applications/{connector.application}"

    way = visitor.get(page).content.decode()
    text = visitor.get(f"{page}/certificates/{one.fingerprint}/sent").content.decode()
    file = visitor.get(f"{page}/certificates/{one.fingerprint}/sent.csv")

    assert f"{one.fingerprint}/sent" in way
    assert "Zatím s ním nic odesláno nebylo." in text
    assert "Účastník, ať klíč drží kdokoli." in text
    assert b"".join(file.streaming_content).decode().splitlines()[1:] == []
    for login in ("grid", "till"):
        assert visit(login, of=connector).get(f"{page}/certificates/{one.fingerprint}/sent").status_code == 403
