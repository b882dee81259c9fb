"""Media go through unchanged, and what is too large is refused and not cut (o2/7.1)."""

from __future__ import annotations

import hashlib

import pytest

from spojka.network.messaging.mm7.bodies import read_body, write_body
from spojka.network.messaging.mm7.content import Content, Layout, MediaPart
from spojka.network.messaging.mm7.integrity import (
    MAX_MMS_BYTES,
    Alteration,
    PartDigest,
    TooLarge,
    alterations,
    digests,
    too_large,
)
from spojka.network.messaging.mm7.messages import Recipients, SenderIdentification, SubmitReq
from spojka.network.messaging.mm7.mime import TransferEncoding

PICTURE = MediaPart("image/jpeg", b"\xff\xd8\r\n\x00picture", content_id="p", location="p.jpg")
TEXT = MediaPart("text/plain", "Příliš žluťoučký kůň".encode("cp1250"), charset="windows-1250")


def test_a_digest_is_of_the_decoded_bytes():
    assert digests([PICTURE]) == (PartDigest("image/jpeg", 12, hashlib.sha256(PICTURE.data).digest()),)


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize("encoding", TransferEncoding)
@pytest.mark.parametrize("layout", [Layout.MIXED, Layout.RELATED])
def test_another_container_leaves_every_part_as_it_was(encoding, layout):
    before = Content((PICTURE, TEXT), layout)
    message = SubmitReq(SenderIdentification(), Recipients(), content=before)

    body = write_body(message, transaction_id="t", encoding=encoding)
    text = body.data.replace(b"<Recipients/>", b"<Recipients><To><Number>1</Number></To></Recipients>")
    after = read_body(body.content_type, text).message.content

    assert alterations(digests(before.parts), digests(after.parts)) == ()


@pytest.mark.clause("o2/7.1")
def test_a_changed_a_missing_and_an_added_part_are_found_by_their_places():
    shrunk = MediaPart("image/jpeg", PICTURE.data[:-1])
    before, after = digests([PICTURE, TEXT]), digests([shrunk, TEXT, PICTURE])

    assert alterations(before, after) == (
        Alteration(0, before[0], after[0]),
        Alteration(2, None, after[2]),
    )
    assert alterations(before, before[:1]) == (Alteration(1, before[1], None),)


def test_parts_in_another_order_are_altered():
    one = digests([PICTURE, TEXT])

    assert [found.place for found in alterations(one, one[::-1])] == [0, 1]


def test_another_name_of_the_same_bytes_is_the_same_content():
    renamed = MediaPart("application/octet-stream", PICTURE.data, content_id="q")

    assert alterations(digests([PICTURE]), digests([renamed])) == ()


@pytest.mark.clause("o2/7.1")
def test_three_hundred_kilobytes_are_carried_and_one_byte_more_is_not():
    fits = [MediaPart("image/jpeg", b"x" * 307_199), MediaPart("application/smil", b"y")]
    more = [*fits, MediaPart("text/plain", b"z")]

    assert MAX_MMS_BYTES == 307_200
    assert too_large(fits) is None
    assert too_large(more) == TooLarge(size_bytes=307_201, max_mms_bytes=307_200)


def test_the_operator_may_set_another_size():
    part = MediaPart("image/jpeg", b"x" * 11)

    assert too_large([part], max_mms_bytes=11) is None
    assert too_large([part], max_mms_bytes=10) == TooLarge(11, 10)
