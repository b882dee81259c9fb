"""The free program is a wheel that installers can check, the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from base64 import urlsafe_b64decode

from spojka.network.messaging.applications.downloads.packing import packed_client


def test_the_same_source_makes_the_same_bytes():
    first = packed_client()
    packed_client.cache_clear()

    again = packed_client()

    assert again is not first
    assert again == first
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()


def test_every_file_has_the_hash_that_the_record_says():
    with zipfile.ZipFile(io.BytesIO(packed_client().content)) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}

    record = next(name for name in held if name.endswith("/RECORD"))
    said = {name: digest for name, digest, _ in csv.reader(held[record].decode().splitlines())}
    assert "spojka_client/connector.py" in said
    assert said.keys() == held.keys()
    for name, digest in said.items():
        if name != record:
            assert urlsafe_b64decode(digest.removeprefix("sha256=") + "=") == hashlib.sha256(held[name]).digest()
