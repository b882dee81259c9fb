"""Frames to PDUs and back: by the specification's own example, by every kind at random, and by every wrong place."""

from __future__ import annotations

import dataclasses
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spojka.network.messaging.smpp import statuses, tlvs
from spojka.network.messaging.smpp.codec import (
    LAYOUTS,
    MOST_FRAME,
    Malformed,
    decode,
    decode_by_table,
    encode,
    encode_by_table,
)
from spojka.network.messaging.smpp.fields import Destination, FieldWrong, Unsuccessful
from spojka.network.messaging.smpp.pdus import (
    RESPONSES,
    BindTransmitter,
    CancelSm,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    GenericNack,
    QuerySm,
    ReplaceSm,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    answer_to,
)
from tests.network.messaging.smpp.strategies import ANY, pdus_of

EXAMPLE = bytes.fromhex(
    "0000002F 00000002 00000000 00000001"
    "534D50503354455354 00 7365637265743038 00 5355424D495431 00 00 01 01 00".replace(" ", "")
)
"""The bind_transmitter of the specification's clause 3.2.4."""


def submit(**given):
    facts = {"sequence": 7, "source_addr": "999111", "destination_addr": "420601000001", "short_message": b"Hello"}
    return SubmitSm(**facts | given)


def framed(command, body, *, status=0, sequence=9):
    return pack(">IIII", 16 + len(body), command, status, sequence) + body


def test_the_example_of_the_specification_is_read_and_written():
    bind = BindTransmitter(
        1,
        system_id="SMPP3TEST",
        password="secret08",
        system_type="SUBMIT1",
        interface_version=0,
        addr_ton=1,
        addr_npi=1,
    )

    assert decode(EXAMPLE) == bind
    assert encode(bind) == EXAMPLE


@given(ANY)
@settings(max_examples=400)
def test_every_pdu_survives_the_wire(pdu):
    frame = encode(pdu)

    assert decode(frame) == pdu
    assert frame[:4] == len(frame).to_bytes(4, "big")


@given(st.sampled_from([SubmitSm, DeliverSm, SubmitSmResp, DeliverSmResp]).flatmap(lambda made: pdus_of(made.command)))
def test_the_quick_ways_say_what_the_tables_say(pdu):
    frame = encode(pdu)

    assert frame == encode_by_table(pdu)
    assert decode(frame) == decode_by_table(frame, pdu.command, pdu.status, pdu.sequence)


def test_attributes_stand_in_the_order_of_the_fields():
    for made, fields in LAYOUTS.values():
        own = [one.name for one in dataclasses.fields(made)][3:]

        assert own == [field.name for field in fields], made


def test_there_are_all_pdus_of_the_specification():
    assert len(LAYOUTS) == 27
    assert {command | 0x80000000 for command in RESPONSES} | {0x80000000} == {one for one in LAYOUTS if one >> 31}


@given(pdus_of(SubmitSm.command), st.data())
def test_a_frame_cut_anywhere_is_malformed_and_never_raises(pdu, data):
    frame = encode(pdu)
    cut = frame[: data.draw(st.integers(0, len(frame) - 1))]
    told = len(cut).to_bytes(4, "big") + cut[4:]

    found = decode(told)

    assert isinstance(found, Malformed) or found.tlvs == pdu.tlvs[: len(found.tlvs)]


@pytest.mark.parametrize(
    ("frame", "field", "status"),
    [
        (b"", "command_length", statuses.ESME_RINVCMDLEN),
        (pack(">III", 12, 4, 0), "command_length", statuses.ESME_RINVCMDLEN),
        (pack(">IIII", 17, 4, 0, 1), "command_length", statuses.ESME_RINVCMDLEN),
        (framed(0x99, b""), "command_id", statuses.ESME_RINVCMDID),
        (framed(4, b"sixsix\0"), "service_type", statuses.ESME_RINVSERTYP),
        (framed(4, b"five5"), "service_type", statuses.ESME_RINVCMDLEN),
        (framed(4, b"\0\1\1" + b"9" * 21 + b"\0"), "source_addr", statuses.ESME_RINVSRCADR),
        (framed(4, b"\0\1\0019\0\1\1" + b"9" * 21 + b"\0"), "destination_addr", statuses.ESME_RINVDSTADR),
        (framed(4, b"\0\1\0019\0\1\0019\0\0\0\0" + b"1" * 17 + b"\0"), "schedule_delivery_time", 0x61),
        (framed(4, b"\0\1\0019\0\1\0019\0\0\0\0\0" + b"1" * 17 + b"\0"), "validity_period", 0x62),
        (framed(4, b"\0\1\0019\0\1\0019\0\0\0\0\0\0\0\0\0\0\5four"), "sm_length", statuses.ESME_RINVMSGLEN),
        (framed(4, b"\0\1\0019\0\1\0019\0\0\0\0\0\0\0\0\0\0\xff" + b"x" * 255), "sm_length", 0x01),
        (framed(4, b"\0\1\0019\0\1\0019\0\0\0\0\0\0\0\0\0\0"), "sm_length", statuses.ESME_RINVCMDLEN),
        (framed(2, b"a" * 16 + b"\0"), "system_id", statuses.ESME_RINVSYSID),
        (framed(2, b"a\0" + b"p" * 9 + b"\0"), "password", statuses.ESME_RINVPASWD),
        (framed(0x21, b"\0\1\0019\0\0"), "number_of_dests", statuses.ESME_RINVNUMDESTS),
        (framed(0x21, b"\0\1\0019\0\xff"), "number_of_dests", statuses.ESME_RINVNUMDESTS),
        (framed(0x21, b"\0\1\0019\0\1\3"), "dest_flag", statuses.ESME_RINVDESTFLAG),
        (framed(0x21, b"\0\1\0019\0\1\2" + b"l" * 21 + b"\0"), "dl_name", statuses.ESME_RINVDLNAME),
        (framed(3, b"1" * 65 + b"\0"), "message_id", statuses.ESME_RINVMSGID),
    ],
)
def test_a_wrong_field_is_named_with_the_status_to_answer(frame, field, status):
    found = decode(frame)

    assert isinstance(found, Malformed)
    assert (found.field, found.status) == (field, status)


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        (b"\x04", statuses.ESME_RINVOPTPARSTREAM),
        (b"\x04\x24\x00\x02x", statuses.ESME_RINVOPTPARSTREAM),
        (b"\x02\x04\x00\x01x", statuses.ESME_RINVPARLEN),
    ],
)
def test_wrong_optional_parameters_are_refused_in_a_request(tail, status):
    whole = encode(submit())
    found = decode((len(whole) + len(tail)).to_bytes(4, "big") + whole[4:] + tail)

    assert isinstance(found, Malformed)
    assert (found.field, found.status) == ("tlvs", status)


def test_wrong_optional_parameters_take_nothing_from_an_answer():
    found = decode(framed(0x80000004, b"id-1\0\x04\x24\x00\x02x", sequence=3))

    assert found == SubmitSmResp(3, message_id="id-1")


def test_unknown_optional_parameters_are_kept_in_their_order():
    given_tlvs = ((0x3001, b"vendor"), (tlvs.MESSAGE_PAYLOAD, b"x" * 1000), (0x3001, b""))

    assert decode(encode(submit(short_message=b"", tlvs=given_tlvs))).tlvs == given_tlvs


def test_a_long_content_stands_in_message_payload():
    pdu = submit(short_message=b"", tlvs=((tlvs.MESSAGE_PAYLOAD, b"x" * 65_535),))

    assert decode(encode(pdu)).content == b"x" * 65_535
    assert len(encode(pdu)) <= MOST_FRAME


def test_a_header_of_user_data_passes_untouched():
    content = bytes((5, 0, 3, 0, 2, 1)) + b"part\0one"

    assert decode(encode(submit(esm_class=0x40, short_message=content))).content == content


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source_addr": "9" * 21}, "source_addr"),
        ({"destination_addr": "42\0"}, "destination_addr"),
        ({"source_addr": "Řeka"}, "source_addr"),
        ({"service_type": "sixsix"}, "service_type"),
        ({"validity_period": "1" * 17}, "validity_period"),
        ({"short_message": b"x" * 255}, "short_message"),
        ({"data_coding": 256}, "data_coding"),
        ({"esm_class": -1}, "esm_class"),
        ({"tlvs": ((tlvs.MESSAGE_PAYLOAD, b"x" * 65_536),)}, "tlvs"),
        ({"tlvs": ((0x3000, b"x" * 40_000),) * 2}, "command_length"),
    ],
)
def test_what_a_field_cannot_hold_is_not_written(wrong, field):
    with pytest.raises(FieldWrong) as found:
        encode(submit(**wrong))

    assert found.value.name == field


def test_the_longest_values_are_written():
    pdu = submit(
        service_type="fives",
        source_addr="9" * 20,
        destination_addr="4" * 20,
        validity_period="1" * 16,
        short_message=b"x" * 254,
    )

    assert decode(encode(pdu)) == pdu


def test_an_answer_that_refuses_has_no_body_and_is_read_without_one():
    refusal = SubmitSmResp(5, status=statuses.ESME_RTHROTTLED)

    assert len(encode(refusal)) == 16
    assert decode(encode(refusal)) == refusal
    assert decode(framed(0x80000004, b"\0", status=0x58, sequence=5)) == refusal


@given(ANY, st.integers(1, 0xFFFFFFFF))
def test_every_answer_that_refuses_survives_the_wire(pdu, status):
    refused = dataclasses.replace(pdu, status=status)

    assert decode(encode(refused)) == refused


def test_malformed_requests_are_answered_in_kind():
    unreadable = decode(framed(4, b"sixsix\0", sequence=11))
    unknown = decode(framed(0x99, b"", sequence=12))
    answer = decode(framed(0x80000004, b"1" * 65 + b"\0"))

    assert unreadable.answer() == SubmitSmResp(11, status=statuses.ESME_RINVSERTYP)
    assert unknown.answer() == GenericNack(12, status=statuses.ESME_RINVCMDID)
    assert answer.answer() is None


def test_submit_multi_names_numbers_and_lists_and_who_was_not_reached():
    asked = SubmitMulti(4, destinations=(Destination("420601000001"), Destination("", 0, 0, "friends")))
    said = SubmitMultiResp(4, message_id="m", unsuccessful=(Unsuccessful("420601000001", 1, 1, 0x0B),))

    assert decode(encode(asked)) == asked
    assert decode(encode(said)) == said


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (submit(), SubmitSmResp(7, message_id="x")),
        (QuerySm(3, message_id="q"), answer_to(QuerySm(3), message_id="x")),
        (CancelSm(4), answer_to(CancelSm(4))),
        (ReplaceSm(5), answer_to(ReplaceSm(5))),
        (Unbind(6), answer_to(Unbind(6))),
        (EnquireLink(8), answer_to(EnquireLink(8))),
    ],
)
def test_a_request_has_an_answer_of_its_kind(request_, answer):
    assert answer_to(request_, message_id="x") == answer
    assert answer.command == request_.command | 0x80000000
