"""Receipts of delivery as centres write them, and ids of one link in one form."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.smpp import pdus, receipts, statuses, times
from spojka.network.messaging.smpp.pdus import DataSm, DeliverSm
from spojka.network.messaging.smpp.receipts import (
    IdForm,
    IdForms,
    MessageState,
    has_udh,
    is_receipt,
    normal_id,
    read_receipt,
    receipt_tlvs,
    receipt_wanted,
    write_receipt,
)
from spojka.network.messaging.smpp.tlvs import MESSAGE_PAYLOAD
from tests.network.messaging.smpp.strategies import INSTANTS

AT = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def delivered(text, *, esm_class=4, tlvs=()):
    return DeliverSm(esm_class=esm_class, short_message=text, tlvs=tlvs)


@pytest.mark.parametrize("module", [pdus, receipts, statuses, times])
def test_the_examples_in_the_words_are_right(module):
    assert doctest.testmod(module).failed == 0


def test_a_receipt_of_the_appendix_is_read():
    found = read_receipt(
        delivered(
            b"id:0123456789 sub:001 dlvrd:001 submit date:2602010830 done date:2602010831 stat:DELIVRD err:000 text:Hi"
        )
    )

    assert found.message_id == "0123456789"
    assert found.state is MessageState.DELIVERED
    assert (found.error, found.error_text) == (0, "000")
    assert (found.submitted_at, found.done_at) == (AT, AT.replace(minute=31))


@pytest.mark.parametrize(
    "text",
    [
        b"stat:UNDELIV id:ab-1 err:1b done date:260201083000",
        b"ID:ab-1 SUB:001 DLVRD:000 SUBMIT DATE:2602010829 DONE DATE:2602010830 STAT:undeliv ERR:1B TEXT:",
        b"id: ab-1 stat: UNDELIV err: 0x1b done date: 2602010830",
        b"text:Hello id:ab-1 done_date:2602010830 stat:UNDELIV err:1B",
        b"id:ab-1 donedate:2602010830 stat:UNDELIV err:1B text:id:9 stat:DELIVRD err:0",
    ],
)
def test_keys_come_in_any_order_and_case(text):
    found = read_receipt(delivered(text))

    assert (found.message_id, found.state, found.error) == ("ab-1", MessageState.UNDELIVERABLE, 27)
    assert found.done_at == AT


def test_parameters_go_before_the_text():
    tlvs = receipt_tlvs(message_id="0A1F", state=MessageState.EXPIRED, error=27)

    found = read_receipt(delivered(b"id:2591 stat:DELIVRD err:000", tlvs=tlvs))

    assert (found.message_id, found.state) == ("0A1F", MessageState.EXPIRED)
    assert (found.network, found.error) == (3, 27)


def test_parameters_alone_make_a_receipt_even_in_data_sm():
    tlvs = receipt_tlvs(message_id="7", state=MessageState.DELIVERED)

    assert read_receipt(DataSm(tlvs=tlvs)).message_id == "7"


def test_what_a_mobile_writes_is_no_receipt():
    text = b"id:1 sub:001 dlvrd:001 submit date:2602010830 done date:2602010831 stat:DELIVRD err:000 text:"

    assert read_receipt(delivered(text, esm_class=0)) is None
    assert read_receipt(delivered(text, esm_class=0x40)) is None


def test_a_marked_receipt_that_cannot_be_read_is_still_one():
    found = read_receipt(delivered(b"message 7 is BUFFRED"))
    other = read_receipt(delivered(b"id:7 stat:BUFFRED"))

    assert (found.message_id, found.state) == ("", MessageState.UNKNOWN)
    assert (other.state, other.state_text) == (MessageState.UNKNOWN, "BUFFRED")


def test_a_text_in_the_payload_is_read():
    pdu = delivered(b"", tlvs=((MESSAGE_PAYLOAD, b"id:7 stat:DELIVRD"),))

    assert read_receipt(pdu).message_id == "7"


def test_dates_are_where_the_centre_is():
    text = b"id:7 stat:DELIVRD done date:2607010830"

    assert read_receipt(delivered(text), zone=ZoneInfo("Europe/Prague")).done_at == datetime(
        2026, 7, 1, 6, 30, tzinfo=UTC
    )


@given(
    st.from_regex(r"[0-9A-Za-z-]{1,20}", fullmatch=True),
    st.sampled_from(MessageState),
    INSTANTS,
    st.integers(0, 999),
    st.binary(max_size=40),
)
def test_what_is_written_is_read(message_id, state, at, error, text):
    written = write_receipt(message_id=message_id, state=state, submitted_at=at, done_at=at, error=error, text=text)

    found = read_receipt(delivered(written))

    assert (found.message_id, found.state, found.error) == (message_id, state, error)
    assert found.done_at == at.replace(second=0, microsecond=0)


@given(st.binary(max_size=254), st.integers(0, 255))
def test_no_text_raises(text, esm_class):
    found = read_receipt(delivered(text, esm_class=esm_class))

    assert (found is not None) == is_receipt(esm_class)


@pytest.mark.parametrize(
    ("forms", "answered", "received"),
    [
        (IdForms(), "A1F", "a1f"),
        (IdForms(), "0000002591", "2591"),
        (IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL), "00000a1f", "2591"),
        (IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL), "A1F", "0000002591"),
        (IdForms(answer=IdForm.DECIMAL, receipt=IdForm.HEX), "2591", "0A1F"),
        (IdForms(answer=IdForm.HEX, receipt=IdForm.HEX), "0x0A1F", "a1f"),
        (IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL), "c0ffee-zz", "C0FFEE-ZZ"),
    ],
)
def test_ids_of_one_link_meet(forms, answered, received):
    assert forms.of_answer(answered) == forms.of_receipt(received)


@given(st.integers(0, 2**64), st.integers(0, 12))
def test_different_numbers_never_meet(number, zeros):
    forms = IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL)

    assert forms.of_answer("0" * zeros + f"{number:X}") == forms.of_receipt(str(number))
    assert forms.of_answer(f"{number:x}") != forms.of_receipt(str(number + 1))


@given(st.text(max_size=70), st.sampled_from(IdForm))
def test_a_normal_form_is_normal(text, form):
    once = normal_id(text, form)

    assert normal_id(text.upper() if text.isascii() else text, form) == once


@pytest.mark.parametrize(
    ("wanted", "delivered_", "comes"),
    [(0, True, False), (0, False, False), (1, True, True), (1, False, True), (2, True, False), (2, False, True)],
)
def test_a_receipt_comes_to_who_asked_for_it(wanted, delivered_, comes):
    assert receipt_wanted(wanted, delivered=delivered_) is comes
    assert receipt_wanted(wanted | 0x10, delivered=delivered_) is comes


@pytest.mark.parametrize(("esm_class", "receipt"), [(0, False), (4, True), (0x44, True), (0x20, True), (8, False)])
def test_the_bits_of_esm_class_tell_receipts(esm_class, receipt):
    assert is_receipt(esm_class) is receipt
    assert has_udh(esm_class) is (esm_class == 0x44)


def test_enroute_is_the_only_state_that_is_not_final():
    assert [one for one in MessageState if not one.final] == [MessageState.ENROUTE]
