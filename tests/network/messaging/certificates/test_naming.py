"""Names in certificates of our own tool."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.x509.oid import NameOID

from spojka.network.messaging.certificates.generating import Holder, new_key, self_signed

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("a" * 64, "a" * 64),
        ("a" * 65, "a" * 64),
        ("ř" * 32, "ř" * 32),
        ("ř" * 33, "ř" * 32),
        ("a" + "ř" * 32, "a" + "ř" * 31),
    ],
)
def test_a_name_is_cut_to_the_bytes_that_a_certificate_holds_and_never_inside_a_character(name, named):
    made = self_signed(new_key("ec"), Holder(name, name), now=AT, days=1)

    subject = {one.oid: one.value for one in made.subject}
    assert (subject[NameOID.COMMON_NAME], subject[NameOID.ORGANIZATION_NAME]) == (named, named)
