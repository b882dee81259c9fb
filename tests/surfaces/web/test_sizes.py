"""How much a request may bring."""

from __future__ import annotations

import pytest
from django.conf import settings

from spojka.surfaces.web.sizes import MOST_BODY_BYTES


@pytest.mark.parametrize(
    ("announced", "refused"), [(str(MOST_BODY_BYTES), False), (str(MOST_BODY_BYTES + 1), True), ("", False)]
)
def test_what_announces_too_much_is_refused_unread(visit, shop, announced, refused):
    client = visit("operator").client

    answer = client.generic("POST", f"/{shop.code}/console/", b"x", CONTENT_LENGTH=announced)

    assert (answer.status_code == 413) == refused
    assert ("24 MB" in answer.content.decode()) == refused
    assert "content-security-policy" in answer.headers


def test_the_length_is_looked_at_before_anything_reads_a_form():
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]

    assert order[:2] == ["SecurityHeaders", "BodyLimit"]
